package resolvers

import (
	"context"
	"errors"

	"github.com/ringql/ringql/graph"
	"github.com/ringql/ringql/graph/model"
	"github.com/ringql/ringql/internal/loader"
	"github.com/ringql/ringql/internal/paging"
	"github.com/ringql/ringql/internal/rest"
)

func (r *accountResolver) ID(ctx context.Context, obj *model.Account) (string, error) {
	id, err := loader.For(ctx).RealAccount(ctx, obj.Path)
	return model.GlobalID{Type: model.TypeAccount, Account: id}.String(), err
}

func (r *accountResolver) RcID(ctx context.Context, obj *model.Account) (string, error) {
	return loader.For(ctx).RealAccount(ctx, obj.Path)
}

func (r *accountResolver) MainNumber(ctx context.Context, obj *model.Account) (*string, error) {
	return record(ctx, obj, func(a *rest.Account) *string { return &a.MainNumber })
}

func (r *accountResolver) Status(ctx context.Context, obj *model.Account) (*rest.AccountStatus, error) {
	return record(ctx, obj, func(a *rest.Account) *rest.AccountStatus { return &a.Status })
}

func (r *accountResolver) RawStatus(ctx context.Context, obj *model.Account) (*string, error) {
	return record(ctx, obj, func(a *rest.Account) *string { return (*string)(&a.Status) })
}

func (r *accountResolver) StatusInfo(ctx context.Context, obj *model.Account) (*rest.AccountStatusInfo, error) {
	return record(ctx, obj, func(a *rest.Account) *rest.AccountStatusInfo { return a.StatusInfo })
}

func (r *accountResolver) SetupWizardState(ctx context.Context, obj *model.Account) (*rest.SetupWizardState, error) {
	return record(ctx, obj, func(a *rest.Account) *rest.SetupWizardState { return &a.SetupWizardState })
}

func (r *accountResolver) RawSetupWizardState(ctx context.Context, obj *model.Account) (*string, error) {
	return record(ctx, obj, func(a *rest.Account) *string { return (*string)(&a.SetupWizardState) })
}

func (r *accountResolver) Operator(ctx context.Context, obj *model.Account) (*rest.Extension, error) {
	ref, err := record(ctx, obj, func(a *rest.Account) *rest.ExtensionRef { return a.Operator })
	if err != nil {
		return nil, err
	}
	countOperator(ctx, obj.Path, ref)
	return fromRef(ctx, ref)
}

func (r *accountResolver) SystemExtension(ctx context.Context, obj *model.Account) (*rest.Extension, error) {
	id, err := loader.For(ctx).RealAccount(ctx, obj.Path)
	if err != nil {
		return nil, err
	}
	return r.systemExtension(ctx, id)
}

func (r *accountResolver) ServiceInfo(ctx context.Context, obj *model.Account) (*rest.ServiceInfo, error) {
	return record(ctx, obj, func(a *rest.Account) *rest.ServiceInfo { return a.ServiceInfo })
}

func (r *accountResolver) RegionalSettings(ctx context.Context, obj *model.Account) (*rest.AccountRegionalSettings, error) {
	return record(ctx, obj, func(a *rest.Account) *rest.AccountRegionalSettings { return a.RegionalSettings })
}

func (r *accountResolver) PartnerID(ctx context.Context, obj *model.Account) (*string, error) {
	return record(ctx, obj, func(a *rest.Account) *string { return &a.PartnerID })
}

func (r *accountResolver) Federated(ctx context.Context, obj *model.Account) (*bool, error) {
	return record(ctx, obj, func(a *rest.Account) *bool { return a.Federated })
}

func (r *accountResolver) OutboundCallPrefix(ctx context.Context, obj *model.Account) (*int, error) {
	return record(ctx, obj, func(a *rest.Account) *int { return a.OutboundCallPrefix })
}

func (r *accountResolver) Cfid(ctx context.Context, obj *model.Account) (*string, error) {
	return record(ctx, obj, func(a *rest.Account) *string { return &a.CFID })
}

func (r *accountResolver) Bsid(ctx context.Context, obj *model.Account) (*string, error) {
	return record(ctx, obj, func(a *rest.Account) *string { return &a.BSID })
}

func (r *accountResolver) SignupInfo(ctx context.Context, obj *model.Account) (*rest.SignupInfo, error) {
	return record(ctx, obj, func(a *rest.Account) *rest.SignupInfo { return a.SignupInfo })
}

func (r *accountResolver) Limits(ctx context.Context, obj *model.Account) (*rest.AccountLimits, error) {
	return record(ctx, obj, func(a *rest.Account) *rest.AccountLimits { return a.Limits })
}

func (r *accountResolver) Extensions(ctx context.Context, obj *model.Account, filter *rest.ExtensionFilter, first *int, after *string, last *int, before *string) (*model.Connection[rest.Extension], error) {
	f, err := extensionFilter(filter)
	if err != nil {
		return nil, err
	}
	c, err := connect(ctx, r.Resolver, counted(ctx, obj.Path, extensions(obj.Path, f)), args(first, after, last, before))
	if err != nil {
		return nil, err
	}
	countList(ctx, obj.Path, c)
	r.extensionRows(ctx, c.Slice.Rows)
	return c, nil
}

func (r *accountResolver) PhoneNumbers(ctx context.Context, obj *model.Account, filter *rest.PhoneNumberFilter, first *int, after *string, last *int, before *string) (*model.Connection[rest.PhoneNumber], error) {
	c, err := connect(ctx, r.Resolver, counted(ctx, obj.Path, phoneNumbers(obj.Path, or(filter))), args(first, after, last, before))
	if err != nil {
		return nil, err
	}
	countList(ctx, obj.Path, c)
	completeNumbers(ctx, c)
	r.phoneNumberRows(ctx, obj.Path, c.Slice.Rows)
	return c, nil
}

func (r *accountResolver) Devices(ctx context.Context, obj *model.Account, first *int, after *string, last *int, before *string) (*model.Connection[rest.Device], error) {
	l, listed := loader.For(ctx), true
	list := devices(accountDevices, func(ctx context.Context, page, perPage int) (*rest.Page[rest.Device], error) {
		return l.AccountDevices(ctx, obj.Path, page, perPage)
	})
	c, err := connect(ctx, r.Resolver, counted(ctx, obj.Path, list), args(first, after, last, before))
	if errors.Is(err, rest.ErrNotServed) {
		var rows []rest.Device
		if rows, err = l.GatheredDevices(ctx, obj.Path); err == nil {
			listed = false
			c, err = connect(ctx, r.Resolver, devices(accountDevices, paging.Rows(rows)), args(first, after, last, before))
		}
	}
	if err != nil {
		return nil, err
	}
	completeDevices(ctx, c, listed)
	if !listed {
		countRows(ctx, obj.Path, len(c.Slice.Rows))
	}
	r.deviceRows(ctx, obj.Path, c.Slice.Rows)
	return c, nil
}

func (r *serviceInfoResolver) ServicePlanName(ctx context.Context, obj *rest.ServiceInfo) (*string, error) {
	return bought(ctx, obj, func(s *rest.ServiceInfo) *string { return &s.PlanName })
}

func (r *serviceInfoResolver) Features(ctx context.Context, obj *rest.ServiceInfo) ([]*rest.ServiceFeature, error) {
	return bought(ctx, obj, func(s *rest.ServiceInfo) []*rest.ServiceFeature { return pointers(s.ServiceFeatures) })
}

func (r *serviceInfoResolver) Limits(ctx context.Context, obj *rest.ServiceInfo) (*rest.AccountLimits, error) {
	return bought(ctx, obj, func(s *rest.ServiceInfo) *rest.AccountLimits { return s.AccountLimits })
}

func (r *serviceInfoResolver) Package(ctx context.Context, obj *rest.ServiceInfo) (*rest.Package, error) {
	return bought(ctx, obj, func(s *rest.ServiceInfo) *rest.Package { return s.BillingPackage })
}

func (r *Resolver) Account() graph.AccountResolver { return &accountResolver{r} }

func (r *Resolver) Brand() graph.BrandResolver { return &brandResolver{r} }

func (r *Resolver) Country() graph.CountryResolver { return &countryResolver{r} }

func (r *Resolver) ServiceInfo() graph.ServiceInfoResolver { return &serviceInfoResolver{r} }

func (r *Resolver) ServicePlan() graph.ServicePlanResolver { return &servicePlanResolver{r} }

type (
	accountResolver     struct{ *Resolver }
	brandResolver       struct{ *Resolver }
	countryResolver     struct{ *Resolver }
	serviceInfoResolver struct{ *Resolver }
	servicePlanResolver struct{ *Resolver }
)
