package sim

import (
	"time"
)

// socketKnobs are what a test has asked for.
type socketKnobs struct {
	silent    bool
	refused   time.Time // until when
	forgotten int       // recoveries to be refused
}

// LiveSockets says how many WebSockets are open.
func (s *Server) LiveSockets() int {
	s.sockets.mu.Lock()
	defer s.sockets.mu.Unlock()
	return len(s.sockets.live)
}

// BreakSockets breaks all WebSockets that are open, without a word. Their sessions can be recovered, and what happens until then is
// kept for them.
func (s *Server) BreakSockets() {
	s.sockets.mu.Lock()
	defer s.sockets.mu.Unlock()
	for so := range s.sockets.live {
		so.cut()
		s.sockets.part(so)
	}
}

// RefuseSockets answers who wants to open a WebSocket within d from now with 503. Those that are open stay.
func (s *Server) RefuseSockets(d time.Duration) {
	s.sockets.mu.Lock()
	defer s.sockets.mu.Unlock()
	s.sockets.knobs.refused = time.Now().Add(d)
}

func (m *sockets) refuses(now time.Time) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	return now.Before(m.knobs.refused)
}

// RefuseRecovery makes the next n attempts to recover a session fail that would have succeeded. The session is gone, with its
// subscription and what waited in it; the new connection works.
func (s *Server) RefuseRecovery(n int) {
	s.sockets.mu.Lock()
	defer s.sockets.mu.Unlock()
	s.sockets.knobs.forgotten += n
}

func (m *sockets) refusesRecovery() bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.knobs.forgotten == 0 {
		return false
	}
	m.knobs.forgotten--
	return true
}

// SilenceSockets makes all WebSockets, open or new, half-open, or ends that: they take what they are sent and say nothing, neither
// frames nor pongs, and do not ping. What they would have said waits: it is said when the silence is over, and if they break before
// it goes to the session as WebSocket.LoseUnseen has it.
func (s *Server) SilenceSockets(on bool) {
	s.sockets.mu.Lock()
	defer s.sockets.mu.Unlock()
	s.sockets.knobs.silent = on
	for so := range s.sockets.live {
		so.nudge()
	}
}

// SendFrame sends data as one text message over every open WebSocket, whatever it is, and says over how many.
func (s *Server) SendFrame(data []byte) (n int) {
	m := &s.sockets
	m.mu.Lock()
	defer m.mu.Unlock()
	for so := range m.live {
		if so.session != nil && so.session.socket == so {
			so.session.push(frame{raw: data})
			n++
		}
	}
	return n
}
