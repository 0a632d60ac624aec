package resolvers

import (
	"context"

	"github.com/ringql/ringql/graph/model"
	"github.com/ringql/ringql/internal/loader"
	"github.com/ringql/ringql/internal/rest"
)

func (r *queryResolver) Budgets(ctx context.Context) ([]*model.Budget, error) {
	rest.End(ctx) // they are those of now
	states := loader.For(ctx).Budgets(ctx)
	budgets := make([]*model.Budget, len(states))
	for i, s := range states {
		budgets[i] = &model.Budget{
			Group: rest.RateLimitGroup(s.Group), Limit: tellable(s.Limit), Window: wholeSeconds(s.Window), Used: tellable(s.Used),
			Left: tellable(s.Left), Foreign: tellable(s.Foreign), ClosedFor: wholeSeconds(s.ClosedFor), Waiting: tellable(s.Waiting),
		}
	}
	return budgets, nil
}
