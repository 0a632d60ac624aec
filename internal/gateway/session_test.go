package gateway_test

import (
	"context"
	"errors"
	"net"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/ringql/ringql/internal/auth"
	"github.com/ringql/ringql/internal/gateway"
	"github.com/ringql/ringql/internal/sim"
)

// own are the headers of a page of the gateway's.
func (p pass) own() http.Header {
	return http.Header{"Cookie": {p.cookie}, auth.CSRFHeader: {p.csrf}, "Origin": {site}}
}

// piped puts a gateway on a network that lives in pretend time.
func (l *lobby) piped(t *testing.T, g *gateway.Gateway) *visitor {
	t.Helper()
	p := &pipes{conns: make(chan net.Conn), done: make(chan struct{})}
	srv := &http.Server{Handler: g, ReadHeaderTimeout: time.Minute}
	go func() { _ = srv.Serve(p) }()
	tr := &http.Transport{DialContext: p.dial}
	t.Cleanup(func() {
		tr.CloseIdleConnections()
		_ = srv.Close()
	})
	return l.visitor(t, "http://gateway", tr)
}

// Where people sign in over HTTPS, browsers are told to come by it alone, whatever is asked.
func TestOnlyHTTPS(t *testing.T) {
	l := newLobby(t)
	for url, want := range map[string]string{site: "max-age=31536000", "": ""} {
		v := l.served(t, func(_ *gateway.Config, d *auth.DoorConfig) { d.URL = url })
		for _, path := range []string{"/", "/graphql", "/auth/login", "/auth/session", "/nothing", "/healthz"} {
			resp, _ := v.do(http.MethodGet, v.url+path, "", http.Header{})
			if got := resp.Header.Get("Strict-Transport-Security"); got != want {
				t.Errorf("%q%s: %q", url, path, got)
			}
		}
	}
	if got := newStack(t, nil).send(t, http.MethodGet, "/", "").header.Get("Strict-Transport-Security"); got != "" {
		t.Errorf("without sign-in: %q", got)
	}
}

// The CSRF token is one of the headers that no other site can send: who shows it needs no
// other. Pages of listed origins may show it.
func TestSessionOfListedOrigin(t *testing.T) {
	const app = "https://app.example.com"
	l := newLobby(t)
	v := l.served(t, func(c *gateway.Config, d *auth.DoorConfig) { c.Origins, d.Origins = []string{app}, []string{app} })
	p := v.signIn(sim.StandardUserID)
	resp, text := v.do(http.MethodGet, v.url+getQuery(viewing), "", http.Header{"Cookie": {p.cookie}, auth.CSRFHeader: {p.csrf}})
	if resp.StatusCode != http.StatusOK || !strings.Contains(text, "Jane Smith") {
		t.Errorf("by GET: %d %s", resp.StatusCode, text)
	}
	h := p.own()
	h.Set("Origin", app)
	h.Set("Sec-Fetch-Site", "same-site")
	resp, text = v.do(http.MethodGet, v.url+getQuery(viewing), "", h)
	if resp.Header.Get("Access-Control-Allow-Origin") != app || resp.Header.Get("Access-Control-Allow-Credentials") != "true" || !strings.Contains(text, "Jane Smith") {
		t.Errorf("of a listed origin: %d %v %s", resp.StatusCode, resp.Header, text)
	}
	resp, _ = v.do(http.MethodOptions, v.url+"/graphql", "", http.Header{"Origin": {app}, "Access-Control-Request-Method": {"POST"}, "Access-Control-Request-Headers": {"content-type,x-ringql-csrf"}})
	if !strings.Contains(strings.ToLower(resp.Header.Get("Access-Control-Allow-Headers")), "x-ringql-csrf") {
		t.Errorf("it may not show the token: %v", resp.Header)
	}
}

// A gateway that stops ends upstream the sessions that people have signed out of, but does
// not wait for it without end.
func TestStopWaitsForSignOut(t *testing.T) {
	for _, tt := range []struct {
		patience time.Duration
		want     error
		live     int
	}{{time.Minute, nil, 0}, {time.Second, context.DeadlineExceeded, 1}} {
		synctest.Test(t, func(t *testing.T) {
			l := newLobby(t)
			g := l.gateway(t, nil)
			v := l.piped(t, g)
			p := v.signIn(sim.StandardUserID)
			l.sim.FailNext("revokeToken", 1, sim.Fault{Delay: 5 * time.Second})
			v.signOut(p, "/auth/logout")
			g.Drain()
			ctx, cancel := context.WithTimeout(t.Context(), tt.patience)
			defer cancel()
			if err := g.Wait(ctx); !errors.Is(err, tt.want) || l.sim.LiveSessions(sim.StandardUserID) != tt.live {
				t.Errorf("within %v: %v, %d sessions upstream", tt.patience, err, l.sim.LiveSessions(sim.StandardUserID))
			}
		})
	}
}
