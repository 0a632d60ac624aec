package budget

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

func TestScope(t *testing.T) {
	named := header("X-Rate-Limit-Group", "heavy")
	for _, tt := range []struct {
		code    string
		h       http.Header
		unnamed Scope
		want    Scope
	}{
		{"CMN-301", named, OfPerson, OfGroup},
		{"CMN-301", header("X-Rate-Limit-Window", "60"), OfPerson, OfGroup},
		{"CMN-301", header("Retry-After", "60"), OfPerson, OfPerson},
		{"CMN-302", header(), OfGroup, OfGroup},
		{"", header(), OfApp, OfApp},
		{"CMN-303", header(), OfPerson, OfGroup},
		{"CMN-304", named, OfPerson, OfNothing},
		{"CMN-310", named, OfPerson, OfApp},
	} {
		if got := scope(tt.code, tt.h, tt.unnamed); got != tt.want {
			t.Errorf("%s %v: closes %s, want %s", tt.code, tt.h, got, tt.want)
		}
	}
}

// What each kind of 429 closes, and that its body can still be read whole.
func TestRefusals(t *testing.T) {
	body := func(code string) string { return `{"errors":[{"errorCode": "` + code + `","message":"no"}]}` }
	for name, tt := range map[string]struct {
		body      string
		headers   http.Header
		group     bool // whether the group that paid is open
		person    bool // the person's other groups
		others    bool // and other people's
		reopening time.Duration
	}{
		"the person's group":  {body("CMN-301"), header("X-Rate-Limit-Group", "heavy", "Retry-After", "60"), false, true, true, 61 * time.Second},
		"without headers":     {body("CMN-302"), header("Retry-After", "60"), false, false, true, 61 * time.Second},
		"without Retry-After": {body("CMN-301"), header("X-Rate-Limit-Group", "heavy"), false, true, true, 31 * time.Second},
		"no plan":             {body("CMN-303"), header(), false, true, true, 31 * time.Second},
		"sent twice at once":  {body("CMN-304"), header("Retry-After", "5"), true, true, true, 0},
		"all from here":       {body("CMN-310"), header("Retry-After", "9"), false, false, false, 10 * time.Second},
		"no JSON":             {"<html>slow down</html>", header("Retry-After", "60"), false, false, true, 61 * time.Second},
		"a long body":         {body("CMN-304") + strings.Repeat(" ", 3*peeked), header(), true, true, true, 0},
		"a code too far off":  {strings.Repeat(" ", peeked) + body("CMN-304"), header(), false, false, true, 31 * time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				g := NewGate()
				link := Transport(g, func(context.Context) string { return "a" })(roundTripper(func(*http.Request) (*http.Response, error) {
					return &http.Response{StatusCode: http.StatusTooManyRequests, Header: tt.headers, Body: io.NopCloser(strings.NewReader(tt.body))}, nil
				}))
				req, _ := http.NewRequestWithContext(With(t.Context(), Heavy, "op"), http.MethodGet, "http://upstream", nil)
				resp, err := link.RoundTrip(req)
				if err != nil {
					t.Fatal(err)
				}
				if b, err := io.ReadAll(resp.Body); string(b) != tt.body || err != nil {
					t.Errorf("%d bytes of the body are left, %v", len(b), err)
				}
				if group, person, others := g.Left("a", Heavy) > 0, g.Left("a", Light) > 0, g.Left("b", Light) > 0; group != tt.group || person != tt.person || others != tt.others {
					t.Errorf("open: group %v, person %v, others %v", group, person, others)
				}
				if d := wait(g, "a", Heavy); d != tt.reopening {
					t.Errorf("closed for %s, want %s", d, tt.reopening)
				}
			})
		})
	}
}

// A body that breaks off is told as such, after what there is of it.
func TestBrokenRefusal(t *testing.T) {
	broken := errors.New("broken off")
	resp := &http.Response{Body: io.NopCloser(io.MultiReader(strings.NewReader(`{"errorCode":"CMN-310"`), failing{broken}))}
	if code := peek(resp); code != "CMN-310" {
		t.Errorf("code %q", code)
	}
	if b, err := io.ReadAll(resp.Body); len(b) != 22 || !errors.Is(err, broken) {
		t.Errorf("%q, %v", b, err)
	}
	if peek(&http.Response{}) != "" {
		t.Error("a code without a body")
	}
}

// After a refusal of all that is sent from here, one call goes first, whoever makes it.
func TestAllWaitForOne(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := NewGate()
		g.Refused("a", Light, "op", "CMN-310", header("Retry-After", "9"))
		var mu sync.Mutex
		var sent []time.Duration
		start := time.Now()
		link := Transport(g, func(ctx context.Context) string { return ctx.Value(whoKey{}).(string) })(roundTripper(func(*http.Request) (*http.Response, error) {
			mu.Lock()
			sent = append(sent, time.Since(start).Truncate(time.Second))
			mu.Unlock()
			time.Sleep(5 * time.Second)
			return &http.Response{StatusCode: http.StatusOK, Body: http.NoBody}, nil
		}))
		for _, who := range []string{"a", "b", "c"} {
			go func() {
				ctx := context.WithValue(With(t.Context(), Medium, "op"), whoKey{}, who)
				req, _ := http.NewRequestWithContext(ctx, http.MethodGet, "http://upstream", nil)
				if _, err := link.RoundTrip(req); err != nil {
					t.Error(err)
				}
			}()
			time.Sleep(time.Millisecond)
		}
		time.Sleep(30 * time.Second)
		mu.Lock()
		defer mu.Unlock()
		if len(sent) != 3 || sent[0] != 10*time.Second || sent[1] != 15*time.Second || sent[2] != 15*time.Second {
			t.Errorf("sent after %v", sent)
		}
	})
}

// What closes everything closes it in all replicas.
func TestReplicasHearOfAll(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := NewMemory()
		g, other := New(Config{Store: store}), New(Config{Store: store})
		g.Refused("b", Light, "op", "CMN-310", header("Retry-After", "9"))
		link := answering(other, http.StatusOK, header())
		if send(t, link, Heavy, "op") {
			t.Error("another replica sends")
		}
		time.Sleep(10 * time.Second)
		if !send(t, link, Heavy, "op") {
			t.Error("still closed")
		}
	})
}

// A limit that refuses a second person is no person's: nobody else tries, and after it one
// call goes first for all. A token call says nothing of it.
func TestSecondPersonWidens(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g, unnamed := NewGate(), header("Retry-After", "9")
		g.Refused("a", Auth, "op", "CMN-302", unnamed)
		g.Refused("b", Auth, "op", "CMN-302", unnamed)
		g.Refused("a", Light, "op", "CMN-302", unnamed)
		g.Refused("a", Heavy, "op", "CMN-302", unnamed)
		if wait(g, "c", Light) != 0 {
			t.Error("one person's limit closes others")
		}
		g.Refused("b", Light, "op", "CMN-302", unnamed)
		if d := wait(g, "c", Light); d != 10*time.Second {
			t.Errorf("closed for %s, want 10s", d)
		}
		time.Sleep(11 * time.Second)
		g.Refused("c", Light, "op", "CMN-302", unnamed) // the call that went first
		if d := wait(g, "d", Light); d != 20*time.Second {
			t.Errorf("closed for %s, want 20s", d)
		}
		time.Sleep(20 * time.Second)
		if !send(t, answering(g, http.StatusOK, header()), Medium, "op") {
			t.Fatal("still closed")
		}
		g.Refused("b", Light, "op", "CMN-302", unnamed)
		if wait(g, "d", Light) != 0 {
			t.Error("who was refused long ago counts")
		}
	})
}

// The group that paid finds out whether a penalty of the whole person is over: were it
// not, the others would be closed anew before they open.
func TestPersonWaitsForOne(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := NewGate()
		for range 2 {
			g.Refused("a", Light, "op", "CMN-301", header("Retry-After", "9"))
			paid, other := wait(g, "a", Light), wait(g, "a", Heavy)
			if other <= paid {
				t.Errorf("open in %s and %s", paid, other)
			}
			time.Sleep(paid)
		}
	})
}

// A call that finds no budget does not go first, so nobody waits for it.
func TestNobodyWaitsForOneThatDidNotGo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := &crowd{g: full(t, Config{}), start: time.Now()}
		c.g.Refused("b", Light, "op", "CMN-310", header("Retry-After", "9"))
		time.Sleep(10 * time.Second)
		ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
		defer cancel()
		c.join(ctx, "without budget")
		link := answering(c.g, http.StatusOK, header())
		if start := time.Now(); !send(t, link, Light, "op") || time.Since(start) > time.Second {
			t.Errorf("sent after %s", time.Since(start))
		}
		c.wg.Wait()
	})
}

type whoKey struct{}
