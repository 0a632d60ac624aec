package sim

import (
	"slices"
	"time"
)

// notice is what a subscription is told of one event.
type notice struct {
	UUID           string `json:"uuid"`
	Event          string `json:"event"`
	Timestamp      string `json:"timestamp"`
	SubscriptionID string `json:"subscriptionId"`
	OwnerID        string `json:"ownerId"`
	Body           any    `json:"body"` // shares nothing that may change
}

// delivery is a notice on its way.
type delivery struct {
	notice
}

// happening is something that subscriptions may want to be told of.
type happening struct {
	path string                // as filters name it
	body func(base string) any // with uris that start with base
}

// Event is one thing that one subscription was told of, or would have been.
type Event struct {
	UUID, SubscriptionID string
	Path                 string // as filters name it
	Time                 time.Time
}

// maxEvents bounds the memory of a server that runs for days.
const maxEvents = 100_000

// Events lists what subscriptions were told of, oldest first. What happens while nobody has a live subscription to it is not among
// them. The uuid is of the happening as one subscription is told of it: it stays the same however often that is tried.
func (s *Server) Events() []Event {
	m := &s.subscriptions
	m.mu.Lock()
	defer m.mu.Unlock()
	return slices.Clone(m.ledger)
}

// raise tells the subscriptions of what has happened. It is called under the lock of the server.
func (s *Server) raise(h happening) (uuids []string) {
	m, now := &s.subscriptions, time.Now()
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, sub := range m.all {
		if !sub.live(now) || !slices.Contains(sub.filters, h.path) {
			continue
		}
		e := notice{
			UUID: newUUID(), Event: h.path, Timestamp: timestamp(now), SubscriptionID: sub.id,
			OwnerID: formatID(sub.owner.person), Body: h.body(sub.base),
		}
		m.note(Event{UUID: e.UUID, SubscriptionID: sub.id, Path: h.path, Time: now})
		sub.sink.tell(delivery{e})
		uuids = append(uuids, e.UUID)
	}
	return uuids
}

func (m *subscriptions) note(e Event) {
	if len(m.ledger) == maxEvents {
		m.ledger = slices.Clone(m.ledger[maxEvents/2:])
	}
	m.ledger = append(m.ledger, e)
}
