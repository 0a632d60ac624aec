package resolvers

import (
	"context"

	"github.com/ringql/ringql/graph"
	"github.com/ringql/ringql/graph/model"
	"github.com/ringql/ringql/internal/loader"
	"github.com/ringql/ringql/internal/paging"
	"github.com/ringql/ringql/internal/plan"
	"github.com/ringql/ringql/internal/rest"
)

func (r *extensionResolver) Departments(ctx context.Context, obj *rest.Extension) ([]*rest.Extension, error) {
	if !obj.Single {
		single, err := loader.For(ctx).SingleExtension(ctx, obj.ID)
		if err != nil {
			return nil, err
		}
		obj = single
	}
	return fromRefs(ctx, obj.Details.Departments)
}

func (r *extensionResolver) ServiceFeatures(ctx context.Context, obj *rest.Extension) ([]*rest.ExtensionServiceFeature, error) {
	return detail(ctx, obj, func(d *rest.ExtensionDetails) []*rest.ExtensionServiceFeature { return pointers(d.ServiceFeatures) })
}

func (r *extensionResolver) RegionalSettings(ctx context.Context, obj *rest.Extension) (*rest.RegionalSettings, error) {
	return detail(ctx, obj, func(d *rest.ExtensionDetails) *rest.RegionalSettings { return d.RegionalSettings })
}

func (r *extensionResolver) SetupWizardState(ctx context.Context, obj *rest.Extension) (*rest.SetupWizardState, error) {
	return detail(ctx, obj, func(d *rest.ExtensionDetails) *rest.SetupWizardState { return &d.SetupWizardState })
}

func (r *extensionResolver) RawSetupWizardState(ctx context.Context, obj *rest.Extension) (*string, error) {
	return detail(ctx, obj, func(d *rest.ExtensionDetails) *string { return (*string)(&d.SetupWizardState) })
}

func (r *extensionResolver) StatusInfo(ctx context.Context, obj *rest.Extension) (*rest.ExtensionStatusInfo, error) {
	return detail(ctx, obj, func(d *rest.ExtensionDetails) *rest.ExtensionStatusInfo { return d.StatusInfo })
}

func (r *extensionResolver) CustomFields(ctx context.Context, obj *rest.Extension) ([]*rest.CustomField, error) {
	return detail(ctx, obj, func(d *rest.ExtensionDetails) []*rest.CustomField { return pointers(d.CustomFields) })
}

func (r *extensionResolver) ExtensionNumbers(ctx context.Context, obj *rest.Extension) ([]string, error) {
	return detail(ctx, obj, func(d *rest.ExtensionDetails) []string { return d.ExtensionNumbers })
}

func (r *extensionResolver) SiteAccess(ctx context.Context, obj *rest.Extension) (*rest.SiteAccess, error) {
	return detail(ctx, obj, func(d *rest.ExtensionDetails) *rest.SiteAccess { return &d.SiteAccess })
}

func (r *extensionResolver) RawSiteAccess(ctx context.Context, obj *rest.Extension) (*string, error) {
	return detail(ctx, obj, func(d *rest.ExtensionDetails) *string { return (*string)(&d.SiteAccess) })
}

func (r *extensionResolver) PhoneNumbers(ctx context.Context, obj *rest.Extension, filter *rest.PhoneNumberFilter, first *int, after *string, last *int, before *string) (*model.Connection[rest.PhoneNumber], error) {
	list := assigned(obj.ID, or(filter))
	if err := list.Check(args(first, after, last, before)); err != nil {
		return nil, err // before anything is read
	}
	node, vars := selected(ctx)
	l, need := loader.For(ctx), plan.NumberNeedOf(node.Rows(vars), vars)
	rows, err := l.Assigned(ctx, loader.AssignedKey{Ext: obj.ID, Need: need})
	if err == nil {
		rows, err = matching(ctx, rows, or(filter))
	}
	if err != nil {
		return nil, err
	}
	list.Fetch = paging.Rows(rows)
	c, err := connect(ctx, r.Resolver, list, args(first, after, last, before))
	if err != nil {
		return nil, err
	}
	completeNumbers(ctx, c)
	return c, nil
}

func (r *extensionResolver) UsablePhoneNumbers(ctx context.Context, obj *rest.Extension, filter *rest.UsablePhoneNumberFilter, first *int, after *string, last *int, before *string) (*model.Connection[rest.PhoneNumber], error) {
	f, ahead := or(filter), plan.AllShown(after, before, last) && plan.ReadsUsableAhead(selected(ctx))
	c, err := connect(ctx, r.Resolver, &paging.List[rest.PhoneNumber]{
		Name: func() string { return "usable phone numbers of " + obj.ID.RCID + " " + f.Key() },
		ID:   (*rest.PhoneNumber).RcID,
		Fetch: func(ctx context.Context, page, perPage int) (*rest.Page[rest.PhoneNumber], error) {
			return loader.For(ctx).Usable(ctx, obj.ID, f, page, perPage, ahead)
		},
	}, args(first, after, last, before))
	if err != nil {
		return nil, err
	}
	completeNumbers(ctx, c)
	return c, nil
}

func (r *extensionResolver) Devices(ctx context.Context, obj *rest.Extension, filter *rest.DeviceFilter, first *int, after *string, last *int, before *string) (*model.Connection[rest.Device], error) {
	f := or(filter)
	node, vars := selected(ctx)
	need := plan.DeviceNeedOf(node, vars, plan.AllShown(after, before, last))
	c, err := connect(ctx, r.Resolver, devices(func() string { return "devices of " + obj.ID.RCID + " " + f.Key() },
		func(ctx context.Context, page, perPage int) (*rest.Page[rest.Device], error) {
			return loader.For(ctx).Devices(ctx, obj.ID, f, page, perPage, need)
		}), args(first, after, last, before))
	if err != nil {
		return nil, err
	}
	completeDevices(ctx, c, false)
	return c, nil
}

func (r *Resolver) Extension() graph.ExtensionResolver { return &extensionResolver{r} }

type extensionResolver struct{ *Resolver }
