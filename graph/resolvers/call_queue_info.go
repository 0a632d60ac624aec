package resolvers

import (
	"context"

	"github.com/ringql/ringql/graph"
	"github.com/ringql/ringql/graph/model"
	"github.com/ringql/ringql/internal/change"
	"github.com/ringql/ringql/internal/loader"
	"github.com/ringql/ringql/internal/paging"
	"github.com/ringql/ringql/internal/plan"
	"github.com/ringql/ringql/internal/rest"
)

func (r *accountResolver) CallQueues(ctx context.Context, obj *model.Account, filter *model.CallQueueFilter, first *int, after *string, last *int, before *string) (*model.Connection[rest.CallQueue], error) {
	member, err := optionalMember(filter, obj.Path)
	if err != nil {
		return nil, err
	}
	c, err := connect(ctx, r.Resolver, counted(ctx, obj.Path, &paging.List[rest.CallQueue]{
		Name: func() string { return "call queues " + member },
		ID:   (*rest.CallQueue).RcID,
		Fetch: func(ctx context.Context, page, perPage int) (*rest.Page[rest.CallQueue], error) {
			return loader.For(ctx).CallQueues(ctx, obj.Path, member, page, perPage)
		},
	}), args(first, after, last, before))
	if err == nil {
		countList(ctx, obj.Path, c)
	}
	return c, err
}

func (r *callQueueResolver) ServiceLevelSettings(ctx context.Context, obj *rest.CallQueue) (*rest.CallQueueInfo, error) {
	return setting(ctx, obj, func(s *rest.CallQueueSettings) *rest.CallQueueInfo { return s.ServiceLevelSettings })
}

func (r *callQueueResolver) EditableMemberStatus(ctx context.Context, obj *rest.CallQueue) (*bool, error) {
	return setting(ctx, obj, func(s *rest.CallQueueSettings) *bool { return s.EditableMemberStatus })
}

func (r *callQueueResolver) AlertTimer(ctx context.Context, obj *rest.CallQueue) (*int, error) {
	return setting(ctx, obj, func(s *rest.CallQueueSettings) *int { return s.AlertTimer })
}

func (r *callQueueResolver) Extension(ctx context.Context, obj *rest.CallQueue) (*rest.Extension, error) {
	return fromRef(ctx, &rest.ExtensionRef{ID: rest.ExtensionID(obj.ID), ExtensionNumber: obj.ExtensionNumber, Name: obj.Name})
}

func (r *callQueueResolver) Members(ctx context.Context, obj *rest.CallQueue, first *int, after *string, last *int, before *string) (*model.Connection[rest.Extension], error) {
	list := members("members", rest.ExtensionID(obj.ID), loader.For(ctx).CallQueueMembers)
	return connectMembers(ctx, r.Resolver, list, plan.MemberFields, args(first, after, last, before))
}

func (r *extensionResolver) CallQueue(ctx context.Context, obj *rest.Extension) (*rest.CallQueue, error) {
	if obj.Type != "Department" {
		return nil, nil //nolint:nilnil // no call queue, and no error
	}
	node, vars := selected(ctx)
	if plan.Selects([]*plan.Node{node}, vars, func(field string) bool { return field == "uri" }) {
		return loader.For(ctx).CallQueue(ctx, rest.CallQueueID(obj.ID))
	}
	return callQueueOf(obj), nil
}

func (r *mutationResolver) UpdateCallQueue(ctx context.Context, input model.UpdateCallQueueInput) (*change.CallQueueResult, error) {
	id, err := groupArgument("callQueueId", input.CallQueueID, model.TypeCallQueue, rest.Own)
	if err != nil {
		return nil, err
	}
	result, err := r.Change.UpdateCallQueue(ctx, rest.CallQueueID(id), callQueueUpdate(input))
	return changed(ctx, result, err)
}

func (r *mutationResolver) SetExtensionCallQueues(ctx context.Context, input model.SetExtensionCallQueuesInput) (*change.ExtensionCallQueuesResult, error) {
	account, err := accountArgument(input.AccountID)
	if err != nil {
		return nil, err
	}
	ext, err := extensionArgument("extensionId", input.ExtensionID, account)
	if err != nil {
		return nil, err
	}
	queues, err := groupArguments("callQueueIds", input.CallQueueIds, model.TypeCallQueue, account)
	if err != nil {
		return nil, err
	}
	result, err := r.Change.SetExtensionCallQueues(ctx, account, ext, queues)
	return changed(ctx, result, err)
}

func (r *queryResolver) CallQueue(ctx context.Context, id string) (*rest.CallQueue, error) {
	ext, err := groupArgument("id", id, model.TypeCallQueue, rest.Own)
	if err != nil {
		return nil, err
	}
	r.announceQuery(ctx)
	return loader.For(ctx).CallQueue(ctx, rest.CallQueueID(ext))
}

func (r *setExtensionCallQueuesPayloadResolver) Extension(ctx context.Context, obj *change.ExtensionCallQueuesResult) (*rest.Extension, error) {
	return fromID(ctx, obj.Member)
}

func (r *setExtensionCallQueuesPayloadResolver) CallQueues(ctx context.Context, obj *change.ExtensionCallQueuesResult) ([]*rest.CallQueue, error) {
	return fromNames(ctx, obj.Queues)
}

func (r *Resolver) CallQueue() graph.CallQueueResolver { return &callQueueResolver{r} }

func (r *Resolver) SetExtensionCallQueuesPayload() graph.SetExtensionCallQueuesPayloadResolver {
	return &setExtensionCallQueuesPayloadResolver{r}
}

type (
	callQueueResolver                     struct{ *Resolver }
	setExtensionCallQueuesPayloadResolver struct{ *Resolver }
)
