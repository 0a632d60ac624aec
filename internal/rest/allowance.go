package rest

import (
	"context"
	"errors"
	"io"
	"net/http"
	"sync/atomic"
)

// ErrTooMuch means that the answers to the reads of one context hold more bytes than it
// is allowed.
var ErrTooMuch = errors.New("upstream: answers too large, taken together")

type allowanceKey struct{}

// WithAllowance bounds how many bytes the answers to the reads made with ctx may have,
// taken together: each may be small enough, and all of them still fill the memory. The
// answers to changes are not counted, so that none is lost.
func WithAllowance(ctx context.Context, bytes int64) context.Context {
	left := new(atomic.Int64)
	left.Store(bytes)
	return context.WithValue(ctx, allowanceKey{}, left)
}

// allowed returns the body of an answer, as far as ctx allows.
func allowed(ctx context.Context, o *Operation, body io.Reader) io.Reader {
	left, ok := ctx.Value(allowanceKey{}).(*atomic.Int64)
	if !ok || o.Method != http.MethodGet {
		return body
	}
	return &spender{body, left}
}

type spender struct {
	body io.Reader
	left *atomic.Int64
}

func (s *spender) Read(p []byte) (int, error) {
	n, err := s.body.Read(p)
	if s.left.Add(-int64(n)) < 0 {
		return n, ErrTooMuch
	}
	return n, err
}
