package loader

import (
	"context"
	"time"

	"github.com/ringql/ringql/internal/budget"
	"github.com/ringql/ringql/internal/plan"
	"github.com/ringql/ringql/internal/rest"
)

// Facts returns what is known of the person who asks, for the price of an operation. TypeOf
// and Locate are left to whoever knows global ids.
func Facts(ctx context.Context, cfg Config) plan.Facts {
	who := cfg.Who(ctx)
	me := cfg.Memory.of(who)
	own := me.ownAccount()
	served := func(o string) bool { return cfg.REST.Serves(ctx, rest.Own, o) }
	return plan.Facts{
		Count:         me.total,
		Account:       own,
		Extension:     me.ownExtension(),
		InOneCall:     cfg.REST.InOneCall,
		NumbersFromV2: cfg.REST.Preference() == rest.OnlyV2 || !served("listAccountPhoneNumbers"),
		Preference:    cfg.REST.Preference(),
		Served:        served,
		Payer:         func(o *rest.Operation) budget.Group { return cfg.Gate.Payer(who, o.Group, o.ID) },
		Remembered:    func(o *rest.Operation) int { return cfg.REST.CountRemembered(ctx, o) },
		Funds:         FundsOf(ctx, cfg.Gate, who),
		Path: func(account string) string {
			if account == own {
				return rest.Own
			}
			return account
		},
	}
}

type choicesKey struct{}

// WithChoices returns a context whose loaders take the ways that were chosen when the
// operation was priced.
func WithChoices(ctx context.Context, choices map[string]int) context.Context {
	if len(choices) == 0 {
		return ctx
	}
	return context.WithValue(ctx, choicesKey{}, choices)
}

// Count files how many there are of what a name stands for, for the price of operations to
// come.
func (l *Loaders) Count(account, name string, n int) { l.me.learnTotal(l.path(account), name, &n) }

// Counted returns what Count filed lately.
func (l *Loaders) Counted(account, name string) (n int, known bool) {
	return l.me.total(l.path(account), name)
}

// CountTotal is Count for the length of a list, if the upstream told it.
func (l *Loaders) CountTotal(account, name string, n *int) { l.me.learnTotal(l.path(account), name, n) }

// CountEach is Count for things that turn up one by one, or again and again.
func (l *Loaders) CountEach(account, name string, ids ...string) {
	k := list{l.path(account), name}
	l.mu.Lock()
	seen := l.counted[k]
	if seen == nil {
		seen = map[string]bool{}
		l.counted[k] = seen
	}
	for _, id := range ids {
		seen[id] = true
	}
	n := len(seen)
	l.mu.Unlock()
	l.me.learnTotal(k.account, name, &n)
}

// funds tell what the person can spend until ctx ends.
func (l *Loaders) funds(ctx context.Context) plan.Funds {
	return FundsOf(ctx, l.gate, l.who)
}

// FundsOf tells what a person can spend until ctx ends. The gate is asked everything once,
// for the answer may have to come from another machine.
func FundsOf(ctx context.Context, gate *budget.Gate, who string) plan.Funds {
	known := map[budget.Group]int{}
	left := func(g budget.Group) int {
		n, ok := known[g]
		if !ok {
			n = gate.Left(who, g)
			known[g] = n
		}
		return n
	}
	type calls struct {
		group budget.Group
		n     int
	}
	times := map[calls]time.Duration{}
	f := plan.Funds{
		Left: left,
		When: func(g budget.Group, n int) time.Duration {
			if n <= left(g) {
				return 0
			}
			d, ok := times[calls{g, n}]
			if !ok {
				d = gate.When(who, g, n)
				times[calls{g, n}] = d
			}
			return d
		},
	}
	f.Fresh = func(g budget.Group, n int) time.Duration {
		for _, s := range gate.Groups(ctx, who) {
			if s.Group == g && s.Limit > 0 && n > s.Limit {
				return time.Duration((n-1)/s.Limit) * s.Window
			}
		}
		return 0
	}
	if end, ok := ctx.Deadline(); ok {
		f.Patience = max(0, time.Until(end)-answering)
	}
	return f
}

// answering is the time that is left for the answers when the last call is sent.
const answering = 2 * time.Second

// paid is fetch for keys that take a call of an operation each: where they cannot all be
// sent in time, none is.
func paid[K comparable, V any](l *Loaders, operation string, fetch func(context.Context, []K) map[K]rest.Result[V]) func(context.Context, []K) map[K]rest.Result[V] {
	o := rest.OperationNamed(operation)
	return func(ctx context.Context, keys []K) map[K]rest.Result[V] {
		calls := max(0, len(keys)-l.c.CountRemembered(ctx, o))
		err := l.funds(ctx).Check(plan.Calls{l.gate.Payer(l.who, o.Group, o.ID): calls})
		if err == nil || len(keys) < 2 {
			return fetch(ctx, keys)
		}
		found := make(map[K]rest.Result[V], len(keys))
		for _, k := range keys {
			found[k] = rest.Result[V]{Err: err}
		}
		return found
	}
}
