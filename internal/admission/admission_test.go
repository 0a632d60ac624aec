package admission

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// small returns a controller of so many turns and places to wait.
func small(turns, room int) *Controller {
	c := New(Config{Queued: room})
	c.most, c.free = turns, turns
	c.memory = func() float64 { return 0 }
	return c
}

func enter(t *testing.T, c *Controller, who string) *Operation {
	t.Helper()
	o, err := c.Enter(t.Context(), who)
	if err != nil {
		t.Fatal(err)
	}
	return o
}

// As many are let in as there are turns, so many wait, and one more is refused at once.
func TestFull(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := small(2, 3)
		a, b := enter(t, c, "x"), enter(t, c, "x")
		begin := time.Now()
		var errs []error
		var mu sync.Mutex
		for range 3 {
			go func() {
				o, err := c.Enter(t.Context(), "x")
				mu.Lock()
				defer mu.Unlock()
				if errs = append(errs, err); err == nil {
					o.Leave()
				}
			}()
		}
		synctest.Wait()
		if !c.Full("x") {
			t.Error("there is room")
		}
		if _, err := c.Enter(t.Context(), "x"); !errors.Is(err, ErrFull) || time.Since(begin) > 0 {
			t.Errorf("beyond the queue: %v after %s", err, time.Since(begin))
		}
		a.Leave()
		a.Leave() // counts once
		time.Sleep(100 * time.Millisecond)
		synctest.Wait()
		if len(errs) != 3 || slices.ContainsFunc(errs, func(err error) bool { return err != nil }) || c.underWay != 1 || c.free != 1 {
			t.Errorf("after one left: %v, %d under way, %d turns free", errs, c.underWay, c.free)
		}
		b.Leave()
	})
}

// Who waits is refused when it takes too long, and when its client leaves.
func TestPatience(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := small(1, 5)
		a := enter(t, c, "x")
		begin := time.Now()
		if _, err := c.Enter(t.Context(), "x"); !errors.Is(err, ErrFull) || time.Since(begin) != time.Second {
			t.Errorf("%v after %s", err, time.Since(begin))
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Millisecond)
		defer cancel()
		if _, err := c.Enter(ctx, "x"); !errors.Is(err, context.DeadlineExceeded) {
			t.Error(err)
		}
		if c.queue.len() != 0 {
			t.Errorf("%d still wait", c.queue.len())
		}
		a.Leave()
		enter(t, c, "x").Leave()
	})
}

// One person's flood delays another's operation by one, and costs it no place.
func TestFair(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := small(1, 4)
		a := enter(t, c, "flood")
		var order []string
		wait := func(who, name string) {
			go func() {
				o, err := c.Enter(t.Context(), who)
				if err != nil {
					order = append(order, name+" refused")
					return
				}
				order = append(order, name)
				o.Leave()
			}()
			synctest.Wait()
		}
		for i := range 4 {
			wait("flood", fmt.Sprint("f", i))
		}
		if c.Full("other") || !c.Full("flood") {
			t.Error("who waits for nothing has no place, or who waits for all has")
		}
		wait("other", "o0") // in place of f3
		wait("other", "o1") // in place of f2
		wait("other", "o2") // both have two
		a.Leave()
		time.Sleep(100 * time.Millisecond)
		synctest.Wait()
		if want := []string{"f3 refused", "f2 refused", "o2 refused", "f0", "o0", "f1", "o1"}; !slices.Equal(order, want) {
			t.Errorf("got %v, want %v", order, want)
		}
	})
}

// Who waits for the upstream gives its turn to others, and has it back in time.
func TestPause(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := small(1, 5)
		a := enter(t, c, "x")
		resume := Pause(With(t.Context(), a))
		b := enter(t, c, "x") // with the turn of a
		back := false
		go func() {
			done := resume()
			back = true
			done()
			a.Leave()
		}()
		synctest.Wait()
		if back {
			t.Error("it has a turn that another has")
		}
		b.Leave()
		synctest.Wait()
		if !back || c.free != 1 || c.underWay != 0 {
			t.Errorf("back %v, %d turns, %d under way", back, c.free, c.underWay)
		}
	})
}

// An operation that waits for many things works on when it has the last, and is not given
// more turns than it works with.
func TestPauseMany(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := small(2, 5)
		a := enter(t, c, "x")
		ctx := With(t.Context(), a)
		first, second := Pause(ctx), Pause(ctx)
		if c.free != 2 {
			t.Errorf("%d turns free while all is waited for", c.free)
		}
		done := first()
		if c.free != 1 {
			t.Errorf("%d turns free while the first is read", c.free)
		}
		done()
		done()
		if c.free != 2 || a.has {
			t.Errorf("%d turns free while the second is waited for", c.free)
		}
		second()()
		if c.free != 1 || !a.has {
			t.Errorf("%d turns free once it works on", c.free)
		}
		late := Pause(ctx)
		a.Leave()
		late()()
		if c.free != 2 || c.underWay != 0 {
			t.Errorf("%d turns free in the end", c.free)
		}
		Pause(t.Context())()() // of no operation
		if err := Sleep(ctx, time.Second); err != nil || c.free != 2 {
			t.Errorf("%v, %d turns free", err, c.free)
		}
	})
}

// A turn that comes when its operation has been given up is not lost.
func TestGivenUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := small(1, 5)
		a := enter(t, c, "x")
		ctx, cancel := context.WithCancel(t.Context())
		resume := Pause(With(ctx, a))
		b := enter(t, c, "x")
		go func() {
			resume()()
			a.Leave()
		}()
		synctest.Wait()
		cancel()
		synctest.Wait()
		if len(c.back) != 0 || c.underWay != 1 {
			t.Errorf("%d wait for a turn, %d under way", len(c.back), c.underWay)
		}
		b.Leave()
		if c.free != 1 {
			t.Errorf("%d turns free", c.free)
		}
	})
}

// The less memory there is, the fewer operations are under way, and at last one.
func TestMemory(t *testing.T) {
	for taken, want := range map[float64]int{0: 20, 0.3: 20, 0.5: 10, 0.7: 1, 0.99: 1, 2: 1} {
		synctest.Test(t, func(t *testing.T) {
			c := small(4, 1)
			c.memory = func() float64 { return taken }
			var under []*Operation
			for range 20 {
				ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
				if o, err := c.Enter(ctx, "x"); err == nil {
					pauseAll(t, o)
					under = append(under, o)
				}
				cancel()
			}
			if len(under) != want {
				t.Errorf("%g of the memory is taken: %d under way, want %d", taken, len(under), want)
			}
			for _, o := range under {
				o.Leave()
			}
			enter(t, c, "x").Leave()
		})
	}
}

// pauseAll has o wait for ever.
func pauseAll(t *testing.T, o *Operation) { _ = Pause(With(t.Context(), o)) }

// crowd asks for operations, one every so often, that wait for the upstream and then work.
// It returns how many were carried out, and the longest once it is known what they take.
func crowd(t *testing.T, c *Controller, n int, every, upstream, work time.Duration) (carried int, slowest time.Duration) {
	var mu sync.Mutex
	var all sync.WaitGroup
	start := time.Now()
	for range n {
		time.Sleep(every)
		all.Go(func() {
			asked := time.Now()
			o, err := c.Enter(t.Context(), "x")
			if err != nil {
				return
			}
			defer o.Leave()
			resume := Pause(With(t.Context(), o))
			time.Sleep(upstream)
			done := resume()
			time.Sleep(work)
			done()
			mu.Lock()
			defer mu.Unlock()
			carried++
			if asked.Sub(start) > time.Second+6*upstream {
				slowest = max(slowest, time.Since(asked))
			}
		})
	}
	all.Wait()
	return carried, slowest
}

// Five times as much is asked for as can be carried: nearly all that can be is, and nothing
// takes much longer than alone, whether operations work all the time or mostly wait.
func TestCrowd(t *testing.T) {
	for _, upstream := range []time.Duration{0, 10 * time.Millisecond, 300 * time.Millisecond, 2 * time.Second} {
		t.Run(upstream.String(), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				c := small(2, 100)
				const work = 20 * time.Millisecond // two turns carry 100 in a second
				carried, slowest := crowd(t, c, 10_000, 2*time.Millisecond, upstream, work)
				if carried < 1700 || carried > 2300 {
					t.Errorf("%d carried out, 2000 can be", carried)
				}
				if most := 2*(upstream+work) + 8*work; slowest > most {
					t.Errorf("one took %s, more than %s", slowest, most)
				}
				if c.free != 2 || c.underWay != 0 || c.queue.len() != 0 || len(c.back) != 0 {
					t.Errorf("left behind: %d turns free, %d under way, %d wait", c.free, c.underWay, c.queue.len())
				}
			})
		})
	}
}

// A burst is carried out when nothing else is to do, however small the number of turns.
func TestBurst(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for _, upstream := range []time.Duration{100 * time.Millisecond, 800 * time.Millisecond, 3 * time.Second} {
			if carried, _ := crowd(t, small(2, 100), 50, 0, upstream, 5*time.Millisecond); carried != 50 {
				t.Errorf("upstream %s: %d of 50 carried out", upstream, carried)
			}
		}
	})
}

// One operation that had its turn for very long says nothing of the others.
func TestOneSlow(t *testing.T) {
	for _, before := range []int{0, 500} {
		synctest.Test(t, func(t *testing.T) {
			c := small(2, 100)
			crowd(t, c, before, 20*time.Millisecond, 0, 10*time.Millisecond)
			crowd(t, c, 1, 0, 0, 45*time.Second)
			if carried, _ := crowd(t, c, 10, 0, 0, 10*time.Millisecond); carried != 10 {
				t.Errorf("after %d: %d of 10 carried out", before, carried)
			}
		})
	}
}

// Whatever comes and goes, no turn is lost and none is made.
func TestTurns(t *testing.T) {
	c := small(3, 6)
	var all sync.WaitGroup
	for i := range 64 {
		all.Go(func() {
			for range 50 {
				ctx, cancel := context.WithTimeout(t.Context(), time.Duration(rand.IntN(3000))*time.Microsecond)
				if o, err := c.Enter(ctx, fmt.Sprint(i%5)); err == nil {
					var calls sync.WaitGroup
					for range rand.IntN(4) {
						calls.Go(func() {
							resume := Pause(With(ctx, o))
							time.Sleep(time.Duration(rand.IntN(300)) * time.Microsecond)
							resume()()
						})
					}
					if rand.IntN(4) > 0 {
						calls.Wait()
					}
					o.Leave()
					calls.Wait()
				}
				cancel()
			}
		})
	}
	all.Wait()
	if c.free != 3 || c.underWay != 0 || c.queue.len() != 0 || len(c.back) != 0 {
		t.Errorf("left behind: %d turns free, %d under way, %d wait", c.free, c.underWay, c.queue.len())
	}
}

func BenchmarkEnter(b *testing.B) {
	c := New(Config{Queued: 100, InFlight: 1000})
	b.ReportAllocs()
	for b.Loop() {
		o, err := c.Enter(b.Context(), "x")
		if err != nil {
			b.Fatal(err)
		}
		resume := Pause(With(b.Context(), o))
		resume()()
		o.Leave()
	}
}
