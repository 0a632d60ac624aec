package notify

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/ringql/ringql/internal/rest"
)

// supporter is somebody who wants to be told.
type supporter struct {
	Person
	readers int
	refused error // by RingCentral, the last time
	until   time.Time
}

func (k *keep) supporter(id string) *supporter {
	for _, s := range k.people {
		if s.id() == id {
			return s
		}
	}
	return nil
}

// wanted says whether anybody wants to be told. The keeper is locked.
func (k *keep) wanted() bool {
	for _, s := range k.people {
		if s.readers > 0 {
			return true
		}
	}
	return false
}

// prune forgets who has left, and would not be refused. The keeper is locked.
func (k *keep) prune() {
	k.people = slices.DeleteFunc(k.people, func(s *supporter) bool {
		return s.readers == 0 && (s.refused == nil || !time.Now().Before(s.until))
	})
}

// idle returns for how much longer the account is looked after though nobody wants to be told;
// false if somebody does.
func (k *keep) idle() (left time.Duration, idle bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.wanted() {
		return 0, false
	}
	return time.Until(k.empty.Add(k.cfg.Linger)), true
}

// gone forgets the account, unless somebody has come meanwhile, or would be refused again.
func (k *keep) gone() bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.prune(); len(k.people) > 0 {
		return false
	}
	delete(k.keeps, k.account)
	return true
}

// pick returns somebody who wants to be told, and whom RingCentral has not refused just now.
// When it has refused them all, each is told why it has them.
func (k *keep) pick() (Person, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	why := map[string]error{}
	for _, s := range k.people {
		if s.readers == 0 {
			continue
		}
		if s.refused == nil || !time.Now().Before(s.until) {
			return s.Person, nil
		}
		why[s.id()] = s.refused
	}
	if len(why) == 0 {
		return Person{}, errIdle
	}
	k.hub.fail(k.account, why)
	return Person{}, errRefused
}

// refuse notes that RingCentral does not tell somebody.
func (k *keep) refuse(p Person, err error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.is(Broken) // until it tells another
	if !errors.Is(err, ErrUnreachable) && (errors.Is(err, rest.ErrBadRequest) || errors.Is(err, rest.ErrNotFound)) {
		err = fmt.Errorf("%w: %w", ErrRefused, err)
	}
	until := time.Now().Add(refusedFor)
	if errors.Is(err, ErrRefused) || errors.Is(err, ErrUnreachable) { // whoever asks
		k.barred, k.until = err, until
	}
	for _, s := range k.people {
		if s.id() == p.id() || k.barred != nil && k.until.Equal(until) {
			s.refused, s.until = err, until
		}
	}
}

// refused says whether an error is about who asks, so that another may fare better.
func (k *keep) refused(err error) bool {
	for _, class := range []error{rest.ErrUnauthenticated, rest.ErrForbidden, rest.ErrBadRequest, rest.ErrNotFound, rest.ErrNotServed, ErrUnreachable} {
		if errors.Is(err, class) {
			return true
		}
	}
	return k.cfg.Denied != nil && k.cfg.Denied(err)
}
