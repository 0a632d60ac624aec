// Package gateway assembles the HTTP handler: the GraphQL server with its limits
// and transports, the faces of errors, health, metrics and the playground. It must
// not know how the upstream is called or where settings come from.
package gateway

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"github.com/vektah/gqlparser/v2/ast"

	"github.com/ringql/ringql/graph"
	"github.com/ringql/ringql/graph/resolvers"
	"github.com/ringql/ringql/internal/admission"
	"github.com/ringql/ringql/internal/auth"
	"github.com/ringql/ringql/internal/budget"
	"github.com/ringql/ringql/internal/change"
	"github.com/ringql/ringql/internal/limit"
	"github.com/ringql/ringql/internal/loader"
	"github.com/ringql/ringql/internal/notify"
	"github.com/ringql/ringql/internal/plan"
	"github.com/ringql/ringql/internal/rest"
)

// Config is what a gateway is made of. REST and Gate are needed; the zero value of
// the others is good.
type Config struct {
	REST          *rest.Client
	Gate          *budget.Gate
	Auth          *auth.Authenticator // nil: everybody brings a token
	Events        *notify.Events      // nil: nobody is told of events
	Telemetry     *Telemetry          // nil: a new one that nobody reads
	Log           *slog.Logger        // nil: none
	Audit         slog.Handler        // of a line for each mutation; nil: none
	Limits        limit.Limits
	Timeout       time.Duration // of one operation; zero means 30 s
	Introspection bool          // whether the schema can be asked for, and is served
	HealthApart   bool          // whether health and metrics are left to an address of their own
	Playground    bool          // whether "/" is a page to try queries on
	Web                         // who may ask, and how much
}

// Gateway is an http.Handler.
type Gateway struct {
	main    http.Handler
	health  *http.ServeMux
	ready   readiness
	sockets *sockets
	door    *auth.Door     // nil for none
	events  *notify.Events // likewise
	routes  []string       // of main

	drain    sync.Once
	draining chan struct{} // closed by Drain
}

// New returns the gateway's handler.
func New(cfg Config) (*Gateway, error) {
	if cfg.REST == nil || cfg.Gate == nil {
		return nil, errors.New("gateway: REST and Gate are needed")
	}
	if cfg.Auth == nil {
		cfg.Auth = &auth.Authenticator{}
	}
	if cfg.Telemetry == nil {
		cfg.Telemetry = NewTelemetry()
	}
	cfg.Telemetry.cache = cfg.REST.CacheSize
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	if cfg.Timeout <= 0 {
		cfg.Timeout = 30 * time.Second
	}
	cfg.Limits = cfg.Limits.OrDefaults()
	in := admission.New(admission.Config{InFlight: cfg.Limits.InFlight, Queued: cfg.Limits.Queued})
	known, err := readTrusted(cfg.Trusted, cfg.TrustedMode)
	if err != nil {
		return nil, err
	}
	load := loader.Config{REST: cfg.REST, Gate: cfg.Gate, Memory: loader.NewMemory(), Who: auth.Key, MostRows: int64(cfg.Limits.AllRows)}
	schema := graph.NewExecutableSchema(graph.Config{
		Resolvers: &resolvers.Resolver{Change: &change.Changer{REST: cfg.REST}, MostRows: cfg.Limits.Rows, Audience: newAudience(cfg, load)},
	})
	read := reader{variables{schema.Schema()}, cfg.Limits.Errors}
	mux, per := &routes{mux: http.NewServeMux()}, newRates(cfg.Rate)
	g := &Gateway{main: guarded(mux.mux, cfg), health: http.NewServeMux(), sockets: newSockets(cfg, in, read, per), door: cfg.Auth.Door, events: cfg.Events, draining: make(chan struct{})}
	srv := newServer(cfg, schema, read, g.sockets, known, &operations{
		cfg: cfg, audit: &audit{cfg.Audit, cfg.Log, schema.Schema()}, load: load,
		plans: mustLRU[*ast.OperationDefinition, *plan.Plan](mostDocuments), lanes: newLanes(in), draining: g.draining,
	})
	small, err := compressed(srv)
	if err != nil {
		return nil, err
	}
	e := &edge{cfg: cfg, next: srv, compressed: small, admission: in, rates: per, twins: newTwins(cfg)}
	mux.handle("/graphql", e)
	mux.handle("GET /schema.graphql", cfg.known(schemaHandler(cfg)))
	e.pages(mux)
	if g.door != nil {
		for _, route := range g.door.Routes() {
			mux.handle(route, cfg.known(e.limited(g.door)))
		}
	}
	if cfg.Events != nil {
		mux.handle(notify.Path, e.webhook(cfg.Events))
		cfg.Telemetry.events, g.ready.events = cfg.Events.Status, cfg.Events.Status
	}
	g.health.HandleFunc("GET /healthz", healthy)
	g.health.HandleFunc("GET /readyz", g.ready.serve)
	g.health.Handle("GET /metrics", cfg.Telemetry.handler())
	if !cfg.HealthApart {
		mux.handle("GET /healthz", g.health)
		mux.handle("GET /readyz", g.health)
		mux.handle("GET /metrics", cfg.known(g.health))
	}
	g.routes = mux.patterns
	return g, nil
}

// routes is a mux that can tell what it serves.
type routes struct {
	mux      *http.ServeMux
	patterns []string
}

func (r *routes) handle(pattern string, h http.Handler) {
	r.mux.Handle(pattern, h)
	r.patterns = append(r.patterns, pattern)
}

func (g *Gateway) ServeHTTP(w http.ResponseWriter, r *http.Request) { g.main.ServeHTTP(w, r) }

// Drain makes the gateway say that it takes no new work, so that a load balancer
// turns elsewhere while what is under way is finished.
// Sockets are closed, those with operations under way once these are done. Subscriptions end.
func (g *Gateway) Drain() {
	g.ready.draining.Store(true)
	g.drain.Do(func() { close(g.draining) })
	g.sockets.drain()
}

// Wait returns when all sockets are closed after Drain, and what people who signed out left
// to do is done, or ctx ends: the HTTP server does not know of these.
func (g *Gateway) Wait(ctx context.Context) error {
	return until(ctx, func() {
		g.sockets.gone.Wait()
		if g.events != nil {
			g.events.Close()
		}
		if g.door != nil {
			g.door.Wait()
		}
	})
}

// until returns when f does, or ctx ends.
func until(ctx context.Context, f func()) error {
	done := make(chan struct{})
	go func() {
		f()
		close(done)
	}()
	select {
	case <-done:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
