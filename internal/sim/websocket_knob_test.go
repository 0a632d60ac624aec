package sim_test

import (
	"context"
	"net/http"
	"testing"
	"time"

	"github.com/coder/websocket"

	"github.com/ringql/ringql/internal/sim"
)

func TestRefuseSockets(t *testing.T) {
	s, c := served(t, unlimited())
	l := c.connect(t, "")
	s.RefuseSockets(moment)
	uri, token := c.ticket()
	_, resp, err := websocket.Dial(t.Context(), uri+"?access_token="+token, nil)
	if err == nil || resp == nil || resp.StatusCode != http.StatusServiceUnavailable {
		t.Fatalf("%v, %+v", err, resp)
	}
	l.silent() // it stays
	time.Sleep(moment)
	dial(t, uri+"?access_token="+token).want("ConnectionDetails") // the token was not spent
}

func TestSilenceSockets(t *testing.T) {
	for name, lose := range map[string]bool{"kept": false, "lost": true} {
		t.Run(name, func(t *testing.T) {
			s, c := served(t, overSockets(sim.WebSocket{LoseUnseen: lose, PingInterval: time.Millisecond, PongTimeout: moment}))
			l := c.connect(t, "")
			l.subscribe(numbers)
			s.SilenceSockets(true)
			unseen := s.RaiseEvents(2)
			l.say(map[string]string{"type": "Heartbeat", "messageId": "beat"})
			ctx, cancel := context.WithTimeout(t.Context(), 2*lull)
			defer cancel()
			if l.conn.Ping(ctx) == nil {
				t.Error("a half-open connection answered a ping")
			}
			l.silent()
			uri, token := c.ticket()
			dial(t, uri+"?access_token="+token).silent()
			if s.LiveSockets() != 2 {
				t.Errorf("%d live sockets", s.LiveSockets())
			}
			_ = l.conn.CloseNow()
			becomes(t, 1, s.LiveSockets)
			s.SilenceSockets(false)
			back := c.connect(t, l.wsc)
			if back.RecoveryState != "Successful" {
				t.Errorf("%+v", back.details)
			}
			if !lose {
				back.wants(unseen...)
			}
			back.wants(s.RaiseEvents(1)...)
		})
	}
}

func TestSilenceIsNotIdle(t *testing.T) {
	s, c := served(t, overSockets(sim.WebSocket{IdleTimeout: lull}))
	s.SilenceSockets(true)
	uri, token := c.ticket()
	l := dial(t, uri+"?access_token="+token)
	for range 4 {
		l.silent()
	}
	if n := s.LiveSockets(); n != 1 {
		t.Errorf("%d live sockets", n)
	}
}

func TestSilenceEnds(t *testing.T) {
	s, c := served(t, unlimited())
	l := c.connect(t, "")
	l.subscribe(numbers)
	s.SilenceSockets(true)
	waiting := s.RaiseEvents(2)
	l.silent()
	s.SilenceSockets(false)
	l.wants(waiting...)
}

func TestTroubleOverWebSockets(t *testing.T) {
	s, c := served(t, unlimited())
	l := c.connect(t, "")
	l.subscribe(numbers)
	s.DuplicateEvents(1)
	twice := s.RaiseEvents(1)
	l.wants(twice[0], twice[0])
	s.ForgeEvents(1)
	l.wants(s.RaiseEvents(1)...)
	s.EnlargeEvents(1, 100_000)
	s.RaiseEvents(1)
	if got := l.told(); len(got.Padding) != 100_000 {
		t.Errorf("%d bytes of padding", len(got.Padding))
	}
	l.silent()
}

func TestSendFrame(t *testing.T) {
	s, c := served(t, unlimited())
	one, two := c.connect(t, ""), c.connect(t, "")
	if n := s.SendFrame([]byte("garbage")); n != 2 {
		t.Errorf("over %d", n)
	}
	for _, l := range []*line{one, two} {
		if got := l.raw(); string(got) != "garbage" {
			t.Errorf("%q", got)
		}
	}
	two.conn.SetReadLimit(-1)
	s.SendFrame(make([]byte, 2<<20))
	if got := two.raw(); len(got) != 2<<20 {
		t.Errorf("%d bytes", len(got))
	}
	one.ends() // it has a limit
	becomes(t, 1, s.LiveSockets)
}

// Who reads nothing costs the simulator a queue of limited length.
func TestWebSocketOfADeafClient(t *testing.T) {
	s, c := served(t, unlimited())
	l := c.connect(t, "")
	l.subscribe(numbers)
	s.SilenceSockets(true)
	s.RaiseEvents(10_001)
	l.ends()
	becomes(t, 0, s.LiveSockets)
	s.SilenceSockets(false)
	if back := c.connect(t, l.wsc); back.RecoveryState != "Successful" {
		t.Errorf("%+v", back.details)
	}
}
