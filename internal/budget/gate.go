package budget

import (
	"net/http"
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
)

// Gate counts, in memory, what each person spends. It is safe for concurrent use.
type Gate struct {
	mu    sync.Mutex
	books *lru.Cache[bookKey, *book]
	named *lru.Cache[nameKey, Group] // where the upstream counts an operation elsewhere
}

type bookKey struct {
	who   string
	group Group
}

type nameKey struct{ who, operation string }

// NewGate returns a Gate that knows nobody yet.
func NewGate() *Gate {
	books, err := lru.New[bookKey, *book](mostBooks)
	if err != nil {
		panic(err) // only for a size below one
	}
	named, err := lru.New[nameKey, Group](mostBooks)
	if err != nil {
		panic(err)
	}
	return &Gate{books: books, named: named}
}

// Payer returns the group that a call of an operation by who is counted in: the one
// that the upstream named last, or else group, which it is thought to belong to.
func (g *Gate) Payer(who string, group Group, operation string) Group {
	if named, ok := g.named.Get(nameKey{who, operation}); ok {
		return named
	}
	return group
}

// Spend takes one call of group for who, or says with an *Error when to come again.
func (g *Gate) Spend(who string, group Group) error {
	_, err := g.spend(who, group)
	return err
}

// spend is Spend that tells under which time the call was booked.
func (g *Gate) spend(who string, group Group) (time.Time, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	now, b := time.Now(), g.book(who, group)
	if wait, _ := b.wait(now, 1); wait > 0 {
		return now, &Error{Group: group, RetryAfter: wait}
	}
	b.add(now, 1)
	return now, nil
}

// arrived says that a call is over that was booked at a certain time. The upstream
// counted it somewhere in between: to count it from now on is never too short.
func (g *Gate) arrived(who string, group Group, booked time.Time) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.book(who, group).move(booked, time.Now())
}

// Left returns how many calls of group who may send now.
func (g *Gate) Left(who string, group Group) int {
	g.mu.Lock()
	defer g.mu.Unlock()
	b := g.look(who, group)
	if wait, _ := b.wait(time.Now(), 1); wait > 0 {
		return 0
	}
	return b.limit - b.used
}

// WaitFor returns how long it takes until who may send n calls of group at once;
// zero for now, and for no calls. It is false if n is over the limit: then no time is
// long enough.
func (g *Gate) WaitFor(who string, group Group, n int) (time.Duration, bool) {
	if n <= 0 {
		return 0, true
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.look(who, group).wait(time.Now(), n)
}

// Learn adopts what an answer says of the group that paid for a call: limit, window,
// what is left, and after a 429 for how long to stay away. The headers outrank our
// own count, since another program may spend from the same budget.
//
// They outrank what we think of the operation as well. Where they name another
// group, their numbers are that group's, and later calls of the operation are; a
// 429 closes both, so that nothing is sent into a penalty whichever of the two has it.
func (g *Gate) Learn(who string, group Group, operation string, status int, h http.Header) {
	said := strings.ToLower(strings.TrimSpace(h.Get("X-Rate-Limit-Group")))
	_, known := defaultLimits[Group(said)]
	g.mu.Lock()
	defer g.mu.Unlock()
	now, paid := time.Now(), g.book(who, group)
	switch named := Group(said); {
	case said == "", named == group:
		paid.adopt(now, h)
	case known: // a name nobody knows is no news of any book, and makes no new one
		if operation != "" {
			g.named.Add(nameKey{who, operation}, named)
		}
		other := g.book(who, named)
		other.add(now, 1) // it was booked elsewhere
		other.adopt(now, h)
		if status == http.StatusTooManyRequests {
			other.close(now, h)
		}
	}
	if status == http.StatusTooManyRequests {
		paid.close(now, h)
	}
}

// book returns the book of who and group to write in.
func (g *Gate) book(who string, group Group) *book {
	b := g.look(who, group)
	g.books.Add(bookKey{who, group}, b)
	return b
}

// look is book for reading: who only asks is not remembered for it.
func (g *Gate) look(who string, group Group) *book {
	if b, ok := g.books.Get(bookKey{who, group}); ok {
		return b
	}
	limit, known := defaultLimits[group]
	if !known {
		limit = defaultLimits[Light]
	}
	return &book{limit: limit, window: defaultWindow}
}
