package cluster_test

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"strconv"
	"testing"
	"testing/synctest"
	"time"

	"github.com/ringql/ringql/internal/budget"
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
