package sim_test

import (
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"

	"github.com/ringql/ringql/internal/sim"
)

func TestWebSocketToken(t *testing.T) {
	s, c := served(t, unlimited())
	var info struct {
		Token     string `json:"ws_access_token"`
		URI       string `json:"uri"`
		ExpiresIn int    `json:"expires_in"`
	}
	c.send(http.MethodPost, "/restapi/oauth/wstoken", nil).want(http.StatusOK).into(&info)
	if info.URI != "ws"+strings.TrimPrefix(c.base, "http")+"/ws" || info.ExpiresIn != 30 || len(info.Token) < 32 {
		t.Errorf("%+v", info)
	}
	url := info.URI + "?access_token=" + info.Token
	dial(t, url).want("ConnectionDetails")
	again := dial(t, url)
	if f := again.want("Error"); f.Status != http.StatusUnauthorized || f.code(t) != "WSG-401" || again.ends() != 4401 {
		t.Errorf("a second connection with the same token: %+v", f)
	}
	if none := dial(t, info.URI); none.want("Error").code(t) != "WSG-401" || none.ends() != 4400 {
		t.Error("a connection without a token")
	}
	if direct := dial(t, info.URI+"?access_token="+c.token); direct.want("Error").code(t) != "WSG-401" || direct.ends() != 4401 {
		t.Error("a connection with a token of the REST API")
	}
	becomes(t, 1, s.LiveSockets)
	if got := admin(t, s).send(http.MethodPost, "/restapi/oauth/wstoken", nil).want(http.StatusOK).object()["uri"]; got != "wss://platform.example.com/ws" {
		t.Errorf("uri %v", got)
	}
	bare := as(t, s, sim.AdministratorID, "ReadAccounts")
	bare.send(http.MethodPost, "/restapi/oauth/wstoken", nil).want(http.StatusForbidden)
	bare.token = ""
	bare.send(http.MethodPost, "/restapi/oauth/wstoken", nil).want(http.StatusUnauthorized)
}

func TestWebSocketTokenEnds(t *testing.T) {
	_, c := served(t, overSockets(sim.WebSocket{TokenLife: time.Nanosecond}))
	uri, token := c.ticket()
	if l := dial(t, uri+"?access_token="+token); l.want("Error").code(t) != "WSG-401" {
		t.Error("a token past its life opened a connection")
	}
	s, c := served(t, unlimited())
	uri, token = c.ticket()
	c.send(http.MethodPost, "/restapi/oauth/revoke", "token="+c.token+"&client_id="+sim.ClientID+"&client_secret="+sim.ClientSecret).want(http.StatusOK)
	if l := dial(t, uri+"?access_token="+token); l.want("Error").code(t) != "WSG-401" || s.LiveSockets() != 0 {
		t.Error("a token outlived its session")
	}
}

func TestWebSocketTokenAsElsewhereSeen(t *testing.T) {
	s, c := served(t, overSockets(sim.WebSocket{TokenLife: 600 * time.Second, ReusableTokens: true, LateScope: true, RefuseUpgrade: true}))
	c.token = s.Token(sim.AdministratorID, "ReadAccounts")
	uri, token := c.ticket()
	for range 2 {
		dial(t, uri+"?access_token="+token).want("ConnectionDetails")
	}
	_, resp, err := websocket.Dial(t.Context(), uri+"?access_token=other", nil)
	if err == nil || resp == nil || resp.StatusCode != http.StatusUnauthorized {
		t.Errorf("%v, %+v", err, resp)
	}
}

func TestWebSocketNeedsAListener(t *testing.T) {
	s := newServer(t, unlimited())
	c := admin(t, s)
	uri, token := c.ticket()
	_, resp, err := websocket.Dial(t.Context(), uri+"?access_token="+token, &websocket.DialOptions{HTTPClient: c.http})
	if err == nil || resp == nil {
		t.Fatalf("%v, %+v", err, resp)
	}
	text, _ := io.ReadAll(resp.Body)
	if resp.StatusCode != http.StatusNotImplemented || !strings.Contains(string(text), "needs a real connection") {
		t.Errorf("%d %s", resp.StatusCode, text)
	}
}
