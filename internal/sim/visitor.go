package sim

import (
	"net/http"
	"slices"
	"strings"
)

// visitors are the browsers in which someone has signed in: what prompt=none asks about. The cookie proves nothing else, since
// whoever reaches a simulator may choose who to be.
type visitors struct {
	person map[string]int64 // by the cookie's value
	queue  []string
}

const (
	visitorCookie = "ringql-simulator"
	maxVisitors   = 1000
)

func newVisitors() visitors { return visitors{person: map[string]int64{}} }

// welcome remembers who signed in, and returns the cookie that says so.
func (m *sessions) welcome(c *call, person int64) string {
	m.mu.Lock()
	defer m.mu.Unlock()
	if len(m.visitors.queue) == maxVisitors {
		delete(m.visitors.person, m.visitors.queue[0])
		m.visitors.queue = m.visitors.queue[1:]
	}
	value := newToken()
	m.visitors.person[value] = person
	m.visitors.queue = append(m.visitors.queue, value)
	cookie := &http.Cookie{Name: visitorCookie, Value: value, Path: "/restapi/oauth", HttpOnly: true, SameSite: http.SameSiteLaxMode} //nolint:gosec // Secure as below
	cookie.Secure = strings.HasPrefix(c.base, "https:")
	return cookie.String()
}

// visitor returns who signed in before in the browser that calls, if that person may still.
func (s *Server) visitor(c *call) *extension {
	cookie, err := c.Cookie(visitorCookie)
	if err != nil {
		return nil
	}
	s.sessions.mu.Lock()
	e := s.company.extension[s.sessions.visitors.person[cookie.Value]]
	s.sessions.mu.Unlock()
	if _, p := barred(e); p != nil {
		return nil
	}
	return e
}

// consent remembers what a person has allowed an app.
func (m *sessions) consent(g grant) {
	m.mu.Lock()
	defer m.mu.Unlock()
	who := owner{g.person, g.app.id}
	all := slices.Concat(m.allowed[who], g.scopes)
	slices.Sort(all)
	m.allowed[who] = slices.Compact(all)
}

func (m *sessions) consented(g grant) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, scope := range g.scopes {
		if !slices.Contains(m.allowed[owner{g.person, g.app.id}], scope) {
			return false
		}
	}
	return true
}
