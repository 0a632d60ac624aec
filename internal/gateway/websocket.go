package gateway

import (
	"bufio"
	"bytes"
	"context"
	"io"
	"net"
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/99designs/gqlgen/graphql/handler/transport"
	"github.com/coder/websocket"

	"github.com/ringql/ringql/internal/admission"
	"github.com/ringql/ringql/internal/auth"
)

const (
	initTimeout = 10 * time.Second // for the first message
	heartbeat   = 15 * time.Second // between looks whether the other side is alive
	sendTimeout = 10 * time.Second // for a client to take one message
)

// sockets serves GraphQL over WebSocket. A browser lets any page open a socket anywhere,
// so the page's origin must be this gateway, or a listed one; the library checks that.
type sockets struct {
	cfg       Config
	origins   []string // beside that of the host which a request names
	admission *admission.Controller
	reader    reader
	rates     *rates

	mu       sync.Mutex
	open     map[*socket]bool
	people   map[string]int // how many each person has
	draining bool
	gone     sync.WaitGroup
}

func newSockets(cfg Config, in *admission.Controller, read reader, per *rates) *sockets {
	s := &sockets{cfg: cfg, origins: slices.Clone(cfg.Origins), admission: in, reader: read, rates: per, open: map[*socket]bool{}, people: map[string]int{}}
	if door := cfg.Auth.Door; door != nil && door.Origin() != "" {
		s.origins = append(s.origins, door.Origin()) // a proxy may name another host
	}
	return s
}

// Supports takes requests for a WebSocket, and for nothing else.
func (s *sockets) Supports(r *http.Request) bool { return isSocket(r) }

// Do serves one socket until it is closed.
func (s *sockets) Do(w http.ResponseWriter, r *http.Request, exec graphql.GraphExecutor) {
	conn, err := websocket.Accept(sparing{w}, r, &websocket.AcceptOptions{Subprotocols: subprotocols(), OriginPatterns: s.origins})
	if err != nil {
		eventFrom(r.Context()).fail(codeBadInput, err)
		return // Accept has answered
	}
	conn.SetReadLimit(s.cfg.Limits.Body)
	speaks, ok := spoken(conn)
	k := &socket{sockets: s, conn: conn, speaks: speaks, exec: exec, header: r.Header, client: clientOf(r, auth.From(r.Context())), running: map[string]*running{}}
	switch {
	case !ok:
		k.close(closeSubprotocol, "Subprotocol not acceptable")
		return
	case !s.add(k):
		k.close(websocket.StatusGoingAway, "The gateway is stopping.")
		return
	}
	defer s.remove(k)
	k.serve(r.Context())
}

// socketBuffer is how many bytes a socket has for what it reads and for what it writes: most
// wait for most of the time, with messages that are short.
const socketBuffer = 512

// sparing hands a connection over with small buffers.
type sparing struct{ http.ResponseWriter }

// Hijack implements http.Hijacker.
func (s sparing) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	conn, was, err := http.NewResponseController(s.ResponseWriter).Hijack()
	if err != nil {
		return nil, nil, err
	}
	early, _ := was.Peek(was.Reader.Buffered()) // what is there can be read
	in := bufio.NewReaderSize(io.MultiReader(bytes.NewReader(bytes.Clone(early)), conn), max(socketBuffer, len(early)))
	_, _ = in.Peek(len(early)) // and is there for whoever asks for what was read early
	return conn, bufio.NewReadWriter(in, bufio.NewWriterSize(conn, socketBuffer)), nil
}

type sessionKey struct{}

// withSession returns a context of a request whose cookie stands for a session.
func withSession(ctx context.Context, s *auth.Session) context.Context {
	return context.WithValue(ctx, sessionKey{}, s)
}

// sessionFrom returns the session of a request or socket; nil if it has none, or acts for
// somebody else.
func sessionFrom(ctx context.Context) *auth.Session {
	if s, ok := ctx.Value(sessionKey{}).(*auth.Session); ok && auth.From(ctx) == s.Person {
		return s
	}
	return nil
}

// identified takes a token, a gateway key or a CSRF token out of the first message: browsers
// cannot send headers with a socket.
func identified(ctx context.Context, a *auth.Authenticator, payload transport.InitPayload) (context.Context, error) {
	header, key := payload.Authorization(), payload.GetString(auth.KeyHeader)
	if header == "" && key == "" {
		s, _ := ctx.Value(sessionKey{}).(*auth.Session)
		token := payload.GetString(auth.CSRFHeader)
		switch {
		case s == nil && token != "" && a.Door != nil && !auth.From(ctx).Shown():
			return ctx, &auth.Over{Reason: auth.Unknown}
		case s == nil || auth.From(ctx) != nil:
			return ctx, nil
		case !s.Trusts(token):
			return ctx, auth.ErrCSRF
		}
		return auth.With(ctx, s.Person), nil
	}
	person, err := a.Identify(header, key)
	if err != nil {
		return ctx, err
	}
	if person == nil {
		return ctx, nil // a key where none is needed
	}
	return auth.With(ctx, person), nil
}

func (s *sockets) add(k *socket) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.draining {
		return false
	}
	s.open[k] = true
	s.gone.Add(1)
	return true
}

func (s *sockets) remove(k *socket) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.open, k)
	if k.counted {
		if s.people[k.who]--; s.people[k.who] <= 0 {
			delete(s.people, k.who)
		}
	}
	s.gone.Done()
}

// welcome counts a socket for the person who turned out to be at its end, or for nobody
// in particular; false when they have too many.
func (s *sockets) welcome(k *socket, who string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.people[who] >= s.cfg.Limits.Sockets {
		return false
	}
	s.people[who]++
	k.who, k.counted = who, true
	return true
}

// drain closes every socket, those with operations under way once they are done.
func (s *sockets) drain() {
	s.mu.Lock()
	s.draining = true
	open := make([]*socket, 0, len(s.open))
	for k := range s.open {
		open = append(open, k)
	}
	s.mu.Unlock()
	for _, k := range open {
		go k.leave() // each takes its leave of its client
	}
}
