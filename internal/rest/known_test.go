package rest

import (
	"context"
	"fmt"
	"net/http"
	"testing"
	"testing/synctest"
	"time"
)

// Who the upstream does not know drops nothing of an account, however they name it; nor does
// anybody else of an account that is closed to them. What they did is dropped all the same.
func TestWhoSaysThatTheyChangeSomething(t *testing.T) {
	for _, tt := range []struct {
		name        string
		who, of     string
		status      int
		before, end bool // whether it drops what was read, while it is under way and then
		told        int  // how often the other replicas are
	}{
		{"a made-up token", "made up", Own, 401, false, false, 0},
		{"a made-up token, of an account by its id", "made up", "1", 401, false, false, 0},
		{"somebody of another account", "partner", "1", 403, false, false, 0},
		{"nobody is there", "made up", "1", 404, false, false, 0},
		{"too often", "made up", "1", 429, false, false, 0},
		{"a partner", "partner", "1", 200, false, true, 1},
		{"whose token is new", "new", Own, 200, false, true, 1},
		{"lost on the way", "made up", "1", 502, false, true, 1},
		{"a colleague", "colleague", Own, 200, true, true, 2},
		{"a colleague, in vain", "colleague", "1", 403, true, true, 2},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				reads, told := 0, 0
				c := New(Config{Generation: OnlyV1, Who: personOf, Cache: CacheConfig{TTL: testTTL}, Changes: func(context.Context, Change) { told++ }, Transport: roundTripper(func(r *http.Request) (*http.Response, error) {
					account := 1
					if personOf(r.Context()) == "partner" {
						account = 2
					}
					if r.Method == http.MethodGet {
						reads++
						return answerWith(r, 200, fmt.Sprintf(`{"uri":"https://u/restapi/v1.0/account/%d/phone-number","records":[{"id":7,"label":"0"}]}`, account)), nil
					}
					time.Sleep(time.Second)
					return answerWith(r, tt.status, `{"id":7}`), nil
				})})
				for _, who := range []string{"me", "colleague", "partner"} {
					label(t, c, who, Own)
				}
				dropped := func() bool {
					before := reads
					label(t, c, "me", Own)
					return reads > before
				}
				go func() { _ = change(t, c, tt.who, tt.of) }()
				if synctest.Wait(); dropped() != tt.before {
					t.Error("while it is under way")
				}
				time.Sleep(time.Second)
				if synctest.Wait(); dropped() != tt.end {
					t.Error("when it is over")
				}
				if told != tt.told {
					t.Errorf("the other replicas were told %d times, want %d", told, tt.told)
				}
			})
		})
	}
}
