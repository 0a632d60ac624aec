package auth_test

import (
	"bytes"
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/ringql/ringql/internal/auth"
	"github.com/ringql/ringql/internal/sim"
)

// Who has signed in is known by the handle, on each replica, until signing out.
func TestSessionFromStartToEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHouse(t, auth.NewMemory())
		a, b := h.replica(), h.replica()
		handle := a.signIn(sim.AdministratorID)
		if status, err := b.get(t.Context(), handle); status != http.StatusOK || err != nil {
			t.Fatal(status, err)
		}
		s := b.find(handle)
		if s.Owner != sim.AdministratorID || s.Name != "Jane" || s.Account == "" || len(s.Scopes) == 0 || s.End.Sub(s.Created) != 12*time.Hour {
			t.Errorf("%+v", s)
		}
		if !s.Trusts(s.CSRF.Reveal()) || s.Trusts("") || s.Trusts(handle) {
			t.Error("the CSRF token is not what it should be")
		}
		if err := a.End(t.Context(), handle); err != nil {
			t.Fatal(err)
		}
		a.Wait()
		for _, r := range []*replica{a, b} {
			r.wants(handle, auth.ErrEnded)
		}
		if status, err := h.call(auth.With(t.Context(), s.Person)); status != http.StatusUnauthorized && err == nil {
			t.Errorf("the tokens live on: %d", status)
		}
		if h.revokes.Load() != 1 {
			t.Errorf("%d revocations", h.revokes.Load())
		}
		if err := a.End(t.Context(), handle); err != nil || h.revokes.Load() != 1 {
			t.Errorf("signing out twice: %v", err)
		}
	})
}

// A session that is not used, or is too old, has expired, and its tokens with it. That it
// is used is written down once a minute at most.
func TestSessionExpires(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHouse(t, auth.NewMemory())
		a, b := h.replica(), h.replica()
		idle, used := a.signIn(sim.AdministratorID), a.signIn(sim.AdministratorID)
		person := a.find(idle).Person
		h.store.swaps.Store(0)
		start := time.Now()
		for time.Since(start) < 12*time.Hour-10*time.Second {
			a.find(used)
			b.find(used)
			if time.Sleep(10 * time.Second); time.Since(start) == 3*time.Hour-10*time.Second {
				if err := person.Check(t.Context()); err != nil {
					t.Error(err)
				}
				time.Sleep(10 * time.Second)
				if err := person.Check(t.Context()); !errors.Is(err, auth.ErrExpired) {
					t.Errorf("err = %v", err)
				}
				b.wants(idle, auth.ErrExpired)
			}
		}
		time.Sleep(10 * time.Second)
		a.wants(used, auth.ErrExpired)
		a.Wait()
		b.Wait()
		b.wants(used, auth.ErrExpired)
		if n := h.store.swaps.Load(); n > 12*60+50 {
			t.Errorf("written %d times in twelve hours", n)
		}
		if n := h.revokes.Load(); n != 2 {
			t.Errorf("%d revocations, want 2", n)
		}
		time.Sleep(2 * time.Hour)
		a.wants(used, auth.ErrUnknown)
	})
}

// Nobody guesses a handle, nor gets by with the key that one is stored under.
func TestUnknownHandles(t *testing.T) {
	h := newHouse(t, auth.NewMemory())
	a := h.replica()
	handle := a.signIn(sim.AdministratorID)
	if len(handle) != 43 || strings.Contains(h.log.String(), handle) {
		t.Errorf("handle %s", handle)
	}
	id := a.find(handle).ID
	for _, bad := range []string{"", "x", handle[1:], handle + "A", strings.Repeat("A", 43), strings.ToLower(handle), id} {
		a.wants(bad, auth.ErrUnknown)
		if err := a.End(t.Context(), bad); err != nil {
			t.Errorf("%q: %v", bad, err)
		}
	}
	if strings.Contains(handle, id) || a.find(handle).ID != id || id == "" {
		t.Errorf("%s is called %s", handle, id)
	}
}

// While the store is away, whoever has a token in memory goes on, and nobody is signed out.
func TestStoreAway(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHouse(t, auth.NewMemory())
		a, b := h.replica(), h.replica()
		handle, ended := a.signIn(sim.AdministratorID), a.signIn(sim.StandardUserID)
		crowd(t, 1, handle, a)
		_ = a.End(t.Context(), ended)
		h.store.away.Store(true)
		time.Sleep(50 * time.Minute)
		crowd(t, 50, handle, a)
		a.wants(ended, auth.ErrAway)
		b.wants(handle, auth.ErrAway)
		time.Sleep(8 * time.Minute) // the token is due
		crowd(t, 50, handle, a)
		if err := a.End(t.Context(), handle); !errors.Is(err, auth.ErrAway) {
			t.Errorf("err = %v", err)
		}
		if err := a.EndAll(t.Context(), sim.AdministratorID); !errors.Is(err, auth.ErrAway) {
			t.Errorf("err = %v", err)
		}
		time.Sleep(2 * time.Minute) // it is over
		a.wants(handle, auth.ErrAway)
		if n := h.refreshes.Load(); n != 0 {
			t.Errorf("%d token calls, which nobody could store", n)
		}
		h.store.away.Store(false)
		crowd(t, 20, handle, a, b)
		if n := h.refreshes.Load(); n != 1 {
			t.Errorf("%d token calls", n)
		}
	})
}

// A sign-in that cannot be stored is none, and leaves nothing.
func TestStartWhileStoreIsAway(t *testing.T) {
	h := newHouse(t, auth.NewMemory())
	a := h.replica()
	g, err := h.oauth().Exchange(t.Context(), "", sim.AdministratorID, auth.Verifier())
	if err != nil {
		t.Fatal(err)
	}
	h.store.away.Store(true)
	if handle, err := a.Start(t.Context(), g, "", ""); handle != "" || !errors.Is(err, auth.ErrAway) {
		t.Errorf("%q, %v", handle, err)
	}
}

// Two sessions of one person share what belongs to the person, unless the app may do more
// in one of them; two people share nothing.
func TestSessionKeys(t *testing.T) {
	h := newHouse(t, auth.NewMemory())
	a := h.replica()
	key := func(code string) string { return a.find(a.signIn(code)).Person.Key }
	one, again, less, other := key(sim.AdministratorID), key(sim.AdministratorID), key(sim.AdministratorID+",ReadAccounts"), key(sim.StandardUserID)
	if one != again || one == less || one == other || less == other {
		t.Errorf("%s, %s, %s, %s", one, again, less, other)
	}
}

// Signing out everywhere ends all sessions of one person and no other's.
func TestEndAll(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHouse(t, auth.NewMemory())
		a, b := h.replica(), h.replica()
		var mine []string
		for i := range 4 {
			mine = append(mine, []*replica{a, b}[i%2].signIn(sim.AdministratorID))
		}
		other := a.signIn(sim.StandardUserID)
		socket := auth.With(t.Context(), b.find(mine[0]).Person)
		_ = a.End(t.Context(), mine[3])
		if err := a.EndAll(t.Context(), sim.AdministratorID); err != nil {
			t.Fatal(err)
		}
		a.Wait()
		for i, handle := range mine {
			_, err := b.Find(t.Context(), handle)
			want := auth.Everywhere
			if i == 3 {
				want = auth.SignedOut
			}
			if over, ok := errors.AsType[*auth.Over](err); !ok || over.Reason != want {
				t.Errorf("session %d: %v", i, err)
			}
		}
		if _, err := h.call(socket); err == nil {
			t.Error("an open socket goes on")
		}
		crowd(t, 1, other, a, b)
		if n := h.revokes.Load(); n != 4 {
			t.Errorf("%d revocations", n)
		}
		next := a.signIn(sim.AdministratorID)
		crowd(t, 1, next, b)
		if err := b.EndAll(t.Context(), sim.AdministratorID); err != nil {
			t.Fatal(err)
		}
		a.wants(next, auth.ErrEnded)
		b.Wait()
	})
}

// Who signs in while signing out everywhere is signed out, or signed in after that; nobody
// is signed in and left off the list.
func TestSignInDuringEndAll(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHouse(t, auth.NewMemory())
		a, b := h.replica(), h.replica()
		a.signIn(sim.AdministratorID)
		var handle string
		hook := func() { handle = b.signIn(sim.AdministratorID) }
		h.store.hook.Store(&hook)
		if err := a.EndAll(t.Context(), sim.AdministratorID); err != nil {
			t.Fatal(err)
		}
		b.wants(handle, auth.ErrEnded)
		a.Wait()
	})
}

// A crowd of requests writes down once that the session is used.
func TestCrowdTouchesOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHouse(t, auth.NewMemory())
		a := h.replica()
		handle := a.signIn(sim.AdministratorID)
		time.Sleep(2 * time.Minute)
		h.store.swaps.Store(0)
		h.store.slow.Store(int64(10 * time.Millisecond))
		crowd(t, 100, handle, a)
		if n := h.store.swaps.Load(); n != 1 {
			t.Errorf("%d writes", n)
		}
		if used := a.find(handle).Used; time.Since(used) > time.Second {
			t.Errorf("used %s", used)
		}
	})
}

// A person has a number of sessions; those that were ended do not count, and the oldest go.
func TestMostSessions(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHouse(t, auth.NewMemory())
		a := h.replica()
		first := a.signIn(sim.StandardUserID)
		for range 50 {
			if err := a.End(t.Context(), a.signIn(sim.StandardUserID)); err != nil {
				t.Fatal(err)
			}
		}
		a.Wait()
		a.find(first)
		for range 19 {
			a.signIn(sim.StandardUserID)
		}
		a.Wait()
		a.find(first)
		a.signIn(sim.StandardUserID)
		a.Wait()
		_, err := a.Find(t.Context(), first)
		if over, ok := errors.AsType[*auth.Over](err); !ok || over.Reason != auth.Displaced {
			t.Errorf("err = %v", err)
		}
	})
}

// What a socket goes on with does not outlive its session on another replica for long.
func TestSocketOfEndedSession(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHouse(t, auth.NewMemory())
		a, b := h.replica(), h.replica()
		handle := a.signIn(sim.AdministratorID)
		person := b.find(handle).Person
		h.sim.FailNext("revokeToken", 1, sim.Fault{Status: 503})
		_ = a.End(t.Context(), handle)
		a.Wait()
		time.Sleep(15 * time.Second)
		if err := person.Check(t.Context()); !errors.Is(err, auth.ErrEnded) {
			t.Errorf("err = %v", err)
		}
		if log := h.log.String(); !strings.Contains(log, "could not be ended at RingCentral") {
			t.Errorf("the log tells nothing of it: %s", log)
		}
	})
}

// A key is replaced without anybody being signed out, and what is used is soon sealed
// with the new one.
func TestKeyRotation(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHouse(t, auth.NewMemory())
		before := h.replica()
		handle := before.signIn(sim.AdministratorID)
		both, after := h.replicaWith(newCipher(t, sessionKey(2), sessionKey(1))), h.replicaWith(newCipher(t, sessionKey(2)))
		crowd(t, 1, handle, both)
		crowd(t, 1, handle, after)
		after.wants(before.signIn(sim.AdministratorID), auth.ErrUnknown)
		if !strings.Contains(h.log.String(), "cannot be read with the session keys") {
			t.Error("the log tells nothing of a session that cannot be read")
		}
	})
}

// Whoever can write to the store cannot give one person another's session.
func TestSessionsCannotBeSwapped(t *testing.T) {
	inner := &spying{Store: auth.NewMemory(), values: map[string][]byte{}}
	h := newHouse(t, inner)
	a := h.replica()
	mine, yours := a.signIn(sim.StandardUserID), a.signIn(sim.AdministratorID)
	var keys []string
	for key, value := range inner.values {
		if strings.HasPrefix(key, "session:") {
			keys = append(keys, key)
		}
		for _, secret := range []string{mine, yours, sim.AdministratorID, sim.StandardUserID, "Jane"} {
			if strings.Contains(key, secret) || bytes.Contains(value, []byte(secret)) {
				t.Errorf("%s is in the store, under %s", secret, key)
			}
		}
	}
	if len(keys) != 2 {
		t.Fatal(keys)
	}
	one, two := inner.values[keys[0]], inner.values[keys[1]]
	_, _ = inner.Swap(t.Context(), keys[0], one, two, time.Hour)
	_, _ = inner.Swap(t.Context(), keys[1], two, one, time.Hour)
	for _, handle := range []string{mine, yours} {
		h.replica().wants(handle, auth.ErrUnknown)
	}
}

// spying keeps what was stored last.
type spying struct {
	auth.Store
	values map[string][]byte
}

func (s *spying) Swap(ctx context.Context, key string, old, value []byte, life time.Duration) (bool, error) {
	s.values[key] = value
	return s.Store.Swap(ctx, key, old, value, life)
}
