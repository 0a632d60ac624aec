package sim_test

import (
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"golang.org/x/oauth2"

	"github.com/ringql/ringql/internal/sim"
)

const (
	authorizePath = "/restapi/oauth/authorize"
	callback      = "http://127.0.0.1:8080/auth/callback"
)

// visit is what a client asks the authorize page for; more are pairs of name and value.
func visit(more ...string) url.Values {
	out := url.Values{"response_type": {"code"}, "client_id": {sim.ClientID}, "redirect_uri": {callback}, "state": {"xyz"}}
	for i := 0; i+1 < len(more); i += 2 {
		out.Set(more[i], more[i+1])
	}
	return out
}

// browser is a caller that keeps cookies.
func browser(t testing.TB, s *sim.Server) caller {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	c := as(t, s, sim.AdministratorID)
	c.token, c.http.Jar = "", jar
	return c
}

func (c caller) open(params url.Values) answer {
	c.t.Helper()
	return c.get(authorizePath + "?" + params.Encode())
}

func (c caller) submit(form url.Values) answer {
	c.t.Helper()
	return c.send("POST", authorizePath, form, "Content-Type", formType)
}

// sentTo returns the query that the redirect URI is called with.
func (a answer) sentTo(uri string) url.Values {
	a.t.Helper()
	a.want(http.StatusFound)
	to, err := url.Parse(a.header.Get("Location"))
	if err != nil || !strings.HasPrefix(a.header.Get("Location"), uri) || len(a.body) > 0 {
		a.t.Fatalf("sent to %s with %q, want %s", a.header.Get("Location"), a.body, uri)
	}
	return to.Query()
}

// code signs a person in and allows what is asked, in one request.
func (c caller) code(person string, more ...string) string {
	c.t.Helper()
	form := visit(more...)
	form.Set("person", person)
	form.Set("consent", "allow")
	q := c.submit(form).sentTo(form.Get("redirect_uri"))
	if q.Get("code") == "" {
		c.t.Fatalf("no code: %v", q)
	}
	return q.Get("code")
}

// A person clicks through both pages, and the library most Go programs use does the rest.
func TestSignInThroughThePages(t *testing.T) {
	s := newServer(t, unlimited())
	srv := httptest.NewServer(s)
	defer srv.Close()
	cfg := oauth2.Config{ClientID: sim.ClientID, ClientSecret: sim.ClientSecret, RedirectURL: callback, Scopes: []string{"ReadAccounts", "EditExtensions"},
		Endpoint: oauth2.Endpoint{AuthURL: srv.URL + authorizePath, TokenURL: srv.URL + "/restapi/oauth/token"}}
	verifier := oauth2.GenerateVerifier()
	c := browser(t, s)
	c.base = srv.URL
	c.http.Transport = srv.Client().Transport

	page := c.get(strings.TrimPrefix(cfg.AuthCodeURL("<st&te>", oauth2.S256ChallengeOption(verifier)), srv.URL))
	form := page.form()
	if form.Get("person") != sim.AdministratorID || form.Get("state") != "<st&te>" {
		t.Errorf("the form of the first page: %v", form)
	}
	form.Set("person", sim.StandardUserID)
	page = c.submit(form)
	if body := string(page.body); !strings.Contains(body, "Jane Smith") || !strings.Contains(body, "<code>EditExtensions</code>") || strings.Contains(body, "<code>Accounts</code>") {
		t.Errorf("consent page:\n%s", body)
	}
	form = page.form()
	form.Set("consent", "allow")
	back := c.submit(form).sentTo(callback)
	if back.Get("state") != "<st&te>" || back.Get("expires_in") != "60" {
		t.Errorf("sent back with %v", back)
	}

	ctx := t.Context()
	token, err := cfg.Exchange(ctx, back.Get("code"), oauth2.VerifierOption(verifier))
	if err != nil || token.Extra("scope") != "ReadAccounts EditExtensions" || token.Extra("owner_id") != sim.StandardUserID {
		t.Fatalf("%v, %+v", err, token)
	}
	token.Expiry = time.Now()
	source := cfg.TokenSource(ctx, token)
	fresh, err := source.Token()
	if err != nil || fresh.AccessToken == token.AccessToken || fresh.RefreshToken == token.RefreshToken {
		t.Errorf("%v, %+v", err, fresh)
	}
	resp, err := oauth2.NewClient(ctx, source).Get(srv.URL + v1 + "/extension/~")
	if err != nil || resp.StatusCode != http.StatusOK {
		t.Errorf("%v, %v", err, resp)
	}
	if calls := s.TokenCalls(); calls["authorization_code"] != 1 || calls["refresh_token"] != 1 || len(calls) != 2 {
		t.Errorf("calls: %v", calls)
	}
}

// Without an app and where to send the browser, nobody is told but the person. All other trouble the app is told.
func TestAuthorizeRefusals(t *testing.T) {
	s := newServer(t, unlimited())
	challenge := oauth2.S256ChallengeFromVerifier(oauth2.GenerateVerifier())
	for name, tt := range map[string]struct {
		params url.Values
		word   string // empty: an error page
	}{
		"unknown app":         {visit("client_id", "x"), ""},
		"no app":              {visit("client_id", ""), ""},
		"no redirect":         {visit("redirect_uri", ""), ""},
		"far redirect":        {visit("redirect_uri", "http://example.com/"), ""},
		"far lookalike":       {visit("redirect_uri", "http://127.0.0.1.example.com/"), ""},
		"user in redirect":    {visit("redirect_uri", "http://localhost@example.com/"), ""},
		"user on loopback":    {visit("redirect_uri", "http://user@127.0.0.1:8080/"), ""},
		"fragment":            {visit("redirect_uri", callback+"#x"), ""},
		"script":              {visit("redirect_uri", "javascript:alert(1)"), ""},
		"odd redirect":        {visit("redirect_uri", "http://127.0.0.1:x/"), ""},
		"no response type":    {visit("response_type", ""), "invalid_request"},
		"implicit":            {visit("response_type", "token"), "unsupported_response_type"},
		"foreign scope":       {visit("scope", "Everything"), "invalid_scope"},
		"not of the app":      {visit("client_id", sim.ReadOnlyClientID, "scope", "EditAccounts"), "invalid_scope"},
		"odd method":          {visit("code_challenge", challenge, "code_challenge_method", "S512"), "invalid_request"},
		"method alone":        {visit("code_challenge_method", "S256"), "invalid_request"},
		"short challenge":     {visit("code_challenge", "abc"), "invalid_request"},
		"public without PKCE": {visit("client_id", sim.PublicClientID), "invalid_request"},
		"none and login":      {visit("prompt", "none login"), "invalid_request"},
		"nobody there":        {visit("prompt", "none"), "login_required"},
		"twice":               {url.Values{"response_type": {"code"}, "client_id": {sim.ClientID}, "redirect_uri": {callback}, "state": {"xyz"}, "scope": {"a", "b"}}, "invalid_request"},
		"app twice":           {url.Values{"client_id": {sim.ClientID, "x"}, "redirect_uri": {callback}}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			for _, a := range []answer{browser(t, s).open(tt.params), browser(t, s).submit(tt.params)} {
				if tt.word == "" {
					if a.want(http.StatusBadRequest); a.header.Get("Location") != "" || !strings.Contains(string(a.body), `role="alert"`) {
						t.Errorf("%v\n%s", a.header, a.body)
					}
					continue
				}
				if q := a.sentTo(callback); q.Get("error") != tt.word || q.Get("error_description") == "" || q.Get("state") != "xyz" || q.Has("code") {
					t.Errorf("sent back with %v", q)
				}
			}
		})
	}
	browser(t, s).send("POST", authorizePath, visit(), "Content-Type", "text/plain").want(http.StatusBadRequest)
	browser(t, s).send("POST", authorizePath, "%zz", "Content-Type", formType).want(http.StatusBadRequest)
}

func TestRegisteredRedirectsMatchExactly(t *testing.T) {
	s := newServer(t, sim.Config{RedirectURIs: []string{"https://app.example.com/cb?x=1"}})
	c := browser(t, s)
	if q := c.open(visit("redirect_uri", "", "prompt", "none")).sentTo("https://app.example.com/cb?x=1&"); q.Get("x") != "1" || q.Get("state") != "xyz" {
		t.Errorf("the only one, left out: %v", q)
	}
	for _, uri := range []string{callback, "https://app.example.com/cb", "https://app.example.com/cb?x=1&y=2", "https://app.example.com/cb/?x=1", "https://APP.example.com/cb?x=1"} {
		c.open(visit("redirect_uri", uri)).want(http.StatusBadRequest)
	}
	if _, err := sim.New(sim.Config{RedirectURIs: []string{"/callback"}}); err == nil {
		t.Error("a relative URI is taken")
	}
}

// The vendor's JavaScript SDK sends all parameters it knows, most of them empty.
func TestEmptyAndUnknownParametersAreTolerated(t *testing.T) {
	c := browser(t, newServer(t, unlimited()))
	params := visit("brand_id", "", "display", "", "prompt", "", "ui_options", "", "ui_locales", "", "localeId", "", "code_challenge", "",
		"code_challenge_method", "", "scope", "", "state", "", "nonce", "", "login_hint", "")
	for _, a := range []answer{c.open(params), c.submit(params), c.open(visit("display", "touch", "ui_locales", "de-DE", "prompt", "login sso"))} {
		if form := a.form(); form.Get("person") != sim.AdministratorID {
			t.Errorf("form: %v", form)
		}
	}
	params.Set("person", sim.AdministratorID)
	params.Set("consent", "allow")
	if q := c.submit(params).sentTo(callback); q.Get("code") == "" || q.Has("state") {
		t.Errorf("sent back with %v", q)
	}
}

func TestPrompt(t *testing.T) {
	s := newServer(t, unlimited())
	c := browser(t, s)
	again := func(more ...string) url.Values {
		return c.open(visit(append(more, "prompt", "none")...)).sentTo(callback)
	}
	form := visit("scope", "ReadAccounts", "person", sim.StandardUserID)
	c.submit(form).want(http.StatusOK)
	if q := again("scope", "ReadAccounts"); q.Get("error") != "consent_required" {
		t.Errorf("signed in only: %v", q)
	}
	form.Set("consent", "deny")
	if q := c.submit(form).sentTo(callback); q.Get("error") != "access_denied" || q.Get("state") != "xyz" {
		t.Errorf("denied: %v", q)
	}
	form.Set("consent", "allow")
	c.submit(form).sentTo(callback)
	if q := again("scope", "ReadAccounts"); q.Get("code") == "" {
		t.Errorf("signed in and allowed: %v", q)
	}
	for _, more := range [][]string{{"scope", "EditExtensions"}, {"client_id", sim.ReadOnlyClientID}} {
		if q := again(more...); q.Get("error") != "consent_required" {
			t.Errorf("%v was not allowed: %v", more, q)
		}
	}
	if page := c.open(visit("prompt", "consent")); page.form().Get("person") != sim.StandardUserID {
		t.Errorf("asked for consent alone:\n%s", page.body)
	}
	if form := c.open(visit()).form(); form.Get("person") != sim.AdministratorID {
		t.Errorf("asked for nothing: %v", form)
	}
	if form := browser(t, s).open(visit("prompt", "consent")).form(); form.Get("person") != sim.AdministratorID {
		t.Errorf("asked for consent of nobody: %v", form)
	}
	admin(t, s).send("PUT", v1+"/extension/"+sim.StandardUserID, `{"status":"Disabled"}`).want(200)
	if q := again("scope", "ReadAccounts"); q.Get("error") != "login_required" {
		t.Errorf("the person is disabled: %v", q)
	}
	s.RemoveExtension(sim.StandardUserID)
	if q := again("scope", "ReadAccounts"); q.Get("error") != "login_required" {
		t.Errorf("the person is gone: %v", q)
	}
}

// What nobody comes back for does not fill the memory.
func TestCodesAndVisitorsAreBounded(t *testing.T) {
	s := newServer(t, unlimited())
	c, others := browser(t, s), browser(t, s)
	first := c.code(sim.StandardUserID)
	others.http.Jar = nil
	for range 10_000 {
		others.code(sim.StandardUserID)
	}
	askToken(t, s, gatewayApp, codeForm(first)).wantGrantError("invalid_grant", "OAU-106")
	if q := c.open(visit("prompt", "none")).sentTo(callback); q.Get("error") != "login_required" {
		t.Errorf("the first visitor: %v", q)
	}
}

// A link cannot click: what a page would send counts in a form alone.
func TestLinksDoNotConsent(t *testing.T) {
	c := browser(t, newServer(t, unlimited()))
	if form := c.open(visit("person", sim.StandardUserID, "consent", "allow")).form(); form.Has("consent") || form.Get("person") != sim.AdministratorID {
		t.Errorf("form: %v", form)
	}
}
