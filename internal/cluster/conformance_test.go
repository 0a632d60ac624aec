package cluster_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/ringql/ringql/internal/budget"
	"github.com/ringql/ringql/internal/cluster"
	"github.com/ringql/ringql/internal/cluster/redistest"
)

// open returns a Store in a pretend clock's bubble.
func open(t *testing.T, url string) *cluster.Store {
	t.Helper()
	s, err := cluster.Open(cluster.Config{URL: url, Timeout: 10 * time.Second, Now: time.Now, Log: slog.New(slog.NewTextHandler(io.Discard, nil))})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// TestStores has every store pass the same tests: in memory, in Redis, and in Redis while
// it is away.
func TestStores(t *testing.T) {
	redis, away := redistest.Start(t), redistest.Start(t)
	away.Stop()
	stores := map[string]func(t *testing.T) (budget.Store, func() error){
		"memory": func(*testing.T) (budget.Store, func() error) { return budget.NewMemory(), func() error { return nil } },
		"redis":  func(t *testing.T) (budget.Store, func() error) { s := open(t, redis.URL); return s, s.Close },
		"away":   func(t *testing.T) (budget.Store, func() error) { s := open(t, away.URL); return s, s.Close },
	}
	for name, tt := range map[string]func(*testing.T, *world){
		"limit": testLimit, "order": testOrder, "penalty": testPenalty, "foreign": testForeign, "deadline": testDeadline, "left": testLeft, "together": testTogether,
	} {
		for where, start := range stores {
			t.Run(name+"/"+where, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					store, stop := start(t)
					defer func() {
						_ = stop()
						time.Sleep(2 * time.Second) // a client that could not dial ends within a second
					}()
					w := newWorld(t, budget.New(budget.Config{Store: store, App: t.Name()}))
					tt(t, w)
					synctest.Wait()
				})
			})
		}
	}
}

// world is an upstream that limits calls to ten a minute, and a gate before it.
type world struct {
	t    *testing.T
	gate *budget.Gate
	link http.RoundTripper

	mu     sync.Mutex
	calls  []time.Time
	closed time.Time
	inside atomic.Int64 // calls that came in a penalty
	over   atomic.Int64 // calls that started one
}

const limit, latency = 10, 50 * time.Millisecond

func newWorld(t *testing.T, g *budget.Gate) *world {
	w := &world{t: t, gate: g}
	w.link = budget.Transport(g, func(context.Context) string { return "a" })(roundTripper(w.answer))
	return w
}

type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func (w *world) answer(*http.Request) (*http.Response, error) {
	time.Sleep(latency / 2)
	status, left := w.count()
	time.Sleep(latency / 2)
	h := http.Header{}
	for name, v := range map[string]int{"Limit": limit, "Remaining": left, "Window": 60} {
		h.Set("X-Rate-Limit-"+name, strconv.Itoa(v))
	}
	if h.Set("X-Rate-Limit-Group", "heavy"); status == http.StatusTooManyRequests {
		h.Set("Retry-After", "60")
	}
	return &http.Response{StatusCode: status, Header: h, Body: http.NoBody}, nil
}

// count is what the upstream does with a call.
func (w *world) count() (status, left int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	now := time.Now()
	for len(w.calls) > 0 && now.Sub(w.calls[0]) >= time.Minute {
		w.calls = w.calls[1:]
	}
	if inside := now.Before(w.closed); inside || len(w.calls) >= limit {
		if inside {
			w.inside.Add(1)
		} else {
			w.over.Add(1)
		}
		w.closed = now.Add(time.Minute)
		return http.StatusTooManyRequests, 0
	}
	w.calls = append(w.calls, now)
	return http.StatusOK, limit - len(w.calls)
}

func (w *world) send(ctx context.Context) (int, error) {
	req, err := http.NewRequestWithContext(budget.With(ctx, budget.Heavy, "op"), http.MethodGet, "http://upstream", nil)
	if err != nil {
		w.t.Error(err)
		return 0, err
	}
	resp, err := w.link.RoundTrip(req)
	if err != nil {
		return 0, err
	}
	return resp.StatusCode, resp.Body.Close()
}

// within is a context that lasts so long.
func within(t *testing.T, d time.Duration) context.Context {
	ctx, cancel := context.WithTimeout(t.Context(), d)
	t.Cleanup(cancel)
	return ctx
}

// Twenty calls take two windows, and none is refused.
func testLimit(t *testing.T, w *world) {
	start := time.Now()
	var wg sync.WaitGroup
	for range 2 * limit {
		wg.Go(func() {
			if status, err := w.send(within(t, 2*time.Minute)); status != http.StatusOK || err != nil {
				t.Errorf("%d, %v", status, err)
			}
		})
	}
	wg.Wait()
	if took := time.Since(start); took < time.Minute || took > time.Minute+2*time.Second {
		t.Errorf("took %s, want a minute", took)
	}
}

// Calls go in the order in which they came, those of many a minute later.
func testOrder(t *testing.T, w *world) {
	for range limit {
		if _, err := w.send(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	var mu sync.Mutex
	var order []string
	var wg sync.WaitGroup
	wait := func(name string, ctx context.Context) {
		wg.Go(func() {
			if _, err := w.send(ctx); err != nil {
				t.Errorf("%s: %v", name, err)
			}
			mu.Lock()
			order = append(order, name)
			mu.Unlock()
		})
		time.Sleep(time.Second)
	}
	wait("many", budget.Bulk(t.Context()))
	for i := range 2 {
		wait(fmt.Sprint("one ", i), t.Context())
	}
	wg.Wait()
	if got := fmt.Sprint(order); got != "[one 0 one 1 many]" {
		t.Errorf("order %s", got)
	}
}

// Nothing is sent in a penalty; one call goes first when it is over.
func testPenalty(t *testing.T, w *world) {
	w.mu.Lock()
	w.closed = time.Now().Add(time.Hour) // somebody else's, of which nothing is known
	w.mu.Unlock()
	if status, err := w.send(t.Context()); status != http.StatusTooManyRequests || err != nil {
		t.Fatalf("%d, %v", status, err)
	}
	start := time.Now()
	var sent atomic.Int64
	var wg sync.WaitGroup
	for range 5 {
		wg.Go(func() {
			if status, err := w.send(within(t, 90*time.Second)); status != http.StatusOK || err != nil {
				t.Errorf("%d, %v", status, err)
			}
			sent.Add(1)
		})
	}
	time.Sleep(61*time.Second + latency - time.Millisecond)
	if n := sent.Load(); n != 0 {
		t.Errorf("%d sent after %s", n, time.Since(start))
	}
	time.Sleep(2 * time.Millisecond)
	if n := sent.Load(); n != 1 {
		t.Errorf("%d went first, want one", n)
	}
	wg.Wait()
	if n := w.inside.Load(); n != 1 {
		t.Errorf("%d calls came in the penalty, want the one that found out", n)
	}
}

// Another program that takes a third evenly runs into no penalty.
func testForeign(t *testing.T, w *world) {
	ctx, cancel := context.WithCancel(t.Context())
	var wg sync.WaitGroup
	wg.Go(func() {
		for ctx.Err() == nil {
			w.count()
			time.Sleep(3 * time.Minute / limit)
		}
	})
	time.Sleep(time.Minute)
	start, sent := time.Now(), atomic.Int64{}
	for range 2 * limit {
		wg.Go(func() {
			for ctx.Err() == nil {
				if status, err := w.send(within(t, time.Minute)); err == nil && status == http.StatusOK {
					sent.Add(1)
				} else {
					time.Sleep(time.Second)
				}
			}
		})
	}
	time.Sleep(5 * time.Minute)
	n := sent.Load()
	cancel()
	wg.Wait()
	if w.inside.Load() != 0 || w.over.Load() != 0 {
		t.Errorf("%d penalties, %d calls inside", w.over.Load(), w.inside.Load())
	}
	if n < 26 {
		t.Errorf("%d calls in %s", n, time.Since(start))
	}
	t.Logf("%d calls of ours in five minutes beside 16 or 17 of the other", n)
}

// Who would wait in vain is told so at once.
func testDeadline(t *testing.T, w *world) {
	for range limit {
		if _, err := w.send(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	start := time.Now()
	_, err := w.send(within(t, 30*time.Second))
	var refusal *budget.Error
	if !errors.As(err, &refusal) || refusal.RetryAfter < 58*time.Second || refusal.RetryAfter > time.Minute || time.Since(start) > time.Second {
		t.Errorf("%v after %s", err, time.Since(start))
	}
}

// Who leaves gives up the place, and what was booked.
func testLeft(t *testing.T, w *world) {
	for range limit {
		if _, err := w.send(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(30*time.Second, cancel)
	_, err := w.send(ctx)
	var unsent interface{ NotSent() }
	if !errors.Is(err, context.Canceled) || !errors.As(err, &unsent) {
		t.Errorf("%v, want to be told that it was not sent", err)
	}
	time.Sleep(31 * time.Second)
	for _, g := range w.gate.Groups(t.Context(), "a") {
		if g.Group == budget.Heavy && (g.Left != limit || g.Waiting != 0) {
			t.Errorf("%+v after a window", g)
		}
	}
}

// However many ask at once, no more go than the limit allows.
func testTogether(t *testing.T, w *world) {
	var sent, refused atomic.Int64
	var wg sync.WaitGroup
	for range 200 {
		wg.Go(func() {
			if _, err := w.send(within(t, 10*time.Second)); err == nil {
				sent.Add(1)
			} else {
				refused.Add(1)
			}
		})
	}
	wg.Wait()
	if sent.Load() != limit || refused.Load() != 200-limit || w.over.Load() != 0 {
		t.Errorf("%d sent, %d refused, %d penalties", sent.Load(), refused.Load(), w.over.Load())
	}
}
