package gateway

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"mime"
	"net"
	"net/http"
	"slices"
	"strings"

	"github.com/99designs/gqlgen/graphql"

	"github.com/ringql/ringql/internal/auth"
)

// edge is what a request to /graphql passes before the GraphQL server sees it:
// host, method, forgery across sites, identity, size, form. Nothing behind it has
// to check these again.
type edge struct {
	cfg        Config
	next       http.Handler // the GraphQL server
	compressed http.Handler // the same, compressing what it answers
}

// fault is a request that is refused at the edge.
type fault struct {
	status    int
	code, say string
	allow     string
}

func (f *fault) Error() string { return f.say }

func (e *edge) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	ev, id := newEvent(), requestID(r)
	w.Header().Set("X-Request-Id", id)
	w.Header().Set("X-Content-Type-Options", "nosniff")
	ctx := withEvent(r.Context(), ev)
	rec := &recorder{ResponseWriter: w, status: http.StatusOK}
	r, err := e.admit(rec, r.WithContext(ctx))
	var f *fault
	switch {
	case errors.As(err, &f):
		if f.allow != "" {
			w.Header().Set("Allow", f.allow)
		}
		if f.status == http.StatusUnauthorized {
			w.Header().Set("WWW-Authenticate", "Bearer")
		}
		writeErrors(rec, r, f.status, refusal(f.code, f.say))
	case overSocket(r.Context()):
		e.next.ServeHTTP(rec, r)
	default:
		e.compressed.ServeHTTP(rec, r)
	}
	ev.write(r.Context(), e.cfg.Log, slog.String("method", r.Method), slog.Int("status", rec.status),
		slog.Int64("bytes", rec.bytes), slog.String("id", id))
}

// admit checks r and returns it with what was found out on the way.
func (e *edge) admit(w http.ResponseWriter, r *http.Request) (*http.Request, error) {
	if !e.knownHost(r) {
		return r, &fault{status: http.StatusMisdirectedRequest, code: codeBadInput,
			say: "This gateway does not answer for this host name: see RINGQL_HOSTS."}
	}
	socket := isSocket(r)
	if r.Method != http.MethodPost && r.Method != http.MethodGet {
		return r, &fault{status: http.StatusMethodNotAllowed, code: codeBadInput, say: "Send GraphQL by POST or GET.", allow: "GET, POST"}
	}
	person, err := e.cfg.Auth.Identify(r.Header.Get("Authorization"))
	if err != nil {
		return r, &fault{status: http.StatusUnauthorized, code: codeUnauthenticated, say: sayOf(err)}
	}
	ctx := r.Context()
	if person != nil {
		ctx = auth.With(ctx, person)
	}
	r = r.WithContext(ctx)
	if socket {
		return r.WithContext(withSocket(ctx)), nil // its origin is checked when it is accepted
	}
	if forgeable(r) {
		return r, &fault{status: http.StatusForbidden, code: codeBadInput,
			say: "Another site could have made a browser send this: use Content-Type: application/json, or send a header GraphQL-Require-Preflight."}
	}
	var p *graphql.RawParams
	if r.Method == http.MethodGet {
		p, err = readGet(r)
	} else {
		p, err = e.readBody(w, r)
	}
	if err != nil {
		return r, err
	}
	kinds := negotiate(r)
	if kinds.whole == "" {
		return r, &fault{status: http.StatusNotAcceptable, code: codeBadInput,
			say: "Accept allows none of the types there are: " + strings.Join(offers[r.Method], ", ") + "."}
	}
	p.Headers = r.Header
	return r.WithContext(withRequest(r.Context(), &request{p, kinds})), nil
}

// mostDrained bounds how much is read of a body that is too large.
const mostDrained = 32 << 20

// drain reads what is left of a body, to no end: a client that sends all of it before it
// reads finds its connection reset, and not what is wrong, when nobody takes it. One that
// asked first whether to send it is told.
func drain(r *http.Request, body io.Reader) {
	if !strings.EqualFold(r.Header.Get("Expect"), "100-continue") {
		_, _ = io.CopyN(io.Discard, body, mostDrained) // as far as it goes, for as long as the server waits
	}
}

func sayOf(err error) string {
	for _, f := range faces {
		if errors.Is(err, f.is) {
			return f.say
		}
	}
	return "Something went wrong in the gateway."
}

// readBody reads the parameters out of the body of r.
func (e *edge) readBody(w http.ResponseWriter, r *http.Request) (*graphql.RawParams, error) {
	kind, params, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil || kind != typeJSON || params["charset"] != "" && !strings.EqualFold(params["charset"], "utf-8") {
		return nil, &fault{status: http.StatusUnsupportedMediaType, code: codeBadInput, say: "Send Content-Type: application/json, in UTF-8."}
	}
	tooLarge := &fault{status: http.StatusRequestEntityTooLarge, code: codeBadInput,
		say: fmt.Sprintf("The body is too large: at most %d bytes are taken.", e.cfg.Limits.Body)}
	if r.ContentLength > e.cfg.Limits.Body {
		drain(r, r.Body)
		return nil, tooLarge
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, e.cfg.Limits.Body))
	switch {
	case errors.As(err, new(*http.MaxBytesError)):
		drain(r, r.Body)
		return nil, tooLarge
	case err != nil:
		return nil, badRequest("The body could not be read to its end.")
	}
	return readPost(body)
}

// badRequest is a request that cannot be understood.
func badRequest(say string) *fault {
	return &fault{status: http.StatusBadRequest, code: codeBadInput, say: say}
}

// forgeable says whether a page of another site could have made a browser send r
// without asking first: browsers send no application/json and no headers of one's
// own across sites without a preflight, which this gateway does not grant.
func forgeable(r *http.Request) bool {
	kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if kind == typeJSON || r.Header.Get("Sec-Fetch-Site") == "same-origin" {
		return false
	}
	for _, h := range []string{"Authorization", "GraphQL-Require-Preflight", "Apollo-Require-Preflight", "X-Apollo-Operation-Name"} {
		if r.Header.Get(h) != "" {
			return false
		}
	}
	return true
}

// knownHost says whether the gateway answers for the host that r names. A page of
// another site can point its own name at this machine; its requests name it.
func (e *edge) knownHost(r *http.Request) bool {
	if len(e.cfg.Hosts) == 0 {
		return true
	}
	host := r.Host
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	host = strings.Trim(host, "[]")
	return slices.ContainsFunc(e.cfg.Hosts, func(h string) bool { return strings.EqualFold(h, host) })
}

// known wraps a page in the check of the host.
func (e *edge) known(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !e.knownHost(r) {
			http.Error(w, "This gateway does not answer for this host name: see RINGQL_HOSTS.", http.StatusMisdirectedRequest)
			return
		}
		h.ServeHTTP(w, r)
	})
}

// requestID returns the id a proxy gave to r, if it is harmless, else a new one.
func requestID(r *http.Request) string {
	id := r.Header.Get("X-Request-Id")
	if id == "" || len(id) > 64 || strings.Trim(id, "-_.0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ") != "" {
		return rand.Text()
	}
	return id
}

// recorder remembers what was answered, for the log.
type recorder struct {
	http.ResponseWriter
	status  int
	bytes   int64
	written bool
}

// WriteHeader takes the first status: the library answers twice when a socket is
// refused.
func (r *recorder) WriteHeader(status int) {
	if r.written {
		return
	}
	r.status, r.written = status, true
	r.ResponseWriter.WriteHeader(status)
}

func (r *recorder) Write(b []byte) (int, error) {
	r.written = true
	n, err := r.ResponseWriter.Write(b)
	r.bytes += int64(n)
	return n, err
}

// Flush is for the streaming transports.
func (r *recorder) Flush() { _ = http.NewResponseController(r.ResponseWriter).Flush() }

// Unwrap is for http.ResponseController, and so for sockets.
func (r *recorder) Unwrap() http.ResponseWriter { return r.ResponseWriter }

type socketKey struct{}

func withSocket(ctx context.Context) context.Context {
	return context.WithValue(ctx, socketKey{}, true)
}

// overSocket says whether ctx belongs to a WebSocket.
func overSocket(ctx context.Context) bool {
	yes, _ := ctx.Value(socketKey{}).(bool)
	return yes
}

// isSocket says whether r asks for a WebSocket. Other upgrades, such as h2c, are
// not taken, and the request is answered as it is.
func isSocket(r *http.Request) bool {
	return r.Method == http.MethodGet && strings.EqualFold(r.Header.Get("Upgrade"), "websocket")
}
