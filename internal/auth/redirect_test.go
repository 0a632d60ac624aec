package auth_test

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/ringql/ringql/internal/auth"
)

// No token call follows a redirect: it would carry a code, a token or the app's secret along.
func TestTokenCallsFollowNoRedirect(t *testing.T) {
	elsewhere := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		t.Errorf("%s %s was sent elsewhere, with %v %s", r.Method, r.URL, r.Header, body)
	}))
	defer elsewhere.Close()
	secret := auth.NewSecret("secret")
	for _, status := range []int{301, 302, 303, 307, 308} {
		for _, to := range []string{elsewhere.URL, "/restapi/oauth/elsewhere", "//" + elsewhere.Listener.Addr().String(), "%zz"} {
			good, calls := true, 0
			up := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if calls++; good {
					w.Header().Set("Content-Type", "application/json")
					_, _ = io.WriteString(w, `{"access_token":"a","refresh_token":"r","owner_id":"1","expires_in":3600}`)
					return
				}
				http.Redirect(w, r, to, status)
			}))
			app := auth.App{ServerURL: up.URL, ClientID: "x", ClientSecret: secret}
			oauth := auth.NewOAuth(app, http.DefaultTransport)
			sessions, err := auth.NewSessions(auth.SessionsConfig{OAuth: oauth, Log: slog.New(slog.DiscardHandler)})
			if err != nil {
				t.Fatal(err)
			}
			g, err := oauth.Exchange(t.Context(), "", "code", "verifier")
			if err != nil {
				t.Fatal(err)
			}
			handle, err := sessions.Start(t.Context(), g, "", "")
			if err != nil {
				t.Fatal(err)
			}
			good = false
			for name, call := range map[string]func(context.Context) error{
				"a code":       func(ctx context.Context) error { _, err := oauth.Exchange(ctx, "", "code", "verifier"); return err },
				"a credential": auth.NewService(auth.Credential{ServerURL: up.URL, ClientID: "x", ClientSecret: secret, JWT: secret}, http.DefaultTransport).Check,
			} {
				if calls = 0; call(t.Context()) == nil || calls != 1 {
					t.Errorf("%s, %d to %s: %d calls", name, status, to, calls)
				}
			}
			calls = 0
			if err := sessions.End(t.Context(), handle); err != nil {
				t.Error(err)
			}
			if sessions.Wait(); calls != 1 {
				t.Errorf("a revocation, %d to %s: %d calls", status, to, calls)
			}
			up.Close()
		}
	}
}
