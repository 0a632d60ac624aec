package resolvers

import (
	"context"

	"github.com/ringql/ringql/graph"
	"github.com/ringql/ringql/internal/rest"
)

func (r *forwardingNumberResolver) Device(ctx context.Context, obj *rest.ForwardingNumber) (*rest.Device, error) {
	if obj.On == nil || obj.On.ID.RCID == "" {
		return nil, nil //nolint:nilnil // no device, and no error
	}
	if node, vars := selected(ctx); onlyIDs(node, vars) {
		return &rest.Device{ID: obj.On.ID}, nil
	}
	return device(ctx, obj.On.ID)
}

func (r *forwardingNumberResolver) Extension(ctx context.Context, obj *rest.ForwardingNumber) (*rest.Extension, error) {
	return fromRef(ctx, obj.Owner)
}

func (r *Resolver) ForwardingNumber() graph.ForwardingNumberResolver {
	return &forwardingNumberResolver{r}
}

type forwardingNumberResolver struct{ *Resolver }
