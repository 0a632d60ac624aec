package loader

import (
	"sync"
	"time"

	lru "github.com/hashicorp/golang-lru/v2"

	"github.com/ringql/ringql/internal/rest"
)

// Memory holds what the gateway has learned of the accounts that people see: how
// long their lists are, and which numbers cannot be moved. It outlives responses,
// and belongs to one person each, since two people see an account differently.
type Memory struct{ people *lru.Cache[string, *person] }

const (
	mostPeople = 10_000
	mostFixed  = 256
	mostTotals = 512
	// fresh is how long what was learned counts.
	fresh = 10 * time.Minute
)

// NewMemory returns an empty memory.
func NewMemory() *Memory {
	c, err := lru.New[string, *person](mostPeople)
	if err != nil {
		panic(err) // only for a size below one
	}
	return &Memory{c}
}

// of returns the memory of one person.
func (m *Memory) of(who string) *person {
	if p, ok := m.people.Get(who); ok {
		return p
	}
	fixed, err := lru.New[rest.PhoneNumberID, fixedNumber](mostFixed)
	if err != nil {
		panic(err) // only for a size below one
	}
	p := &person{totals: map[list]total{}, fixed: fixed}
	if kept, found, _ := m.people.PeekOrAdd(who, p); found {
		return kept
	}
	return p
}

// list names what is worth counting of an account: see plan.Facts.
type list struct{ account, of string }

type total struct {
	n  int
	at time.Time
}

type fixedNumber struct {
	usage rest.PhoneNumberUsageType
	at    time.Time
}

type person struct {
	mu        sync.Mutex
	account   string // the real id of their own account
	sure      bool   // the account's own record told it
	extension string // the real id of their own extension
	totals    map[list]total
	fixed     *lru.Cache[rest.PhoneNumberID, fixedNumber]
}

// total returns how long a list was lately.
func (p *person) total(account, of string) (n int, known bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	t, ok := p.totals[list{account, of}]
	return t.n, ok && time.Since(t.at) < fresh
}

// learnTotal files how long a list is.
func (p *person) learnTotal(account, of string, n *int) {
	if n == nil || *n < 0 {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.totals) > mostTotals {
		clear(p.totals) // a person who asks for much: start over
	}
	p.totals[list{account, of}] = total{*n, time.Now()}
}

// ownAccount returns the real id of the person's own account; "" if not known.
func (p *person) ownAccount() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.account
}

// learnAccount files the real id of the person's own account. What the uri of a list
// tells does not outrank what the account's own record told.
func (p *person) learnAccount(id string, sure bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if id != "" && id != rest.Own && (sure || !p.sure) {
		p.account, p.sure = id, sure
	}
}

// ownExtension returns the real id of the person's own extension; "" if not known.
func (p *person) ownExtension() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.extension
}

func (p *person) learnExtension(id string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.extension = id
}

// learnNumber files a number, by the key of it, if it is one that cannot be moved.
func (p *person) learnNumber(key rest.PhoneNumberID, usage rest.PhoneNumberUsageType) {
	switch usage {
	case rest.MainCompanyNumber, rest.AdditionalCompanyNumber, rest.CompanyFaxNumber:
		p.fixed.Add(key, fixedNumber{usage, time.Now()})
	default:
		p.fixed.Remove(key)
	}
}

// fixedUsage returns for what a number is fixed; "" if it is not known to be.
func (p *person) fixedUsage(id rest.PhoneNumberID) rest.PhoneNumberUsageType {
	f, ok := p.fixed.Get(id)
	if !ok || time.Since(f.at) > fresh {
		return ""
	}
	return f.usage
}
