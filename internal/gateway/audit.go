package gateway

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"reflect"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"

	"github.com/ringql/ringql/graph/model"
	"github.com/ringql/ringql/graph/resolvers"
	"github.com/ringql/ringql/internal/auth"
	"github.com/ringql/ringql/internal/change"
	"github.com/ringql/ringql/internal/rest"
)

// audit writes one line for each mutation: who had what done to which objects, and what
// became of it. Of its input ids alone are written: other values may be passwords.
type audit struct {
	to     slog.Handler // nil for nowhere
	log    *slog.Logger
	schema *ast.Schema
}

// mutations has each mutation of op refused that is known to be, before anything is read for
// it, and written down as it ends, whether it ends well, badly or not at all.
func (o *operations) mutations(op *graphql.OperationContext) {
	if op.Operation.Operation != ast.Mutation {
		return
	}
	next := op.ResolverMiddleware
	op.ResolverMiddleware = func(ctx context.Context, resolve graphql.Resolver) (any, error) {
		f := graphql.GetFieldContext(ctx)
		if f.Object != "Mutation" {
			return next(ctx, resolve)
		}
		app, user := resolvers.Requires(f.Field.Definition)
		allowed := func(ctx context.Context) (any, error) {
			if err := o.cfg.REST.May(ctx, f.Field.Name, app, user); err != nil {
				return nil, err
			}
			return resolve(ctx)
		}
		return next(ctx, func(ctx context.Context) (any, error) { return o.audit.follow(ctx, op, f.Field, allowed) })
	}
}

// follow carries out one mutation, and writes it down.
func (a *audit) follow(ctx context.Context, op *graphql.OperationContext, f graphql.CollectedField, resolve graphql.Resolver) (result any, err error) {
	if a.to == nil {
		return resolve(ctx)
	}
	start := time.Now()
	inner, bill := rest.WithBill(ctx)
	err = errors.New("it panicked") // unless it returns
	defer func() {
		line := []slog.Attr{
			slog.String("mutation", f.Name), slog.String("person", auth.Key(ctx)),
			slog.String("operation", op.Operation.Name),
			slog.String("outcome", outcomeOf(result, err)), slog.Duration("took", time.Since(start)),
			slog.Any("ids", a.ids(f, op.Variables)), slog.Any("rcRequestIds", requestIDs(bill.Take(true))),
		}
		if codes := userErrorsOf(result); len(codes) > 0 {
			line = append(line, slog.Any("userErrors", codes))
		}
		a.write(ctx, append(line, from(ctx)...))
	}()
	result, err = resolve(inner)
	return result, err
}

// write writes a line. That it could not be written is no reason to tell the client that the
// change failed, which it did not.
func (a *audit) write(ctx context.Context, line []slog.Attr) {
	r := slog.NewRecord(time.Now(), slog.LevelInfo, "mutation", 0)
	r.AddAttrs(line...)
	if err := a.to.Handle(context.WithoutCancel(ctx), r); err != nil {
		a.log.Error("a mutation could not be written to the audit log", "cause", err)
	}
}

// outcomeOf says what became of a mutation: its outcome, or the code of its error.
func outcomeOf(result any, err error) string {
	if err != nil {
		code, _ := faceOf(err)
		return code
	}
	if o, ok := member(result, "Outcome").(change.MutationOutcome); ok {
		return string(o)
	}
	return string(change.Unknown)
}

// userErrorsOf returns the codes of a result's user errors.
func userErrorsOf(result any) (codes []string) {
	errs, _ := member(result, "UserErrors").([]*change.UserError)
	for _, e := range errs {
		codes = append(codes, cmp.Or(e.RCCode, string(e.Code)))
	}
	return codes
}

// member returns what a payload holds under a name. Mutations are few and far between.
func member(payload any, name string) any {
	v := reflect.Indirect(reflect.ValueOf(payload))
	if v.Kind() != reflect.Struct {
		return nil
	}
	if f := v.FieldByName(name); f.IsValid() {
		return f.Interface()
	}
	return nil
}

// requestIDs returns the upstream's ids of the calls that changed something, or could have.
func requestIDs(s rest.Spent) (ids []string) {
	for _, c := range s.Calls {
		if c.Operation.Method != http.MethodGet {
			ids = append(ids, cmp.Or(c.RequestID, "none"))
		}
	}
	return ids
}

// ids returns the ids in a mutation's arguments, by where they stand.
func (a *audit) ids(f graphql.CollectedField, variables map[string]any) map[string][]string {
	out := map[string][]string{}
	given := f.ArgumentMap(variables)
	for _, arg := range f.Definition.Arguments {
		a.gather(out, arg.Name, arg.Type, given[arg.Name])
	}
	return out
}

// gather adds the ids in a value of a type to out.
func (a *audit) gather(out map[string][]string, path string, typ *ast.Type, value any) {
	switch v := value.(type) {
	case []any:
		for _, item := range v {
			a.gather(out, path, cmp.Or(typ.Elem, typ), item)
		}
	case map[string]any:
		def := a.schema.Types[typ.Name()]
		for _, field := range def.Fields {
			a.gather(out, path+"."+field.Name, field.Type, v[field.Name])
		}
	default:
		if typ.Name() == "ID" && value != nil {
			out[path] = append(out[path], plainID(value))
		}
	}
}

// plainID is an id as RingCentral has it, with its type if it tells. What is no id at all is
// cut: the mutation is refused.
func plainID(value any) string {
	text := fmt.Sprint(value)
	g, err := model.ParseGlobalID(text)
	if err != nil {
		return text[:min(len(text), 64)]
	}
	return g.Plain()
}

// source says where a request came from.
type source struct{ id, address, client string }

type sourceKey struct{}

// withSource returns a context that knows where r came from.
func withSource(ctx context.Context, r *http.Request, id string) context.Context {
	client := cmp.Or(r.Header.Get("Apollographql-Client-Name"), r.UserAgent())
	return context.WithValue(ctx, sourceKey{}, &source{id, r.RemoteAddr, client[:min(len(client), 100)]})
}

// from are the attributes that say where the request of ctx came from.
func from(ctx context.Context) []slog.Attr {
	s, ok := ctx.Value(sourceKey{}).(*source)
	if !ok {
		return nil
	}
	client := s.client
	if p := auth.From(ctx); p != nil && p.Client != "" {
		client = p.Client // its key proves it; anybody can send the other
	}
	return []slog.Attr{slog.String("client", client), slog.String("address", s.address), slog.String("request", s.id)}
}
