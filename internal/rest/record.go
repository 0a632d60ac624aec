package rest

import (
	"context"
	"net/http"
	"sync"
	"time"
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

// begin writes down that call leaves.
func (c *Calls) begin(call *Call) {
	if c == nil {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.made = append(c.made, call)
}

// end writes down what became of call.
func (c *Calls) end(call *Call, ended Call) {
	if c == nil {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	*call = ended
}

// record is the last link of every chain: it writes down what leaves, for who wants to
// know.
func record(next http.RoundTripper) http.RoundTripper {
	return roundTripper(func(req *http.Request) (*http.Response, error) {
		calls, _ := req.Context().Value(callsKey{}).(*Calls)
		bill, op := billFrom(req.Context()), OperationFrom(req.Context())
		if calls == nil && bill == nil || op == nil {
			return next.RoundTrip(req)
		}
		listed, start := leaving(req.Context(), op), time.Now()
		billed := listed
		calls.begin(&listed)
		bill.begin(&billed, start)
		resp, err := next.RoundTrip(req)
		ended := billed.ended(start, resp, err)
		calls.end(&listed, ended)
		bill.end(&billed, ended)
		return resp, err
	})
}
