package sim

import (
	"slices"
	"time"
)

// Event is one thing that one subscription was told of, or would have been had all gone well.
type Event struct {
	UUID, SubscriptionID string
	Path                 string // as filters name it
	Time                 time.Time
	Happening            int  // which of all that happened it tells of, from 1: the same for each subscription
	Forged               bool // it never happened; Happening is 0
}

// Events lists what subscriptions were to be told of, oldest first: at most the last 100,000. What happens while nobody has a live
// subscription to it is not among them. The uuid is of the happening as one subscription is told of it: it stays the same however
// often that is tried.
func (s *Server) Events() []Event {
	m := &s.subscriptions
	m.mu.Lock()
	defer m.mu.Unlock()
	return slices.Clone(m.ledger)
}

// Happenings says how many things have happened that somebody could have been told of, whether or not anybody was.
func (s *Server) Happenings() int {
	s.subscriptions.mu.Lock()
	defer s.subscriptions.mu.Unlock()
	return s.subscriptions.happenings
}

// RaiseEvents tells n times, as fast as it goes and without a call, that the first number of the contact centre was updated. It
// returns the uuids: n for each live subscription to that.
func (s *Server) RaiseEvents(n int) (uuids []string) {
	s.mu.Lock()
	defer s.unlock()
	i := slices.IndexFunc(s.company.numbers, func(p *phoneNumber) bool { return p.usage == contactCenter })
	if i < 0 {
		return nil
	}
	for range n {
		uuids = append(uuids, s.raiseNumber("Updated", *s.company.numbers[i])...)
	}
	return uuids
}

type ledger []Event

// maxEvents bounds the memory of a server that runs for days.
const maxEvents = 100_000

func (l *ledger) write(e Event) {
	if len(*l) >= 2*maxEvents {
		*l = slices.Clone((*l)[maxEvents:])
	}
	*l = append(*l, e)
}
