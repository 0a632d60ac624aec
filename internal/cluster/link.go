package cluster

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"github.com/redis/go-redis/v9"
)

// link is a way to a Redis whose calls fail at once while it is away.
type link struct {
	cfg   Config
	rdb   *redis.Client
	conns chan struct{}

	mu    sync.Mutex
	away  bool
	retry time.Time // when Redis is tried again
}

// ErrAway means that Redis does not answer.
var ErrAway = errors.New("redis is away")

// openLink returns the link to the Redis of cfg, which may be away.
func openLink(cfg Config) (*link, error) {
	if cfg.Timeout <= 0 {
		cfg.Timeout = 250 * time.Millisecond
	}
	if cfg.Log == nil {
		cfg.Log = slog.Default()
	}
	rdb, err := dial(cfg.URL, cfg.Timeout)
	if err != nil {
		return nil, err
	}
	return &link{cfg: cfg, rdb: rdb, conns: make(chan struct{}, conns)}, nil
}

// Close lets go of Redis.
func (l *link) Close() error { return l.rdb.Close() }

// ask has f ask Redis, unless it did not answer just now: who came in a crowd does not wait for it again.
func (l *link) ask(ctx context.Context, f func(context.Context) error) error {
	select {
	case l.conns <- struct{}{}:
		defer func() { <-l.conns }()
	case <-ctx.Done():
		return ctx.Err()
	}
	if !l.reachable() {
		return ErrAway
	}
	short, cancel := context.WithTimeout(ctx, l.cfg.Timeout)
	defer cancel()
	err := f(short)
	if ctx.Err() != nil {
		return ctx.Err() // that says nothing of Redis
	}
	l.answered(err)
	return err
}

// reachable says whether Redis is to be asked. While it is away, one call a second finds
// out whether it still is.
func (l *link) reachable() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if now := time.Now(); l.away {
		if now.Before(l.retry) {
			return false
		}
		l.retry = now.Add(again)
	}
	return true
}

// answered takes notice of what came of a call. The log of cfg says what is shared.
func (l *link) answered(err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	before := l.away
	l.away, l.retry = err != nil, time.Now().Add(again)
	switch {
	case l.away && !before:
		l.cfg.Log.Error("Redis is away: this replica goes on with what it has in memory", "cause", err)
	case before && !l.away:
		l.cfg.Log.Info("Redis is back: what is kept there is shared again")
	}
}
