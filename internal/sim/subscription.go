package sim

import (
	"context"
	"slices"
	"sync"
	"time"
)

// subscription is a wish of one person and app to be told of events.
type subscription struct {
	id       string
	owner    owner
	base     string   // scheme and host of `uri` values in what it is told
	filters  []string // as events are named: real ids where the request said ~
	disabled []disabledFilter
	created  time.Time
	expires  time.Time
	mode     deliveryMode
	sink     sink

	failing time.Time // since when every delivery fails; zero for not
	black   time.Time // since when it is blacklisted; zero for not
	why     string    // it is
}

// deliveryMode is how a subscription is served, without what the answers keep to themselves.
type deliveryMode struct {
	TransportType string `json:"transportType"`
	Address       string `json:"address,omitempty"`
	Encryption    *bool  `json:"encryption,omitempty"`
}

const (
	webHook   = "WebHook"
	webSocket = "WebSocket"
)

// disabledFilter is one that its subscriber may not use, though others of the same request.
type disabledFilter struct {
	Filter  string `json:"filter"`
	Reason  string `json:"reason"`
	Message string `json:"message"`
}

// sink is where the events of a subscription go. Its methods are called while the server is locked: they neither wait nor call
// back.
type sink interface {
	tell(d delivery)
	stop() // the subscription is over, and has been forgotten already
}

type sinkKey struct{}

// withSink marks a request as one that came over a connection, to which the events of a subscription that it creates are to go.
func withSink(ctx context.Context, to sink) context.Context {
	return context.WithValue(ctx, sinkKey{}, to)
}

func sinkOf(ctx context.Context) sink {
	to, _ := ctx.Value(sinkKey{}).(sink)
	return to
}

// subscriptions are those of everyone, and what they are told. The server's lock, where it is needed too, is taken first.
type subscriptions struct {
	revival time.Duration // after which a blacklisted one is served again; zero means never

	mu      sync.Mutex
	all     []*subscription // in order of creation
	ledger  ledger
	trouble trouble
	counts  Deliveries
	closed  bool
	workers sync.WaitGroup

	happenings int // so far
}

// add takes in a subscription, and reports whether there was room for it. One connection has one: a new one takes the place of the
// old.
func (m *subscriptions) add(sub *subscription, now time.Time) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.drop(func(other *subscription) bool { return other.sink == sub.sink })
	if len(m.of(sub.owner, now)) >= mostSubscriptions {
		return false
	}
	m.all = append(m.all, sub)
	return true
}

// of lists the subscriptions of a person and app.
func (m *subscriptions) of(who owner, now time.Time) (out []*subscription) {
	m.tidy(now)
	for _, sub := range m.all {
		if sub.owner == who {
			out = append(out, sub)
		}
	}
	return out
}

// wanting lists the live subscriptions to an event.
func (m *subscriptions) wanting(path string, now time.Time) (out []*subscription) {
	m.tidy(now)
	for _, sub := range m.all {
		if sub.black.IsZero() && slices.Contains(sub.filters, path) {
			out = append(out, sub)
		}
	}
	return out
}

// tidy does what time has brought: some subscriptions have expired, and others may be served again.
func (m *subscriptions) tidy(now time.Time) {
	m.drop(func(sub *subscription) bool { return !now.Before(sub.end(now)) })
	for _, sub := range m.all {
		if m.revival > 0 && !sub.black.IsZero() && now.Sub(sub.black) >= m.revival {
			sub.black, sub.failing = time.Time{}, time.Time{}
		}
	}
}

// leave forgets the subscription of a connection that is gone.
func (m *subscriptions) leave(gone sink) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.drop(func(sub *subscription) bool { return sub.sink == gone })
}

// drop forgets the subscriptions that which says.
func (m *subscriptions) drop(which func(*subscription) bool) {
	var gone []*subscription
	m.all = slices.DeleteFunc(m.all, func(sub *subscription) bool {
		if !which(sub) {
			return false
		}
		gone = append(gone, sub)
		return true
	})
	for _, sub := range gone {
		sub.sink.stop()
	}
}

// end is when a subscription expires. Those of connections do not: their end is always as far away.
func (sub *subscription) end(now time.Time) time.Time {
	if sub.mode.TransportType == webSocket {
		return now.Add(subscriptionLife)
	}
	return sub.expires
}

// blacklist has a subscription be told nothing more.
func (sub *subscription) blacklist(now time.Time, why string) { sub.black, sub.why = now, why }
