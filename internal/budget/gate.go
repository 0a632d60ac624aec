package budget

import (
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	lru "github.com/hashicorp/golang-lru/v2"
)

const (
	// margin is added to the time the upstream names: a call that arrives a
	// moment early would start the penalty anew.
	margin = time.Second
	// unsaid is how long a group stays closed after a 429 that names no time.
	// Source: the vendor's guide, "wait at least 30 seconds".
	unsaid = 30 * time.Second
	// longest bounds what a hostile or broken Retry-After can close.
	longest = time.Hour

	// mostBooks bounds the memory of the gate; the least recently used is forgotten first.
	mostBooks = 100_000
	// mostCalls bounds what a header can make one book hold; a larger limit is none.
	mostCalls = 10_000
)

// Gate counts, in memory, what each person spends. It is safe for concurrent use.
type Gate struct {
	mu    sync.Mutex
	books *lru.Cache[bookKey, *book]
}

type bookKey struct {
	who   string
	group Group
}

// book is one person's account with one group.
type book struct {
	limit  int
	window time.Duration
	sent   []time.Time // calls within the window, oldest first
	closed time.Time   // nothing is sent before
}

// NewGate returns a Gate that knows nobody yet.
func NewGate() *Gate {
	books, err := lru.New[bookKey, *book](mostBooks)
	if err != nil {
		panic(err) // only for a size below one
	}
	return &Gate{books: books}
}

// Spend takes one call of group for who, or says with an *Error when to come again.
func (g *Gate) Spend(who string, group Group) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	now, b := time.Now(), g.book(who, group)
	if wait := b.wait(now); wait > 0 {
		return &Error{Group: group, RetryAfter: wait}
	}
	if !b.free() {
		b.sent = append(b.sent, now)
	}
	return nil
}

// Left returns how many calls of group who may send now.
func (g *Gate) Left(who string, group Group) int {
	g.mu.Lock()
	defer g.mu.Unlock()
	now, b := time.Now(), g.book(who, group)
	if b.wait(now) > 0 {
		return 0
	}
	return b.limit - len(b.sent)
}

// Wait returns how long it takes until who may send a call of group; zero for now.
func (g *Gate) Wait(who string, group Group) time.Duration {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.book(who, group).wait(time.Now())
}

// Learn adopts what an answer says of group: limit, window, what is left, and
// after a 429 for how long to stay away. The headers outrank our own count,
// since another program may spend from the same budget.
func (g *Gate) Learn(who string, group Group, status int, h http.Header) {
	if name := strings.ToLower(h.Get("X-Rate-Limit-Group")); name != "" {
		group = Group(name)
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	now, b := time.Now(), g.book(who, group)
	if n, err := strconv.Atoi(h.Get("X-Rate-Limit-Limit")); err == nil && n > 0 {
		b.limit = n
	}
	if s, err := strconv.Atoi(h.Get("X-Rate-Limit-Window")); err == nil && s > 0 && s <= int(longest/time.Second) {
		b.window = time.Duration(s) * time.Second
	}
	if left, err := strconv.Atoi(h.Get("X-Rate-Limit-Remaining")); err == nil && left >= 0 && !b.free() {
		b.wait(now) // drops what has left the window
		for len(b.sent) < b.limit-left {
			b.sent = append(b.sent, now)
		}
	}
	if status == http.StatusTooManyRequests {
		away := unsaid
		if s, err := strconv.Atoi(h.Get("Retry-After")); err == nil && s >= 0 {
			away = min(time.Duration(s)*time.Second, longest)
		}
		b.closed = now.Add(away + margin)
	}
}

func (g *Gate) book(who string, group Group) *book {
	k := bookKey{who, group}
	b, ok := g.books.Get(k)
	if !ok {
		limit, known := defaultLimits[group]
		if !known {
			limit = defaultLimits[Light]
		}
		b = &book{limit: limit, window: defaultWindow}
		g.books.Add(k, b)
	}
	return b
}

// free says whether there is no limit worth counting for.
func (b *book) free() bool { return b.limit > mostCalls }

// wait says how long until b may spend, and drops calls that left the window.
func (b *book) wait(now time.Time) time.Duration {
	if d := b.closed.Sub(now); d > 0 {
		return d
	}
	if b.free() {
		b.sent = nil
		return 0
	}
	i := 0
	for i < len(b.sent) && now.Sub(b.sent[i]) >= b.window {
		i++
	}
	b.sent = append(b.sent[:0], b.sent[i:]...)
	if len(b.sent) < b.limit {
		return 0
	}
	return b.sent[len(b.sent)-b.limit].Add(b.window).Sub(now)
}
