package sim

import (
	"fmt"
	"sync"
	"time"
)

// WebSocket says how events are pushed over a WebSocket. The zero value is what the guide says; a field that is no number is about
// what the guide leaves open, or what a client in use contradicts.
// What was written to a connection that breaks before its client has read it is lost: nothing is acknowledged.
// https://developers.ringcentral.com/guide/notifications/websockets/subscribing
type WebSocket struct {
	TokenLife      time.Duration // of what authWsToken gives out; zero means 30 s. The official client speaks of 600 s.
	ReusableTokens bool          // such a token opens any number of connections: the official client relies on that
	LateScope      bool          // authWsToken asks for no scope: seen were apps that are told only when they subscribe
	RefuseUpgrade  bool          // a bad token is answered 401, else the connection opens, and closes with code 4401

	IdleTimeout     time.Duration // zero means 30 min
	AbsoluteTimeout time.Duration // zero means 24 h
	PingInterval    time.Duration // between pings to the client; zero means 30 s, as nothing says
	PongTimeout     time.Duration // for the client to answer one; zero means 10 s
	Connections     int           // of one person's session; zero means 50
	Requests        int           // under way on one connection; zero means 10

	RecoveryTimeout time.Duration // how long a broken connection can be taken up again; zero means 180 s. A sample says 30 s.
	RecoveryBuffer  int           // notifications kept meanwhile, the newest; zero means 100
	RecoveryError   string        // why one too late is not; empty means WSG-1005, seen for a session without a subscription
	LoseUnseen      bool          // what was told to a connection that nobody knew to be dead is lost, else kept like the rest

	MovingContext bool // every frame but an echo carries the next wsc, else ConnectionDetails alone. Samples show the latter.
	ErrorAnswers  bool // a refused request is answered by a frame of type Error, else of type ClientRequest
}

func (c WebSocket) check() error {
	for _, d := range []time.Duration{c.TokenLife, c.IdleTimeout, c.AbsoluteTimeout, c.PingInterval, c.PongTimeout, c.RecoveryTimeout} {
		if d < 0 {
			return fmt.Errorf("WebSocket has %v, want no less than 0", d)
		}
	}
	for _, n := range []int{c.Connections, c.Requests, c.RecoveryBuffer} {
		if n < 0 || n > maxQueue {
			return fmt.Errorf("WebSocket has %d, want 0 to %d", n, maxQueue)
		}
	}
	return nil
}

func (c WebSocket) withDefaults() WebSocket {
	for _, d := range []struct {
		value *time.Duration
		usual time.Duration
	}{
		{&c.TokenLife, 30 * time.Second},
		{&c.IdleTimeout, 30 * time.Minute},
		{&c.AbsoluteTimeout, 24 * time.Hour},
		{&c.PingInterval, 30 * time.Second},
		{&c.PongTimeout, 10 * time.Second},
		{&c.RecoveryTimeout, 3 * time.Minute},
	} {
		if *d.value == 0 {
			*d.value = d.usual
		}
	}
	for _, n := range []struct {
		value *int
		usual int
	}{{&c.Connections, 50}, {&c.Requests, 10}, {&c.RecoveryBuffer, 100}} {
		if *n.value == 0 {
			*n.value = n.usual
		}
	}
	if c.RecoveryError == "" {
		c.RecoveryError = noSubscription
	}
	return c
}

// Codes of the gateway for WebSockets. Idle and absolute are in the guide; the other four were seen by the author of the official
// client: https://github.com/tylerlong/rc-ws-recover-test
const (
	idleExpired     = "WSG-902"
	absoluteExpired = "WSG-903"
	otherSession    = "WSG-1003"
	noSubscription  = "WSG-1005"
	malformed       = "WSG-400"
)

const (
	maxQueue    = 10_000 // frames that wait for one connection; who is further behind is cut off
	maxSessions = 10_000 // live, or waiting to be recovered
	maxTickets  = 10_000
)

// sockets are the WebSockets, and what outlives them. The locks of the server and of the subscriptions, where they are needed too,
// are taken first.
type sockets struct {
	cfg WebSocket

	mu       sync.Mutex
	tickets  map[string]ticket
	sessions map[string]*socketSession
	live     map[*socket]struct{}
	knobs    socketKnobs
}

func newSockets(cfg WebSocket) sockets {
	return sockets{cfg: cfg, tickets: map[string]ticket{}, sessions: map[string]*socketSession{}, live: map[*socket]struct{}{}}
}
