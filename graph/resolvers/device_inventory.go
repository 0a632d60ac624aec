package resolvers

import (
	"context"

	"github.com/ringql/ringql/graph/model"
	"github.com/ringql/ringql/internal/change"
	"github.com/ringql/ringql/internal/rest"
)

func (r *mutationResolver) RemoveDevice(ctx context.Context, input model.RemoveDeviceInput) (*change.RemoveDeviceResult, error) {
	id, err := model.ParseDevice(input.DeviceID)
	if err != nil {
		return nil, in("deviceId", err)
	}
	keep := input.KeepAssetsInInventory == nil || *input.KeepAssetsInInventory
	result, err := r.Change.RemoveDevice(ctx, id, keep)
	return changed(ctx, result, err)
}

func (r *mutationResolver) ReplaceDevice(ctx context.Context, input model.ReplaceDeviceInput) (*change.Result[rest.Device], error) {
	id, err := model.ParseDevice(input.DeviceID)
	if err != nil {
		return nil, in("deviceId", err)
	}
	target, err := model.ParseDevice(input.TargetDeviceID)
	if err != nil {
		return nil, in("targetDeviceId", err)
	}
	ext, err := extensionArgument("extensionId", input.ExtensionID, id.Account)
	if err != nil {
		return nil, err
	}
	result, err := r.Change.ReplaceDevice(ctx, id, ext, target)
	return changedDevice(ctx, result, err)
}

func (r *mutationResolver) AddDevicesToInventory(ctx context.Context, input model.AddDevicesToInventoryInput) (*change.AddDevicesResult, error) {
	account, err := accountArgument(input.AccountID)
	if err != nil {
		return nil, err
	}
	result, err := r.Change.AddDevicesToInventory(ctx, account, or(input.SiteID), input.Quantity)
	return changed(ctx, result, err)
}

func (r *mutationResolver) DeleteDevicesFromInventory(ctx context.Context, input model.DeleteDevicesFromInventoryInput) (*change.DeleteDevicesResult, error) {
	account, err := accountArgument(input.AccountID)
	if err != nil {
		return nil, err
	}
	ids, err := deviceArguments("deviceIds", input.DeviceIds, rest.Own)
	if err != nil {
		return nil, err
	}
	result, err := r.Change.DeleteDevicesFromInventory(ctx, account, ids)
	return changed(ctx, result, err)
}
