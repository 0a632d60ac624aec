package resolvers

import (
	"context"

	"github.com/ringql/ringql/graph"
	"github.com/ringql/ringql/internal/change"
	"github.com/ringql/ringql/internal/loader"
	"github.com/ringql/ringql/internal/rest"
)

func (r *phoneNumberTaskResolver) Results(ctx context.Context, obj *rest.PhoneNumberTask) ([]*change.PhoneNumberTaskResult, error) {
	return change.TaskResults(obj), nil
}

func (r *phoneNumberTaskResultResolver) PhoneNumber(ctx context.Context, obj *change.PhoneNumberTaskResult) (*rest.PhoneNumber, error) {
	if obj.ID.RCID == "" {
		return nil, nil //nolint:nilnil // there is none, or nobody knows which
	}
	return loader.For(ctx).PhoneNumber(ctx, obj.ID)
}

func (r *queryResolver) PhoneNumberTask(ctx context.Context, id string, accountID *string) (*rest.PhoneNumberTask, error) {
	account, err := accountArgument(accountID)
	if err != nil {
		return nil, err
	}
	if err := taskArgument(id); err != nil {
		return nil, err
	}
	return loader.For(ctx).PhoneNumberTask(ctx, account, id)
}

func (r *Resolver) PhoneNumberTask() graph.PhoneNumberTaskResolver {
	return &phoneNumberTaskResolver{r}
}

func (r *Resolver) PhoneNumberTaskResult() graph.PhoneNumberTaskResultResolver {
	return &phoneNumberTaskResultResolver{r}
}

type (
	phoneNumberTaskResolver       struct{ *Resolver }
	phoneNumberTaskResultResolver struct{ *Resolver }
)
