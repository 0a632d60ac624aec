package budget

import (
	"context"
	"net/http"
	"time"
)

type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// unsent is a request that was given up before it left.
type unsent struct{ error }

// NotSent marks e as a refusal by the gateway itself.
func (unsent) NotSent() {}

func (e unsent) Unwrap() error { return e.error }

// Transport is the link that has a request wait for its turn, spends one call, and
// learns from its answer. A refused request never reaches the upstream, where it would
// restart the penalty. Requests without a group pass freely.
func Transport(g *Gate, who func(context.Context) string) func(http.RoundTripper) http.RoundTripper {
	return func(next http.RoundTripper) http.RoundTripper {
		return roundTripper(func(req *http.Request) (*http.Response, error) {
			ctx := req.Context()
			group, operation := From(ctx)
			if group == "" {
				return next.RoundTrip(req)
			}
			person := who(ctx)
			a := answer{group: g.Payer(person, group, operation), operation: operation}
			start := time.Now()
			var err error
			if a.booked, err = g.take(ctx, g.key(person, a.group)); err != nil {
				return nil, refuse(req, err)
			}
			a.sent = time.Now()
			if waited := a.sent.Sub(start); waited >= time.Millisecond {
				req = req.WithContext(context.WithValue(ctx, waitedKey{}, waited))
			}
			resp, err := next.RoundTrip(req)
			if err == nil {
				if a.status, a.header = resp.StatusCode, resp.Header; a.status == http.StatusTooManyRequests {
					a.code = peek(resp)
				}
			}
			g.learn(ctx, person, a)
			return resp, err
		})
	}
}

// Turn waits for the turn of a call that who makes by other means than a request, and spends
// it. What comes of it is not learnt: others do not wait for it, as they do for a first answer.
func (g *Gate) Turn(ctx context.Context, who string, group Group, operation string) error {
	a := answer{group: g.Payer(who, group, operation), operation: operation}
	booked, err := g.take(ctx, g.key(who, a.group))
	if err == nil {
		a.booked, a.sent = booked, time.Now()
		g.learn(ctx, who, a)
	}
	return err
}

// take waits for the turn of a call that ctx makes.
func (g *Gate) take(ctx context.Context, key Key) (time.Time, error) {
	start := time.Now()
	if err := ctx.Err(); err != nil {
		return start, unsent{err} // it will not be sent, so it costs nothing
	}
	booked, err := g.turn(ctx, key)
	if err == nil {
		g.cfg.Meter.Waited(key.Group, time.Since(start))
	}
	return booked, err
}

func refuse(req *http.Request, err error) error {
	if req.Body != nil {
		_ = req.Body.Close() // a RoundTripper closes the body even when it refuses
	}
	return err
}
