package budget

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// full is a gate of whose budget for Heavy calls nothing is left for a minute.
func full(t *testing.T, cfg Config) *Gate {
	t.Helper()
	g := New(cfg)
	for range 10 {
		if err := g.Spend("a", Heavy); err != nil {
			t.Fatal(err)
		}
	}
	g.Learn("a", Heavy, "op", http.StatusOK, told(10, 0))
	return g
}

// An arrival is a call that waits, and when it got its turn.
type arrival struct {
	name string
	went time.Duration
	err  error
}

// crowd has calls wait at a gate.
type crowd struct {
	g     *Gate
	start time.Time
	wg    sync.WaitGroup
	mu    sync.Mutex
	all   []arrival
}

func (c *crowd) join(ctx context.Context, name string) {
	c.wg.Go(func() {
		booked, err := c.g.turn(ctx, c.g.key("a", Heavy))
		c.mu.Lock()
		c.all = append(c.all, arrival{name, time.Since(c.start).Round(time.Second), err})
		c.mu.Unlock()
		if err == nil {
			c.g.learn(ctx, "a", answer{group: Heavy, booked: booked, status: http.StatusOK})
		}
	})
	synctest.Wait()
}

func (c *crowd) order() (names []string) {
	for _, a := range c.all {
		names = append(names, a.name)
	}
	return names
}

// Those of many calls count as if they had come a minute later: they let others go first,
// but not for ever.
func TestBulkIsNotStarved(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := &crowd{g: NewGate(), start: time.Now()}
		c.g.Learn("a", Heavy, "op", http.StatusOK, header("X-Rate-Limit-Window", "120"))
		for range 10 {
			if err := c.g.Spend("a", Heavy); err != nil {
				t.Fatal(err)
			}
			time.Sleep(time.Second)
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
		defer cancel()
		time.Sleep(6 * time.Second)
		c.join(Bulk(ctx), "many")
		for i := range 8 {
			time.Sleep(10 * time.Second)
			c.join(ctx, fmt.Sprint(26+10*i))
		}
		c.wg.Wait()
		if want := []string{"26", "36", "46", "56", "66", "many", "76", "86", "96"}; !slices.Equal(c.order(), want) {
			t.Errorf("order %v, want %v", c.order(), want)
		}
	})
}

// One of many calls that somebody comes to look at stands where it would have from the start,
// whether it waits already or not yet.
func TestHastened(t *testing.T) {
	for _, waits := range []bool{true, false} {
		synctest.Test(t, func(t *testing.T) {
			c := &crowd{g: NewGate(), start: time.Now()}
			for range 10 {
				if err := c.g.Spend("a", Heavy); err != nil {
					t.Fatal(err)
				}
				time.Sleep(time.Second)
			}
			ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
			defer cancel()
			hastened, haste := Hastened(Bulk(ctx))
			if !waits {
				haste()
			}
			for range 3 {
				c.join(ctx, "before")
			}
			time.Sleep(time.Millisecond)
			c.join(hastened, "many")
			time.Sleep(time.Millisecond)
			for range 3 {
				c.join(ctx, "after")
			}
			haste()
			haste()
			c.wg.Wait()
			if i := slices.Index(c.order(), "many"); i != 3 || len(c.g.queues) != 0 {
				t.Errorf("waits %v: order %v", waits, c.order())
			}
		})
	}
}

// A queue has an end, and says when to come again.
func TestQueueIsBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := &crowd{g: full(t, Config{Queue: 3}), start: time.Now()}
		ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
		for i := range 4 {
			c.join(ctx, fmt.Sprint(i))
		}
		var refusal *Error
		if len(c.all) != 1 || !errors.As(c.all[0].err, &refusal) || refusal.RetryAfter != time.Minute {
			t.Errorf("%+v", c.all)
		}
		cancel()
		c.wg.Wait()
		if len(c.g.queues) != 0 || len(book(t, c.g, "a", Heavy).Lines) != 0 {
			t.Error("something is left of a queue that all have left")
		}
	})
}

// When a penalty begins, those who would wait in vain are told so; the others wait on.
func TestPenaltyRefusesThoseWhoCannotWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := &crowd{g: full(t, Config{}), start: time.Now()}
		for name, patience := range map[string]time.Duration{"short": 70 * time.Second, "long": 130 * time.Second} {
			ctx, cancel := context.WithTimeout(t.Context(), patience)
			defer cancel()
			c.join(ctx, name)
		}
		time.Sleep(30 * time.Second)
		c.g.Refused("a", Heavy, "op", "", header("X-Rate-Limit-Group", "heavy", "Retry-After", "60"))
		c.wg.Wait()
		if got := c.all; len(got) != 2 || got[0].name != "short" || !errors.Is(got[0].err, ErrExhausted) || got[0].went != 30*time.Second ||
			got[1].name != "long" || got[1].err != nil || got[1].went != 91*time.Second {
			t.Errorf("%+v", got)
		}
	})
}

// One that waits for somebody ends with them, though its own context does not.
func TestUntil(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := &crowd{g: full(t, Config{}), start: time.Now()}
		asker, leave := context.WithCancel(t.Context())
		c.join(Until(t.Context(), asker), "change")
		time.Sleep(time.Second)
		leave()
		c.wg.Wait()
		if got := c.all[0]; !errors.Is(got.err, context.Canceled) || !errors.As(got.err, new(interface{ NotSent() })) || got.went != time.Second {
			t.Errorf("%+v", got)
		}
	})
}

// Who has a deadline waits until then, and who has none for two minutes.
func TestPatience(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := &crowd{g: full(t, Config{}), start: time.Now()}
		c.g.Refused("a", Heavy, "op", "", header("X-Rate-Limit-Group", "heavy", "Retry-After", "200"))
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
		defer cancel()
		c.join(ctx, "deadline")
		c.join(t.Context(), "none")
		c.wg.Wait()
		if got := c.all; got[0].name != "none" || !errors.Is(got[0].err, ErrExhausted) || got[1].err != nil || got[1].went != 201*time.Second {
			t.Errorf("%+v", got)
		}
	})
}

// A turn that comes when its caller has just left is given back.
func TestGivenBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := NewGate()
		g.Learn("a", Heavy, "op", http.StatusOK, told(10, 9))
		key := g.key("a", Heavy)
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		c := &call{place: time.Now(), end: time.Now().Add(time.Hour), wake: make(chan struct{}, 1)}
		q, err := g.enter(key, c, time.Now())
		if err != nil {
			t.Fatal(err)
		}
		before := g.Left("a", Heavy)
		if _, over := g.serve(ctx, q, c); !over || g.Left("a", Heavy) != before-1 {
			t.Fatalf("%v, %d left of %d", over, g.Left("a", Heavy), before)
		}
		if err := g.leave(ctx, q, c, ctx.Err()); !errors.Is(err, context.Canceled) || g.Left("a", Heavy) != before {
			t.Errorf("%v, %d left of %d", err, g.Left("a", Heavy), before)
		}
	})
}

// broken is a Store that is away.
type broken struct{ Store }

func (broken) Update(context.Context, Key, func(time.Time, *Book)) error {
	return errors.New("away")
}

func (broken) Look(context.Context, Key, func(time.Time, *Book)) error { return errors.New("away") }

// Without its store a gate sends nothing, and says that nothing was sent.
func TestStoreIsAway(t *testing.T) {
	g := New(Config{Store: broken{}})
	_, err := g.take(t.Context(), g.key("a", Light))
	if !errors.As(err, new(interface{ NotSent() })) || g.Left("a", Light) != 50 {
		t.Errorf("%v", err)
	}
}

// What a Meter is told adds up.
func TestMeter(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := &counts{}
		g := full(t, Config{Meter: m})
		link := Transport(g, func(context.Context) string { return "a" })(roundTripper(func(r *http.Request) (*http.Response, error) {
			if m.waits != 0 || Waited(r.Context()) != time.Minute {
				t.Errorf("%d wait, waited %s", m.waits, Waited(r.Context()))
			}
			return &http.Response{StatusCode: http.StatusOK, Body: http.NoBody}, nil
		}))
		if send(t, link, Heavy, "op") || m.refused != 1 || m.waits != 0 {
			t.Errorf("%+v", m)
		}
		req, _ := http.NewRequestWithContext(With(t.Context(), Heavy, "op"), http.MethodGet, "http://upstream", nil)
		if _, err := link.RoundTrip(req); err != nil || m.waited != time.Minute {
			t.Errorf("%v, %+v", err, m)
		}
	})
}

type counts struct {
	mu             sync.Mutex
	waits, refused int
	waited         time.Duration
}

func (c *counts) Waits(_ Group, more int) { c.mu.Lock(); c.waits += more; c.mu.Unlock() }

func (c *counts) Waited(_ Group, d time.Duration) { c.waited += d }

func (c *counts) Refused(Group) { c.refused++ }
