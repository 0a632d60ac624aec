package gateway_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/coder/websocket"

	"github.com/ringql/ringql/internal/auth"
	"github.com/ringql/ringql/internal/gateway"
	"github.com/ringql/ringql/internal/sim"
)

// socketOf is the browser's end of a socket: it answers pings while nobody looks.
type socketOf struct {
	*wire
	heard chan string // messages, and "closed with" a code at the end
}

// socket opens a socket with headers. The first message is payload; none for "".
func (v *visitor) socket(h http.Header, protocol, payload string) *socketOf {
	v.t.Helper()
	conn, resp, err := websocket.Dial(v.t.Context(), v.url+"/graphql", &websocket.DialOptions{
		HTTPClient: v.client, HTTPHeader: h, Host: "gateway-7", Subprotocols: []string{protocol}, // as a proxy has it
	})
	if err != nil {
		v.t.Fatal(err)
	}
	if resp.Body != nil {
		_ = resp.Body.Close()
	}
	v.t.Cleanup(func() { _ = conn.CloseNow() })
	s := &socketOf{&wire{v.t, v.t.Context(), conn}, make(chan string, 100)}
	go func() {
		for {
			_, b, err := conn.Read(v.t.Context())
			if err != nil {
				s.heard <- fmt.Sprintf("closed with %d", websocket.CloseStatus(err))
				return
			}
			s.heard <- string(b)
		}
	}()
	s.write(strings.TrimSuffix(`{"type":"connection_init","payload":`+payload, `,"payload":`) + "}")
	return s
}

// hears says what is wrong with the next message.
func (s *socketOf) hears(want ...string) {
	s.t.Helper()
	got := <-s.heard
	for _, w := range want {
		if !strings.Contains(got, w) {
			s.t.Errorf("got %s, want %s", got, w)
		}
	}
}

// asks sends a query, whose answer is to hold all of want.
func (s *socketOf) asks(want ...string) {
	s.t.Helper()
	s.write(subscribe("1", viewing))
	s.hears(want...)
	if !strings.Contains(want[0], "error") {
		s.hears(`"complete"`)
	}
}

// Pages of other sites open no socket, signed in or not.
func TestSocketOrigins(t *testing.T) {
	l := newLobby(t)
	v := l.served(t, func(c *gateway.Config, _ *auth.DoorConfig) { c.Origins = []string{"https://app.example.com"} })
	for origin, want := range map[string]bool{
		site: true, "https://app.example.com": true, "https://gateway-7": true, "": true,
		"https://evil.example": false, site + ".evil.example": false, "null": false, "http://ringql.example.com": false, site + ":8443": false,
	} {
		h := http.Header{}
		if origin != "" {
			h.Set("Origin", origin)
		}
		conn, _, err := websocket.Dial(t.Context(), v.url+"/graphql", &websocket.DialOptions{HTTPHeader: h, Host: "gateway-7", Subprotocols: []string{"graphql-transport-ws"}})
		if err == nil {
			_ = conn.CloseNow()
		}
		if (err == nil) != want {
			t.Errorf("%s: %v", origin, err)
		}
	}
}

// pause ends between two heartbeats: where nothing lies on the way, both ends could wait for
// each other to read.
const pause = 50*time.Minute + 7*time.Second

func showing(token any) string {
	b, _ := json.Marshal(map[string]any{auth.CSRFHeader: token})
	return string(b)
}

// A page on a socket shows the CSRF token in its first message: a browser lets it send no
// headers, and sends the cookie along by itself.
func TestSocketShowsToken(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newLobby(t)
		v := l.piped(t, l.gateway(t, nil))
		p, other := v.signIn(sim.StandardUserID), v.signIn(sim.StandardUserID)
		page := http.Header{"Cookie": {p.cookie}, "Origin": {site}}
		for name, payload := range map[string]string{
			"nothing": "", "null": "null", "no token": "{}", "an empty one": showing(""), "a wrong one": showing(strings.Repeat("A", 43)), "another session's": showing(other.csrf),
			"no text": showing(5), "a list": showing([]string{p.csrf}), "another case": strings.ToLower(showing(p.csrf)), "a part": showing(p.csrf[:42]), "more": showing(p.csrf + "A"),
		} {
			s := v.socket(page, "graphql-transport-ws", payload)
			if got := <-s.heard; got != "closed with 4403" {
				t.Errorf("%s: %s", name, got)
			}
			s = v.socket(page, "graphql-ws", payload)
			s.hears(`"connection_error"`, "X-RingQL-CSRF", "FORBIDDEN")
			s.hears("closed with 4403")
		}
		for _, protocol := range []string{"graphql-transport-ws", "graphql-ws"} {
			v.socket(page, protocol, showing(p.csrf)).hears(`"connection_ack"`)
		}
		s := v.socket(page, "graphql-transport-ws", showing(p.csrf))
		s.hears(`"connection_ack"`)
		s.asks("Jane Smith")
		program := v.socket(p.own(), "graphql-transport-ws", "") // which can send headers
		program.hears(`"connection_ack"`)
		program.asks("Jane Smith")
		// A token of one's own goes before the cookie that comes along.
		bearer := v.socket(page, "graphql-transport-ws", `{"Authorization":"Bearer `+l.sim.Token(sim.AdministratorID)+`"}`)
		bearer.hears(`"connection_ack"`)
		bearer.asks("John Smith")
	})
}

// A socket outlives requests: each operation on it looks whether the session still stands.
func TestSocketOfEndedSession(t *testing.T) {
	for reason, end := range map[string]func(l *lobby, v *visitor, p pass){
		"SIGNED_OUT":            func(_ *lobby, v *visitor, p pass) { v.signOut(p, "/auth/logout") },
		"SIGNED_OUT_EVERYWHERE": func(_ *lobby, v *visitor, _ pass) { v.signOut(v.signIn(sim.StandardUserID), "/auth/logout/all") },
		"IDLE":                  func(*lobby, *visitor, pass) { time.Sleep(time.Hour + time.Second) },
		"REVOKED": func(l *lobby, _ *visitor, _ pass) {
			l.sim.EndSessions(sim.StandardUserID)
			time.Sleep(pause + 9*time.Minute)
		},
	} {
		t.Run(reason, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				l := newLobby(t)
				v := l.piped(t, l.gateway(t, nil))
				p := v.signIn(sim.StandardUserID)
				s := v.socket(http.Header{"Cookie": {p.cookie}, "Origin": {site}}, "graphql-transport-ws", showing(p.csrf))
				s.hears(`"connection_ack"`)
				s.asks("Jane Smith")
				end(l, v, p)
				if reason == "REVOKED" { // it turns out when a token is due
					s.write(subscribe("1", viewing))
					s.hears("UNAUTHENTICATED")
					s.hears("complete")
				}
				for range 2 {
					s.asks(`"type":"error"`, `"code":"UNAUTHENTICATED"`, `"reason":"`+reason+`"`)
				}
				s.write(`{"type":"ping"}`)
				s.hears(`"pong"`)
			})
		})
	}
}

// Who works on a socket uses the session; a socket that lies open does not.
func TestSocketUsesSession(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newLobby(t)
		v := l.piped(t, l.gateway(t, func(_ *gateway.Config, d *auth.DoorConfig) { d.Idle, d.Life = time.Hour, 5*time.Hour }))
		open := func() *socketOf {
			p := v.signIn(sim.StandardUserID)
			s := v.socket(http.Header{"Cookie": {p.cookie}, "Origin": {site}}, "graphql-transport-ws", showing(p.csrf))
			s.hears(`"connection_ack"`)
			return s
		}
		works, lies := open(), open()
		for range 2 {
			time.Sleep(pause)
			works.asks("Jane Smith")
			lies.write(`{"type":"ping"}`)
			lies.hears(`"pong"`)
		}
		lies.asks(`"type":"error"`, `"reason":"IDLE"`)
		for range 3 {
			time.Sleep(pause)
			works.asks("Jane Smith")
		}
		time.Sleep(pause)
		works.asks(`"type":"error"`, `"reason":"EXPIRED"`)
	})
}
