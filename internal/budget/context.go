package budget

import (
	"context"
	"sync"
	"time"
)

type (
	payKey    struct{}
	bulkKey   struct{}
	askerKey  struct{}
	waitedKey struct{}
	hasteKey  struct{}
)

type pay struct {
	group     Group
	operation string
}

// With returns a context whose request is paid for by g. The operation tells
// requests apart, for when the upstream names another group for some of them; ""
// if they need not be told apart.
func With(ctx context.Context, g Group, operation string) context.Context {
	return context.WithValue(ctx, payKey{}, pay{g, operation})
}

// From returns the group that pays for the request made with ctx, "" for none,
// and what the request's operation is called.
func From(ctx context.Context) (g Group, operation string) {
	p, _ := ctx.Value(payKey{}).(pay)
	return p.group, p.operation
}

// Bulk returns a context whose calls let those of others go first: one of many that
// nobody looks at while they are made.
func Bulk(ctx context.Context) context.Context { return context.WithValue(ctx, bulkKey{}, true) }

// IsBulk says whether the calls of ctx let those of others go first.
func IsBulk(ctx context.Context) bool { return ctx.Value(bulkKey{}) != nil }

// Hastened returns a context whose calls stand like those that somebody looks at once haste
// is called, though they be of Bulk. They may be waiting by then.
func Hastened(ctx context.Context) (_ context.Context, haste func()) {
	c := make(chan struct{})
	return context.WithValue(ctx, hasteKey{}, c), sync.OnceFunc(func() { close(c) })
}

// Until returns a context whose calls wait for their turn only as long as asker lasts,
// for those that must not be broken off once they are under way.
func Until(ctx, asker context.Context) context.Context {
	return context.WithValue(ctx, askerKey{}, asker)
}

// Waited returns how long the call made with ctx has waited for its turn. It is for the
// links behind Transport.
func Waited(ctx context.Context) time.Duration {
	d, _ := ctx.Value(waitedKey{}).(time.Duration)
	return d
}

// waiting is how long a call may wait: until whoever asked for it leaves, or the time is up.
type waiting struct {
	end        time.Time
	over, left <-chan struct{} // closed when the call's context ends, and the asker's
	why        func() error    // why nobody waits any more
	haste      <-chan struct{} // closed when a call of Bulk is to stand like others
}

// limited returns how long a call made with ctx may wait from now on.
func limited(ctx context.Context, now time.Time) waiting {
	asker := ctx
	if a, ok := ctx.Value(askerKey{}).(context.Context); ok {
		asker = a
	}
	w := waiting{over: ctx.Done(), left: asker.Done()}
	if c, ok := ctx.Value(hasteKey{}).(chan struct{}); ok && IsBulk(ctx) {
		w.haste = c
	}
	for _, c := range []context.Context{ctx, asker} {
		if end, ok := c.Deadline(); ok && (w.end.IsZero() || end.Before(w.end)) {
			w.end = end
		}
	}
	if w.end.IsZero() {
		w.end = now.Add(patience)
	}
	w.why = func() error {
		if err := ctx.Err(); err != nil {
			return err
		}
		return asker.Err()
	}
	return w
}

// hastened says whether haste was called; if so, it does not again.
func (w *waiting) hastened() bool {
	select {
	case <-w.haste:
		w.haste = nil
		return true
	default:
		return false
	}
}
