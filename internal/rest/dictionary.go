package rest

import (
	"context"

	"github.com/ringql/ringql/internal/budget"
)

// BrandEntry is what the dictionary of brands alone tells of one.
type BrandEntry struct {
	URI      string    `json:"uri"`
	Currency *Currency `json:"currency"`
}

// ServicePlanEntry is what the dictionary of service plans alone tells of one.
type ServicePlanEntry struct {
	URI             string           `json:"uri"`
	Brand           *Brand           `json:"brand"`
	Type            ServicePlanType  `json:"type"`
	ServiceFeatures []ServiceFeature `json:"serviceFeatures"`
	Limits          *AccountLimits   `json:"limits"`
}

// ServicePlanType is a kind of service plans.
type ServicePlanType string

// FeatureLimitationReason says why somebody has a feature, or has it not.
type FeatureLimitationReason string

// RawReason is Reason as the upstream wrote it.
func (f *ServiceFeature) RawReason() string { return string(f.Reason) }

var (
	getBrandInfo            = op("getBrandInfo", "GET /restapi/v1.0/dictionary/brand/{brandId}", budget.Light, Legacy, "").dictionary()
	getServicePlanInfo      = op("getServicePlanInfo", "GET /restapi/v1.0/dictionary/service-plan/{servicePlanId}", budget.Light, Legacy, "").dictionary()
	listContractedCountries = op("listContractedCountries", "GET /restapi/v1.0/dictionary/brand/{brandId}/contracted-country", budget.Light, V1, "").dictionary()
	listDomesticCountries   = op("listDomesticCountries",
		"GET /restapi/v1.0/dictionary/brand/{brandId}/contracted-country/{contractedCountryId}", budget.Light, V1, "").dictionary()
)

// GetBrandInfo returns a brand as its dictionary tells it.
func (c *Client) GetBrandInfo(ctx context.Context, id string) (*Brand, error) {
	return onlyRead(ctx, c, Own, getBrandInfo.at(id), func(b *Brand) error {
		b.Told = true
		return named(getBrandInfo, func(b *Brand) string { return string(b.RCID) })(id, b)
	})
}

// GetServicePlanInfo returns a service plan as its dictionary tells it.
func (c *Client) GetServicePlanInfo(ctx context.Context, id string) (*ServicePlan, error) {
	return onlyRead(ctx, c, Own, getServicePlanInfo.at(id), func(p *ServicePlan) error {
		p.Told = true
		if p.Entry.Brand != nil {
			p.Entry.Brand.Told = true
		}
		return named(getServicePlanInfo, func(p *ServicePlan) string { return string(p.RCID) })(id, p)
	})
}

// ListContractedCountries returns the countries that accounts of a brand are contracted
// in, by id and name alone. There are no pages of them.
func (c *Client) ListContractedCountries(ctx context.Context, brand string) ([]Country, error) {
	p, err := read(ctx, c, listContractedCountries.at(brand), func(p *Page[Country]) error {
		return checked(listContractedCountries, p, countryID)
	})
	if err != nil {
		return nil, err
	}
	return p.Records, nil
}

// ListDomesticCountries returns one page of the countries that count as domestic for
// accounts of a brand that are contracted in one.
func (c *Client) ListDomesticCountries(ctx context.Context, brand, contracted string, page, perPage int) (*Page[Country], error) {
	return c.countries(ctx, listDomesticCountries.at(brand, contracted).where(paged(nil, page, perPage)))
}
