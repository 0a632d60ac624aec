package resolvers

import (
	"context"

	"github.com/ringql/ringql/graph/model"
	"github.com/ringql/ringql/internal/loader"
	"github.com/ringql/ringql/internal/plan"
	"github.com/ringql/ringql/internal/rest"
)

func (r *brandResolver) URI(ctx context.Context, obj *rest.Brand) (*string, error) {
	return ofBrand(ctx, obj, func(e *rest.BrandEntry) *string { return &e.URI })
}

func (r *brandResolver) Currency(ctx context.Context, obj *rest.Brand) (*rest.Currency, error) {
	return ofBrand(ctx, obj, func(e *rest.BrandEntry) *rest.Currency { return e.Currency })
}

func (r *brandResolver) ContractedCountries(ctx context.Context, obj *rest.Brand, first *int, after *string, last *int, before *string) (*model.Connection[rest.Country], error) {
	id, l := string(obj.RCID), loader.For(ctx)
	fetch := whole(func(ctx context.Context) ([]rest.Country, error) { return l.ContractedCountries(ctx, id) })
	return connect(ctx, r.Resolver, countryList("contracted countries "+id, fetch), args(first, after, last, before))
}

func (r *brandResolver) DomesticCountries(ctx context.Context, obj *rest.Brand, contractedCountryID string, first *int, after *string, last *int, before *string) (*model.Connection[rest.Country], error) {
	contracted, err := entryID("contractedCountryId", contractedCountryID)
	if err != nil {
		return nil, err
	}
	id, l := string(obj.RCID), loader.For(ctx)
	list := countryList("domestic countries "+id+" "+contracted, func(ctx context.Context, page, perPage int) (*rest.Page[rest.Country], error) {
		return l.DomesticCountries(ctx, id, contracted, page, perPage)
	})
	return connect(ctx, r.Resolver, list, args(first, after, last, before))
}

func (r *countryResolver) EmergencyCalling(ctx context.Context, obj *rest.Country) (*bool, error) {
	return ofCountry(ctx, obj, func(e *rest.CountryEntry) *bool { return e.EmergencyCalling })
}

func (r *countryResolver) NumberSelling(ctx context.Context, obj *rest.Country) (*bool, error) {
	return ofCountry(ctx, obj, func(e *rest.CountryEntry) *bool { return e.NumberSelling })
}

func (r *countryResolver) LoginAllowed(ctx context.Context, obj *rest.Country) (*bool, error) {
	return ofCountry(ctx, obj, func(e *rest.CountryEntry) *bool { return e.LoginAllowed })
}

func (r *countryResolver) SignupAllowed(ctx context.Context, obj *rest.Country) (*bool, error) {
	return ofCountry(ctx, obj, func(e *rest.CountryEntry) *bool { return e.SignupAllowed })
}

func (r *countryResolver) FreeSoftphoneLine(ctx context.Context, obj *rest.Country) (*bool, error) {
	return ofCountry(ctx, obj, func(e *rest.CountryEntry) *bool { return e.FreeSoftphoneLine })
}

func (r *countryResolver) LocalDialing(ctx context.Context, obj *rest.Country) (*bool, error) {
	return ofCountry(ctx, obj, func(e *rest.CountryEntry) *bool { return e.LocalDialing })
}

func (r *queryResolver) Countries(ctx context.Context, filter *rest.CountryFilter, first *int, after *string, last *int, before *string) (*model.Connection[rest.Country], error) {
	f, l := or(filter), loader.For(ctx)
	list := countryList("countries "+f.Key(), func(ctx context.Context, page, perPage int) (*rest.Page[rest.Country], error) {
		return l.Countries(ctx, f, page, perPage)
	})
	c, err := connect(ctx, r.Resolver, counted(ctx, rest.Own, list), args(first, after, last, before))
	if err == nil {
		countList(ctx, rest.Own, c)
	}
	return c, err
}

func (r *queryResolver) Country(ctx context.Context, id string) (*rest.Country, error) {
	rcID, err := entryID("id", id)
	if err != nil {
		return nil, err
	}
	return loader.For(ctx).Country(ctx, rcID)
}

func (r *queryResolver) Brand(ctx context.Context, id string) (*rest.Brand, error) {
	rcID, err := entryID("id", id)
	if err != nil {
		return nil, err
	}
	if node, vars := selected(ctx); plan.OnlyCountries(node, vars) {
		return &rest.Brand{RCID: rest.ID(rcID)}, nil
	}
	return loader.For(ctx).Brand(ctx, rcID)
}

func (r *queryResolver) ServicePlan(ctx context.Context, id string) (*rest.ServicePlan, error) {
	rcID, err := entryID("id", id)
	if err != nil {
		return nil, err
	}
	return loader.For(ctx).ServicePlan(ctx, rcID)
}

func (r *servicePlanResolver) URI(ctx context.Context, obj *rest.ServicePlan) (*string, error) {
	return ofPlan(ctx, obj, func(e *rest.ServicePlanEntry) *string { return &e.URI })
}

func (r *servicePlanResolver) Brand(ctx context.Context, obj *rest.ServicePlan) (*rest.Brand, error) {
	return ofPlan(ctx, obj, func(e *rest.ServicePlanEntry) *rest.Brand { return e.Brand })
}

func (r *servicePlanResolver) Type(ctx context.Context, obj *rest.ServicePlan) (*rest.ServicePlanType, error) {
	return ofPlan(ctx, obj, func(e *rest.ServicePlanEntry) *rest.ServicePlanType { return &e.Type })
}

func (r *servicePlanResolver) RawType(ctx context.Context, obj *rest.ServicePlan) (*string, error) {
	return ofPlan(ctx, obj, func(e *rest.ServicePlanEntry) *string { return (*string)(&e.Type) })
}

func (r *servicePlanResolver) Features(ctx context.Context, obj *rest.ServicePlan) ([]*rest.ServiceFeature, error) {
	return ofPlan(ctx, obj, func(e *rest.ServicePlanEntry) []*rest.ServiceFeature { return pointers(e.ServiceFeatures) })
}

func (r *servicePlanResolver) Limits(ctx context.Context, obj *rest.ServicePlan) (*rest.AccountLimits, error) {
	return ofPlan(ctx, obj, func(e *rest.ServicePlanEntry) *rest.AccountLimits { return e.Limits })
}
