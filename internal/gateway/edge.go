package gateway

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"mime"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/99designs/gqlgen/graphql"

	"github.com/ringql/ringql/internal/admission"
	"github.com/ringql/ringql/internal/auth"
)

// edge is what a request to /graphql passes before the GraphQL server sees it:
// host, method, forgery across sites, identity, size, form. Nothing behind it has
// to check these again.
type edge struct {
	cfg        Config
	next       http.Handler // the GraphQL server
	compressed http.Handler // the same, compressing what it answers
	admission  *admission.Controller
	rates      *rates
	twins      *twins
}

func (e *edge) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	ev, id := newEvent(), requestID(r)
	w.Header().Set("X-Request-Id", id)
	rec := &recorder{ResponseWriter: w, status: http.StatusOK}
	r = r.WithContext(withSource(withEvent(r.Context(), ev), r, id))
	r, err := e.serve(rec, r)
	if f, ok := errors.AsType[*fault](err); ok {
		f.write(rec, r)
	}
	ev.write(r.Context(), e.cfg.Log, slog.String("method", r.Method), slog.Int("status", rec.status),
		slog.Int64("bytes", rec.bytes), slog.String("id", id))
}

// serve answers r, or says why it is refused. It returns r with what was found out.
func (e *edge) serve(w http.ResponseWriter, r *http.Request) (*http.Request, error) {
	r, err := e.admit(r)
	if err != nil {
		return r, err
	}
	if isSocket(r) {
		r = r.WithContext(withSocket(r.Context()))
		e.next.ServeHTTP(w, r) // its origin is checked when it is accepted
		return r, nil
	}
	if e.admission.Full(auth.Key(r.Context())) && !e.twins.may(r) {
		return r, busy() // before its body is read
	}
	var body []byte
	if r.Method == http.MethodPost {
		if body, err = e.readBody(w, r); err != nil {
			return r, err
		}
	}
	return e.twins.serve(w, r, body, e.carryOut)
}

// carryOut has r be carried out, once it is let in.
func (e *edge) carryOut(w http.ResponseWriter, r *http.Request, body []byte) (*http.Request, error) {
	if e.admission.Full(auth.Key(r.Context())) {
		return r, busy()
	}
	came := time.Now()
	op, err := e.admission.Enter(r.Context(), auth.Key(r.Context()))
	eventFrom(r.Context()).letIn(time.Since(came))
	switch {
	case errors.Is(err, admission.ErrFull):
		return r, busy()
	case err != nil:
		return r, &fault{status: statusGone, code: codeTimeout, say: "The request was given up."}
	}
	defer op.Leave()
	r = r.WithContext(admission.With(r.Context(), op))
	if r, err = ask(r, body); err == nil {
		e.compressed.ServeHTTP(w, r)
	}
	return r, err
}

// admit checks all of r but its body, and finds out who sends it.
func (e *edge) admit(r *http.Request) (*http.Request, error) {
	if !e.cfg.knownHost(r) {
		return r, &fault{status: http.StatusMisdirectedRequest, code: codeBadInput,
			say: sayHost}
	}
	if r.Method != http.MethodPost && r.Method != http.MethodGet {
		return r, &fault{status: http.StatusMethodNotAllowed, code: codeBadInput, say: "Send GraphQL by POST or GET.", allow: "GET, POST"}
	}
	person, session, err := e.cfg.Auth.Admit(r, isSocket(r))
	if wait := e.rates.take(clientOf(r, person)); wait > 0 {
		return r, tooFast(wait)
	}
	if err != nil {
		return r, notAdmitted(err)
	}
	if person != nil {
		r = r.WithContext(auth.With(r.Context(), person))
	}
	if session != nil {
		r = r.WithContext(withSession(r.Context(), session))
	}
	if !isSocket(r) && forgeable(r) {
		return r, &fault{status: http.StatusForbidden, code: codeBadInput,
			say: "Another site could have made a browser send this: use Content-Type: application/json, or send a header GraphQL-Require-Preflight."}
	}
	return r, nil
}

// ask reads what r asks for, and how it is to be answered.
func ask(r *http.Request, body []byte) (*http.Request, error) {
	var p *graphql.RawParams
	var err error
	if r.Method == http.MethodGet {
		p, err = readGet(r)
	} else {
		p, err = readPost(body)
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
	ctx, f := withWishes(withRequest(r.Context(), &request{p, kinds}), p)
	if f != nil {
		return r, f
	}
	return r.WithContext(ctx), nil
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

// readBody reads the body of r.
func (e *edge) readBody(w http.ResponseWriter, r *http.Request) ([]byte, error) {
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
	return body, nil
}

// forgeable says whether a page of another site could have made a browser send r
// without asking first: browsers send no application/json and no headers of one's
// own across sites without a preflight, which is granted to listed origins alone.
func forgeable(r *http.Request) bool {
	kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if kind == typeJSON || r.Header.Get("Sec-Fetch-Site") == "same-origin" {
		return false
	}
	return r.Header.Get("Authorization") == "" && !slices.ContainsFunc(ownHeaders, func(h string) bool { return r.Header.Get(h) != "" })
}

// requestID returns the id a proxy gave to r, if it is harmless, else a new one.
func requestID(r *http.Request) string {
	id := r.Header.Get("X-Request-Id")
	if id == "" || len(id) > 64 || strings.Trim(id, "-_.0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ") != "" {
		return rand.Text()
	}
	return id
}

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
