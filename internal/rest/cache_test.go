package rest

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"runtime"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/ringql/ringql/internal/sim"
)

// What is remembered is given for so long, and as long as it is not more than is allowed.
func TestTimeToLive(t *testing.T) {
	for _, tt := range []struct {
		cfg        CacheConfig
		read       func(context.Context, *Client) error
		after      time.Duration
		remembered bool
	}{
		{CacheConfig{TTL: 5 * time.Second}, readOwn, 5*time.Second - 1, true},
		{CacheConfig{TTL: 5 * time.Second}, readOwn, 5 * time.Second, false},
		{CacheConfig{TTL: 5 * time.Second}, readCountries, 0, false},
		{CacheConfig{DictionaryTTL: time.Hour}, readCountries, time.Hour - 1, true},
		{CacheConfig{DictionaryTTL: time.Hour}, readCountries, time.Hour, false},
		{CacheConfig{DictionaryTTL: time.Hour}, readOwn, 0, false},
		{CacheConfig{}, readOwn, 0, false},
		{CacheConfig{TTL: time.Hour, Bytes: 100}, readOwn, 0, false}, // less than an answer
	} {
		synctest.Test(t, func(t *testing.T) {
			up, told := &slow{body: `{"id":1,"records":[],"paging":{"totalElements":0}}`}, 0
			c := New(Config{Transport: up, Cache: tt.cfg, Report: func(_ context.Context, call Call) {
				if call.Cached {
					told++
				}
			}})
			if err := tt.read(t.Context(), c); err != nil {
				t.Fatal(err)
			}
			time.Sleep(tt.after)
			_ = tt.read(t.Context(), c)
			if remembered := up.calls.Load() == 1; remembered != tt.remembered || remembered != (told == 1) {
				t.Errorf("%+v after %s: %d calls, %d told of", tt.cfg, tt.after, up.calls.Load(), told)
			}
		})
	}
}

// An answer whose time is over spares no call, also while it lies about.
func TestCountRemembered(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		up := &slow{body: `{"id":1,"records":[],"paging":{"totalElements":0}}`}
		c := New(Config{Generation: OnlyV1, Transport: up, Cache: CacheConfig{TTL: 5 * time.Second}})
		read := func(perPage int) {
			if _, err := c.ListAccountPhoneNumbers(t.Context(), Own, PhoneNumberFilter{}, 1, perPage); err != nil {
				t.Fatal(err)
			}
		}
		check := func(want int) {
			t.Helper()
			if n := c.CountRemembered(t.Context(), OperationNamed("listAccountPhoneNumbers")); n != want {
				t.Errorf("%d are remembered, want %d", n, want)
			}
		}
		check(0)
		read(1)
		time.Sleep(3 * time.Second)
		read(2)
		read(3)
		check(3)
		time.Sleep(2 * time.Second)
		check(2)
		read(1) // in place of the one whose time is over
		check(3)
		time.Sleep(3 * time.Second)
		check(1)
		time.Sleep(2 * time.Second)
		check(0)
	})
}

func readOwn(ctx context.Context, c *Client) error {
	_, err := c.ReadAccountInfo(ctx, Own)
	return err
}

func readCountries(ctx context.Context, c *Client) error {
	_, err := c.ListCountries(ctx, CountryFilter{}, 1, 100)
	return err
}

// Who wants the answer of now gets it, and others get the same from then on.
func TestFreshReplaces(t *testing.T) {
	up := &company{}
	c := New(Config{Generation: OnlyV1, Transport: up, Who: personOf, Cache: CacheConfig{TTL: testTTL}})
	label(t, c, "me", Own)
	up.effect() // by somebody who does not come through here
	if label(t, c, "me", Own) != 0 {
		t.Error("it is not remembered")
	}
	fresh, err := c.ListAccountPhoneNumbers(Fresh(context.WithValue(t.Context(), testPerson{}, "me")), Own, PhoneNumberFilter{}, 1, 100)
	if err != nil || fresh.Records[0].Label != "1" {
		t.Fatalf("fresh: %v, %v", fresh, err)
	}
	if label(t, c, "me", Own) != 1 || up.reads != 2 {
		t.Errorf("an older answer is given, after %d reads", up.reads)
	}
}

// Of many ids only those are asked for that are not remembered; what one id alone tells
// serves among many, and the other way round where it tells no more.
func TestManyIDsAreRememberedEach(t *testing.T) {
	up := &bulk{most: 50, form: manyIDsType, parts: jsonParts}
	c := New(Config{Transport: up, Cache: CacheConfig{TTL: testTTL}})
	for _, tt := range []struct {
		ids  []string
		sent string
	}{
		{[]string{"11", "12"}, "[2]"},
		{[]string{"11", "12"}, "[]"},
		{[]string{"11", "12", "14"}, "[1]"}, // 14 alone
		{[]string{"14"}, "[]"},
		{[]string{"12"}, "[1]"}, // its departments are told now
		{[]string{"12"}, "[]"},
		{[]string{"13", "15"}, "[2]"},
		{[]string{"13", "15"}, "[1]"}, // 13 is not there, and that is not remembered
		{[]string{"11", "12", "14", "15", "16", "17"}, "[2]"},
	} {
		up.sent = nil
		found := c.ReadExtensions(t.Context(), Own, tt.ids)
		if got := fmt.Sprint(up.sent); got != tt.sent {
			t.Errorf("%v: sent %s, want %s", tt.ids, got, tt.sent)
		}
		for _, id := range tt.ids {
			r, ok := found[id]
			if !ok || id != "13" && (r.Err != nil || r.Value.ID.RCID != id || len(tt.ids) == 1 && !r.Value.Single) {
				t.Errorf("%v: %s came to %+v", tt.ids, id, r)
			}
		}
	}
	c = New(Config{Cache: CacheConfig{TTL: testTTL}, Transport: roundTripper(func(r *http.Request) (*http.Response, error) {
		r = r.Clone(r.Context())
		r.URL.Path = strings.TrimSuffix(r.URL.Path, "/device")
		return up.RoundTrip(r)
	})})
	up.parts = func(ids []string) string {
		return strings.ReplaceAll(jsonParts(ids), `"id":`, `"records":[],"paging":{"totalElements":0},"of":`)
	}
	c.ListExtensionDevices(t.Context(), Own, []string{"11", "12"}, DeviceFilter{}, 1, 10)
	up.sent = nil
	if r := c.ListExtensionDevices(t.Context(), Own, []string{"12"}, DeviceFilter{}, 1, 10)["12"]; r.Err != nil || up.sent != nil {
		t.Errorf("devices of one: %v after %v", r.Err, up.sent)
	}
	c.ListExtensionDevices(t.Context(), Own, []string{"11", "12"}, DeviceFilter{}, 1, 11)
	if fmt.Sprint(up.sent) != "[2]" {
		t.Error("a page of another size is not the same")
	}
}

// However much is read, no more is remembered than may be, of all and of each person; and
// who reads little keeps it.
func TestCacheIsBounded(t *testing.T) {
	const most = 1 << 20
	c := newCache(CacheConfig{TTL: testTTL, Bytes: most})
	always := func(view) bool { return true }
	key := func(who string, i int) readKey {
		return readKey{who: who, op: readAccountInfo, path: fmt.Sprint(i)}
	}
	check := func() {
		t.Helper()
		all, count := int64(0), 0
		for _, who := range c.people.Keys() {
			s, _ := c.people.Peek(who)
			mine := int64(0)
			for _, e := range s.entries.Values() {
				mine += e.weight
				count++
			}
			if all += mine + shelfOverhead; mine != s.bytes || mine > most/fairShare || mine == 0 {
				t.Fatalf("%s has %d bytes, %d are counted", who, mine, s.bytes)
			}
		}
		if all != c.bytes || all > most || count != c.count {
			t.Fatalf("%d bytes of %d answers, %d of %d are counted", all, count, c.bytes, c.count)
		}
	}
	c.put(key("modest", 1), "it", 100, view{})
	for i := range 5000 {
		c.put(key("greedy", i%3000), strings.Repeat("x", i%7*500), 1, view{})
		if i%500 == 0 {
			check()
		}
	}
	if check(); c.get(key("modest", 1), always) == nil {
		t.Error("who reads much drops what others have")
	}
	if c.get(key("greedy", 1999), always) == nil || c.get(key("greedy", 0), always) != nil {
		t.Error("it is not those used last that are kept")
	}
	for who := range 100 {
		for i := range 60 {
			c.put(key(fmt.Sprint(who), i), strings.Repeat("x", 1000), 1, view{})
		}
		c.get(key("modest", 1), always)
	}
	if check(); c.get(key("modest", 1), always) == nil || c.get(key("99", 59), always) == nil || c.get(key("0", 0), always) != nil {
		t.Error("it is not those who were here last that keep theirs")
	}
	c.put(key("huge", 1), strings.Repeat("x", most/fairShare), 1, view{})
	if check(); c.get(key("huge", 1), always) != nil {
		t.Error("an answer is remembered that is more than a person may have")
	}
	if got := (&Client{cache: c}).CacheSize(); got.Answers != c.count || got.Bytes != c.bytes {
		t.Errorf("size %+v", got)
	}
}

// What is over is dropped bit by bit, though nobody asks for it.
func TestCacheForgets(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCache(CacheConfig{TTL: testTTL})
		put := func(i int) {
			c.put(readKey{who: fmt.Sprint(i), op: readAccountInfo}, "it", 100, view{})
		}
		for i := range 100 {
			put(i)
		}
		time.Sleep(testTTL)
		for i := range 100 / swept {
			put(1000 + i)
		}
		if c.count != 100/swept || c.people.Len() != 100/swept {
			t.Errorf("%d answers of %d people", c.count, c.people.Len())
		}
	})
}

// An answer takes no more memory than it is counted for, and not much less.
func TestWeight(t *testing.T) {
	s, err := sim.New(sim.Config{Extensions: 1000, Numbers: 1500})
	if err != nil {
		t.Fatal(err)
	}
	get := func(path string) []byte {
		r, _ := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://u/restapi/v1.0/account/~/"+path, nil)
		r.Header.Set("Authorization", "Bearer "+s.Token(sim.AdministratorID))
		resp, err := s.Transport().RoundTrip(r)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(resp.Body)
		if err != nil || resp.StatusCode != http.StatusOK {
			t.Fatalf("%s: %d %s", path, resp.StatusCode, body)
		}
		return body
	}
	check := func(name string, body []byte, decoded func([]byte) any) {
		times := 4 + 1<<19/len(body)
		kept := make([]any, times)
		for i := range kept {
			kept[i] = decoded(body) // fills what is made once
		}
		clear(kept)
		var before, after runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&before)
		for i := range kept {
			kept[i] = decoded(body)
		}
		runtime.GC()
		runtime.ReadMemStats(&after)
		runtime.KeepAlive(kept)
		takes := int64(after.HeapAlloc-before.HeapAlloc) / int64(times)
		c := newCache(CacheConfig{TTL: testTTL, Bytes: 1 << 30})
		c.put(readKey{op: readAccountInfo}, kept[0], 1, view{})
		if takes > c.bytes || 2*takes+overhead+shelfOverhead < c.bytes {
			t.Errorf("%s takes %d bytes, as JSON %d, and is counted for %d", name, takes, len(body), c.bytes)
		}
	}
	check("extensions", get("extension?perPage=1000"), into[Page[Extension]](t))
	check("phone numbers", get("phone-number?perPage=1000"), into[Page[PhoneNumber]](t))
	check("extension", get("extension/~"), into[Extension](t))
	check("devices", get("extension/~/device"), into[Page[Device]](t))
	check("forwarding numbers", get("extension/~/forwarding-number"), into[Page[ForwardingNumber]](t))
	check("bare lines", []byte(`{"id":1,"phoneLines":[`+strings.Repeat(`{},`, 999)+`{}]}`), into[Device](t))
	check("bare numbers", []byte(`{"records":[`+strings.Repeat(`{"id":1},`, 999)+`{"id":1}]}`), into[Page[PhoneNumber]](t))
}

func into[T any](t *testing.T) func([]byte) any {
	return func(b []byte) any {
		v := new(T)
		if err := decode(b, v); err != nil {
			t.Fatal(err)
		}
		return v
	}
}

// Every operation of a dictionary says so.
func TestDictionariesAreMarked(t *testing.T) {
	for _, o := range Operations() {
		if strings.Contains(o.Path, "/dictionary/") != o.Dictionary {
			t.Errorf("%s: %v", o.ID, o.Dictionary)
		}
		if o.Method == http.MethodGet && !o.Reads || o.Method == http.MethodDelete && o.Reads {
			t.Errorf("%s reads: %v", o.ID, o.Reads)
		}
		if strings.Contains(o.Path, "{accountId}") != o.ofAccount {
			t.Errorf("%s is of an account: %v", o.ID, o.ofAccount)
		}
	}
}
