package rest

import (
	"cmp"
	"context"
	"net/http"
	"sync"
	"time"

	"github.com/ringql/ringql/internal/budget"
)

// mostListed bounds how many calls a bill lists; those beyond are counted.
const mostListed = 1000

// Bill is what an operation spends. Whoever wants none pays nothing for it.
type Bill struct {
	whole *Bill // that this one is a part of; nil for none

	mu    sync.Mutex
	under map[*Call]time.Time // calls under way, and since when
	since Spent
}

// Spent is what was spent in a while.
type Spent struct {
	Calls  []Call // in the order of their answers, the first of them
	More   int    // how many more there were
	Groups map[budget.Group]int
	Waited time.Duration // for the calls' turns, in all
	Hits   int           // answers that were remembered
}

type billKey struct{}

// WithBill returns a context whose calls are written on the bill it returns, each try of
// its own. Token calls are not: they are made for everybody. What is written on a part of a
// bill is written on the whole of it too.
func WithBill(ctx context.Context) (context.Context, *Bill) {
	b := &Bill{whole: billFrom(ctx), under: map[*Call]time.Time{}}
	return context.WithValue(ctx, billKey{}, b), b
}

// Tell writes c on the bill of ctx, if there is one. It is for calls that were spared: those
// that are sent are written by the chain. Only good answers are remembered.
func Tell(ctx context.Context, c Call) {
	for b := billFrom(ctx); b != nil; b = b.whole {
		b.tell(c)
	}
}

func (b *Bill) tell(c Call) {
	b.mu.Lock()
	defer b.mu.Unlock()
	c.Group, c.Status = cmp.Or(c.Group, c.Operation.Group), cmp.Or(c.Status, http.StatusOK)
	b.since.add(c)
}

func billFrom(ctx context.Context) *Bill {
	b, _ := ctx.Value(billKey{}).(*Bill)
	return b
}

// begin writes down that c leaves.
func (b *Bill) begin(c *Call, now time.Time) {
	if b == nil {
		return
	}
	b.whole.begin(c, now)
	b.mu.Lock()
	defer b.mu.Unlock()
	b.under[c] = now
}

// end writes down what became of c, unless that was not waited for.
func (b *Bill) end(c *Call, ended Call) {
	if b == nil {
		return
	}
	b.whole.end(c, ended)
	b.mu.Lock()
	defer b.mu.Unlock()
	if _, waited := b.under[c]; waited {
		delete(b.under, c)
		b.since.add(ended)
	}
}

// Take returns what was spent since it was called before. The last time, calls that are
// still under way are part of it: the upstream has them.
func (b *Bill) Take(last bool) Spent {
	b.mu.Lock()
	defer b.mu.Unlock()
	if last {
		for c, start := range b.under {
			late := *c
			late.Duration = time.Since(start)
			b.since.add(late)
		}
		clear(b.under)
	}
	s := b.since
	b.since = Spent{}
	return s
}

func (s *Spent) add(c Call) {
	if len(s.Calls) < mostListed {
		s.Calls = append(s.Calls, c)
	} else {
		s.More++
	}
	if c.Spared() {
		s.Hits++
		return
	}
	if s.Groups == nil {
		s.Groups = map[budget.Group]int{}
	}
	s.Groups[c.Group]++
	s.Waited += c.Waited
}
