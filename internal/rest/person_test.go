package rest

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// owners is an upstream whose every answer names whom it was given to, and what was asked.
type owners struct{ calls atomic.Int64 }

func (u *owners) RoundTrip(r *http.Request) (*http.Response, error) {
	u.calls.Add(1)
	who := personOf(r.Context())
	_, last, _ := strings.Cut(r.URL.Path, "/account/~")
	page := r.URL.Query().Get("page")
	switch ids := strings.TrimPrefix(last, "/extension/"); {
	case r.Method != http.MethodGet:
		return answerWith(r, 200, `{"id":7}`), nil
	case last == "":
		return answerWith(r, 200, fmt.Sprintf(`{"id":1,"mainNumber":%q}`, who)), nil
	case page != "":
		return answerWith(r, 200, fmt.Sprintf(`{"records":[{"id":%s,"name":%q},{"id":1000,"name":%q}]}`, page, who, who)), nil
	case strings.Contains(ids, ","):
		var parts []string
		for id := range strings.SplitSeq(ids, ",") {
			parts = append(parts, fmt.Sprintf(`{"resourceId":%q,"status":200,"body":{"id":%s,"name":%q}}`, id, id, who))
		}
		resp := answerWith(r, 207, "["+strings.Join(parts, ",")+"]")
		resp.Header.Set("Content-Type", manyIDsType)
		return resp, nil
	default:
		return answerWith(r, 200, fmt.Sprintf(`{"id":%q,"name":%q}`, strings.Replace(ids, Own, "9", 1), who)), nil
	}
}

// One who reads what is theirs is given that and nothing else: over a million reads of two
// people at once, remembered, shared, fresh and in the way of changes.
func TestNothingCrossesPeople(t *testing.T) {
	reads := int64(1_000_000)
	if raceEnabled || testing.Short() {
		reads = 20_000
	}
	up := &owners{}
	var remembered, shared, done atomic.Int64
	c := New(Config{
		Generation: OnlyV1, Transport: up, Who: personOf, Cache: CacheConfig{TTL: time.Millisecond, Bytes: 64 << 10},
		Report: func(_ context.Context, call Call) {
			if call.Shared {
				shared.Add(1)
			} else {
				remembered.Add(1)
			}
		},
	})
	var wg sync.WaitGroup
	for n := range 8 {
		who := []string{"Jane", "Carlos"}[n%2]
		ctx := context.WithValue(t.Context(), testPerson{}, who)
		wg.Go(func() {
			for i := 0; done.Add(1) <= reads && !t.Failed(); i++ {
				if err := readsOwn(ctx, c, who, i); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	made := up.calls.Load()
	t.Logf("%d reads: %d calls, %d remembered, %d shared", reads, made, remembered.Load(), shared.Load())
	if made < reads/50 || remembered.Load() < reads/50 || shared.Load() == 0 {
		t.Error("too few of a kind to say anything")
	}
}

// readsOwn makes the i-th read of somebody, and says what is wrong with the answer.
func readsOwn(ctx context.Context, c *Client, who string, i int) error {
	foreign := func(name string) error {
		if name != who {
			return fmt.Errorf("%s is given what is %q's", who, name)
		}
		return nil
	}
	if i%997 == 0 {
		ctx = Fresh(ctx)
	}
	switch i % 4 {
	case 0:
		a, err := c.ReadAccountInfo(ctx, Own)
		if err != nil {
			return err
		}
		return foreign(a.MainNumber)
	case 1:
		p, err := c.ListExtensions(ctx, Own, ExtensionFilter{}, 1+i/4%5, 2)
		if err != nil {
			return err
		}
		return foreign(p.Records[i%2].Name)
	case 2:
		r := c.ReadExtensions(ctx, Own, []string{Own})[Own]
		if r.Err != nil {
			return r.Err
		}
		return foreign(r.Value.Name)
	}
	if i%1999 == 0 {
		if _, err := c.ReassignPhoneNumber(ctx, PhoneNumberID{Key{Own, "7"}}, Assignment{}); err != nil {
			return err
		}
	}
	for _, r := range c.ReadExtensions(ctx, Own, []string{"21", "22", fmt.Sprint(23 + i/4%3)}) {
		if r.Err != nil {
			return r.Err
		}
		if err := foreign(r.Value.Name); err != nil {
			return err
		}
	}
	return nil
}
