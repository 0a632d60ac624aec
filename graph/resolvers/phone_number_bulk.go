package resolvers

import (
	"context"

	"github.com/ringql/ringql/graph/model"
	"github.com/ringql/ringql/internal/change"
)

func (r *mutationResolver) ReassignPhoneNumbers(ctx context.Context, input model.ReassignPhoneNumbersInput) (*change.PhoneNumbersResult, error) {
	result, err := r.Change.ReassignPhoneNumbers(ctx, items(input.Items, reassignment, change.Reassignment.Refused))
	return changedNumbers(ctx, result, err)
}

func (r *mutationResolver) ProvisionPhoneNumbers(ctx context.Context, input model.ProvisionPhoneNumbersInput) (*change.PhoneNumbersResult, error) {
	account, err := accountArgument(input.AccountID)
	if err != nil {
		return nil, err
	}
	read := func(item *model.ProvisionPhoneNumberItem) (change.Provision, error) { return provision(item, account) }
	result, err := r.Change.ProvisionPhoneNumbers(ctx, account, items(input.Items, read, change.Provision.Refused))
	return changedNumbers(ctx, result, err)
}

func (r *mutationResolver) DeletePhoneNumbers(ctx context.Context, input model.DeletePhoneNumbersInput) (*change.PhoneNumbersResult, error) {
	result, err := r.Change.DeletePhoneNumbers(ctx, items(input.Items, removal, change.Removal.Refused))
	return changed(ctx, result, err)
}
