package rest

import (
	"context"
	"fmt"
	"time"

	lru "github.com/hashicorp/golang-lru/v2"
)

// Preference chooses between the upstream's generations where both serve a need.
type Preference string

// The preferences. Auto tries what today's public description lists first and
// remembers, per person and account, what the upstream does not serve.
const (
	Auto   Preference = "auto"
	OnlyV1 Preference = "v1"
	OnlyV2 Preference = "v2"
)

// allows says whether p may use operations of generation g at all.
func (p Preference) allows(g Generation) bool {
	switch p {
	case OnlyV1:
		return g != V2
	case OnlyV2:
		return g != Legacy
	}
	return true
}

// Preference returns which generation the client was told to call.
func (c *Client) Preference() Preference { return c.cfg.Generation }

// remember is how long an operation stays known as not served: an account may be
// moved to another generation while the gateway runs.
const remember = time.Hour

// served remembers which operations an account was found not to have.
type served struct {
	not *lru.Cache[servedKey, time.Time]
}

type servedKey struct{ who, account, op string }

func newServed() *served {
	c, err := lru.New[servedKey, time.Time](10_000)
	if err != nil {
		panic(err) // only for a size below one
	}
	return &served{not: c}
}

// Serves says whether the upstream is thought to serve an operation for an account of the
// person who asks: not after it was found that it does not.
func (c *Client) Serves(ctx context.Context, account, operation string) bool {
	at, not := c.served.not.Get(servedKey{c.cfg.Who(ctx), account, operation})
	return !not || time.Since(at) >= remember
}

// way is one way to meet a need: the operation it starts with, and what to do.
type way[T any] struct {
	op *Operation
	do func() (T, error)
}

// either takes the first of ways that the preference allows and the upstream
// serves. Only "no such operation" leads on to the next way, for it says that
// nothing was done; any other answer stands.
func either[T any](ctx context.Context, c *Client, account string, ways ...way[T]) (T, error) {
	var none T
	err := fmt.Errorf("%w: no way with RINGCENTRAL_API=%s", ErrNotServed, c.cfg.Generation)
	who := c.cfg.Who(ctx)
	for _, w := range ways {
		k := servedKey{who, account, w.op.ID}
		if at, ok := c.served.not.Get(k); !c.cfg.Generation.allows(w.op.Generation) || ok && time.Since(at) < remember {
			continue
		}
		out, e := w.do()
		if !unserved(e, w.op) {
			return out, e
		}
		c.served.not.Add(k, time.Now())
		err = e
	}
	return none, err
}

// onlyWay is either for a need that one operation meets.
func onlyWay[T any](ctx context.Context, c *Client, account string, o *Operation, do func() (T, error)) (T, error) {
	return either(ctx, c, account, way[T]{o, do})
}

// onlyRead is onlyWay for one read.
func onlyRead[T any](ctx context.Context, c *Client, account string, r request, finish func(*T) error) (*T, error) {
	return onlyWay(ctx, c, account, r.op, func() (*T, error) { return read(ctx, c, r, finish) })
}

// onlyCall is onlyWay for an operation that one call is enough for.
func onlyCall[T any](ctx context.Context, c *Client, account string, r request) (*T, error) {
	return onlyWay(ctx, c, account, r.op, func() (*T, error) { return call[T](ctx, c, r) })
}

// onlyAct is onlyCall for one whose answer holds nothing.
func onlyAct(ctx context.Context, c *Client, account string, r request) error {
	_, err := onlyWay(ctx, c, account, r.op, func() (struct{}, error) { return struct{}{}, c.act(ctx, r) })
	return err
}
