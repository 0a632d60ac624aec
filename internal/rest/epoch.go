package rest

import (
	"context"
	"errors"
	"slices"
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

	About     []Facet // nothing else was changed; everything when empty
	Extension string  // the one whose facets were changed; "" for all of the account
}

// Heard drops what a change that another replica told makes stale. An older replica tells no
// facets, and hears of none: to it, every change is of everything.
func (c *Client) Heard(ch Change) {
	if slices.Contains(ch.About, Permissions) {
		c.rights.profiles.Purge()
	}
	c.epochs.heard(ch)
}

// Changed drops what a change makes stale that somebody else made, who may be nobody of ours,
// here and in the other replicas.
func (c *Client) Changed(ctx context.Context, ch Change) {
	ch.Account = c.epochs.real(ch.Person, ch.Account)
	c.Heard(ch)
	c.tell(ctx, ch)
}

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
	single *simplelru.LRU[extension, *times]
	homes  *simplelru.LRU[string, string] // person -> the real id of their own account

	everyone changes // those that make everything stale
	anyone   changes // all
}

// scope is a person or an account.
type scope struct{ person, account string }

// extension is one of an account.
type extension struct{ account, id string }

// changes are those of one scope.
type changes struct {
	last     uint64 // when the last of any kind began or ended
	whole    uint64 // when the last of everything did
	all      times  // when the last was of a facet, of all extensions
	one      times  // and of one extension or another
	underWay int
	unsure   time.Time // until then one may come to pass whose answer was lost
}

func newEpochs() *epochs {
	e := &epochs{}
	e.scopes = mustLRU(mostScopes, func(_ scope, c *changes) {
		e.clock++ // what is forgotten may have been changed just now, and may be yet
		e.everyone.touch(everything, "", e.clock)
		if now := time.Now(); c.underWay > 0 || now.Before(c.unsure) {
			e.everyone.unsure = now.Add(unsettled)
		}
	})
	e.single = mustLRU(mostScopes, func(x extension, t *times) {
		account := e.of(scope{account: x.account}) // what is forgotten of one counts as of all
		for i := range t {
			account.all[i], account.last = max(account.all[i], t[i]), max(account.last, t[i])
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

// view begins a read. Each has a time of its own, so that the later one is known.
func (e *epochs) view(person string, r request) view {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.clock++
	return view{person: person, account: r.account, at: e.clock, lasting: r.op.Dictionary}.only(r)
}

// current says whether nothing was changed since v began that makes it stale.
func (e *epochs) current(v view) bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.holds(v, func(*changes) bool { return true })
}

// quiet says that v is current, and that no change is under way that would make it stale.
func (e *epochs) quiet(v view) bool {
	now := time.Now()
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.holds(v, func(c *changes) bool { return c.underWay == 0 && !now.Before(c.unsure) })
}

// unchanged says whether nothing at all was changed since at, as far as a person may see.
func (e *epochs) unchanged(person string, at uint64) bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	own, _ := e.scopes.Get(scope{person: person})
	return (own == nil || own.last <= at) && e.anyone.last <= at && e.everyone.last <= at
}

// holds says whether no change makes v stale, and all that could are as they should be.
func (e *epochs) holds(v view, fine func(*changes) bool) bool {
	if v.lasting {
		return true
	}
	own, _ := e.scopes.Get(scope{person: v.person})
	if !own.spares(v, v.shown) || !e.everyone.spares(v, v.shown) || own != nil && !fine(own) || !fine(&e.everyone) {
		return false
	}
	account := e.realOf(v.person, v.account)
	if account == "" {
		return e.anyone.spares(v, v.shown) && fine(&e.anyone)
	}
	others, _ := e.scopes.Get(scope{account: account})
	return others == nil || others.spares(v, v.ofAll) && fine(others) && !e.touchedOne(account, others, v)
}

// touchedOne says whether one of the extensions that v is of was changed.
func (e *epochs) touchedOne(account string, others *changes, v view) bool {
	if v.extensions == "" || others.last <= v.at || !others.one.after(v.shown, v.at) {
		return false
	}
	for id := range strings.SplitSeq(v.extensions, ",") {
		if t, ok := e.single.Get(extension{account, id}); ok && t.after(v.shown, v.at) {
			return true
		}
	}
	return false
}

// spares says whether c leaves v as it is, but for what was changed of the extensions that it
// is of. Of what is among ofAll, any extension's change makes it stale.
func (c *changes) spares(v view, ofAll facets) bool {
	return c == nil || c.last <= v.at ||
		c.whole <= v.at && !c.all.after(v.shown, v.at) && !c.one.after(ofAll, v.at)
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
	what, id := ch.touches()
	all := []*changes{&e.anyone, &e.everyone}
	if ch.Account != "" {
		all[1] = e.of(scope{account: ch.Account})
	}
	if ch.Person != "" || what == everything && id == "" { // what nobody of ours made drops nothing of nobody's
		all = append(all, e.of(scope{person: ch.Person}))
	}
	for _, c := range all {
		c.touch(what, id, e.clock)
	}
	if id != "" && ch.Account != "" {
		e.ofOne(extension{ch.Account, id}).set(what, e.clock)
	}
	return all
}

// touch files that some facets were changed, of one extension or of all.
func (c *changes) touch(what facets, id string, now uint64) {
	c.last = now
	switch {
	case id != "":
		c.one.set(what, now)
	case what == everything:
		c.whole = now
	default:
		c.all.set(what, now)
	}
}

// shut makes stale what a person has read, who is not known any more.
func (e *epochs) shut(person string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.clock++
	e.of(scope{person: person}).touch(everything, "", e.clock)
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

func (e *epochs) ofOne(x extension) *times {
	t, ok := e.single.Get(x)
	if !ok {
		t = &times{}
		e.single.Add(extension{strings.Clone(x.account), strings.Clone(x.id)}, t)
	}
	return t
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
	e.everyone.touch(everything, "", e.clock)
}

func (c *changes) doubt(ch Change) {
	if ch.Lost {
		c.unsure = time.Now().Add(unsettled)
	}
}
