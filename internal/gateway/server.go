package gateway

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/99designs/gqlgen/graphql/handler"
	"github.com/99designs/gqlgen/graphql/handler/extension"
	lru "github.com/hashicorp/golang-lru/v2"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
	"github.com/vektah/gqlparser/v2/validator/rules"

	"github.com/ringql/ringql/internal/loader"
	"github.com/ringql/ringql/internal/plan"
	"github.com/ringql/ringql/internal/rest"
	"github.com/ringql/ringql/internal/rule"
)

// mostDocuments is how many parsed documents, and how many plans, are kept.
const mostDocuments = 1000

// newServer assembles the GraphQL server.
func newServer(cfg Config, schema graphql.ExecutableSchema, read reader, sockets *sockets, known *trusted, o *operations) *handler.Server {
	srv := handler.New(schema)
	srv.AddTransport(sockets)
	srv.AddTransport(httpTransport{read})
	srv.SetErrorPresenter(present)
	srv.SetRecoverFunc(recovered)
	srv.SetParserTokenLimit(cfg.Limits.Tokens)
	srv.SetQueryCache(newDocuments())
	srv.SetDisableSuggestion(!cfg.Introspection)
	srv.SetValidationRulesFn(func() *rules.Rules { return rule.Rules(cfg.Introspection) })
	srv.Use(newPersisted(known))
	srv.Use(documentLimits{cfg.Limits}) // behind what fills in the query
	srv.Use(read.variables)
	if cfg.Introspection {
		srv.Use(extension.Introspection{})
	}
	srv.AroundOperations(o.around)
	srv.AroundResponses(o.response)
	return srv
}

func mustLRU[K comparable, V any](size int) *lru.Cache[K, V] {
	c, err := lru.New[K, V](size)
	if err != nil {
		panic(err) // only for a size below one
	}
	return c
}

// operations carries out operations: one deadline each, a plan, fresh loaders.
type operations struct {
	cfg      Config
	audit    *audit
	load     loader.Config
	plans    *lru.Cache[*ast.OperationDefinition, *plan.Plan]
	lanes    *lanes          // of events
	draining <-chan struct{} // closed when subscriptions are to end
}

func (o *operations) plan(op *graphql.OperationContext) *plan.Plan {
	if p, ok := o.plans.Get(op.Operation); ok {
		return p
	}
	p := plan.Compile(op.Doc, op.Operation)
	if len(op.RawQuery) <= keepDocument { // a plan holds its document, which is not kept either
		o.plans.Add(op.Operation, p)
	}
	return p
}

func (o *operations) around(ctx context.Context, next graphql.OperationHandler) graphql.ResponseHandler {
	op := graphql.GetOperationContext(ctx)
	run := &run{o: o, kind: string(op.Operation.Operation), start: time.Now(), event: eventFrom(ctx)}
	if run.event == nil || overSocket(ctx) { // operations of one socket are events of their own
		run.event, run.logs = newEvent(), true
		ctx = withEvent(ctx, run.event)
	}
	run.event.name(op.Operation.Name, run.kind)
	o.mutations(op)
	if op.Operation.Operation != ast.Query || modeFrom(ctx) != modeUsual {
		twinFrom(ctx).part()
	}
	if op.Operation.Operation == ast.Subscription && modeFrom(ctx) != modeDryRun {
		run.cancel = func() {}
		return o.subscribe(plan.With(ctx, o.plan(op)), run, next)
	}
	if modeFrom(ctx) == modeActual {
		ctx, run.bill = rest.WithBill(ctx)
	}
	client := ctx
	ctx, run.cancel = context.WithTimeout(plan.With(rest.WithAllowance(ctx, o.cfg.Limits.Read), o.plan(op)), o.cfg.Timeout)
	stop := context.AfterFunc(client, func() { run.end(client, true) }) // it has left
	responses := o.admit(ctx, run, next)
	return func(ctx context.Context) *graphql.Response {
		resp := responses(ctx)
		if resp == nil && run.open && errors.Is(ctx.Err(), context.DeadlineExceeded) {
			// Parts were promised, and time is up: the client is told, and waits no more.
			resp = &graphql.Response{Errors: gqlerror.List{refusal(codeTimeout, "This took too long.")}, HasNext: new(bool)}
		}
		if run.note(ctx, resp); !run.open {
			stop()
		}
		return resp
	}
}

// run is one operation under way.
type run struct {
	o      *operations
	kind   string
	start  time.Time
	event  *event
	bill   *rest.Bill // nil unless it is asked for
	price  *plan.Estimate
	logs   bool // whether the event is its own
	failed bool
	open   bool // parts are to follow
	once   sync.Once
	cancel context.CancelFunc
}

// note takes notice of a response, and ends the operation with the last one.
func (r *run) note(ctx context.Context, resp *graphql.Response) {
	if resp != nil {
		inOrder(resp.Errors)
		resp.Errors = shortened(resp.Errors, r.o.cfg.Limits.Errors)
		r.failed = r.failed || len(resp.Errors) > 0
		r.open = resp.HasNext != nil && *resp.HasNext
		if r.bill != nil {
			r.o.tellSpent(ctx, resp, r, !r.open)
		}
		if r.open {
			return
		}
	}
	r.end(ctx, r.failed)
}

// end counts and logs the operation, once.
func (r *run) end(ctx context.Context, failed bool) {
	r.once.Do(func() {
		r.cancel()
		r.o.cfg.Telemetry.request(r.kind, failed, time.Since(r.start))
		if r.logs {
			r.event.write(ctx, r.o.cfg.Log)
		}
	})
}

// inOrder sorts errors by their paths: fields are resolved side by side, and the
// same query should have the same answer.
func inOrder(errs gqlerror.List) {
	slices.SortStableFunc(errs, func(a, b *gqlerror.Error) int {
		return slices.CompareFunc(a.Path, b.Path, func(x, y ast.PathElement) int {
			i, xi := x.(ast.PathIndex)
			j, yi := y.(ast.PathIndex)
			if xi && yi {
				return cmp.Compare(i, j)
			}
			return cmp.Compare(fmt.Sprint(x), fmt.Sprint(y))
		})
	})
}

// response gives every response loaders of its own: a subscription has many.
func (o *operations) response(ctx context.Context, next graphql.ResponseHandler) *graphql.Response {
	return next(loader.With(ctx, o.load))
}

// documents keeps parsed and validated documents by their text.
type documents struct {
	cache *lru.Cache[string, *ast.QueryDocument]
}

// keepDocument is the longest text that is kept: a few huge ones must not fill the
// memory that a thousand usual ones need.
const keepDocument = 64 << 10

func newDocuments() *documents {
	return &documents{mustLRU[string, *ast.QueryDocument](mostDocuments)}
}

func (d *documents) Get(ctx context.Context, text string) (*ast.QueryDocument, bool) {
	return d.cache.Get(documentKey(ctx, text))
}

// Add is called with every document that was found valid, before it is carried out.
func (d *documents) Add(ctx context.Context, text string, doc *ast.QueryDocument) {
	settleDefer(doc, readsParts(ctx))
	if len(text) <= keepDocument {
		d.cache.Add(documentKey(ctx, text), doc)
	}
}

// documentKey sets apart the documents of clients that read no parts, which have their
// @defer taken off.
func documentKey(ctx context.Context, text string) string {
	if strings.Contains(text, "defer") && !readsParts(ctx) {
		return "whole " + text
	}
	return text
}

// readsParts says whether the client reads an answer in parts.
func readsParts(ctx context.Context) bool {
	return overSocket(ctx) || requestFrom(ctx).kinds.inParts()
}
