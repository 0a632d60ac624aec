package sim

import (
	"slices"
	"time"
)

// Deliveries counts what was sent to webhooks.
type Deliveries struct {
	Made         int // requests, retries and forged ones among them
	Acknowledged int // of them, answered as they should be
	Failed       int // of them, answered otherwise or not at all; forged ones do not count
	Lost         int // events that will not be sent again, or never were, though there was a subscription for them
}

// Deliveries says how it went so far.
func (s *Server) Deliveries() Deliveries {
	s.subscriptions.mu.Lock()
	defer s.subscriptions.mu.Unlock()
	return s.subscriptions.counts
}

// trouble is what waits for deliveries to come.
type trouble struct {
	twice, lost, forged int
	large, padding      int
	late                int
	delay               time.Duration
	reorder             int
	reordered           []told
	held                time.Time // until which no webhook is called
}

// told is a delivery and whom it is for.
type told struct {
	sub *subscription
	delivery
}

// plan changes what waits.
func (s *Server) plan(change func(*trouble)) {
	s.subscriptions.mu.Lock()
	defer s.subscriptions.mu.Unlock()
	change(&s.subscriptions.trouble)
}

// DuplicateEvents has the next n deliveries be made twice. Like the others of its kind it counts what subscriptions are told, not what
// happens; it is for webhooks and WebSockets alike, and several kinds may meet in one delivery.
func (s *Server) DuplicateEvents(n int) { s.plan(func(t *trouble) { t.twice += n }) }

// ReorderEvents holds the next n deliveries back until the last of them has come, and makes them in the opposite order.
func (s *Server) ReorderEvents(n int) { s.plan(func(t *trouble) { t.reorder += n }) }

// DelayEvents makes the next n deliveries late, so that others overtake them.
func (s *Server) DelayEvents(n int, d time.Duration) {
	s.plan(func(t *trouble) { t.late, t.delay = t.late+n, d })
}

// LoseEvents has the next n deliveries never be made.
func (s *Server) LoseEvents(n int) { s.plan(func(t *trouble) { t.lost += n }) }

// ForgeEvents sends an event that never happened before each of the next n deliveries: over a webhook with a wrong Verification-Token.
// Events shows which they were.
func (s *Server) ForgeEvents(n int) { s.plan(func(t *trouble) { t.forged += n }) }

// EnlargeEvents makes the next n deliveries larger by some bytes, each time they are tried.
func (s *Server) EnlargeEvents(n, bytes int) {
	s.plan(func(t *trouble) { t.large, t.padding = t.large+n, bytes })
}

// HoldEvents has no webhook be called for a time, from now; 0 ends that. What happens meanwhile is delivered after it.
func (s *Server) HoldEvents(d time.Duration) {
	s.plan(func(t *trouble) { t.held = time.Now().Add(d) })
	s.eachSubscription("", func(sub *subscription) {
		if h, ok := sub.sink.(*webhook); ok {
			h.rouse()
		}
	})
}

// BlacklistSubscriptions gives up on a subscription, or on all of them for "".
func (s *Server) BlacklistSubscriptions(id string) {
	s.eachSubscription(id, func(sub *subscription) {
		sub.blacklist(time.Now(), "Webhook responses with code: [404], reason: [Not Found]")
		if h, ok := sub.sink.(*webhook); ok {
			h.stop()
		}
	})
}

// ExpireSubscriptions has a subscription be over, or all of them for "". Those of WebSockets do not expire.
func (s *Server) ExpireSubscriptions(id string) {
	now := time.Now()
	s.eachSubscription(id, func(sub *subscription) { sub.expires = now })
}

// Subscriptions lists the ids of those that have not expired, oldest first.
func (s *Server) Subscriptions() (ids []string) {
	s.eachSubscription("", func(sub *subscription) { ids = append(ids, sub.id) })
	return ids
}

func (s *Server) eachSubscription(id string, do func(*subscription)) {
	m := &s.subscriptions
	m.mu.Lock()
	defer m.mu.Unlock()
	m.tidy(time.Now())
	for _, sub := range m.all {
		if id == "" || sub.id == id {
			do(sub)
		}
	}
}

// hand makes a delivery, with the trouble that waits for it.
func (m *subscriptions) hand(sub *subscription, d delivery, now time.Time) {
	t := &m.trouble
	if meets(&t.lost) {
		m.counts.Lost++
		return
	}
	if meets(&t.forged) {
		forged := d
		forged.UUID, forged.forged = newUUID(), true
		m.ledger.write(Event{UUID: forged.UUID, SubscriptionID: sub.id, Path: d.Event, Time: now, Forged: true})
		sub.sink.tell(forged)
	}
	if meets(&t.large) {
		d.padding = t.padding
	}
	copies := []told{{sub, d}}
	if meets(&t.twice) {
		copies = append(copies, copies[0])
	}
	switch {
	case meets(&t.late):
		time.AfterFunc(t.delay, func() {
			m.mu.Lock()
			defer m.mu.Unlock()
			m.tell(copies)
		})
	case meets(&t.reorder):
		t.reordered = append(t.reordered, copies...)
		if t.reorder == 0 {
			slices.Reverse(t.reordered)
			m.tell(t.reordered)
			t.reordered = nil
		}
	default:
		m.tell(copies)
	}
}

// meets takes one from what waits, if anything does.
func meets(n *int) bool {
	if *n == 0 {
		return false
	}
	*n--
	return true
}

// tell makes deliveries, but for those to subscriptions that are no more.
func (m *subscriptions) tell(deliveries []told) {
	for _, d := range deliveries {
		if d.sub.black.IsZero() && slices.Contains(m.all, d.sub) {
			d.sub.sink.tell(d.delivery)
		} else {
			m.counts.Lost++
		}
	}
}
