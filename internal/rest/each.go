package rest

import (
	"context"
	"errors"
	"net/http"
	"sync"
	"time"

	"github.com/ringql/ringql/internal/budget"
)

type askerKey struct{}

// Outlive returns a context for changes, which goes on when ctx ends: a request broken
// off half way would be a lost answer. Of several changes that take a call each, no more
// are begun once ctx has ended.
func Outlive(ctx context.Context) context.Context {
	return budget.Until(context.WithValue(context.WithoutCancel(ctx), askerKey{}, ctx), ctx)
}

// begun returns a context for the second step of what was begun: it is taken, whoever has left.
func begun(ctx context.Context) context.Context {
	return budget.Until(context.WithValue(ctx, askerKey{}, nil), context.Background())
}

// outlives says whether ctx is one of Outlive, whose asker may leave before it ends.
func outlives(ctx context.Context) bool {
	asker, _ := ctx.Value(askerKey{}).(context.Context)
	return asker != nil
}

// left says whether whoever asked for the changes made with ctx has left, and why.
func left(ctx context.Context) error {
	if asker, ok := ctx.Value(askerKey{}).(context.Context); ok {
		return asker.Err()
	}
	return nil
}

// notBegun is the error of a change that was not sent, because another one met what
// this one would have met, or because nobody waits for it any more.
type notBegun struct{ cause error }

func (e *notBegun) Error() string { return "not begun: " + e.cause.Error() }

func (e *notBegun) Unwrap() error { return e.cause }

// NotSent marks e as a refusal by the gateway itself.
func (e *notBegun) NotSent() {}

// Unsent says whether err is of a request that certainly never left.
func Unsent(err error) bool {
	if errors.As(err, new(NotSent)) {
		return true
	}
	e, ok := errors.AsType[*Error](err)
	return ok && e.Status == 0 && e.cause != nil && !e.Lost
}

// RetryAfter returns how long to stay away after err; zero if it does not say.
func RetryAfter(err error) time.Duration {
	if e, ok := errors.AsType[*budget.Error](err); ok {
		return e.RetryAfter
	}
	if e, ok := errors.AsType[*Error](err); ok {
		return e.RetryAfter
	}
	return 0
}

// each sends n changes by o, or by what stands in for it, with a call for each, and
// returns what they came to. The first goes alone, for it finds out what is served and
// what the budget is; then as many as the budget has left, in their order, a few at a
// time. Once one is refused for a reason that the next would meet as well, or whoever
// asked has left, no more are begun. Several let calls that somebody looks at go first.
func (c *Client) each(ctx context.Context, o *Operation, n int, send func(ctx context.Context, i int) error) []error {
	errs := make([]error, n)
	if n > 1 {
		ctx = budget.Bulk(ctx)
	}
	var mu sync.Mutex
	var stop error
	one := func(i int) {
		mu.Lock()
		cause := stop
		mu.Unlock()
		if cause == nil {
			cause = left(ctx)
		}
		if cause != nil {
			errs[i] = &notBegun{cause}
			return
		}
		if errs[i] = send(ctx, i); ofAll(errs[i]) {
			mu.Lock()
			stop = errs[i]
			mu.Unlock()
		}
	}
	for from, some := 0, 1; from < n; {
		InParallel(min(some, n-from), func(i int) { one(from + i) })
		from += some
		var wait time.Duration
		if some, wait = c.affords(ctx, o, n-from); some > 0 {
			continue
		}
		for ; from < n; from++ {
			errs[from] = &budget.Error{Group: o.Group, RetryAfter: wait}
		}
	}
	return errs
}

// affords returns how many of n calls of o may be sent now; if none, how long until one may.
func (c *Client) affords(ctx context.Context, o *Operation, n int) (some int, wait time.Duration) {
	if c.cfg.Gate == nil || n <= 0 {
		return n, 0
	}
	if wait = c.closed(ctx, o); wait > 0 {
		return 0, wait
	}
	who := c.cfg.Who(ctx)
	return max(1, min(n, c.cfg.Gate.Left(who, c.cfg.Gate.Payer(who, o.Group, o.ID)))), 0
}

// ofAll says whether err would meet the next change as well.
func ofAll(err error) bool {
	switch e, ok := errors.AsType[*Error](err); {
	case err == nil, errors.Is(err, ErrLost):
		return false
	case errors.As(err, new(NotSent)), errors.Is(err, ErrRateLimited), errors.Is(err, ErrUnauthenticated), errors.Is(err, ErrUnavailable) && Unsent(err):
		return true
	default: // the app lacks the scope, or the upstream is closed
		return ok && (e.Code == "CMN-401" || e.Status == http.StatusServiceUnavailable)
	}
}

// by is each for a way to a need: when the first says that o is not served, that is
// the error of all, and no other is sent.
func (c *Client) by(ctx context.Context, o *Operation, n int, send func(ctx context.Context, i int) error) ([]error, error) {
	var none error
	errs := c.each(ctx, o, n, func(ctx context.Context, i int) error {
		if none != nil {
			return none
		}
		err := send(ctx, i)
		if i == 0 && unserved(err, o) {
			none = err // the first goes alone
		}
		return err
	})
	if none != nil {
		return nil, none
	}
	return errs, nil
}

// eachNumber is each for changes that answer with the number.
func (c *Client) eachNumber(ctx context.Context, o *Operation, n int, send func(ctx context.Context, i int) (*PhoneNumber, error)) []Result[*PhoneNumber] {
	out := make([]Result[*PhoneNumber], n)
	errs := c.each(ctx, o, n, func(ctx context.Context, i int) (err error) {
		out[i].Value, err = send(ctx, i)
		return err
	})
	for i, err := range errs {
		out[i].Err = err
	}
	return out
}

// at returns those of all that stand at places.
func at[T any](all []T, places []int) []T {
	out := make([]T, len(places))
	for k, i := range places {
		out[k] = all[i]
	}
	return out
}

// places returns where those of all stand that are meant, and where the others do.
func places[T any](all []T, meant func(T) bool) (these, others []int) {
	for i, v := range all {
		if meant(v) {
			these = append(these, i)
		} else {
			others = append(others, i)
		}
	}
	return these, others
}
