package auth_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/ringql/ringql/internal/auth"
)

const canary = "canary"

// shown is v as careless code would show it.
func shown(v any) string {
	var b bytes.Buffer
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%d", "%x"} {
		_, _ = fmt.Fprintf(&b, verb+"\n", v)
		_, _ = fmt.Fprintf(&b, verb+"\n", []any{v})
		_, _ = fmt.Fprintf(&b, verb+"\n", struct{ V any }{v})
	}
	slog.New(slog.NewTextHandler(&b, nil)).Info("x", "v", v, slog.Group("g", "v", []any{v}))
	slog.New(slog.NewJSONHandler(&b, nil)).Info("x", "v", v, slog.Group("g", "v", []any{v}))
	_ = json.NewEncoder(&b).Encode(v)
	return b.String()
}

func hidden(t *testing.T, name string, v any, secrets ...string) {
	t.Helper()
	s := shown(v)
	for _, secret := range append(secrets, canary) {
		if strings.Contains(s, secret) || strings.Contains(s, fmt.Sprintf("%x", secret)) {
			t.Errorf("%s shows %s: %s", name, secret, s)
		}
	}
}

// No value that others get to hold shows a secret, however it is printed.
func TestSecretsAreNotShown(t *testing.T) {
	secret := auth.NewSecret(canary)
	app := auth.App{ServerURL: "http://upstream", ClientID: "x", ClientSecret: secret}
	o := auth.NewOAuth(app, roundTripper(func(*http.Request) (*http.Response, error) {
		return response(http.StatusOK, `{"access_token":"canary-a","refresh_token":"canary-r","owner_id":"1","expires_in":3600,"scope":"A"}`)
	}))
	g, err := o.Exchange(t.Context(), "", "canary-code", "canary-verifier")
	if err != nil {
		t.Fatal(err)
	}
	c := newCipher(t, sessionKey(77))
	cfg := auth.SessionsConfig{OAuth: o, Cipher: c, Store: auth.NewMemory()}
	sessions, err := auth.NewSessions(cfg)
	if err != nil {
		t.Fatal(err)
	}
	handle, err := sessions.Start(t.Context(), g, "", "")
	if err != nil {
		t.Fatal(err)
	}
	s, err := sessions.Find(t.Context(), handle)
	if err != nil {
		t.Fatal(err)
	}
	csrf, cred := s.CSRF.Reveal(), auth.Credential{JWT: secret, ClientSecret: secret}
	bearer, err := new(auth.Authenticator).Identify("Bearer canary", "")
	if err != nil {
		t.Fatal(err)
	}
	service := auth.NewService(cred, nil)
	for name, v := range map[string]any{
		"Secret": secret, "*Secret": &secret, "App": app, "*App": &app, "OAuth": o, "Grant": *g, "*Grant": g,
		"Cipher": c, "SessionsConfig": cfg, "Sessions": sessions, "Session": *s, "*Session": s,
		"session's Person": s.Person, "bearer's Person": bearer, "service's Person": service, "Credential": cred,
		"Authenticator": &auth.Authenticator{Service: service, Keys: newKeys(t)},
	} {
		hidden(t, name, v, csrf, handle, "77 77 77", "0x4d, 0x4d", keyOne, keyTwo)
	}
}

// An upstream that repeats what it was sent, in whatever it answers, does not get it into
// an error or the log.
func TestErrorsShowNoSecrets(t *testing.T) {
	for i, answer := range []struct {
		status int
		kind   string
		body   string
	}{
		{400, "application/json", `{"error":"canary","error_description":"canary"}`},
		{400, "application/json", `{"error":"invalid_grant","error_description":"canary"}`},
		{400, "application/json", `{"error":"invalid_client","error_description":"canary","errors":[{"errorCode":"canary"}]}`},
		{401, "text/plain", "error=canary&canary=%zz"},
		{500, "text/html", "<html>canary"},
		{200, "application/json", `canary`},
		{200, "application/json", `{"access_token":"canary\r\nX: y","owner_id":"1"}`},
		{200, "application/json", `{"access_token":"canary","refresh_token":"canary"}`},
		{200, "application/json", `{"access_token":"canary","owner_id":["canary"]}`},
		{200, "application/json", `{"access_token":["canary"],"owner_id":"1"}`},
		{200, "application/json", `{"access_token":"canary","owner_id":"1","expires_in":"canary"}`},
		{200, "text/plain", "access_token=%canary"},
		{200, "text/plain", "access_token=canary&owner_id=1&expires_in=canary"},
		{302, "text/plain", "canary"},
		{0, "", ""},
	} {
		synctest.Test(t, func(t *testing.T) {
			h := newHouse(t, auth.NewMemory())
			broken := false
			var r *replica
			h.way = roundTripper(func(req *http.Request) (*http.Response, error) {
				switch {
				case !broken:
					return response(http.StatusOK, `{"access_token":"canary-a","refresh_token":"canary-r","owner_id":"1","expires_in":3600}`)
				case answer.status == 0:
					return nil, errors.New("no connection") // the client puts the address before it
				}
				resp, err := response(answer.status, answer.body)
				resp.Header.Set("Content-Type", answer.kind)
				resp.Header.Set("Location", "http://elsewhere/?token=canary")
				return resp, err
			})
			r = h.replica()
			handle := r.signIn("canary-code")
			person := r.find(handle).Person
			broken = true
			time.Sleep(61 * time.Minute)
			_, failed := h.oauth().Exchange(t.Context(), "", "canary-code", "canary-verifier")
			errs := []error{failed, person.Check(t.Context()), r.End(t.Context(), handle)}
			r.Wait()
			_, found := r.Find(t.Context(), handle)
			for n, err := range append(errs, found) {
				if n < 2 && err == nil {
					t.Errorf("answer %d: error %d is none", i, n)
				}
				hidden(t, fmt.Sprintf("answer %d, error %d", i, n), err, handle)
			}
			hidden(t, "the log", h.log.String(), handle)
		})
	}
}
