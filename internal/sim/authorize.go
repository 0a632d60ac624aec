package sim

import (
	"net/http"
	"net/netip"
	"net/url"
	"regexp"
	"slices"
	"strings"
)

// authorization is a request for an authorization code whose app and redirect URI are good, so that trouble can be told to the app.
// https://developers.ringcentral.com/guide/authentication/auth-code-flow
type authorization struct {
	app      *app
	uri      string // to redirect to, letter by letter
	redirect *url.URL
	params   url.Values // as they came, less the choices of the pages
	scopes   []string
	proof    proof
	prompt   []string
}

// authorize serves both methods. A client may send its request with either; the forms of the pages send it along with what the
// person chose, so nothing is kept between them. Nothing says whose budget a page is charged to: it is charged to nobody's.
func (s *Server) authorize(c *call) reply {
	params := c.query
	if c.Method == http.MethodPost {
		form, err := url.ParseQuery(string(c.body))
		if err != nil || c.large || !c.isForm() {
			return errorPage("The request is no form.")
		}
		params = form
	}
	a, wrong := s.authorizationOf(params)
	if wrong != "" {
		return errorPage(wrong)
	}
	if word, description := a.read(params); word != "" {
		return a.refuse(word, description)
	}
	if c.Method == http.MethodPost && (params.Has("person") || params.Has("consent")) {
		return s.chosen(c, a, params)
	}
	return s.prompt(c, a)
}

// authorizationOf finds the app, and where to send the browser. Without both nothing may be sent anywhere.
func (s *Server) authorizationOf(params url.Values) (a *authorization, wrong string) {
	if len(params["client_id"]) > 1 || len(params["redirect_uri"]) > 1 {
		return nil, "A parameter comes twice."
	}
	app := s.sessions.apps[params.Get("client_id")]
	if app == nil {
		return nil, "There is no such application. Its client_id is unknown."
	}
	uri := params.Get("redirect_uri")
	if uri == "" && len(s.cfg.RedirectURIs) == 1 {
		uri = s.cfg.RedirectURIs[0]
	}
	redirect, ok := s.redirectTo(uri)
	if !ok {
		return nil, "The redirect_uri is not one that is registered for the application."
	}
	return &authorization{app: app, uri: uri, redirect: redirect, params: params}, ""
}

// redirectTo allows the registered URIs, letter by letter; where none is, those of programs on this machine.
func (s *Server) redirectTo(uri string) (*url.URL, bool) {
	registered := s.cfg.RedirectURIs
	u, err := url.Parse(uri)
	switch {
	case err != nil:
		return nil, false
	case len(registered) > 0:
		return u, slices.Contains(registered, uri)
	}
	return u, u.Scheme == "http" && isLoopback(u.Hostname()) && u.User == nil && !strings.Contains(uri, "#")
}

func isLoopback(host string) bool {
	addr, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && addr.IsLoopback()
}

var challengeForm = regexp.MustCompile(`^[A-Za-z0-9._~-]{43,128}$`)

// read checks the rest of the request. What is empty counts as left out: the vendor's JavaScript SDK sends many such parameters.
func (a *authorization) read(params url.Values) (word, description string) {
	for name, values := range params {
		if len(values) > 1 && name != "own" && name != "all" { // those two are of the pages
			return "invalid_request", duplicated().Message
		}
	}
	a.prompt = strings.Fields(params.Get("prompt"))
	if word, description = a.readProof(params.Get("code_challenge"), params.Get("code_challenge_method")); word != "" {
		return word, description
	}
	var ok bool
	a.scopes, ok = narrow(a.app.scopes, params.Get("scope"))
	switch response := params.Get("response_type"); {
	case response == "":
		return "invalid_request", missing("response_type").Message
	case response != "code":
		return "unsupported_response_type", invalid("response_type").Message
	case !ok:
		return "invalid_scope", invalid("scope").Message
	case slices.Contains(a.prompt, "none") && len(a.prompt) > 1:
		return "invalid_request", invalid("prompt").Message
	}
	return "", ""
}

func (a *authorization) readProof(challenge, method string) (word, description string) {
	switch {
	case challenge == "" && (method != "" || a.app.secret == ""):
		return "invalid_request", missing("code_challenge").Message
	case challenge == "":
		return "", ""
	case method == "":
		method = "plain"
	case method != "plain" && method != "S256":
		return "invalid_request", invalid("code_challenge_method").Message
	}
	if !challengeForm.MatchString(challenge) {
		return "invalid_request", invalid("code_challenge").Message
	}
	a.proof = proof{challenge, method}
	return "", ""
}

// prompt answers a client's request: with a page, or at once where it asks for no page.
func (s *Server) prompt(c *call, a *authorization) reply {
	who := s.visitor(c)
	switch {
	case slices.Contains(a.prompt, "none"):
		if who == nil {
			return a.refuse("login_required", "Nobody has signed in in this browser")
		}
		if !s.sessions.consented(grant{who.id, a.app, a.scopes}) {
			return a.refuse("consent_required", "The person has not allowed this yet")
		}
		return s.grantCode(c, a, who)
	case slices.Equal(a.prompt, []string{"consent"}) && who != nil:
		return consentPage(a, who)
	}
	return s.signInPage(a, a.params.Get("login_hint"), "")
}

// chosen answers what a person chose on a page. Consent may come along with the person: then one request does for a test.
func (s *Server) chosen(c *call, a *authorization, form url.Values) reply {
	if form.Get("consent") == "deny" {
		return a.refuse("access_denied", "The person has not allowed it")
	}
	who, wrong := s.choose(form)
	if wrong != "" {
		return s.signInPage(a, form.Get("other"), wrong)
	}
	var rep reply
	if form.Get("consent") == "allow" {
		rep = s.grantCode(c, a, who)
	} else {
		rep = consentPage(a, who)
	}
	rep.header.Add("Set-Cookie", s.sessions.welcome(c, who.id))
	return rep
}

// choose finds who signs in, and gives them the role that was made up on the page.
func (s *Server) choose(form url.Values) (who *extension, wrong string) {
	name := form.Get("person")
	if name == "other" {
		name = strings.TrimSpace(form.Get("other"))
	}
	who = s.company.named(name)
	if _, p := barred(who); p != nil {
		return nil, p.Message + "."
	}
	if form.Get("role") == "custom" {
		if err := s.company.giveRole(who, form["own"], form["all"]); err != nil {
			return nil, "The role cannot be given: " + err.Error() + "."
		}
	}
	return who, ""
}

// named finds an extension by what a person may call it: its id, its number, its address.
func (co *company) named(name string) *extension {
	if e := co.extension[parseID(name)]; e != nil || name == "" {
		return e
	}
	for _, e := range co.extensions {
		if e.number == name || strings.EqualFold(e.contact.Email, name) {
			return e
		}
	}
	return nil
}

// grantCode sends the browser back to the app with a code.
func (s *Server) grantCode(c *call, a *authorization, who *extension) reply {
	g := grant{who.id, a.app, a.scopes}
	s.sessions.consent(g)
	text := s.sessions.grantCode(&code{grant: g, redirect: a.uri, proof: a.proof}, c.start)
	return a.goBack(url.Values{"code": {text}, "expires_in": {seconds(codeLife)}})
}

func (a *authorization) refuse(word, description string) reply {
	return a.goBack(url.Values{"error": {word}, "error_description": {description}})
}

func (a *authorization) goBack(answer url.Values) reply {
	if state := a.params.Get("state"); state != "" {
		answer.Set("state", state)
	}
	to := *a.redirect
	if to.RawQuery != "" {
		to.RawQuery += "&"
	}
	to.RawQuery += answer.Encode()
	return reply{status: http.StatusFound, header: http.Header{"Location": {to.String()}, "Cache-Control": {"no-store"}, "Referrer-Policy": {"no-referrer"}}}
}
