package cluster_test

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/ringql/ringql/internal/budget"
	"github.com/ringql/ringql/internal/cluster"
	"github.com/ringql/ringql/internal/cluster/redistest"
)

// In memory and in Redis the same things happen: whatever is asked, learned and refused
// at whatever time, both gates stand the same.
func TestMemoryAndRedisAgree(t *testing.T) {
	server := redistest.Start(t)
	for seed := range uint64(20) {
		synctest.Test(t, func(t *testing.T) {
			store := open(t, server.URL)
			defer func() { _ = store.Close() }()
			app := fmt.Sprint("app", seed)
			gates := []*budget.Gate{budget.New(budget.Config{App: app}), budget.New(budget.Config{App: app, Store: store})}
			r := rand.New(rand.NewPCG(seed, 7))
			for step := range 150 {
				act := happening(r)
				var said [2]string
				for i, g := range gates {
					said[i] = act(t, g)
				}
				if said[0] != said[1] {
					t.Fatalf("seed %d, step %d:\nmemory %s\nredis  %s", seed, step, said[0], said[1])
				}
				time.Sleep(time.Duration(r.Int64N(int64(3 * time.Second))))
			}
		})
	}
}

// What several replicas write at the same time is all there in the end.
func TestUpdatesAreOneStep(t *testing.T) {
	server := redistest.Start(t)
	key := budget.Key{Person: "a", App: "app", Group: budget.Light}
	var wg sync.WaitGroup
	for range 3 {
		s, err := cluster.Open(cluster.Config{URL: server.URL, Timeout: 10 * time.Second})
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = s.Close() }()
		for range 4 {
			wg.Go(func() {
				for range 25 {
					if err := s.Update(t.Context(), key, func(_ time.Time, b *budget.Book) { b.Limit++ }); err != nil {
						t.Error(err)
					}
				}
			})
		}
		defer func() {
			_ = s.Look(t.Context(), key, func(_ time.Time, b *budget.Book) {
				if b.Limit != 300 {
					t.Errorf("%d of 300 steps are there", b.Limit)
				}
			})
		}()
	}
	wg.Wait()
	time.Sleep(300 * time.Millisecond) // until the copies are old
}

// What is kept expires, and does not name whom it is about.
func TestWhatIsKept(t *testing.T) {
	server := redistest.Start(t)
	s := newReplica(t, server.URL, "the-app")
	defer func() { _ = s.store.Close() }()
	s.gate.Learn("somebody", budget.Heavy, "op", http.StatusTooManyRequests, http.Header{"Retry-After": {"600"}})
	opts, err := redis.ParseURL(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	rdb := redis.NewClient(opts)
	defer func() { _ = rdb.Close() }()
	keys, err := rdb.Keys(t.Context(), "*").Result()
	if err != nil || len(keys) != 5 { // four groups, and who is alive
		t.Fatalf("%v, %v", keys, err)
	}
	for _, k := range keys {
		ttl, err := rdb.PTTL(t.Context(), k).Result()
		if err != nil || ttl <= time.Minute || ttl > time.Hour {
			t.Errorf("%s expires in %s, %v", k, ttl, err)
		}
		if strings.HasPrefix(k, "ringql:book:") && ttl <= 10*time.Minute {
			t.Errorf("%s is forgotten in %s, in the penalty", k, ttl)
		}
		value, _ := rdb.Get(t.Context(), k).Result()
		if strings.Contains(k+value, "somebody") {
			t.Errorf("%s = %s", k, value)
		}
	}
}

// happening is something that can happen, and tells how a gate stands after it.
func happening(r *rand.Rand) func(*testing.T, *budget.Gate) string {
	group, who := budget.All[r.IntN(len(budget.All))], strconv.Itoa(r.IntN(3))
	h := http.Header{}
	for name, v := range map[string]int{"Limit": 1 + r.IntN(60), "Remaining": r.IntN(60), "Window": 1 + r.IntN(90)} {
		h.Set("X-Rate-Limit-"+name, strconv.Itoa(v))
	}
	if r.IntN(3) > 0 {
		h.Set("X-Rate-Limit-Group", string(budget.All[r.IntN(len(budget.All))]))
	}
	status, code := http.StatusOK, ""
	if r.IntN(8) == 0 {
		status, code = http.StatusTooManyRequests, fmt.Sprint("CMN-30", 1+r.IntN(4))
		h.Set("Retry-After", strconv.Itoa(r.IntN(60)))
	}
	kind := r.IntN(4)
	return func(t *testing.T, g *budget.Gate) string {
		said := ""
		switch kind {
		case 0:
			said = fmt.Sprint(g.Spend(who, group))
		case 1:
			if status == http.StatusOK {
				g.Learn(who, group, "op", status, h)
			} else {
				g.Refused(who, group, "op", code, h)
			}
		default:
			said = sendOnce(t, g, who, group, status, h)
		}
		state, err := json.Marshal(g.Groups(t.Context(), who))
		if err != nil {
			t.Fatal(err)
		}
		return said + " " + string(state)
	}
}

// sendOnce sends a call that may not wait, so that both gates are asked at one time.
func sendOnce(t *testing.T, g *budget.Gate, who string, group budget.Group, status int, h http.Header) string {
	link := budget.Transport(g, func(context.Context) string { return who })(roundTripper(func(*http.Request) (*http.Response, error) {
		return &http.Response{StatusCode: status, Header: h, Body: http.NoBody}, nil
	}))
	ctx, cancel := context.WithTimeout(budget.With(t.Context(), group, "op"), time.Nanosecond)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://upstream", nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := link.RoundTrip(req)
	if err != nil {
		return err.Error()
	}
	return strconv.Itoa(resp.StatusCode)
}
