package gateway

import (
	"context"
	"io"
	"net/http"
	"sync"
	"time"

	"github.com/99designs/gqlgen/graphql"

	"github.com/ringql/ringql/internal/admission"
)

// sink takes answers as they come.
type sink interface {
	next(resp *graphql.Response)
	complete()
}

// begin begins an answer of many, in parts or as events. It is to be ended.
func begin(ctx context.Context, w http.ResponseWriter, kind string) (out sink, end func()) {
	p := &pushed{w: w, flush: http.NewResponseController(w).Flush}
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("X-Accel-Buffering", "no") // proxies hold nothing back
	if kind == typeParts {
		w.Header().Set("Content-Type", typeParts+`;boundary="-";deferSpec=20220824`)
		aside(ctx, func() { p.write("---") })
		return &parts{pushed: p}, func() {}
	}
	w.Header().Set("Content-Type", typeEvents+"; charset=utf-8")
	aside(ctx, func() { p.write(":\n\n") })
	s := &stream{pushed: p, of: subscriptionFrom(ctx)}
	return s, s.keepAlive(ctx)
}

// aside writes to the client while others have the processor: it may be slow to read.
func aside(ctx context.Context, write func()) {
	resume := admission.Pause(ctx)
	defer func() { resume()() }()
	write()
}

// pushed is an answer that the client gets as it is written.
type pushed struct {
	mu    sync.Mutex
	w     io.Writer
	flush func() error
}

// write writes text, however long the client takes to read it. One that left ends the
// request's context.
func (p *pushed) write(text string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	_, _ = io.WriteString(p.w, text)
	_ = p.flush()
}

// endless lets an answer go on for as long as each piece of it is taken: the server's time for
// reading a request and writing its answer would end it.
func endless(w http.ResponseWriter) http.ResponseWriter {
	e := &unending{w, http.NewResponseController(w)}
	_ = e.control.SetReadDeadline(time.Time{}) // where there is none to set, nothing ends it
	return e
}

type unending struct {
	http.ResponseWriter
	control *http.ResponseController
}

func (u *unending) Write(b []byte) (int, error) {
	_ = u.control.SetWriteDeadline(time.Now().Add(sendTimeout)) // the connection of a client that does not read is closed
	return u.ResponseWriter.Write(b)
}

// Unwrap is for http.ResponseController.
func (u *unending) Unwrap() http.ResponseWriter { return u.ResponseWriter }
