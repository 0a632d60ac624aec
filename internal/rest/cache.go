package rest

import (
	"context"
	"math"
	"slices"
	"sync"
	"time"

	"github.com/hashicorp/golang-lru/v2/simplelru"
)

// CacheConfig says what is remembered of answers, and for how long. Without a time to live
// nothing is.
type CacheConfig struct {
	TTL           time.Duration // of what accounts hold
	DictionaryTTL time.Duration // of dictionaries
	Bytes         int64         // most of all answers together; zero means 64 MiB
}

const (
	// overhead is what remembering an answer takes beside the answer and what it was asked
	// for, and shelfOverhead what a person does who has any.
	overhead      = 600
	shelfOverhead = 1200
	// fairShare is how many people the memory is enough for at least, however much each of
	// them reads.
	fairShare = 8
	// swept is how many answers are looked at, whether their time is over, when one is added.
	swept = 4
)

// cache remembers decoded answers of each person, those used last, within a bound in bytes.
//
// It is made of simplelru, which does as it is told at once. Caches with bounds in bytes
// (otter, ristretto) file what they are given a moment later, from goroutines of their own,
// and know no bound for one person; expirable's goroutine never ends.
type cache struct {
	cfg  CacheConfig
	most int64 // bytes of one person

	mu     sync.Mutex
	people *simplelru.LRU[string, *shelf]
	bytes  int64
	count  int
	misses uint64
}

// shelf holds what is remembered of one person.
type shelf struct {
	entries *simplelru.LRU[readKey, *entry]
	bytes   int64
	of      map[*Operation][]time.Time // when they expire, in order
}

// entry is an answer. Nobody may write to its value.
type entry struct {
	value  any
	size   int64 // of the answer as it came, in bytes
	weight int64 // how much memory it takes
	seen   view
	expiry time.Time
}

// newCache returns an empty cache; nil if nothing is to be remembered.
func newCache(cfg CacheConfig) *cache {
	if cfg.TTL <= 0 && cfg.DictionaryTTL <= 0 {
		return nil
	}
	if cfg.Bytes <= 0 {
		cfg.Bytes = 64 << 20
	}
	return &cache{cfg: cfg, most: cfg.Bytes / fairShare, people: mustLRU[string, *shelf](math.MaxInt, nil)}
}

// ttl is for how long the answers of o are remembered.
func (c *cache) ttl(o *Operation) time.Duration {
	switch {
	case c == nil:
		return 0
	case o.Dictionary:
		return c.cfg.DictionaryTTL
	}
	return c.cfg.TTL
}

// get returns what is remembered under k, if that is current; nil for nothing.
func (c *cache) get(k readKey, current func(view) bool) *entry {
	if c.ttl(k.op) <= 0 {
		return nil
	}
	now := time.Now()
	c.mu.Lock()
	defer c.mu.Unlock()
	s, ok := c.people.Get(k.who)
	if !ok {
		return nil
	}
	e, ok := s.entries.Get(k)
	if !ok {
		return nil
	}
	if !now.Before(e.expiry) || !current(e.seen) {
		c.drop(k.who, s, k, e)
		return nil
	}
	return e
}

// missed counts an answer that is not remembered.
func (c *cache) missed(o *Operation) {
	if c.ttl(o) <= 0 {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.misses++
}

// put remembers an answer of so many bytes, in place of what was remembered under k, unless
// that is of a later read.
func (c *cache) put(k readKey, value any, size int64, seen view) {
	ttl := c.ttl(k.op)
	e := &entry{value: value, size: size, seen: seen, expiry: time.Now().Add(ttl)}
	e.weight = overhead + (footprint(value)+int64(len(k.path)+len(k.query)))*9/8 // memory is given out in sizes
	if ttl <= 0 || e.weight > c.most {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if s, ok := c.people.Peek(k.who); ok {
		if old, ok := s.entries.Peek(k); ok {
			if old.seen.at > seen.at {
				return
			}
			c.drop(k.who, s, k, old)
		}
	}
	s := c.shelfOf(k.who)
	s.entries.Add(k, e)
	at, _ := slices.BinarySearchFunc(s.of[k.op], e.expiry, time.Time.Compare)
	s.of[k.op] = slices.Insert(s.of[k.op], at, e.expiry)
	c.weigh(s, 1, e)
	for s.bytes > c.most {
		c.dropOldest(k.who, s)
	}
	c.sweep()
}

// shelfOf returns the shelf of a person.
func (c *cache) shelfOf(who string) *shelf {
	s, ok := c.people.Get(who)
	if !ok {
		s = &shelf{entries: mustLRU[readKey, *entry](math.MaxInt, nil), of: map[*Operation][]time.Time{}}
		c.people.Add(who, s)
		c.bytes += shelfOverhead
	}
	return s
}

// sweep drops what is too much, and some of what nobody came back for: of who was here
// longest ago first.
func (c *cache) sweep() {
	now := time.Now()
	for n := 0; ; n++ {
		who, s, ok := c.people.GetOldest()
		if !ok {
			return
		}
		_, e, _ := s.entries.GetOldest()
		if c.bytes <= c.cfg.Bytes && (n >= swept || now.Before(e.expiry)) {
			return
		}
		c.dropOldest(who, s)
	}
}

func (c *cache) dropOldest(who string, s *shelf) {
	if k, e, ok := s.entries.GetOldest(); ok {
		c.drop(who, s, k, e)
	}
}

func (c *cache) drop(who string, s *shelf, k readKey, e *entry) {
	s.entries.Remove(k)
	at, _ := slices.BinarySearchFunc(s.of[k.op], e.expiry, time.Time.Compare)
	s.of[k.op] = slices.Delete(s.of[k.op], at, at+1)
	c.weigh(s, -1, e)
	if s.entries.Len() == 0 {
		c.people.Remove(who)
		c.bytes -= shelfOverhead
	}
}

// forget drops all that is remembered of a person; false if that is nothing.
func (c *cache) forget(who string) bool {
	if c == nil {
		return false
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	s, ok := c.people.Peek(who)
	if ok {
		c.people.Remove(who)
		c.bytes -= s.bytes + shelfOverhead
		c.count -= s.entries.Len()
	}
	return ok
}

// weigh adds e to what is counted, or takes it off.
func (c *cache) weigh(s *shelf, sign int, e *entry) {
	w := int64(sign) * e.weight
	s.bytes += w
	c.bytes += w
	c.count += sign
}

// forget drops all that was read by who asks, whose token the upstream takes no more.
func (c *Client) forget(ctx context.Context) {
	who := c.cfg.Who(ctx)
	if c.cache.forget(who) { // else there is nothing to tell of somebody who may be nobody
		c.epochs.shut(who)
	}
}

// CountRemembered returns how many answers of an operation are remembered of who asks, so that
// as many calls at most are spared. Those whose time is over may still lie about.
func (c *Client) CountRemembered(ctx context.Context, o *Operation) int {
	if c.cache == nil {
		return 0
	}
	c.cache.mu.Lock()
	defer c.cache.mu.Unlock()
	if s, ok := c.cache.people.Peek(c.cfg.Who(ctx)); ok {
		at, _ := slices.BinarySearchFunc(s.of[o], time.Now().Add(1), time.Time.Compare)
		return len(s.of[o]) - at
	}
	return 0
}

// CacheSize is how much is remembered, and how often an answer was not.
type CacheSize struct {
	Answers int
	Bytes   int64
	Misses  uint64
}

// CacheSize returns how much is remembered now.
func (c *Client) CacheSize() CacheSize {
	if c.cache == nil {
		return CacheSize{}
	}
	c.cache.mu.Lock()
	defer c.cache.mu.Unlock()
	return CacheSize{Answers: c.cache.count, Bytes: c.cache.bytes, Misses: c.cache.misses}
}
