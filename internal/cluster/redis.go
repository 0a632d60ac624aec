// Package cluster keeps the books, the sessions and the events of several replicas of the
// gateway in one Redis, so that together they stay inside the budgets, know who is signed in
// and what happened, has each hear of the changes that the others made, and goes on without
// it when it is away. It knows Redis and that books, sealed values and events can be stored;
// it must not know what a book allows, a value or an event says or a change makes stale.
//
// While Redis is away, each replica has a share of what was left. Once it is back, empty or
// not, each tells what it knows and did, and for a few seconds nobody spends more than one
// share: others may have something to tell as well. What cannot be known then: a replica
// that starts while Redis is away takes itself for the only one, and one that alone has
// lost it is like another program to the others. Both learn from the headers of answers.
package cluster

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/redis/go-redis/v9/maintnotifications"

	"github.com/ringql/ringql/internal/budget"
)

// load returns the time and a value.
var load = redis.NewScript(`local t = redis.call('TIME')
return {t[1], t[2], redis.call('GET', KEYS[1]) or ''}`)

// swap sets a value that expires, if the one before is still what it was; if not, it
// returns what load does.
var swap = redis.NewScript(`local v = redis.call('GET', KEYS[1]) or ''
if v == ARGV[1] then
  redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
  return {}
end
local t = redis.call('TIME')
return {t[1], t[2], v}`)

// tries bounds how often a book is written anew because another replica was first: each
// time, one of them gets on.
const tries = 100

var errContended = errors.New("redis: a book changes too often")

// conns is how many connections are in use at once. Who waits for one waits here, not in the
// client: there it would be an error in the end, as if Redis were away.
const conns = 16

func (s *Store) conn() (release func()) {
	s.conns <- struct{}{}
	return func() { <-s.conns }
}

// dial returns a client that gives up soon, since a call waits for it, and that does
// nothing unless it is asked.
func dial(url string, timeout time.Duration) (*redis.Client, error) {
	opts, err := redis.ParseURL(url)
	if err != nil {
		return nil, errors.New("no redis:// or rediss:// address") // the error may quote the password
	}
	opts.DialTimeout, opts.ReadTimeout, opts.WriteTimeout, opts.PoolTimeout = timeout, timeout, timeout, timeout
	opts.DialerRetries, opts.MaxRetries, opts.PoolSize = 1, -1, conns+1
	opts.ContextTimeoutEnabled, opts.DisableIdentity = true, true
	opts.MaintNotificationsConfig = &maintnotifications.Config{Mode: maintnotifications.ModeDisabled}
	redis.SetLogger(quiet{})
	return redis.NewClient(opts), nil
}

// quiet drops what the client logs by itself: whoever gets an error says so once.
type quiet struct{}

func (quiet) Printf(context.Context, string, ...any) {}

// kept is what Redis holds of one book.
type kept struct {
	now time.Time
	raw string
}

// keptIn reads the answer of a script.
func (s *Store) keptIn(v []any) (kept, error) {
	text := make([]string, len(v))
	for i := range v {
		text[i], _ = v[i].(string)
	}
	if len(text) != 3 {
		return kept{}, errors.New("redis: no time and value")
	}
	sec, err1 := strconv.ParseInt(text[0], 10, 64)
	usec, err2 := strconv.ParseInt(text[1], 10, 64)
	if err := errors.Join(err1, err2); err != nil {
		return kept{}, fmt.Errorf("redis: time: %w", err)
	}
	k := kept{time.Unix(sec, usec*1000), text[2]}
	if s.cfg.Now != nil {
		k.now = s.cfg.Now()
	}
	s.offset.Store(int64(time.Until(k.now)))
	return k, nil
}

// entry is a book as Redis holds it. One that was forgotten and begun anew has another era.
type entry struct {
	Era string `json:"era"`
	budget.Book
}

// entry reads k. What another version of the gateway wrote and this one cannot read is
// an empty book: the headers of the next answer tell.
func (k kept) entry() (e entry) {
	if json.Unmarshal([]byte(k.raw), &e) != nil {
		return entry{}
	}
	return e
}

func (s *Store) load(ctx context.Context, key budget.Key) (kept, error) {
	v, err := load.Run(ctx, s.rdb, []string{s.name(key)}).Slice()
	if err != nil {
		return kept{}, err
	}
	return s.keptIn(v)
}

// swap writes b in place of k. If that has changed, it returns what it is now.
func (s *Store) swap(ctx context.Context, key budget.Key, k kept, raw string, keep time.Duration) (done bool, now kept, err error) {
	v, err := swap.Run(ctx, s.rdb, []string{s.name(key)}, k.raw, raw, keep.Milliseconds()).Slice()
	if err != nil {
		return false, kept{}, err
	}
	if len(v) == 0 {
		return true, k, nil
	}
	now, err = s.keptIn(v)
	return false, now, err
}

// cas has f change the entry of key as one step, and returns what it is then.
func (s *Store) cas(ctx context.Context, key budget.Key, f func(now time.Time, e *entry)) (entry, error) {
	defer s.conn()()
	ctx, cancel := context.WithTimeout(ctx, 4*s.cfg.Timeout)
	defer cancel()
	k, err := s.load(ctx, key)
	for range tries {
		if err != nil {
			return entry{}, err
		}
		e := k.entry()
		if e.Era == "" {
			e.Era = rand.Text()
		}
		f(k.now, &e)
		raw, err := json.Marshal(&e)
		if err != nil {
			return entry{}, err
		}
		if string(raw) == k.raw {
			return e, nil
		}
		var done bool
		if done, k, err = s.swap(ctx, key, k, string(raw), e.Keep(k.now)); err != nil {
			return entry{}, err
		} else if done {
			return e, nil
		}
	}
	return entry{}, errContended
}

// name is what key's book is called in Redis. Who it belongs to cannot be read from it.
func (s *Store) name(key budget.Key) string {
	return prefix + "book:" + string(key.Group) + ":" + digest(key.App+"\x00"+key.Person)
}

// digest stands for a text that is not to be read in the name of a key.
func digest(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:16])
}
