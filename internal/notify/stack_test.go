package notify_test

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/ringql/ringql/internal/auth"
	"github.com/ringql/ringql/internal/notify"
	"github.com/ringql/ringql/internal/rest"
	"github.com/ringql/ringql/internal/sim"
)

// world is a RingCentral without a network, and the gateways that it tells.
type world struct {
	*testing.T
	sim   *sim.Server
	bus   notify.Bus
	store notify.Store
	door  *door
	all   []*notify.Events
}

// door leads webhooks to a gateway, if it is open.
type door struct {
	to     http.Handler
	closed atomic.Bool

	mu     sync.Mutex
	told   []http.Header // of what came
	nonce  string        // where the last came to
	answer *httptest.ResponseRecorder
}

func (d *door) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Body != nil {
		defer func() { _ = r.Body.Close() }()
	}
	if d.closed.Load() || d.to == nil {
		return nil, io.ErrUnexpectedEOF
	}
	answer, came := httptest.NewRecorder(), r.Header.Clone()
	if r.Body == nil {
		r.Body = http.NoBody
	}
	d.to.ServeHTTP(answer, r)
	d.mu.Lock()
	defer d.mu.Unlock()
	d.told, d.nonce, d.answer = append(d.told, came), r.URL.Query().Get("s"), answer
	return answer.Result(), nil
}

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{T: t, bus: notify.NewMemory(), store: auth.NewMemory(), door: &door{}}
	s, err := sim.New(sim.Config{Webhooks: w.door, Limits: sim.Unlimited()})
	if err != nil {
		t.Fatal(err)
	}
	w.sim = s
	t.Cleanup(s.Close)
	return w
}

// person is somebody whose token the client uses.
type personKey struct{}

func (w *world) person(extension string) notify.Person {
	token := w.sim.Token(extension)
	return notify.Person{Key: extension, Context: context.WithValue(context.Background(), personKey{}, token)}
}

type bearer struct{ next http.RoundTripper }

func (b bearer) RoundTrip(r *http.Request) (*http.Response, error) {
	token, _ := r.Context().Value(personKey{}).(string)
	r = r.Clone(r.Context())
	r.Header.Set("Authorization", "Bearer "+token)
	return b.next.RoundTrip(r)
}

// gateway adds one that RingCentral tells; the last one is the one that webhooks reach.
func (w *world) gateway(change func(*notify.Config)) *notify.Events {
	w.Helper()
	cfg := notify.Config{
		REST: rest.New(rest.Config{BaseURL: "http://sim", Transport: bearer{w.sim.Transport()}, Cache: rest.CacheConfig{TTL: time.Hour}}),
		Bus:  w.bus, Store: w.store, Via: notify.Webhook, URL: "http://gateway", Secret: "a secret of the tests", Upstream: "http://sim",
		Log: slog.New(slog.NewTextHandler(w.Output(), nil)),
	}
	if change != nil {
		change(&cfg)
	}
	e, err := notify.New(cfg)
	if err != nil {
		w.Fatal(err)
	}
	w.Cleanup(e.Close)
	w.door.to = e
	w.all = append(w.all, e)
	return e
}

// subscriber reads what happens, until the test ends.
type subscriber struct {
	t      *testing.T
	reader *notify.Reader
}

func (w *world) subscribe(e *notify.Events, p notify.Person, after string) *subscriber {
	w.Helper()
	r, err := e.Subscribe(w.Context(), notify.Subscription{Account: sim.AccountID, After: after, Person: p})
	if err != nil {
		w.Fatal(err)
	}
	w.Cleanup(r.Close)
	return &subscriber{w.T, r}
}

// next returns the next entry, for which it waits for a long time.
func (s *subscriber) next() *notify.Entry {
	s.t.Helper()
	ctx, cancel := context.WithTimeout(s.t.Context(), time.Hour)
	defer cancel()
	e, err := s.reader.Next(ctx)
	if err != nil {
		s.t.Fatal(err)
	}
	return e
}

// gap wants a gap next.
func (s *subscriber) gap(why notify.Reason) *notify.Entry {
	s.t.Helper()
	e := s.next()
	if e.Reason() != why {
		s.t.Fatalf("got %s %s, want a gap: %s", e.Kind, e.Body, why)
	}
	return e
}

// told wants these events next, in this order.
func (s *subscriber) told(uuids ...string) {
	s.t.Helper()
	for _, want := range uuids {
		if e := s.next(); e.UUID != want {
			s.t.Fatalf("got %s %s %s, want %s", e.Kind, e.UUID, e.Body, want)
		}
	}
}

// quiet wants nothing more for a while.
func (s *subscriber) quiet() {
	s.t.Helper()
	ctx, cancel := context.WithTimeout(s.t.Context(), time.Second)
	defer cancel()
	if e, err := s.reader.Next(ctx); err == nil {
		s.t.Fatalf("got %s %s", e.Kind, e.Body)
	}
}

// calls are those that were sent to RingCentral, since they were last asked for.
func (w *world) calls() string {
	all := w.sim.Calls()
	w.sim.ResetCalls()
	for i, c := range all {
		group, rest, _ := strings.Cut(c, " ")
		method, path, _ := strings.Cut(strings.TrimSpace(rest), " ")
		path = strings.TrimPrefix(path, "/restapi/v1.0")
		if parts := strings.SplitN(path, "/", 4); len(parts) > 2 {
			path = "/" + parts[1] + "/ID" + strings.Join(append([]string{""}, parts[3:]...), "/")
		}
		all[i] = group + " " + method + " " + path
	}
	return strings.Join(all, ", ")
}

func inBubble(t *testing.T, f func(*testing.T)) {
	t.Helper()
	synctest.Test(t, f)
}
