package notify

import (
	"context"
	"crypto/rand"
	"errors"
	"log/slog"
	"net/http"
	"sync/atomic"
	"time"

	"github.com/ringql/ringql/internal/rest"
)

// Via is how RingCentral tells the gateway of events.
type Via string

// The ways. The zero value is none.
const (
	Webhook   Via = "webhook"   // it calls the gateway
	WebSocket Via = "websocket" // the gateway calls it, and is told over that connection
)

// Config says how the gateway is told of events. REST, Bus and Store are needed; the zero value
// of the others is good.
type Config struct {
	REST  *rest.Client
	Bus   Bus
	Store Store // for all that share the Bus
	Alone bool  // whether no other process does
	Log   *slog.Logger

	Via    Via
	URL    string      // scheme and host where RingCentral reaches the gateway, for webhooks
	Secret rest.Secret // that tokens for webhooks are made from, the same for all replicas; "" for a random one
	// Upstream is the scheme and host of RingCentral. A WebSocket leads there, or to a host of
	// the same domain.
	Upstream  string
	Transport http.RoundTripper // for WebSockets; nil means the standard one

	Life   time.Duration // of a subscription at RingCentral; zero means a day
	Check  time.Duration // how often it is asked for its state; zero means 5 minutes
	Linger time.Duration // for how long an account is looked after when nobody wants to be told; zero means 5 minutes

	Beat time.Duration // how often it is looked whether a WebSocket is alive; zero means 20 seconds

	// Denied says whether an error means that somebody cannot be asked for any more. It may be nil.
	Denied func(error) bool
}

// Events is all there is to events: who wants to be told subscribes here. It is the handler
// of webhooks as well.
type Events struct {
	cfg    Config
	hub    *Hub
	keeper *keeper
	counts counts
	told   atomic.Int64 // when the last event came
}

// New returns Events that nobody has subscribed to.
func New(cfg Config) (*Events, error) {
	if cfg.REST == nil || cfg.Bus == nil || cfg.Store == nil {
		return nil, errors.New("notify: REST, Bus and Store are needed")
	}
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	for _, d := range []struct {
		of       *time.Duration
		standard time.Duration
	}{{&cfg.Life, 24 * time.Hour}, {&cfg.Check, 5 * time.Minute}, {&cfg.Linger, 5 * time.Minute}, {&cfg.Beat, 20 * time.Second}} {
		if *d.of <= 0 {
			*d.of = d.standard
		}
	}
	if cfg.Secret == "" {
		cfg.Secret = rest.Secret(rand.Text() + rand.Text())
	}
	e := &Events{cfg: cfg}
	e.hub = newHub(cfg.Bus, cfg.Log, func(account string, one *Entry) { cfg.REST.Heard(stale(account, &one.Event)) })
	var w way
	switch cfg.Via {
	case Webhook:
		w = &webhooks{&e.cfg}
	case WebSocket:
		w = &sockets{e, e.dialer()}
	}
	e.keeper = newKeeper(&e.cfg, e.hub, w)
	return e, nil
}

// dialer is what WebSockets are opened with: it follows no redirect, which would carry the
// token away.
func (e *Events) dialer() *http.Client {
	c := http.Client{Transport: e.cfg.Transport, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	return &c
}

// Person is somebody with whose credentials RingCentral may be asked to tell of events.
type Person struct {
	Key     string          // tells people apart
	Login   string          // tells apart what one of them has shown, which ends by itself; may be ""
	Context context.Context //nolint:containedctx // acts for them, and has no end
}

// id tells supporters apart.
func (p *Person) id() string { return p.Key + "\n" + p.Login }

// Subscription is what somebody wants to be told.
type Subscription struct {
	Account string // its id at RingCentral, which the subscriber has been seen to belong to
	After   string // the id of the last event they were told; "" for from now on
	// Begin has who is told from now on be told that first, as a gap, unless the log is empty, which
	// begins with one: a client that comes back without an id learns that it may have missed
	// something, and each has an id to come back with.
	Begin  bool
	Person Person
	// Check is asked from time to time whether they may still be told; an error ends it. It may
	// be nil.
	Check func(context.Context) error
}

// Subscribe has somebody told what happens in an account, until the Reader is closed. ErrAfter
// means that After is no id of an event, ErrOff that events are switched off.
func (e *Events) Subscribe(ctx context.Context, s Subscription) (*Reader, error) {
	if e == nil || e.cfg.Via == "" {
		return nil, ErrOff
	}
	r, err := e.hub.newReader(ctx, s.Account, s.After, s.Check)
	if err != nil {
		return nil, err
	}
	r.who = s.Person.id()
	if err := e.keeper.join(s.Account, s.Person); err != nil {
		r.Close()
		return nil, err
	}
	if s.Begin && s.After == "" {
		r.begin()
	}
	r.closed = func() { e.keeper.leave(s.Account, r.who) }
	return r, nil
}

// Status is how it goes.
type Status struct {
	Via         Via
	Subscribers int
	States      map[State]int // of accounts, how many are in each
	Broken      time.Duration // for how long the one is that has been for longest
	Told        map[Outcome]int64
	LastTold    time.Time
}

// Status returns how it goes now.
func (e *Events) Status() Status {
	s := Status{Via: e.cfg.Via, States: map[State]int{}, Told: map[Outcome]int64{}}
	for i, o := range Outcomes {
		s.Told[o] = e.counts[i].Load()
	}
	if at := e.told.Load(); at > 0 {
		s.LastTold = time.Unix(0, at)
	}
	e.keeper.mu.Lock()
	defer e.keeper.mu.Unlock()
	for _, k := range e.keeper.keeps {
		s.States[k.state]++
		if k.state == Broken {
			s.Broken = max(s.Broken, time.Since(k.since))
		}
		for _, p := range k.people {
			s.Subscribers += p.readers
		}
	}
	return s
}

// Close ends all subscriptions. Other replicas go on with those at RingCentral; where there are
// none, these are ended too.
func (e *Events) Close() {
	e.hub.close()
	e.keeper.stop()
	e.keeper.done.Wait()
}
