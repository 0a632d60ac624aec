package sim_test

import (
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ringql/ringql/internal/sim"
)

const (
	v1 = "/restapi/v1.0/account/~"
	v2 = "/restapi/v2/accounts/~"
)

// unlimited is for tests that are not about limits.
func unlimited() sim.Config { return sim.Config{Limits: map[string]int{}} }

func newServer(t testing.TB, cfg sim.Config) *sim.Server {
	t.Helper()
	s, err := sim.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// caller sends requests as one person.
type caller struct {
	t     testing.TB
	http  *http.Client
	base  string
	token string
}

func as(t testing.TB, s *sim.Server, person string, scopes ...string) caller {
	stay := func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return caller{t, &http.Client{Transport: s.Transport(), CheckRedirect: stay}, "https://platform.example.com", s.Token(person, scopes...)}
}

func admin(t testing.TB, s *sim.Server) caller { return as(t, s, sim.AdministratorID) }

type answer struct {
	t      testing.TB
	status int
	header http.Header
	body   []byte
}

// send makes one request. A body that is no io.Reader is sent as JSON. Headers are pairs of name and value.
func (c caller) send(method, path string, body any, headers ...string) answer {
	c.t.Helper()
	req := c.request(method, path, body, headers...)
	resp, err := c.http.Do(req)
	if err != nil {
		c.t.Fatalf("%s %s: %v", method, path, err)
	}
	defer func() { _ = resp.Body.Close() }()
	data, err := io.ReadAll(resp.Body)
	if err != nil {
		c.t.Fatalf("%s %s: %v", method, path, err)
	}
	return answer{c.t, resp.StatusCode, resp.Header, data}
}

func (c caller) request(method, path string, body any, headers ...string) *http.Request {
	c.t.Helper()
	var reader io.Reader
	switch b := body.(type) {
	case nil:
	case io.Reader:
		reader = b
	case string:
		reader = strings.NewReader(b)
	case url.Values:
		reader = strings.NewReader(b.Encode())
	default:
		data, err := json.Marshal(b)
		if err != nil {
			c.t.Fatal(err)
		}
		reader = strings.NewReader(string(data))
	}
	req, err := http.NewRequestWithContext(c.t.Context(), method, c.base+path, reader)
	if err != nil {
		c.t.Fatal(err)
	}
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	if c.token != "" {
		req.Header.Set("Authorization", "Bearer "+c.token)
	}
	for i := 0; i+1 < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	return req
}

func (c caller) get(path string, headers ...string) answer {
	c.t.Helper()
	return c.send(http.MethodGet, path, nil, headers...)
}

func (a answer) want(status int) answer {
	a.t.Helper()
	if a.status != status {
		a.t.Fatalf("status %d, want %d: %s", a.status, status, a.body)
	}
	return a
}

func (a answer) into(v any) {
	a.t.Helper()
	if err := json.Unmarshal(a.body, v); err != nil {
		a.t.Fatalf("%v in %s", err, a.body)
	}
}

// object decodes any JSON object.
func (a answer) object() map[string]any {
	a.t.Helper()
	var out map[string]any
	a.into(&out)
	return out
}

// records decodes the records of a list.
func (a answer) records() []map[string]any {
	a.t.Helper()
	var out struct {
		Records []map[string]any `json:"records"`
	}
	a.want(http.StatusOK).into(&out)
	return out.Records
}

// values returns one member of every record, as text.
func (a answer) values(name string) []string {
	a.t.Helper()
	var out []string
	for _, r := range a.records() {
		data, _ := json.Marshal(r[name])
		out = append(out, strings.Trim(string(data), `"`))
	}
	return out
}

// wantError checks the first of the errors, and that v1.0 has it at the top as well.
func (a answer) wantError(status int, code, parameter string) {
	a.t.Helper()
	var out struct {
		Errors []struct{ ErrorCode, Message, ParameterName string }
	}
	a.want(status).into(&out)
	if len(out.Errors) != 1 || out.Errors[0].ErrorCode != code || out.Errors[0].ParameterName != parameter {
		a.t.Fatalf("got %s, want %s [%s]", a.body, code, parameter)
	}
}

func equal[T comparable](t testing.TB, what string, got, want []T) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("%s: got %v, want %v", what, got, want)
	}
}

func TestNewRefusesBadSettings(t *testing.T) {
	for name, cfg := range map[string]sim.Config{
		"Extensions":     {Extensions: -1},
		"Numbers":        {Numbers: 1_000_001},
		"BulkIDs":        {BulkIDs: -1},
		"Window":         {Window: -time.Second},
		"Penalty":        {Penalty: -time.Second},
		"TaskTime":       {TaskTime: -time.Second},
		"Latency":        {Latency: -time.Second},
		"WebSocket":      {WebSocket: sim.WebSocket{IdleTimeout: -time.Second}},
		"Bulk":           {Bulk: 3},
		"Generation":     {Generation: -1},
		"BlacklistAfter": {BlacklistAfter: -time.Second},
		"Revival":        {Revival: -time.Second},
		"WebhookRetries": {WebhookRetries: []time.Duration{time.Second, -time.Second}},
		"tiny":           {Limits: map[string]int{"tiny": 1}},
		"light":          {Limits: map[string]int{"light": -1}},
		"BaseURL":        {BaseURL: "http://127.0.0.1:8081/restapi"},
	} {
		if _, err := sim.New(cfg); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("%s: got error %v, want one that names it", name, err)
		}
	}
}

func TestCallsAreNotedAsReceived(t *testing.T) {
	s := newServer(t, unlimited())
	c := admin(t, s)
	c.get(v1 + "/extension?page=1&perPage=100&x=%2B")
	c.get(v1 + "/extension/~/phone-number")
	c.get("/restapi/v1.0/nothing")
	c.send("POST", "/restapi/oauth/token", "")
	equal(t, "calls", s.Calls(), []string{
		"medium GET " + v1 + "/extension?page=1&perPage=100&x=%2B",
		"light  GET " + v1 + "/extension/~/phone-number",
		"none   GET /restapi/v1.0/nothing",
		"auth   POST /restapi/oauth/token",
	})
	s.ResetCalls()
	equal(t, "calls after a reset", s.Calls(), nil)
}

func TestRoutesOfEachGeneration(t *testing.T) {
	routes := func(g sim.Generation) []string { return newServer(t, sim.Config{Generation: g}).Routes() }
	both := routes(sim.Both)
	if !slices.IsSorted(both) || !slices.Contains(both, "readAccountInfo GET /restapi/v1.0/account/{accountId} light ReadAccounts ReadCompanyInfo") {
		t.Errorf("routes: %v", both)
	}
	missing := func(g sim.Generation) []string {
		served := routes(g)
		return slices.DeleteFunc(slices.Clone(both), func(r string) bool { return slices.Contains(served, r) })
	}
	operations := func(routes []string) (out []string) {
		for _, r := range routes {
			name, _, _ := strings.Cut(r, " ")
			out = append(out, name)
		}
		return out
	}
	equal(t, "missing in Current", operations(missing(sim.Current)), []string{
		"blockNumber",
		"createAccount",
		"createDeviceOrder",
		"createLicensesOrder",
		"deleteLicense",
		"deletePhoneNumberById",
		"getBrandInfo",
		"getDeviceModels",
		"getExtensionFreeNumbers",
		"getParkLocationUsers",
		"getServicePlanInfo",
		"listAccountDevices",
		"listBlockedNumbers",
		"listLicenseTypes",
		"listLicenses",
		"listShippingOptions",
		"loadBlockedNumber",
		"loadDeviceOrder",
		"loadLicense",
		"lookupPhoneNumbers",
		"provisionPhoneNumber",
		"reassignPhoneNumberById",
		"reservePhoneNumbers",
		"unblockNumber",
		"updateBlockedNumber",
		"updateParkLocationUsers",
	})
	equal(t, "missing in Legacy", operations(missing(sim.Legacy)), []string{
		"addDeviceToInventory",
		"addNumbersToInventoryV2",
		"assignPhoneNumberV2",
		"bulkDeleteUsersV2",
		"deleteDeviceFromInventory",
		"deleteNumbersFromInventoryV2",
		"getBulkAddTaskResultsV2",
		"listAccountPhoneNumbersV2",
		"parsePhoneNumberV2",
		"removeLineJWSPublic",
		"replaceDevicesJWSPublic",
		"replacePhoneNumberV2",
	})
}

func TestGenerationsHideOperations(t *testing.T) {
	for _, tt := range []struct {
		generation   sim.Generation
		method, path string
		status       int
	}{
		{sim.Current, "PUT", v1 + "/phone-number/723455008", 404},
		{sim.Current, "GET", v1 + "/phone-number/723455008", 200},
		{sim.Current, "PATCH", v1 + "/phone-number/723455008", 405},
		{sim.Current, "GET", v1 + "/device", 404},
		{sim.Current, "POST", v1 + "/device", 404},
		{sim.Current, "GET", v2 + "/phone-numbers", 200},
		{sim.Legacy, "GET", v1 + "/device", 200},
		{sim.Legacy, "GET", v2 + "/phone-numbers", 404},
		{sim.Legacy, "PATCH", v2 + "/phone-numbers/723455008", 404},
	} {
		a := admin(t, newServer(t, sim.Config{Generation: tt.generation})).send(tt.method, tt.path, nil)
		if a.want(tt.status); tt.status == 404 {
			a.wantError(404, "CMN-120", "")
		}
	}
}

func TestWrongMethodNamesTheRightOnes(t *testing.T) {
	a := admin(t, newServer(t, unlimited())).send("PATCH", v1+"/phone-number/723455008", nil).want(405)
	if got := a.header.Get("Allow"); got != "DELETE, GET, PUT" {
		t.Errorf("Allow: %s", got)
	}
	a.wantError(405, "CMN-202", "")
}

// A real server and the transport are the same service.
func TestServedOverHTTP(t *testing.T) {
	s := newServer(t, unlimited())
	srv := httptest.NewServer(s)
	defer srv.Close()
	c := admin(t, s)
	c.http, c.base = srv.Client(), srv.URL
	if got, want := c.get(v1).object()["uri"], srv.URL+"/restapi/v1.0/account/401145624008"; got != want {
		t.Errorf("uri %v, want %v", got, want)
	}
	over, direct := c.get(v1+"/extension"), admin(t, s).get(v1+"/extension")
	if got, want := strings.ReplaceAll(string(over.body), srv.URL, "https://platform.example.com"), string(direct.body); got != want {
		t.Errorf("over HTTP:\n%s\ndirectly:\n%s", got, want)
	}
	c.get("/restapi//v1.0").wantError(404, "CMN-120", "")
}

func TestBaseURLIsConfigurable(t *testing.T) {
	s := newServer(t, sim.Config{BaseURL: "http://127.0.0.1:8081"})
	if got := admin(t, s).get(v1).object()["uri"]; got != "http://127.0.0.1:8081/restapi/v1.0/account/401145624008" {
		t.Errorf("uri %v", got)
	}
}

func TestEveryAnswerCarriesTheUsualHeaders(t *testing.T) {
	c := admin(t, newServer(t, sim.Config{}))
	seen := map[string]bool{}
	for _, path := range []string{v1, v1 + "/phone-number/1", "/restapi/v1.0/nothing"} {
		h := c.get(path).header
		id := h.Get("RCRequestId")
		if len(id) != 36 || strings.Count(id, "-") != 4 || seen[id] {
			t.Errorf("%s: RCRequestId %q", path, id)
		}
		seen[id] = true
		if h.Get("Content-Type") != "application/json;charset=UTF-8" || h.Get("Content-Language") != "en-US" {
			t.Errorf("%s: %v", path, h)
		}
	}
}

func TestLogNeverHoldsTokens(t *testing.T) {
	var out strings.Builder
	s := newServer(t, sim.Config{Log: slog.New(slog.NewTextHandler(&out, &slog.HandlerOptions{Level: slog.LevelDebug}))})
	c := admin(t, s)
	c.get(v1)
	token := c.token
	c.token = ""
	c.get(v1 + "?access_token=" + token).want(200)
	if log := out.String(); strings.Contains(log, token) || strings.Count(log, "operation=readAccountInfo") != 2 {
		t.Errorf("log: %s", log)
	}
}

// The simulator imports nothing of ours: a wrong name shared with the client would go unseen. Of others it imports the numbering
// plans of the world's countries and the frames of WebSockets, which are nothing to write again.
func TestImportsNothingOfOurs(t *testing.T) {
	goTool, err := exec.LookPath("go")
	if err != nil {
		t.Skip("no go command here")
	}
	cmd := exec.CommandContext(t.Context(), goTool, "list", "-f", `{{join .Imports "\n"}}`, ".")
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		t.Skip("go list does not work here:", err)
	}
	for path := range strings.FieldsSeq(string(out)) {
		root, _, _ := strings.Cut(path, "/")
		if strings.Contains(root, ".") && path != "github.com/nyaruka/phonenumbers" && path != "github.com/coder/websocket" || path == "net/http/httptest" {
			t.Errorf("imports %s", path)
		}
	}
}
