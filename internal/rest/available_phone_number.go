package rest

import (
	"context"
	"fmt"
	"net/url"
	"strconv"

	"github.com/ringql/ringql/internal/budget"
)

// AvailablePhoneNumber is a number of the pool that can be had.
type AvailablePhoneNumber struct {
	PhoneNumber     string `json:"phoneNumber"`
	FormattedNumber string `json:"formattedNumber"`
	VanityPattern   string `json:"vanityPattern"`
	Rank            *int   `json:"rank"`
}

// Who pays for the calls to numbers of the pool.
const (
	TollFree PhoneNumberPaymentType = "TollFree"
	Local    PhoneNumberPaymentType = "Local"
)

// AvailablePhoneNumberFilter says which numbers of the pool are wanted.
type AvailablePhoneNumberFilter struct {
	CountryID      string
	CountryCode    string
	NPA            string
	AreaCode       *int
	NXX            string
	Line           string
	NumberPattern  string
	Exclude        []string
	ExtendedSearch *bool
	PaymentType    []PhoneNumberPaymentType
	ProviderID     *int
	SMSEnabled     *bool
}

// Query is f as the upstream is asked, for most numbers.
func (f AvailablePhoneNumberFilter) Query(most int) url.Values {
	q := url.Values{"perPage": {strconv.Itoa(most)}}
	for name, v := range map[string]string{
		"countryId": f.CountryID, "countryCode": f.CountryCode, "npa": f.NPA, "nxx": f.NXX, "line": f.Line, "numberPattern": f.NumberPattern,
	} {
		if v != "" {
			q.Set(name, v)
		}
	}
	for name, v := range map[string]*int{"areaCode": f.AreaCode, "providerId": f.ProviderID} {
		if v != nil {
			q.Set(name, strconv.Itoa(*v))
		}
	}
	for name, v := range map[string]*bool{"extendedSearch": f.ExtendedSearch, "smsEnabled": f.SMSEnabled} {
		if v != nil {
			q.Set(name, strconv.FormatBool(*v))
		}
	}
	texts(q, "exclude", f.Exclude)
	texts(q, "paymentType", f.PaymentType)
	return q
}

var lookupPhoneNumbers = op("lookupPhoneNumbers",
	"POST /restapi/v1.0/number-pool/lookup", budget.Medium, Legacy, "NumberLookup").reads()

// LookupPhoneNumbers returns numbers of the pool, at most so many. There are no
// pages. It is a POST that changes nothing; like every POST it is sent once.
func (c *Client) LookupPhoneNumbers(ctx context.Context, f AvailablePhoneNumberFilter, most int) ([]AvailablePhoneNumber, error) {
	found, err := onlyWay(ctx, c, Own, lookupPhoneNumbers, func() (*Page[AvailablePhoneNumber], error) {
		return call[Page[AvailablePhoneNumber]](ctx, c, lookupPhoneNumbers.at().where(f.Query(most)))
	})
	if err != nil {
		return nil, err
	}
	if found.Records == nil {
		return nil, nonsense(lookupPhoneNumbers, "no records")
	}
	for i := range found.Records {
		if found.Records[i].PhoneNumber == "" {
			return nil, nonsense(lookupPhoneNumbers, fmt.Sprintf("record %d has no number", i))
		}
	}
	return found.Records[:min(len(found.Records), most)], nil
}
