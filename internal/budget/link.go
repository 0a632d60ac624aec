package budget

import (
	"context"
	"net/http"
)

type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// unsent is a request that was given up before it left.
type unsent struct{ error }

// NotSent marks e as a refusal by the gateway itself.
func (unsent) NotSent() {}

func (e unsent) Unwrap() error { return e.error }

// Transport is the link that spends one call before a request leaves and learns
// from its answer. A refused request never reaches the upstream, where it would
// restart the penalty. Requests without a group pass freely.
func Transport(g *Gate, who func(context.Context) string) func(http.RoundTripper) http.RoundTripper {
	return func(next http.RoundTripper) http.RoundTripper {
		return roundTripper(func(req *http.Request) (*http.Response, error) {
			ctx := req.Context()
			group, operation := From(ctx)
			if group == "" {
				return next.RoundTrip(req)
			}
			if err := ctx.Err(); err != nil {
				return nil, refuse(req, unsent{err}) // it will not be sent, so it costs nothing
			}
			person := who(ctx)
			group = g.Payer(person, group, operation)
			booked, err := g.spend(person, group)
			if err != nil {
				return nil, refuse(req, err)
			}
			resp, err := next.RoundTrip(req)
			g.arrived(person, group, booked)
			if err == nil {
				g.Learn(person, group, operation, resp.StatusCode, resp.Header)
			}
			return resp, err
		})
	}
}

func refuse(req *http.Request, err error) error {
	if req.Body != nil {
		_ = req.Body.Close() // a RoundTripper closes the body even when it refuses
	}
	return err
}
