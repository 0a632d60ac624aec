package resolvers

import (
	"context"
	"fmt"

	"github.com/ringql/ringql/graph"
	"github.com/ringql/ringql/graph/model"
	"github.com/ringql/ringql/internal/change"
	"github.com/ringql/ringql/internal/loader"
	"github.com/ringql/ringql/internal/paging"
	"github.com/ringql/ringql/internal/plan"
	"github.com/ringql/ringql/internal/rest"
)

func (r *extensionResolver) ForwardingNumbers(ctx context.Context, obj *rest.Extension, filter *rest.ForwardingNumberFilter, first *int, after *string, last *int, before *string) (*model.Connection[rest.ForwardingNumber], error) {
	if f := or(filter); len(f.Feature) > 0 {
		return r.chosenForwarding(ctx, obj.ID, "forwarding numbers "+f.Key(), args(first, after, last, before), matchingForwarding(f))
	}
	c, err := connect(ctx, r.Resolver, &paging.List[rest.ForwardingNumber]{
		Name: func() string { return "forwarding numbers of " + obj.ID.RCID },
		ID:   (*rest.ForwardingNumber).RcID,
		Fetch: func(ctx context.Context, page, perPage int) (*rest.Page[rest.ForwardingNumber], error) {
			return loader.For(ctx).ForwardingNumbers(ctx, obj.ID, page, perPage)
		},
	}, args(first, after, last, before))
	if err == nil {
		countForwardingDevices(ctx, c.Slice.Rows)
	}
	return c, err
}

func (r *extensionResolver) CallFlipNumbers(ctx context.Context, obj *rest.Extension, first *int, after *string, last *int, before *string) (*model.Connection[rest.ForwardingNumber], error) {
	return r.chosenForwarding(ctx, obj.ID, "call flip numbers", args(first, after, last, before), byFlipNumber)
}

func (r *forwardingNumberResolver) Device(ctx context.Context, obj *rest.ForwardingNumber) (*rest.Device, error) {
	if obj.On == nil || obj.On.ID.RCID == "" {
		return nil, nil //nolint:nilnil // no device, and no error
	}
	if node, vars := selected(ctx); plan.OnlyIDs(node, vars) {
		return &rest.Device{ID: obj.On.ID}, nil
	}
	return device(ctx, obj.On.ID)
}

func (r *forwardingNumberResolver) Extension(ctx context.Context, obj *rest.ForwardingNumber) (*rest.Extension, error) {
	return fromRef(ctx, obj.Owner)
}

func (r *mutationResolver) CreateForwardingNumber(ctx context.Context, input model.CreateForwardingNumberInput) (*change.ForwardingNumberResult, error) {
	ext, add, err := newForwardingNumber(&input)
	if err != nil {
		return nil, err
	}
	result, err := r.Change.CreateForwardingNumber(ctx, ext, add)
	return changed(ctx, result, err)
}

func (r *mutationResolver) UpdateForwardingNumber(ctx context.Context, input model.UpdateForwardingNumberInput) (*change.ForwardingNumberResult, error) {
	id, err := forwardingNumberArgument("forwardingNumberId", input.ForwardingNumberID, input.ExtensionID)
	if err != nil {
		return nil, err
	}
	result, err := r.Change.UpdateForwardingNumber(ctx, id, change.ForwardingNumberInput{
		PhoneNumber: input.PhoneNumber, Label: input.Label, FlipNumber: input.FlipNumber, Type: or(input.Type),
	})
	return changed(ctx, result, err)
}

func (r *mutationResolver) DeleteForwardingNumber(ctx context.Context, input model.DeleteForwardingNumberInput) (*change.DeleteForwardingNumberPayload, error) {
	id, err := forwardingNumberArgument("forwardingNumberId", input.ForwardingNumberID, input.ExtensionID)
	if err != nil {
		return nil, err
	}
	result, err := r.Change.DeleteForwardingNumber(ctx, id)
	return changed(ctx, result, err)
}

func (r *mutationResolver) DeleteForwardingNumbers(ctx context.Context, input model.DeleteForwardingNumbersInput) (*change.DeleteForwardingNumbersPayload, error) {
	ids := make([]rest.ForwardingNumberID, len(input.ForwardingNumberIds))
	for i, id := range input.ForwardingNumberIds {
		var err error
		if ids[i], err = forwardingNumberArgument(fmt.Sprintf("forwardingNumberIds[%d]", i), id, input.ExtensionID); err != nil {
			return nil, err
		}
	}
	result, err := r.Change.DeleteForwardingNumbers(ctx, ids)
	return changed(ctx, result, err)
}

func (r *queryResolver) ForwardingNumber(ctx context.Context, id string, extensionID *string) (*rest.ForwardingNumber, error) {
	n, err := forwardingNumberArgument("id", id, extensionID)
	if err != nil {
		return nil, err
	}
	r.announceQuery(ctx)
	return loader.For(ctx).ForwardingNumber(ctx, n)
}

func (r *Resolver) ForwardingNumber() graph.ForwardingNumberResolver {
	return &forwardingNumberResolver{r}
}

type forwardingNumberResolver struct{ *Resolver }
