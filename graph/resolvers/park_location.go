package resolvers

import (
	"context"

	"github.com/ringql/ringql/graph"
	"github.com/ringql/ringql/graph/model"
	"github.com/ringql/ringql/internal/change"
	"github.com/ringql/ringql/internal/loader"
	"github.com/ringql/ringql/internal/plan"
	"github.com/ringql/ringql/internal/rest"
)

func (r *extensionResolver) ParkLocation(ctx context.Context, obj *rest.Extension) (*model.ParkLocation, error) {
	return asParkLocation(obj), nil
}

func (r *mutationResolver) BulkAssignParkLocationUsers(ctx context.Context, input model.BulkAssignParkLocationUsersInput) (*change.ParkLocationUsersResult, error) {
	account, changes, err := itemsOf(input.AccountID, input.Items, parkLocationChange)
	if err != nil {
		return nil, err
	}
	result, err := r.Change.UpdateParkLocationUsers(ctx, account, changes)
	return changed(ctx, result, err)
}

func (r *parkLocationResolver) Users(ctx context.Context, obj *model.ParkLocation, first *int, after *string, last *int, before *string) (*model.Connection[rest.Extension], error) {
	list := members("users", obj.Extension.ID, loader.For(ctx).ParkLocationUsers)
	return connectMembers(ctx, r.Resolver, list, plan.MemberFields, args(first, after, last, before))
}

func (r *queryResolver) ParkLocation(ctx context.Context, id string) (*model.ParkLocation, error) {
	ext, err := groupArgument("id", id, model.TypeParkLocation, rest.Own)
	if err != nil {
		return nil, err
	}
	r.announceQuery(ctx)
	return parkLocation(ctx, ext)
}

func (r *Resolver) ParkLocation() graph.ParkLocationResolver { return &parkLocationResolver{r} }

type parkLocationResolver struct{ *Resolver }
