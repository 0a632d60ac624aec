package resolvers

import (
	"context"

	"github.com/ringql/ringql/graph/model"
	"github.com/ringql/ringql/internal/change"
	"github.com/ringql/ringql/internal/rest"
)

func (r *mutationResolver) UpdateDevice(ctx context.Context, input model.UpdateDeviceInput) (*change.Result[rest.Device], error) {
	id, err := model.ParseDevice(input.DeviceID)
	if err != nil {
		return nil, in("deviceId", err)
	}
	ch, err := deviceChange(&input, id.Account)
	if err != nil {
		return nil, err
	}
	result, err := r.Change.UpdateDevice(ctx, id, ch)
	return changedDevice(ctx, result, err)
}

func (r *mutationResolver) UpdateDeviceEmergency(ctx context.Context, input model.UpdateDeviceEmergencyInput) (*change.Result[rest.Device], error) {
	id, err := model.ParseDevice(input.DeviceID)
	if err != nil {
		return nil, in("deviceId", err)
	}
	emergency, err := deviceEmergency(input.Emergency)
	if err != nil {
		return nil, err
	}
	ch := change.DeviceChange{DeviceUpdate: rest.DeviceUpdate{Emergency: emergency, EmergencyServiceAddress: input.EmergencyServiceAddress}}
	result, err := r.Change.UpdateDeviceEmergency(ctx, id, ch)
	return changedDevice(ctx, result, err)
}
