package rest

import (
	"context"
	"errors"
	"net"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/cenkalti/backoff/v5"

	"github.com/ringql/ringql/internal/budget"
)

// Link wraps a transport with one concern.
type Link func(http.RoundTripper) http.RoundTripper

// Chain wraps base so that the first link sees a request first and its answer last.
func Chain(base http.RoundTripper, links ...Link) http.RoundTripper {
	base = record(base)
	for _, link := range slices.Backward(links) {
		base = link(base)
	}
	return base
}

// NewTransport returns an HTTP transport tuned for one host: the default keeps
// two idle connections per host, which costs a handshake for nearly every call
// of a batch. It never repeats a POST, PUT, PATCH or DELETE whose bytes have
// left: the standard library replays those only when nothing was written.
func NewTransport() *http.Transport {
	return &http.Transport{
		Proxy:                  http.ProxyFromEnvironment,
		DialContext:            (&net.Dialer{Timeout: 5 * time.Second, KeepAlive: 30 * time.Second}).DialContext,
		ForceAttemptHTTP2:      true,
		MaxIdleConns:           128,
		MaxIdleConnsPerHost:    128,
		IdleConnTimeout:        90 * time.Second,
		TLSHandshakeTimeout:    5 * time.Second,
		ResponseHeaderTimeout:  30 * time.Second,
		ExpectContinueTimeout:  time.Second,
		MaxResponseHeaderBytes: 64 << 10,
	}
}

type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// Call is what is told of one call that was sent, or spared.
type Call struct {
	Operation *Operation
	Group     budget.Group  // that the upstream counted it in
	Status    int           // zero when no answer came
	Duration  time.Duration // from when it left until its answer's header came
	Waited    time.Duration // for its turn in the budget, before it left
	Cached    bool          // its answer was remembered, and nothing was sent
	Shared    bool          // the same one was under way already, and nothing was sent
	RequestID string        // what the vendor's support asks for
	Err       error
}

// Observe is the link that reports every call once its answer's header has come. It
// is the last of a chain, so that it sees what leaves: each try, and nothing that
// another link refused.
func Observe(report func(context.Context, Call)) Link {
	return func(next http.RoundTripper) http.RoundTripper {
		return roundTripper(func(req *http.Request) (*http.Response, error) {
			op := OperationFrom(req.Context())
			if op == nil {
				return next.RoundTrip(req)
			}
			start := time.Now()
			resp, err := next.RoundTrip(req)
			report(req.Context(), leaving(req.Context(), op).ended(start, resp, err))
			return resp, err
		})
	}
}

// Spared says whether nothing was sent for c.
func (c Call) Spared() bool { return c.Cached || c.Shared }

// leaving is what is known of a call before it has an answer.
func leaving(ctx context.Context, o *Operation) Call {
	return Call{Operation: o, Group: o.Group, Waited: budget.Waited(ctx)}
}

// ended is c with what became of it.
func (c Call) ended(start time.Time, resp *http.Response, err error) Call {
	c.Duration, c.Err = time.Since(start), err
	if resp != nil {
		c.Status, c.RequestID, c.Group = resp.StatusCode, requestID(resp.Header), counted(c.Operation, resp.Header)
	}
	return c
}

// counted returns the group that the upstream counted a call of o in: the one that the
// answer names, else the one that o is thought to belong to.
func counted(o *Operation, h http.Header) budget.Group {
	switch g := budget.Group(strings.ToLower(strings.TrimSpace(h.Get("X-Rate-Limit-Group")))); g {
	case budget.Light, budget.Medium, budget.Heavy, budget.Auth:
		return g
	}
	return o.Group
}

var (
	getToken    = op("getToken", "POST /restapi/oauth/token", budget.Auth, V1, "")
	revokeToken = op("revokeToken", "POST /restapi/oauth/revoke", budget.Auth, V1, "")
)

// ForTokens is the link that makes every request of a chain a token call: seen,
// and paid for, like the calls of Client.
func ForTokens() Link {
	return func(next http.RoundTripper) http.RoundTripper {
		return roundTripper(func(req *http.Request) (*http.Response, error) {
			o := getToken
			if strings.HasSuffix(req.URL.Path, "/revoke") {
				o = revokeToken
			}
			return next.RoundTrip(req.WithContext(mark(req.Context(), o)))
		})
	}
}

// tries is how often a read is sent at most, the vendor's advice for 5xx.
const tries = 3

// Retry is the link that repeats reads, and only reads, after an answer that
// says "later" or none at all: never a mutation, never after a refusal for rate,
// and never beyond the request's deadline. It waits as long as Retry-After says,
// else half a second, growing.
func Retry() Link {
	return func(next http.RoundTripper) http.RoundTripper {
		return roundTripper(func(req *http.Request) (*http.Response, error) {
			wait := backoff.NewExponentialBackOff()
			for try := 1; ; try++ {
				resp, err := next.RoundTrip(req)
				if req.Method != http.MethodGet || try == tries || !passing(req.Context(), resp, err) {
					return resp, err
				}
				pause := wait.NextBackOff()
				if resp != nil {
					pause = max(pause, retryAfter(resp.Header))
				}
				if end, ok := req.Context().Deadline(); ok && time.Until(end) <= pause {
					return resp, err
				}
				if resp != nil {
					_ = resp.Body.Close()
				}
				select {
				case <-time.After(pause):
				case <-req.Context().Done():
					return nil, req.Context().Err()
				}
			}
		})
	}
}

// passing says whether a failed read is worth another try.
func passing(ctx context.Context, resp *http.Response, err error) bool {
	if err != nil {
		return ctx.Err() == nil && !errors.As(err, new(NotSent))
	}
	switch resp.StatusCode {
	case http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		return true
	}
	return false
}
