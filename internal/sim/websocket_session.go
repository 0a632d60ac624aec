package sim

import (
	"slices"
	"strings"
	"time"
)

// socketSession is what a wsc token stands for: it outlives its connection for a while, and is the sink of its subscription.
type socketSession struct {
	server *Server
	id     string
	holder *session

	socket   *socket // nil while it is broken
	queue    []frame // what waits to be written; of a broken one, notifications alone
	sequence int     // of the last wsc
	expiry   *time.Timer
}

// wsc is the token that recovers a session. Whether it changes from frame to frame is not known; here each one of a session works.
type wsc struct {
	Token    string `json:"token"`
	Sequence int    `json:"sequence"`
}

func (ss *socketSession) nextContext() *wsc {
	ss.sequence++
	return &wsc{ss.id + "." + newToken(), ss.sequence}
}

// contextID returns the id of the session that a wsc token is of.
func contextID(token string) (id string, ok bool) {
	id, rest, ok := strings.Cut(token, ".")
	return id, ok && len(id) == len(newToken()) && len(rest) == len(newToken())
}

func (ss *socketSession) tell(d delivery) {
	m := &ss.server.sockets
	m.mu.Lock()
	defer m.mu.Unlock()
	if !d.forged { // nobody can slip something into a connection
		ss.push(notification(d))
	}
}

// stop has nothing to do: a connection without a subscription lives on, and may subscribe again.
func (ss *socketSession) stop() {}

// push puts a frame behind the others. The sockets are locked.
func (ss *socketSession) push(f frame) {
	switch {
	case ss.socket != nil:
		if ss.queue = append(ss.queue, f); len(ss.queue) > maxQueue {
			ss.socket.cut()
		}
		ss.socket.nudge()
	case f.lasting:
		ss.queue = append(ss.queue, f)
		ss.trim()
	}
}

// trim leaves the newest notifications, as many as are kept for a broken connection.
func (ss *socketSession) trim() {
	if over := len(ss.queue) - ss.server.sockets.cfg.RecoveryBuffer; over > 0 {
		ss.queue = append([]frame(nil), ss.queue[over:]...)
	}
}

// detach takes the connection from its session, which may be recovered for a while.
func (m *sockets) detach(so *socket) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.part(so)
}

func (m *sockets) part(so *socket) {
	delete(m.live, so)
	ss := so.session
	if ss == nil || ss.socket != so {
		return // another connection has taken it up already
	}
	ss.socket = nil
	ss.settle()
	if m.sessions[ss.id] == ss { // else it is over
		ss.expiry = time.AfterFunc(m.cfg.RecoveryTimeout, func() { ss.server.expire(ss) })
	}
}

// settle forgets what is of use to the last connection alone.
func (ss *socketSession) settle() {
	m := &ss.server.sockets
	lost := m.knobs.silent && m.cfg.LoseUnseen
	ss.queue = slices.DeleteFunc(slices.Clone(ss.queue), func(f frame) bool { return lost || !f.lasting })
	ss.trim()
}

// expire ends a session that nobody recovered.
func (s *Server) expire(ss *socketSession) {
	if s.sockets.forget(ss, true) {
		s.subscriptions.leave(ss)
	}
}

// endSession ends a session, broken or not, with its subscription.
func (s *Server) endSession(ss *socketSession) {
	s.sockets.forget(ss, false)
	s.subscriptions.leave(ss)
}

func (m *sockets) forget(ss *socketSession, onlyBroken bool) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	if onlyBroken && ss.socket != nil {
		return false
	}
	ss.halt()
	delete(m.sessions, ss.id)
	return true
}

// shut ends all sessions. The connections end by themselves.
func (s *Server) shut() {
	m := &s.sockets
	m.mu.Lock()
	defer m.mu.Unlock()
	for id, ss := range m.sessions {
		ss.halt()
		delete(m.sessions, id)
	}
}

func (ss *socketSession) halt() {
	if ss.expiry != nil {
		ss.expiry.Stop()
		ss.expiry = nil
	}
}

// begin starts a session for a connection, unless there are too many.
func (m *sockets) begin(so *socket) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	if len(m.sessions) >= maxSessions {
		return false
	}
	ss := &socketSession{server: so.server, id: newToken(), holder: so.holder, socket: so}
	m.sessions[ss.id], so.session = ss, ss
	return true
}

// recover gives a connection the session that a wsc token is of, or says why not.
func (s *Server) recover(so *socket, id string) (code string) {
	ss, code := s.sockets.find(so, id)
	switch {
	case code != "":
		return code
	case !s.subscriptions.has(ss):
		return noSubscription
	case s.sockets.refusesRecovery():
		s.endSession(ss)
		return s.sockets.cfg.RecoveryError
	}
	return s.sockets.adopt(so, ss)
}

func (m *sockets) find(so *socket, id string) (ss *socketSession, code string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	ss = m.sessions[id]
	switch {
	case ss == nil:
		return nil, m.cfg.RecoveryError
	case ss.holder != so.holder:
		return nil, otherSession
	}
	return ss, ""
}

// adopt attaches a session to a connection. One that it seems to have yet is dead: its client would not come again else.
func (m *sockets) adopt(so *socket, ss *socketSession) (code string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.sessions[ss.id] != ss {
		return m.cfg.RecoveryError // its time was up a moment ago
	}
	ss.halt()
	if ss.socket != nil {
		ss.socket.cut()
		ss.settle()
	}
	ss.socket, so.session, ss.sequence = so, ss, 0
	return ""
}

// has reports whether anything is told to a sink.
func (m *subscriptions) has(to sink) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.tidy(time.Now())
	return slices.ContainsFunc(m.all, func(sub *subscription) bool { return sub.sink == to })
}
