package sim

import (
	"net/http"
	"strings"
	"time"
)

// webSocketScope is what the app needs, as the guide spells it. Others write WebSocket, WebSocketSubscriptions or SubscriptionWebSocket.
const webSocketScope = "WebSocketsSubscription"

func (s *Server) webSocketRoutes() []*route {
	rt := &route{operation: "authWsToken", pattern: "POST /restapi/oauth/wstoken", group: "auth", scope: webSocketScope, do: s.authWsToken}
	if s.cfg.WebSocket.LateScope {
		rt.scope = ""
	}
	return []*route{rt}
}

// ticket is what a WebSocket access token stands for.
type ticket struct {
	holder *session
	end    time.Time
}

type wsTokenInfo struct {
	Token     string `json:"ws_access_token"`
	URI       string `json:"uri"`
	ExpiresIn int    `json:"expires_in"`
}

const socketPath = "/ws"

func (s *Server) authWsToken(c *call) reply {
	token, _ := bearer(c.Request)
	holder := s.sessions.holder(token)
	if holder == nil { // it ended a moment ago
		return refused(*unauthorized("OAU-213", "Token not found"))
	}
	text, ok := s.sockets.issue(holder, c.start)
	if !ok {
		return refused(problem{status: http.StatusServiceUnavailable, ErrorCode: "CMN-201", Message: "Service Temporary Unavailable"})
	}
	life := int((s.cfg.WebSocket.TokenLife + time.Second - 1) / time.Second)
	return found(wsTokenInfo{Token: text, URI: "ws" + strings.TrimPrefix(c.base, "http") + socketPath, ExpiresIn: life})
}

func (m *sockets) issue(holder *session, now time.Time) (text string, ok bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for text, t := range m.tickets {
		if !now.Before(t.end) {
			delete(m.tickets, text)
		}
	}
	if len(m.tickets) >= maxTickets {
		return "", false
	}
	text = newToken()
	m.tickets[text] = ticket{holder, now.Add(m.cfg.TokenLife)}
	return text, true
}

// redeem returns whose WebSocket access token that is, nil for nobody's.
func (m *sockets) redeem(text string, now time.Time) *session {
	m.mu.Lock()
	defer m.mu.Unlock()
	t, ok := m.tickets[text]
	if !ok || !now.Before(t.end) || t.holder.over() {
		return nil
	}
	if !m.cfg.ReusableTokens {
		delete(m.tickets, text)
	}
	return t.holder
}
