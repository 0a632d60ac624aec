package admission

import (
	"context"
	"sync"
	"time"
)

// Operation is one that was let in. It has a turn to begin with.
type Operation struct {
	c *Controller

	mu      sync.Mutex
	has     bool          // a turn
	since   time.Time     // it has it
	worked  time.Duration // with a turn
	waiting int           // for how much it waits, or reads what came of it
	left    bool
}

func (c *Controller) operation() *Operation {
	return &Operation{c: c, has: true, since: time.Now()}
}

// Leave ends the operation. It may be called again.
func (o *Operation) Leave() {
	o.mu.Lock()
	if o.left {
		o.mu.Unlock()
		return
	}
	o.left = true
	has := o.has
	o.has = false
	if has {
		o.worked += time.Since(o.since)
	}
	worked := o.worked
	o.mu.Unlock()
	if has {
		o.c.put()
	}
	o.c.over(worked)
}

type operationKey struct{}

// With returns a ctx that belongs to an operation.
func With(ctx context.Context, o *Operation) context.Context {
	return context.WithValue(ctx, operationKey{}, o)
}

// Leave ends the operation that ctx belongs to, if it does to one.
func Leave(ctx context.Context) {
	if o, ok := ctx.Value(operationKey{}).(*Operation); ok {
		o.Leave()
	}
}

// Pause says that the operation of ctx, if it belongs to one, waits for something outside.
// When that is there, resume waits for a turn to read it, and done ends the reading. The
// operation may wait for many things at once: it works on when it has the last. One that has
// left needs no turn.
func Pause(ctx context.Context) (resume func() (done func())) {
	o, ok := ctx.Value(operationKey{}).(*Operation)
	if !ok || o.over() {
		return func() func() { return func() {} }
	}
	o.pause()
	return func() func() {
		has, since := o.c.take(ctx), time.Now()
		return sync.OnceFunc(func() { o.resumed(has, since) })
	}
}

func (o *Operation) over() bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.left
}

func (o *Operation) pause() {
	o.mu.Lock()
	o.waiting++
	had := o.has
	if had {
		o.worked += time.Since(o.since)
		o.has = false
	}
	o.mu.Unlock()
	if had {
		o.c.put()
	}
}

// resumed takes over the turn that something was read with, or gives it back when there is
// more to wait for.
func (o *Operation) resumed(has bool, since time.Time) {
	o.mu.Lock()
	o.waiting--
	keeps := has && o.waiting == 0 && !o.left && !o.has
	if keeps {
		o.has, o.since = true, since
	} else if has {
		o.worked += time.Since(since)
	}
	o.mu.Unlock()
	if has && !keeps {
		o.c.put()
	}
}

// Sleep waits for d, while others have the turn of ctx's operation. It returns ctx's error
// when that ends first.
func Sleep(ctx context.Context, d time.Duration) error {
	resume := Pause(ctx)
	defer func() { resume()() }()
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
