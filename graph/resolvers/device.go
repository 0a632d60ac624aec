package resolvers

import (
	"context"

	"github.com/ringql/ringql/graph"
	"github.com/ringql/ringql/internal/rest"
)

func (r *deviceResolver) Extension(ctx context.Context, obj *rest.Device) (*rest.Extension, error) {
	return fromRef(ctx, obj.Owner)
}

func (r *Resolver) Device() graph.DeviceResolver { return &deviceResolver{r} }

type deviceResolver struct{ *Resolver }
