package resolvers

import (
	"context"

	"github.com/ringql/ringql/graph/model"
	"github.com/ringql/ringql/internal/loader"
)

func (r *mutationResolver) CreateAccount(ctx context.Context, input model.CreateAccountInput) (*model.CreateAccountPayload, error) {
	wanted, err := newAccount(&input)
	if err != nil {
		return nil, err
	}
	result, err := r.Change.CreateAccount(ctx, wanted)
	if result, err = changed(ctx, result, err); err != nil {
		return nil, err
	}
	out := &model.CreateAccountPayload{Outcome: result.Outcome, UserErrors: result.UserErrors}
	if a := result.Object; a != nil {
		loader.For(ctx).LearnAccount(ctx, a)
		out.Account = &model.Account{Path: a.ID.RCID}
	}
	return out, nil
}
