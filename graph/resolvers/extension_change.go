package resolvers

import (
	"context"

	"github.com/ringql/ringql/graph/model"
	"github.com/ringql/ringql/internal/change"
	"github.com/ringql/ringql/internal/rest"
)

func (r *mutationResolver) CreateExtension(ctx context.Context, input model.CreateExtensionInput) (*change.ExtensionResult, error) {
	account, err := accountArgument(input.AccountID)
	if err != nil {
		return nil, err
	}
	result, err := r.Change.CreateExtension(ctx, account, input.ExtensionCreation)
	return changed(ctx, result, err)
}

func (r *mutationResolver) UpdateExtension(ctx context.Context, input model.UpdateExtensionInput) (*change.ExtensionResult, error) {
	id, err := model.ParseExtension(input.ExtensionID, true)
	if err != nil {
		return nil, in("extensionId", err)
	}
	result, err := r.Change.UpdateExtension(ctx, id, input.ExtensionUpdate)
	return changed(ctx, result, err)
}

func (r *mutationResolver) DeleteExtension(ctx context.Context, input model.DeleteExtensionInput) (*change.DeleteExtensionResult, error) {
	id, err := model.ParseExtension(input.ExtensionID, false)
	if err != nil {
		return nil, in("extensionId", err)
	}
	result, err := r.Change.DeleteExtension(ctx, id, rest.Kept{PhoneNumbers: input.SavePhoneNumbers, PhoneLines: input.SavePhoneLines})
	return changed(ctx, result, err)
}

func (r *mutationResolver) DeleteExtensions(ctx context.Context, input model.DeleteExtensionsInput) (*change.DeleteExtensionsResult, error) {
	account, err := accountArgument(input.AccountID)
	if err != nil {
		return nil, err
	}
	ids, err := extensionArguments("extensionIds", input.ExtensionIds, account)
	if err != nil {
		return nil, err
	}
	keep := input.KeepAssetsInInventory == nil || *input.KeepAssetsInInventory
	result, err := r.Change.DeleteExtensions(ctx, account, ids, keep)
	return changed(ctx, result, err)
}
