package rest

import (
	"context"
	"errors"
	"net"
	"net/http"
	"slices"
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

// Call is what is told of one call that was sent.
type Call struct {
	Operation *Operation
	Status    int // zero when no answer came
	Duration  time.Duration
	Err       error
}

// Observe is the link that reports every call once its answer's header has come. It
// is the last of a chain, so that it sees what leaves: each try, and nothing that
// another link refused.
func Observe(report func(context.Context, Call)) Link {
	return func(next http.RoundTripper) http.RoundTripper {
		return roundTripper(func(req *http.Request) (*http.Response, error) {
			start := time.Now()
			resp, err := next.RoundTrip(req)
			call := Call{Operation: OperationFrom(req.Context()), Duration: time.Since(start), Err: err}
			if resp != nil {
				call.Status = resp.StatusCode
			}
			if call.Operation != nil {
				report(req.Context(), call)
			}
			return resp, err
		})
	}
}

var getToken = op("getToken", "POST /restapi/oauth/token", budget.Auth, V1, "")

// ForTokens is the link that makes every request of a chain a token call: seen,
// and paid for, like the calls of Client.
func ForTokens() Link {
	return func(next http.RoundTripper) http.RoundTripper {
		return roundTripper(func(req *http.Request) (*http.Response, error) {
			return next.RoundTrip(req.WithContext(mark(req.Context(), getToken)))
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
