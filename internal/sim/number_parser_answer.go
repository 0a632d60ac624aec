package sim

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"unicode/utf8"
)

// What the parser is asked in both generations, and how each answers.

const (
	mostTexts  = 64
	mostOfText = 64 // characters
)

// parsedPhoneNumber is a number as v1.0 tells of it.
type parsedPhoneNumber struct {
	OriginalString         string         `json:"originalString"`
	Country                *parsedCountry `json:"country,omitempty"`
	AreaCode               string         `json:"areaCode,omitempty"`
	Dialable               string         `json:"dialable,omitempty"`
	E164                   string         `json:"e164,omitempty"`
	FormattedInternational string         `json:"formattedInternational,omitempty"`
	FormattedNational      string         `json:"formattedNational,omitempty"`
	Special                bool           `json:"special"`
	Normalized             string         `json:"normalized,omitempty"`
	TollFree               bool           `json:"tollFree"`
	SubAddress             string         `json:"subAddress,omitempty"`
	SubscriberNumber       string         `json:"subscriberNumber,omitempty"`
	DTMFPostfix            string         `json:"dtmfPostfix,omitempty"`
}

type parsedPhoneNumbers struct {
	URI          string              `json:"uri"`
	HomeCountry  *parsedCountry      `json:"homeCountry"`
	PhoneNumbers []parsedPhoneNumber `json:"phoneNumbers"`
}

func (s *Server) parsePhoneNumber(c *call) reply {
	var in struct {
		OriginalStrings []string `json:"originalStrings"`
	}
	if p := c.decode(&in); p != nil {
		return refused(*p)
	}
	tooLong := func(text string) bool { return utf8.RuneCountInString(text) > mostOfText }
	switch {
	case len(in.OriginalStrings) == 0:
		return refused(*missing("originalStrings"))
	case len(in.OriginalStrings) > mostTexts, slices.ContainsFunc(in.OriginalStrings, tooLong):
		return refused(*invalid("originalStrings"))
	}
	parser := numberParser{home: "US", vanity: true}
	if c.query.Has("homeCountry") {
		parser.home = c.query.Get("homeCountry")
	}
	if callingCode(parser.home) == "" {
		return refused(*invalid("homeCountry"))
	}
	national, p := c.flag("nationalAsPriority")
	if p != nil {
		return refused(*p)
	}
	parser.national = national != nil && *national
	out := parsedPhoneNumbers{URI: c.base + c.route.path(), HomeCountry: c.parsedCountry(parser.home, callingCode(parser.home))}
	for _, text := range in.OriginalStrings {
		out.PhoneNumbers = append(out.PhoneNumbers, c.parsedV1(parser, text))
	}
	return found(out)
}

func (c *call) parsedV1(parser numberParser, text string) parsedPhoneNumber {
	n := parser.parse(text)
	out := parsedPhoneNumber{OriginalString: text, Special: n.special != "", Dialable: n.dialable(parser.home), E164: n.e164(),
		FormattedInternational: n.international(), FormattedNational: n.national(), TollFree: n.category == "TollFree",
		AreaCode: n.area, SubscriberNumber: n.behind, SubAddress: n.sub, DTMFPostfix: n.dtmf}
	if n.region != "" {
		out.Country = c.parsedCountry(n.region, n.callingCode())
	}
	if out.E164 != "" {
		out.Normalized = out.E164[1:]
	}
	return out
}

// parsedResultV2 is a number as v2 tells of it. The description's text and its examples name the text and the category, which
// its schema forgets.
type parsedResultV2 struct {
	OriginalString string           `json:"originalString"`
	Category       string           `json:"category"`
	Dialing        *dialingDetails  `json:"dialingDetails,omitempty"`
	Number         *numberDetails   `json:"numberDetails,omitempty"`
	Formats        []numberFormatV2 `json:"formats,omitempty"`
}

type dialingDetails struct {
	ServiceCode *dialedPattern `json:"serviceCode,omitempty"`
}

type dialedPattern struct {
	Dialing string `json:"dialing"`
	Pattern string `json:"pattern"`
}

type numberDetails struct {
	ExtensionNumber         string          `json:"extensionNumber,omitempty"`
	SpecialService          *specialService `json:"specialService,omitempty"`
	Country                 *countryContext `json:"country,omitempty"`
	NationalDestinationCode string          `json:"nationalDestinationCode,omitempty"`
	AreaCode                string          `json:"areaCode,omitempty"`
	RegionalDestinationCode string          `json:"regionalDestinationCode,omitempty"`
	SubscriberNumber        string          `json:"subscriberNumber,omitempty"`
	SubAddress              string          `json:"subAddress,omitempty"`
	DTMFPostfix             string          `json:"dtmfPostfix,omitempty"`
	SIPPostfix              string          `json:"sipPostfix,omitempty"`
	Status                  string          `json:"status,omitempty"`
}

type specialService struct {
	Type    string `json:"type"`
	Pattern string `json:"pattern"`
}

type countryContext struct {
	ISOCode     string `json:"isoCode"`
	Name        string `json:"name,omitempty"`
	CallingCode string `json:"callingCode,omitempty"`
}

type numberFormatV2 struct {
	E164                  string `json:"e164,omitempty"`
	E164Extended          string `json:"e164Extended,omitempty"`
	National              string `json:"national,omitempty"`
	NationalExtended      string `json:"nationalExtended,omitempty"`
	International         string `json:"international,omitempty"`
	InternationalExtended string `json:"internationalExtended,omitempty"`
	Dialable              string `json:"dialable"`
	DialableExtended      string `json:"dialableExtended"`
}

type parserContext struct {
	Country                   *countryContext `json:"country,omitempty"`
	VanityPhoneNumbersAllowed bool            `json:"vanityPhoneNumbersAllowed"`
	MaxExtensionNumberLength  int             `json:"maxExtensionNumberLength,omitempty"`
	ShortCodesAllowed         bool            `json:"shortCodesAllowed"`
	MaskedPhoneNumbersAllowed bool            `json:"maskedPhoneNumbersAllowed"`
	ConflictHandling          string          `json:"conflictHandling"`
}

type parsedResultsV2 struct {
	Context parserContext    `json:"context"`
	Results []parsedResultV2 `json:"results"`
}

// parseRequestV2 is what v2 is asked, as far as the simulator heeds it. Null switches a part of the context off, so it matters
// whether a member is there.
type parseRequestV2 struct {
	OriginalStrings []*string `json:"originalStrings"`
	ContextSource   string    `json:"contextSource"`
	Context         struct {
		Country                   json.RawMessage `json:"country"`
		VanityPhoneNumbersAllowed *bool           `json:"vanityPhoneNumbersAllowed"`
		MaxExtensionNumberLength  json.RawMessage `json:"maxExtensionNumberLength"`
	} `json:"context"`
}

// texts drops what is empty, as the upstream does, and refuses what is too much or too long.
func (in *parseRequestV2) texts() (texts []string, p *problem) {
	const each = "originalStrings.originalString"
	for _, text := range in.OriginalStrings {
		switch {
		case text == nil || *text == "":
			continue
		case utf8.RuneCountInString(*text) > mostOfText:
			return nil, tooLong(each, mostOfText)
		}
		texts = append(texts, *text)
	}
	if len(texts) == 0 {
		return nil, missing(each)
	}
	unique := slices.Compact(slices.Sorted(slices.Values(texts)))
	if len(unique) > mostTexts {
		return nil, &problem{status: http.StatusBadRequest, ErrorCode: "CMN-151", ParameterName: "originalStrings",
			Message: fmt.Sprintf("More than [%d] unique values for parameter [originalStrings] should not be specified", mostTexts)}
	}
	return texts, nil
}

func tooLong(parameter string, most int) *problem {
	return &problem{status: http.StatusBadRequest, ErrorCode: "CMN-409", ParameterName: parameter,
		Message: fmt.Sprintf("The parameter [%s] cannot be longer than [%d] characters", parameter, most)}
}

// parser reads the context: defaults, or what the account has set, and what is asked for on top.
func (in *parseRequestV2) parser() (numberParser, *problem) {
	parser := numberParser{mostDigits: 5, serviceCode: true}
	switch in.ContextSource {
	case "", "Default":
	case "Account":
		parser.home, parser.vanity, parser.mostDigits = "US", true, 6
	default:
		return parser, invalid("contextSource")
	}
	var at *struct {
		ISOCode *string `json:"isoCode"`
	}
	if len(in.Context.Country) > 0 {
		if json.Unmarshal(in.Context.Country, &at) != nil || at != nil && at.ISOCode != nil && callingCode(*at.ISOCode) == "" {
			return parser, invalid("isoCode")
		}
		if at == nil {
			parser.home = ""
		} else if at.ISOCode != nil {
			parser.home = *at.ISOCode
		}
	}
	if in.Context.VanityPhoneNumbersAllowed != nil {
		parser.vanity = *in.Context.VanityPhoneNumbersAllowed
	}
	if len(in.Context.MaxExtensionNumberLength) > 0 {
		var most *int
		if json.Unmarshal(in.Context.MaxExtensionNumberLength, &most) != nil {
			return parser, invalid("maxExtensionNumberLength")
		}
		if parser.mostDigits = 0; most != nil {
			parser.mostDigits = *most
			if *most < 1 || *most > 9 {
				return parser, &problem{status: http.StatusBadRequest, ErrorCode: "CMN-411", ParameterName: "maxExtensionNumberLength",
					Message: "The parameter [maxExtensionNumberLength] has to be in the range: [1-9]"}
			}
		}
	}
	return parser, nil
}

func (s *Server) parsePhoneNumberV2(c *call) reply {
	var in parseRequestV2
	if p := c.decode(&in); p != nil {
		return refused(*p)
	}
	texts, p := in.texts()
	if p != nil {
		return refused(*p)
	}
	parser, p := in.parser()
	if p != nil {
		return refused(*p)
	}
	out := parsedResultsV2{Context: parserContext{VanityPhoneNumbersAllowed: parser.vanity, MaxExtensionNumberLength: parser.mostDigits,
		ConflictHandling: "Default"}}
	if parser.home != "" {
		out.Context.Country = newCountryContext(parser.home, callingCode(parser.home))
	}
	for _, text := range texts {
		out.Results = append(out.Results, parsedV2(parser, text))
	}
	return found(out)
}

func parsedV2(parser numberParser, text string) parsedResultV2 {
	n := parser.parse(text)
	out := parsedResultV2{OriginalString: text, Category: n.category}
	if n.service != "" {
		out.Dialing = &dialingDetails{&dialedPattern{n.service, n.service}}
	}
	details := numberDetails{NationalDestinationCode: n.area, AreaCode: n.area, SubscriberNumber: n.behind, SubAddress: n.sub,
		DTMFPostfix: n.dtmf, SIPPostfix: n.sip, Status: n.status}
	switch n.category {
	case "Unknown":
		return out
	case "Extension":
		details.ExtensionNumber = n.digits
	case "SpecialService":
		details.SpecialService = &specialService{n.special, n.digits}
	}
	if n.number != nil && n.region != "" {
		details.Country = newCountryContext(n.region, n.callingCode())
		if n.callingCode() == "1" && len(n.behind) == 7 {
			details.RegionalDestinationCode, details.SubscriberNumber = n.behind[:3], n.behind[3:]
		}
	}
	out.Number, out.Formats = &details, []numberFormatV2{n.formats(parser.home)}
	return out
}

// formats writes a number in all ways, each also with what stands behind it.
func (n *parsedNumber) formats(home string) numberFormatV2 {
	out := numberFormatV2{E164: n.e164(), National: n.national(), International: n.international(), Dialable: n.service + n.dialable(home)}
	out.E164Extended, out.NationalExtended, out.InternationalExtended, out.DialableExtended = out.E164, out.National, out.International, out.Dialable
	if n.sub != "" && n.number != nil {
		out.E164Extended += "*" + n.sub
		out.NationalExtended += " * " + n.sub
		out.InternationalExtended += " * " + n.sub
		out.DialableExtended += "*" + n.sub
	}
	return out
}
