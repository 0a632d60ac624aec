package gateway

import (
	"context"
	"slices"

	"github.com/99designs/gqlgen/graphql"
)

// planHeader is the header by which a client asks for a mode. Where there are no headers, as
// on a browser's socket, the entry "plan" of a request's extensions says the same.
const planHeader = "X-RingQL-Plan"

// mode is what a client wants to know of the calls that its operation takes.
type mode string

const (
	modeUsual  mode = ""        // nothing
	modeActual mode = "actual"  // beside the answer, those that were made
	modeDryRun mode = "dry-run" // in place of the answer, those that would be made
)

// modeOf reads the mode out of what was sent. One that is said twice is to be the same: of
// two, one would be overlooked, and a change made that was to be a dry run.
func modeOf(p *graphql.RawParams) (mode, *fault) {
	said := p.Headers.Values(planHeader)
	if plan := p.Extensions["plan"]; plan != nil {
		text, _ := plan.(string) // what is no text is no mode
		said = append(slices.Clip(said), text)
	}
	if len(said) == 0 {
		return modeUsual, nil
	}
	m := mode(said[0])
	if m != modeActual && m != modeDryRun || len(slices.Compact(slices.Clone(said))) > 1 {
		return "", badRequest(planHeader + `, or "plan" in the extensions of a request, must be either actual or dry-run.`)
	}
	return m, nil
}

type modeKey struct{}

// withMode returns a context of the mode that params ask for.
func withMode(ctx context.Context, params *graphql.RawParams) (context.Context, *fault) {
	m, f := modeOf(params)
	if m == modeUsual {
		return ctx, f
	}
	return context.WithValue(ctx, modeKey{}, m), nil
}

// modeFrom returns the mode of the operation that ctx belongs to.
func modeFrom(ctx context.Context) mode {
	m, _ := ctx.Value(modeKey{}).(mode)
	return m
}
