package notify_test

import (
	"context"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/ringql/ringql/internal/auth"
	"github.com/ringql/ringql/internal/notify"
	"github.com/ringql/ringql/internal/sim"
)

// forgetful is a Store that can lose all there is in it, as a Redis does that is started anew.
type forgetful struct{ now atomic.Pointer[auth.Memory] }

func (w *world) forgetful() *forgetful {
	s := new(forgetful)
	s.forget()
	w.store = s
	return s
}

func (s *forgetful) forget() { s.now.Store(auth.NewMemory()) }

func (s *forgetful) Load(ctx context.Context, key string) ([]byte, error) {
	return s.now.Load().Load(ctx, key)
}

func (s *forgetful) Swap(ctx context.Context, key string, old, value []byte, life time.Duration) (bool, error) {
	return s.now.Load().Swap(ctx, key, old, value, life)
}

// When the store is emptied another replica takes the lease before its holder learns of it. Both
// have a connection for a moment, and nothing that happens is told by both.
func TestStoreForgetsWebSocket(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	store := w.forgetful()
	one, other := w.online(), w.online()
	p := w.person(sim.AdministratorID)
	s := w.subscribe(one, p, "")
	s.gap(notify.Started)
	w.subscribe(other, p, "")
	store.forget()
	twins := map[string]int{} // which happening a uuid is of
	n := 0
	raise := func() {
		n++
		for _, uuid := range w.sim.RaiseEvents(1) {
			twins[uuid] = n
		}
	}
	w.wait("the other replica takes over", func() bool { raise(); return other.Status().States[notify.Active] == 1 })
	for end := time.Now().Add(2 * time.Second); time.Now().Before(end); time.Sleep(5 * time.Millisecond) {
		raise()
	}
	told, gaps := map[int]bool{}, 0
	for !told[n] {
		e := s.next()
		switch of := twins[e.UUID]; {
		case e.Kind == notify.Gap:
			gaps++
		case told[of]:
			t.Errorf("what happened %d of %d times is told twice", of, n)
		default:
			told[of] = true
		}
	}
	if gaps == 0 {
		t.Errorf("%d of %d told, without a gap", len(told), n)
	}
}

// What comes to a webhook that the store knows nothing of is not taken: there is another one soon.
func TestStoreForgetsWebhook(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		w := newWorld(t)
		store := w.forgetful()
		s := w.subscribe(w.gateway(nil), w.person(sim.AdministratorID), "")
		s.gap(notify.Started)
		synctest.Wait() // what follows the gap is known
		store.forget()
		began := time.Now()
		s.gap(notify.Started)
		if took := time.Since(began); took > 10*time.Second {
			t.Errorf("it took %v", took)
		}
		uuids := w.sim.RaiseEvents(1)
		s.told(uuids[len(uuids)-1])
		s.quiet()
	})
}
