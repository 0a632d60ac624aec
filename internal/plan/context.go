package plan

import "context"

type key struct{}

// With returns a context whose operation has the plan p.
func With(ctx context.Context, p *Plan) context.Context { return context.WithValue(ctx, key{}, p) }

// From returns the plan of the operation that ctx belongs to. It panics outside of one.
func From(ctx context.Context) *Plan {
	p, ok := ctx.Value(key{}).(*Plan)
	if !ok {
		panic("plan: no operation is being carried out")
	}
	return p
}
