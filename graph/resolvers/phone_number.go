package resolvers

import (
	"context"

	"github.com/ringql/ringql/graph"
	"github.com/ringql/ringql/graph/model"
	"github.com/ringql/ringql/internal/change"
	"github.com/ringql/ringql/internal/rest"
)

func (r *mutationResolver) ReassignPhoneNumber(ctx context.Context, input model.ReassignPhoneNumberInput) (*change.PhoneNumberResult, error) {
	id, err := model.ParsePhoneNumber(input.PhoneNumberID)
	if err != nil {
		return nil, in("phoneNumberId", err)
	}
	ext, err := optionalExtension(input.ExtensionID, id.Account)
	if err != nil {
		return nil, err
	}
	return ours(r.Change.ReassignPhoneNumber(ctx, id, ext, or(input.UsageType)))
}

func (r *mutationResolver) ProvisionPhoneNumber(ctx context.Context, input model.ProvisionPhoneNumberInput) (*change.PhoneNumberResult, error) {
	account, err := accountArgument(input.AccountID)
	if err != nil {
		return nil, err
	}
	ext, err := optionalExtension(input.ExtensionID, account)
	if err != nil {
		return nil, err
	}
	return ours(r.Change.ProvisionPhoneNumber(ctx, change.Provision{
		Account: account, PhoneNumber: input.PhoneNumber, Extension: ext, UsageType: or(input.UsageType),
		Type: or(input.Type), Label: or(input.Label), ReservationID: or(input.ReservationID),
	}))
}

func (r *mutationResolver) DeletePhoneNumber(ctx context.Context, input model.DeletePhoneNumberInput) (*change.DeleteResult, error) {
	id, err := model.ParsePhoneNumber(input.PhoneNumberID)
	if err != nil {
		return nil, in("phoneNumberId", err)
	}
	return r.Change.DeletePhoneNumber(ctx, id)
}

func (r *phoneNumberResolver) Extension(ctx context.Context, obj *rest.PhoneNumber) (*rest.Extension, error) {
	return fromRef(ctx, obj.Owner)
}

func (r *phoneNumberResolver) Features(ctx context.Context, obj *rest.PhoneNumber) ([]rest.PhoneNumberFeature, error) {
	n, err := listed(ctx, obj)
	if n == nil || err != nil {
		return nil, err
	}
	return n.ListedFeatures, nil
}

func (r *phoneNumberResolver) RawFeatures(ctx context.Context, obj *rest.PhoneNumber) ([]string, error) {
	n, err := listed(ctx, obj)
	if n == nil || err != nil {
		return nil, err
	}
	return n.RawListedFeatures(), nil
}

func (r *phoneNumberResolver) Country(ctx context.Context, obj *rest.PhoneNumber) (*rest.Country, error) {
	n, err := listed(ctx, obj)
	if n == nil || err != nil {
		return nil, err
	}
	return n.ListedCountry, nil
}

func (r *Resolver) PhoneNumber() graph.PhoneNumberResolver { return &phoneNumberResolver{r} }

type phoneNumberResolver struct{ *Resolver }
