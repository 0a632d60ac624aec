package gateway

import (
	"context"
	"slices"
	"strings"

	"github.com/99designs/gqlgen/graphql"

	"github.com/ringql/ringql/internal/budget"
)

// wish is something that a client may say of its operation: in a header, or where there
// are no headers, as on a browser's socket, in the extensions of the request.
type wish struct {
	header, extension string
	values            []string // that there are, the usual one not among them
}

var (
	// planWish is what a client wants to know of the calls that its operation takes.
	planWish = wish{"X-RingQL-Plan", "plan", []string{string(modeActual), string(modeDryRun)}}
	// priorityWish says who goes first where calls wait for their turn in the budget.
	priorityWish = wish{"X-RingQL-Priority", "priority", []string{"interactive", priorityBulk}}
)

// priorityBulk is the priority of scripts that nobody waits for.
const priorityBulk = "bulk"

// mode is what a client wants to know of the calls that its operation takes.
type mode string

const (
	modeUsual  mode = ""        // nothing
	modeActual mode = "actual"  // beside the answer, those that were made
	modeDryRun mode = "dry-run" // in place of the answer, those that would be made
)

// read finds out what was said; "" for nothing. What is said twice is to be the same: of
// two, one would be overlooked, and a change made that was to be a dry run.
func (w wish) read(p *graphql.RawParams) (string, *fault) {
	said := p.Headers.Values(w.header)
	if v := p.Extensions[w.extension]; v != nil {
		text, _ := v.(string) // what is no text is none of the values
		said = append(slices.Clip(said), text)
	}
	if len(said) == 0 {
		return "", nil
	}
	if !slices.Contains(w.values, said[0]) || len(slices.Compact(slices.Clone(said))) > 1 {
		return "", badRequest(w.header + `, or "` + w.extension + `" in the extensions of a request, must be either ` + strings.Join(w.values, " or ") + ".")
	}
	return said[0], nil
}

type modeKey struct{}

// withWishes returns a context of what params ask for.
func withWishes(ctx context.Context, params *graphql.RawParams) (context.Context, *fault) {
	m, f := planWish.read(params)
	if f != nil {
		return ctx, f
	}
	priority, f := priorityWish.read(params)
	if f != nil {
		return ctx, f
	}
	if m != "" {
		ctx = context.WithValue(ctx, modeKey{}, mode(m))
	}
	if priority == priorityBulk {
		ctx = budget.Bulk(ctx)
	}
	return ctx, nil
}

// modeFrom returns the mode of the operation that ctx belongs to.
func modeFrom(ctx context.Context) mode {
	m, _ := ctx.Value(modeKey{}).(mode)
	return m
}
