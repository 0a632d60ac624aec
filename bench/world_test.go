package bench

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"

	"github.com/ringql/ringql/internal/sim"
)

// world is what is true of a company. The oracle reads it from a simulator without
// limits, as much as it likes.
type world struct {
	sim   *sim.Server
	token string

	mu     sync.Mutex
	lists  map[string][]row
	owners map[string]map[string][]row
	shows  map[call]map[fact]bool
}

func newWorld(t testing.TB, extensions int) *world {
	t.Helper()
	cfg := company(extensions)
	cfg.Limits, cfg.Latency = map[string]int{}, 0
	s, err := sim.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	return &world{
		sim: s, token: s.Token(sim.AdministratorID),
		lists: map[string][]row{}, owners: map[string]map[string][]row{}, shows: map[call]map[fact]bool{},
	}
}

// id is an id of the upstream's: some answers have it as a number, some as text.
type id string

func (i *id) UnmarshalJSON(b []byte) error {
	*i = id(strings.Trim(string(b), `"`))
	return nil
}

// ref names an object within another one's record.
type ref struct {
	ID id `json:"id"`
}

// row is what the oracle looks at in any record.
type row struct {
	ID          id     `json:"id"`
	Type        any    `json:"type"`
	UsageType   string `json:"usageType"`
	PaymentType string `json:"paymentType"`
	Status      string `json:"status"`
	Extension   *ref   `json:"extension"`
	Device      *ref   `json:"device"`
	Departments []ref  `json:"departments"`
	Operator    *ref   `json:"operator"`
	PhoneLines  []struct {
		PhoneInfo *row `json:"phoneInfo"`
	} `json:"phoneLines"`
}

func (r *row) owner() string {
	if r.Extension == nil {
		return ""
	}
	return string(r.Extension.ID)
}

func idsOf(rows []row) []string {
	out := make([]string, len(rows))
	for i := range rows {
		out[i] = string(rows[i].ID)
	}
	return out
}

const (
	v1 = "/restapi/v1.0/account/~"
	v2 = "/restapi/v2/accounts/~"
)

// list returns all rows of a list.
func (w *world) list(path string, query url.Values) []row {
	w.mu.Lock()
	defer w.mu.Unlock()
	name := path + "?" + query.Encode()
	if rows, ok := w.lists[name]; ok {
		return rows
	}
	rows := []row{}
	for page := 1; ; page++ {
		var out struct {
			Records []row `json:"records"`
		}
		w.get(fmt.Sprintf("%s?%s&page=%d&perPage=%d", path, query.Encode(), page, mostRows), &out)
		rows = append(rows, out.Records...)
		if len(out.Records) < mostRows {
			break
		}
	}
	w.lists[name] = rows
	return rows
}

// record returns one record.
func (w *world) record(path string) (r row) {
	w.get(path, &r)
	return r
}

// get panics where the company has no such thing: the oracle asks for what there is.
func (w *world) get(path string, into any) {
	r := httptest.NewRequest(http.MethodGet, "http://upstream"+path, nil)
	r.Header.Set("Authorization", "Bearer "+w.token)
	answer := httptest.NewRecorder()
	w.sim.ServeHTTP(answer, r)
	if answer.Code != http.StatusOK {
		panic(fmt.Sprintf("%s: %d %s", path, answer.Code, answer.Body))
	}
	if err := json.Unmarshal(answer.Body.Bytes(), into); err != nil {
		panic(fmt.Sprintf("%s: %v", path, err))
	}
}

// numbers are the company's phone numbers, devices its devices.
func (w *world) numbers() []row { return w.list(v1+"/phone-number", nil) }
func (w *world) devices() []row { return w.list(v1+"/device", nil) }

// numbersOf and devicesOf are those by who owns them.
func (w *world) numbersOf() map[string][]row { return w.ownedIn("numbers", w.numbers()) }
func (w *world) devicesOf() map[string][]row { return w.ownedIn("devices", w.devices()) }

func (w *world) ownedIn(name string, rows []row) map[string][]row {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.owners[name] == nil {
		w.owners[name] = owned(rows)
	}
	return w.owners[name]
}

// owned returns rows by who owns them.
func owned(rows []row) map[string][]row {
	out := map[string][]row{}
	for _, r := range rows {
		if o := r.owner(); o != "" {
			out[o] = append(out[o], r)
		}
	}
	return out
}

// shown are the facts that rows [from, to) of a list tell, which call c gives.
func (w *world) shown(c call, l list, from, to int) map[fact]bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.shows[c] == nil {
		w.shows[c] = map[fact]bool{}
		for _, r := range l.rows[from:to] {
			for _, f := range l.facts(r) {
				w.shows[c][f] = true
			}
		}
	}
	return w.shows[c]
}

// shared are the numbers of the company that every extension may show.
func (w *world) shared() (out []row) {
	for _, n := range w.numbers() {
		switch n.UsageType {
		case "MainCompanyNumber", "AdditionalCompanyNumber", "CompanyNumber", "CompanyFaxNumber":
			out = append(out, n)
		}
	}
	return out
}
