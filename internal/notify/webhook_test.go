package notify_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/ringql/ringql/internal/auth"
	"github.com/ringql/ringql/internal/notify"
	"github.com/ringql/ringql/internal/rest"
	"github.com/ringql/ringql/internal/sim"
)

// The first who wants to be told has RingCentral asked to, the last who leaves ends that.
func TestWebhook(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		w := newWorld(t)
		g := w.gateway(nil)
		first := w.subscribe(g, w.person(sim.AdministratorID), "")
		start := first.gap(notify.Started)
		if got := w.calls(); got != "medium POST /subscription" {
			t.Errorf("calls %s", got)
		}
		second := w.subscribe(g, w.person(sim.AdministratorID), "")
		told := w.sim.RaiseEvents(3)
		first.told(told...)
		second.told(told...)
		w.subscribe(g, w.person(sim.AdministratorID), start.String()).told(told...)
		time.Sleep(13 * time.Hour)
		if got := w.calls(); strings.Count(got, "renew") != 1 || strings.Count(got, "light GET /subscription/ID") < 100 || strings.Contains(got, "POST /subscription,") {
			t.Errorf("in 13 hours: %d calls, renewed %d times", strings.Count(got, ","), strings.Count(got, "renew"))
		}
		time.Sleep(10 * 24 * time.Hour)
		first.told(w.sim.RaiseEvents(1)...)
		w.calls()
		for _, s := range []*subscriber{first, second} {
			s.reader.Close()
		}
	})
}

// Nobody is told for nothing.
func TestLastLeaves(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		w := newWorld(t)
		g := w.gateway(nil)
		s := w.subscribe(g, w.person(sim.AdministratorID), "")
		s.gap(notify.Started)
		s.reader.Close()
		time.Sleep(4 * time.Minute)
		back := w.subscribe(g, w.person(sim.AdministratorID), "")
		back.told(w.sim.RaiseEvents(1)...)
		back.reader.Close()
		w.calls()
		time.Sleep(6 * time.Minute)
		if got, n := w.calls(), len(w.sim.Subscriptions()); got != "light GET /subscription/ID, medium DELETE /subscription/ID" && got != "medium DELETE /subscription/ID" || n > 0 {
			t.Errorf("%d subscriptions, calls %s", n, got)
		}
		w.subscribe(g, w.person(sim.AdministratorID), "").gap(notify.Started)
	})
}

// Where RingCentral has stopped to tell, it is asked again, and a gap says so.
func TestSubscriptionLost(t *testing.T) {
	for name, lose := range map[string]func(*world){
		"blacklisted": func(w *world) { w.sim.BlacklistSubscriptions("") },
		"expired":     func(w *world) { w.sim.ExpireSubscriptions("") },
	} {
		t.Run(name, func(t *testing.T) {
			inBubble(t, func(t *testing.T) {
				w := newWorld(t)
				s := w.subscribe(w.gateway(nil), w.person(sim.AdministratorID), "")
				s.gap(notify.Started)
				before := time.Now()
				lose(w)
				w.sim.RaiseEvents(1)
				s.gap(notify.Interrupted)
				if took := time.Since(before); took > 6*time.Minute {
					t.Errorf("after %s", took)
				}
				s.told(w.sim.RaiseEvents(2)...)
			})
		})
	}
}

// What RingCentral repeats, reorders, delays or never said is told once, late, or not at all.
func TestDeliveries(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		w := newWorld(t)
		s := w.subscribe(w.gateway(nil), w.person(sim.AdministratorID), "")
		s.gap(notify.Started)
		w.sim.DuplicateEvents(5)
		told := w.sim.RaiseEvents(5)
		s.told(told...)
		w.sim.ForgeEvents(3)
		s.told(w.sim.RaiseEvents(3)...)
		w.sim.ReorderEvents(3)
		three := w.sim.RaiseEvents(3)
		s.told(three[2], three[1], three[0])
		w.sim.DelayEvents(1, time.Minute)
		late := w.sim.RaiseEvents(2)
		s.told(late[1], late[0])
		w.sim.EnlargeEvents(1, 100_000)
		w.sim.RaiseEvents(1)
		s.gap(notify.Interrupted)
		s.told(w.sim.RaiseEvents(1)...)
		s.quiet()
		status := w.all[0].Status()
		if status.Told[notify.Again] != 5 || status.Told[notify.Forged] != 3 || status.Told[notify.Invalid] != 1 || status.Told[notify.Failed] != 0 {
			t.Errorf("%+v", status)
		}
	})
}

// A gateway that is away for a while misses nothing that RingCentral repeats.
func TestGatewayAway(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		w := newWorld(t)
		s := w.subscribe(w.gateway(nil), w.person(sim.AdministratorID), "")
		s.gap(notify.Started)
		w.door.closed.Store(true)
		told := w.sim.RaiseEvents(3)
		time.Sleep(30 * time.Second)
		w.door.closed.Store(false)
		got := []string{s.next().UUID, s.next().UUID, s.next().UUID} // each is repeated by itself
		if slices.Sort(told); !slices.Equal(slices.Sorted(slices.Values(got)), told) {
			t.Fatalf("got %v, want %v", got, told)
		}
		w.door.closed.Store(true)
		w.sim.RaiseEvents(3)
		time.Sleep(11 * time.Minute) // it is blacklisted
		w.door.closed.Store(false)
		s.gap(notify.Interrupted)
		s.told(w.sim.RaiseEvents(2)...)
		s.quiet()
	})
}

// RingCentral is asked once, though its answer is lost.
func TestLostAnswer(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		w := newWorld(t)
		w.sim.FailNext("createSubscription", 1, sim.Fault{DropAfter: true})
		s := w.subscribe(w.gateway(nil), w.person(sim.AdministratorID), "")
		s.gap(notify.Started)
		if got := w.calls(); got != "medium POST /subscription, light GET /subscription" || len(w.sim.Subscriptions()) != 1 {
			t.Errorf("calls %s", got)
		}
		s.told(w.sim.RaiseEvents(1)...)
	})
}

// What a gateway that was killed has left behind does not keep another from being told.
func TestLeftBehind(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		w := newWorld(t)
		for range 31 {
			w.store = auth.NewMemory() // it has forgotten
			w.subscribe(w.gateway(nil), w.person(sim.AdministratorID), "").gap(notify.Started)
		}
		if n := len(w.sim.Subscriptions()); n != 1 {
			t.Errorf("%d subscriptions", n)
		}
	})
}

// A replica whose subscription is not the one that is known any more has another one made.
func TestRecordTaken(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		w := newWorld(t)
		s := w.subscribe(w.gateway(nil), w.person(sim.AdministratorID), "")
		s.gap(notify.Started)
		synctest.Wait() // what follows the gap is known
		w.swap(notify.RecordKey(sim.AccountID), []byte(`{"nonce":"`+sim.AccountID+`.x","id":"x","told":true}`), time.Hour)
		s.gap(notify.Interrupted)
		s.told(w.sim.RaiseEvents(1)...)
	})
}

// Trouble that passes is waited for; who is refused is told, and asked for again later.
func TestRefused(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		w := newWorld(t)
		g := w.gateway(nil)
		w.sim.FailNext("createSubscription", 3, sim.Fault{Status: 503})
		w.subscribe(g, w.person(sim.AdministratorID), "").gap(notify.Started)
		w2 := newWorld(t)
		g2 := w2.gateway(nil)
		stranger := notify.Person{Key: "stranger", Context: context.WithValue(context.Background(), personKey{}, "no token")}
		s := w2.subscribe(g2, stranger, "")
		if _, err := s.reader.Next(t.Context()); !errors.Is(err, rest.ErrUnauthenticated) {
			t.Fatalf("got %v", err)
		}
		s.reader.Close()
		w2.calls()
		for range 10 {
			if _, err := g2.Subscribe(t.Context(), notify.Subscription{Account: sim.AccountID, Person: stranger}); !errors.Is(err, rest.ErrUnauthenticated) {
				t.Errorf("got %v", err)
			}
		}
		if got := w2.calls(); got != "" {
			t.Errorf("calls %s", got)
		}
		w2.subscribe(g2, w2.person(sim.AdministratorID), "").gap(notify.Started)
	})
}

// A gateway that RingCentral does not reach says so.
func TestUnreachable(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		w := newWorld(t)
		g := w.gateway(nil)
		w.door.closed.Store(true)
		s := w.subscribe(g, w.person(sim.AdministratorID), "")
		for i := range 20 { // it is nobody's fault: they are not asked for one after the other
			p := w.person(sim.AdministratorID)
			p.Key = fmt.Sprint("another ", i)
			if r, err := g.Subscribe(t.Context(), notify.Subscription{Account: sim.AccountID, Person: p}); err == nil {
				defer r.Close()
			} else if !errors.Is(err, notify.ErrUnreachable) { // it may be known already
				t.Error(err)
			}
		}
		if _, err := s.reader.Next(t.Context()); !errors.Is(err, notify.ErrUnreachable) {
			t.Fatalf("got %v", err)
		}
		if _, err := g.Subscribe(t.Context(), notify.Subscription{Account: sim.AccountID, Person: w.person("435068008")}); !errors.Is(err, notify.ErrUnreachable) {
			t.Errorf("who comes late got %v", err)
		}
		if got := w.calls(); got != "medium POST /subscription" {
			t.Errorf("calls %s", got)
		}
	})
}

// The person with whose credentials RingCentral was asked may go; another takes over.
func TestPeople(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		w := newWorld(t)
		g := w.gateway(nil)
		s := w.subscribe(g, w.person(sim.AdministratorID), "")
		s.gap(notify.Started)
		other := w.subscribe(g, w.person("435068008"), "")
		w.sim.EndSessions("")
		w.sim.FailNext("readSubscription", 1, sim.Fault{Status: http.StatusUnauthorized, Body: `{"errorCode":"OAU-213","message":"Token not found"}`})
		other.gap(notify.Interrupted)
		told := w.sim.RaiseEvents(2)
		s.gap(notify.Interrupted)
		// Two subscriptions tell of it; what the older one says is not taken.
		other.told(told[1], told[3])
		other.quiet()
	})
}

// A token ends after an hour. Who comes with the next one goes on with what there is: it is the
// same person's at RingCentral, and no gap is needed.
func TestNextToken(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		w := newWorld(t)
		g := w.gateway(nil)
		first := w.person(sim.AdministratorID)
		s := w.subscribe(g, first, "")
		s.gap(notify.Started)
		next := w.person(sim.AdministratorID)
		next.Key = "the next token"
		other := w.subscribe(g, next, "")
		s.reader.Close()
		w.calls()
		w.sim.FailNext("readSubscription", 1, sim.Fault{Status: http.StatusUnauthorized, Body: `{"errorCode":"OAU-128","message":"Access token expired"}`})
		time.Sleep(10 * time.Minute)
		if n, calls := len(w.sim.Subscriptions()), w.calls(); n != 1 || strings.Contains(calls, "POST") {
			t.Errorf("%d subscriptions, calls %s", n, calls)
		}
		other.told(w.sim.RaiseEvents(2)...)
		other.quiet()
	})
}

// One replica asks for all; when it goes, another one goes on.
func TestReplicas(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		w := newWorld(t)
		one, other := w.gateway(nil), w.gateway(nil)
		p := w.person(sim.AdministratorID)
		s := w.subscribe(one, p, "")
		start := s.gap(notify.Started)
		far := w.subscribe(other, p, start.String())
		told := w.sim.RaiseEvents(2)
		s.told(told...)
		far.told(told...)
		synctest.Wait()
		if n := len(w.sim.Subscriptions()); n != 1 || one.Status().States[notify.Active] != 1 || other.Status().States[notify.Waiting] != 1 {
			t.Errorf("%d subscriptions, %v, %v", n, one.Status(), other.Status())
		}
		one.Close()
		far.told(w.sim.RaiseEvents(2)...)
		time.Sleep(time.Minute)
		if n := len(w.sim.Subscriptions()); n != 1 || other.Status().States[notify.Active] != 1 {
			t.Errorf("%d subscriptions, %v", n, other.Status())
		}
		w.calls()
		time.Sleep(24 * time.Hour)
		if !strings.Contains(w.calls(), "renew") {
			t.Error("nobody renews")
		}
		far.told(w.sim.RaiseEvents(2)...)
		far.quiet()
	})
}

// A gateway alone tidies up; one of several leaves that to the others.
func TestStop(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		for _, alone := range []bool{true, false} {
			w := newWorld(t)
			g := w.gateway(func(c *notify.Config) { c.Alone = alone })
			s := w.subscribe(g, w.person(sim.AdministratorID), "")
			s.gap(notify.Started)
			synctest.Wait() // what follows the gap is known
			g.Close()
			if _, err := s.reader.Next(t.Context()); !errors.Is(err, notify.ErrClosed) {
				t.Errorf("got %v", err)
			}
			if n := len(w.sim.Subscriptions()); n != map[bool]int{true: 0, false: 1}[alone] {
				t.Errorf("alone %t: %d subscriptions", alone, n)
			}
			if _, err := g.Subscribe(t.Context(), notify.Subscription{Account: sim.AccountID, Person: w.person(sim.AdministratorID)}); !errors.Is(err, notify.ErrClosed) {
				t.Errorf("got %v", err)
			}
		}
	})
}

// A gateway that is started with another secret, or reached elsewhere, has RingCentral tell it anew:
// what comes of the subscription before would not be taken.
func TestOtherSettings(t *testing.T) {
	for name, change := range map[string]func(*notify.Config){
		"secret":  func(c *notify.Config) { c.Secret = "another secret of the tests" },
		"address": func(c *notify.Config) { c.URL = "http://elsewhere" },
	} {
		inBubble(t, func(t *testing.T) {
			w := newWorld(t)
			p := w.person(sim.AdministratorID)
			one := w.gateway(nil)
			w.subscribe(one, p, "").gap(notify.Started)
			one.Close()
			s := w.subscribe(w.gateway(change), p, "")
			s.gap(notify.Interrupted)
			s.told(w.sim.RaiseEvents(2)...)
			if n := len(w.sim.Subscriptions()); n != 1 {
				t.Errorf("%s: %d subscriptions", name, n)
			}
		})
	}
}

var _ notify.Store = (*auth.Memory)(nil)

// Who is told from now on is told that first, and has an id to come back with; the first of all
// learns it from the log.
func TestBegin(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		w := newWorld(t)
		g := w.gateway(nil)
		begin := func() *subscriber {
			r, err := g.Subscribe(t.Context(), notify.Subscription{Account: sim.AccountID, Person: w.person(sim.AdministratorID), Begin: true})
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(r.Close)
			return &subscriber{t, r}
		}
		first := begin()
		first.gap(notify.Started)
		first.told(w.sim.RaiseEvents(1)...)
		second := begin()
		id := second.gap(notify.Started).String()
		told := w.sim.RaiseEvents(2)
		first.told(told...)
		second.told(told...)
		w.subscribe(g, w.person(sim.AdministratorID), id).told(told...)
	})
}
