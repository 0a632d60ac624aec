package auth_test

import (
	"context"
	"errors"
	"net/http"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/ringql/ringql/internal/auth"
	"github.com/ringql/ringql/internal/sim"
)

// crowd has n requests for the session of handle come to each replica at once, and none fail.
func crowd(t *testing.T, n int, handle string, replicas ...*replica) {
	t.Helper()
	var all sync.WaitGroup
	for _, r := range replicas {
		for range n {
			all.Go(func() {
				if status, err := r.get(t.Context(), handle); status != http.StatusOK || err != nil {
					t.Errorf("%d, %v", status, err)
				}
			})
		}
	}
	all.Wait()
}

// When the token of 500 requests on three replicas ends, one token call gets the next, also
// if it is no more than due, and if the upstream takes its time.
func TestOneRefreshForAllReplicas(t *testing.T) {
	for name, after := range map[string]time.Duration{"due": 58 * time.Minute, "about to end": time.Hour - 15*time.Second, "over": 2 * time.Hour} {
		for _, delay := range []time.Duration{0, 300 * time.Millisecond, 3 * time.Second} {
			t.Run(name+" "+delay.String(), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					h := newHouse(t, auth.NewMemory())
					a, b, c := h.replica(), h.replica(), h.replica()
					handle := a.signIn(sim.AdministratorID)
					crowd(t, 1, handle, a, b, c)
					time.Sleep(after)
					h.sim.FailNext("getToken", 1, sim.Fault{Delay: delay})
					crowd(t, 167, handle, a, b, c)
					time.Sleep(10 * time.Second)
					crowd(t, 1, handle, a, b, c)
					if n := h.refreshes.Load(); n != 1 {
						t.Errorf("%d token calls", n)
					}
				})
			})
		}
	}
}

// A token is replaced ahead of its end, not by all replicas at the same moment.
func TestSessionRefreshAhead(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var first, last time.Duration = time.Hour, 0
		for range 20 {
			h := newHouse(t, auth.NewMemory())
			a := h.replica()
			start, handle := time.Now(), a.signIn(sim.AdministratorID)
			for h.refreshes.Load() == 0 {
				time.Sleep(time.Second)
				crowd(t, 1, handle, a)
			}
			took := time.Since(start)
			first, last = min(first, took), max(last, took)
		}
		if first < 53*time.Minute || last > 56*time.Minute || last-first < 10*time.Second {
			t.Errorf("refreshed between %s and %s after the sign-in", first, last)
		}
	})
}

// Whatever cuts a refresh off, the next one gets the pair that was on its way.
func TestRefreshCutOff(t *testing.T) {
	for name, f := range map[string]sim.Fault{"answer lost": {DropAfter: true}, "request lost": {Drop: true}, "broken": {Status: 503, Body: "<html>"}} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				h := newHouse(t, auth.NewMemory())
				a := h.replica()
				handle := a.signIn(sim.AdministratorID)
				time.Sleep(61 * time.Minute)
				h.sim.FailNext("getToken", 1, f)
				for range 5 {
					if _, err := a.get(t.Context(), handle); !errors.Is(err, auth.ErrUnavailable) {
						t.Errorf("err = %v", err)
					}
				}
				time.Sleep(13 * time.Second)
				crowd(t, 5, handle, a)
				if n := h.refreshes.Load(); n != 2 {
					t.Errorf("%d token calls, want one that is cut off and one that is not", n)
				}
			})
		})
	}
}

// A replica that ends between getting a pair and storing it takes nobody with it: another
// one gets the same pair.
func TestReplicaEndsBeforeStoring(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHouse(t, auth.NewMemory())
		a, b := h.replica(), h.replica()
		handle := a.signIn(sim.AdministratorID)
		crowd(t, 1, handle, a, b)
		time.Sleep(61 * time.Minute)
		forever := make(chan struct{})
		h.came = func() { <-forever }
		gone := make(chan struct{})
		go func() {
			defer close(gone)
			ctx, cancel := context.WithTimeout(t.Context(), time.Second)
			defer cancel()
			_, _ = a.get(ctx, handle)
		}()
		synctest.Wait()
		start := time.Now()
		crowd(t, 10, handle, b)
		if took := time.Since(start); took > 21*time.Second || h.refreshes.Load() != 2 {
			t.Errorf("%d token calls, after %s", h.refreshes.Load(), took)
		}
		<-gone
		close(forever) // should it wake up after all, it finds the pair stored
		synctest.Wait()
		crowd(t, 10, handle, a, b)
		if n := h.refreshes.Load(); n != 2 {
			t.Errorf("%d token calls", n)
		}
	})
}

// A store that goes away between the token call and the storing is waited for; nobody
// sees the new pair before.
func TestStoreAwayBeforeStoring(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHouse(t, auth.NewMemory())
		a := h.replica()
		handle := a.signIn(sim.AdministratorID)
		s := a.find(handle)
		time.Sleep(61 * time.Minute)
		h.came = func() { h.store.away.Store(true) }
		time.AfterFunc(5*time.Second, func() { h.store.away.Store(false) })
		start := time.Now()
		status, err := h.call(auth.With(t.Context(), s.Person))
		if took := time.Since(start); status != http.StatusOK || err != nil || took < 5*time.Second || took > 7*time.Second {
			t.Errorf("%d, %v after %s", status, err, took)
		}
		if n := h.refreshes.Load(); n != 1 {
			t.Errorf("%d token calls", n)
		}
	})
}

// A session that the upstream has ended is ended here, for all replicas, and says why.
func TestUpstreamEndsSession(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHouse(t, auth.NewMemory())
		a, b := h.replica(), h.replica()
		handle := a.signIn(sim.AdministratorID)
		crowd(t, 1, handle, a, b)
		for range 5 { // the upstream keeps five, and ends the oldest
			a.signIn(sim.AdministratorID)
		}
		time.Sleep(2 * time.Minute)
		_, err := b.get(t.Context(), handle)
		if over, ok := errors.AsType[*auth.Over](err); !ok || over.Reason != auth.Revoked {
			t.Errorf("err = %v", err)
		}
		for _, r := range []*replica{a, b} {
			r.wants(handle, auth.ErrEnded)
		}
		a.Wait()
		b.Wait()
		if n := h.refreshes.Load(); n != 1 || h.revokes.Load() != 0 {
			t.Errorf("%d token calls, %d revocations", n, h.revokes.Load())
		}
	})
}

// A refusal by the upstream that is the operator's to mend signs nobody out.
func TestRefusedAppSignsNobodyOut(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHouse(t, auth.NewMemory())
		a := h.replica()
		handle := a.signIn(sim.AdministratorID)
		time.Sleep(61 * time.Minute)
		h.sim.FailNext("getToken", 1, sim.Fault{Status: 400, Body: `{"error":"invalid_client"}`})
		if _, err := a.get(t.Context(), handle); !errors.Is(err, auth.ErrCredential) {
			t.Errorf("err = %v", err)
		}
		time.Sleep(time.Minute)
		crowd(t, 1, handle, a)
	})
}

// Tokens of somebody else's, whyever they come, are not used.
func TestTokensOfAnother(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHouse(t, auth.NewMemory())
		a := h.replica()
		handle := a.signIn(sim.AdministratorID)
		time.Sleep(61 * time.Minute)
		h.sim.FailNext("getToken", 1, sim.Fault{Status: 200, Body: `{"access_token":"other","refresh_token":"r","owner_id":"1","expires_in":3600}`})
		if _, err := a.get(t.Context(), handle); !errors.Is(err, auth.ErrUnavailable) {
			t.Errorf("err = %v", err)
		}
		time.Sleep(time.Minute)
		crowd(t, 1, handle, a)
	})
}

// Who signs out while the pair is replaced is signed out.
func TestEndWhileRefreshing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHouse(t, auth.NewMemory())
		a, b := h.replica(), h.replica()
		handle := a.signIn(sim.AdministratorID)
		time.Sleep(61 * time.Minute)
		h.came = func() {
			if err := b.End(t.Context(), handle); err != nil {
				t.Error(err)
			}
			b.Wait()
		}
		if _, err := a.get(t.Context(), handle); !errors.Is(err, auth.ErrEnded) {
			t.Errorf("err = %v", err)
		}
		a.Wait()
		for _, r := range []*replica{a, b} {
			r.wants(handle, auth.ErrEnded)
		}
		if n := h.revokes.Load(); n != 2 {
			t.Errorf("%d revocations, want the old pair's and the new one's", n)
		}
	})
}

// An app whose people get no refresh tokens has sessions as long as its access tokens.
func TestWithoutRefreshToken(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHouse(t, auth.NewMemory())
		a := h.replica()
		h.sim.FailNext("getToken", 1, sim.Fault{Status: 200, Body: `{"access_token":"a","owner_id":"1","expires_in":3600}`})
		handle := a.signIn("x")
		if s := a.find(handle); s.End.Sub(s.Created) != time.Hour {
			t.Errorf("%s", s.End.Sub(s.Created))
		}
		time.Sleep(59 * time.Minute)
		if err := a.find(handle).Person.Check(t.Context()); err != nil {
			t.Error(err)
		}
		time.Sleep(time.Minute)
		a.wants(handle, auth.ErrExpired)
		if n := h.refreshes.Load(); n != 0 {
			t.Errorf("%d token calls", n)
		}
		a.Wait()
	})
}

// A replica that stands still while it refreshes loses its lease to another. What it does
// when it goes on, with a refresh token that nobody knows any more, harms nobody, nor does
// it if that comes to nothing.
func TestReplicaThatStoodStill(t *testing.T) {
	for name, then := range map[string]func(*house){
		"refused": func(*house) {},
		"lost":    func(h *house) { h.sim.FailNext("getToken", 1, sim.Fault{Drop: true}) },
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				h := newHouse(t, auth.NewMemory())
				a, b := h.replica(), h.replica()
				handle := a.signIn(sim.AdministratorID)
				time.Sleep(61 * time.Minute)
				h.store.stall.Store(int64(32 * time.Second))
				first := make(chan error, 1)
				go func() {
					_, err := a.get(t.Context(), handle)
					first <- err
				}()
				synctest.Wait()
				crowd(t, 5, handle, b) // once the lease has passed on
				then(h)
				if err := <-first; err != nil {
					t.Errorf("who stood still: %v", err)
				}
				crowd(t, 5, handle, a, b)
				if n := h.refreshes.Load(); n != 2 {
					t.Errorf("%d token calls", n)
				}
			})
		})
	}
}

// What was read before a session was ended, and comes late, does not bring it back.
func TestLateRead(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHouse(t, auth.NewMemory())
		a := h.replica()
		handle := a.signIn(sim.AdministratorID)
		person := a.find(handle).Person
		h.store.late.Store(int64(5 * time.Second))
		late := make(chan error, 1)
		go func() {
			_, err := a.Find(t.Context(), handle)
			late <- err
		}()
		synctest.Wait()
		if err := a.End(t.Context(), handle); err != nil {
			t.Fatal(err)
		}
		if err := <-late; !errors.Is(err, auth.ErrEnded) {
			t.Errorf("err = %v", err)
		}
		if err := person.Check(t.Context()); !errors.Is(err, auth.ErrEnded) {
			t.Errorf("err = %v", err)
		}
	})
}
