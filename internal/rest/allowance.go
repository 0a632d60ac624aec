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
// answers to changes are not counted, so that none is lost; those that others asked for,
// or that are remembered, are.
func WithAllowance(ctx context.Context, bytes int64) context.Context {
	a := new(allowance)
	a.left.Store(bytes)
	return context.WithValue(ctx, allowanceKey{}, a)
}

// purse is what reading is paid from; false says that it is empty.
type purse interface{ spend(bytes int64) bool }

// allowance is the purse of one context. A nil one has no end.
type allowance struct{ left atomic.Int64 }

func (a *allowance) spend(bytes int64) bool { return a == nil || a.left.Add(-bytes) >= 0 }

func (a *allowance) spent() bool { return !a.spend(0) }

// purseOf returns the allowance of ctx; nil for none.
func purseOf(ctx context.Context) *allowance {
	a, _ := ctx.Value(allowanceKey{}).(*allowance)
	return a
}

// allowed returns the body of an answer, as far as ctx allows.
func allowed(ctx context.Context, o *Operation, body io.Reader) io.Reader {
	p, ok := ctx.Value(allowanceKey{}).(purse)
	if !ok || o.Method != http.MethodGet {
		return body
	}
	return &spender{body, p}
}

type spender struct {
	body  io.Reader
	purse purse
}

func (s *spender) Read(p []byte) (int, error) {
	n, err := s.body.Read(p)
	if !s.purse.spend(int64(n)) {
		return n, ErrTooMuch
	}
	return n, err
}
