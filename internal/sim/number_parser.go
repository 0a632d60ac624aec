package sim

import (
	"cmp"
	"regexp"
	"slices"
	"strings"

	"github.com/nyaruka/phonenumbers"
)

func (s *Server) numberParserRoutes() []*route {
	return []*route{
		{operation: "parsePhoneNumber", pattern: "POST /restapi/v1.0/number-parser/parse", group: "light", do: s.parsePhoneNumber},
		{operation: "parsePhoneNumberV2", pattern: "POST /restapi/v2/number-parser/parse", group: "light", era: v2, do: s.parsePhoneNumberV2},
	}
}

// numberParser is in which way texts are read.
type numberParser struct {
	home        string // ISO code of the country they are dialled in; empty for none
	national    bool   // what could be a number at home is one
	vanity      bool   // letters stand for digits
	mostDigits  int    // of an extension number; 0 if there are none
	serviceCode bool   // such as *67 may come first
}

// parsedNumber is what a text was found to be.
type parsedNumber struct {
	original string
	category string // as v2 has it
	status   string // Valid or Possible, of numbers

	service, dtmf, sip, sub string // what stands before and after

	digits       string                    // of an extension or a special number
	special      string                    // the kind of a special number
	number       *phonenumbers.PhoneNumber // nil for others
	region       string
	area, behind string // the national number in two parts
}

var (
	serviceCodes  = regexp.MustCompile(`^\*\d{2}`)
	separators    = regexp.MustCompile(`[\s().\-/]+`)
	someLetters   = regexp.MustCompile(`[A-Za-z]`)
	suffix        = regexp.MustCompile(`(?i)(ext\.?|x)\s*\d+$`) // an extension behind a number
	specialNumber = map[string]string{"911": "Emergency", "112": "Emergency", "411": "DirectoryAssistance", "711": "TelecommunicationRelay",
		"311": "NonEmergencyPolice", "211": "Unknown", "511": "Unknown", "611": "CustomerSupport", "811": "Unknown"}
)

// parse finds out what a text is. Which digits are a number, and how it is written, is for the library to know, which has the
// numbering plans of all countries.
func (p numberParser) parse(text string) parsedNumber {
	out := parsedNumber{original: text, category: "Unknown"}
	rest := strings.TrimSpace(text)
	if p.serviceCode {
		out.service = serviceCodes.FindString(rest)
		rest = rest[len(out.service):]
	}
	out.sip = from(&rest, "@")
	out.dtmf = from(&rest, ",;")
	out.sub = strings.TrimLeft(from(&rest, "*#"), "*# ")
	switch digits := separators.ReplaceAllString(rest, ""); {
	case !p.vanity && someLetters.MatchString(suffix.ReplaceAllString(rest, "")):
		return out
	case specialNumber[digits] != "":
		out.category, out.special, out.digits = "SpecialService", specialNumber[digits], digits
		return out
	case isDigits(digits) && len(digits) <= p.mostDigits:
		out.category, out.digits = "Extension", digits
		return out
	case rest == "" && out.service != "":
		out.category = "ServiceCode"
		return out
	}
	n := p.find(rest)
	if n == nil {
		return out
	}
	out.category, out.status = "Regular", "Possible"
	if phonenumbers.IsValidNumber(n) {
		out.status = "Valid"
	}
	if phonenumbers.GetNumberType(n) == phonenumbers.TOLL_FREE {
		out.category = "TollFree"
	}
	out.sub = cmp.Or(out.sub, n.GetExtension())
	n.Extension = nil // what is written beside the number is written by us
	out.number, out.region = n, phonenumbers.GetRegionCodeForNumber(n)
	national := phonenumbers.GetNationalSignificantNumber(n)
	at := phonenumbers.GetLengthOfNationalDestinationCode(n)
	out.area, out.behind = national[:at], national[at:]
	return out
}

func isDigits(text string) bool { return text != "" && strings.Trim(text, "0123456789") == "" }

// from cuts text before the first of marks, and returns what it cut off.
func from(text *string, marks string) string {
	at := strings.IndexAny(*text, marks)
	if at <= 0 {
		return ""
	}
	tail := (*text)[at:]
	*text = (*text)[:at]
	return tail
}

// find reads a number as one of the home country, or as an international one whose plus was left out; numbers that are in use
// somewhere come before those that only could be. Numbers of the home country come before all others if those are preferred.
func (p numberParser) find(text string) *phonenumbers.PhoneNumber {
	var readings []*phonenumbers.PhoneNumber
	read := func(text, home string) {
		if n, err := phonenumbers.Parse(text, home); err == nil && phonenumbers.IsPossibleNumber(n) {
			readings = append(readings, n)
		}
	}
	read(text, p.home)
	if digits := separators.ReplaceAllString(text, ""); isDigits(digits) {
		read("+"+digits, "")
	}
	if at := slices.IndexFunc(readings, phonenumbers.IsValidNumber); at >= 0 && !p.national {
		return readings[at]
	}
	if len(readings) == 0 {
		return nil
	}
	return readings[0]
}

func (n *parsedNumber) e164() string {
	if n.number == nil {
		return ""
	}
	return phonenumbers.Format(n.number, phonenumbers.E164)
}

func (n *parsedNumber) national() string {
	if n.number == nil {
		return ""
	}
	return phonenumbers.Format(n.number, phonenumbers.NATIONAL)
}

// international writes a number as the upstream does: the area code in brackets, the rest in one piece.
func (n *parsedNumber) international() string {
	switch {
	case n.number == nil:
		return ""
	case n.area == "":
		return "+" + n.callingCode() + " " + n.behind
	}
	return "+" + n.callingCode() + " (" + n.area + ") " + n.behind
}

func (n *parsedNumber) callingCode() string { return formatID(int64(n.number.GetCountryCode())) }

// dialable is what is dialled from home: there the national form, abroad the international one.
func (n *parsedNumber) dialable(home string) string {
	switch {
	case n.number == nil:
		return n.digits
	case home == "":
		return n.e164()
	case n.region == home:
		return phonenumbers.NormalizeDigitsOnly(n.national())
	}
	return phonenumbers.NormalizeDigitsOnly(phonenumbers.FormatOutOfCountryCallingNumber(n.number, home))
}

// parsedCountry is a country as the parser of v1.0 tells of it: with name and id, where the dictionary has it.
type parsedCountry struct {
	ID          string `json:"id,omitempty"`
	URI         string `json:"uri,omitempty"`
	Name        string `json:"name,omitempty"`
	ISOCode     string `json:"isoCode"`
	CallingCode string `json:"callingCode"`
}

func (c *call) parsedCountry(iso, calling string) *parsedCountry {
	if k := countryByISO(iso); k != nil {
		return &parsedCountry{k.id, c.countryURI(k.id), k.name, iso, calling}
	}
	return &parsedCountry{ISOCode: iso, CallingCode: calling}
}

// newCountryContext is a country as v2 tells of it.
func newCountryContext(iso, calling string) *countryContext {
	out := &countryContext{ISOCode: iso, CallingCode: calling}
	if k := countryByISO(iso); k != nil {
		out.Name = k.name
	}
	return out
}

func countryByISO(iso string) *countryRecord {
	for _, k := range dictionaryCountries {
		if k.iso == iso {
			return k
		}
	}
	return nil
}

// callingCode of a country, empty if there is no such country.
func callingCode(iso string) string {
	if code := phonenumbers.GetCountryCodeForRegion(iso); code != 0 {
		return formatID(int64(code))
	}
	return ""
}
