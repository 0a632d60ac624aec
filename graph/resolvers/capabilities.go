package resolvers

import (
	"context"
	"slices"

	"github.com/ringql/ringql/graph"
	"github.com/ringql/ringql/graph/model"
	"github.com/ringql/ringql/internal/loader"
	"github.com/ringql/ringql/internal/rest"
)

func (r *capabilitiesResolver) Fields(ctx context.Context, obj *model.Capabilities, names []string) ([]*model.FieldCapability, error) {
	out := []*model.FieldCapability{}
	for _, name := range names {
		if !slices.ContainsFunc(guarded(), func(g guard) bool { return g.name == name }) {
			return nil, in("names", &model.InputError{Reason: "holds what takes no right, or is no field of this schema"})
		}
	}
	for _, g := range guarded() {
		if names == nil || slices.Contains(names, g.name) {
			out = append(out, g.capability(rest.Rights{Scopes: obj.Scopes, Permissions: obj.Permissions}))
		}
	}
	return out, nil
}

func (r *queryResolver) Capabilities(ctx context.Context) (*model.Capabilities, error) {
	self := rest.ExtensionID{Key: rest.Key{Account: rest.Own, RCID: rest.Own}}
	if _, err := loader.For(ctx).AuthorizationProfile(ctx, self, ""); err != nil {
		return nil, err
	}
	rights := r.Change.REST.Rights(ctx)
	return &model.Capabilities{Scopes: rights.Scopes, Permissions: append([]string{}, rights.Permissions...)}, nil
}

func (r *Resolver) Capabilities() graph.CapabilitiesResolver { return &capabilitiesResolver{r} }

type capabilitiesResolver struct{ *Resolver }
