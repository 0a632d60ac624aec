package notify_test

import (
	"context"
	"testing"
	"time"

	"github.com/ringql/ringql/internal/notify"
	"github.com/ringql/ringql/internal/sim"
)

// trouble is played with two replicas, the first of which looks after the account, and a client
// of the other. It returns what came of it.
func trouble(t *testing.T, via notify.Via, do func(w *faulty, first *replica)) (v verdict, gaps int) {
	t.Helper()
	w := newFaulty(t, via, 0)
	p := w.person(sim.AdministratorID)
	first, other := w.replicas[0], w.replicas[1]
	w.first = w.subscribe(first.Events, p, "").gap(notify.Started).Position
	far := w.subscribe(other.Events, p, w.first.String())
	w.raise(3)
	time.Sleep(time.Minute)
	do(w, first)
	for range 30 {
		w.raise(1)
		time.Sleep(time.Minute)
	}
	var entries []notify.Entry
	for at := w.end(); len(entries) == 0 || entries[len(entries)-1].Position != at; {
		entries = append(entries, *far.next())
	}
	v, err := storyOf(w.sim, w.at).check(w.first, entries, coveredWithin)
	if err != nil {
		t.Error(err)
	}
	time.Sleep(upstreamLife + time.Hour) // what was made and forgotten ends by itself
	w.states()
	return v, len(entries) - v.told
}

// Wherever a replica dies while it asks RingCentral to tell of events, there is a gap.
func TestKilledAmid(t *testing.T) {
	t.Parallel()
	for _, via := range []notify.Via{notify.Webhook, notify.WebSocket} {
		died := 0
		for steps := range 20 {
			inBubble(t, func(t *testing.T) {
				trouble(t, via, func(w *faulty, first *replica) {
					first.arm(1 + steps)
					w.askAnew()
					w.raise(5)
					time.Sleep(10 * time.Minute)
					if !first.alive() {
						died++
					}
				})
			})
		}
		if died < 8 {
			t.Errorf("%s: it died %d times", via, died)
		}
	}
}

// A replica that is kept from the others goes on where it was, if no other has taken over, and
// else tells nothing more.
func TestAlone(t *testing.T) {
	t.Parallel()
	for _, via := range []notify.Via{notify.Webhook, notify.WebSocket} {
		for _, away := range []time.Duration{10 * time.Second, 20 * time.Second, 40 * time.Second} {
			inBubble(t, func(t *testing.T) {
				trouble(t, via, func(w *faulty, first *replica) {
					first.leave(away)
					for range 60 {
						w.raise(1)
						time.Sleep(time.Second)
					}
				})
			})
		}
	}
}

// What was on its way when a connection ended may be lost.
func TestReset(t *testing.T) {
	t.Parallel()
	inBubble(t, func(t *testing.T) {
		v, gaps := trouble(t, notify.WebSocket, func(w *faulty, _ *replica) {
			w.burst(20)
			time.Sleep(3 * time.Millisecond)
			w.network.reset(nil)
		})
		if gaps != 1 || v.covered == 0 {
			t.Errorf("%+v, %d gaps", v, gaps)
		}
	})
}

// A connection that is taken up while the network goes away again may have told what was kept to
// nobody.
func TestTakenUpInVain(t *testing.T) {
	t.Parallel()
	for after := range 5 {
		inBubble(t, func(t *testing.T) {
			trouble(t, notify.WebSocket, func(w *faulty, _ *replica) {
				w.sim.BreakSockets()
				w.burst(50)
				w.soon(func() bool { return w.sim.LiveSockets() > 0 })
				time.Sleep(time.Duration(after) * time.Millisecond)
				w.network.lose(25 * time.Second)
			})
		})
	}
}

// More than RingCentral keeps for a connection is lost also when it breaks again while that is
// told, and when the log is away meanwhile.
func TestToldAgain(t *testing.T) {
	t.Parallel()
	for name, again := range map[string]func(*faulty, *replica){
		"broken": func(w *faulty, _ *replica) { w.sim.BreakSockets() },
		"alone":  func(_ *faulty, r *replica) { r.leave(10_500 * time.Millisecond) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inBubble(t, func(t *testing.T) {
				v, _ := trouble(t, notify.WebSocket, func(w *faulty, first *replica) {
					w.sim.BreakSockets()
					w.burst(130)
					before := w.end()
					w.soon(func() bool { return w.end().Number > before.Number+20 })
					again(w, first)
				})
				if v.covered != 30 {
					t.Errorf("%+v", v)
				}
			})
		})
	}
}

// soon waits until something is so.
func (w *faulty) soon(f func() bool) {
	w.Helper()
	ctx, cancel := context.WithTimeout(w.Context(), time.Minute)
	defer cancel()
	for !f() {
		if ctx.Err() != nil {
			w.Fatal("not in a minute")
		}
		time.Sleep(time.Millisecond)
	}
}
