package gateway_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"

	"github.com/ringql/ringql/internal/budget"
	"github.com/ringql/ringql/internal/gateway"
	"github.com/ringql/ringql/internal/rest"
	"github.com/ringql/ringql/internal/sim"
)

// Whatever is answered, a browser is told to run nothing of it, to guess no type, to frame it
// nowhere, and to tell nobody where it came from.
func TestGuards(t *testing.T) {
	s := newStack(t, nil)
	for _, path := range []string{"/", "/playground/graphiql.js", "/graphql", "/schema.graphql", "/healthz", "/readyz", "/metrics", "/nothing", "/auth/login"} {
		for _, method := range []string{http.MethodGet, http.MethodPost, http.MethodOptions} {
			a := s.send(t, method, path, "")
			for name, want := range map[string]string{
				"X-Content-Type-Options": "nosniff", "X-Frame-Options": "DENY", "Referrer-Policy": "no-referrer",
				"Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Resource-Policy": "same-origin",
			} {
				if got := a.header.Values(name); len(got) != 1 || got[0] != want {
					t.Errorf("%s %s: %s is %q", method, path, name, got)
				}
			}
			policy := a.header.Get("Content-Security-Policy")
			if !strings.Contains(policy, "default-src 'none'") || !strings.Contains(policy, "frame-ancestors 'none'") || strings.Contains(policy, "unsafe") {
				t.Errorf("%s %s: policy %q", method, path, policy)
			}
		}
	}
}

// Pages of listed origins may ask; browsers keep others from it, since nothing allows them.
func TestOrigins(t *testing.T) {
	const app = "https://app.example.com"
	s := newStack(t, func(c *gateway.Config) { c.Origins = []string{app} })
	preflight := func(origin, method, headers string) answer {
		return s.send(t, http.MethodOptions, "/graphql", "", "Origin", origin,
			"Access-Control-Request-Method", method, "Access-Control-Request-Headers", headers)
	}
	for _, method := range []string{"GET", "POST"} {
		a := preflight(app, method, "authorization,content-type,x-ringql-csrf,x-ringql-plan")
		if a.header.Get("Access-Control-Allow-Origin") != app || a.header.Get("Access-Control-Allow-Credentials") != "true" {
			t.Errorf("%s: %v", method, a.header)
		}
	}
	for _, tt := range [][3]string{
		{"https://evil.example", "POST", "content-type"}, {"null", "POST", "content-type"}, {app + ".evil.example", "POST", "content-type"},
		{"http://app.example.com", "POST", "content-type"}, {app, "DELETE", "content-type"}, {app, "POST", "cookie"},
	} {
		if a := preflight(tt[0], tt[1], tt[2]); a.header.Get("Access-Control-Allow-Methods") != "" {
			t.Errorf("%v is allowed: %v", tt, a.header)
		}
	}
	if a := s.post(t, "{ __typename }", "Origin", app); a.status != 200 || a.header.Get("Access-Control-Allow-Origin") != app {
		t.Errorf("the query itself: %d %v", a.status, a.header)
	}
	if a := s.post(t, "{ __typename }", "Origin", "https://evil.example"); a.header.Get("Access-Control-Allow-Origin") != "" {
		t.Errorf("another's query: %v", a.header)
	}
	for origin, want := range map[string]bool{app: true, "https://evil.example": false, "http://app.example.com": false} {
		conn, _, err := websocket.Dial(t.Context(), s.url+"/graphql", &websocket.DialOptions{
			Subprotocols: []string{"graphql-transport-ws"}, HTTPHeader: http.Header{"Origin": {origin}}})
		if err == nil {
			_ = conn.CloseNow()
		}
		if (err == nil) != want {
			t.Errorf("a socket from %s: %v", origin, err)
		}
	}
}

// A client that asks without end is told when to come back, and others do not notice.
func TestRate(t *testing.T) {
	s := newStack(t, func(c *gateway.Config) { c.Rate = 5 })
	got, start := map[int]int{}, time.Now()
	for range 40 {
		a := s.post(t, "{ __typename }")
		if got[a.status]++; a.status == http.StatusTooManyRequests && (a.code() != "RATE_LIMITED" || a.header.Get("Retry-After") != "1") {
			t.Fatalf("refused with %v %s", a.header, a.text)
		}
	}
	if most := 11 + int(5*time.Since(start).Seconds()); got[200] < 10 || got[200] > most || got[200]+got[429] != 40 {
		t.Errorf("by status: %v, want 10 to %d with 200", got, most)
	}
	s.token = s.sim.Token(sim.AdministratorID)
	if a := s.post(t, "{ __typename }"); a.status != 200 {
		t.Errorf("another: %d", a.status)
	}
}

// Who guesses tokens is one client, whatever the guesses.
func TestRateOfGuesses(t *testing.T) {
	s := newStack(t, func(c *gateway.Config) { c.Rate = 5 })
	got := map[int]int{}
	for i := range 40 {
		got[s.send(t, http.MethodPost, "/graphql", small, "Content-Type", "application/json", "Authorization", fmt.Sprintf("Basic %d", i)).status]++
	}
	if got[401] < 10 || got[429] < 10 || got[401]+got[429] != 40 {
		t.Errorf("by status: %v", got)
	}
}

const (
	listed   = "query Main { account { mainNumber } }"
	unlisted = "query Other { viewer { name } }"
)

// Of documents that the gateway was given, the text or the id will do; no other is carried
// out, or it is noted.
func TestTrustedDocuments(t *testing.T) {
	apollo := `{"format":"apollo-persisted-query-manifest","version":1,"operations":[{"id":"` + hashOf(listed) + `","name":"Main","type":"query","body":"` + listed + `"}]}`
	plain := `{"` + hashOf(listed) + `":"` + listed + `"}`
	request := func(members map[string]any) string { b, _ := json.Marshal(members); return string(b) }
	for _, manifest := range []string{apollo, plain} {
		for _, mode := range []string{"enforce", "log"} {
			s := newStack(t, func(c *gateway.Config) { c.Trusted, c.TrustedMode = []byte(manifest), mode })
			for _, tt := range []struct {
				name, body, enforced, logged string
			}{
				{"text", request(map[string]any{"query": listed}), "", ""},
				{"id", request(map[string]any{"documentId": hashOf(listed)}), "", ""},
				{"id with its kind", request(map[string]any{"documentId": "sha256:" + hashOf(listed)}), "", ""},
				{"hash", request(hashed(hashOf(listed), "")), "", ""},
				{"hash and text", request(hashed(hashOf(listed), listed)), "", ""},
				{"id of another text", request(map[string]any{"documentId": hashOf(listed), "query": unlisted}), "BAD_USER_INPUT", "BAD_USER_INPUT"},
				{"another text", request(map[string]any{"query": unlisted}), "FORBIDDEN", ""},
				{"known, with a space", request(map[string]any{"query": listed + " "}), "FORBIDDEN", ""},
				{"another by hash and text", request(hashed(hashOf(unlisted), unlisted)), "FORBIDDEN", ""},
				{"another by hash", request(hashed(hashOf(unlisted), "")), "FORBIDDEN", ""},
				{"an unknown id", request(map[string]any{"documentId": "x"}), "FORBIDDEN", "BAD_USER_INPUT"},
				{"an id that is none", `{"documentId":1}`, "BAD_USER_INPUT", "BAD_USER_INPUT"},
				{"the schema", request(map[string]any{"query": "{ __schema { types { name } } }"}), "FORBIDDEN", ""},
			} {
				want := tt.enforced
				if mode == "log" {
					want = tt.logged
				}
				a := s.send(t, http.MethodPost, "/graphql", tt.body, "Content-Type", "application/json", "Authorization", "Bearer "+s.token)
				if a.code() != want {
					t.Errorf("%s, %s: %d %s", mode, tt.name, a.status, a.text)
				}
			}
			if noted := strings.Count(s.log.String(), "trusted=false"); (noted > 0) != (mode == "log") {
				t.Errorf("%s: %d noted", mode, noted)
			}
			a := s.send(t, http.MethodGet, "/graphql?documentId="+url.QueryEscape(hashOf(listed)), "", "Authorization", "Bearer "+s.token)
			if a.code() != "" {
				t.Errorf("by GET: %s", a.text)
			}
		}
	}
	if a := newStack(t, nil).post(t, ""); a.code() != "BAD_USER_INPUT" {
		t.Errorf("nothing: %s", a.text)
	}
	for _, bad := range []string{"", "x", "[]", "{}", `{"a":""}`, `{"":"{ x }"}`, `{"a":1}`, `{"operations":[]}`} {
		if _, err := gateway.New(gateway.Config{REST: rest.New(rest.Config{}), Gate: budget.NewGate(), Web: gateway.Web{Trusted: []byte(bad)}}); err == nil || !strings.Contains(err.Error(), "RINGQL_TRUSTED_DOCUMENTS") {
			t.Errorf("manifest %q: %v", bad, err)
		}
	}
}
