package cluster_test

import (
	"bytes"
	"context"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/ringql/ringql/internal/budget"
	"github.com/ringql/ringql/internal/cluster"
	"github.com/ringql/ringql/internal/cluster/redistest"
)

// replica is a gate on a Store whose log and state are kept.
type replica struct {
	store *cluster.Store
	gate  *budget.Gate
	log   log
	up    atomic.Bool
}

// log is written in one goroutine and read in another.
type log struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (l *log) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(b)
}

func (l *log) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

func newReplica(t *testing.T, url, app string) *replica {
	t.Helper()
	r := new(replica)
	var err error
	r.store, err = cluster.Open(cluster.Config{URL: url, Timeout: 10 * time.Second, Now: time.Now, Log: slog.New(slog.NewTextHandler(&r.log, nil)), Up: r.up.Store})
	if err != nil {
		t.Fatal(err)
	}
	r.gate = budget.New(budget.Config{Store: r.store, App: app})
	return r
}

// used is how many Light calls of ours a replica knows of.
func (r *replica) used(t *testing.T) int {
	t.Helper()
	for _, s := range r.gate.Groups(t.Context(), "a") {
		if s.Group == budget.Light {
			return s.Used
		}
	}
	return -1
}

// While Redis is away each replica goes on with its share, and says so once; what it sent
// is known to the others when Redis is back.
func TestRedisGoesAway(t *testing.T) {
	server := redistest.Start(t)
	synctest.Test(t, func(t *testing.T) {
		a, b := newReplica(t, server.URL, "app"), newReplica(t, server.URL, "app")
		defer func() { _, _ = a.store.Close(), b.store.Close() }()
		time.Sleep(11 * time.Second) // until a heartbeat is due: the first did not know of b
		spend(t, a, 10)
		synctest.Wait()
		if got := b.used(t); got != 10 {
			t.Fatalf("the other replica knows of %d calls, want 10", got)
		}
		time.Sleep(time.Second)
		server.Stop()
		left := 0
		for a.gate.Spend("a", budget.Light) == nil {
			left++
		}
		if left != 20 {
			t.Errorf("%d calls while Redis is away, want a half of the forty that are left", left)
		}
		if a.up.Load() || strings.Count(a.log.String(), "Redis is away") != 1 || strings.Contains(a.log.String(), "back") {
			t.Errorf("up %v, said %s", a.up.Load(), a.log.String())
		}
		server.Restart() // empty
		time.Sleep(2 * time.Second)
		_ = a.gate.Left("b", budget.Light)
		_ = a.gate.Spend("b", budget.Light) // somebody else's call finds out
		synctest.Wait()
		if !a.up.Load() || strings.Count(a.log.String(), "Redis is back") != 1 {
			t.Errorf("up %v, said %s", a.up.Load(), a.log.String())
		}
		time.Sleep(2 * time.Second)
		if got := b.used(t); got != 30 {
			t.Errorf("the other replica knows of %d calls, want the 10 that Redis has lost and the 20 sent meanwhile", got)
		}
	})
}

func spend(t *testing.T, r *replica, n int) {
	t.Helper()
	for range n {
		if err := r.gate.Spend("a", budget.Light); err != nil {
			t.Fatal(err)
		}
	}
}

// A replica that nobody asks anything of finds Redis again by itself: what it has sent, the
// others must know.
func TestRedisIsSought(t *testing.T) {
	server := redistest.Start(t)
	synctest.Test(t, func(t *testing.T) {
		a, b := newReplica(t, server.URL, "app"), newReplica(t, server.URL, "app")
		defer func() { _, _ = a.store.Close(), b.store.Close() }()
		time.Sleep(11 * time.Second)
		spend(t, a, 1)
		server.Stop()
		spend(t, a, 9)
		server.Restart()
		time.Sleep(2 * time.Second)
		synctest.Wait()
		if got := b.used(t); got != 10 {
			t.Errorf("the other replica knows of %d calls, want 10", got)
		}
	})
}

// A Redis that was away for a moment, in which nobody called, has forgotten all, and says
// nothing of it. The replicas know better, and how many they are.
func TestRedisForgets(t *testing.T) {
	server := redistest.Start(t)
	synctest.Test(t, func(t *testing.T) {
		a, b := newReplica(t, server.URL, "app"), newReplica(t, server.URL, "app")
		defer func() { _, _ = a.store.Close(), b.store.Close() }()
		time.Sleep(11 * time.Second)
		spend(t, a, 40)
		if got := b.used(t); got != 40 {
			t.Fatalf("the other replica knows of %d calls, want 40", got)
		}
		spend(t, a, 1) // which b does not know of
		time.Sleep(2 * time.Second)
		server.Stop()
		server.Restart()
		spend(t, b, 5)
		if err := b.gate.Spend("a", budget.Light); err == nil {
			t.Error("more than a half of what seems left, before the other has told what it did")
		}
		if got := a.used(t); got != 46 {
			t.Errorf("the other replica knows of %d calls, want 46", got)
		}
		time.Sleep(4 * time.Second)
		spend(t, b, 4)
		if err := a.gate.Spend("a", budget.Light); err == nil {
			t.Error("spent more than fifty")
		}
		if said := a.log.String() + b.log.String(); said != "" {
			t.Errorf("not noticed, but said %s", said)
		}
	})
}

// A Redis that begins anew knows of few replicas: those that have not come back yet still
// have their share when it goes away once more.
func TestReplicasAreRemembered(t *testing.T) {
	server := redistest.Start(t)
	synctest.Test(t, func(t *testing.T) {
		a, b := newReplica(t, server.URL, "app"), newReplica(t, server.URL, "app")
		defer func() { _, _ = a.store.Close(), b.store.Close() }()
		time.Sleep(11 * time.Second)
		spend(t, a, 1)
		synctest.Wait() // it has learned of b
		server.Stop()
		spend(t, a, 1)
		server.Restart()
		time.Sleep(2 * time.Second)
		synctest.Wait()
		if !a.up.Load() {
			t.Fatal("Redis is back, and was not found")
		}
		server.Stop()
		left := 0
		for a.gate.Spend("a", budget.Medium) == nil {
			left++
		}
		if left != 20 {
			t.Errorf("%d calls while Redis is away, want a half of forty", left)
		}
	})
}

// A Redis that does not answer holds nobody up for long.
func TestRedisHangs(t *testing.T) {
	server := redistest.Start(t)
	s, err := cluster.Open(cluster.Config{URL: server.URL, Timeout: 50 * time.Millisecond, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = s.Close() }()
	gate := budget.New(budget.Config{Store: s})
	if err := gate.Spend("a", budget.Light); err != nil {
		t.Fatal(err)
	}
	resume := server.Hang()
	start := time.Now()
	for range 20 {
		if err := gate.Spend("a", budget.Light); err != nil {
			t.Fatal(err)
		}
	}
	if took := time.Since(start); took > time.Second {
		t.Errorf("20 calls took %s", took)
	}
	resume()
}

// A password is in no error.
func TestBadAddress(t *testing.T) {
	for _, url := range []string{"redis://:secret@host:port", "http://:secret@host", "secret"} {
		if _, err := cluster.Open(cluster.Config{URL: url}); err == nil || strings.Contains(err.Error(), "secret") {
			t.Errorf("%v", err)
		}
	}
}

// Calls of two replicas get their turn in the order in which they came, and a replica
// that is gone keeps nobody waiting.
func TestReplicasAreFair(t *testing.T) {
	server := redistest.Start(t)
	synctest.Test(t, func(t *testing.T) {
		dead, b, c := newReplica(t, server.URL, "fair"), newReplica(t, server.URL, "fair"), newReplica(t, server.URL, "fair")
		defer func() { _, _, _ = dead.store.Close(), b.store.Close(), c.store.Close() }()
		h := http.Header{}
		h.Set("X-Rate-Limit-Limit", "10")
		b.gate.Learn("a", budget.Light, "op", http.StatusOK, h)
		for range 10 {
			if err := b.gate.Spend("a", budget.Light); err != nil {
				t.Fatal(err)
			}
			time.Sleep(time.Second)
		}
		key := budget.Key{Person: "a", App: "fair", Group: budget.Light}
		line := budget.Line{Who: "gone", Marks: []time.Time{time.Now(), time.Now()}, N: 2, Until: time.Now().Add(52 * time.Second)}
		if err := dead.store.Update(t.Context(), key, func(_ time.Time, b *budget.Book) { b.Lines = append(b.Lines, line) }); err != nil {
			t.Fatal(err)
		}
		start := time.Now()
		var mu sync.Mutex
		var order []string
		var wg sync.WaitGroup
		for i := range 8 {
			name, r := "b", b
			if i%2 == 1 {
				name, r = "c", c
			}
			link := budget.Transport(r.gate, func(context.Context) string { return "a" })(roundTripper(func(*http.Request) (*http.Response, error) {
				mu.Lock()
				order = append(order, name)
				mu.Unlock()
				return &http.Response{StatusCode: http.StatusOK, Body: http.NoBody}, nil
			}))
			wg.Go(func() {
				req, _ := http.NewRequestWithContext(budget.With(within(t, 90*time.Second), budget.Light, "op"), http.MethodGet, "http://upstream", nil)
				if _, err := link.RoundTrip(req); err != nil {
					t.Errorf("%s: %v", name, err)
				}
			})
			time.Sleep(10 * time.Millisecond)
		}
		wg.Wait()
		took := time.Since(start)
		early := strings.Count(strings.Join(order[:4], ""), "b")
		if early != 2 || took > 61*time.Second {
			t.Errorf("order %v in %s", order, took)
		}
	})
}
