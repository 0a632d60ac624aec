package budget

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// send sends one call of an operation through a link; it tells whether it left within a
// second.
func send(t *testing.T, link http.RoundTripper, group Group, operation string) bool {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(With(ctx, group, operation), http.MethodGet, "http://upstream", nil)
	if err != nil {
		t.Error(err)
		return false
	}
	_, err = link.RoundTrip(req)
	if err != nil && !errors.Is(err, ErrExhausted) {
		t.Error(err)
	}
	return err == nil
}

// answering is a link to an upstream that always answers the same.
func answering(g *Gate, status int, h http.Header) http.RoundTripper {
	return Transport(g, func(context.Context) string { return "a" })(roundTripper(func(*http.Request) (*http.Response, error) {
		return &http.Response{StatusCode: status, Header: h, Body: http.NoBody}, nil
	}))
}

// A 429 that names another group than we thought is a penalty of that one: the same
// operation sent once more would start it anew.
func TestPenaltyOfAnotherGroup(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := NewGate()
		link := answering(g, http.StatusTooManyRequests, header("X-Rate-Limit-Group", "Heavy", "Retry-After", "60"))
		if !send(t, link, Light, "op") || send(t, link, Light, "op") {
			t.Error("sent into the penalty")
		}
		if wait(g, "a", Light) != 61*time.Second || wait(g, "a", Heavy) != 61*time.Second {
			t.Errorf("closed for %s and %s", wait(g, "a", Light), wait(g, "a", Heavy))
		}
		if wait(g, "a", Medium) != 0 || wait(g, "b", Light) != 0 || wait(g, "b", Heavy) != 0 {
			t.Error("others pay for it")
		}
	})
}

// What the upstream counts elsewhere is paid for there from then on.
func TestOperationOfAnotherGroup(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := NewGate()
		link := answering(g, http.StatusOK, header("X-Rate-Limit-Group", "HEAVY"))
		for i := range 10 {
			if !send(t, link, Light, "op") {
				t.Fatalf("call %d was refused", i+1)
			}
		}
		if g.Left("a", Heavy) != 0 || g.Left("a", Light) != 49 {
			t.Errorf("%d heavy and %d light left, want 0 and all but the first", g.Left("a", Heavy), g.Left("a", Light))
		}
		if send(t, link, Light, "op") {
			t.Error("sent beyond the limit of the group that the upstream names")
		}
		if !send(t, link, Light, "other") {
			t.Error("another operation is not meant")
		}
		if g.Payer("b", Light, "op") != Light {
			t.Error("one person's app says nothing of another's")
		}
		time.Sleep(time.Minute)
		back := answering(g, http.StatusOK, header("X-Rate-Limit-Group", "light"))
		if !send(t, back, Light, "op") || g.Payer("a", Light, "op") != Light {
			t.Error("the last word counts")
		}
	})
}

// Names come from outside: they make no books, and change none.
func TestUnknownGroupNames(t *testing.T) {
	g := NewGate()
	for i := range 1000 {
		for _, name := range []string{fmt.Sprintf("group%d", i), "light, heavy", strings.Repeat("x", 1<<16), "NoThrottling"} {
			h := header("X-Rate-Limit-Group", name, "X-Rate-Limit-Limit", "1", "X-Rate-Limit-Remaining", "0")
			g.Learn("a", Light, "op", http.StatusOK, h)
		}
	}
	if books(g) > 1 || g.named.Len() != 0 || g.Left("a", Light) != 50 {
		t.Errorf("%d books, %d names, %d left", books(g), g.named.Len(), g.Left("a", Light))
	}
	g.Learn("a", Light, "op", http.StatusTooManyRequests, header("X-Rate-Limit-Group", "ultra", "Retry-After", "60"))
	if wait(g, "a", Light) < time.Minute {
		t.Error("a 429 of a group that nobody knows closes the one that paid")
	}
}

// An answer that comes late does not shorten a penalty, and no number is so large
// that it comes out small.
func TestPenaltyIsNotShortened(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := NewGate()
		g.Learn("a", Light, "op", http.StatusTooManyRequests, header("Retry-After", "60"))
		g.Learn("a", Light, "op", http.StatusTooManyRequests, header("Retry-After", "0"))
		g.Learn("a", Light, "op", http.StatusOK, header("X-Rate-Limit-Remaining", "50"))
		if wait(g, "a", Light) != 61*time.Second {
			t.Errorf("closed for %s", wait(g, "a", Light))
		}
		for _, s := range []string{"9223372037", "18446744074", "9223372036854775807"} {
			g := NewGate()
			g.Learn("a", Light, "op", http.StatusTooManyRequests, header("Retry-After", s))
			if wait(g, "a", Light) != longest+margin {
				t.Errorf("Retry-After %s closes for %s", s, wait(g, "a", Light))
			}
		}
	})
}

func TestRemainingBeyondAllBounds(t *testing.T) {
	g := NewGate()
	for range 49 {
		_ = g.Spend("a", Light)
	}
	g.Learn("a", Light, "op", http.StatusOK, header("X-Rate-Limit-Limit", "1", "X-Rate-Limit-Remaining", "9223372036854775807"))
	g.Learn("a", Light, "op", http.StatusOK, header("X-Rate-Limit-Limit", "50"))
	if n := g.Left("a", Light); n != 1 {
		t.Errorf("%d left, want 1", n)
	}
}

func TestWaitFor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := NewGate()
		for range 6 {
			_ = g.Spend("a", Heavy)
			time.Sleep(time.Second)
		}
		for _, tt := range []struct {
			n    int
			wait time.Duration
			ok   bool
		}{
			{-1, 0, true}, {0, 0, true}, {4, 0, true}, {5, 54 * time.Second, true}, {7, 56 * time.Second, true}, {10, 59 * time.Second, true}, {11, 0, false},
		} {
			if away, ok := g.WaitFor("a", Heavy, tt.n); away != tt.wait || ok != tt.ok {
				t.Errorf("%d calls: %s, %v, want %s, %v", tt.n, away, ok, tt.wait, tt.ok)
			}
		}
		g.Learn("a", Heavy, "op", http.StatusTooManyRequests, header("X-Rate-Limit-Group", "heavy", "Retry-After", "9"))
		if away, ok := g.WaitFor("a", Heavy, 10); away != 59*time.Second || !ok {
			t.Errorf("%s, %v: a short penalty does not empty the window", away, ok)
		}
		g.Learn("a", Heavy, "op", http.StatusTooManyRequests, header("Retry-After", "90", "X-Rate-Limit-Limit", "20"))
		if away, ok := g.WaitFor("a", Heavy, 20); away != 91*time.Second || !ok {
			t.Errorf("%s, %v", away, ok)
		}
		if wait(g, "b", Heavy) != 0 || books(g) != 1 {
			t.Errorf("%d books: asking makes none", books(g))
		}
	})
}

// A call counts from when the upstream may have seen it last: it is the upstream's
// window that must not overflow. One that was broken off may arrive a moment later.
func TestSlowCallsCountLonger(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := NewGate()
		link := Transport(g, func(context.Context) string { return "a" })(roundTripper(func(*http.Request) (*http.Response, error) {
			time.Sleep(10 * time.Second)
			return nil, errors.New("no answer")
		}))
		for range 10 {
			req, _ := http.NewRequestWithContext(With(t.Context(), Heavy, "op"), http.MethodGet, "http://upstream", nil)
			go func() { _, _ = link.RoundTrip(req) }()
		}
		time.Sleep(11 * time.Second) // the first two have failed, and the others are under way
		time.Sleep(10 * time.Second)
		if wait := wait(g, "a", Heavy); wait != 50*time.Second {
			t.Errorf("free in %s, want 50s: a minute after the upstream may have counted the first", wait)
		}
	})
}

// A request that was given up does not leave, so it is not paid for.
func TestGivenUp(t *testing.T) {
	g := NewGate()
	ctx, cancel := context.WithCancel(With(t.Context(), Light, "op"))
	cancel()
	req, _ := http.NewRequestWithContext(ctx, http.MethodPost, "http://upstream", nil)
	_, err := answering(g, http.StatusOK, nil).RoundTrip(req)
	if !errors.Is(err, context.Canceled) || !errors.As(err, new(interface{ NotSent() })) || g.Left("a", Light) != 50 {
		t.Errorf("%v, %d left", err, g.Left("a", Light))
	}
}

// However many send at once, no more leave than the limit allows.
func TestTogether(t *testing.T) {
	g := NewGate()
	link := answering(g, http.StatusOK, header("X-Rate-Limit-Group", "medium", "X-Rate-Limit-Limit", "40"))
	var wg sync.WaitGroup
	var mu sync.Mutex
	left := 0
	for i := range 200 {
		wg.Go(func() {
			if send(t, link, Medium, fmt.Sprint("op", i%5)) {
				mu.Lock()
				defer mu.Unlock()
				left++
			}
			g.Left("a", Medium)
			g.WaitFor("a", Medium, 3)
		})
	}
	wg.Wait()
	if left != 40 {
		t.Errorf("%d calls left, want 40", left)
	}
}

// wait is how long until one call is free.
func wait(g *Gate, who string, group Group) time.Duration {
	d, _ := g.WaitFor(who, group, 1)
	return d
}

// books is how many books g keeps.
func books(g *Gate) int { return g.cfg.Store.(*Memory).books.Len() }

// book is a copy of what g knows of one group of a person.
func book(t *testing.T, g *Gate, who string, group Group) (out Book) {
	t.Helper()
	g.look(t.Context(), g.key(who, group), func(_ time.Time, b *Book) { out = b.Clone() })
	return out
}
