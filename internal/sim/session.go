package sim

import (
	"crypto/rand"
	"slices"
	"strings"
	"sync"
	"time"
)

// sessions are the people signed in, and their tokens.
// https://developers.ringcentral.com/guide/authentication/refresh-tokens
type sessions struct {
	apps map[string]*app

	most int // live ones of one person and app; the oldest is ended

	mu       sync.Mutex
	byToken  map[string]*session // access tokens and refresh tokens
	live     map[owner][]*session
	codes    codes
	visitors visitors
	allowed  map[owner][]string // scopes that people have consented to
	calls    map[string]int     // of the token endpoint, by grant
	kill     int                // answers to refreshes that get lost
}

type owner struct {
	person int64
	client string
}

// grant is what an access token stands for.
type grant struct {
	person int64
	app    *app
	scopes []string
}

func (g grant) covers(scope string) bool { return covers(g.scopes, scope) }

type session struct {
	grant
	id, endpoint string
	pair         pair
	spent        string // the refresh token that pair came from, good again for a while
	ended        chan struct{}
}

func (ss *session) over() bool {
	select {
	case <-ss.ended:
		return true
	default:
		return false
	}
}

type pair struct {
	access, refresh string
	scopes          []string  // of access: those of the session, or fewer
	issued, used    time.Time // used: first use of access
	accessEnd       time.Time // zero means never
	refreshEnd      time.Time
}

const (
	graceUsed   = 10 * time.Second // a spent refresh token works on after its successor's first use
	graceUnused = time.Hour        // and while its successor was never used
)

// tokenInfo is the answer of the token endpoint.
type tokenInfo struct {
	AccessToken   string `json:"access_token"`
	TokenType     string `json:"token_type"`
	ExpiresIn     int    `json:"expires_in"`
	RefreshToken  string `json:"refresh_token,omitempty"`
	RefreshExpiry int    `json:"refresh_token_expires_in,omitempty"`
	Scope         string `json:"scope"`
	OwnerID       string `json:"owner_id"`
	EndpointID    string `json:"endpoint_id"`
	SessionID     string `json:"session_id"`
}

func newSessions(cfg Config) sessions {
	return sessions{
		apps: newApps(), most: cfg.Sessions, byToken: map[string]*session{}, live: map[owner][]*session{},
		codes: newCodes(), visitors: newVisitors(), allowed: map[owner][]string{}, calls: map[string]int{},
	}
}

func newToken() string { return rand.Text() + rand.Text() }

// Token returns an access token of the all-scopes app for a person, without a token call: it takes nothing from a budget, ends
// no session, and does not expire. With no scopes given it has all of the app's. For "" it belongs to no extension, as those
// of partner applications may.
func (s *Server) Token(extensionID string, scopes ...string) string {
	app := s.sessions.apps[ClientID]
	if len(scopes) == 0 {
		scopes = app.scopes
	}
	ss := &session{grant: grant{parseID(extensionID), app, scopes}, pair: pair{access: newToken(), scopes: scopes}, ended: make(chan struct{})}
	s.sessions.mu.Lock()
	defer s.sessions.mu.Unlock()
	s.sessions.byToken[ss.pair.access] = ss
	return ss.pair.access
}

// open starts a session, and ends the oldest one when there are too many.
func (m *sessions) open(g grant, endpoint string, l life, now time.Time) tokenInfo {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.start(g, endpoint, l, now).answer(now)
}

func (m *sessions) start(g grant, endpoint string, l life, now time.Time) *session {
	ss := &session{grant: g, id: newToken(), endpoint: endpoint, ended: make(chan struct{})}
	who := owner{g.person, g.app.id}
	if len(m.live[who]) == m.most {
		m.forget(m.live[who][0])
	}
	m.live[who] = append(m.live[who], ss)
	m.issue(ss, g.scopes, l, now)
	return ss
}

// issue gives a session its next pair of tokens.
func (m *sessions) issue(ss *session, scopes []string, l life, now time.Time) {
	ss.pair = pair{access: newToken(), scopes: scopes, issued: now, accessEnd: now.Add(l.access)}
	m.byToken[ss.pair.access] = ss
	if l.refresh > 0 {
		ss.pair.refresh, ss.pair.refreshEnd = newToken(), now.Add(l.refresh)
		m.byToken[ss.pair.refresh] = ss
	}
}

// use finds the grant of an access token.
func (m *sessions) use(token string, now time.Time) (grant, *problem) {
	m.mu.Lock()
	defer m.mu.Unlock()
	ss := m.byToken[token]
	if ss == nil || ss.pair.access != token {
		return grant{}, unauthorized("OAU-213", "Token not found")
	}
	if !ss.pair.accessEnd.IsZero() && !now.Before(ss.pair.accessEnd) {
		return grant{}, unauthorized("OAU-128", "Access token expired")
	}
	if ss.pair.used.IsZero() {
		ss.pair.used = now
	}
	return grant{ss.person, ss.app, ss.pair.scopes}, nil
}

// holder returns the session of a token, nil if there is none.
func (m *sessions) holder(token string) *session {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.byToken[token]
}

// continues finds the grant of a session over a connection that it has opened: its access token may be over, it may not.
func (m *sessions) continues(ss *session) (grant, *problem) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if ss.over() {
		return grant{}, unauthorized("OAU-213", "Token not found")
	}
	return grant{ss.person, ss.app, ss.pair.scopes}, nil
}

func (m *sessions) ownerOf(token string) (owner, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	ss := m.byToken[token]
	if ss == nil {
		return owner{}, false
	}
	return owner{ss.person, ss.app.id}, true
}

// renew exchanges a refresh token. The old pair is dead at once, but for a while the spent refresh token answers with the same
// new pair again: its answer may have been lost on the way. Fewer scopes may be asked for, and the next time all of them again.
func (m *sessions) renew(token, scope string, l life, now time.Time) (tokenInfo, *problem) {
	m.mu.Lock()
	defer m.mu.Unlock()
	ss := m.byToken[token]
	switch {
	case ss == nil:
	case token == ss.pair.refresh:
		if !now.Before(ss.pair.refreshEnd) {
			return tokenInfo{}, &problem{ErrorCode: "OAU-210", Message: "Token expired"}
		}
		scopes, ok := narrow(ss.scopes, scope)
		if !ok {
			return tokenInfo{}, invalid("scope")
		}
		delete(m.byToken, ss.spent)
		delete(m.byToken, ss.pair.access)
		ss.spent = token
		m.issue(ss, scopes, l, now)
		return ss.answer(now), nil
	case token == ss.spent && ss.pair.graceful(now):
		return ss.answer(now), nil
	}
	return tokenInfo{}, &problem{ErrorCode: "OAU-213", Message: "Token not found"}
}

// graceful reports whether the refresh token that p came from may still be sent.
func (p pair) graceful(now time.Time) bool {
	if p.used.IsZero() {
		return now.Sub(p.issued) <= graceUnused
	}
	return now.Sub(p.used) <= graceUsed
}

func (m *sessions) end(token string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if ss := m.byToken[token]; ss != nil {
		m.forget(ss)
	}
}

func (m *sessions) forget(ss *session) {
	close(ss.ended)
	for _, token := range []string{ss.pair.access, ss.pair.refresh, ss.spent} {
		delete(m.byToken, token)
	}
	who := owner{ss.person, ss.app.id}
	m.live[who] = slices.DeleteFunc(m.live[who], func(other *session) bool { return other == ss })
}

// answer tells the tokens of a session. The access token may be over when the same pair is told again.
func (ss *session) answer(now time.Time) tokenInfo {
	out := tokenInfo{
		AccessToken: ss.pair.access,
		TokenType:   "bearer",
		ExpiresIn:   max(0, int(ss.pair.accessEnd.Sub(now)/time.Second)),
		Scope:       strings.Join(ss.pair.scopes, " "),
		OwnerID:     formatID(ss.person),
		EndpointID:  ss.endpoint,
		SessionID:   ss.id,
	}
	if ss.pair.refresh != "" {
		out.RefreshToken = ss.pair.refresh
		out.RefreshExpiry = int(ss.pair.refreshEnd.Sub(now) / time.Second)
	}
	return out
}
