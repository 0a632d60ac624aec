package rest

import "context"

type freshKey struct{}

// Fresh returns a context whose reads want the upstream's answer of now: whoever
// remembers an earlier one must not give it.
func Fresh(ctx context.Context) context.Context { return context.WithValue(ctx, freshKey{}, true) }

// WantsFresh says whether ctx asks for the answer of now.
func WantsFresh(ctx context.Context) bool { return ctx.Value(freshKey{}) != nil }
