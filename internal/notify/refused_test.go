package notify_test

import (
	"context"
	"errors"
	"net/http"
	"testing"
	"testing/synctest"

	"github.com/ringql/ringql/internal/notify"
	"github.com/ringql/ringql/internal/rest"
	"github.com/ringql/ringql/internal/sim"
)

// Each is told why they are refused themselves, and not another.
func TestRefusedEach(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		w := newWorld(t)
		g := w.gateway(nil)
		w.sim.FailNext("createSubscription", 1, sim.Fault{Status: http.StatusForbidden, Body: `{"errorCode":"SUB-505","message":"Subscriptions limit exceeded"}`})
		w.sim.FailNext("createSubscription", 1, sim.Fault{Status: http.StatusUnauthorized, Body: `{"errorCode":"OAU-213","message":"Token not found"}`})
		one := w.subscribe(g, w.person(sim.AdministratorID), "")
		other := w.subscribe(g, w.person("435068008"), "")
		if _, err := one.reader.Next(t.Context()); !errors.Is(err, rest.ErrForbidden) {
			t.Errorf("the first got %v", err)
		}
		if _, err := other.reader.Next(t.Context()); !errors.Is(err, rest.ErrUnauthenticated) {
			t.Errorf("the other got %v", err)
		}
	})
}

// What one of a person's logins is refused for is not what another one is told.
func TestRefusedLogin(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		w := newWorld(t)
		g := w.gateway(nil)
		over := notify.Person{Key: sim.AdministratorID, Login: "one", Context: context.WithValue(context.Background(), personKey{}, "no token")}
		s := w.subscribe(g, over, "")
		if _, err := s.reader.Next(t.Context()); !errors.Is(err, rest.ErrUnauthenticated) {
			t.Fatalf("got %v", err)
		}
		other := w.person(sim.AdministratorID)
		other.Login = "another"
		w.subscribe(g, other, "").gap(notify.Started)
	})
}

// Who cannot be told is not said to be.
func TestRefusedState(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		w := newWorld(t)
		g := w.gateway(nil)
		s := w.subscribe(g, w.person(sim.AdministratorID), "")
		s.gap(notify.Started)
		synctest.Wait()
		w.sim.FailNext("readSubscription", 1, sim.Fault{Status: http.StatusForbidden, Body: `{"errorCode":"CMN-408"}`})
		if _, err := s.reader.Next(t.Context()); !errors.Is(err, rest.ErrForbidden) {
			t.Fatalf("got %v", err)
		}
		if st := g.Status().States; st[notify.Active] != 0 {
			t.Errorf("%v", st)
		}
	})
}

// What the gateway asks for is no mistake of those who subscribe.
func TestRefusedRequest(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		w := newWorld(t)
		w.sim.FailNext("createSubscription", 1, sim.Fault{Status: http.StatusBadRequest, Body: `{"errorCode":"SUB-508","message":"Invalid event filters"}`})
		s := w.subscribe(w.gateway(nil), w.person(sim.AdministratorID), "")
		if _, err := s.reader.Next(t.Context()); !errors.Is(err, notify.ErrRefused) {
			t.Errorf("got %v", err)
		}
	})
}

// Who may not read the subscription of another asks for one of their own.
func TestRefusedAnothers(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		w := newWorld(t)
		first := w.gateway(nil)
		s := w.subscribe(first, w.person(sim.AdministratorID), "")
		s.gap(notify.Started)
		synctest.Wait() // what follows the gap is known
		first.Close()
		w.sim.FailNext("readSubscription", 1, sim.Fault{Status: http.StatusForbidden, Body: `{"errorCode":"SUB-402","message":"Not allowed"}`})
		w.subscribe(w.gateway(nil), w.person("435068008"), "").gap(notify.Interrupted)
	})
}
