package rest

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// people is an upstream with extensions, and what it was asked. It can be slow.
type people struct {
	mu    sync.Mutex
	takes time.Duration
	asked []string
}

func (u *people) RoundTrip(r *http.Request) (*http.Response, error) {
	_, ids, _ := strings.Cut(r.URL.Path, "/account/1")
	u.mu.Lock()
	u.asked = append(u.asked, ids)
	u.mu.Unlock()
	time.Sleep(u.takes)
	ids = strings.TrimPrefix(ids, "/extension/")
	if !strings.Contains(ids, ",") {
		return answerWith(r, 200, fmt.Sprintf(`{"id":%q,"records":[]}`, ids)), nil
	}
	var parts []string
	for id := range strings.SplitSeq(ids, ",") {
		parts = append(parts, fmt.Sprintf(`{"resourceId":%q,"status":200,"body":{"id":%q}}`, id, id))
	}
	resp := answerWith(r, 207, "["+strings.Join(parts, ",")+"]")
	resp.Header.Set("Content-Type", manyIDsType)
	return resp, nil
}

// since is what was asked meanwhile.
func (u *people) since() []string {
	u.mu.Lock()
	defer u.mu.Unlock()
	defer func() { u.asked = nil }()
	return u.asked
}

// Of many extensions read at once, those alone are read again that were changed.
func TestOneOfManyIsChanged(t *testing.T) {
	up := &people{}
	c := New(Config{Transport: up, Cache: CacheConfig{TTL: testTTL}})
	read := func() []string {
		for id, r := range c.ReadExtensions(t.Context(), "1", []string{"11", "12", "13", "14"}) {
			if r.Err != nil || r.Value.RcID() != id {
				t.Errorf("%s: %v", id, r.Err)
			}
		}
		return up.since()
	}
	for _, tt := range []struct {
		ch   Change
		want []string
	}{
		{Change{}, []string{"/extension/11,12,13,14"}}, // the first read
		{Change{Account: "1", Extension: "12", About: []Facet{ExtensionInfo}}, []string{"/extension/12"}},
		{Change{Account: "1", Extension: "99", About: []Facet{ExtensionInfo}}, nil},
		{Change{Account: "1", Extension: "12", About: []Facet{CallHandling}}, nil},
		{Change{Account: "1", About: []Facet{PhoneNumbers}}, nil},
		{Change{Account: "1", Extension: "13"}, []string{"/extension/11,12,13,14"}}, // it may be a queue of theirs
		{Change{Account: "1", About: []Facet{AccountInfo}}, []string{"/extension/11,12,13,14"}},
	} {
		c.Changed(t.Context(), tt.ch)
		if got := read(); !slices.Equal(got, tt.want) {
			t.Errorf("after %+v: asked %q, want %q", tt.ch, got, tt.want)
		}
	}
}

// Who comes after a change joins no read that began before it, unless that is of something
// else; and what such a read told is not kept.
func TestReadsUnderWayFollowEvents(t *testing.T) {
	for name, tt := range map[string]struct {
		ch    Change
		calls int // of three reads: before, after and when both are done
	}{
		"nothing":              {Change{Account: "2", About: []Facet{ExtensionInfo}}, 1},
		"of the extensions":    {Change{Account: "1", Extension: "12", About: []Facet{ExtensionInfo}}, 2},
		"of all":               {Change{Account: "1", About: []Facet{ExtensionInfo}}, 2},
		"of another extension": {Change{Account: "1", Extension: "13", About: []Facet{ExtensionInfo}}, 1},
		"of something else":    {Change{Account: "1", Extension: "12", About: []Facet{CallHandling}}, 1},
	} {
		for _, ids := range [][]string{{"12"}, {"11", "12"}} {
			synctest.Test(t, func(t *testing.T) {
				up := &people{takes: time.Second}
				c := New(Config{Transport: up, Cache: CacheConfig{TTL: testTTL}})
				var wg sync.WaitGroup
				read := func() { c.ReadExtensions(t.Context(), "1", ids) }
				wg.Go(read)
				synctest.Wait()
				c.Changed(t.Context(), tt.ch)
				wg.Go(read)
				wg.Wait()
				read()
				if asked := up.since(); len(asked) != tt.calls {
					t.Errorf("%s, %q: asked %q", name, ids, asked)
				}
			})
		}
	}
}

// What was read before a change is told by no sight, whatever the change is about.
func TestSightFollowsEvents(t *testing.T) {
	c := New(Config{Transport: &people{}, Who: personOf})
	_, s := c.Watch(context.WithValue(t.Context(), testPerson{}, "me"))
	if !s.Holds() {
		t.Fatal("it holds not at all")
	}
	if c.Changed(t.Context(), Change{Account: "1", Extension: "7", About: []Facet{Devices}}); s.Holds() {
		t.Error("it holds after a change")
	}
}

// What somebody else made is told to the other replicas, which drop as much; one that knows
// no facets drops everything.
func TestEventsReachReplicas(t *testing.T) {
	up := &people{}
	there := New(Config{Transport: up, Cache: CacheConfig{TTL: testTTL}})
	var told []string
	here := New(Config{Transport: up, Changes: func(_ context.Context, ch Change) {
		text, err := json.Marshal(ch)
		if err != nil {
			t.Fatal(err)
		}
		told = append(told, string(text))
		var heard Change
		if err := json.Unmarshal(text, &heard); err != nil {
			t.Fatal(err)
		}
		there.Heard(heard)
	}})
	ids := []string{"11", "12"}
	there.ReadExtensions(t.Context(), "1", ids)
	up.since()
	here.Changed(t.Context(), Change{Account: "1", Extension: "12", About: []Facet{ExtensionInfo}})
	there.ReadExtensions(t.Context(), "1", ids)
	if asked := up.since(); !slices.Equal(asked, []string{"/extension/12"}) {
		t.Errorf("the other replica asked %q", asked)
	}
	if want := []string{`{"Person":"","Account":"1","Lost":false,"About":["ExtensionInfo"],"Extension":"12"}`}; !slices.Equal(told, want) {
		t.Errorf("told %q", told)
	}
	var older struct {
		Person, Account string
		Lost            bool
	}
	if err := json.Unmarshal([]byte(told[0]), &older); err != nil || older.Account != "1" {
		t.Errorf("an older replica reads %+v, %v", older, err)
	}
	var newer Change
	if err := json.Unmarshal([]byte(`{"Person":"p","Account":"1","Lost":false}`), &newer); err != nil {
		t.Fatal(err)
	}
	there.Heard(newer)
	there.ReadExtensions(t.Context(), "1", ids)
	if asked := up.since(); !slices.Equal(asked, []string{"/extension/11,12"}) {
		t.Errorf("after what an older replica told, %q was asked", asked)
	}
}

// What people may do is not known any more when it was changed.
func TestRightsFollowEvents(t *testing.T) {
	c := New(Config{Transport: &people{}, Who: personOf})
	ctx := context.WithValue(t.Context(), testPerson{}, "me")
	c.rights.learn("me", &AuthorizationProfile{})
	c.Changed(ctx, Change{Account: "1", Extension: "7", About: []Facet{ExtensionInfo}})
	if c.Rights(ctx).Permissions == nil {
		t.Error("forgotten for nothing")
	}
	if c.Changed(ctx, Change{Account: "1", Extension: "7", About: []Facet{Permissions}}); c.Rights(ctx).Permissions != nil {
		t.Error("still known")
	}
}
