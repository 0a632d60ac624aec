package rest

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"runtime/debug"
	"slices"
	"sync"
	"time"

	"github.com/ringql/ringql/internal/admission"
	"github.com/ringql/ringql/internal/budget"
)

// readKey tells reads apart: the same one by the same person has the same answer. The
// operation and whether it is one among many say of which type the answer is.
type readKey struct {
	who         string
	op          *Operation
	path, query string
	part        bool // of an answer to many ids
}

func (c *Client) keyOf(ctx context.Context, r request) readKey {
	k := readKey{who: c.cfg.Who(ctx), op: r.op, path: r.path}
	if len(r.query) > 0 {
		k.query = r.query.Encode()
	}
	return k
}

// read is call for what others may be given as well, so that nobody may write to it:
// finish makes of the answer all that is to be made of it, or refuses it.
func read[T any](ctx context.Context, c *Client, r request, finish func(*T) error) (*T, error) {
	fetch := func(ctx context.Context) (*T, error) {
		out, err := call[T](ctx, c, r)
		if err == nil && finish != nil {
			err = finish(out)
		}
		if err != nil {
			return nil, err
		}
		return out, nil
	}
	if r.failed != nil || r.op.Method != http.MethodGet {
		return fetch(ctx)
	}
	v, err := c.share(ctx, need{
		key: c.keyOf(ctx, r), r: r,
		fetch: func(ctx context.Context) (any, error) { return fetch(ctx) },
		find:  c.recall, keep: c.keep,
	})
	if err != nil {
		return nil, err
	}
	return v.(*T), nil //nolint:forcetypeassert // the key says which operation it is, and that has one type
}

// need is a read that others may have under way.
type need struct {
	key   readKey
	r     request
	fetch func(context.Context) (any, error)

	find func(readKey) *entry                          // what is remembered of it; nil for nothing
	keep func(k readKey, v any, size int64, seen view) // remembers what it came to
}

// recall returns what is remembered under k.
func (c *Client) recall(k readKey) *entry { return c.cache.get(k, c.epochs.current) }

// keep remembers an answer, unless a change may have come in between.
func (c *Client) keep(k readKey, v any, size int64, seen view) {
	if p, ok := v.(interface{ home() string }); ok {
		c.epochs.learn(seen, p.home())
	}
	if c.cache.ttl(k.op) > 0 && c.epochs.quiet(seen) {
		c.cache.put(k, v, size, seen)
	}
}

// flights are the reads under way.
type flights struct {
	mu  sync.Mutex
	all map[readKey]*flight
}

// flight is one read under way, and those who wait for it. It is nobody's own: who began
// it may leave, and it goes on for the others. That, and what each of them may still read,
// is why it is no singleflight of golang.org/x/sync.
type flight struct {
	n        need
	seen     view
	deadline time.Time // of who began it; zero for none
	cancel   context.CancelFunc
	haste    func() // who has joined looks at it; nil for one that somebody looks at anyway

	done   chan struct{} // closed when the following are known
	value  any
	err    error
	broken error // what it panicked with

	mu      sync.Mutex
	waiting int
	purses  []*allowance // of those who wait and have one
	bytes   int64        // of the answer, so far
}

// share returns what n comes to, of a call that is under way if there is one.
func (c *Client) share(ctx context.Context, n need) (any, error) {
	for again := false; ; again = true {
		if err := ctx.Err(); err != nil {
			return nil, failed(ctx, n.r.op, err, false)
		}
		e, f, own := c.join(ctx, n, again)
		if e != nil {
			sees(ctx, e.expiry)
			return c.recalled(ctx, n.r.op, e)
		}
		v, err := f.wait(ctx, own)
		if err != nil && !own && f.failedForItself(ctx, err) {
			continue
		}
		if !own && err == nil {
			c.spared(ctx, n.r.op, true)
		}
		c.sawCall(ctx, n.r.op, err)
		return v, err
	}
}

// recalled is what e comes to for ctx, whose allowance it counts against like a call.
func (c *Client) recalled(ctx context.Context, o *Operation, e *entry) (any, error) {
	if !purseOf(ctx).spend(e.size) {
		return nil, failed(ctx, o, ErrTooMuch, false)
	}
	c.spared(ctx, o, false)
	return e.value, nil
}

// spared tells of a call that was not needed.
func (c *Client) spared(ctx context.Context, o *Operation, shared bool) {
	call := Call{Operation: o, Group: o.Group, Status: http.StatusOK, Cached: !shared, Shared: shared}
	Tell(ctx, call)
	if c.cfg.Report != nil {
		c.cfg.Report(ctx, call)
	}
}

// join returns what is remembered, or has ctx wait for a call that is under way, or else
// begins one, which is its own. Who comes again joins none that gives up before they would.
func (c *Client) join(ctx context.Context, n need, again bool) (e *entry, f *flight, own bool) {
	fs := &c.flights
	fs.mu.Lock()
	defer fs.mu.Unlock()
	if !WantsFresh(ctx) {
		if e := n.find(n.key); e != nil {
			return e, nil, false
		}
		if f := fs.all[n.key]; f != nil && c.epochs.current(f.seen) && (!again || !f.endsBefore(ctx)) && f.enter(ctx) {
			return nil, f, false
		}
		c.cache.missed(n.r.op)
	}
	f = &flight{n: n, seen: c.epochs.view(n.key.who, n.r), done: make(chan struct{})}
	fctx := context.WithValue(context.WithoutCancel(ctx), allowanceKey{}, f)
	if budget.IsBulk(ctx) {
		fctx, f.haste = budget.Hastened(fctx)
	}
	if end, ok := ctx.Deadline(); ok {
		f.deadline = end
		fctx, f.cancel = context.WithDeadline(fctx, end)
	} else {
		fctx, f.cancel = context.WithCancel(fctx)
	}
	f.enterAs(ctx)
	if !outlives(ctx) { // it ends with whoever asked for a change, and so would those who join
		fs.all[n.key] = f
	}
	go c.fly(fctx, f)
	return nil, f, true
}

// fly makes the call.
func (c *Client) fly(ctx context.Context, f *flight) {
	defer f.cancel()
	defer close(f.done)
	defer c.landed(f)
	f.broken = errors.New("it came to no end")
	defer func() {
		if v := recover(); v != nil {
			f.broken = fmt.Errorf("panic: %v\n%s", v, debug.Stack())
		}
	}()
	if f.value, f.err = f.n.fetch(ctx); f.err == nil {
		f.n.keep(f.n.key, f.value, f.bytes, f.seen)
	}
	f.broken = nil
}

func (c *Client) landed(f *flight) {
	c.flights.mu.Lock()
	defer c.flights.mu.Unlock()
	if c.flights.all[f.n.key] == f {
		delete(c.flights.all, f.n.key)
	}
}

// wait returns what f came to. The turn of who began it is seen to by the call itself;
// the others give theirs back meanwhile.
func (f *flight) wait(ctx context.Context, own bool) (any, error) {
	if !own {
		resume := admission.Pause(ctx)
		defer func() { resume()() }()
	}
	select {
	case <-f.done:
	case <-ctx.Done():
		f.leave(ctx)
		return nil, failed(ctx, f.n.r.op, ctx.Err(), false)
	}
	switch {
	case f.broken != nil:
		panic(f.broken) // whoever can recover from it is above
	case f.err != nil:
		return nil, f.err
	case purseOf(ctx).spent():
		return nil, failed(ctx, f.n.r.op, ErrTooMuch, false)
	}
	return f.value, nil
}

// enter counts ctx among those who wait; false when all have left already.
func (f *flight) enter(ctx context.Context) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.waiting == 0 {
		return false
	}
	f.enterAs(ctx)
	if f.haste != nil && !budget.IsBulk(ctx) {
		f.haste()
	}
	return true
}

func (f *flight) enterAs(ctx context.Context) {
	f.waiting++
	if p := purseOf(ctx); p != nil {
		p.spend(f.bytes)
		f.purses = append(f.purses, p)
	}
}

// leave ends the call when nobody waits for it any more.
func (f *flight) leave(ctx context.Context) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if i := slices.Index(f.purses, purseOf(ctx)); i >= 0 {
		f.purses = slices.Delete(f.purses, i, i+1)
	}
	if f.waiting--; f.waiting == 0 {
		f.cancel()
	}
}

// spend counts what was read against what each of those who wait may read. It goes on as
// long as one of them may.
func (f *flight) spend(bytes int64) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.bytes += bytes
	goes := len(f.purses) < f.waiting
	for _, p := range f.purses {
		goes = p.spend(bytes) || goes
	}
	return goes
}

// worthwhile is how much later one must give up than another for a call of their own.
const worthwhile = 100 * time.Millisecond

// endsBefore says whether f gives up before ctx does.
func (f *flight) endsBefore(ctx context.Context) bool {
	end, ok := ctx.Deadline()
	return !f.deadline.IsZero() && (!ok || end.Sub(f.deadline) > worthwhile)
}

// failedForItself says whether err, which f failed with, is about who began it alone:
// there was no time left for them, or the others may read no more.
func (f *flight) failedForItself(ctx context.Context, err error) bool {
	if errors.Is(err, ErrTooMuch) {
		return !purseOf(ctx).spent()
	}
	late := errors.Is(err, context.DeadlineExceeded) || errors.As(err, new(*budget.Error))
	return late && ctx.Err() == nil && f.endsBefore(ctx)
}
