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
	listCountries = op("listCountries", "GET /restapi/v1.0/dictionary/country", budget.Light, V1, "")
	readCountry   = op("readCountry", "GET /restapi/v1.0/dictionary/country/{countryId}", budget.Light, V1, "")
)

// ListCountries returns one page of the dictionary of countries.
func (c *Client) ListCountries(ctx context.Context, f CountryFilter, page, perPage int) (*Page[Country], error) {
	return c.countries(ctx, listCountries.at().where(paged(f.query(), page, perPage)))
}

// countries returns one page of countries as their dictionary tells them.
func (c *Client) countries(ctx context.Context, r request) (*Page[Country], error) {
	p, err := call[Page[Country]](ctx, c, r)
	if err != nil {
		return nil, err
	}
	for i := range p.Records {
		p.Records[i].Entry.Told = true
	}
	return p, checked(r.op, p, countryID)
}

// ReadCountry returns a country as its dictionary tells it.
func (c *Client) ReadCountry(ctx context.Context, id string) (*Country, error) {
	k, err := call[Country](ctx, c, readCountry.at(id))
	if err != nil {
		return nil, err
	}
	k.Entry.Told = true
	return k, named(readCountry, countryID)(id, k)
}
