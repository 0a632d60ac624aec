package replicas_test

import (
	"sync"
	"testing"
	"time"
)

// pace is between two things that happen: each has a time of its own, to the millisecond.
const pace = 4 * time.Millisecond

// world is where things happen.
type world struct {
	f    *farm
	quit chan struct{}
	done sync.WaitGroup

	mu    sync.Mutex
	began []time.Time
	uuids [][]string // by which RingCentral tells of each, one for each of its subscriptions
}

// happen has things happen until that is stopped.
func (f *farm) happen(t *testing.T) *world {
	w := &world{f: f, quit: make(chan struct{})}
	w.done.Go(func() {
		tick := time.NewTicker(pace)
		defer tick.Stop()
		for {
			select {
			case <-w.quit:
				return
			case <-tick.C:
				w.raise()
			}
		}
	})
	t.Cleanup(w.stop)
	return w
}

func (w *world) raise() {
	began := time.Now()
	uuids := w.f.sim.RaiseEvents(1)
	w.mu.Lock()
	defer w.mu.Unlock()
	w.began, w.uuids = append(w.began, began), append(w.uuids, uuids)
	time.Sleep(time.Until(time.Now().Truncate(time.Millisecond).Add(time.Millisecond)))
}

// count is how much has happened.
func (w *world) count() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return len(w.began)
}

// stop has no more happen.
func (w *world) stop() {
	w.mu.Lock()
	select {
	case <-w.quit:
	default:
		close(w.quit)
	}
	w.mu.Unlock()
	w.done.Wait()
}

// ledger is when all that happened did, as RingCentral tells it. Of what it had nobody to tell
// that is about when.
func (w *world) ledger() (l ledger) {
	times := map[string]time.Time{}
	for _, e := range w.f.sim.Events() {
		times[e.UUID] = e.Time
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	for i, uuids := range w.uuids {
		at := w.began[i]
		if len(uuids) > 0 {
			at = times[uuids[0]]
		}
		l = append(l, at.UTC().Truncate(time.Millisecond))
	}
	return l
}
