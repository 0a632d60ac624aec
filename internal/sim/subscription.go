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

	failing     time.Time // since when every delivery fails
	blacklisted *blacklistedData
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

// sink is where the events of a subscription go. Its methods are called while the server is locked: they neither wait nor call
// back.
type sink interface {
	tell(d delivery)
	end() // the subscription is over, and has been forgotten already
}

type sinkKey struct{}

// withSink marks a request to create a subscription as one that came over a connection, to which its events are to go.
func withSink(ctx context.Context, to sink) context.Context { return context.WithValue(ctx, sinkKey{}, to) }

func sinkOf(ctx context.Context) sink {
	to, _ := ctx.Value(sinkKey{}).(sink)
	return to
}

// subscriptions are those of everyone, and what they have been told. The server's lock, where it is needed too, is taken first.
type subscriptions struct {
	mu     sync.Mutex
	all    []*subscription // in order of creation
	ledger []Event
}

// add takes in a subscription. One connection has one: a new one takes the place of the old.
func (m *subscriptions) add(sub *subscription) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.drop(func(other *subscription) bool { return sub.mode.TransportType == webSocket && other.sink == sub.sink })
	m.all = append(m.all, sub)
}

// leave forgets the subscriptions of a sink that is gone.
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
		sub.sink.end()
	}
}

// live reports whether a subscription is told anything.
func (sub *subscription) live(now time.Time) bool { return sub.blacklisted == nil && now.Before(sub.expires) }

// disabledFilter is one that its subscriber may not use, though others of the same request.
type disabledFilter struct {
	Filter  string `json:"filter"`
	Reason  string `json:"reason"`
	Message string `json:"message"`
}

type blacklistedData struct {
	BlacklistedAt string `json:"blacklistedAt"`
	Reason        string `json:"reason"`
}
