package rest

import (
	"context"
	"net/url"
	"strconv"

	"github.com/ringql/ringql/internal/budget"
)

// CountryEntry is what the dictionary of countries alone tells of one. Other records
// only name it.
type CountryEntry struct {
	EmergencyCalling  *bool `json:"emergencyCalling"`
	NumberSelling     *bool `json:"numberSelling"`
	LoginAllowed      *bool `json:"loginAllowed"`
	SignupAllowed     *bool `json:"signupAllowed"`
	FreeSoftphoneLine *bool `json:"freeSoftphoneLine"`
	LocalDialing      *bool `json:"localDialing"`
	Told              bool  `json:"-"` // it comes from there
}

// CountryFilter says which countries of the dictionary.
type CountryFilter struct{ LoginAllowed, SignupAllowed, NumberSelling, FreeSoftphoneLine *bool }

// query is f as the upstream is told it.
func (f CountryFilter) query() url.Values {
	q := url.Values{}
	for name, v := range map[string]*bool{
		"loginAllowed": f.LoginAllowed, "signupAllowed": f.SignupAllowed, "numberSelling": f.NumberSelling, "freeSoftphoneLine": f.FreeSoftphoneLine,
	} {
		if v != nil {
			q.Set(name, strconv.FormatBool(*v))
		}
	}
	return q
}

// Key tells filters apart.
func (f CountryFilter) Key() string { return f.query().Encode() }

func countryID(k *Country) string { return string(k.RCID) }

var (
	listCountries = op("listCountries", "GET /restapi/v1.0/dictionary/country", budget.Light, V1, "").dictionary()
	readCountry   = op("readCountry", "GET /restapi/v1.0/dictionary/country/{countryId}", budget.Light, V1, "").dictionary()
)

// ListCountries returns one page of the dictionary of countries.
func (c *Client) ListCountries(ctx context.Context, f CountryFilter, page, perPage int) (*Page[Country], error) {
	return c.countries(ctx, listCountries.at().where(paged(f.query(), page, perPage)))
}

// countries returns one page of countries as their dictionary tells them.
func (c *Client) countries(ctx context.Context, r request) (*Page[Country], error) {
	return read(ctx, c, r, func(p *Page[Country]) error {
		for i := range p.Records {
			p.Records[i].Entry.Told = true
		}
		return checked(r.op, p, countryID)
	})
}

// ReadCountry returns a country as its dictionary tells it.
func (c *Client) ReadCountry(ctx context.Context, id string) (*Country, error) {
	return read(ctx, c, readCountry.at(id), func(k *Country) error {
		k.Entry.Told = true
		return named(readCountry, countryID)(id, k)
	})
}
