package cluster

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/ringql/ringql/internal/auth"
)

// Values are the sealed values of sessions that all replicas share: an auth.Store. It
// knows nothing of what it keeps. It is safe for concurrent use.
type Values struct {
	cfg   Config
	rdb   *redis.Client
	conns chan struct{}

	mu    sync.Mutex
	away  bool
	retry time.Time // when Redis is tried again
}

// ErrAway means that Redis does not answer.
var ErrAway = errors.New("redis is away")

// exchange sets a value that expires, or deletes it, if the one before is what it is
// thought to be.
var exchange = redis.NewScript(`if (redis.call('GET', KEYS[1]) or '') ~= ARGV[1] then return 0 end
if ARGV[2] == '' then redis.call('DEL', KEYS[1])
else redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3]) end
return 1`)

// OpenStore returns where sessions are kept: in the Redis of cfg, else in a file, else in the
// memory of this process.
func OpenStore(cfg Config, file string) (auth.Store, error) {
	switch {
	case cfg.URL != "":
		return OpenValues(cfg)
	case file != "":
		return auth.OpenFile(file)
	}
	return auth.NewMemory(), nil
}

// OpenValues returns the Values in the Redis of cfg, which may be away.
func OpenValues(cfg Config) (*Values, error) {
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
	return &Values{cfg: cfg, rdb: rdb, conns: make(chan struct{}, conns)}, nil
}

// Close lets go of Redis.
func (v *Values) Close() error { return v.rdb.Close() }

// Load implements auth.Store.
func (v *Values) Load(ctx context.Context, key string) (value []byte, err error) {
	err = v.ask(ctx, func(ctx context.Context) error {
		value, err = v.rdb.Get(ctx, prefix+key).Bytes()
		if errors.Is(err, redis.Nil) {
			return nil
		}
		return err
	})
	if len(value) == 0 {
		return nil, err
	}
	return value, err
}

// Swap implements auth.Store.
func (v *Values) Swap(ctx context.Context, key string, old, value []byte, life time.Duration) (done bool, err error) {
	err = v.ask(ctx, func(ctx context.Context) error {
		done, err = exchange.Run(ctx, v.rdb, []string{prefix + key}, old, value, max(1, life.Milliseconds())).Bool()
		return err
	})
	return done && err == nil, err
}

// ask has f ask Redis, unless it did not answer just now: who came in a crowd does not wait for it again.
func (v *Values) ask(ctx context.Context, f func(context.Context) error) error {
	select {
	case v.conns <- struct{}{}:
		defer func() { <-v.conns }()
	case <-ctx.Done():
		return ctx.Err()
	}
	if !v.reachable() {
		return ErrAway
	}
	short, cancel := context.WithTimeout(ctx, v.cfg.Timeout)
	defer cancel()
	err := f(short)
	if ctx.Err() != nil {
		return ctx.Err() // that says nothing of Redis
	}
	v.answered(err)
	return err
}

// reachable says whether Redis is to be asked. While it is away, one call a second finds
// out whether it still is.
func (v *Values) reachable() bool {
	v.mu.Lock()
	defer v.mu.Unlock()
	if now := time.Now(); v.away {
		if now.Before(v.retry) {
			return false
		}
		v.retry = now.Add(again)
	}
	return true
}

// answered takes notice of what came of a call.
func (v *Values) answered(err error) {
	v.mu.Lock()
	defer v.mu.Unlock()
	before := v.away
	v.away, v.retry = err != nil, time.Now().Add(again)
	switch {
	case v.away && !before:
		v.cfg.Log.Error("Redis is away: sessions go on with the tokens that are in memory", "cause", err)
	case before && !v.away:
		v.cfg.Log.Info("Redis is back: sessions are shared again")
	}
}
