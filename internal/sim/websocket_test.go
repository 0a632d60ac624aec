package sim_test

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"

	"github.com/ringql/ringql/internal/sim"
)

func TestWebSocketDetails(t *testing.T) {
	_, c := served(t, unlimited())
	l := c.connect(t, "")
	if _, err := time.Parse("2006-01-02T15:04:05.000-0700", l.CreationTime); err != nil {
		t.Error(err)
	}
	got := l.details
	got.CreationTime = ""
	want := details{MaxConnectionsPerSession: 50, RecoveryBufferSize: 100, RecoveryTimeout: 180, IdleTimeout: 1800, AbsoluteTimeout: 86400, MaxActiveRequests: 10}
	if got != want {
		t.Errorf("%+v", got)
	}
	l.say(map[string]string{"type": "Heartbeat", "messageId": "beat"})
	if f := l.want("Heartbeat"); f.MessageID != "beat" || f.body != nil {
		t.Errorf("%+v", f)
	}
	if err := l.conn.Ping(t.Context()); err != nil {
		t.Error(err)
	}
}

func TestWebSocketRefusesNonsense(t *testing.T) {
	_, c := served(t, unlimited())
	l := c.connect(t, "")
	for _, text := range []string{"", "{}", "[]", "[1]", "[{},{},{}]", `[{"type":1}]`, `[{"type":"Other","messageId":"m"}]`, `[{"type":"ClientRequest"}]`,
		`[{"type":"ClientRequest","messageId":"m","method":"GET","path":"no slash"}]`, `[{"type":"ClientRequest","messageId":"m","method":"G T","path":"/"}]`} {
		l.shout(text)
		if f := l.want("Error"); f.Status != http.StatusBadRequest || f.code(t) != "WSG-400" {
			t.Errorf("%s: %+v", text, f)
		}
	}
	for _, path := range []string{"/ws", "/restapi/oauth/token", "/restapi/oauth/wstoken", "/restapi/v1.0/none", "/restapi/../ws"} {
		if f := l.ask(http.MethodPost, path, map[string]string{}); f.Status != http.StatusNotFound || f.code(t) != "CMN-120" {
			t.Errorf("%s: %+v", path, f)
		}
	}
	_ = l.conn.Write(t.Context(), websocket.MessageText, make([]byte, 2<<20)) // it may be cut short
	if code := l.ends(); code != websocket.StatusMessageTooBig {
		t.Errorf("after a huge message the connection closed with %d", code)
	}
}

func TestWebSocketCarriesRequests(t *testing.T) {
	s, c := served(t, sim.Config{})
	l := c.connect(t, "")
	s.ResetCalls()
	l.say(map[string]any{"type": "ClientRequest", "messageId": "m", "method": "get", "path": v1 + "/extension", "query": map[string]any{"perPage": 1, "status": []string{"Enabled", "Disabled"}},
		"headers": map[string]any{"X-User-Agent": "test", "Authorization": "Bearer other"}})
	f := l.want("ClientRequest")
	var list struct{ Records []struct{ URI string } }
	f.into(t, &list)
	if f.Status != http.StatusOK || len(list.Records) != 1 || !strings.HasPrefix(list.Records[0].URI, c.base) || f.Headers["X-Rate-Limit-Limit"] == "" || f.Headers["Rcrequestid"] == "" {
		t.Errorf("%+v %s", f, f.body)
	}
	if calls := s.Calls(); len(calls) != 1 || !strings.Contains(calls[0], "GET "+v1+"/extension?perPage=1&status=Enabled&status=Disabled") {
		t.Errorf("%q", calls)
	}
	s.FailNext("listExtensions", 1, sim.Fault{Status: http.StatusBadGateway, Body: "<html>"})
	if f := l.ask(http.MethodGet, v1+"/extension"); f.Status != http.StatusBadGateway || string(f.body) != `"<html>"` {
		t.Errorf("%+v %s", f, f.body)
	}
	s.FailNext("listExtensions", 1, sim.Fault{Drop: true})
	l.say(map[string]string{"type": "ClientRequest", "messageId": "m", "method": "GET", "path": v1 + "/extension"})
	if code := l.ends(); code != -1 {
		t.Errorf("closed with %d", code)
	}
	becomes(t, 0, s.LiveSockets)
}

func TestWebSocketAnswersInErrorFrames(t *testing.T) {
	_, c := served(t, overSockets(sim.WebSocket{ErrorAnswers: true}))
	l := c.connect(t, "")
	l.say(map[string]string{"type": "ClientRequest", "messageId": "m", "method": "GET", "path": "/restapi/v1.0/none"})
	if f := l.want("Error"); f.MessageID != "m" || f.Status != http.StatusNotFound || f.code(t) != "CMN-120" {
		t.Errorf("%+v", f)
	}
}

func TestWebSocketLimits(t *testing.T) {
	cfg := overSockets(sim.WebSocket{Connections: 2, Requests: 1})
	s, c := served(t, cfg)
	l := c.connect(t, "")
	c.connect(t, "")
	uri, token := c.ticket()
	if l := dial(t, uri+"?access_token="+token); l.want("Error").code(t) != "WSG-429" || l.ends() != 4429 {
		t.Error("a third connection of one session")
	}
	other := c
	other.token = s.Token(sim.AdministratorID)
	other.connect(t, "")
	s.FailNext("listExtensions", 1, sim.Fault{Delay: moment})
	for _, id := range []string{"slow", "quick"} {
		l.say(map[string]string{"type": "ClientRequest", "messageId": id, "method": "GET", "path": v1 + "/extension"})
	}
	if f := l.want("Error"); f.MessageID != "quick" || f.Status != http.StatusTooManyRequests {
		t.Errorf("%+v", f)
	}
	if f := l.want("ClientRequest"); f.MessageID != "slow" || f.Status != http.StatusOK {
		t.Errorf("%+v", f)
	}
}

func TestWebSocketTimeouts(t *testing.T) {
	for name, test := range map[string]struct {
		cfg  sim.WebSocket
		code string
	}{
		"idle":     {sim.WebSocket{IdleTimeout: 2 * lull}, "WSG-902"},
		"absolute": {sim.WebSocket{AbsoluteTimeout: 2 * lull}, "WSG-903"},
	} {
		t.Run(name, func(t *testing.T) {
			s, c := served(t, overSockets(test.cfg))
			l := c.connect(t, "")
			if f := l.want("Error"); f.code(t) != test.code || l.ends() != websocket.StatusGoingAway {
				t.Errorf("%+v", f)
			}
			becomes(t, 0, s.LiveSockets)
		})
	}
}

func TestWebSocketPings(t *testing.T) {
	s, c := served(t, overSockets(sim.WebSocket{PingInterval: time.Millisecond, PongTimeout: moment}))
	l := c.connect(t, "")
	l.silent() // the client answers them
	uri, token := c.ticket()
	deaf, _, err := websocket.Dial(t.Context(), uri+"?access_token="+token, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = deaf.CloseNow() }()
	if _, _, err := deaf.Read(t.Context()); err != nil {
		t.Fatal(err)
	}
	becomes(t, 1, s.LiveSockets) // who reads no more answers none
	l.silent()
}

func TestWebSocketEndsWithItsSession(t *testing.T) {
	s, c := served(t, unlimited())
	var in struct {
		Token string `json:"access_token"`
	}
	form := "grant_type=urn:ietf:params:oauth:grant-type:jwt-bearer&assertion=" + sim.JWT(sim.AdministratorID) + "&client_id=" + sim.ClientID + "&client_secret=" + sim.ClientSecret
	c.send(http.MethodPost, "/restapi/oauth/token", form, "Content-Type", "application/x-www-form-urlencoded", "Authorization", "").want(http.StatusOK).into(&in)
	c.token = in.Token
	l := c.connect(t, "")
	s.ExpireTokens("")
	if f := l.ask(http.MethodGet, v1+"/extension?perPage=1"); f.Status != http.StatusOK {
		t.Errorf("the connection did not outlive its access token: %+v %s", f, f.body)
	}
	s.EndSessions("")
	if f := l.want("Error"); f.code(t) != "OAU-213" || l.ends() != 4401 {
		t.Errorf("%+v", f)
	}
}

func TestWebSocketsEndWithTheServer(t *testing.T) {
	s, c := served(t, unlimited())
	l := c.connect(t, "")
	s.Close()
	if code := l.ends(); code != -1 {
		t.Errorf("closed with %d", code)
	}
	becomes(t, 0, s.LiveSockets)
	uri, token := c.ticket()
	if _, resp, err := websocket.Dial(t.Context(), uri+"?access_token="+token, nil); err == nil || resp.StatusCode != http.StatusServiceUnavailable {
		t.Errorf("%v, %+v", err, resp)
	}
}

func TestWebSocketsEndWithTheListener(t *testing.T) {
	s := newServer(t, unlimited())
	ctx, cancel := context.WithCancel(t.Context())
	url, err := s.Listen(ctx, "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	c := caller{t, http.DefaultClient, url, s.Token(sim.AdministratorID)}
	l := c.connect(t, "")
	cancel()
	if code := l.ends(); code != -1 {
		t.Errorf("closed with %d", code)
	}
	becomes(t, 0, s.LiveSockets)
}
