package resolvers

import (
	"context"

	"github.com/ringql/ringql/graph/model"
	"github.com/ringql/ringql/internal/loader"
	"github.com/ringql/ringql/internal/paging"
	"github.com/ringql/ringql/internal/rest"
)

// Records name countries, brands and plans; the dictionaries tell the rest of them. These
// helpers look it up, once per entry and response.

// ofCountry reads one field of a country. A record that names it may tell some.
func ofCountry(ctx context.Context, obj *rest.Country, field func(*rest.CountryEntry) *bool) (*bool, error) {
	if v := field(&obj.Entry); v != nil || obj.Entry.Told || obj.RCID == "" {
		return v, nil
	}
	k, err := loader.For(ctx).Country(ctx, string(obj.RCID))
	if err != nil {
		return nil, err
	}
	return field(&k.Entry), nil
}

// ofBrand reads one field of a brand that only its dictionary tells.
func ofBrand[T any](ctx context.Context, obj *rest.Brand, field func(*rest.BrandEntry) *T) (*T, error) {
	if !obj.Told && obj.RCID != "" {
		b, err := loader.For(ctx).Brand(ctx, string(obj.RCID))
		if err != nil {
			return nil, err
		}
		obj = b
	}
	return field(&obj.Entry), nil
}

// ofPlan reads one field of a service plan that only its dictionary tells.
func ofPlan[T any](ctx context.Context, obj *rest.ServicePlan, field func(*rest.ServicePlanEntry) T) (T, error) {
	if !obj.Told && obj.RCID != "" {
		p, err := loader.For(ctx).ServicePlan(ctx, string(obj.RCID))
		if err != nil {
			var none T
			return none, err
		}
		obj = p
	}
	return field(&obj.Entry), nil
}

// countryList is a list of countries.
func countryList(name string, fetch func(ctx context.Context, page, perPage int) (*rest.Page[rest.Country], error)) *paging.List[rest.Country] {
	return &paging.List[rest.Country]{
		Name: func() string { return name }, ID: func(k *rest.Country) string { return string(k.RCID) }, Fetch: fetch,
	}
}

// whole is the Fetch of a list that the upstream gives at once.
func whole[T any](read func(context.Context) ([]T, error)) func(ctx context.Context, page, perPage int) (*rest.Page[T], error) {
	return func(ctx context.Context, page, perPage int) (*rest.Page[T], error) {
		rows, err := read(ctx)
		if err != nil {
			return nil, err
		}
		return rest.PageOf(rows, page, perPage), nil
	}
}

// licenseFilter reads an optional filter of licences.
func licenseFilter(filter *rest.LicenseFilter) (rest.LicenseFilter, error) {
	f := or(filter)
	if f.TypeID == nil {
		return f, nil
	}
	_, err := entryID("filter.typeId", *f.TypeID)
	return f, err
}

// entryID reads an argument that names an entry of a dictionary.
func entryID(argument, id string) (string, error) {
	rcID, err := model.ParseRCID(id)
	if err != nil {
		return "", in(argument, err)
	}
	return rcID, nil
}
