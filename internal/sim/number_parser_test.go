package sim_test

import (
	"net/http"
	"strings"
	"testing"
)

const (
	parser   = "/restapi/v1.0/number-parser/parse"
	parserV2 = "/restapi/v2/number-parser/parse"
)

func TestParserV1(t *testing.T) {
	c := admin(t, newServer(t, unlimited()))
	for _, tt := range []struct {
		query, text string
		want        map[string]any
	}{
		{"", "(650) 722-1621", map[string]any{"originalString": "(650) 722-1621", "e164": "+16507221621", "normalized": "16507221621", "areaCode": "650",
			"subscriberNumber": "7221621", "formattedNational": "(650) 722-1621", "formattedInternational": "+1 (650) 7221621", "dialable": "6507221621",
			"special": false, "tollFree": false}},
		{"", "1-800-FLOWERS", map[string]any{"e164": "+18003569377", "tollFree": true}},
		{"", "+44 20 7946 0958 ext. 12", map[string]any{"e164": "+442079460958", "areaCode": "20", "subAddress": "12", "dialable": "011442079460958",
			"formattedInternational": "+44 (20) 79460958"}},
		{"", "6507221621*303,,1#", map[string]any{"e164": "+16507221621", "subAddress": "303", "dtmfPostfix": ",,1#"}},
		{"", "911", map[string]any{"special": true, "dialable": "911", "e164": nil, "country": nil}},
		{"?homeCountry=GB", "020 7946 0958", map[string]any{"e164": "+442079460958", "dialable": "02079460958"}},
		{"?homeCountry=DE", "16505558275", map[string]any{"e164": "+16505558275"}},
		{"?homeCountry=DE&nationalAsPriority=true", "16505558275", map[string]any{"e164": "+4916505558275"}},
		{"", "hello", map[string]any{"originalString": "hello", "e164": nil, "special": false, "tollFree": false}},
	} {
		a := c.send(http.MethodPost, parser+tt.query, map[string]any{"originalStrings": []string{tt.text}}).want(200).object()
		same(t, tt.query+" "+tt.text, a["phoneNumbers"].([]any)[0].(map[string]any), tt.want)
	}
	home := c.send(http.MethodPost, parser+"?homeCountry=CA", `{"originalStrings":["1"]}`).object()["homeCountry"].(map[string]any)
	same(t, "home", home, map[string]any{"id": "39", "isoCode": "CA", "callingCode": "1", "name": "Canada"})
}

func TestParserV1Refuses(t *testing.T) {
	c := admin(t, newServer(t, unlimited()))
	const one = `{"originalStrings":["1"]}`
	c.send(http.MethodPost, parser, `{}`).wantError(400, "CMN-100", "originalStrings")
	c.send(http.MethodPost, parser, `{"originalStrings":[`+strings.Repeat(`"1",`, 64)+`"1"]}`).wantError(400, "CMN-101", "originalStrings")
	c.send(http.MethodPost, parser, `{"originalStrings":["`+strings.Repeat("1", 65)+`"]}`).wantError(400, "CMN-101", "originalStrings")
	c.send(http.MethodPost, parser+"?homeCountry=XX", one).wantError(400, "CMN-101", "homeCountry")
	c.send(http.MethodPost, parser+"?homeCountry=", one).wantError(400, "CMN-101", "homeCountry")
	c.send(http.MethodPost, parser+"?nationalAsPriority=odd", one).wantError(400, "CMN-101", "nationalAsPriority")
}

// The examples of the description, as far as they agree with each other.
func TestParserV2(t *testing.T) {
	c := admin(t, newServer(t, unlimited()))
	parse := func(body string) map[string]any {
		return c.send(http.MethodPost, parserV2, body).want(200).object()["results"].([]any)[0].(map[string]any)
	}
	n := parse(`{"originalStrings":["", null, "*6716505558275*303@sip.ringcentral.com"]}`)
	same(t, "result", n, map[string]any{"category": "Regular", "originalString": "*6716505558275*303@sip.ringcentral.com"})
	same(t, "details", n["numberDetails"].(map[string]any), map[string]any{"nationalDestinationCode": "650", "areaCode": "650",
		"regionalDestinationCode": "555", "subscriberNumber": "8275", "subAddress": "303", "sipPostfix": "@sip.ringcentral.com", "status": "Valid"})
	same(t, "formats", n["formats"].([]any)[0].(map[string]any), map[string]any{"e164": "+16505558275", "e164Extended": "+16505558275*303",
		"national": "(650) 555-8275", "nationalExtended": "(650) 555-8275 * 303", "international": "+1 (650) 5558275",
		"internationalExtended": "+1 (650) 5558275 * 303"})
	same(t, "dialing", n["dialingDetails"].(map[string]any)["serviceCode"].(map[string]any), map[string]any{"dialing": "*67"})

	for body, category := range map[string]string{
		`{"originalStrings":["303"]}`:                                                             "Extension",
		`{"originalStrings":["303456"]}`:                                                          "Unknown",
		`{"originalStrings":["303456"],"contextSource":"Account"}`:                                "Extension",
		`{"originalStrings":["303"],"context":{"maxExtensionNumberLength":null}}`:                 "Unknown",
		`{"originalStrings":["8005551234"],"contextSource":"Account"}`:                            "TollFree",
		`{"originalStrings":["8005551234"],"contextSource":"Account","context":{"country":null}}`: "Unknown",
		`{"originalStrings":["8005551234"],"context":{"country":{"isoCode":"US"}}}`:               "TollFree",
		`{"originalStrings":["1-800-FLOWERS"],"context":{"country":{"isoCode":"US"}}}`:            "Unknown",
		`{"originalStrings":["1-800-FLOWERS"],"contextSource":"Account"}`:                         "TollFree",
		`{"originalStrings":["911"]}`:                                                             "SpecialService",
		`{"originalStrings":["*67"]}`:                                                             "ServiceCode",
		`{"originalStrings":["+1650555"]}`:                                                        "Unknown",
		`{"originalStrings":["+16505558275 x303"]}`:                                               "Regular",
	} {
		same(t, body, parse(body), map[string]any{"category": category})
	}
}

func TestParserV2Refuses(t *testing.T) {
	c := admin(t, newServer(t, unlimited()))
	var many []string
	for i := range 65 {
		many = append(many, strings.Repeat("1", i%32+1)+strings.Repeat("2", i/32))
	}
	for body, want := range map[string][2]string{
		`{}`:                            {"CMN-100", "originalStrings.originalString"},
		`{"originalStrings":["",null]}`: {"CMN-100", "originalStrings.originalString"},
		`{"originalStrings":["` + strings.Repeat("1", 65) + `"]}`:                   {"CMN-409", "originalStrings.originalString"},
		`{"originalStrings":["` + strings.Join(many, `","`) + `"]}`:                 {"CMN-151", "originalStrings"},
		`{"originalStrings":["1"],"contextSource":"Odd"}`:                           {"CMN-101", "contextSource"},
		`{"originalStrings":["1"],"context":{"country":{"isoCode":""}}}`:            {"CMN-101", "isoCode"},
		`{"originalStrings":["1"],"context":{"maxExtensionNumberLength":"x"}}`:      {"CMN-101", "maxExtensionNumberLength"},
		`{"originalStrings":["1"],"context":{"maxExtensionNumberLength":10}}`:       {"CMN-411", "maxExtensionNumberLength"},
		`{"originalStrings":["1"],"context":{"vanityPhoneNumbersAllowed":"maybe"}}`: {"CMN-101", "context.vanityPhoneNumbersAllowed"},
		`{`: {"CMN-103", ""},
	} {
		c.send(http.MethodPost, parserV2, body).wantError(400, want[0], want[1])
	}
}
