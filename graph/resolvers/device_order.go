package resolvers

import (
	"context"

	"github.com/ringql/ringql/graph"
	"github.com/ringql/ringql/graph/model"
	"github.com/ringql/ringql/internal/change"
	"github.com/ringql/ringql/internal/loader"
	"github.com/ringql/ringql/internal/rest"
)

func (r *accountResolver) DeviceOrder(ctx context.Context, obj *model.Account, id string) (*rest.DeviceOrder, error) {
	o, err := deviceOrderArgument(id, obj.Path)
	if err != nil {
		return nil, err
	}
	return loader.For(ctx).DeviceOrder(ctx, o)
}

func (r *createDeviceOrderPayloadResolver) Devices(ctx context.Context, obj *change.DeviceOrderResult) ([]*rest.Device, error) {
	return orderedDevices(ctx, obj.Made), nil
}

func (r *deviceOrderResolver) Devices(ctx context.Context, obj *rest.DeviceOrder) ([]*rest.Device, error) {
	if obj.Ordered == nil {
		whole, err := loader.For(ctx).DeviceOrder(ctx, obj.ID)
		if err != nil {
			return nil, err
		}
		obj = whole
	}
	return orderedDevices(ctx, obj.Ordered), nil
}

func (r *mutationResolver) CreateDeviceOrder(ctx context.Context, input model.CreateDeviceOrderInput) (*change.DeviceOrderResult, error) {
	order, err := deviceOrder(&input)
	if err != nil {
		return nil, err
	}
	result, err := r.Change.CreateDeviceOrder(ctx, order)
	return changed(ctx, result, err)
}

func (r *queryResolver) DeviceOrder(ctx context.Context, id string) (*rest.DeviceOrder, error) {
	o, err := deviceOrderArgument(id, rest.Own)
	if err != nil {
		return nil, err
	}
	r.announceQuery(ctx)
	return loader.For(ctx).DeviceOrder(ctx, o)
}

func (r *Resolver) CreateDeviceOrderPayload() graph.CreateDeviceOrderPayloadResolver {
	return &createDeviceOrderPayloadResolver{r}
}

func (r *Resolver) DeviceOrder() graph.DeviceOrderResolver { return &deviceOrderResolver{r} }

type (
	createDeviceOrderPayloadResolver struct{ *Resolver }
	deviceOrderResolver              struct{ *Resolver }
)
