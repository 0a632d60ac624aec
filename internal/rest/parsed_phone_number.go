package rest

import (
	"cmp"
	"context"
	"fmt"
	"net/url"
	"strconv"
	"strings"

	"github.com/ringql/ringql/internal/budget"
)

type (
	// ParsedPhoneNumberCategory is what a text was found to be.
	ParsedPhoneNumberCategory string
	// ParsedPhoneNumberStatus says whether a number can be in use.
	ParsedPhoneNumberStatus string
	// SpecialServiceType is what a number such as 911 is for.
	SpecialServiceType string
)

// ParsedPhoneNumber is what a text was found to be, in the union of both generations.
// The tags are those of v1.0.
type ParsedPhoneNumber struct {
	OriginalString         string   `json:"originalString"`
	Country                *Country `json:"country"`
	AreaCode               string   `json:"areaCode"`
	SubscriberNumber       string   `json:"subscriberNumber"`
	SubAddress             string   `json:"subAddress"`
	DTMFPostfix            string   `json:"dtmfPostfix"`
	E164                   string   `json:"e164"`
	Normalized             string   `json:"normalized"`
	FormattedNational      string   `json:"formattedNational"`
	FormattedInternational string   `json:"formattedInternational"`
	Dialable               string   `json:"dialable"`
	Special                *bool    `json:"special"`
	TollFree               *bool    `json:"tollFree"`

	// Only v2 tells these.
	Category                ParsedPhoneNumberCategory `json:"-"`
	Status                  ParsedPhoneNumberStatus   `json:"-"`
	NationalDestinationCode string                    `json:"-"`
	RegionalDestinationCode string                    `json:"-"`
	AllocationBlockCode     string                    `json:"-"`
	SIPPostfix              string                    `json:"-"`
	ProbablyMasked          *bool                     `json:"-"`
	ExtensionNumber         string                    `json:"-"`
	ShortExtensionNumber    string                    `json:"-"`
	SiteCode                string                    `json:"-"`
	SpecialService          *SpecialService           `json:"-"`
	DialingDetails          *DialingDetails           `json:"-"`
	Formats                 []ParsedPhoneNumberFormat `json:"-"`
}

// RawCategory is Category as the upstream wrote it.
func (n *ParsedPhoneNumber) RawCategory() string { return string(n.Category) }

// RawStatus is Status as the upstream wrote it.
func (n *ParsedPhoneNumber) RawStatus() string { return string(n.Status) }

// SpecialService is what a number such as 911 is for.
type SpecialService struct {
	Type    SpecialServiceType `json:"type"`
	Pattern string             `json:"pattern"`
}

// RawType is Type as the upstream wrote it.
func (s *SpecialService) RawType() string { return string(s.Type) }

// DialingDetails are what was dialled before the number itself.
type DialingDetails struct {
	ServiceCode        *DialingPrefix `json:"serviceCode"`
	OutboundCallPrefix string         `json:"outboundCallPrefix"`
	SpecialPrefix      *DialingPrefix `json:"specialPrefix"`
}

// DialingPrefix is a part of what was dialled, and the pattern that it fits.
type DialingPrefix struct {
	Dialing string `json:"dialing"`
	Pattern string `json:"pattern"`
}

// ParsedPhoneNumberFormat is a number in all ways to write it; a text that may mean two
// things has two of them.
type ParsedPhoneNumberFormat struct {
	Category              ParsedPhoneNumberCategory `json:"category"`
	E164                  string                    `json:"e164"`
	E164Extended          string                    `json:"e164Extended"`
	National              string                    `json:"national"`
	NationalExtended      string                    `json:"nationalExtended"`
	International         string                    `json:"international"`
	InternationalExtended string                    `json:"internationalExtended"`
	Dialable              string                    `json:"dialable"`
	DialableExtended      string                    `json:"dialableExtended"`
}

// RawCategory is Category as the upstream wrote it.
func (f *ParsedPhoneNumberFormat) RawCategory() string { return string(f.Category) }

// Parse says how texts are to be read.
type Parse struct {
	HomeCountry        string // ISO code; "" for that of whoever asks
	NationalAsPriority bool   // only v1.0 knows it
}

// MostParsed is how many texts, and how many characters of one, the upstream reads at once.
const MostParsed = 64

var (
	parsePhoneNumber   = op("parsePhoneNumber", "POST /restapi/v1.0/number-parser/parse", budget.Light, V1, "").reads()
	parsePhoneNumberV2 = op("parsePhoneNumberV2", "POST /restapi/v2/number-parser/parse", budget.Light, V2, "").reads()
)

// ParsePhoneNumbers returns what each of texts, of which none is empty or stands twice,
// was found to be, in their order. It is a POST that changes nothing; like every POST it
// is sent once. Of the two generations v1.0 is the one that goes; a priority that only it
// knows is for it, whatever is preferred.
func (c *Client) ParsePhoneNumbers(ctx context.Context, texts []string, p Parse) ([]ParsedPhoneNumber, error) {
	v1 := way[[]ParsedPhoneNumber]{parsePhoneNumber, func() ([]ParsedPhoneNumber, error) { return c.parseV1(ctx, texts, p) }}
	v2 := way[[]ParsedPhoneNumber]{parsePhoneNumberV2, func() ([]ParsedPhoneNumber, error) { return c.parseV2(ctx, texts, p) }}
	if p.NationalAsPriority {
		return v1.do()
	}
	return either(ctx, c, Own, v2, v1)
}

type parseBody struct {
	OriginalStrings []string      `json:"originalStrings"`
	ContextSource   string        `json:"contextSource,omitzero"`
	Context         *parseContext `json:"context,omitzero"`
}

type parseContext struct {
	Country isoCountry `json:"country"`
}

type isoCountry struct {
	ISOCode string `json:"isoCode"`
}

func (c *Client) parseV1(ctx context.Context, texts []string, p Parse) ([]ParsedPhoneNumber, error) {
	q := url.Values{}
	if p.HomeCountry != "" {
		q.Set("homeCountry", p.HomeCountry)
	}
	if p.NationalAsPriority {
		q.Set("nationalAsPriority", strconv.FormatBool(true))
	}
	a, err := call[struct {
		PhoneNumbers []ParsedPhoneNumber `json:"phoneNumbers"`
	}](ctx, c, parsePhoneNumber.at().where(q).send(parseBody{OriginalStrings: texts}))
	if err != nil {
		return nil, err
	}
	return a.PhoneNumbers, inOrder(parsePhoneNumber, texts, a.PhoneNumbers)
}

// parsedV2 is a result of v2. Its schema forgets the text and the category, which its text
// and its examples name; and the examples call the dialing details otherwise.
type parsedV2 struct {
	OriginalString   string                    `json:"originalString"`
	Category         ParsedPhoneNumberCategory `json:"category"`
	DialingDetails   *DialingDetails           `json:"dialingDetails"`
	DialingSpecifics *DialingDetails           `json:"dialingSpecifics"`
	NumberDetails    struct {
		SiteCode                string                  `json:"siteCode"`
		ShortExtensionNumber    string                  `json:"shortExtensionNumber"`
		ExtensionNumber         string                  `json:"extensionNumber"`
		SpecialService          *SpecialService         `json:"specialService"`
		Country                 *Country                `json:"country"`
		NationalDestinationCode string                  `json:"nationalDestinationCode"`
		AreaCode                string                  `json:"areaCode"`
		RegionalDestinationCode string                  `json:"regionalDestinationCode"`
		AllocationBlockCode     string                  `json:"allocationBlockCode"`
		SubscriberNumber        string                  `json:"subscriberNumber"`
		SubAddress              string                  `json:"subAddress"`
		DTMFPostfix             string                  `json:"dtmfPostfix"`
		SIPPostfix              string                  `json:"sipPostfix"`
		ProbablyMasked          *bool                   `json:"probablyMasked"`
		Status                  ParsedPhoneNumberStatus `json:"status"`
	} `json:"numberDetails"`
	Formats []ParsedPhoneNumberFormat `json:"formats"`
}

// parseV2 asks for what v1.0 does by itself: to read texts as those of the account's own
// country.
func (c *Client) parseV2(ctx context.Context, texts []string, p Parse) ([]ParsedPhoneNumber, error) {
	body := parseBody{OriginalStrings: texts, ContextSource: "Account"}
	if p.HomeCountry != "" {
		body.Context = &parseContext{isoCountry{p.HomeCountry}}
	}
	a, err := call[struct {
		Results []parsedV2 `json:"results"`
	}](ctx, c, parsePhoneNumberV2.at().send(body))
	if err != nil {
		return nil, err
	}
	out := make([]ParsedPhoneNumber, len(a.Results))
	for i := range a.Results {
		out[i] = a.Results[i].number()
	}
	return out, inOrder(parsePhoneNumberV2, texts, out)
}

// number is r with what v1.0 says otherwise, or at the top.
func (r *parsedV2) number() ParsedPhoneNumber {
	d := &r.NumberDetails
	special, tollFree := r.Category == "SpecialService", r.Category == "TollFree"
	n := ParsedPhoneNumber{
		OriginalString: r.OriginalString, Category: r.Category, Status: d.Status, Country: d.Country, AreaCode: d.AreaCode,
		NationalDestinationCode: d.NationalDestinationCode, RegionalDestinationCode: d.RegionalDestinationCode,
		AllocationBlockCode: d.AllocationBlockCode, SubscriberNumber: d.SubscriberNumber, SubAddress: d.SubAddress,
		DTMFPostfix: d.DTMFPostfix, SIPPostfix: d.SIPPostfix, ProbablyMasked: d.ProbablyMasked, SiteCode: d.SiteCode,
		ShortExtensionNumber: d.ShortExtensionNumber, ExtensionNumber: d.ExtensionNumber, SpecialService: d.SpecialService,
		DialingDetails: cmp.Or(r.DialingDetails, r.DialingSpecifics), Formats: r.Formats,
	}
	if r.Category != "" {
		n.Special, n.TollFree = &special, &tollFree
	}
	if len(r.Formats) == 1 { // of two, nobody has chosen yet
		f := r.Formats[0]
		n.E164, n.Normalized, n.Dialable = f.E164, strings.TrimPrefix(f.E164, "+"), f.Dialable
		n.FormattedNational, n.FormattedInternational = f.National, f.International
	}
	return n
}

// inOrder refuses an answer that has not one result for each text: which is which is told
// by their order alone, though most say it as well.
func inOrder(o *Operation, texts []string, ns []ParsedPhoneNumber) error {
	if len(ns) != len(texts) {
		return nonsense(o, fmt.Sprintf("%d results for %d texts", len(ns), len(texts)))
	}
	for i := range ns {
		if got := ns[i].OriginalString; got != "" && got != texts[i] {
			return nonsense(o, fmt.Sprintf("result %d is about another text", i))
		}
		ns[i].OriginalString = texts[i]
	}
	return nil
}
