package resolvers

import (
	"context"

	"github.com/ringql/ringql/graph"
	"github.com/ringql/ringql/graph/model"
	"github.com/ringql/ringql/internal/change"
	"github.com/ringql/ringql/internal/loader"
	"github.com/ringql/ringql/internal/rest"
)

func (r *mutationResolver) ReassignPhoneNumber(ctx context.Context, input model.ReassignPhoneNumberInput) (*change.PhoneNumberResult, error) {
	asked, err := reassignment(&input)
	if err != nil {
		return nil, err
	}
	result, err := r.Change.ReassignPhoneNumber(ctx, asked)
	return changedNumber(ctx, result, err)
}

func (r *mutationResolver) ProvisionPhoneNumber(ctx context.Context, input model.ProvisionPhoneNumberInput) (*change.PhoneNumberResult, error) {
	account, err := accountArgument(input.AccountID)
	if err != nil {
		return nil, err
	}
	asked, err := provision(&model.ProvisionPhoneNumberItem{
		PhoneNumber: input.PhoneNumber, ExtensionID: input.ExtensionID, UsageType: input.UsageType,
		Type: input.Type, Label: input.Label, ReservationID: input.ReservationID,
	}, account)
	if err != nil {
		return nil, err
	}
	result, err := r.Change.ProvisionPhoneNumber(ctx, account, asked)
	return changedNumber(ctx, result, err)
}

func (r *mutationResolver) DeletePhoneNumber(ctx context.Context, input model.DeletePhoneNumberInput) (*change.PhoneNumberResult, error) {
	asked, err := removal(&input)
	if err != nil {
		return nil, err
	}
	result, err := r.Change.DeletePhoneNumber(ctx, asked)
	return changed(ctx, result, err)
}

func (r *phoneNumberResolver) SubType(ctx context.Context, obj *rest.PhoneNumber) (*rest.ExtensionSubType, error) {
	return listed(ctx, obj, func(l *rest.Listed) *rest.ExtensionSubType { return &l.SubType })
}

func (r *phoneNumberResolver) RawSubType(ctx context.Context, obj *rest.PhoneNumber) (*string, error) {
	return listed(ctx, obj, func(l *rest.Listed) *string { return (*string)(&l.SubType) })
}

func (r *phoneNumberResolver) Extension(ctx context.Context, obj *rest.PhoneNumber) (*rest.Extension, error) {
	if obj.Owner == nil && obj.Source == rest.FromOwnList {
		whole, err := loader.For(ctx).PhoneNumber(ctx, obj.ID)
		if err != nil {
			return nil, err
		}
		obj = whole
	}
	return fromRef(ctx, obj.Owner)
}

func (r *phoneNumberResolver) Features(ctx context.Context, obj *rest.PhoneNumber) ([]rest.PhoneNumberFeature, error) {
	return listed(ctx, obj, func(l *rest.Listed) []rest.PhoneNumberFeature { return l.Features })
}

func (r *phoneNumberResolver) RawFeatures(ctx context.Context, obj *rest.PhoneNumber) ([]string, error) {
	return listed(ctx, obj, (*rest.Listed).RawFeatures)
}

func (r *phoneNumberResolver) Country(ctx context.Context, obj *rest.PhoneNumber) (*rest.Country, error) {
	if obj.Listed.Country != nil {
		return obj.Listed.Country, nil // a device's line plan.Tells it too
	}
	return listed(ctx, obj, func(l *rest.Listed) *rest.Country { return l.Country })
}

func (r *Resolver) PhoneNumber() graph.PhoneNumberResolver { return &phoneNumberResolver{r} }

type phoneNumberResolver struct{ *Resolver }
