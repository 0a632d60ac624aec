package rest

import (
	"context"
	"errors"
	"strings"
	"sync"
	"time"

	"github.com/hashicorp/golang-lru/v2/simplelru"
)

const (
	// mostScopes is how many people and accounts the changes are remembered of, and how
	// many people's accounts.
	mostScopes = 20_000
	// unsettled is for how long a change may still come to pass whose answer was lost.
	unsettled = 30 * time.Second
)

// Change is told to the other replicas of the gateway when a change begins and when it
// has ended: what they read before that is not to be given any more.
type Change struct {
	Person  string // who made it
	Account string // whose real id is told, of what was changed; "" if it is not known
	Lost    bool   // it has ended without an answer, and may come to pass yet
}

// Heard drops what a change that another replica told makes stale.
func (c *Client) Heard(ch Change) { c.epochs.heard(ch) }

// Missed drops all that a change makes stale: there may have been one that was not heard of.
func (c *Client) Missed() { c.epochs.missed() }

// changing says that r, which changes something, is begun. What it returns is called with
// what it came to. Anybody can say that they change an account: who is not known to belong
// there is believed when the upstream has done so, and till then drops nothing.
func (c *Client) changing(ctx context.Context, r request) (end func(error)) {
	ch := Change{Person: c.cfg.Who(ctx)}
	ch.Account = c.epochs.real(ch.Person, r.account)
	known := c.epochs.begun(ch)
	if known {
		c.tell(ctx, ch)
	}
	return func(err error) {
		if ch.Lost = errors.Is(err, ErrLost); !known && err != nil && !ch.Lost {
			return
		}
		c.epochs.ended(ch, known)
		c.tell(ctx, ch)
	}
}

func (c *Client) tell(ctx context.Context, ch Change) {
	if c.cfg.Changes != nil {
		c.cfg.Changes(ctx, ch)
	}
}

// epochs knows when changes began and ended, so that what was read before is not given
// after. A change makes stale what its person has read, and what others have of the same
// account; of a person whose account is not known, any change does.
type epochs struct {
	mu     sync.Mutex
	clock  uint64 // counts the beginnings of reads, and the beginnings and ends of changes
	scopes *simplelru.LRU[scope, *changes]
	homes  *simplelru.LRU[string, string] // person -> the real id of their own account

	everyone changes // those that make everything stale
	anyone   changes // all
}

// scope is a person or an account.
type scope struct{ person, account string }

// changes are those of one scope.
type changes struct {
	last     uint64 // when the last began or ended
	underWay int
	unsure   time.Time // until then one may come to pass whose answer was lost
}

func newEpochs() *epochs {
	e := &epochs{}
	e.scopes = mustLRU(mostScopes, func(_ scope, c *changes) {
		e.clock++ // what is forgotten may have been changed just now, and may be yet
		e.everyone.last = e.clock
		if now := time.Now(); c.underWay > 0 || now.Before(c.unsure) {
			e.everyone.unsure = now.Add(unsettled)
		}
	})
	e.homes = mustLRU[string, string](mostScopes, nil)
	return e
}

func mustLRU[K comparable, V any](size int, evicted func(K, V)) *simplelru.LRU[K, V] {
	l, err := simplelru.NewLRU(size, simplelru.EvictCallback[K, V](evicted))
	if err != nil {
		panic(err) // only for a size below one
	}
	return l
}

// view is a read: of what, by whom, and when it began.
type view struct {
	person, account string // the account as the path has it
	at              uint64
	lasting         bool // no change makes it stale
}

// view begins a read. Each has a time of its own, so that the later one is known.
func (e *epochs) view(person string, r request) view {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.clock++
	return view{person, r.account, e.clock, r.op.Dictionary}
}

// current says whether nothing was changed since v began that makes it stale.
func (e *epochs) current(v view) bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.holds(v, func(c *changes) bool { return c.last <= v.at })
}

// quiet says that v is current, and that no change is under way that would make it stale.
func (e *epochs) quiet(v view) bool {
	now := time.Now()
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.holds(v, func(c *changes) bool { return c.last <= v.at && c.underWay == 0 && !now.Before(c.unsure) })
}

// unchanged says whether nothing at all was changed since at, as far as a person may see.
func (e *epochs) unchanged(person string, at uint64) bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	own, _ := e.scopes.Get(scope{person: person})
	return (own == nil || own.last <= at) && e.anyone.last <= at && e.everyone.last <= at
}

// holds says whether all changes that would make v stale are as they should be.
func (e *epochs) holds(v view, fine func(*changes) bool) bool {
	if v.lasting {
		return true
	}
	others := &e.anyone
	if account := e.realOf(v.person, v.account); account != "" {
		others, _ = e.scopes.Get(scope{account: account})
	}
	own, _ := e.scopes.Get(scope{person: v.person})
	return (own == nil || fine(own)) && (others == nil || fine(others)) && fine(&e.everyone)
}

// real returns the id of the account that a path names; "" if it is not known.
func (e *epochs) real(person, account string) string {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.realOf(person, account)
}

func (e *epochs) realOf(person, account string) string {
	if digits(account) {
		return account
	}
	id, _ := e.homes.Get(person)
	return id
}

// learn files which account is a person's own, as the answer to a read of it told. If two
// answers differ, it is not known.
func (e *epochs) learn(v view, account string) {
	if account == "" || digits(v.account) {
		return
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	if before, known := e.homes.Get(v.person); known && before != account {
		account = ""
	}
	e.homes.Add(v.person, strings.Clone(account)) // it may be part of a long answer
}

// touched are the changes of all that ch makes stale, brought up to date.
func (e *epochs) touched(ch Change) []*changes {
	e.clock++
	all := []*changes{e.of(scope{person: ch.Person}), &e.anyone, &e.everyone}
	if ch.Account != "" {
		all[2] = e.of(scope{account: ch.Account})
	}
	for _, c := range all {
		c.last = e.clock
	}
	return all
}

// shut makes stale what a person has read, who is not known any more.
func (e *epochs) shut(person string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.clock++
	e.of(scope{person: person}).last = e.clock
	e.homes.Remove(person)
}

func (e *epochs) of(s scope) *changes {
	c, ok := e.scopes.Get(s)
	if !ok {
		c = &changes{}
		e.scopes.Add(s, c)
	}
	return c
}

// begun files that a change is under way; false, and nothing, if its person is not known to be
// of its account.
func (e *epochs) begun(ch Change) bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	if home, _ := e.homes.Get(ch.Person); ch.Account == "" || ch.Account != home {
		return false
	}
	for _, c := range e.touched(ch) {
		c.underWay++
	}
	return true
}

// ended files that a change is over, which was under way if that was filed.
func (e *epochs) ended(ch Change, filed bool) {
	e.mu.Lock()
	defer e.mu.Unlock()
	for _, c := range e.touched(ch) {
		if filed {
			c.underWay = max(0, c.underWay-1) // its beginning may be forgotten
		}
		c.doubt(ch)
	}
}

func (e *epochs) heard(ch Change) {
	e.mu.Lock()
	defer e.mu.Unlock()
	for _, c := range e.touched(ch) {
		c.doubt(ch)
	}
}

func (e *epochs) missed() {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.clock++
	e.everyone.last = e.clock
}

func (c *changes) doubt(ch Change) {
	if ch.Lost {
		c.unsure = time.Now().Add(unsettled)
	}
}
