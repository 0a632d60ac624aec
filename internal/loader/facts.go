package loader

import (
	"context"

	"github.com/ringql/ringql/internal/budget"
	"github.com/ringql/ringql/internal/plan"
	"github.com/ringql/ringql/internal/rest"
)

// Facts returns what is known of the person who asks, for the price of an operation. Path
// and Named are left to whoever knows global ids; Path gets accounts' real ids.
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
