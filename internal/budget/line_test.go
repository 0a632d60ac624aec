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
// the time that they would have taken, here or in another replica.
func TestThoseWhoWaitInVain(t *testing.T) {
	now := time.Now()
	b := &Book{Limit: 10, Window: time.Minute, Heard: now}
	b.add(now, 10)
	calls := make([]stand, 0, 15)
	for i := range 15 {
		calls = append(calls, stand{now.Add(time.Duration(i) * time.Second), 30 * time.Second})
		if i >= 10 {
			calls[i].patience = 90 * time.Second
		}
	}
	turn := b.take(now, "a", calls)
	for i, wait := range turn.vain {
		if (wait > 0) != (i < 10) {
			t.Errorf("call %d is told %s", i, wait)
		}
	}
	if len(turn.waits) != 5 || turn.waits[4] != time.Minute {
		t.Errorf("the others wait %s", turn.waits)
	}
	if n := b.ahead(now.Add(time.Minute)); n != 5 {
		t.Errorf("%d are ahead of one in another replica, want 5", n)
	}
}

// Where calls stand is told well enough for another replica to find its place among them.
func TestLine(t *testing.T) {
	start := time.Now()
	for _, n := range []int{1, 2, 5, marks, marks + 1, 100} {
		places := make([]time.Time, n)
		for i := range places {
			places[i] = start.Add(time.Duration(i*i) * time.Second) // ever further apart
		}
		l := newLine("a", places, start)
		if len(l.Marks) > marks || l.ahead(start) != 0 || l.ahead(places[n-1].Add(1)) != n {
			t.Errorf("%d: %d marks, %d and %d ahead", n, len(l.Marks), l.ahead(start), l.ahead(places[n-1].Add(1)))
		}
		for i, p := range places {
			if off := l.ahead(p.Add(1)) - (i + 1); off < -1-n/marks || off > 1+n/marks || n <= marks && off != 0 {
				t.Errorf("%d: %d ahead of one after the first %d", n, l.ahead(p.Add(1)), i+1)
			}
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

// Replicas know of each other's queues while these grow, not only when they are served.
func TestGrowingQueueIsTold(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := NewMemory()
		g, other := New(Config{Store: store}), New(Config{Store: store})
		link := answering(g, http.StatusOK, header("X-Rate-Limit-Group", "heavy"))
		ctx, cancel := context.WithCancel(With(t.Context(), Heavy, "op"))
		for range 20 {
			req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://upstream", nil)
			if err != nil {
				t.Fatal(err)
			}
			go func() { _, _ = link.RoundTrip(req) }()
			time.Sleep(time.Second)
		}
		for _, s := range other.Groups(t.Context(), "a") {
			if s.Group == Heavy && (s.Waiting < 8 || s.Waiting > 10) {
				t.Errorf("another replica knows of %d that wait, want nearly 10", s.Waiting)
			}
		}
		cancel()
	})
}
