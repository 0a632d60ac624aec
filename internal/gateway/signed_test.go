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

const (
	site       = "https://ringql.example.com" // where browsers believe the gateway to be
	sessionKey = "MTIzNDU2Nzg5MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTI="
)

// lobby is a simulator with a sign-in page, and the way to it.
type lobby struct {
	sim   *sim.Server
	url   string
	way   http.RoundTripper
	store auth.Store // of sessions
	log   *lockedBuffer
}

func newLobby(t *testing.T) *lobby {
	t.Helper()
	s, err := sim.New(sim.Config{RedirectURIs: []string{site + auth.Callback}, Sessions: 1000, Limits: map[string]int{"light": 1e6, "medium": 1e6, "heavy": 1e6, "auth": 1e6}})
	if err != nil {
		t.Fatal(err)
	}
	return &lobby{sim: s, url: "http://upstream", way: s.Transport(), store: auth.NewMemory(), log: &lockedBuffer{}}
}

// listens puts the simulator on a port.
func (l *lobby) listens(t *testing.T) *lobby {
	t.Helper()
	srv := httptest.NewServer(l.sim)
	t.Cleanup(srv.Close)
	l.url, l.way = srv.URL, rest.NewTransport()
	return l
}

// gateway returns a gateway with a door; change may change the latter.
func (l *lobby) gateway(t *testing.T, change func(*gateway.Config, *auth.DoorConfig)) *gateway.Gateway {
	t.Helper()
	gate, log := budget.NewGate(), slog.New(slog.NewTextHandler(l.log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	cfg := gateway.Config{Gate: gate, Introspection: true, Playground: true, Log: log, REST: rest.New(rest.Config{
		BaseURL: l.url, Who: auth.Key, Scopes: auth.Scopes, Gate: gate, Transport: rest.Chain(l.way, auth.Transport(), budget.Transport(gate, auth.Key)),
	})}
	door := auth.DoorConfig{Store: l.store, Key: sessionKey, URL: site}
	if change != nil {
		change(&cfg, &door)
	}
	who, err := auth.New(auth.Config{
		App:    auth.App{ServerURL: l.url, ClientID: sim.ClientID, ClientSecret: auth.NewSecret(sim.ClientSecret)},
		Tokens: rest.Chain(l.way, rest.ForTokens()), Door: &door, Log: log,
	})
	if err != nil {
		t.Fatal(err)
	}
	cfg.Auth = who
	g, err := gateway.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(who.Door.Wait)
	return g
}

// visitor talks to a gateway at url as a browser does.
type visitor struct {
	*lobby
	t      *testing.T
	url    string
	client *http.Client
}

func (l *lobby) visitor(t *testing.T, url string, way http.RoundTripper) *visitor {
	return &visitor{l, t, url, &http.Client{Transport: way, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
}

// served puts a gateway on a port.
func (l *lobby) served(t *testing.T, change func(*gateway.Config, *auth.DoorConfig)) *visitor {
	t.Helper()
	srv := httptest.NewServer(l.gateway(t, change))
	t.Cleanup(srv.Close)
	return l.visitor(t, srv.URL, http.DefaultTransport)
}

func (v *visitor) do(method, at, body string, header http.Header) (*http.Response, string) {
	v.t.Helper()
	r, err := http.NewRequestWithContext(v.t.Context(), method, at, strings.NewReader(body))
	if err != nil {
		v.t.Fatal(err)
	}
	r.Header = header.Clone()
	r.Host = header.Get("Host")
	resp, err := v.client.Do(r)
	if err != nil {
		v.t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		v.t.Fatal(err)
	}
	return resp, string(text)
}

// pass is what a browser has once somebody has signed in.
type pass struct{ cookie, csrf string }

// begin starts an attempt to sign in, and has a person go through with it; what is left is
// the callback.
func (v *visitor) begin(person string) (callback, cookie string) {
	v.t.Helper()
	resp, text := v.do(http.MethodGet, v.url+"/auth/login", "", http.Header{})
	at, err := resp.Location()
	if err != nil || len(resp.Cookies()) != 1 {
		v.t.Fatalf("login: %d %s", resp.StatusCode, text)
	}
	form := at.Query()
	form.Set("person", person)
	form.Set("consent", "allow")
	page := visitor{v.lobby, v.t, v.lobby.url, &http.Client{Transport: v.way, CheckRedirect: v.client.CheckRedirect}}
	asked, _ := page.do(http.MethodPost, at.Scheme+"://"+at.Host+at.Path, form.Encode(), http.Header{"Content-Type": {"application/x-www-form-urlencoded"}})
	back, err := asked.Location()
	if err != nil {
		v.t.Fatalf("the sign-in page: %d", asked.StatusCode)
	}
	return back.RequestURI(), resp.Cookies()[0].Name + "=" + resp.Cookies()[0].Value
}

// signIn signs a person in.
func (v *visitor) signIn(person string) (p pass) {
	v.t.Helper()
	callback, attempt := v.begin(person)
	resp, text := v.do(http.MethodGet, v.url+callback, "", http.Header{"Cookie": {attempt}})
	for _, c := range resp.Cookies() {
		if c.Value != "" {
			p.cookie = c.Name + "=" + c.Value
		}
	}
	if p.csrf = v.session(p.cookie).CSRF; p.csrf == "" {
		v.t.Fatalf("callback: %d %s", resp.StatusCode, text)
	}
	return p
}

// signedIn is what /auth/session tells.
type signedIn struct {
	SignedIn bool
	Owner    string
	CSRF     string `json:"csrfToken"`
}

func (v *visitor) session(cookie string) (s signedIn) {
	v.t.Helper()
	_, text := v.do(http.MethodGet, v.url+"/auth/session", "", http.Header{"Cookie": {cookie}})
	if err := json.Unmarshal([]byte(text), &s); err != nil {
		v.t.Fatalf("session: %s", text)
	}
	return s
}

// signOut ends a session, or all of its person.
func (v *visitor) signOut(p pass, path string) {
	v.t.Helper()
	resp, text := v.do(http.MethodPost, v.url+path, "", http.Header{"Cookie": {p.cookie}, auth.CSRFHeader: {p.csrf}})
	if resp.StatusCode != http.StatusNoContent {
		v.t.Fatalf("%s: %d %s", path, resp.StatusCode, text)
	}
}

// getQuery is the path of a query that is sent by GET.
func getQuery(query string) string { return "/graphql?query=" + url.QueryEscape(query) }
