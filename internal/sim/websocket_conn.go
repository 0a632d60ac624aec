package sim

import (
	"context"
	"net/http"
	"sync"
	"time"

	"github.com/coder/websocket"
)

// socket is one connection.
type socket struct {
	server *Server
	conn   *websocket.Conn
	holder *session // who opened it
	base   string   // scheme and host of `uri` values
	cut    context.CancelFunc
	wake   chan struct{}

	session  *socketSession // set before anything is read or written
	heard    time.Time      // last anything but a pong; the sockets' lock guards it, and what follows
	requests int            // under way
}

// connectionInfo is the body of the first frame. Its durations are in seconds.
type connectionInfo struct {
	CreationTime      string `json:"creationTime"`
	Connections       int    `json:"maxConnectionsPerSession"`
	RecoveryBuffer    int    `json:"recoveryBufferSize"`
	RecoveryTimeout   int    `json:"recoveryTimeout"`
	IdleTimeout       int    `json:"idleTimeout"`
	AbsoluteTimeout   int    `json:"absoluteTimeout"`
	Requests          int    `json:"maxActiveRequests"`
	RecoveryState     string `json:"recoveryState,omitempty"`
	RecoveryErrorCode string `json:"recoveryErrorCode,omitempty"`
}

// connect serves GET /ws until the connection ends.
func (s *Server) connect(w http.ResponseWriter, r *http.Request) {
	s.journal.meet(&route{group: "none"}, r)
	if _, ok := w.(http.Hijacker); !ok {
		http.Error(w, "sim: a WebSocket needs a real connection: serve the simulator with Listen or httptest.NewServer, not through Transport",
			http.StatusNotImplemented)
		return
	}
	if s.live.Err() != nil || s.sockets.refuses(time.Now()) {
		http.Error(w, http.StatusText(http.StatusServiceUnavailable), http.StatusServiceUnavailable)
		return
	}
	token := r.URL.Query().Get("access_token")
	holder := s.sockets.redeem(token, time.Now())
	if holder == nil && s.cfg.WebSocket.RefuseUpgrade {
		http.Error(w, http.StatusText(http.StatusUnauthorized), http.StatusUnauthorized)
		return
	}
	ctx, cut := context.WithCancel(r.Context())
	defer cut()
	defer context.AfterFunc(s.live, cut)()
	so := &socket{server: s, holder: holder, base: s.base(r), cut: cut, wake: make(chan struct{}, 1), heard: time.Now()}
	var err error
	if so.conn, err = websocket.Accept(w, r, &websocket.AcceptOptions{InsecureSkipVerify: true, OnPingReceived: so.onPing}); err != nil {
		return // and has been answered
	}
	defer func() { _ = so.conn.CloseNow() }()
	so.conn.SetReadLimit(maxBody)
	switch refusal := so.open(r.URL.Query().Get("wsc")); {
	case token == "":
		so.part(ctx, farewell{4400, http.StatusUnauthorized, "WSG-401", "Authorization is required"})
	case holder == nil:
		so.part(ctx, farewell{4401, http.StatusUnauthorized, "WSG-401", "WebSocket access token is invalid or expired"})
	case refusal != nil:
		so.part(ctx, *refusal)
	default:
		so.run(ctx)
	}
}

// farewell is said before a connection is closed. Of the close codes only 4400, for no token at all, has been seen.
type farewell struct {
	closes        websocket.StatusCode
	status        int
	code, message string
}

func (so *socket) part(ctx context.Context, f farewell) {
	if so.server.sockets.isSilent() {
		return
	}
	_ = so.conn.Write(ctx, websocket.MessageText, failure("", f.status, f.code, f.message).encode())
	_ = so.conn.Close(f.closes, f.message) // who does not listen has to do without
}

// open gives the connection its session, and puts ConnectionDetails before all that waits in it.
func (so *socket) open(wsc string) *farewell {
	if so.holder == nil {
		return nil
	}
	s := so.server
	if !s.sockets.enter(so) {
		return &farewell{4429, http.StatusTooManyRequests, "WSG-429", "Too many connections"}
	}
	info := s.sockets.info(so.heard)
	if wsc != "" {
		id, ok := contextID(wsc)
		if !ok {
			s.sockets.detach(so)
			return &farewell{4400, http.StatusBadRequest, malformed, "Malformed WebSocket session context token"}
		}
		info.RecoveryState = "Successful"
		if code := s.recover(so, id); code != "" {
			info.RecoveryState, info.RecoveryErrorCode = "Failed", code
		}
	}
	if so.session == nil && !s.sockets.begin(so) {
		s.sockets.detach(so)
		return &farewell{websocket.StatusTryAgainLater, http.StatusServiceUnavailable, "WSG-503", "Service is temporarily unavailable"}
	}
	s.sockets.greet(so, frame{
		meta: frameMeta{Type: connectionDetails, MessageID: newUUID(), Status: http.StatusOK, Headers: requestHeaders()}, body: info, context: true,
	})
	return nil
}

// enter counts a connection, unless its person has too many.
func (m *sockets) enter(so *socket) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	n := 0
	for other := range m.live {
		if other.holder == so.holder {
			n++
		}
	}
	if n >= m.cfg.Connections {
		return false
	}
	m.live[so] = struct{}{}
	return true
}

func (m *sockets) info(now time.Time) connectionInfo {
	whole := func(d time.Duration) int { return int((d + time.Second - 1) / time.Second) }
	return connectionInfo{
		CreationTime:    now.UTC().Format("2006-01-02T15:04:05.000-0700"),
		Connections:     m.cfg.Connections,
		RecoveryBuffer:  m.cfg.RecoveryBuffer,
		RecoveryTimeout: whole(m.cfg.RecoveryTimeout),
		IdleTimeout:     whole(m.cfg.IdleTimeout),
		AbsoluteTimeout: whole(m.cfg.AbsoluteTimeout),
		Requests:        m.cfg.Requests,
	}
}

func (m *sockets) greet(so *socket, details frame) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if so.session.socket == so {
		so.session.queue = append([]frame{details}, so.session.queue...)
	}
}

// run serves the connection until one side ends it.
func (so *socket) run(ctx context.Context) {
	defer so.server.sockets.detach(so)
	var wg sync.WaitGroup
	defer wg.Wait()
	defer so.cut()
	wg.Go(func() { so.write(ctx) })
	wg.Go(func() { so.watch(ctx) })
	wg.Go(func() { so.ping(ctx) })
	so.read(ctx, &wg)
}

func (so *socket) nudge() {
	select {
	case so.wake <- struct{}{}:
	default:
	}
}

// write sends what waits in the session.
func (so *socket) write(ctx context.Context) {
	defer so.cut()
	for {
		f, ok := so.next()
		if !ok {
			select {
			case <-so.wake:
				continue
			case <-ctx.Done():
				return
			}
		}
		if so.conn.Write(ctx, websocket.MessageText, f.encode()) != nil {
			return
		}
		so.sent()
	}
}

// next returns the frame to be sent, which stays where it is until it is.
func (so *socket) next() (f frame, ok bool) {
	m := &so.server.sockets
	m.mu.Lock()
	defer m.mu.Unlock()
	ss := so.session
	if ss.socket != so || m.knobs.silent || len(ss.queue) == 0 {
		return f, false
	}
	f = ss.queue[0]
	if f.context || m.cfg.MovingContext && f.meta.Type != heartbeat {
		f.meta.WSC = ss.nextContext()
	}
	return f, true
}

func (so *socket) sent() {
	m := &so.server.sockets
	m.mu.Lock()
	defer m.mu.Unlock()
	if so.heard = time.Now(); so.session.socket == so {
		so.session.queue = so.session.queue[1:]
	}
}

// reply puts a frame on its way.
func (so *socket) reply(f frame) {
	m := &so.server.sockets
	m.mu.Lock()
	defer m.mu.Unlock()
	if so.session.socket == so {
		so.session.push(f)
	}
}

// hear notes that the client lives, unless the connection is meant to be deaf.
func (so *socket) hear() bool {
	m := &so.server.sockets
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.knobs.silent {
		return false
	}
	so.heard = time.Now()
	return true
}

func (so *socket) onPing(context.Context, []byte) bool { return so.hear() }

// watch closes a connection whose time is up.
func (so *socket) watch(ctx context.Context) {
	cfg := so.server.cfg.WebSocket
	defer so.cut()
	absolute := time.NewTimer(cfg.AbsoluteTimeout)
	defer absolute.Stop()
	idle := time.NewTimer(cfg.IdleTimeout)
	defer idle.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-so.holder.ended:
			so.server.endSession(so.session)
			so.part(ctx, farewell{4401, http.StatusUnauthorized, "OAU-213", "Token not found"})
			return
		case <-absolute.C:
			so.part(ctx, farewell{websocket.StatusGoingAway, http.StatusRequestTimeout, absoluteExpired, "Absolute timeout expired"})
			return
		case <-idle.C:
			left := cfg.IdleTimeout - so.quiet()
			if left <= 0 && so.server.sockets.isSilent() {
				left = cfg.IdleTimeout
			}
			if left <= 0 {
				so.part(ctx, farewell{websocket.StatusGoingAway, http.StatusRequestTimeout, idleExpired, "Idle timeout expired"})
				return
			}
			idle.Reset(left)
		}
	}
}

// quiet says for how long nothing came or went.
func (so *socket) quiet() time.Duration {
	m := &so.server.sockets
	m.mu.Lock()
	defer m.mu.Unlock()
	return time.Since(so.heard)
}

// ping asks now and then whether the client is there, and gives up one that is not.
func (so *socket) ping(ctx context.Context) {
	cfg := so.server.cfg.WebSocket
	for wait(ctx, cfg.PingInterval) {
		if so.server.sockets.isSilent() {
			continue
		}
		pong, cancel := context.WithTimeout(ctx, cfg.PongTimeout)
		err := so.conn.Ping(pong)
		cancel()
		if err != nil {
			so.cut()
			return
		}
	}
}

func (m *sockets) isSilent() bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.knobs.silent
}
