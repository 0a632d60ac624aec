package rest

import (
	"context"
	"net/http"
	"sync"
)

// Calls are the calls that one need made, in the order they were sent.
type Calls struct {
	mu   sync.Mutex
	made []*Call
}

// List returns the calls so far. Those that are under way have no status yet.
func (c *Calls) List() []Call {
	c.mu.Lock()
	defer c.mu.Unlock()
	out := make([]Call, len(c.made))
	for i, call := range c.made {
		out[i] = *call
	}
	return out
}

type callsKey struct{}

// WithCalls returns a context whose calls are written down, each try of its own.
func WithCalls(ctx context.Context) (context.Context, *Calls) {
	c := &Calls{}
	return context.WithValue(ctx, callsKey{}, c), c
}

// record is the last link of every chain: it writes down what leaves, for who wants to
// know.
func record(next http.RoundTripper) http.RoundTripper {
	return roundTripper(func(req *http.Request) (*http.Response, error) {
		c, ok := req.Context().Value(callsKey{}).(*Calls)
		op := OperationFrom(req.Context())
		if !ok || op == nil {
			return next.RoundTrip(req)
		}
		call := &Call{Operation: op}
		c.mu.Lock()
		c.made = append(c.made, call)
		c.mu.Unlock()
		resp, err := next.RoundTrip(req)
		c.mu.Lock()
		defer c.mu.Unlock()
		if call.Err = err; resp != nil {
			call.Status = resp.StatusCode
		}
		return resp, err
	})
}
