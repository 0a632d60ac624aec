package notify_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ringql/ringql/internal/notify"
	"github.com/ringql/ringql/internal/rest"
	"github.com/ringql/ringql/internal/sim"
)

// online makes RingCentral reachable over the network, and a gateway that it tells by WebSocket.
func (w *world) online() *notify.Events {
	w.Helper()
	srv := httptest.NewServer(w.sim)
	w.Cleanup(srv.Close)
	return w.onlineAt(srv.URL)
}

// onlineAt adds a gateway that RingCentral at an address tells by WebSocket.
func (w *world) onlineAt(upstream string) *notify.Events {
	w.Helper()
	return w.gateway(func(c *notify.Config) {
		c.Via, c.URL, c.Upstream, c.Beat = notify.WebSocket, "", upstream, 200*time.Millisecond
		c.REST = rest.New(rest.Config{BaseURL: upstream, Transport: bearer{rest.NewTransport()}, Cache: rest.CacheConfig{TTL: time.Hour}})
	})
}

func (w *world) wait(what string, f func() bool) {
	w.Helper()
	for end := time.Now().Add(10 * time.Second); !f(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			w.Fatalf("%s: not in 10 seconds", what)
		}
	}
}

func TestWebSocket(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	g := w.online()
	s := w.subscribe(g, w.person(sim.AdministratorID), "")
	start := s.gap(notify.Started)
	s.told(w.sim.RaiseEvents(50)...)
	w.sim.DuplicateEvents(5)
	s.told(w.sim.RaiseEvents(5)...)

	w.sim.BreakSockets() // what is told meanwhile, is told again
	gaps := 0
	for _, want := range w.sim.RaiseEvents(20) {
		e := s.next()
		for ; e.Kind == notify.Gap; e = s.next() { // where the network says that it was reset
			gaps++
		}
		if e.UUID != want {
			t.Fatalf("got %s, want %s", e.UUID, want)
		}
	}
	w.wait("connected anew", func() bool { return w.sim.LiveSockets() == 1 })
	s.told(w.sim.RaiseEvents(1)...)
	s.quiet()

	w.sim.BreakSockets() // more than RingCentral keeps
	all := w.sim.RaiseEvents(130)
	var got []string
	before := gaps
	for !slices.Contains(got, all[129]) {
		if e := s.next(); e.Kind == notify.Gap {
			gaps++
		} else {
			got = append(got, e.UUID)
		}
	}
	if gaps == before || gaps > before+2 || len(got) != 100 {
		t.Errorf("%d gaps, %d of 130", gaps-before, len(got))
	}
	again := w.subscribe(g, w.person(sim.AdministratorID), start.String())
	for range 50 + 5 + 20 + 1 + len(got) + gaps {
		again.next()
	}
	again.quiet()
	s.reader.Close()
	again.reader.Close()
	if calls := w.calls(); strings.Count(calls, "wstoken") != 3 || strings.Count(calls, "GET /ws") != 3 || strings.Count(calls, "medium") != 1 || strings.Count(calls, ",") != 6 {
		t.Errorf("calls %s", calls)
	}
}

// Where RingCentral does not take a connection up again, or it was dead for a while, or it says
// what makes no sense, there is a gap.
func TestWebSocketLost(t *testing.T) {
	t.Parallel()
	for name, lose := range map[string]func(*world){
		"recovery refused": func(w *world) { w.sim.RefuseRecovery(1); w.sim.BreakSockets(); w.sim.RaiseEvents(3) },
		"silent": func(w *world) {
			w.sim.SilenceSockets(true)
			w.sim.RaiseEvents(3)
			w.wait("given up", func() bool { return w.all[0].Status().States[notify.Broken] == 1 })
			w.sim.SilenceSockets(false)
		},
		"garbage":   func(w *world) { w.sim.SendFrame([]byte("garbage")) },
		"no array":  func(w *world) { w.sim.SendFrame([]byte(`{"type":"ServerNotification"}`)) },
		"oversized": func(w *world) { w.sim.SendFrame([]byte(`[{"type":"` + strings.Repeat("x", 2<<20) + `"}]`)) },
		"no event":  func(w *world) { w.sim.SendFrame([]byte(`[{"type":"ServerNotification"},{"uuid":7}]`)) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			s := w.subscribe(w.online(), w.person(sim.AdministratorID), "")
			s.gap(notify.Started)
			s.told(w.sim.RaiseEvents(1)...)
			lose(w)
			for s.next().Kind != notify.Gap {
			}
			w.wait("connected anew", func() bool { return w.all[0].Status().States[notify.Active] == 1 && w.sim.LiveSockets() == 1 })
			last := w.sim.RaiseEvents(1) // the connection before is told too: it might be taken up again
			for s.next().UUID != last[len(last)-1] {
			}
		})
	}
}

// A connection that RingCentral does not take up again, and says so by an error, is begun anew.
func TestWebSocketRecoveryError(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	srv := httptest.NewServer(http.HandlerFunc(func(a http.ResponseWriter, r *http.Request) {
		if q := r.URL.Query(); q.Has("wsc") {
			q.Set("wsc", "fake")
			r.URL.RawQuery = q.Encode()
		}
		w.sim.ServeHTTP(a, r)
	}))
	t.Cleanup(srv.Close)
	s := w.subscribe(w.onlineAt(srv.URL), w.person(sim.AdministratorID), "")
	s.gap(notify.Started)
	w.sim.BreakSockets()
	s.gap(notify.Interrupted)
	last := w.sim.RaiseEvents(1)
	for s.next().UUID != last[len(last)-1] {
	}
}

// Who looks after an account again takes up nothing: what was told meanwhile, another replica
// has told.
func TestWebSocketLeaseLost(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	g := w.online()
	s := w.subscribe(g, w.person(sim.AdministratorID), "")
	s.gap(notify.Started)
	lease, other := notify.LeaseKey(sim.AccountID), []byte("another replica")
	w.swap(lease, other, 9*time.Second)
	w.wait("given up", func() bool { return g.Status().States[notify.Waiting] == 1 })
	w.sim.RaiseEvents(2)
	w.wait("taken up again", func() bool { return g.Status().States[notify.Active] == 1 })
	s.gap(notify.Interrupted)
	last := w.sim.RaiseEvents(1)
	s.told(last[len(last)-1])
	s.quiet()
}

// swap puts a value in the place of what the replicas know.
func (w *world) swap(key string, value []byte, life time.Duration) {
	w.Helper()
	old, err := w.store.Load(w.Context(), key)
	if done, err2 := w.store.Swap(w.Context(), key, old, value, life); err != nil || err2 != nil || !done {
		w.Fatal(done, err, err2)
	}
}

// A replica that goes is followed by another, with a gap; who is the last to leave ends the connection.
func TestWebSocketReplicas(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	one, other := w.online(), w.online()
	p := w.person(sim.AdministratorID)
	s := w.subscribe(one, p, "")
	start := s.gap(notify.Started)
	far := w.subscribe(other, p, start.String())
	told := w.sim.RaiseEvents(3)
	s.told(told...)
	far.told(told...)
	one.Close()
	far.gap(notify.Interrupted)
	told = w.sim.RaiseEvents(2) // the connection before is told too: it might be taken up again
	far.told(told[1], told[3])
	far.quiet()
	if n := w.sim.LiveSockets(); n != 1 {
		t.Errorf("%d connections", n)
	}
}

// Nothing but the person's right is asked for by the way: nobody learns the token from an error.
func TestWebSocketRefused(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	g := w.online()
	w.sim.RefuseSockets(1500 * time.Millisecond)
	start := time.Now()
	w.subscribe(g, w.person(sim.AdministratorID), "").gap(notify.Started)
	if took := time.Since(start); took < time.Second {
		t.Errorf("after %s", took)
	}
}

// What an event says of a number is as RingCentral said it.
func TestBodies(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		w := newWorld(t)
		s := w.subscribe(w.gateway(nil), w.person(sim.AdministratorID), "")
		s.gap(notify.Started)
		w.sim.RaiseEvents(2)
		first, second := s.next(), s.next()
		n, err := rest.DecodeEvent[rest.PhoneNumberEvent](second.Body)
		if err != nil || n.EventType != "Updated" || n.PhoneNumber.PhoneNumber != "+12024999741" || n.PhoneNumber.ContactCenterProvider.Name != "ProviderName" {
			t.Errorf("%+v, %v", n, err)
		}
		if first.Before != nil || string(second.Before) != string(first.Body) || !json.Valid(second.Body) || second.Subject != "987654321" {
			t.Errorf("%s, before it %s", second.Body, second.Before)
		}
	})
}
