package loader

import (
	"context"

	"github.com/ringql/ringql/internal/budget"
)

// Budgets tells how the budgets of the person who asks stand; nobody has any.
func (l *Loaders) Budgets(ctx context.Context) []budget.GroupState {
	if l.who == "" {
		return nil
	}
	return l.gate.Groups(ctx, l.who)
}
