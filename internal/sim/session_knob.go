package sim

import (
	"maps"
	"slices"
	"time"
)

// TokenCalls says how many calls of the token endpoint there have been, by grant_type, whatever they were answered. What a Fault
// kept from taking effect is not among them.
func (s *Server) TokenCalls() map[string]int {
	s.sessions.mu.Lock()
	defer s.sessions.mu.Unlock()
	return maps.Clone(s.sessions.calls)
}

func (m *sessions) count(grantType string) {
	if !slices.Contains(grantTypes, grantType) {
		return // or the callers would say how many names are kept
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.calls[grantType]++
}

func (m *sessions) resetCalls() {
	m.mu.Lock()
	defer m.mu.Unlock()
	clear(m.calls)
}

// KillNextRefreshAnswer cuts the connection of the next refresh that succeeds, after its pair was made: the client has not got it,
// and the old access token is dead. Called n times it does so n times.
func (s *Server) KillNextRefreshAnswer() {
	s.sessions.mu.Lock()
	defer s.sessions.mu.Unlock()
	s.sessions.kill++
}

func (m *sessions) kills() bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.kill == 0 {
		return false
	}
	m.kill--
	return true
}

// ExpireTokens ends the life of the access tokens that a person has now, or everyone for "". Their refresh tokens live on, and so do
// the tokens of Token.
func (s *Server) ExpireTokens(extensionID string) {
	now := time.Now()
	s.sessions.each(extensionID, func(ss *session) {
		if now.Before(ss.pair.accessEnd) {
			ss.pair.accessEnd = now
		}
	})
}

// EndSessions ends the sessions of a person, or of everyone for "", as an administrator may: neither token of them works any more.
func (s *Server) EndSessions(extensionID string) {
	s.sessions.each(extensionID, s.sessions.forget)
}

// LiveSessions says how many sessions a person has, with all apps, or everyone for "". One whose tokens are all past their life
// still counts: it ends when it is revoked, or one too many follows.
func (s *Server) LiveSessions(extensionID string) (n int) {
	s.sessions.each(extensionID, func(*session) { n++ })
	return n
}

func (m *sessions) each(extensionID string, do func(*session)) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for who, live := range m.live {
		if extensionID != "" && who.person != parseID(extensionID) {
			continue
		}
		for _, ss := range slices.Clone(live) {
			do(ss)
		}
	}
}
