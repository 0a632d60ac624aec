package rest

import (
	"context"
	"net/http"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/ringql/ringql/internal/budget"
)

// limitedTo returns a client whose person may make so many Light calls a minute; the upstream
// answers at once.
func limitedTo(light int) *Client {
	gate := budget.New(budget.Config{Limits: map[budget.Group]int{budget.Light: light, budget.Medium: light, budget.Heavy: light, budget.Auth: light}})
	up := roundTripper(func(r *http.Request) (*http.Response, error) { return answerWith(r, 200, oneAccount), nil })
	return New(Config{Transport: Chain(up, budget.Transport(gate, personOf)), Who: personOf, Gate: gate})
}

// Who joins a read that a change began is not given up with whoever asked for the change.
func TestAskerOfAChangeLeaves(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := limitedTo(1)
		if _, err := c.ReadAccountInfo(t.Context(), Own); err != nil {
			t.Fatal(err)
		}
		asker, leave := context.WithCancel(t.Context())
		var wg sync.WaitGroup
		wg.Go(func() {
			if _, err := c.ReadAccountInfo(Outlive(asker), Own); err == nil {
				t.Error("it waited for its turn though whoever asked had left")
			}
		})
		synctest.Wait()
		wg.Go(func() {
			if _, err := c.ReadAccountInfo(t.Context(), Own); err != nil {
				t.Errorf("who joined: %v", err)
			}
		})
		synctest.Wait()
		leave()
		wg.Wait()
	})
}

// A read that nobody looks at stands in the budget like any other once somebody does.
func TestSomebodyLooksAtABulkRead(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := limitedTo(2)
		for range 2 {
			if _, err := c.ReadAccountServiceInfo(t.Context(), Own); err != nil {
				t.Fatal(err)
			}
			time.Sleep(10 * time.Second)
		}
		var order []string
		var mu sync.Mutex
		var wg sync.WaitGroup
		ask := func(name string, ctx context.Context, account string) {
			wg.Go(func() {
				if _, err := c.ReadAccountInfo(ctx, account); err != nil {
					t.Errorf("%s: %v", name, err)
				}
				mu.Lock()
				defer mu.Unlock()
				order = append(order, name)
			})
			synctest.Wait()
			time.Sleep(time.Second)
		}
		ask("bulk", budget.Bulk(t.Context()), Own)
		ask("looks", t.Context(), Own)
		ask("late", t.Context(), "1")
		wg.Wait()
		if order[2] != "late" {
			t.Errorf("they were served in the order %v", order)
		}
	})
}
