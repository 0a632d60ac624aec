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

func (r *extensionResolver) PagingGroup(ctx context.Context, obj *rest.Extension) (*model.PagingGroup, error) {
	return asPagingGroup(obj), nil
}

func (r *mutationResolver) BulkAssignPagingGroupUsersAndDevices(ctx context.Context, input model.BulkAssignPagingGroupUsersAndDevicesInput) (*change.PagingGroupMembersResult, error) {
	account, changes, err := itemsOf(input.AccountID, input.Items, pagingGroupChange)
	if err != nil {
		return nil, err
	}
	result, err := r.Change.AssignPagingGroupUsersDevices(ctx, account, changes)
	return changed(ctx, result, err)
}

func (r *pagingGroupResolver) Users(ctx context.Context, obj *model.PagingGroup, first *int, after *string, last *int, before *string) (*model.Connection[rest.Extension], error) {
	list := members("users", obj.Extension.ID, loader.For(ctx).PagingGroupUsers)
	return connectMembers(ctx, r.Resolver, list, plan.UserFields, args(first, after, last, before))
}

func (r *pagingGroupResolver) Devices(ctx context.Context, obj *model.PagingGroup, first *int, after *string, last *int, before *string) (*model.Connection[rest.Device], error) {
	id := obj.Extension.ID
	c, err := connect(ctx, r.Resolver, devices(func() string { return "paging devices of " + id.RCID },
		func(ctx context.Context, page, perPage int) (*rest.Page[rest.Device], error) {
			return loader.For(ctx).PagingGroupDevices(ctx, id, page, perPage)
		}), args(first, after, last, before))
	if err != nil {
		return nil, err
	}
	completePaged(ctx, c)
	r.deviceRows(ctx, id.Account, c.Slice.Rows)
	return c, nil
}

func (r *queryResolver) PagingGroup(ctx context.Context, id string) (*model.PagingGroup, error) {
	ext, err := groupArgument("id", id, model.TypePagingGroup, rest.Own)
	if err != nil {
		return nil, err
	}
	r.announceQuery(ctx)
	return pagingGroup(ctx, ext)
}

func (r *Resolver) PagingGroup() graph.PagingGroupResolver { return &pagingGroupResolver{r} }

type pagingGroupResolver struct{ *Resolver }
