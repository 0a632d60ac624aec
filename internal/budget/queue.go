package budget

import (
	"context"
	"errors"
	"slices"
	"time"
)

const (
	// patience is how long a call waits that nobody waits for with a deadline.
	patience = 2 * time.Minute
	// ageing is how much later a call of many counts as having come. So it goes after
	// those that somebody looks at, but not after those that come for ever.
	ageing = time.Minute
)

// queue is the calls of one person and group that wait in this process, in the order in
// which they go. Its first alone talks to the store, for all.
type queue struct {
	key   Key
	calls []*call
	busy  bool      // the first is talking to the store
	news  bool      // it is worth asking before next
	next  time.Time // when to ask again
	told  int       // how many wait, as far as the store knows
	asked time.Time // when waits was true
	waits []time.Duration
}

// call is one call that waits.
type call struct {
	place time.Time
	end   time.Time
	wake  chan struct{} // told when there is something to do or to take

	over   bool
	booked time.Time
	err    error
}

func (c *call) nudge() {
	select {
	case c.wake <- struct{}{}:
	default: // it has been told
	}
}

// settle says what became of c.
func (c *call) settle(booked time.Time, err error) {
	c.over, c.booked, c.err = true, booked, err
	c.nudge()
}

// errHaste says that somebody looks at a call of many now.
var errHaste = errors.New("in haste")

// turn waits for the turn of a call of key. It returns where the call is booked.
func (g *Gate) turn(ctx context.Context, key Key) (time.Time, error) {
	now := time.Now()
	w := limited(ctx, now)
	c := &call{place: now, end: w.end, wake: make(chan struct{}, 1)}
	if IsBulk(ctx) && !w.hastened() {
		c.place = now.Add(ageing)
	}
	q, err := g.enter(key, c, now)
	if err != nil {
		return now, err
	}
	for {
		again, over := g.serve(ctx, q, c)
		if over {
			return c.booked, c.err
		}
		g.cfg.Meter.Waits(key.Group, 1)
		err := c.sleep(w, again)
		g.cfg.Meter.Waits(key.Group, -1)
		if errors.Is(err, errHaste) {
			w.haste = nil
			g.hasten(q, c)
		} else if err != nil {
			return now, g.leave(ctx, q, c, err)
		}
	}
}

// sleep waits until something is to be done for c; at most for again, if that is not zero.
func (c *call) sleep(w waiting, again time.Duration) error {
	most := time.Until(c.end)
	if again > 0 {
		most = min(most, again)
	}
	timer := time.NewTimer(most)
	defer timer.Stop()
	select {
	case <-c.wake:
	case <-timer.C:
		if !time.Now().Before(c.end) {
			return context.DeadlineExceeded
		}
	case <-w.over:
		return w.why()
	case <-w.left:
		return w.why()
	case <-w.haste:
		return errHaste
	}
	return nil
}

// enter puts c in the queue of key, unless that is full or c would wait in vain.
func (g *Gate) enter(key Key, c *call, now time.Time) (*queue, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	q := g.queues[key]
	if q == nil {
		q = &queue{key: key}
		g.queues[key] = q
	}
	i := q.placeOf(c)
	if wait := q.guess(hope(i), now); len(q.calls) >= g.cfg.Queue || now.Add(wait).After(c.end) {
		g.cfg.Meter.Refused(key.Group)
		return nil, &Error{Group: key.Group, RetryAfter: max(wait, time.Second)}
	}
	q.calls = slices.Insert(q.calls, i, c)
	if i == 0 || len(q.calls) > q.told+1+q.told/8 { // the other replicas should know
		q.news = true
		q.calls[0].nudge()
	}
	return q, nil
}

// placeOf returns where c, which is not in q, is to stand: after those that came at the same
// time.
func (q *queue) placeOf(c *call) int {
	i, _ := slices.BinarySearchFunc(q.calls, c.place, func(o *call, place time.Time) int {
		if o.place.After(place) {
			return 1
		}
		return -1
	})
	return i
}

// hasten has c stand where it would if it had not been of many, unless it is over.
func (g *Gate) hasten(q *queue, c *call) {
	g.mu.Lock()
	defer g.mu.Unlock()
	i := slices.Index(q.calls, c)
	if i < 0 {
		return
	}
	q.calls = slices.Delete(q.calls, i, i+1)
	c.place = c.place.Add(-ageing)
	q.calls = slices.Insert(q.calls, q.placeOf(c), c)
	q.news = true
	q.calls[0].nudge()
}

// guess returns how long a call has to wait that is put at place i, as far as is known.
func (q *queue) guess(i int, now time.Time) time.Duration {
	if len(q.waits) == 0 || len(q.calls) == 0 {
		return 0
	}
	return max(0, q.waits[min(i, len(q.waits)-1)]-now.Sub(q.asked))
}

// serve asks the store for all of q if c is its first. It says when c is to do so again,
// and whether c is over.
func (g *Gate) serve(ctx context.Context, q *queue, c *call) (again time.Duration, over bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	for !c.over && q.calls[0] == c && !q.busy {
		now := time.Now()
		if !q.news && q.next.After(now) {
			return q.next.Sub(now), false
		}
		g.ask(ctx, q)
	}
	return 0, c.over
}

// ask asks the store once, and hands out what it gives. The gate is locked before and after.
func (g *Gate) ask(ctx context.Context, q *queue) {
	q.busy = true
	g.mu.Unlock()
	g.hearOfAll(context.WithoutCancel(ctx))
	g.mu.Lock()
	now := time.Now()
	most, again := g.all.may(now, len(q.calls))
	if q.news = false; most == 0 {
		q.busy = false
		q.asked, q.waits, q.next = now, slices.Repeat([]time.Duration{max(0, g.all.Closed.Sub(now))}, len(q.calls)), now.Add(again)
		g.refuseLate(q, now)
		g.tidy(ctx, q)
		return
	}
	g.all.begun(now)
	calls, stands := slices.Clone(q.calls[:most]), make([]stand, most)
	for i, c := range calls {
		stands[i] = stand{c.place, c.end.Sub(now)}
	}
	g.mu.Unlock()
	var t turn
	err := g.update(context.WithoutCancel(ctx), q.key, func(now time.Time, b *Book) { t = b.take(now, g.id, stands) })
	g.mu.Lock()
	q.busy = false
	if now = time.Now(); t.n == 0 {
		g.all.Probe = time.Time{} // it did not go
	}
	if err != nil {
		q.give(most, now, unsent{err})
	}
	for range t.n - q.give(t.n, t.at, nil) {
		g.giveBack(ctx, q.key, t.at) // its caller has left meanwhile
	}
	q.asked, q.waits, q.next, q.told = now, t.waits, now.Add(t.again), len(t.waits)
	for i, wait := range t.vain {
		g.refuse(q, calls[t.n+i], wait)
	}
	g.tidy(ctx, q)
}

// give settles up to n calls of q. It returns how many there were.
func (q *queue) give(n int, booked time.Time, err error) int {
	n = min(n, len(q.calls))
	for _, c := range q.calls[:n] {
		c.settle(booked, err)
	}
	q.calls = slices.Delete(q.calls, 0, n)
	return n
}

// refuseLate settles the calls of q that would wait in vain.
func (g *Gate) refuseLate(q *queue, now time.Time) {
	for _, c := range slices.Clone(q.calls) {
		if wait := q.guess(0, now); now.Add(wait).After(c.end) {
			g.refuse(q, c, wait)
		}
	}
}

// refuse settles c, which would wait in vain, unless it has left q.
func (g *Gate) refuse(q *queue, c *call, wait time.Duration) {
	if i := slices.Index(q.calls, c); wait > 0 && i >= 0 {
		g.cfg.Meter.Refused(q.key.Group)
		c.settle(time.Now(), &Error{Group: q.key.Group, RetryAfter: wait})
		q.calls = slices.Delete(q.calls, i, i+1)
	}
}

// tidy has the first of q go on, or forgets q if there is none.
func (g *Gate) tidy(ctx context.Context, q *queue) {
	if len(q.calls) > 0 {
		q.calls[0].nudge()
		return
	}
	if q.busy || g.queues[q.key] != q {
		return
	}
	delete(g.queues, q.key)
	if q.told > 0 {
		q.told = 0
		g.mu.Unlock()
		_ = g.update(context.WithoutCancel(ctx), q.key, func(_ time.Time, b *Book) { b.quit(g.id) })
		g.mu.Lock()
	}
}

// leave takes c out of q, whose caller gives up for a reason, and with it what was
// booked for it meanwhile.
func (g *Gate) leave(ctx context.Context, q *queue, c *call, why error) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	if c.over {
		if c.err == nil {
			g.giveBack(ctx, q.key, c.booked)
		}
	} else {
		i := slices.Index(q.calls, c)
		wait := q.guess(i, time.Now())
		q.calls = slices.Delete(q.calls, i, i+1)
		g.tidy(ctx, q)
		if why == context.DeadlineExceeded { //nolint:errorlint // as sleep gives it
			g.cfg.Meter.Refused(q.key.Group)
			return &Error{Group: q.key.Group, RetryAfter: max(wait, time.Second)}
		}
	}
	return unsent{why}
}

// giveBack takes back a call that was booked and will not be sent. The gate is locked
// before and after.
func (g *Gate) giveBack(ctx context.Context, key Key, booked time.Time) {
	g.mu.Unlock()
	_ = g.update(context.WithoutCancel(ctx), key, func(now time.Time, b *Book) {
		b.undo(booked)
		b.landed(booked)
		b.Probe = time.Time{}
	})
	g.mu.Lock()
	g.nudge(key)
}

// nudge has the queue of key ask again: something new is known of its book.
func (g *Gate) nudge(key Key) {
	if q := g.queues[key]; q != nil && len(q.calls) > 0 {
		q.news = true
		q.calls[0].nudge()
	}
}
