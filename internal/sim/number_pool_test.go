package sim_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/ringql/ringql/internal/sim"
)

const pool = "/restapi/v1.0/number-pool"

func (c caller) lookup(query string) answer {
	c.t.Helper()
	return c.send(http.MethodPost, pool+"/lookup?"+query, nil)
}

func TestLookup(t *testing.T) {
	c := admin(t, newServer(t, unlimited()))
	for query, want := range map[string]string{
		"npa=650&perPage=2":                                      "+16505550180 +16505550181",
		"areaCode=650&perPage=1":                                 "+16505550180",
		"npa=650&nxx=555&line=018*":                              "+16505550180 +16505550181 +16505550182",
		"npa=650&numberPattern=5550181":                          "+16505550181",
		"npa=650&numberPattern=555****&exclude=180&exclude=82":   "+16505550181",
		"npa=650&nxx=555&smsEnabled=false":                       "+16505550181",
		"npa=650&nxx=555&providerId=2":                           "+16505550182",
		"npa=650&nxx=cal&line=lnow":                              "+16502255669",
		"npa=650&line=5669":                                      "+16502255669",
		"npa=650&numberPattern=CALLNOW":                          "+16502255669",
		"npa=888&numberPattern=CALLNOW":                          "",
		"npa=888&numberPattern=CALLNOW&paymentType=TollFree":     "+18882255669",
		"npa=888&nxx=CAL&paymentType=TollFree&paymentType=Local": "+18882255669",
		"npa=647&nxx=555":                                        "",
		"npa=647&nxx=555&countryId=39":                           "+16475550180",
		"npa=647&nxx=555&countryCode=CA&countryId=39":            "+16475550180",
		"npa=999": "",
	} {
		if got := strings.Join(c.lookup(query).values("phoneNumber"), " "); got != want {
			t.Errorf("%s: got %s, want %s", query, got, want)
		}
	}
	if got := len(c.lookup("npa=415").records()); got != 10 {
		t.Errorf("%d numbers where nothing says how many, want 10", got)
	}
	for _, n := range c.lookup("countryCode=GB&areaCode=20&perPage=3").values("phoneNumber") {
		if !strings.HasPrefix(n, "+4420") || len(n) != len("+442079460958") {
			t.Errorf("in London: %s", n)
		}
	}
	if got := len(c.lookup("providerId=1&perPage=1000").records()); got < 500 {
		t.Errorf("%d numbers of a provider, wherever they are", got)
	}
}

func TestLookupRefuses(t *testing.T) {
	c := admin(t, newServer(t, unlimited()))
	c.lookup("").wantError(400, "CMN-100", "npa")
	for query, parameter := range map[string]string{
		"npa=65":                              "npa",
		"npa=abc":                             "npa",
		"npa=650&areaCode=415":                "areaCode",
		"areaCode=x":                          "areaCode",
		"npa=650&countryId=2":                 "countryId",
		"npa=650&countryCode=XX":              "countryCode",
		"npa=650&countryCode=US&countryId=39": "countryCode",
		"npa=650&exclude=a":                   "exclude",
		"npa=650&exclude=1&exclude=":          "exclude",
		"npa=650&extendedSearch=yes":          "extendedSearch",
		"npa=650&line=12345":                  "line",
		"npa=650&line=%2B":                    "line",
		"npa=650&nxx=5555":                    "nxx",
		"npa=650&numberPattern=55501800":      "numberPattern",
		"npa=650&numberPattern=555&nxx=555":   "numberPattern",
		"npa=650&paymentType=External":        "paymentType",
		"npa=650&perPage=0":                   "perPage",
		"providerId=x":                        "providerId",
		"npa=650&smsEnabled=1":                "smsEnabled",
	} {
		c.lookup(query).wantError(400, "CMN-101", parameter)
	}
	as(t, newServer(t, unlimited()), sim.AdministratorID, "EditAccounts").lookup("npa=650").wantError(403, "CMN-401", "")
	as(t, newServer(t, unlimited()), sim.StandardUserID).lookup("npa=650").want(200)
}

func TestVanityAndRank(t *testing.T) {
	c := admin(t, newServer(t, unlimited()))
	same(t, "exact", c.lookup("npa=650&numberPattern=callNOW").records()[0],
		map[string]any{"phoneNumber": "+16502255669", "formattedNumber": "(650) 225-5669", "vanityPattern": "CALLNOW", "rank": nil})
	same(t, "part", c.lookup("npa=650&line=NOW*&nxx=CAL&extendedSearch=true").object(), map[string]any{"records": []any{}})
	records := c.lookup("npa=650&nxx=225&line=5660&extendedSearch=true&perPage=40").records()
	same(t, "closest", records[0], map[string]any{"phoneNumber": "+16502255669", "rank": 9.0, "vanityPattern": nil})
	if len(records) != 40 {
		t.Errorf("%d alternatives", len(records))
	}
	for i, r := range records[1:] {
		if r["rank"].(float64) > records[i]["rank"].(float64) || r["rank"].(float64) < 1 {
			t.Errorf("rank %v behind %v", r["rank"], records[i]["rank"])
		}
	}
	// Alternatives to a pattern that does not begin with digits would be everything.
	if got := c.lookup("npa=650&numberPattern=5**1234&extendedSearch=true").records(); len(got) != 0 {
		t.Errorf("alternatives to a pattern of stars: %v", got)
	}
}

func (c caller) reserve(body string, args ...any) map[string]any {
	c.t.Helper()
	return c.send(http.MethodPost, pool+"/reserve", fmt.Sprintf(body, args...)).records()[0]
}

func TestReservation(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newServer(t, unlimited())
		john, jane := admin(t, s), as(t, s, sim.StandardUserID)
		const forAs = `{"phoneNumber":"+16505550180","reservedTill":%q}`
		mine := john.reserve(forAs, "Max")
		same(t, "reserved", mine, map[string]any{"phoneNumber": "+16505550180", "formattedNumber": "(650) 555-0180", "status": "Enabled", "error": nil,
			"reservedTill": time.Now().UTC().Add(20 * time.Minute).Format("2006-01-02T15:04:05.000Z")})
		id := mine["reservationId"].(string)

		if got := jane.lookup("npa=650&nxx=555&line=0180").records(); len(got) != 0 {
			t.Errorf("a reserved number is offered: %v", got)
		}
		same(t, "by another", jane.reserve(forAs, "Max"), map[string]any{"error": "NumberReserved", "reservationId": nil})
		same(t, "let go by another", jane.reserve(`{"phoneNumber":"+16505550180"}`), map[string]any{"error": "NumberReserved"})
		same(t, "prolonged with its id", jane.reserve(`{"phoneNumber":"16505550180","reservedTill":"Min","reservationId":%q}`, id), map[string]any{
			"error": nil, "reservedTill": time.Now().UTC().Add(30 * time.Second).Format("2006-01-02T15:04:05.000Z")})
		same(t, "still John's", john.reserve(forAs, "Min"), map[string]any{"error": nil})

		time.Sleep(29 * time.Second)
		same(t, "before its end", jane.reserve(forAs, "Min"), map[string]any{"error": "NumberReserved"})
		time.Sleep(time.Second)
		same(t, "after its end", jane.reserve(forAs, "Min"), map[string]any{"error": nil, "status": "Enabled"})
		same(t, "let go", jane.reserve(`{"phoneNumber":"+16505550180","reservedTill":null}`), map[string]any{"error": nil, "reservedTill": nil, "reservationId": nil})
		same(t, "free again", john.reserve(forAs, "Min"), map[string]any{"error": nil})

		for number, want := range map[string]map[string]any{
			"+16505550182": {"status": "Pending", "error": nil},
			"+16505550183": {"status": "Enabled", "error": "NumberReserved"},
			"+16503316252": {"status": "Disabled", "error": "NumberIsAlreadyProvisioned"},
			"+16505559999": {"status": "Disabled", "error": "NumberNotAvailable"},
		} {
			same(t, number, john.reserve(`{"phoneNumber":%q,"reservedTill":"Max"}`, number), want)
		}
		both := john.send(http.MethodPost, pool+"/reserve", `{"records":[{"phoneNumber":"+16505550181","reservedTill":"Min"},{"phoneNumber":"+16505550183"}]}`)
		equal(t, "errors of 2017's form", both.values("error"), []string{"null", "NumberReserved"})
	})
}

func TestReservationRefuses(t *testing.T) {
	c := admin(t, newServer(t, unlimited()))
	for body, want := range map[string][2]string{
		`{"reservedTill":"Max"}`: {"CMN-100", "phoneNumber"},
		`{"records":[]}`:         {"CMN-100", "records"},
		`{"phoneNumber":"+1"}`:   {"CMN-101", "phoneNumber"},
		`{"phoneNumber":"+16505550180","reservedTill":"soon"}`:                       {"CMN-101", "reservedTill"},
		`{"phoneNumber":"+16505550180","reservedTill":"1999-01-01T00:00:00.000Z"}`:   {"CMN-101", "reservedTill"},
		`{"phoneNumber":"+16505550180","reservedTill":"2999-01-01T00:00:00.000Z"}`:   {"CMN-101", "reservedTill"},
		`{"records":[{"phoneNumber":"+16505550180"},{"phoneNumber":"+1","x":null}]}`: {"CMN-101", "phoneNumber"},
	} {
		c.send(http.MethodPost, pool+"/reserve", body).wantError(400, want[0], want[1])
	}
}

// Buying a reserved number takes its reservation, or who made it; and ends it.
func TestReservedNumberIsBought(t *testing.T) {
	s := newServer(t, unlimited())
	john, maria := admin(t, s), as(t, s, "512084008")
	buy := func(c caller, body string) answer {
		return c.send(http.MethodPost, v1+"/phone-number", `{"usageType":"CompanyNumber",`+body)
	}
	for _, number := range []string{"+16505550180", "+16505550181", "+16505550182"} {
		john.reserve(`{"phoneNumber":%q,"reservedTill":"Max"}`, number)
	}
	buy(maria, `"phoneNumber":"+16505550180"}`).wantError(400, "CMN-101", "phoneNumber")
	added := maria.send(http.MethodPost, v2+"/phone-numbers/bulk-add", `{"records":[{"phoneNumber":"+16505550180","usageType":"Inventory"}]}`)
	equal(t, "added", added.values("bulkItemSuccessful"), []string{"false"})

	buy(john, `"phoneNumber":"+16505550180"}`).want(200)
	id := john.reserve(`{"phoneNumber":"+16505550181","reservedTill":"Max"}`)["reservationId"].(string)
	buy(maria, `"phoneNumber":"+16505550182","reservationId":"`+id+`"}`).wantError(400, "CMN-101", "reservationId")
	same(t, "by its reservation alone", buy(maria, `"reservationId":"`+id+`"}`).object(), map[string]any{"phoneNumber": "+16505550181"})
	buy(john, `"reservationId":"`+id+`"}`).wantError(400, "CMN-101", "reservationId")

	same(t, "bought", john.reserve(`{"phoneNumber":"+16505550181","reservedTill":"Max"}`), map[string]any{"error": "NumberIsAlreadyProvisioned"})
	if got := john.lookup("npa=650&nxx=555&line=018*").values("phoneNumber"); len(got) != 0 {
		t.Errorf("bought or reserved numbers are offered: %v", got)
	}
}
