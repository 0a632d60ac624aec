package budget

import (
	"context"
	"errors"
	"net/http"
	"testing"
	"testing/synctest"
	"time"
)

// Those who are refused stand in nobody's way: who comes behind them is not refused for
// the time that they would have taken.
func TestRefuse(t *testing.T) {
	g, now := NewGate(), time.Now()
	q := &queue{asked: now}
	add := func(n int, patience, wait time.Duration) {
		for range n {
			q.calls = append(q.calls, &call{end: now.Add(patience), wake: make(chan struct{}, 1)})
			q.waits = append(q.waits, wait)
		}
	}
	add(10, 30*time.Second, time.Minute)
	add(5, 90*time.Second, 2*time.Minute)
	g.refuse(q, now)
	if len(q.calls) != 5 {
		t.Fatalf("%d wait, want 5", len(q.calls))
	}
	for _, c := range q.calls {
		if c.over {
			t.Errorf("one that waits was told %v", c.err)
		}
	}
}

// Who comes just behind those who fit in waits as well: somebody may leave.
func TestHope(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := NewGate()
		link := answering(g, http.StatusOK, header("X-Rate-Limit-Group", "heavy"))
		for range 10 {
			if !send(t, link, Heavy, "op") {
				t.Fatal("the budget is spent already")
			}
		}
		wait := func(ctx context.Context, patience time.Duration) <-chan error {
			out := make(chan error, 1)
			ctx, cancel := context.WithTimeout(With(ctx, Heavy, "op"), patience)
			go func() {
				defer cancel()
				req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://upstream", nil)
				if err == nil {
					_, err = link.RoundTrip(req)
				}
				out <- err
			}()
			synctest.Wait()
			return out
		}
		leaving, leave := context.WithCancel(t.Context())
		for range 10 {
			wait(leaving, 90*time.Second)
		}
		behind := wait(t.Context(), 90*time.Second)
		time.Sleep(time.Second)
		g.Learn("a", Heavy, "op", http.StatusOK, header("X-Rate-Limit-Group", "heavy")) // all are judged anew
		synctest.Wait()
		leave()
		if err := <-behind; err != nil {
			t.Errorf("one who would have been in time was told %v", err)
		}
	})
}

// A call that is broken off may reach the upstream after its end: until then it is not
// free to be spent again.
func TestBrokenOffCallsCountLonger(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := NewGate()
		broken := Transport(g, func(context.Context) string { return "a" })(roundTripper(func(*http.Request) (*http.Response, error) {
			return nil, errors.New("no answer")
		}))
		for range 2 {
			send(t, answering(g, http.StatusOK, header("X-Rate-Limit-Limit", "2", "X-Rate-Limit-Group", "heavy")), Heavy, "op")
		}
		time.Sleep(time.Minute)
		req, err := http.NewRequestWithContext(With(t.Context(), Heavy, "op"), http.MethodGet, "http://upstream", nil)
		if err != nil {
			t.Fatal(err)
		}
		_, _ = broken.RoundTrip(req)
		time.Sleep(time.Minute)
		if d, _ := g.WaitFor("a", Heavy, 2); d != margin {
			t.Errorf("free in %s, want %s", d, margin)
		}
	})
}
