package resolvers

import (
	"context"

	"github.com/ringql/ringql/graph/model"
	"github.com/ringql/ringql/internal/change"
	"github.com/ringql/ringql/internal/loader"
	"github.com/ringql/ringql/internal/paging"
	"github.com/ringql/ringql/internal/rest"
)

func (r *extensionResolver) BlockedNumbers(ctx context.Context, obj *rest.Extension, first *int, after *string, last *int, before *string) (*model.Connection[rest.BlockedNumber], error) {
	return connect(ctx, r.Resolver, &paging.List[rest.BlockedNumber]{
		Name: func() string { return "blocked numbers of " + obj.ID.RCID },
		ID:   (*rest.BlockedNumber).RcID,
		Fetch: func(ctx context.Context, page, perPage int) (*rest.Page[rest.BlockedNumber], error) {
			return loader.For(ctx).BlockedNumbers(ctx, obj.ID, page, perPage)
		},
	}, args(first, after, last, before))
}

func (r *mutationResolver) AddBlockedNumber(ctx context.Context, input model.AddBlockedNumberInput) (*change.BlockedNumberResult, error) {
	ext, err := whoseList(input.ExtensionID)
	if err != nil {
		return nil, err
	}
	result, err := r.Change.BlockNumber(ctx, ext, rest.BlockedNumberRecord{PhoneNumber: input.PhoneNumber, Name: input.Name})
	return changed(ctx, result, err)
}

func (r *mutationResolver) UpdateBlockedNumber(ctx context.Context, input model.UpdateBlockedNumberInput) (*change.BlockedNumberResult, error) {
	id, err := model.ParseBlockedNumber(input.BlockedNumberID)
	if err != nil {
		return nil, in("blockedNumberId", err)
	}
	result, err := r.Change.UpdateBlockedNumber(ctx, id, input.Name)
	return changed(ctx, result, err)
}

func (r *mutationResolver) DeleteBlockedNumber(ctx context.Context, input model.DeleteBlockedNumberInput) (*change.DeleteBlockedNumberPayload, error) {
	id, err := model.ParseBlockedNumber(input.BlockedNumberID)
	if err != nil {
		return nil, in("blockedNumberId", err)
	}
	result, err := r.Change.DeleteBlockedNumber(ctx, id)
	return changed(ctx, result, err)
}
