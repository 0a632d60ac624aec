package loader

import (
	"context"

	"github.com/ringql/ringql/internal/rest"
)

// The dictionaries are the same for every account, and no list announces what is looked
// up in them.

// LicenseTypes returns the types of licences there are.
func (l *Loaders) LicenseTypes(ctx context.Context) ([]rest.LicenseType, error) {
	return Remember(ctx, "license types", l.c.ListLicenseTypes)
}

// Countries returns one page of the dictionary of countries.
func (l *Loaders) Countries(ctx context.Context, f rest.CountryFilter, page, perPage int) (*rest.Page[rest.Country], error) {
	return RememberPage(ctx, "countries "+f.Key(), page, perPage, func(ctx context.Context, page, perPage int) (*rest.Page[rest.Country], error) {
		return l.c.ListCountries(ctx, f, page, perPage)
	})
}

// Country returns a country of the dictionary.
func (l *Loaders) Country(ctx context.Context, id string) (*rest.Country, error) {
	return lookUp(ctx, "country "+id, id, l.c.ReadCountry)
}

// Brand returns a brand of the dictionary.
func (l *Loaders) Brand(ctx context.Context, id string) (*rest.Brand, error) {
	return lookUp(ctx, "brand "+id, id, l.c.GetBrandInfo)
}

// ServicePlan returns a service plan of the dictionary.
func (l *Loaders) ServicePlan(ctx context.Context, id string) (*rest.ServicePlan, error) {
	return lookUp(ctx, "service plan "+id, id, l.c.GetServicePlanInfo)
}

// ContractedCountries returns the countries that accounts of a brand are contracted in.
func (l *Loaders) ContractedCountries(ctx context.Context, brand string) ([]rest.Country, error) {
	return lookUp(ctx, "contracted countries of "+brand, brand, l.c.ListContractedCountries)
}

// DomesticCountries returns one page of the countries that count as domestic for accounts
// of a brand that are contracted in one.
func (l *Loaders) DomesticCountries(ctx context.Context, brand, contracted string, page, perPage int) (*rest.Page[rest.Country], error) {
	return RememberPage(ctx, "domestic countries of "+brand+" in "+contracted, page, perPage,
		func(ctx context.Context, page, perPage int) (*rest.Page[rest.Country], error) {
			return l.c.ListDomesticCountries(ctx, brand, contracted, page, perPage)
		})
}

func lookUp[T any](ctx context.Context, name, id string, read func(context.Context, string) (T, error)) (T, error) {
	return Remember(ctx, name, func(ctx context.Context) (T, error) { return read(ctx, id) })
}
