package sim_test

import (
	"encoding/base64"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/ringql/ringql/internal/sim"
)

const (
	formType  = "application/x-www-form-urlencoded"
	jwtBearer = "urn:ietf:params:oauth:grant-type:jwt-bearer"
)

type token struct {
	AccessToken   string `json:"access_token"`
	TokenType     string `json:"token_type"`
	ExpiresIn     int    `json:"expires_in"`
	RefreshToken  string `json:"refresh_token"`
	RefreshExpiry int    `json:"refresh_token_expires_in"`
	Scope         string `json:"scope"`
	OwnerID       string `json:"owner_id"`
	EndpointID    string `json:"endpoint_id"`
	SessionID     string `json:"session_id"`
}

func basic(id, secret string) string {
	return "Basic " + base64.StdEncoding.EncodeToString([]byte(id+":"+secret))
}

func askToken(t testing.TB, s *sim.Server, authorization string, form url.Values) answer {
	t.Helper()
	c := admin(t, s)
	c.token = ""
	return c.send("POST", "/restapi/oauth/token", form, "Content-Type", formType, "Authorization", authorization)
}

func jwtForm(person string, more ...string) url.Values {
	form := url.Values{"grant_type": {jwtBearer}, "assertion": {sim.JWT(person)}}
	for i := 0; i+1 < len(more); i += 2 {
		form.Set(more[i], more[i+1])
	}
	return form
}

func signIn(t testing.TB, s *sim.Server, id, secret, person string, more ...string) (out token) {
	t.Helper()
	askToken(t, s, basic(id, secret), jwtForm(person, more...)).want(200).into(&out)
	return out
}

func gatewaySignIn(t testing.TB, s *sim.Server, person string, more ...string) token {
	t.Helper()
	return signIn(t, s, sim.ClientID, sim.ClientSecret, person, more...)
}

func refresh(t testing.TB, s *sim.Server, refreshToken string) answer {
	t.Helper()
	return askToken(t, s, basic(sim.ClientID, sim.ClientSecret), url.Values{"grant_type": {"refresh_token"}, "refresh_token": {refreshToken}})
}

func withToken(t testing.TB, s *sim.Server, accessToken string) caller {
	c := admin(t, s)
	c.token = accessToken
	return c
}

func TestSignIn(t *testing.T) {
	s := newServer(t, unlimited())
	got := gatewaySignIn(t, s, sim.StandardUserID, "endpoint_id", "desk-1")
	if got.TokenType != "bearer" || got.ExpiresIn != 3600 || got.RefreshExpiry != 604800 || got.OwnerID != sim.StandardUserID ||
		got.EndpointID != "desk-1" || got.SessionID == "" || got.RefreshToken == "" || !strings.Contains(got.Scope, "ReadAccounts EditExtensions") {
		t.Errorf("token answer: %+v", got)
	}
	c := withToken(t, s, got.AccessToken)
	if id := c.get(v1 + "/extension/~").want(200).object()["id"]; id != 435068008. {
		t.Errorf("signed in as %v", id)
	}
	c.token = ""
	c.get(v1, "Authorization", "bearer "+got.AccessToken).want(200)
	c.get(v1 + "?access_token=" + got.AccessToken).want(200)
	if readOnly := signIn(t, s, sim.ReadOnlyClientID, sim.ReadOnlyClientSecret, sim.AdministratorID); readOnly.Scope != "ReadAccounts" {
		t.Errorf("scope %q", readOnly.Scope)
	}
}

func TestClientMayAuthenticateInTheBody(t *testing.T) {
	s := newServer(t, unlimited())
	c := withToken(t, s, "")
	form := jwtForm(sim.AdministratorID, "client_id", sim.ClientID, "client_secret", sim.ClientSecret)
	c.send("POST", "/restapi/oauth/token", form, "Content-Type", formType).want(200)
	askToken(t, s, basic(sim.ClientID, sim.ClientSecret), jwtForm(sim.AdministratorID, "client_id", sim.ClientID)).want(200)
}

func TestTokenRefusals(t *testing.T) {
	s := newServer(t, unlimited())
	ok := basic(sim.ClientID, sim.ClientSecret)
	for name, tt := range map[string]struct {
		authorization, mediaType string
		form                     url.Values
		status                   int
		word, code               string
	}{
		"no client":         {"", formType, jwtForm(sim.AdministratorID), 400, "invalid_client", "OAU-123"},
		"unknown client":    {basic("x", "y"), formType, jwtForm(sim.AdministratorID), 400, "invalid_client", "OAU-153"},
		"wrong secret":      {basic(sim.ClientID, "y"), formType, jwtForm(sim.AdministratorID), 400, "invalid_client", "OAU-153"},
		"JSON":              {ok, "application/json", jwtForm(sim.AdministratorID), 415, "invalid_request", "CMN-104"},
		"no grant":          {ok, formType, url.Values{}, 400, "invalid_request", "CMN-100"},
		"odd grant":         {ok, formType, url.Values{"grant_type": {"magic"}}, 400, "invalid_request", "OAU-250"},
		"password":          {ok, formType, url.Values{"grant_type": {"password"}}, 400, "unauthorized_client", "OAU-251"},
		"no assertion":      {ok, formType, url.Values{"grant_type": {jwtBearer}}, 400, "invalid_request", "CMN-100"},
		"foreign assertion": {ok, formType, url.Values{"grant_type": {jwtBearer}, "assertion": {"a.b.c"}}, 400, "invalid_grant", "OAU-213"},
		"no such person":    {ok, formType, jwtForm("1"), 400, "invalid_grant", "OAU-232"},
		"disabled person":   {ok, formType, jwtForm("512085008"), 400, "invalid_grant", "OAU-236"},
		"a call queue":      {ok, formType, jwtForm("512090008"), 403, "access_denied", "OAU-105"},
		"no refresh token":  {ok, formType, url.Values{"grant_type": {"refresh_token"}}, 400, "invalid_request", "CMN-100"},
		"odd refresh token": {ok, formType, url.Values{"grant_type": {"refresh_token"}, "refresh_token": {"x"}}, 400, "invalid_grant", "OAU-213"},
		"odd ttl":           {ok, formType, jwtForm(sim.AdministratorID, "access_token_ttl", "soon"), 400, "invalid_request", "CMN-101"},
		"foreign scope":     {ok, formType, jwtForm(sim.AdministratorID, "scope", "Everything"), 400, "invalid_scope", "CMN-101"},
	} {
		t.Run(name, func(t *testing.T) {
			var out struct {
				Error            string
				ErrorDescription string `json:"error_description"`
				Errors           []struct{ ErrorCode, Message string }
			}
			a := withToken(t, s, "").send("POST", "/restapi/oauth/token", tt.form, "Content-Type", tt.mediaType, "Authorization", tt.authorization)
			a.want(tt.status).into(&out)
			if out.Error != tt.word || len(out.Errors) != 1 || out.Errors[0].ErrorCode != tt.code || out.ErrorDescription != out.Errors[0].Message {
				t.Errorf("got %s", a.body)
			}
		})
	}
}

func TestLivesAreClamped(t *testing.T) {
	s := newServer(t, unlimited())
	for _, tt := range []struct{ access, refresh, wantAccess, wantRefresh int }{
		{-1, -1, 600, 0},
		{599, 0, 600, 0},
		{900, 60, 900, 60},
		{3601, 604801, 3600, 604800},
	} {
		got := gatewaySignIn(t, s, sim.AdministratorID, "access_token_ttl", strconv.Itoa(tt.access), "refresh_token_ttl", strconv.Itoa(tt.refresh))
		if got.ExpiresIn != tt.wantAccess || got.RefreshExpiry != tt.wantRefresh || (got.RefreshToken != "") != (tt.wantRefresh > 0) {
			t.Errorf("asked for %d and %d: %+v", tt.access, tt.refresh, got)
		}
	}
}

func TestScopesCanBeNarrowed(t *testing.T) {
	s := newServer(t, unlimited())
	got := gatewaySignIn(t, s, sim.AdministratorID, "scope", "ReadAccounts Everything")
	if got.Scope != "ReadAccounts" {
		t.Errorf("scope %q", got.Scope)
	}
	c := withToken(t, s, got.AccessToken)
	c.get(v1).want(200)
	c.send("DELETE", v1+"/phone-number/246718008", nil).wantError(403, "CMN-401", "")
}

func TestTokensExpire(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newServer(t, unlimited())
		got := gatewaySignIn(t, s, sim.AdministratorID, "refresh_token_ttl", "7200")
		c := withToken(t, s, got.AccessToken)
		time.Sleep(time.Hour - time.Second)
		c.get(v1).want(200)
		time.Sleep(time.Second)
		c.get(v1).wantError(401, "OAU-128", "")
		time.Sleep(time.Hour)
		if a := refresh(t, s, got.RefreshToken).want(400); !strings.Contains(string(a.body), "OAU-210") {
			t.Errorf("expired refresh token: %s", a.body)
		}
		admin(t, s).get(v1).want(200) // tokens of tests do not expire
	})
}

func TestRefresh(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newServer(t, unlimited())
		first := gatewaySignIn(t, s, sim.AdministratorID)
		var second, again token
		refresh(t, s, first.RefreshToken).want(200).into(&second)
		withToken(t, s, first.AccessToken).get(v1).wantError(401, "OAU-213", "")
		if second.AccessToken == first.AccessToken || second.RefreshToken == first.RefreshToken || second.SessionID != first.SessionID {
			t.Errorf("second pair: %+v", second)
		}

		// The answer was lost: as long as the new pair is not used, the old refresh token brings it back.
		time.Sleep(59 * time.Minute)
		refresh(t, s, first.RefreshToken).want(200).into(&again)
		if again.AccessToken != second.AccessToken || again.RefreshToken != second.RefreshToken || again.ExpiresIn != 60 {
			t.Errorf("again: %+v, want %+v", again, second)
		}
		withToken(t, s, second.AccessToken).get(v1).want(200)
		time.Sleep(10 * time.Second)
		refresh(t, s, first.RefreshToken).want(200)
		time.Sleep(time.Second)
		refresh(t, s, first.RefreshToken).want(400)

		var third token
		refresh(t, s, second.RefreshToken).want(200).into(&third)
		time.Sleep(time.Hour + time.Second)
		refresh(t, s, second.RefreshToken).want(400) // never used, but too long ago
		refresh(t, s, third.RefreshToken).want(200)
	})
}

func TestRefreshTokensBelongToOneApp(t *testing.T) {
	s := newServer(t, unlimited())
	got := gatewaySignIn(t, s, sim.AdministratorID)
	form := url.Values{"grant_type": {"refresh_token"}, "refresh_token": {got.RefreshToken}}
	askToken(t, s, basic(sim.ReadOnlyClientID, sim.ReadOnlyClientSecret), form).want(400)
	refresh(t, s, got.RefreshToken).want(200)
}

func TestSixthSessionEndsTheFirst(t *testing.T) {
	s := newServer(t, unlimited())
	var sessions []token
	for range 6 {
		sessions = append(sessions, gatewaySignIn(t, s, sim.AdministratorID))
	}
	other := gatewaySignIn(t, s, sim.StandardUserID)
	for i, ss := range append(sessions, other) {
		want := 200
		if i == 0 {
			want = 401
		}
		withToken(t, s, ss.AccessToken).get(v1).want(want)
	}
	refresh(t, s, sessions[0].RefreshToken).want(400)
}

func TestTokenCallsAreLimited(t *testing.T) {
	s := newServer(t, sim.Config{})
	for range 5 {
		gatewaySignIn(t, s, sim.AdministratorID)
	}
	a := askToken(t, s, basic(sim.ClientID, sim.ClientSecret), jwtForm(sim.AdministratorID))
	a.wantError(429, "CMN-301", "")
	if a.header.Get("Retry-After") != "60" || a.header.Get("X-Rate-Limit-Group") != "auth" {
		t.Errorf("headers: %v", a.header)
	}
	gatewaySignIn(t, s, sim.StandardUserID)
}

func TestRevoke(t *testing.T) {
	s := newServer(t, unlimited())
	c := withToken(t, s, "")
	revoke := func(query string, form url.Values) answer {
		return c.send("POST", "/restapi/oauth/revoke"+query, form, "Content-Type", formType, "Authorization", basic(sim.ClientID, sim.ClientSecret))
	}
	got := gatewaySignIn(t, s, sim.AdministratorID)
	if a := revoke("", url.Values{"token": {got.RefreshToken}}).want(200); len(a.body) != 0 {
		t.Errorf("body %s", a.body)
	}
	withToken(t, s, got.AccessToken).get(v1).wantError(401, "OAU-213", "")
	refresh(t, s, got.RefreshToken).want(400)

	got = gatewaySignIn(t, s, sim.AdministratorID)
	revoke("?token="+got.AccessToken, nil).want(200)
	withToken(t, s, got.AccessToken).get(v1).want(401)
	revoke("?token=unknown", nil).want(200)
	revoke("", nil).want(400)
}

func TestAssertionsLookLikeJWTs(t *testing.T) {
	parts := strings.Split(sim.JWT(sim.StandardUserID), ".")
	if len(parts) != 3 {
		t.Fatalf("%d parts", len(parts))
	}
	for _, part := range parts {
		if _, err := base64.RawURLEncoding.DecodeString(part); err != nil {
			t.Errorf("%s: %v", part, err)
		}
	}
}
