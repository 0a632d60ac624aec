package notify_test

import (
	"context"
	"flag"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/ringql/ringql/internal/auth"
	"github.com/ringql/ringql/internal/notify"
	"github.com/ringql/ringql/internal/sim"
)

var soak = flag.Int("soak", 0, "how many more scripts of faults to play")

const (
	mostHappenings = 10_000
	mostReplicas   = 3
	clientsOfWorld = 10
	// upstreamLife is for how long RingCentral is asked to tell: it is renewed at half of that.
	upstreamLife = 2 * time.Hour
	// coveredWithin is how soon after something that is not told there is a gap: RingCentral tries
	// for 10 minutes, and is asked every 5 whether it has given up; then the network may be down
	// for 10, and who was refused last be asked for a minute later.
	coveredWithin = 20 * time.Minute
)

// Whatever goes wrong, of all that happens each client is told once, or of a gap.
func TestFaults(t *testing.T) {
	t.Parallel()
	for seed := range uint64(2 + *soak) {
		for _, via := range []notify.Via{notify.Webhook, notify.WebSocket} {
			t.Run(fmt.Sprint(via, " ", seed), func(t *testing.T) {
				inBubble(t, func(t *testing.T) { newFaulty(t, via, seed).play() })
			})
		}
	}
}

// faulty is a world where much goes wrong, by a script that a seed makes.
type faulty struct {
	*world
	via     notify.Via
	random  *rand.Rand
	network *network
	first   notify.Position // before all that happens
	at      []time.Time     // when it happened
	clients []*client
	count   map[string]int // of faults

	mu       sync.Mutex
	replicas []*replica
	turn     int
}

func newFaulty(t *testing.T, via notify.Via, seed uint64) *faulty {
	t.Helper()
	w := &faulty{via: via, random: rand.New(rand.NewPCG(seed, 7)), count: map[string]int{}}
	w.world = &world{T: t, bus: notify.NewMemory(), store: auth.NewMemory(), door: &door{}}
	s, err := sim.New(sim.Config{
		Webhooks: w, WebhookRetries: stubborn(), Limits: sim.Unlimited(),
		WebSocket: sim.WebSocket{LoseUnseen: seed%2 == 0, MovingContext: seed%3 == 0},
	})
	if err != nil {
		t.Fatal(err)
	}
	w.sim = s
	w.network = newNetwork(s)
	t.Cleanup(s.Close)
	t.Cleanup(w.network.close)
	for range mostReplicas {
		w.start()
	}
	return w
}

// stubborn are tries of one event that last until its subscription is blacklisted. Who gives up
// one alone, while others come through, says so to nobody: no gateway can know.
func stubborn() (pauses []time.Duration) {
	for i := range 40 {
		pauses = append(pauses, min(time.Second<<min(i, 7), 2*time.Minute))
	}
	return pauses
}

// play has things happen, and go wrong, until there were enough of them, and holds against that
// what the clients were told.
func (w *faulty) play() {
	people := []notify.Person{w.person(sim.AdministratorID), w.person("435068008")}
	w.first = w.subscribe(w.anyone().Events, people[0], "").gap(notify.Started).Position
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	var all sync.WaitGroup
	for i := range clientsOfWorld {
		c := &client{w: w, random: rand.New(rand.NewPCG(w.random.Uint64(), uint64(i))), person: people[i%2], last: w.first}
		c.pause = []time.Duration{0, time.Millisecond, time.Second}[i%3]
		c.stay = []int{0, 0, 1000, 40}[i%4]
		w.clients = append(w.clients, c)
		all.Go(func() { c.run(ctx) })
	}
	for w.sim.Happenings() < mostHappenings {
		w.raise(1 + w.random.IntN(12))
		w.pause(30 * time.Second)
		if w.random.IntN(8) == 0 {
			w.fault()
		}
		w.revive()
	}
	w.heal()
	end := w.settle()
	w.verify(end)
	w.resume(end)
	stop()
	all.Wait()
}

// raise has things happen, at once or one after the other.
func (w *faulty) raise(n int) {
	if w.random.IntN(2) == 0 {
		w.burst(n)
		return
	}
	for range n {
		w.burst(1)
		w.pause(10 * time.Millisecond)
	}
}

// burst has things happen at once.
func (w *faulty) burst(n int) {
	for range n {
		w.at = append(w.at, time.Now())
		w.sim.RaiseEvents(1)
	}
}

func (w *faulty) pause(most time.Duration) { time.Sleep(w.within(most)) }

// revive starts a new replica for one that was killed, after a while.
func (w *faulty) revive() {
	if n := len(w.living()); n == 0 || n < mostReplicas && w.random.IntN(10) == 0 {
		w.start()
	}
}

// heal ends what goes wrong: what waits for deliveries to come meets enough of them.
func (w *faulty) heal() {
	w.network.lose(0)
	w.sim.SilenceSockets(false)
	for range 100 {
		w.raise(5)
		w.pause(20 * time.Second)
		w.revive()
	}
	time.Sleep(upstreamLife + time.Hour)
}

// settle has some more happen, which every client has to be told, and returns the end of the log.
func (w *faulty) settle() notify.Position {
	w.Helper()
	before := w.end()
	w.raise(20)
	time.Sleep(time.Minute)
	end := w.end()
	if n := end.Number - before.Number; n != 20 {
		w.Errorf("at last, of 20 that happened %d were written", n)
	}
	for range 3600 {
		behind := 0
		for _, c := range w.clients {
			if c.position() != end {
				behind++
			}
		}
		if behind == 0 {
			return end
		}
		time.Sleep(time.Second)
	}
	w.Fatal("some clients do not reach the end of the log")
	return end
}

func (w *faulty) end() notify.Position {
	w.Helper()
	p, err := w.bus.Read(w.Context(), sim.AccountID, notify.Position{}, 0)
	if err != nil {
		w.Fatal(err)
	}
	return p.End
}

// verify holds what each client was told against what happened, and looks how it all ends.
func (w *faulty) verify(end notify.Position) {
	w.Helper()
	story := storyOf(w.sim, w.at)
	if n := w.sim.Happenings(); n != len(w.at) {
		w.Fatalf("%d happenings, %d of them known", n, len(w.at))
	}
	var v verdict
	visits, entries := int64(0), 0
	for i, c := range w.clients {
		var err error
		if v, err = story.check(w.first, c.told, coveredWithin); err != nil {
			w.Fatalf("client %d: %s", i, err)
		}
		visits, entries = visits+c.visits.Load(), entries+len(c.told)
	}
	gaps := int(end.Number-w.first.Number) - v.told
	w.Logf("%d happenings: %d told, %d not, %d gaps, the slowest after %s", len(w.at), v.told, v.covered, gaps, v.slowest.Round(time.Second))
	w.Logf("%d clients were told of %d entries, in %d visits; faults %v", len(w.clients), entries, visits, w.count)
	if v.told < len(w.at)*6/10 {
		w.Errorf("%d told of %d", v.told, len(w.at))
	}
	w.states()
	w.spent()
}

// states wants one replica to look after the account, and RingCentral to tell it once.
func (w *faulty) states() {
	w.Helper()
	states := map[notify.State]int{}
	for _, r := range w.living() {
		for s, n := range r.Status().States {
			states[s] += n
		}
	}
	if n := len(w.sim.Subscriptions()); n != 1 || states[notify.Active] != 1 || states[notify.Starting]+states[notify.Broken] > 0 {
		w.Errorf("it ends with %d subscriptions, and accounts %v", n, states)
	}
}

// spent bounds what was asked of RingCentral: so much for each fault, and for the state of the
// subscription every few minutes.
func (w *faulty) spent() {
	w.Helper()
	groups, faults := map[string]int{}, 0
	for _, call := range w.sim.Calls() {
		group, _, _ := strings.Cut(call, " ")
		groups[group]++
	}
	for _, n := range w.count {
		faults += n
	}
	took := time.Since(w.at[0])
	w.Logf("in %s with %d faults: calls by group %v", took.Round(time.Second), faults, groups)
	for group, n := range groups {
		most := 4 * faults
		if group == "light" {
			most += int(took / (5 * time.Minute))
		}
		if n > most {
			w.Errorf("%d calls of group %s, want %d at most", n, group, most)
		}
	}
}

// resume wants each client that comes back with an id to be told what came after it.
func (w *faulty) resume(end notify.Position) {
	w.Helper()
	r := w.anyone()
	for n := w.first.Number; n < end.Number; n++ {
		s := w.subscribe(r.Events, w.clients[0].person, notify.Position{Era: end.Era, Number: n}.String())
		e := s.next()
		s.reader.Close()
		switch old := end.Number-n > notify.MostEntries; {
		case old && e.Reason() == notify.TooOld:
		case old || e.Number != n+1:
			w.Fatalf("after %d of %d: %s %s", n, end.Number, e.Position, e.Kind)
		}
	}
}
