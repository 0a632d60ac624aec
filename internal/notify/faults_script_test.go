package notify_test

import (
	"time"

	"github.com/ringql/ringql/internal/notify"
)

// fault is something that goes wrong.
type fault struct {
	name  string
	often int // beside the others
	only  notify.Via
	do    func(*faulty)
}

var faults = []fault{
	{"duplicate", 10, "", func(w *faulty) { w.sim.DuplicateEvents(w.some(10)) }},
	{"reordered", 10, "", func(w *faulty) { w.sim.ReorderEvents(1 + w.some(10)) }},
	{"late", 10, "", func(w *faulty) { w.sim.DelayEvents(w.some(5), w.within(5*time.Minute)) }},
	{"forged", 10, notify.Webhook, func(w *faulty) { w.sim.ForgeEvents(w.some(10)) }},
	{"oversized", 3, notify.Webhook, func(w *faulty) { w.sim.EnlargeEvents(w.some(2), 100_000) }},
	{"oversized", 3, notify.WebSocket, func(w *faulty) { w.sim.EnlargeEvents(1, 2<<20) }},
	{"blacklisted", 2, notify.Webhook, func(w *faulty) { w.sim.BlacklistSubscriptions("") }},
	{"expired", 2, notify.Webhook, func(w *faulty) { w.sim.ExpireSubscriptions("") }},
	{"lost for 10 s", 10, "", func(w *faulty) { w.lose(10 * time.Second) }},
	{"lost for a while", 3, "", func(w *faulty) { w.lose(w.within(3 * time.Minute)) }},
	{"lost for 10 min", 1, "", func(w *faulty) { w.lose(10 * time.Minute) }},
	{"killed", 4, "", func(w *faulty) { w.one().kill() }},
	{"killed amid", 3, "", (*faulty).killAmid},
	{"alone", 3, "", func(w *faulty) { w.one().leave(w.within(time.Minute)) }},
	{"mute", 3, "", func(w *faulty) { w.one().silence(w.within(time.Minute)) }},
	{"reset", 5, notify.WebSocket, func(w *faulty) { w.amid(func() { w.network.reset(nil) }) }},
	{"broken", 5, notify.WebSocket, func(w *faulty) { w.amid(w.sim.BreakSockets) }},
	{"broken again", 3, notify.WebSocket, (*faulty).breakAgain},
	{"not recovered", 2, notify.WebSocket, (*faulty).askAnew},
	{"silent", 3, notify.WebSocket, func(w *faulty) {
		w.sim.SilenceSockets(true)
		time.AfterFunc(w.within(2*time.Minute), func() { w.sim.SilenceSockets(false) })
	}},
}

// some returns a number from 1 to most.
func (w *faulty) some(most int) int { return 1 + w.random.IntN(most) }

func (w *faulty) within(most time.Duration) time.Duration {
	return time.Duration(w.random.Int64N(int64(most)))
}

// fault has one of them happen.
func (w *faulty) fault() {
	all := 0
	for i := range faults {
		all += faults[i].often
	}
	for n := w.random.IntN(all); ; n = w.random.IntN(all) {
		f := faults[0]
		for i := 0; n >= 0; i++ {
			f = faults[i]
			n -= f.often
		}
		if f.only == "" || f.only == w.via {
			w.count[f.name]++
			f.do(w)
			return
		}
	}
}

// one returns a replica that lives.
func (w *faulty) one() *replica {
	if r := w.anyone(); r != nil {
		return r
	}
	return w.start()
}

// lose has the network be away, unless it is.
func (w *faulty) lose(d time.Duration) {
	if w.network.left() <= 0 {
		w.network.lose(d)
	}
}

// killAmid has RingCentral be asked anew, and who asks die over it.
func (w *faulty) killAmid() {
	for _, r := range w.living() {
		r.arm(w.some(12))
	}
	w.askAnew()
}

// askAnew makes it necessary to ask RingCentral to tell of events.
func (w *faulty) askAnew() {
	w.sim.RefuseRecovery(1)
	w.sim.BreakSockets()
	w.sim.ExpireSubscriptions("")
}

// breakAgain breaks connections, or the way to the log, while more is told again than was kept.
func (w *faulty) breakAgain() {
	for range 3 {
		w.sim.BreakSockets()
		w.raise(50 + w.random.IntN(100))
		for range 600 {
			if w.sim.LiveSockets() > 0 {
				break
			}
			time.Sleep(100 * time.Millisecond)
		}
		time.Sleep(w.within(150 * time.Millisecond))
		if w.random.IntN(2) == 0 {
			for _, r := range w.living() {
				r.leave(w.within(30 * time.Second))
			}
		}
	}
}

// amid breaks something while things happen.
func (w *faulty) amid(breaks func()) {
	time.AfterFunc(w.within(20*time.Millisecond), breaks)
	w.raise(20)
}
