package sim_test

import (
	"fmt"
	"net/url"
	"testing"

	"github.com/ringql/ringql/internal/sim"
)

// The generated company has 25 extensions, of which these tests ask for pages.
func TestPages(t *testing.T) {
	c := admin(t, newServer(t, sim.Config{Extensions: 25, Limits: map[string]int{}}))
	for _, tt := range []struct {
		query   string
		records int
		paging  string
		links   string // page numbers of first, previous, next, last
	}{
		{"", 25, `{"page":1,"totalPages":1,"perPage":100,"totalElements":25,"pageStart":0,"pageEnd":24}`, "1 - - 1"},
		{"?perPage=10", 10, `{"page":1,"totalPages":3,"perPage":10,"totalElements":25,"pageStart":0,"pageEnd":9}`, "1 - 2 3"},
		{"?perPage=10&page=2", 10, `{"page":2,"totalPages":3,"perPage":10,"totalElements":25,"pageStart":10,"pageEnd":19}`, "1 1 3 3"},
		{"?perPage=10&page=3", 5, `{"page":3,"totalPages":3,"perPage":10,"totalElements":25,"pageStart":20,"pageEnd":24}`, "1 2 - 3"},
		{"?perPage=25", 25, `{"page":1,"totalPages":1,"perPage":25,"totalElements":25,"pageStart":0,"pageEnd":24}`, "1 - - 1"},
		{"?perPage=10&page=4", 0, `{"totalPages":3,"perPage":10,"totalElements":25}`, "1 3 - 3"},
		{"?page=1000", 0, `{"totalPages":1,"perPage":100,"totalElements":25}`, "1 1 - 1"},
		{"?perPage=1001", 25, `{"page":1,"totalPages":1,"perPage":1000,"totalElements":25,"pageStart":0,"pageEnd":24}`, "1 - - 1"},
		{"?perPage=99999999999999999999", 25, `{"page":1,"totalPages":1,"perPage":1000,"totalElements":25,"pageStart":0,"pageEnd":24}`, "1 - - 1"},
		{"?extensionNumber=none", 0, `{"totalPages":0,"perPage":100,"totalElements":0}`, "1 - - 1"},
	} {
		t.Run(tt.query, func(t *testing.T) {
			var out struct {
				Records    []any
				Navigation map[string]struct{ URI string }
			}
			a := c.get(v1 + "/extension" + tt.query).want(200)
			a.into(&out)
			if len(out.Records) != tt.records {
				t.Errorf("%d records, want %d", len(out.Records), tt.records)
			}
			var raw struct{ Paging jsonText }
			if a.into(&raw); string(raw.Paging) != tt.paging {
				t.Errorf("paging %s, want %s", raw.Paging, tt.paging)
			}
			number := func(name string) string {
				u, err := url.Parse(out.Navigation[name].URI)
				if err != nil || u.String() == "" {
					return "-"
				}
				return u.Query().Get("page")
			}
			links := fmt.Sprintf("%s %s %s %s", number("firstPage"), number("previousPage"), number("nextPage"), number("lastPage"))
			if links != tt.links {
				t.Errorf("links %s, want %s", links, tt.links)
			}
		})
	}
}

// jsonText keeps a value as it was written.
type jsonText string

func (s *jsonText) UnmarshalJSON(data []byte) error {
	*s = jsonText(data)
	return nil
}

func TestBadPages(t *testing.T) {
	c := admin(t, newServer(t, unlimited()))
	for query, parameter := range map[string]string{
		"perPage=0": "perPage", "perPage=-1": "perPage", "perPage=ten": "perPage", "perPage=": "perPage",
		"page=0": "page", "page=-1": "page", "page=1.5": "page", "page=1001": "page", "page=99999999999999999999": "page",
	} {
		for _, list := range []string{v1 + "/extension", v1 + "/phone-number", v1 + "/device", v1 + "/call-queues", v2 + "/phone-numbers"} {
			c.get(list+"?"+query).wantError(400, "CMN-101", parameter)
		}
	}
}

func TestListURIsAreCanonical(t *testing.T) {
	c := admin(t, newServer(t, unlimited()))
	const account = "https://platform.example.com/restapi/v1.0/account/401145624008"
	for asked, want := range map[string]string{
		"/extension": "/extension?page=1&perPage=100",
		"/extension?type=User&other=1&status=Enabled&status=Disabled": "/extension?status=Enabled&status=Disabled&type=User&page=1&perPage=100",
		"/extension?email=john.smith%2B1@mycompany.com&perPage=5000":  "/extension?email=john.smith%2B1%40mycompany.com&page=1&perPage=1000",
		"/extension/~/phone-number?status=Normal":                     "/extension/401145624008/phone-number?status=Normal&page=1&perPage=100",
		"/extension/~/device?page=1":                                  "/extension/401145624008/device?page=1&perPage=100",
		"/department/512090008/members":                               "/department/512090008/members?page=1&perPage=100",
		"/call-queues/512090008/members":                              "/call-queues/512090008/members?page=1&perPage=100",
		"/call-queues?memberExtensionId=435068008":                    "/call-queues?memberExtensionId=435068008&page=1&perPage=100",
	} {
		if got := c.get(v1 + asked).want(200).object()["uri"]; got != account+want {
			t.Errorf("%s: got %v, want %v", asked, got, account+want)
		}
	}
	if got := c.get(v2 + "/phone-numbers").object(); got["uri"] != nil || got["navigation"] != nil {
		t.Errorf("v2 list has uri %v, navigation %v", got["uri"], got["navigation"])
	}
}
