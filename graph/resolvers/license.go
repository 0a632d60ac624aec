package resolvers

import (
	"context"

	"github.com/ringql/ringql/graph"
	"github.com/ringql/ringql/graph/model"
	"github.com/ringql/ringql/internal/change"
	"github.com/ringql/ringql/internal/loader"
	"github.com/ringql/ringql/internal/paging"
	"github.com/ringql/ringql/internal/rest"
)

func (r *accountResolver) Licenses(ctx context.Context, obj *model.Account, filter *rest.LicenseFilter, first *int, after *string, last *int, before *string) (*model.Connection[rest.License], error) {
	f, err := licenseFilter(filter)
	if err != nil {
		return nil, err
	}
	l := loader.For(ctx)
	c, err := connect(ctx, r.Resolver, counted(ctx, obj.Path, &paging.List[rest.License]{
		Name: func() string { return "account licenses " + f.Key() },
		ID:   (*rest.License).RcID,
		Fetch: func(ctx context.Context, page, perPage int) (*rest.Page[rest.License], error) {
			return l.Licenses(ctx, obj.Path, f, page, perPage)
		},
	}), args(first, after, last, before))
	if err == nil {
		countList(ctx, obj.Path, c)
		refs := make([]*rest.ExtensionRef, len(c.Slice.Rows))
		for i := range c.Slice.Rows {
			refs[i] = c.Slice.Rows[i].Holder
		}
		countOwners(ctx, obj.Path, owners(refs))
	}
	return c, err
}

func (r *licenseResolver) Extension(ctx context.Context, obj *rest.License) (*rest.Extension, error) {
	return fromRef(ctx, obj.Holder)
}

func (r *mutationResolver) OrderLicenses(ctx context.Context, input model.OrderLicensesInput) (*change.LicenseOrderResult, error) {
	account, err := accountArgument(input.AccountID)
	if err != nil {
		return nil, err
	}
	result, err := r.Change.OrderLicenses(ctx, account, pointees(input.Items))
	return changed(ctx, result, err)
}

func (r *mutationResolver) DeleteLicense(ctx context.Context, input model.DeleteLicenseInput) (*change.LicenseDeleteResult, error) {
	id, err := model.ParseLicense(input.LicenseID)
	if err != nil {
		return nil, in("licenseId", err)
	}
	result, err := r.Change.DeleteLicense(ctx, id)
	return changed(ctx, result, err)
}

func (r *queryResolver) License(ctx context.Context, id string) (*rest.License, error) {
	l, err := model.ParseLicense(id)
	if err != nil {
		return nil, in("id", err)
	}
	r.announceQuery(ctx)
	return loader.For(ctx).License(ctx, l)
}

func (r *queryResolver) LicenseTypes(ctx context.Context, first *int, after *string, last *int, before *string) (*model.Connection[rest.LicenseType], error) {
	return connect(ctx, r.Resolver, &paging.List[rest.LicenseType]{
		Name:  func() string { return "license types" },
		ID:    func(t *rest.LicenseType) string { return string(t.RCID) },
		Fetch: whole(loader.For(ctx).LicenseTypes),
	}, args(first, after, last, before))
}

func (r *Resolver) License() graph.LicenseResolver { return &licenseResolver{r} }

type licenseResolver struct{ *Resolver }
