package cluster

import (
	"context"
	"crypto/rand"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	lru "github.com/hashicorp/golang-lru/v2"
	"github.com/redis/go-redis/v9"

	"github.com/ringql/ringql/internal/budget"
)

const (
	prefix = "ringql:"
	// remembered bounds the books of which a copy is kept here.
	remembered = 10_000
	// fresh is how old a copy may be that is only looked at.
	fresh = 250 * time.Millisecond
	// again is how often a Redis is sought that is away.
	again = time.Second
	// beat is how often a replica says that it is alive, and alive how long it counts as
	// such: one that is idle now may be busy when Redis goes away.
	beat  = 10 * time.Second
	alive = 5 * time.Minute
)

// Config says where Redis is. Its zero value, but for URL, is good.
type Config struct {
	URL     string           // redis://user:password@host:port/db, or rediss:// for TLS; a secret
	Timeout time.Duration    // how long Redis may take for one answer; zero means 250 ms
	Now     func() time.Time // nil means the clock of Redis
	Log     *slog.Logger     // nil means slog.Default
	Up      func(bool)       // is told when Redis goes away and comes back; may be nil
}

// Store is a budget.Store in Redis. While that is away, each replica goes on by itself
// with its share of the budgets. It is safe for concurrent use.
type Store struct {
	cfg    Config
	rdb    *redis.Client
	id     string
	copies *lru.Cache[budget.Key, *bookCopy]
	conns  chan struct{}
	offset atomic.Int64 // of Redis' clock to ours
	work   sync.WaitGroup
	closed chan struct{}
	stop   func() // closes it

	mu       sync.Mutex
	away     bool
	seeking  bool // whether somebody waits for it to come back
	beaten   time.Time
	replicas int
	counted  time.Time // when there were so many
}

// bookCopy is what this replica last saw of a book. Its lock keeps the replica from being in
// its own way.
type bookCopy struct {
	mu    sync.Mutex
	entry entry
	seen  time.Time
	apart bool // the book has gone on without Redis, which does not know it yet
}

// Open returns the Store of cfg. A Redis that is away does not keep it from working.
func Open(cfg Config) (*Store, error) {
	if cfg.Timeout <= 0 {
		cfg.Timeout = 250 * time.Millisecond
	}
	if cfg.Log == nil {
		cfg.Log = slog.Default()
	}
	if cfg.Up == nil {
		cfg.Up = func(bool) {}
	}
	rdb, err := dial(cfg.URL, cfg.Timeout)
	if err != nil {
		return nil, err
	}
	copies, err := lru.New[budget.Key, *bookCopy](remembered)
	if err != nil {
		return nil, err
	}
	s := &Store{cfg: cfg, rdb: rdb, id: rand.Text(), copies: copies, conns: make(chan struct{}, conns), replicas: 1, closed: make(chan struct{})}
	s.stop = sync.OnceFunc(func() { close(s.closed) })
	cfg.Up(true)
	if err := s.sayAlive(context.Background()); err != nil {
		s.lost(err)
	}
	return s, nil
}

// Close lets go of Redis.
func (s *Store) Close() error {
	s.stop()
	s.work.Wait()
	return s.rdb.Close()
}

// now is the time by the clock of Redis, as far as is known.
func (s *Store) now() time.Time {
	if s.cfg.Now != nil {
		return s.cfg.Now()
	}
	return time.Now().Add(time.Duration(s.offset.Load()))
}

func (s *Store) copyOf(key budget.Key) *bookCopy {
	if c, ok := s.copies.Get(key); ok {
		return c
	}
	c := new(bookCopy)
	if before, ok, _ := s.copies.PeekOrAdd(key, c); ok {
		return before
	}
	return c
}

// Update implements budget.Store.
func (s *Store) Update(ctx context.Context, key budget.Key, f func(now time.Time, b *budget.Book)) error {
	c := s.copyOf(key)
	c.mu.Lock()
	defer c.mu.Unlock()
	if s.reachable() {
		err := s.share(ctx, key, c, f)
		if err == nil {
			return nil
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
		s.lost(err)
	}
	s.part(c)
	f(s.now(), &c.entry.Book)
	return nil
}

// share changes the book in Redis, after what this replica has to tell of it.
func (s *Store) share(ctx context.Context, key budget.Key, c *bookCopy, f func(now time.Time, b *budget.Book)) error {
	e, err := s.cas(ctx, key, func(now time.Time, e *entry) {
		if c.outlives(now, e) {
			s.part(c)
		}
		if c.apart {
			e.Merge(now, &c.entry.Book)
		}
		f(now, &e.Book)
	})
	if err != nil {
		return err
	}
	c.entry, c.seen, c.apart = e, time.Now(), false
	s.found()
	return nil
}

// outlives says whether Redis, which has e now, has forgotten what it told c: it was away,
// and nobody here has noticed.
func (c *bookCopy) outlives(now time.Time, e *entry) bool {
	return c.entry.Era != "" && c.entry.Era != e.Era && c.entry.Busy(now)
}

// part has the book of c go on without Redis.
func (s *Store) part(c *bookCopy) {
	if !c.apart {
		s.mu.Lock()
		c.entry.Apart(s.now(), s.replicas)
		s.mu.Unlock()
		c.apart = true
	}
}

// Look implements budget.Store.
func (s *Store) Look(ctx context.Context, key budget.Key, f func(now time.Time, b *budget.Book)) error {
	c := s.copyOf(key)
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.apart && time.Since(c.seen) >= fresh && s.reachable() {
		if err := s.refresh(ctx, key, c); err == nil {
			s.found()
		} else if ctx.Err() == nil {
			s.lost(err)
		}
	}
	b := c.entry.Book
	f(s.now(), &b)
	return nil
}

// refresh has c be what Redis knows, after what this replica has to tell of it.
func (s *Store) refresh(ctx context.Context, key budget.Key, c *bookCopy) error {
	release := s.conn()
	loading, cancel := context.WithTimeout(ctx, s.cfg.Timeout)
	k, err := s.load(loading, key)
	cancel()
	release()
	if err != nil {
		return err
	}
	e := k.entry()
	if c.outlives(k.now, &e) {
		return s.share(ctx, key, c, func(time.Time, *budget.Book) {})
	}
	c.entry, c.seen = e, time.Now()
	return nil
}
