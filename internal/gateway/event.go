package gateway

import (
	"context"
	"log/slog"
	"strings"
	"sync"
	"time"

	"github.com/ringql/ringql/internal/auth"
	"github.com/ringql/ringql/internal/rest"
)

// event gathers what is worth knowing of one request, for one line of the log.
// Its methods may be called by many goroutines, and on nil.
type event struct {
	start time.Time

	mu        sync.Mutex
	operation string
	kind      string
	calls     map[string]int // upstream calls by group
	waited    time.Duration  // on the upstream, in all
	turns     time.Duration  // for the calls' turns in the budget, in all
	hits      int            // answers that were remembered
	shared    bool           // it was given another one's answer
	queued    time.Duration  // to be let in
	errors    map[string]int // by code
	causes    []string       // the first few, in full
	answers   int            // to events of a subscription
	unlisted  bool           // whether its document is none of those that are trusted
}

// mostCauses bounds how many errors are logged in full: one broken upstream can
// fail a thousand fields.
const (
	mostCauses = 3
	mostCause  = 4 << 10 // bytes of one: a stack may be long
)

type eventKey struct{}

func withEvent(ctx context.Context, e *event) context.Context {
	return context.WithValue(ctx, eventKey{}, e)
}

func eventFrom(ctx context.Context) *event {
	e, _ := ctx.Value(eventKey{}).(*event)
	return e
}

func newEvent() *event {
	return &event{start: time.Now(), calls: map[string]int{}, errors: map[string]int{}}
}

// name says which operation it is.
func (e *event) name(operation, kind string) {
	if e == nil {
		return
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	if len(operation) > 100 {
		operation = operation[:100]
	}
	e.operation, e.kind = operation, kind
}

// call adds one upstream call, or one that was spared.
func (e *event) call(c rest.Call) {
	if e == nil {
		return
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	if c.Spared() {
		e.hits++
		return
	}
	e.calls[string(c.Group)]++
	e.waited += c.Duration
	e.turns += c.Waited
}

// letIn says how long the request waited for others to end.
func (e *event) letIn(after time.Duration) {
	if e == nil {
		return
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	e.queued = after
}

// answered counts one event of a subscription.
func (e *event) answered() {
	if e == nil {
		return
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	e.answers++
}

// joined says that the request was given the answer to another one.
func (e *event) joined() {
	if e == nil {
		return
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	e.shared = true
}

// fail adds an error that the client saw, and its cause if it is not told there.
func (e *event) fail(code string, cause error) {
	if e == nil {
		return
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	e.errors[code]++
	if cause != nil && len(e.causes) < mostCauses {
		text := cause.Error()
		e.causes = append(e.causes, text[:min(len(text), mostCause)])
	}
}

// stray says that the document is none of those that are trusted.
func (e *event) stray() {
	if e == nil {
		return
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	e.unlisted = true
}

// write logs the event.
func (e *event) write(ctx context.Context, log *slog.Logger, attrs ...slog.Attr) {
	e.mu.Lock()
	defer e.mu.Unlock()
	attrs = append(attrs, slog.Duration("took", time.Since(e.start).Round(time.Microsecond)))
	if e.kind != "" {
		attrs = append(attrs, slog.String("kind", e.kind))
	}
	if e.operation != "" {
		attrs = append(attrs, slog.String("operation", e.operation))
	}
	if who := auth.Key(ctx); who != "" {
		attrs = append(attrs, slog.String("person", who))
		if client := auth.From(ctx).Client; client != "" {
			attrs = append(attrs, slog.String("client", client))
		}
	}
	if len(e.calls) > 0 {
		attrs = append(attrs, slog.Any("calls", e.calls), slog.Duration("upstream_sum", e.waited.Round(time.Microsecond)))
	}
	if e.turns > time.Millisecond {
		attrs = append(attrs, slog.Duration("budget_sum", e.turns.Round(time.Microsecond)))
	}
	if e.hits > 0 {
		attrs = append(attrs, slog.Int("cache_hits", e.hits))
	}
	if e.answers > 0 {
		attrs = append(attrs, slog.Int("events", e.answers))
	}
	if e.shared {
		attrs = append(attrs, slog.Bool("joined", true))
	}
	if e.queued > time.Millisecond {
		attrs = append(attrs, slog.Duration("queued", e.queued.Round(time.Microsecond)))
	}
	if e.unlisted {
		attrs = append(attrs, slog.Bool("trusted", false))
	}
	level := slog.LevelInfo
	if len(e.errors) > 0 {
		attrs = append(attrs, slog.Any("errors", e.errors))
	}
	for code := range e.errors {
		if code == codeRateLimited || strings.HasPrefix(code, "UPSTREAM_") {
			level = slog.LevelWarn // what the client did wrong is no worry of the operator's
		}
	}
	if len(e.causes) > 0 {
		attrs = append(attrs, slog.Any("causes", e.causes))
	}
	if e.errors[codeInternal] > 0 {
		level = slog.LevelError
	}
	log.LogAttrs(ctx, level, "request", attrs...)
}
