package resolvers

import (
	"context"

	"github.com/99designs/gqlgen/graphql"

	"github.com/ringql/ringql/graph"
	"github.com/ringql/ringql/graph/model"
	"github.com/ringql/ringql/internal/loader"
	"github.com/ringql/ringql/internal/rest"
)

func (r *queryResolver) Account(ctx context.Context, id *string) (*model.Account, error) {
	account, err := accountArgument(id)
	if err != nil {
		return nil, err
	}
	return &model.Account{Path: account}, nil
}

func (r *queryResolver) Viewer(ctx context.Context) (*rest.Extension, error) {
	return r.oneExtension(ctx, rest.ExtensionID{Key: rest.Key{Account: rest.Own, RCID: rest.Own}})
}

func (r *queryResolver) Extension(ctx context.Context, id string) (*rest.Extension, error) {
	ext, err := model.ParseExtension(id, true)
	if err != nil {
		return nil, in("id", err)
	}
	return r.oneExtension(ctx, ext)
}

func (r *queryResolver) PhoneNumber(ctx context.Context, id string) (*rest.PhoneNumber, error) {
	n, err := model.ParsePhoneNumber(id)
	if err != nil {
		return nil, in("id", err)
	}
	r.announceQuery(ctx)
	return loader.For(ctx).PhoneNumber(ctx, n)
}

func (r *queryResolver) Device(ctx context.Context, id string) (*rest.Device, error) {
	d, err := model.ParseDevice(id)
	if err != nil {
		return nil, in("id", err)
	}
	r.announceQuery(ctx)
	return device(ctx, d)
}

func (r *queryResolver) Node(ctx context.Context, id string) (model.Node, error) {
	g, err := model.ParseGlobalID(id)
	if err != nil {
		return nil, in("id", err)
	}
	r.announceQuery(ctx)
	return node(ctx, g)
}

func (r *queryResolver) Nodes(ctx context.Context, ids []string) ([]model.Node, error) {
	parsed, err := globalIDs(ids)
	if err != nil {
		return nil, err
	}
	r.announceQuery(ctx)
	nodes := make([]model.Node, len(ids))
	for i, g := range parsed {
		n, err := node(ctx, g)
		if err != nil {
			// One object that cannot be read is not a reason to withhold the others.
			graphql.AddError(graphql.WithPathContext(ctx, graphql.NewPathWithIndex(i)), err)
			continue
		}
		nodes[i] = n
	}
	return nodes, nil
}

func (r *Resolver) Mutation() graph.MutationResolver { return &mutationResolver{r} }

func (r *Resolver) Query() graph.QueryResolver { return &queryResolver{r} }

type (
	mutationResolver struct{ *Resolver }
	queryResolver    struct{ *Resolver }
)
