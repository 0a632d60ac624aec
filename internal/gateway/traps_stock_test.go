package gateway_test

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"runtime/debug"
	"testing"
	"time"

	"context"

	"github.com/99designs/gqlgen/graphql"
	"github.com/99designs/gqlgen/graphql/handler"
	"github.com/99designs/gqlgen/graphql/handler/extension"
	"github.com/99designs/gqlgen/graphql/handler/lru"
	"github.com/99designs/gqlgen/graphql/handler/transport"
	"github.com/99designs/gqlgen/graphql/playground"
	"github.com/vektah/gqlparser/v2/ast"

	"github.com/ringql/ringql/graph"
	"github.com/ringql/ringql/graph/resolvers"
	"github.com/ringql/ringql/internal/auth"
	"github.com/ringql/ringql/internal/budget"
	"github.com/ringql/ringql/internal/change"
	"github.com/ringql/ringql/internal/loader"
	"github.com/ringql/ringql/internal/plan"
	"github.com/ringql/ringql/internal/rest"
	"github.com/ringql/ringql/internal/sim"
)

// wiring is what is special about a stock server. The zero value is what the
// documentation of gqlgen and dataloader teaches.
type wiring struct {
	closed  bool                                      // no introspection
	hush    bool                                      // suggestions are disabled, as far as the library does
	init    time.Duration                             // InitTimeout of sockets
	maxBody int64                                     // by http.MaxBytesHandler
	link    func(http.RoundTripper) http.RoundTripper // before the upstream
}

// newStock serves our schema, with our resolvers, the stock way.
func newStock(t *testing.T, w wiring) target {
	t.Helper()
	s, err := sim.New(sim.Config{Limits: unlimited})
	if err != nil {
		t.Fatal(err)
	}
	srv := httptest.NewServer(stockHandler(s, w))
	t.Cleanup(srv.Close)
	x := target{ctx: t.Context(), url: srv.URL, token: s.Token(sim.AdministratorID), client: http.DefaultClient}
	x.over(s)
	return x
}

// over fills in what can be done to the upstream.
func (x *target) over(s *sim.Server) {
	x.other = s.Token(sim.StandardUserID)
	x.change = func() { s.AddExtension(1, "New") }
	x.slow = func(n int, d time.Duration) { s.FailNext("readAccountInfo", n, sim.Fault{Delay: d}) }
}

// TestStockServer is no test, but the stock server of other tests, in a process of its
// own: some requests kill it, others would keep a core busy for many seconds.
func TestStockServer(t *testing.T) {
	if os.Getenv("RINGQL_STOCK_SERVER") == "" {
		t.Skip("it is run by other tests")
	}
	debug.SetMaxStack(64 << 20) // of 1 GB, which it would fill as well, but later
	s, err := sim.New(sim.Config{Limits: unlimited})
	if err != nil {
		t.Fatal(err)
	}
	l, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	go func() { _ = http.Serve(l, stockHandler(s, wiring{})) }() // as in every introduction
	fmt.Printf("http://%s %s\n", l.Addr(), s.Token(sim.AdministratorID))
	_, _ = io.Copy(io.Discard, os.Stdin) // until who started it is done with it
	os.Exit(0)
}

func stockHandler(s *sim.Server, w wiring) http.Handler {
	gate, base := budget.NewGate(), s.Transport()
	if w.link != nil {
		base = w.link(base)
	}
	client := rest.New(rest.Config{BaseURL: "http://upstream", Who: auth.Key, Transport: rest.Chain(base, auth.Transport())})
	load := loader.Config{REST: client, Gate: gate, Memory: loader.NewMemory(), Who: auth.Key}

	srv := handler.New(graph.NewExecutableSchema(graph.Config{
		Resolvers: &resolvers.Resolver{Change: &change.Changer{REST: client}},
	}))
	srv.AddTransport(transport.Websocket{KeepAlivePingInterval: 10 * time.Second, InitTimeout: w.init})
	srv.AddTransport(transport.Options{})
	srv.AddTransport(transport.GET{})
	srv.AddTransport(transport.SSE{})
	srv.AddTransport(transport.MultipartMixed{})
	srv.AddTransport(transport.POST{})
	srv.AddTransport(transport.MultipartForm{})
	srv.SetQueryCache(lru.New[*ast.QueryDocument](1000))
	srv.SetDisableSuggestion(w.hush)
	if !w.closed {
		srv.Use(extension.Introspection{})
	}
	srv.Use(extension.AutomaticPersistedQuery{Cache: lru.New[string](100)})
	srv.Use(extension.FixedComplexityLimit(10_000))
	srv.AroundOperations(func(ctx context.Context, next graphql.OperationHandler) graphql.ResponseHandler {
		op := graphql.GetOperationContext(ctx)
		return next(plan.With(ctx, plan.Compile(op.Doc, op.Operation))) // our resolvers need one
	})

	mux := http.NewServeMux()
	mux.Handle("/", playground.Handler("GraphQL playground", "/graphql"))
	mux.Handle("/graphql", stockMiddleware(srv, load))
	if w.maxBody > 0 {
		return http.MaxBytesHandler(mux, w.maxBody)
	}
	return mux
}

// stockMiddleware finds out who asks, and installs loaders, for an HTTP request.
func stockMiddleware(next http.Handler, load loader.Config) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ctx := r.Context()
		if p, err := new(auth.Authenticator).Identify(r.Header.Get("Authorization"), ""); err == nil && p != nil {
			ctx = auth.With(ctx, p)
		}
		next.ServeHTTP(w, r.WithContext(loader.With(ctx, load)))
	})
}
