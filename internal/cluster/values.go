package cluster

import (
	"context"
	"errors"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/ringql/ringql/internal/auth"
)

// Values are values that all replicas share, such as the sealed ones of sessions: an
// auth.Store. It knows nothing of what it keeps. It is safe for concurrent use.
type Values struct{ *link }

// exchange sets a value that expires, or deletes it, if the one before is what it is
// thought to be.
var exchange = redis.NewScript(`if (redis.call('GET', KEYS[1]) or '') ~= ARGV[1] then return 0 end
if ARGV[2] == '' then redis.call('DEL', KEYS[1])
else redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3]) end
return 1`)

// OpenStore returns where sessions, or other values, are kept: in the Redis of cfg, else in
// a file, else in the memory of this process.
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
	l, err := openLink(cfg)
	if err != nil {
		return nil, err
	}
	return &Values{l}, nil
}

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
