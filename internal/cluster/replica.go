package cluster

import (
	"context"
	"encoding/json"
	"errors"
	"sync/atomic"

	"github.com/redis/go-redis/v9"

	"github.com/ringql/ringql/internal/budget"
	"github.com/ringql/ringql/internal/rest"
)

// channel is where replicas tell of changes.
const channel = prefix + "changes"

// Replica is one of the processes that share a Redis, or one alone. What one of them is told
// of changes all of them are.
type Replica struct {
	Gate *budget.Gate

	store  *Store // nil for one alone
	untold atomic.Bool
	stop   context.CancelFunc
	ctx    context.Context //nolint:containedctx // it ends with the replica
}

// Join returns the replica of this process. Its gate is one for cfg whose books are in the
// Redis of shared, or in memory where that has no URL.
func Join(shared Config, cfg budget.Config) (*Replica, error) {
	r := &Replica{}
	if shared.URL != "" {
		s, err := Open(shared)
		if err != nil {
			return nil, err
		}
		r.store, cfg.Store = s, s
	}
	r.ctx, r.stop = context.WithCancel(context.Background())
	r.Gate = budget.New(cfg)
	return r, nil
}

// Close lets go of Redis.
func (r *Replica) Close() error {
	if r.stop(); r.store == nil {
		return nil
	}
	return r.store.Close()
}

// notice is what replicas tell each other. Nothing of who made a change but a key is in it.
type notice struct {
	From    string
	Change  rest.Change
	Unknown bool // there were changes that could not be told
}

// Tell tells the other replicas of a change. It is done when Redis has taken it; if that is
// away, they are told that something was missed once it is back.
func (r *Replica) Tell(ctx context.Context, ch rest.Change) {
	if r.store != nil && !r.publish(ctx, notice{Change: ch}) {
		r.untold.Store(true)
	}
}

// catchUp tells that something was not told.
func (r *Replica) catchUp(ctx context.Context) {
	if r.untold.CompareAndSwap(true, false) && !r.publish(ctx, notice{Unknown: true}) {
		r.untold.Store(true)
	}
}

func (r *Replica) publish(ctx context.Context, n notice) bool {
	s := r.store
	if !s.reachable() {
		return false
	}
	n.From = s.id
	text, err := json.Marshal(n)
	if err != nil {
		return false
	}
	defer s.conn()()
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), s.cfg.Timeout)
	defer cancel()
	switch err = s.rdb.Publish(ctx, channel, text).Err(); {
	case err == nil:
		s.found()
	case !errors.As(err, new(redis.Error)): // else it has answered
		s.lost(err)
	}
	return err == nil
}

// Follow has c hear what the other replicas tell, until the replica is closed, and returns it.
func (r *Replica) Follow(c *rest.Client) *rest.Client {
	if r.store == nil {
		return c
	}
	e := ear{
		rdb: r.store.rdb, channel: channel, log: r.store.cfg.Log,
		refused: "Redis does not let this replica hear of changes made through the others: they are seen when what is remembered expires",
		heard:   func(text string) { r.hear(c, text) },
		missed:  c.Missed,
		woke:    func(bool) { r.catchUp(r.ctx) },
	}
	r.store.work.Go(func() { e.follow(r.ctx) })
	return c
}

// hear has c hear one notice. One that cannot be read, of another version of the gateway, may
// be about anything.
func (r *Replica) hear(c *rest.Client, text string) {
	var n notice
	switch err := json.Unmarshal([]byte(text), &n); {
	case err != nil || n.Unknown || n.From == "":
		c.Missed()
	case n.From != r.store.id:
		c.Heard(n.Change)
	}
}
