package notify

import (
	"context"
	"errors"
	"log/slog"

	"github.com/ringql/ringql/internal/rest"
)

// Config says how the gateway is told of events. REST, Bus and Store are needed.
type Config struct {
	REST *rest.Client
	Bus  Bus
	Log  *slog.Logger // nil: none
}

// Events is all there is to events: who wants to be told subscribes here.
type Events struct {
	cfg Config
	hub *Hub
}

// New returns Events that nobody has subscribed to.
func New(cfg Config) (*Events, error) {
	if cfg.REST == nil || cfg.Bus == nil {
		return nil, errors.New("notify: REST and Bus are needed")
	}
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	e := &Events{cfg: cfg}
	e.hub = newHub(cfg.Bus, cfg.Log, func(string, *Entry) {})
	return e, nil
}

// Person is somebody with whose credentials RingCentral may be asked to tell of events.
type Person struct {
	Key     string          // tells people apart
	Context context.Context //nolint:containedctx // acts for them, and has no end
}

// Subscription is what somebody wants to be told.
type Subscription struct {
	Account string // its id at RingCentral, which the subscriber has been seen to belong to
	After   string // the id of the last event they were told; "" for from now on
	Person  Person
	// Check is asked from time to time whether they may still be told; an error ends it. It may
	// be nil.
	Check func(context.Context) error
}

// Subscribe has somebody told what happens in an account, until the Reader is closed. ErrAfter
// means that After is no id of an event, ErrOff that events are switched off.
func (e *Events) Subscribe(ctx context.Context, s Subscription) (*Reader, error) {
	return e.hub.newReader(ctx, s.Account, s.After, s.Check)
}

// Close ends all subscriptions.
func (e *Events) Close(context.Context) error {
	e.hub.close()
	return nil
}
