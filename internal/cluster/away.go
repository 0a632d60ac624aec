package cluster

import (
	"context"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/ringql/ringql/internal/budget"
)

// reachable says whether Redis is to be asked. While it is away, one call a while finds
// out whether it still is.
func (s *Store) reachable() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if now := time.Now(); s.away {
		if now.Before(s.retry) {
			return false
		}
		s.retry = now.Add(again)
	}
	return true
}

// lost says that Redis does not answer.
func (s *Store) lost(err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.retry = time.Now().Add(again)
	if s.away {
		return
	}
	s.away = true
	s.cfg.Up(false)
	s.cfg.Log.Error("Redis is away: this replica goes on with its share of the budgets", "replicas", s.replicas, "cause", err)
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

// tell has Redis know of all that this replica did while it was away.
func (s *Store) tell() {
	for _, key := range s.copies.Keys() {
		if c, ok := s.copies.Peek(key); !ok || !c.parted() {
			continue
		}
		if s.Update(context.Background(), key, func(time.Time, *budget.Book) {}) != nil {
			return
		}
	}
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
	s.replicas = max(1, n)
	s.mu.Unlock()
	return nil
}
