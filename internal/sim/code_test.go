package sim_test

import (
	"net/url"
	"testing"
	"testing/synctest"
	"time"

	"golang.org/x/oauth2"

	"github.com/ringql/ringql/internal/sim"
)

func codeForm(code string, more ...string) url.Values {
	form := url.Values{"grant_type": {"authorization_code"}, "code": {code}, "redirect_uri": {callback}}
	for i := 0; i+1 < len(more); i += 2 {
		form.Set(more[i], more[i+1])
	}
	return form
}

var gatewayApp = basic(sim.ClientID, sim.ClientSecret)

// wantGrantError checks a refusal of the token endpoint.
func (a answer) wantGrantError(word, code string) {
	a.t.Helper()
	var out struct {
		Error            string
		ErrorDescription string `json:"error_description"`
		Errors           []struct{ ErrorCode, Message string }
	}
	a.want(400).into(&out)
	if out.Error != word || len(out.Errors) != 1 || out.Errors[0].ErrorCode != code || out.ErrorDescription != out.Errors[0].Message {
		a.t.Errorf("got %s, want %s %s", a.body, word, code)
	}
}

func TestCodeRefusals(t *testing.T) {
	s := newServer(t, unlimited())
	c := browser(t, s)
	verifier := oauth2.GenerateVerifier()
	s256 := []string{"code_challenge", oauth2.S256ChallengeFromVerifier(verifier), "code_challenge_method", "S256"}
	plain := []string{"code_challenge", verifier}
	for name, tt := range map[string]struct {
		asked      []string
		app        string
		sent       []string
		word, code string // empty: tokens
	}{
		"plain":              {plain, gatewayApp, []string{"code_verifier", verifier}, "", ""},
		"S256":               {s256, gatewayApp, []string{"code_verifier", verifier}, "", ""},
		"no PKCE":            {nil, gatewayApp, nil, "", ""},
		"secret in the body": {nil, "", []string{"client_id", sim.ClientID, "client_secret", sim.ClientSecret}, "", ""},
		"no verifier":        {s256, gatewayApp, nil, "invalid_grant", "OAU-106"},
		"other verifier":     {s256, gatewayApp, []string{"code_verifier", verifier + "x"}, "invalid_grant", "OAU-106"},
		"challenge as such":  {s256, gatewayApp, []string{"code_verifier", s256[1]}, "invalid_grant", "OAU-106"},
		"verifier unasked":   {nil, gatewayApp, []string{"code_verifier", verifier}, "invalid_grant", "OAU-106"},
		"unknown code":       {nil, gatewayApp, []string{"code", "x"}, "invalid_grant", "OAU-106"},
		"no code":            {nil, gatewayApp, []string{"code", ""}, "invalid_request", "CMN-100"},
		"other redirect":     {nil, gatewayApp, []string{"redirect_uri", callback + "/"}, "invalid_grant", "OAU-109"},
		"no redirect":        {nil, gatewayApp, []string{"redirect_uri", ""}, "invalid_grant", "OAU-109"},
		"other app":          {nil, basic(sim.ReadOnlyClientID, sim.ReadOnlyClientSecret), nil, "invalid_grant", "OAU-110"},
		"no secret":          {nil, "", []string{"client_id", sim.ClientID}, "invalid_client", "OAU-123"},
		"foreign scope":      {[]string{"scope", "ReadAccounts"}, gatewayApp, []string{"scope", "EditAccounts"}, "invalid_scope", "CMN-101"},
		"odd ttl":            {nil, gatewayApp, []string{"access_token_ttl", "soon"}, "invalid_request", "CMN-101"},
	} {
		t.Run(name, func(t *testing.T) {
			a := askToken(t, s, tt.app, codeForm(c.code(sim.StandardUserID, tt.asked...), tt.sent...))
			if tt.word != "" {
				a.wantGrantError(tt.word, tt.code)
				return
			}
			var got token
			if a.want(200).into(&got); got.OwnerID != sim.StandardUserID || got.RefreshToken == "" || a.header.Get("Cache-Control") != "no-store" {
				t.Errorf("%v %s", a.header, a.body)
			}
			withToken(t, s, got.AccessToken).get(v1).want(200)
		})
	}
	twice := codeForm(c.code(sim.StandardUserID))
	twice.Add("code", "x")
	askToken(t, s, gatewayApp, twice).wantGrantError("invalid_request", "OAU-111")
}

func TestTheOnlyRedirectMayBeLeftOut(t *testing.T) {
	s := newServer(t, sim.Config{RedirectURIs: []string{callback}})
	askToken(t, s, gatewayApp, codeForm(browser(t, s).code(sim.StandardUserID), "redirect_uri", "")).want(200)
}

func TestScopesOfACode(t *testing.T) {
	s := newServer(t, unlimited())
	c := browser(t, s)
	scope := func(asked, exchanged string) string {
		var got token
		askToken(t, s, gatewayApp, codeForm(c.code(sim.AdministratorID, "scope", asked), "scope", exchanged)).want(200).into(&got)
		return got.Scope
	}
	for _, tt := range [][3]string{
		{"EditAccounts Everything EditAccounts", "", "EditAccounts"},
		{"EditAccounts NumberLookup", "ReadAccounts", "ReadAccounts"}, // EditAccounts holds it
		{"", "NumberLookup Everything", "NumberLookup"},
	} {
		if got := scope(tt[0], tt[1]); got != tt[2] {
			t.Errorf("asked for %q, then %q: got %q, want %q", tt[0], tt[1], got, tt[2])
		}
	}
}

// RFC 6749, section 4.1.2: who sends a code again may have stolen it, so what it brought is worth nothing any more.
func TestSecondUseOfACodeRevokesTheFirst(t *testing.T) {
	s := newServer(t, unlimited())
	code := browser(t, s).code(sim.StandardUserID)
	var got token
	askToken(t, s, gatewayApp, codeForm(code)).want(200).into(&got)
	other := gatewaySignIn(t, s, sim.StandardUserID)

	askToken(t, s, basic(sim.ReadOnlyClientID, sim.ReadOnlyClientSecret), codeForm(code)).wantGrantError("invalid_grant", "OAU-110")
	withToken(t, s, got.AccessToken).get(v1).want(200) // another app cannot end it
	askToken(t, s, gatewayApp, codeForm(code)).wantGrantError("invalid_grant", "OAU-106")
	withToken(t, s, got.AccessToken).get(v1).wantError(401, "OAU-213", "")
	refresh(t, s, got.RefreshToken).wantGrantError("invalid_grant", "OAU-213")
	withToken(t, s, other.AccessToken).get(v1).want(200)
}

// A try that fails spends the code as well.
func TestCodesAreForOneTry(t *testing.T) {
	s := newServer(t, unlimited())
	code := browser(t, s).code(sim.StandardUserID)
	askToken(t, s, gatewayApp, codeForm(code, "redirect_uri", "")).wantGrantError("invalid_grant", "OAU-109")
	askToken(t, s, gatewayApp, codeForm(code)).wantGrantError("invalid_grant", "OAU-106")
}

func TestCodesLiveAMinute(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newServer(t, unlimited())
		c := browser(t, s)
		early, late := c.code(sim.StandardUserID), c.code(sim.StandardUserID)
		time.Sleep(time.Minute - time.Millisecond)
		askToken(t, s, gatewayApp, codeForm(early)).want(200)
		time.Sleep(time.Millisecond)
		askToken(t, s, gatewayApp, codeForm(late)).wantGrantError("invalid_grant", "OAU-108")
	})
}

func TestCodesAreForgotten(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newServer(t, unlimited())
		c := browser(t, s)
		first := c.code(sim.StandardUserID)
		var got token
		askToken(t, s, gatewayApp, codeForm(first, "access_token_ttl", "3600")).want(200).into(&got)
		time.Sleep(time.Hour + time.Second)
		c.code(sim.StandardUserID)
		askToken(t, s, gatewayApp, codeForm(first)).wantGrantError("invalid_grant", "OAU-106")
		refresh(t, s, got.RefreshToken).want(200) // so it ended no session
	})
}

func TestPublicApps(t *testing.T) {
	s := newServer(t, unlimited())
	verifier := oauth2.GenerateVerifier()
	public := []string{"client_id", sim.PublicClientID, "code_challenge", oauth2.S256ChallengeFromVerifier(verifier), "code_challenge_method", "S256"}
	code := browser(t, s).code(sim.StandardUserID, public...)
	var first, second token
	askToken(t, s, "", codeForm(code, "client_id", sim.PublicClientID, "code_verifier", verifier)).want(200).into(&first)
	form := url.Values{"grant_type": {"refresh_token"}, "refresh_token": {first.RefreshToken}, "client_id": {sim.PublicClientID}}
	askToken(t, s, "", form).want(200).into(&second)
	withToken(t, s, second.AccessToken).get(v1).want(200)

	askToken(t, s, "", jwtForm(sim.AdministratorID, "client_id", sim.PublicClientID)).wantGrantError("unauthorized_client", "OAU-251")
	askToken(t, s, basic(sim.PublicClientID, "x"), form).wantGrantError("invalid_client", "OAU-153")
	c := withToken(t, s, "")
	c.send("POST", "/restapi/oauth/revoke?client_id="+sim.PublicClientID, url.Values{"token": {second.AccessToken}}, "Content-Type", formType).want(200)
	withToken(t, s, second.AccessToken).get(v1).want(401)
}

// Exchanges are charged to the person; a refusal for rate leaves the code as it was.
func TestExchangesAreLimited(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newServer(t, sim.Config{Window: 30 * time.Second, Penalty: 30 * time.Second})
		c := browser(t, s)
		for range 5 {
			askToken(t, s, gatewayApp, codeForm(c.code(sim.StandardUserID))).want(200)
		}
		code := c.code(sim.StandardUserID)
		a := askToken(t, s, gatewayApp, codeForm(code))
		if a.wantError(429, "CMN-301", ""); a.header.Get("X-Rate-Limit-Group") != "auth" {
			t.Errorf("headers: %v", a.header)
		}
		askToken(t, s, gatewayApp, codeForm(c.code(sim.AdministratorID))).want(200)
		time.Sleep(30 * time.Second)
		askToken(t, s, gatewayApp, codeForm(code)).want(200)
	})
}
