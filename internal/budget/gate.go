package budget

import (
	"context"
	"crypto/rand"
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
	// Source: the vendor's guide, "in 30 seconds or later".
	unsaid = 30 * time.Second
	// longest bounds what a hostile or broken Retry-After can close.
	longest = time.Hour
)

// Config says how a Gate works. Its zero value is good for one process.
type Config struct {
	Store Store  // where the books are; nil means in memory
	App   string // the app whose budgets they are: its client id
	// Limits are those of groups that no answer has told of; the vendor's where it is silent.
	Limits map[Group]int
	// Others is the share of every limit, 0 to 1, that other programs with the same app are
	// expected to use until a person's first window has shown what they do.
	Others float64
	// Unnamed says what a 429 closes that has no X-Rate-Limit headers and no code that says
	// more: the vendor's guide speaks of limits of accounts and of services. Zero means
	// OfPerson, which is OfApp once a second person is refused.
	Unnamed Scope
	Queue   int   // most calls of one person and group that wait; zero means 1000
	Meter   Meter // may be nil
}

// Meter is told what a Gate does.
type Meter interface {
	Waits(g Group, more int)         // so many more calls wait, or fewer
	Waited(g Group, d time.Duration) // a call has had its turn
	Refused(g Group)                 // a call would have waited in vain
}

// Gate has calls wait until the budget that pays for them allows them. It is safe for
// concurrent use.
type Gate struct {
	cfg   Config
	id    string                     // tells replicas apart
	named *lru.Cache[nameKey, Group] // where the upstream counts an operation elsewhere

	mu     sync.Mutex
	queues map[Key]*queue
	all    Penalty // of everything
	lone   lone
}

type nameKey struct{ who, operation string }

// NewGate returns a Gate in memory that knows nobody yet.
func NewGate() *Gate { return New(Config{}) }

// New returns a Gate for cfg.
func New(cfg Config) *Gate {
	if cfg.Store == nil {
		cfg.Store = NewMemory()
	}
	if cfg.Unnamed == "" {
		cfg.Unnamed = OfPerson
	}
	if cfg.Queue <= 0 {
		cfg.Queue = 1000
	}
	if cfg.Meter == nil {
		cfg.Meter = unmetered{}
	}
	return &Gate{cfg: cfg, id: rand.Text(), named: newLRU[nameKey, Group](), queues: map[Key]*queue{}}
}

// unmetered is a Meter that nobody reads.
type unmetered struct{}

func (unmetered) Waits(Group, int)            {}
func (unmetered) Waited(Group, time.Duration) {}
func (unmetered) Refused(Group)               {}

func (g *Gate) key(who string, group Group) Key { return Key{who, g.cfg.App, group} }

// limit returns what the limit of group is until an answer has told.
func (g *Gate) limit(group Group) int {
	for _, limits := range []map[Group]int{g.cfg.Limits, defaultLimits} {
		if n := limits[group]; n > 0 {
			return n
		}
	}
	return defaultLimits[Light]
}

func (g *Gate) update(ctx context.Context, key Key, f func(now time.Time, b *Book)) error {
	return g.cfg.Store.Update(ctx, key, func(now time.Time, b *Book) {
		b.ready(now, g.limit(key.Group), g.cfg.Others)
		f(now, b)
	})
}

// look has f read a book. Where it cannot be had, that is an empty one.
func (g *Gate) look(ctx context.Context, key Key, f func(now time.Time, b *Book)) {
	read := func(now time.Time, b *Book) {
		b.ready(now, g.limit(key.Group), g.cfg.Others)
		f(now, b)
	}
	if err := g.cfg.Store.Look(ctx, key, read); err != nil {
		read(time.Now(), new(Book))
	}
}

// Payer returns the group that a call of an operation by who is counted in: the one
// that the upstream named last, or else group, which it is thought to belong to.
func (g *Gate) Payer(who string, group Group, operation string) Group {
	if named, ok := g.named.Get(nameKey{who, operation}); ok {
		return named
	}
	return group
}

// Spend takes one call of group for who, or says with an *Error when to come again. It
// does not wait, nor heed who does.
func (g *Gate) Spend(who string, group Group) error {
	var wait time.Duration
	err := g.update(context.Background(), g.key(who, group), func(now time.Time, b *Book) {
		if wait, _ = b.wait(now, 1); wait == 0 {
			b.add(now, 1)
		}
	})
	if wait = max(wait, g.closed()); err == nil && wait > 0 {
		return &Error{Group: group, RetryAfter: wait}
	}
	return err
}

// closed returns for how long nothing at all is sent.
func (g *Gate) closed() time.Duration {
	g.mu.Lock()
	defer g.mu.Unlock()
	return max(0, time.Until(g.all.Closed))
}

// Left returns how many calls of group who may send now.
func (g *Gate) Left(who string, group Group) (left int) {
	if g.closed() > 0 {
		return 0
	}
	g.look(context.Background(), g.key(who, group), func(now time.Time, b *Book) {
		if left = b.left(now); b.Closed.After(now) {
			left = 0
		}
		if b.free() {
			left = b.Limit
		}
	})
	return left
}

// WaitFor returns how long it takes until who may send n calls of group at once;
// zero for now, and for no calls. It is false if n is over the limit: then no time is
// long enough.
func (g *Gate) WaitFor(who string, group Group, n int) (wait time.Duration, ok bool) {
	if n <= 0 {
		return 0, true
	}
	g.look(context.Background(), g.key(who, group), func(now time.Time, b *Book) { wait, ok = b.wait(now, n) })
	return max(wait, g.closed()), ok
}

// GroupState is how one person stands with one group.
type GroupState struct {
	Group     Group
	Limit     int
	Window    time.Duration
	Used      int           // calls of ours in the window
	Foreign   int           // calls of other programs in the window, or kept free for them
	Left      int           // calls that may be sent now
	ClosedFor time.Duration // for how long nothing is sent
	Waiting   int           // calls that wait for their turn, of all replicas
}

// Groups returns how who stands with each group.
func (g *Gate) Groups(ctx context.Context, who string) []GroupState {
	out := make([]GroupState, len(All))
	for i, group := range All {
		s, key := &out[i], g.key(who, group)
		g.look(ctx, key, func(now time.Time, b *Book) {
			*s = GroupState{Group: group, Limit: b.Limit, Window: b.Window, Left: b.left(now), ClosedFor: max(0, b.Closed.Sub(now))}
			s.Used, s.Foreign = b.used(now)
			for _, l := range b.Lines {
				if l.Who != g.id && l.Until.After(now) {
					s.Waiting += l.N
				}
			}
		})
		g.mu.Lock()
		if q := g.queues[key]; q != nil {
			s.Waiting += len(q.calls)
		}
		g.mu.Unlock()
		if s.ClosedFor = max(s.ClosedFor, g.closed()); s.ClosedFor > 0 {
			s.Left = 0
		}
	}
	return out
}

// Learn adopts what an answer says of the group that paid for a call: limit, window,
// what is left, and after a 429 for how long to stay away. The headers outrank our
// own count, since another program may spend from the same budget.
//
// They outrank what we think of the operation as well. Where they name another
// group, their numbers are that group's, and later calls of the operation are; a
// 429 closes both, so that nothing is sent into a penalty whichever of the two has it.
func (g *Gate) Learn(who string, group Group, operation string, status int, h http.Header) {
	g.learn(context.Background(), who, answer{group: group, operation: operation, status: status, header: h})
}

// Refused is Learn for a 429 with a code, which says what it closes.
func (g *Gate) Refused(who string, group Group, operation, code string, h http.Header) {
	g.learn(context.Background(), who, answer{group: group, operation: operation, status: http.StatusTooManyRequests, code: code, header: h})
}

// answer is what came of a call.
type answer struct {
	group     Group
	operation string
	booked    time.Time // by the store's clock; zero if nobody booked it
	sent      time.Time // by ours
	status    int       // zero if there is none
	code      string    // of a 429, the upstream's
	header    http.Header
}

// names returns the group that a names, "" for none, and whether that is one we know.
func (a answer) names() (Group, bool) {
	said := Group(strings.ToLower(strings.TrimSpace(a.header.Get("X-Rate-Limit-Group"))))
	_, known := defaultLimits[said]
	return said, known
}

func (g *Gate) learn(ctx context.Context, who string, a answer) {
	ctx = context.WithoutCancel(ctx) // the call was made, whoever has left
	closes := OfNothing
	if a.status == http.StatusTooManyRequests {
		closes = scope(a.code, a.header, g.cfg.Unnamed)
	}
	well := a.status != 0 && a.status != http.StatusTooManyRequests
	g.mu.Lock()
	g.all.ended(a.sent, well)
	g.mu.Unlock()
	said, known := a.names()
	var closed time.Duration // of the group that paid
	g.write(ctx, who, a.group, func(now time.Time, b *Book) {
		if !a.booked.IsZero() {
			b.ended(now, a.booked, a.status != 0, well)
		}
		if said == "" || said == a.group {
			b.hear(now, a, closes)
		} else if closes != OfNothing {
			b.shut(now, away(a.header))
		}
		closed = b.Closed.Sub(now)
	})
	if known && said != a.group { // a name nobody knows is no news of any book, and makes no new one
		if a.operation != "" {
			g.named.Add(nameKey{who, a.operation}, said)
		}
		g.write(ctx, who, said, func(now time.Time, b *Book) {
			b.Heard = b.add(now, 1) // it was booked elsewhere
			b.hear(now, a, closes)
		})
	}
	g.closeMore(ctx, who, a, closes, closed)
}

// hear takes over what a says of b.
func (b *Book) hear(now time.Time, a answer, closes Scope) {
	booked := a.booked
	if booked.IsZero() {
		booked = now
	}
	refused := a.status == http.StatusTooManyRequests
	b.adopt(now, booked, a.header, refused)
	if closes == OfNothing {
		return
	}
	if a.header.Get("X-Rate-Limit-Limit") != "" {
		b.surprise(now)
	}
	b.shut(now, away(a.header))
}

// closeMore closes what a refusal closes besides the group that paid, which is closed for
// so long.
func (g *Gate) closeMore(ctx context.Context, who string, a answer, closes Scope, closed time.Duration) {
	switch closes {
	case OfPerson:
		for _, group := range All {
			if group != a.group { // opens later: what finds out whether it is over is a call of the group that paid
				g.write(ctx, who, group, func(now time.Time, b *Book) { b.shutUntil(now.Add(closed + margin)) })
			}
		}
		g.widen(ctx, who, a)
	case OfApp:
		g.shutAll(ctx, away(a.header))
	}
}

// write changes a book, and tells those who wait for it. What cannot be written is not
// known of the next call: the store has said so.
func (g *Gate) write(ctx context.Context, who string, group Group, f func(now time.Time, b *Book)) {
	key := g.key(who, group)
	_ = g.update(ctx, key, f)
	g.mu.Lock()
	g.nudge(key)
	g.mu.Unlock()
}
