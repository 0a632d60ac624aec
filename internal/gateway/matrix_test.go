package gateway_test

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"

	"github.com/ringql/ringql/internal/auth"
	"github.com/ringql/ringql/internal/gateway"
	"github.com/ringql/ringql/internal/notify"
	"github.com/ringql/ringql/internal/sim"
)

// situations are what may be wrong with a request, one at a time: all else about it is good.
var situations = []string{
	"no cookie", "forged `Origin`", "`Sec-Fetch-Site` of another site", "no CSRF token", "wrong CSRF token", "another session's CSRF token",
	"expired session", "ended session", "made-up cookie", "another person's id", "good",
}

const (
	anothers = "512084008" // whose blocked callers a standard user may not see
	viewing  = "{ viewer { name } }"
	prying   = `{ extension(id: "` + anothers + `") { callerBlocking { mode } } }`
)

// endpoint is a row of the matrix.
type endpoint struct {
	name, route  string // of the mux; "" for none
	method, path string
	body         func(query string) string // of a query; nil for none
	header       []string
	socket       bool
	callback     bool // whether it ends an attempt to sign in, and
	foreign      bool // whether the attempt is one of another browser
	leaves       bool // whether it ends a session
	told         bool // whether RingCentral tells of an event
}

func posted(query string) string {
	b, _ := json.Marshal(map[string]string{"query": query})
	return string(b)
}

var endpoints = []endpoint{
	{name: "POST /graphql", route: "/graphql", method: "POST", path: "/graphql", body: posted, header: []string{"Content-Type", "application/json"}},
	{name: "GET /graphql", route: "/graphql", method: "GET", path: "/graphql"},
	{name: "POST /graphql, for events", route: "/graphql", method: "POST", path: "/graphql", body: posted, header: []string{"Content-Type", "application/json", "Accept", "text/event-stream"}},
	{name: "GET /graphql, for events", route: "/graphql", method: "GET", path: "/graphql", header: []string{"Accept", "text/event-stream"}},
	{name: "GET /graphql, for a WebSocket", route: "/graphql", method: "GET", path: "/graphql", socket: true},
	{name: "GET /auth/login", route: "GET /auth/login", method: "GET", path: "/auth/login"},
	{name: "GET /auth/callback", route: "GET /auth/callback", method: "GET", callback: true},
	{name: "GET /auth/callback, of another browser's attempt", route: "GET /auth/callback", method: "GET", callback: true, foreign: true},
	{name: "GET /auth/session", route: "GET /auth/session", method: "GET", path: "/auth/session"},
	{name: "POST /auth/logout", route: "POST /auth/logout", method: "POST", path: "/auth/logout", leaves: true},
	{name: "POST /auth/logout/all", route: "POST /auth/logout/all", method: "POST", path: "/auth/logout/all", leaves: true},
	{name: "GET /auth/logout", method: "GET", path: "/auth/logout", leaves: true},
	{name: "GET /", route: "GET /{$}", method: "GET", path: "/"},
	{name: "GET /playground/graphiql.js", route: "GET /playground/graphiql.js", method: "GET", path: "/playground/graphiql.js"},
	{name: "GET /playground/graphiql.css", route: "GET /playground/graphiql.css", method: "GET", path: "/playground/graphiql.css"},
	{name: "GET /playground/icon.svg", route: "GET /playground/icon.svg", method: "GET", path: "/playground/icon.svg"},
	{name: "GET /playground/LICENSES", route: "GET /playground/LICENSES", method: "GET", path: "/playground/LICENSES"},
	{name: "GET /schema.graphql", route: "GET /schema.graphql", method: "GET", path: "/schema.graphql"},
	{name: "GET /healthz", route: "GET /healthz", method: "GET", path: "/healthz"},
	{name: "GET /readyz", route: "GET /readyz", method: "GET", path: "/readyz"},
	{name: "GET /metrics", route: "GET /metrics", method: "GET", path: "/metrics"},
	{name: "POST /webhooks/ringcentral", route: notify.Path, method: "POST", path: notify.Path, body: event, header: []string{"Content-Type", "application/json"}},
	{name: "POST /webhooks/ringcentral, by RingCentral", route: notify.Path, method: "POST", body: event, header: []string{"Content-Type", "application/json"}, told: true},
	{name: "GET /webhooks/ringcentral", route: notify.Path, method: "GET", path: notify.Path},
	{name: "GET /nothing", method: "GET", path: "/nothing"},
}

// matrix sends every endpoint every situation.
type matrix struct {
	*visitor
	late    *visitor // where every session has expired
	hook    *hook    // where RingCentral tells of events
	answers []string // in the order they came
}

// TestMatrix holds docs/matrix.md to what is answered, over the network, to whoever may and
// may not ask. -update rewrites it.
func TestMatrix(t *testing.T) {
	l, h := newLobby(t).listens(t), newHook(t)
	var events *notify.Events
	hooked := func(c *gateway.Config, _ *auth.DoorConfig) {
		if events == nil {
			h.hooked(t, c)
			events = c.Events
		}
		c.Events = events
	}
	g := l.gateway(t, hooked)
	for _, route := range g.Routes() {
		if !slices.ContainsFunc(endpoints, func(e endpoint) bool { return e.route == route }) {
			t.Errorf("%s stands in no row of the matrix", route)
		}
	}
	for _, e := range endpoints {
		if e.route != "" && !slices.Contains(g.Routes(), e.route) {
			t.Errorf("%s is a row of the matrix, and is not served", e.route)
		}
	}
	m := &matrix{visitor: l.served(t, hooked), hook: h, late: l.served(t, func(c *gateway.Config, d *auth.DoorConfig) {
		hooked(c, d)
		d.Idle = time.Nanosecond
	})}
	h.subscribed(t, l.sim, m.url)
	var rows strings.Builder
	for _, e := range endpoints {
		path, of, _ := strings.Cut(e.name, ", ")
		fmt.Fprintf(&rows, "| %s", strings.TrimSpace("`"+path+"` "+of))
		for _, s := range situations {
			fmt.Fprintf(&rows, " | %s", m.cell(e, s))
		}
		rows.WriteString(" |\n")
	}
	got := matrixHead + "| | " + strings.Join(situations, " | ") + " |\n|---" + strings.Repeat("|---", len(situations)) + "|\n" + rows.String() + "\n## Answers\n\n"
	for i, a := range m.answers {
		got += fmt.Sprintf("%d. %s\n", i+1, a)
	}
	const file = "../../docs/matrix.md"
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil || string(want) != got {
		t.Errorf("docs/matrix.md is not what is answered: %v\n%s", err, got)
	}
}

const matrixHead = `# Who is answered what

Every path of the gateway, and what it answers a browser when one thing about the request is wrong and all else is good: status, and
number of the answer below. It is made by ` + "`make update`" + ` from real requests (internal/gateway/matrix_test.go), with sign-in on and no person that
requests without credentials act for; a path that is not in it fails the test. Ids in a query string change nothing but for ` + "`/graphql`" + `.

`

// asked is a request that is made up.
type asked struct {
	at                 *visitor
	mine, other        pass // two sessions of one person
	header             http.Header
	token, path, query string
}

// good is a request to e that nothing is wrong with.
func (m *matrix) good(e endpoint) *asked {
	m.t.Helper()
	a := &asked{at: m.visitor, mine: m.signIn(sim.StandardUserID), other: m.signIn(sim.StandardUserID), path: e.path, query: viewing}
	a.token = a.mine.csrf
	a.header = http.Header{"Host": {strings.TrimPrefix(site, "https://")}, "Sec-Fetch-Site": {"same-origin"}}
	for i := 0; i < len(e.header); i += 2 {
		a.header.Set(e.header[i], e.header[i+1])
	}
	if e.method == http.MethodPost || e.socket {
		a.header.Set("Origin", site)
	}
	if e.told {
		uri, token, _ := m.hook.told()
		a.path = uri
		a.header.Set("Verification-Token", token)
	}
	return a
}

// spoil makes one thing about a wrong.
func (m *matrix) spoil(a *asked, situation string) {
	m.t.Helper()
	switch situation {
	case "no cookie":
		a.mine.cookie = ""
	case "forged `Origin`":
		a.header.Set("Origin", "https://evil.example")
		a.header.Del("Sec-Fetch-Site")
	case "`Sec-Fetch-Site` of another site":
		a.header.Set("Sec-Fetch-Site", "cross-site")
		a.header.Del("Origin")
	case "no CSRF token":
		a.token = ""
	case "wrong CSRF token":
		a.token = strings.Repeat("A", len(a.token))
	case "another session's CSRF token":
		a.token = a.other.csrf
	case "expired session":
		a.at = m.late
	case "ended session":
		m.signOut(a.mine, "/auth/logout")
	case "made-up cookie":
		a.mine.cookie = "__Host-ringql=" + strings.Repeat("A", 43)
	case "another person's id":
		a.query = prying
		a.path += map[bool]string{true: "&", false: "?"}[strings.Contains(a.path, "?")] + "owner=" + sim.AdministratorID + "&id=" + anothers
	case "good":
	default:
		m.t.Fatalf("no such situation: %s", situation)
	}
}

// cell is what e answers in a situation.
func (m *matrix) cell(e endpoint, situation string) string {
	m.t.Helper()
	a, admin := m.good(e), m.signIn(sim.AdministratorID)
	m.spoil(a, situation)
	cookies := a.mine.cookie
	if e.callback {
		callback, attempt := m.begin(sim.StandardUserID)
		a.path = callback
		if !e.foreign {
			cookies = strings.TrimPrefix(cookies+"; "+attempt, "; ")
		}
	}
	if cookies != "" {
		a.header.Set("Cookie", cookies)
	}
	if e.socket {
		return m.number(a.at.overSocket(a.header, a.token, a.query))
	}
	if a.token != "" {
		a.header.Set(auth.CSRFHeader, a.token)
	}
	body := ""
	if e.body != nil {
		body = e.body(a.query)
	} else if e.route == "/graphql" {
		a.path = getQuery(a.query)
	}
	resp, text := a.at.do(e.method, a.at.url+a.path, body, a.header)
	said := described(resp, text)
	if e.leaves && a.at == m.visitor {
		said += "; then " + map[bool]string{true: "signed in", false: "signed out"}[m.session(a.mine.cookie).SignedIn]
		said += map[bool]string{false: ", and in another browser too"}[m.session(a.other.cookie).SignedIn]
	}
	if m.session(admin.cookie).Owner != sim.AdministratorID {
		m.t.Errorf("%s, %s: somebody else is signed out", e.name, situation)
	}
	return m.number(resp.StatusCode, said)
}

// number is status, and which of the answers it is.
func (m *matrix) number(status int, said string) string {
	i := slices.Index(m.answers, said)
	if i < 0 {
		i = len(m.answers)
		m.answers = append(m.answers, said)
	}
	return fmt.Sprintf("%d (%d)", status, i+1)
}

// changing is what is another each time: cookies, tokens, times, ids of requests.
var (
	changing = regexp.MustCompile(`__Host-ringql-login-[A-Z2-7]{26}|[A-Za-z0-9_-]{43}|\d{4}-\d\d-\d\dT[0-9:.]+Z|"rcRequestId":"[^"]*"`)
	heading  = regexp.MustCompile(`<h1>(.*)</h1>`)
)

// described tells an answer in a line: what is short as it is, of what is long its kind, and
// which cookies are given or taken back.
func described(resp *http.Response, text string) string {
	kind, _, _ := strings.Cut(resp.Header.Get("Content-Type"), ";")
	said := kind
	switch {
	case resp.Header.Get("Location") != "":
		at, _ := resp.Location()
		said = "to RingCentral's `" + at.Path + "`"
	case heading.MatchString(text):
		said = "a page: " + heading.FindStringSubmatch(text)[1]
	case kind == "text/plain" && len(text) > 500:
		said += ", beginning with `" + strings.Join(strings.Fields(text[:25]), " ") + "`"
	case len(text) < 500 && kind != "image/svg+xml":
		said = "`" + strings.ReplaceAll(strings.TrimSpace(changing.ReplaceAllStringFunc(text, masked)), "\n", " ") + "`"
	}
	if text == "" && resp.Header.Get("Location") == "" {
		said = "nothing"
	}
	for _, c := range resp.Header.Values("Set-Cookie") {
		name, rest, _ := strings.Cut(c, "=")
		verb := "gives"
		if strings.HasPrefix(rest, ";") {
			verb = "takes back"
		}
		said += "; " + verb + " `" + changing.ReplaceAllStringFunc(name, masked) + "`"
	}
	return said
}

func masked(s string) string {
	switch {
	case strings.HasPrefix(s, "__Host"):
		return "__Host-ringql-login-…"
	case strings.HasPrefix(s, `"rc`):
		return `"rcRequestId":"…"`
	}
	return "…"
}

// overSocket asks a query on a socket, and tells what came of it.
func (v *visitor) overSocket(h http.Header, token, query string) (status int, said string) {
	v.t.Helper()
	conn, resp, err := websocket.Dial(v.t.Context(), v.url+"/graphql", &websocket.DialOptions{
		HTTPClient: v.client, HTTPHeader: h, Host: h.Get("Host"), Subprotocols: []string{"graphql-transport-ws"},
	})
	if err != nil {
		if resp == nil {
			v.t.Fatal(err)
		}
		head := make([]byte, 1024)
		n, _ := resp.Body.Read(head)
		return resp.StatusCode, described(resp, string(head[:n]))
	}
	defer func() { _ = conn.CloseNow() }()
	w := &wire{v.t, v.t.Context(), conn}
	greeting := `{"type":"connection_init"}`
	if token != "" {
		greeting = fmt.Sprintf(`{"type":"connection_init","payload":{%q:%q}}`, auth.CSRFHeader, token)
	}
	w.write(greeting)
	var all []string
	for {
		_, b, err := conn.Read(v.t.Context())
		if closed, ok := errors.AsType[websocket.CloseError](err); ok {
			return resp.StatusCode, strings.Join(append(all, fmt.Sprintf("closed with %d: %s", closed.Code, closed.Reason)), ", ")
		}
		if err != nil {
			v.t.Fatal(err)
		}
		var m struct{ Type string }
		_ = json.Unmarshal(b, &m)
		switch m.Type {
		case "connection_ack":
			w.write(subscribe("1", query))
			continue
		case "next", "error":
			all = append(all, "`"+changing.ReplaceAllStringFunc(string(b), masked)+"`")
		}
		if m.Type != "next" {
			return resp.StatusCode, cmp.Or(strings.Join(all, ", "), m.Type)
		}
	}
}
