package cluster

import (
	"context"
	"sync"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/ringql/ringql/internal/budget"
)

// reachable says whether Redis is to be asked: nobody's call waits for one that is away.
func (s *Store) reachable() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return !s.away
}

// lost says that Redis does not answer.
func (s *Store) lost(err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.away {
		return
	}
	s.away = true
	if !s.seeking {
		s.seeking = true
		s.work.Go(s.seek)
	}
	s.cfg.Up(false)
	s.cfg.Log.Error("Redis is away: this replica goes on with its share of the budgets", "replicas", s.replicas, "cause", err)
}

// seek asks Redis until it answers, whether or not anybody calls: a replica that sends nothing
// now has something to tell as well, and the others wait for it only for a moment.
func (s *Store) seek() {
	tick := time.NewTicker(again)
	defer tick.Stop()
	for s.missing() {
		select {
		case <-s.closed:
			return
		case <-tick.C:
		}
		if s.sayAlive(context.Background()) == nil {
			s.found()
		}
	}
}

// missing says whether Redis is away still, and ends the search for it if not.
func (s *Store) missing() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.seeking = s.away
	return s.away
}

// found says that Redis has answered.
func (s *Store) found() {
	s.mu.Lock()
	back := s.away
	s.away = false
	due := time.Since(s.beaten) >= beat
	if due || back {
		s.beaten = time.Now()
	}
	s.mu.Unlock()
	if back {
		s.cfg.Up(true)
		s.cfg.Log.Info("Redis is back: the budgets are shared again")
		s.work.Go(s.tell)
	}
	if due {
		s.work.Go(func() { _ = s.sayAlive(context.Background()) }) // if it fails, so does the next Update
	}
}

// tell has Redis know of all that this replica did while it was away: of several books at
// once, since the others wait for it only for a moment.
func (s *Store) tell() {
	keys := make(chan budget.Key)
	var work sync.WaitGroup
	for range conns / 2 {
		work.Go(func() {
			for key := range keys {
				if c, ok := s.copies.Peek(key); ok && c.parted() {
					_ = s.Update(context.Background(), key, func(time.Time, *budget.Book) {}) // if it fails, Redis is away again
				}
			}
		})
	}
	for _, key := range s.copies.Keys() {
		keys <- key
	}
	close(keys)
	work.Wait()
}

func (c *bookCopy) parted() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.apart
}

// heartbeat notes that a replica is alive, forgets those that were long ago, and returns
// how many are.
var heartbeat = redis.NewScript(`local now = tonumber(redis.call('TIME')[1])
redis.call('ZADD', KEYS[1], now, ARGV[1])
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now - ARGV[2])
redis.call('EXPIRE', KEYS[1], 2 * ARGV[2])
return redis.call('ZCARD', KEYS[1])`)

// sayAlive says that this replica is alive, and learns how many are.
func (s *Store) sayAlive(ctx context.Context) error {
	defer s.conn()()
	ctx, cancel := context.WithTimeout(ctx, s.cfg.Timeout)
	defer cancel()
	n, err := heartbeat.Run(ctx, s.rdb, []string{prefix + "replicas"}, s.id, int(alive.Seconds())).Int()
	if err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if now := time.Now(); n >= s.replicas || now.Sub(s.counted) >= alive { // else Redis may have forgotten some
		s.replicas, s.counted = max(1, n), now
	}
	return nil
}
