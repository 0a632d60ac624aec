package gateway_test

import (
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/ringql/ringql/internal/auth"
	"github.com/ringql/ringql/internal/budget"
	"github.com/ringql/ringql/internal/gateway"
	"github.com/ringql/ringql/internal/rest"
	"github.com/ringql/ringql/internal/sim"
)

// stack is a gateway on a real port in front of a simulator on a real port.
type stack struct {
	url   string
	sim   *sim.Server
	token string
	log   *lockedBuffer
	g     *gateway.Gateway
}

func newStack(t testing.TB, change func(*gateway.Config)) *stack {
	t.Helper()
	s, err := sim.New(sim.Config{Limits: unlimited})
	if err != nil {
		t.Fatal(err)
	}
	upstream := httptest.NewServer(s)
	t.Cleanup(upstream.Close)
	st := &stack{sim: s, token: s.Token(sim.AdministratorID), log: &lockedBuffer{}}
	gate, telemetry := budget.NewGate(), gateway.NewTelemetry()
	cfg := gateway.Config{
		REST: rest.New(rest.Config{BaseURL: upstream.URL, Who: auth.Key,
			Transport: rest.Chain(rest.NewTransport(), rest.Retry(), auth.Transport(), budget.Transport(gate, auth.Key), rest.Observe(telemetry.Call))}),
		Gate: gate, Telemetry: telemetry, Introspection: true, Playground: true,
		Log: slog.New(slog.NewTextHandler(st.log, &slog.HandlerOptions{Level: slog.LevelDebug})),
	}
	if change != nil {
		change(&cfg)
	}
	if st.g, err = gateway.New(cfg); err != nil {
		t.Fatal(err)
	}
	srv := httptest.NewServer(st.g)
	t.Cleanup(srv.Close)
	st.url = srv.URL
	return st
}

// unlimited are limits that nobody reaches.
var unlimited = map[string]int{"light": 1_000_000, "medium": 1_000_000, "heavy": 1_000_000}

// answer is what came back.
type answer struct {
	status int
	header http.Header
	text   string
}

// code is the code of the first error.
func (a answer) code() string {
	var body struct {
		Errors []struct{ Extensions struct{ Code string } }
	}
	_ = json.Unmarshal([]byte(a.text), &body)
	if len(body.Errors) == 0 {
		return ""
	}
	return body.Errors[0].Extensions.Code
}

func (s *stack) send(t testing.TB, method, path, body string, header ...string) answer {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, s.url+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(header); i += 2 {
		if header[i] == "Host" {
			req.Host = header[i+1]
			continue
		}
		req.Header.Set(header[i], header[i+1])
	}
	client := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	resp, err := client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer{resp.StatusCode, resp.Header, string(text)}
}

func (s *stack) post(t testing.TB, query string, header ...string) answer {
	t.Helper()
	body, _ := json.Marshal(map[string]string{"query": query})
	return s.send(t, http.MethodPost, "/graphql", string(body), append([]string{"Content-Type", "application/json", "Authorization", "Bearer " + s.token}, header...)...)
}

const small = `{"query":"{ account { mainNumber } }"}`

func TestForms(t *testing.T) {
	s := newStack(t, nil)
	bearer := "Bearer " + s.token
	get := "/graphql?query=" + url.QueryEscape("query A { account { mainNumber } } query B { __typename }") + "&operationName=A"
	for _, tt := range []struct {
		name, method, path, body string
		header                   []string
		status                   int
		code                     string // "" for data
	}{
		{"post", "POST", "/graphql", small, []string{"Content-Type", "application/json", "Authorization", bearer}, 200, ""},
		{"post with charset", "POST", "/graphql", small, []string{"Content-Type", "application/json; charset=UTF-8", "Authorization", bearer}, 200, ""},
		{"get", "GET", get, "", []string{"Authorization", bearer}, 200, ""},
		{"get with variables", "GET", "/graphql?query=" + url.QueryEscape("query($n:Int){account{extensions(first:$n){totalCount}}}") + "&variables=" + url.QueryEscape(`{"n":1}`), "", []string{"Authorization", bearer}, 200, ""},
		{"a mutation by get", "GET", "/graphql?query=" + url.QueryEscape(`mutation { deletePhoneNumber(input: {phoneNumberId: "1"}) { outcome } }`), "", []string{"Authorization", bearer}, 405, "BAD_USER_INPUT"},
		{"no query", "GET", "/graphql", "", []string{"Authorization", bearer}, 400, "BAD_USER_INPUT"},
		{"variables that are none", "GET", get + "&variables=5", "", []string{"Authorization", bearer}, 400, "BAD_USER_INPUT"},
		{"put", "PUT", "/graphql", small, []string{"Content-Type", "application/json", "Authorization", bearer}, 405, "BAD_USER_INPUT"},
		{"a form", "POST", "/graphql", "query=%7Baccount%7Bid%7D%7D", []string{"Content-Type", "application/x-www-form-urlencoded", "Authorization", bearer}, 415, "BAD_USER_INPUT"},
		{"no content type", "POST", "/graphql", small, []string{"Authorization", bearer}, 415, "BAD_USER_INPUT"},
		{"another charset", "POST", "/graphql", small, []string{"Content-Type", "application/json; charset=utf-16", "Authorization", bearer}, 415, "BAD_USER_INPUT"},
		{"no JSON", "POST", "/graphql", `{"query": canary`, []string{"Content-Type", "application/json", "Authorization", bearer}, 400, "BAD_USER_INPUT"},
		{"JSON of another shape", "POST", "/graphql", `[{"query":"canary"}]`, []string{"Content-Type", "application/json", "Authorization", bearer}, 400, "BAD_USER_INPUT"},
		{"a query that is no text", "POST", "/graphql", `{"query":5}`, []string{"Content-Type", "application/json", "Authorization", bearer}, 400, "BAD_USER_INPUT"},
		{"something behind it", "POST", "/graphql", small + small, []string{"Content-Type", "application/json", "Authorization", bearer}, 400, "BAD_USER_INPUT"},
		{"an empty body", "POST", "/graphql", "", []string{"Content-Type", "application/json", "Authorization", bearer}, 400, "BAD_USER_INPUT"},
		{"a bad token", "POST", "/graphql", small, []string{"Content-Type", "application/json", "Authorization", "Basic x"}, 401, "UNAUTHENTICATED"},
		{"an upgrade to something else", "POST", "/graphql", small, []string{"Content-Type", "application/json", "Authorization", bearer, "Upgrade", "h2c", "Connection", "Upgrade"}, 200, ""},
		{"elsewhere", "GET", "/nowhere", "", nil, 404, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			a := s.send(t, tt.method, tt.path, tt.body, tt.header...)
			if a.status != tt.status || a.code() != tt.code {
				t.Errorf("%d %s %.200s", a.status, a.code(), a.text)
			}
			if a.status == 405 && a.header.Get("Allow") == "" {
				t.Error("405 without Allow")
			}
			if strings.Contains(a.text, "canary") {
				t.Errorf("the answer repeats the body: %s", a.text)
			}
			if tt.code != "" && strings.Contains(a.text, `"data"`) {
				t.Errorf("a request error has data: %s", a.text)
			}
		})
	}
}

// Request errors have 400 for clients of the newer media type, 200 for others.
func TestMediaTypes(t *testing.T) {
	s := newStack(t, nil)
	bad := s.post(t, "{ nonsense }")
	if bad.status != 200 || !strings.HasPrefix(bad.header.Get("Content-Type"), "application/json") {
		t.Errorf("%d %s", bad.status, bad.header.Get("Content-Type"))
	}
	bad = s.post(t, "{ nonsense }", "Accept", "application/graphql-response+json")
	if bad.status != 400 || !strings.HasPrefix(bad.header.Get("Content-Type"), "application/graphql-response+json") {
		t.Errorf("%d %s", bad.status, bad.header.Get("Content-Type"))
	}
	good := s.post(t, "{ account { mainNumber } }", "Accept", "application/graphql-response+json")
	if good.status != 200 || good.text != `{"data":{"account":{"mainNumber":"+18555440014"}}}`+"\n" {
		t.Errorf("%d %s", good.status, good.text)
	}
	none := s.post(t, "mutation { deletePhoneNumber(input: {phoneNumberId: \"723455008\"}) { outcome } }", "Accept", "image/png")
	if none.status != 406 || none.code() != "BAD_USER_INPUT" || !strings.Contains(none.text, "application/json") {
		t.Errorf("%d %s", none.status, none.text)
	}
	s.sim.ResetCalls()
	if _ = s.post(t, "{ account { status } }", "Accept", "image/*"); len(s.sim.Calls()) != 0 {
		t.Errorf("calls for an answer that cannot be given: %v", s.sim.Calls())
	}
}

// What a page of another site can make a browser send is refused.
func TestForgery(t *testing.T) {
	s := newStack(t, func(c *gateway.Config) { c.Auth = &auth.Authenticator{Service: &auth.Person{Key: "service"}} })
	query := "/graphql?query=%7B__typename%7D"
	for _, tt := range []struct {
		name   string
		header []string
		status int
	}{
		{"a link", nil, 403},
		{"a script of another site", []string{"Sec-Fetch-Site", "cross-site", "Origin", "https://evil.example"}, 403},
		{"a page of the same site, not origin", []string{"Sec-Fetch-Site", "same-site"}, 403},
		{"an own page", []string{"Sec-Fetch-Site", "same-origin"}, 200},
		{"a header that takes a preflight", []string{"GraphQL-Require-Preflight", "1"}, 200},
		{"as Apollo Client has it", []string{"X-Apollo-Operation-Name", "A"}, 200},
	} {
		if a := s.send(t, http.MethodGet, query, "", tt.header...); a.status != tt.status {
			t.Errorf("%s: %d %s", tt.name, a.status, a.text)
		}
	}
	for _, kind := range []string{"text/plain", "multipart/form-data; boundary=x", "application/x-www-form-urlencoded", ""} {
		if a := s.send(t, http.MethodPost, "/graphql", small, "Content-Type", kind); a.status != 403 {
			t.Errorf("%q: %d", kind, a.status)
		}
	}
	// No other site is granted anything.
	a := s.send(t, http.MethodOptions, "/graphql", "", "Origin", "https://evil.example", "Access-Control-Request-Method", "POST", "Access-Control-Request-Headers", "content-type")
	for name := range a.header {
		if strings.HasPrefix(name, "Access-Control-") {
			t.Errorf("a preflight is answered with %s", name)
		}
	}
}

// A page of another site can point its own name at this machine.
func TestHosts(t *testing.T) {
	s := newStack(t, func(c *gateway.Config) { c.Hosts = []string{"localhost", "127.0.0.1", "::1"} })
	for host, status := range map[string]int{"localhost:8080": 200, "LOCALHOST": 200, "127.0.0.1": 200, "[::1]:8080": 200, "evil.example": 421, "127.0.0.1.evil.example": 421, "localhost.": 421} {
		if a := s.post(t, "{ __typename }", "Host", host); a.status != status {
			t.Errorf("%s: %d", host, a.status)
		}
		if a := s.send(t, http.MethodGet, "/schema.graphql", "", "Host", host); a.status != status {
			t.Errorf("%s: schema %d", host, a.status)
		}
	}
	if a := s.send(t, http.MethodGet, "/healthz", "", "Host", "10.1.2.3"); a.status != 200 {
		t.Errorf("health: %d: a load balancer names no host", a.status)
	}
}

func TestIntrospectionSwitch(t *testing.T) {
	on, off := newStack(t, nil), newStack(t, func(c *gateway.Config) { c.Introspection, c.Playground = false, false })
	if a := on.post(t, "{ __schema { types { name } } }"); a.code() != "" || !strings.Contains(a.text, "PhoneNumber") {
		t.Errorf("on: %.200s", a.text)
	}
	if a := off.post(t, "{ __schema { types { name } } }"); strings.Contains(a.text, "PhoneNumber") {
		t.Errorf("off: %.200s", a.text)
	}
	if a := off.post(t, "{ accoun { id } }"); strings.Contains(a.text, "Did you mean") {
		t.Errorf("off: the schema leaks by suggestions: %s", a.text)
	}
	for path, status := range map[string]int{"/": 404, "/schema.graphql": 404} {
		if a := off.send(t, http.MethodGet, path, ""); a.status != status {
			t.Errorf("off: %s: %d", path, a.status)
		}
		if a := on.send(t, http.MethodGet, path, ""); a.status != 200 {
			t.Errorf("on: %s: %d", path, a.status)
		}
	}
}

func TestHealth(t *testing.T) {
	s := newStack(t, nil)
	for path, want := range map[string]string{"/healthz": `{"status":"ok"}`, "/readyz": `{"status":"ready"}`} {
		if a := s.send(t, http.MethodGet, path, ""); a.status != 200 || strings.TrimSpace(a.text) != want {
			t.Errorf("%s: %d %s", path, a.status, a.text)
		}
	}
	s.g.Drain()
	if a := s.send(t, http.MethodGet, "/readyz", ""); a.status != 503 {
		t.Errorf("draining: %d", a.status)
	}
	if a := s.send(t, http.MethodGet, "/healthz", ""); a.status != 200 {
		t.Errorf("draining is not dying: %d", a.status)
	}
	if err := gateway.Check(t.Context(), strings.TrimPrefix(s.url, "http://")); err != nil {
		t.Error(err)
	}
	if err := gateway.Check(t.Context(), "127.0.0.1:1"); err == nil {
		t.Error("nobody listens, and all is well")
	}
}

// One line tells of a request who, what, at what cost; no line, error or metric
// tells a token.
func TestLogAndMetrics(t *testing.T) {
	s := newStack(t, nil)
	a := s.post(t, `query Numbers { account { mainNumber extensions(first: 1) { nodes { name } } } extension(id: "1") { name } }`, "X-Request-Id", "given-1")
	if a.header.Get("X-Request-Id") != "given-1" {
		t.Errorf("request id %q", a.header.Get("X-Request-Id"))
	}
	if b := s.post(t, "{ __typename }", "X-Request-Id", "bad id"); b.header.Get("X-Request-Id") == "bad id" || b.header.Get("X-Request-Id") == "" {
		t.Errorf("request id %q", b.header.Get("X-Request-Id"))
	}
	line, _, _ := strings.Cut(s.log.String(), "\n")
	for _, want := range []string{"operation=Numbers", "kind=query", "status=200", "id=given-1", `calls="map[light:2 medium:1]"`, "errors=map[NOT_FOUND:1]", "person=bearer:"} {
		if !strings.Contains(line, want) {
			t.Errorf("%s is not in %s", want, line)
		}
	}
	metrics := s.send(t, http.MethodGet, "/metrics", "").text
	for _, want := range []string{
		`ringql_upstream_calls_total{group="medium",operation="listExtensions",status="200"} 1`,
		`ringql_upstream_calls_total{group="light",operation="readExtension",status="404"} 1`,
		`ringql_requests_total{kind="query",outcome="errors"} 1`,
	} {
		if !strings.Contains(metrics, want) {
			t.Errorf("%s is not in the metrics", want)
		}
	}
	for name, text := range map[string]string{"log": s.log.String(), "metrics": metrics, "answer": a.text} {
		if strings.Contains(text, s.token) {
			t.Errorf("a token is in the %s", name)
		}
	}
}

// A bug in a field is the error of that field; the process lives, and says nothing
// of its inside.
func TestPanic(t *testing.T) {
	for name, in := range map[string]string{"one call": "listForwardingNumbers", "side by side": "listExtensionDevices", "a token": ""} {
		t.Run(name, func(t *testing.T) {
			s := newStack(t, func(c *gateway.Config) {
				c.REST = rest.New(rest.Config{BaseURL: "http://upstream", Who: auth.Key, Transport: panicking{in}})
			})
			a := s.post(t, `{ nodes(ids: ["MTpFeHRlbnNpb246NDAxMTQ1NjI0MDA4OjQzNTA2ODAwOA"]) { ... on Extension { devices { totalCount } forwardingNumbers { totalCount } } } }`)
			if a.status != 200 || a.code() != "INTERNAL" || strings.Contains(a.text, "canary") {
				t.Errorf("%d %s", a.status, a.text)
			}
			if !strings.Contains(s.log.String(), "canary") || !strings.Contains(s.log.String(), "level=ERROR") {
				t.Errorf("the log does not tell: %s", s.log)
			}
		})
	}
}

// panicking is a transport with a bug in one operation, or all.
type panicking struct{ in string }

func (p panicking) RoundTrip(r *http.Request) (*http.Response, error) {
	op := rest.OperationFrom(r.Context()).ID
	if op == p.in || p.in == "" {
		panic("canary: a bug in " + op)
	}
	body := `{"id":435068008,"records":[]}`
	return &http.Response{StatusCode: http.StatusOK, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(body)), Request: r}, nil
}
