package resolvers

import (
	"context"
	"fmt"

	"github.com/ringql/ringql/graph/model"
	"github.com/ringql/ringql/internal/change"
	"github.com/ringql/ringql/internal/rest"
)

func (r *mutationResolver) UpdateCallerBlocking(ctx context.Context, input model.UpdateCallerBlockingInput) (*change.UpdateCallerBlockingPayload, error) {
	ext, err := whoseList(input.ExtensionID)
	if err != nil {
		return nil, err
	}
	to := rest.CallerBlockingUpdate{Mode: or(input.Mode), NoCallerID: or(input.NoCallerID), PayPhones: or(input.PayPhones)}
	for _, g := range input.Greetings {
		to.Greetings = append(to.Greetings, rest.GreetingChoice{Type: g.Type, Preset: rest.ByID{ID: g.PresetID}})
	}
	result, err := r.Change.UpdateCallerBlocking(ctx, ext, to)
	return changed(ctx, result, err)
}

func (r *mutationResolver) AddCallerBlockingNumber(ctx context.Context, input model.AddCallerBlockingNumberInput) (*change.CallerBlockingNumberResult, error) {
	ext, err := whoseList(input.ExtensionID)
	if err != nil {
		return nil, err
	}
	result, err := r.Change.AddCallerBlockingNumber(ctx, ext, rest.CallerBlockingNumberRecord{
		PhoneNumber: input.PhoneNumber, Label: input.Label, Status: or(input.Status),
	})
	return changed(ctx, result, err)
}

func (r *mutationResolver) UpdateCallerBlockingNumber(ctx context.Context, input model.UpdateCallerBlockingNumberInput) (*change.CallerBlockingNumberResult, error) {
	id, err := model.ParseCallerBlockingNumber(input.CallerBlockingNumberID)
	if err != nil {
		return nil, in("callerBlockingNumberId", err)
	}
	result, err := r.Change.UpdateCallerBlockingNumber(ctx, id, rest.CallerBlockingNumberRecord{Label: input.Label, Status: or(input.Status)})
	return changed(ctx, result, err)
}

func (r *mutationResolver) DeleteCallerBlockingNumber(ctx context.Context, input model.DeleteCallerBlockingNumberInput) (*change.DeleteCallerBlockingNumberPayload, error) {
	id, err := model.ParseCallerBlockingNumber(input.CallerBlockingNumberID)
	if err != nil {
		return nil, in("callerBlockingNumberId", err)
	}
	result, err := r.Change.DeleteCallerBlockingNumber(ctx, id)
	return changed(ctx, result, err)
}

func (r *mutationResolver) DeleteCallerBlockingNumbers(ctx context.Context, input model.DeleteCallerBlockingNumbersInput) (*change.DeleteCallerBlockingNumbersPayload, error) {
	ids, err := arguments(input.CallerBlockingNumberIds, func(i int, id string) (rest.CallerBlockingNumberID, error) {
		n, err := model.ParseCallerBlockingNumber(id)
		if err != nil {
			err = in(fmt.Sprintf("callerBlockingNumberIds[%d]", i), err)
		}
		return n, err
	})
	if err != nil {
		return nil, err
	}
	result, err := r.Change.DeleteCallerBlockingNumbers(ctx, ids)
	return changed(ctx, result, err)
}
