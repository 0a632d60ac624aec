package sim_test

import (
	"maps"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/ringql/ringql/internal/sim"
)

func TestKillNextRefreshAnswer(t *testing.T) {
	s := newServer(t, unlimited())
	first := gatewaySignIn(t, s, sim.AdministratorID)
	s.KillNextRefreshAnswer()
	refresh(t, s, "unknown").want(400) // not one that made a pair
	gatewaySignIn(t, s, sim.AdministratorID)

	c := withToken(t, s, "")
	form := url.Values{"grant_type": {"refresh_token"}, "refresh_token": {first.RefreshToken}}
	req := c.request("POST", "/restapi/oauth/token", form, "Content-Type", formType, "Authorization", gatewayApp)
	if resp, err := c.http.Do(req); err == nil {
		_ = resp.Body.Close()
		t.Error("the answer came")
	}
	withToken(t, s, first.AccessToken).get(v1).wantError(401, "OAU-213", "")
	var second, again token
	refresh(t, s, first.RefreshToken).want(200).into(&second)
	refresh(t, s, first.RefreshToken).want(200).into(&again)
	if second.SessionID != first.SessionID || again.AccessToken != second.AccessToken {
		t.Errorf("first %+v, second %+v, again %+v", first, second, again)
	}
	want := map[string]int{"refresh_token": 4, jwtBearer: 2}
	if got := s.TokenCalls(); !maps.Equal(got, want) {
		t.Errorf("calls: %v, want %v", got, want)
	}
	askToken(t, s, gatewayApp, url.Values{"grant_type": {"magic"}})
	if got := s.TokenCalls(); !maps.Equal(got, want) {
		t.Errorf("calls: %v, want no more", got)
	}
	s.ResetCalls()
	if got := s.TokenCalls(); len(got) != 0 {
		t.Errorf("calls after a reset: %v", got)
	}
}

func TestExpireTokens(t *testing.T) {
	s := newServer(t, unlimited())
	john, jane := gatewaySignIn(t, s, sim.AdministratorID), gatewaySignIn(t, s, sim.StandardUserID)
	s.ExpireTokens(sim.StandardUserID)
	withToken(t, s, jane.AccessToken).get(v1).wantError(401, "OAU-128", "")
	withToken(t, s, john.AccessToken).get(v1).want(200)
	var fresh token
	refresh(t, s, jane.RefreshToken).want(200).into(&fresh)
	withToken(t, s, fresh.AccessToken).get(v1).want(200)
	lasting := admin(t, s)
	s.ExpireTokens("")
	for _, access := range []string{john.AccessToken, fresh.AccessToken} {
		withToken(t, s, access).get(v1).wantError(401, "OAU-128", "")
	}
	lasting.get(v1).want(200)
}

func TestEndSessions(t *testing.T) {
	s := newServer(t, unlimited())
	john, jane := gatewaySignIn(t, s, sim.AdministratorID), gatewaySignIn(t, s, sim.StandardUserID)
	signIn(t, s, sim.ReadOnlyClientID, sim.ReadOnlyClientSecret, sim.StandardUserID)
	if all, hers := s.LiveSessions(""), s.LiveSessions(sim.StandardUserID); all != 3 || hers != 2 {
		t.Errorf("%d live sessions, %d of them hers", all, hers)
	}
	s.EndSessions(sim.StandardUserID)
	withToken(t, s, jane.AccessToken).get(v1).wantError(401, "OAU-213", "")
	refresh(t, s, jane.RefreshToken).wantGrantError("invalid_grant", "OAU-213")
	withToken(t, s, john.AccessToken).get(v1).want(200)
	if n := s.LiveSessions(""); n != 1 {
		t.Errorf("%d live sessions", n)
	}
}

func TestSessionsAreConfigurable(t *testing.T) {
	s := newServer(t, sim.Config{Sessions: 2, Limits: map[string]int{}})
	first := gatewaySignIn(t, s, sim.AdministratorID)
	gatewaySignIn(t, s, sim.AdministratorID)
	withToken(t, s, first.AccessToken).get(v1).want(200)
	gatewaySignIn(t, s, sim.AdministratorID)
	withToken(t, s, first.AccessToken).get(v1).want(401)
	if n := s.LiveSessions(sim.AdministratorID); n != 2 {
		t.Errorf("%d live sessions", n)
	}
}

func TestAppsWithoutRefreshTokens(t *testing.T) {
	s := newServer(t, sim.Config{NoRefreshTokens: true})
	got := gatewaySignIn(t, s, sim.AdministratorID, "refresh_token_ttl", "3600")
	if got.AccessToken == "" || got.RefreshToken != "" || got.RefreshExpiry != 0 {
		t.Errorf("tokens: %+v", got)
	}
	refresh(t, s, "x").wantGrantError("unauthorized_client", "OAU-251")
}

// The old refresh token brings the same pair again, even when its access token is over by then.
func TestGraceOutlivesTheAccessToken(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newServer(t, unlimited())
		first := gatewaySignIn(t, s, sim.AdministratorID)
		var second, again token
		form := url.Values{"grant_type": {"refresh_token"}, "refresh_token": {first.RefreshToken}, "access_token_ttl": {"-1"}}
		askToken(t, s, gatewayApp, form).want(200).into(&second)
		time.Sleep(30 * time.Minute)
		refresh(t, s, first.RefreshToken).want(200).into(&again)
		if second.ExpiresIn != 600 || again.AccessToken != second.AccessToken || again.RefreshToken != second.RefreshToken || again.ExpiresIn != 0 {
			t.Errorf("second %+v, again %+v", second, again)
		}
		refresh(t, s, again.RefreshToken).want(200)
	})
}

func TestScopesOfARefresh(t *testing.T) {
	s := newServer(t, unlimited())
	got := gatewaySignIn(t, s, sim.AdministratorID, "scope", "EditAccounts NumberLookup")
	for _, tt := range []struct{ asked, want string }{{"ReadAccounts", "ReadAccounts"}, {"", "EditAccounts NumberLookup"}} {
		form := url.Values{"grant_type": {"refresh_token"}, "refresh_token": {got.RefreshToken}, "scope": {tt.asked}}
		if askToken(t, s, gatewayApp, form).want(200).into(&got); got.Scope != tt.want {
			t.Errorf("asked for %q: %+v", tt.asked, got)
		}
		status := http.StatusNotFound
		if tt.asked == "ReadAccounts" {
			status = http.StatusForbidden
		}
		withToken(t, s, got.AccessToken).send("DELETE", v1+"/phone-number/1", nil).want(status)
	}
	form := url.Values{"grant_type": {"refresh_token"}, "refresh_token": {got.RefreshToken}, "scope": {"Everything"}}
	askToken(t, s, gatewayApp, form).wantGrantError("invalid_scope", "CMN-101")
	refresh(t, s, got.RefreshToken).want(200) // as before: nothing was spent
}

func TestRevokeRefusals(t *testing.T) {
	s := newServer(t, unlimited())
	got := gatewaySignIn(t, s, sim.AdministratorID)
	c := withToken(t, s, "")
	revoke := func(app, query string, form url.Values) answer {
		return c.send("POST", "/restapi/oauth/revoke"+query, form, "Content-Type", formType, "Authorization", app)
	}
	tokenForm := url.Values{"token": {got.AccessToken}}
	revoke("", "", tokenForm).wantGrantError("invalid_client", "OAU-123")
	revoke("", "?client_id="+sim.ClientID, tokenForm).wantGrantError("invalid_client", "OAU-123")
	revoke(basic(sim.ClientID, "x"), "", tokenForm).wantGrantError("invalid_client", "OAU-153")
	revoke(basic(sim.ReadOnlyClientID, sim.ReadOnlyClientSecret), "", tokenForm).wantGrantError("invalid_grant", "OAU-213")
	revoke(gatewayApp, "?token=x", tokenForm).wantGrantError("invalid_request", "OAU-150")
	withToken(t, s, got.AccessToken).get(v1).want(200)
	if a := revoke(gatewayApp, "?token="+got.AccessToken, tokenForm).want(200); strings.TrimSpace(string(a.body)) != "" {
		t.Errorf("body %s", a.body)
	}
	withToken(t, s, got.AccessToken).get(v1).want(401)
}
