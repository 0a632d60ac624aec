package cluster_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/ringql/ringql/internal/cluster/redistest"
	"github.com/ringql/ringql/internal/notify"
	"github.com/ringql/ringql/internal/rest"
)

// TestBusesRing has both forms of a notify.Bus tell those who read along, by the real clock.
func TestBusesRing(t *testing.T) {
	redis := redistest.Start(t)
	for name, tt := range map[string]func(*testing.T, buses, string){
		"follow": testFollow, "hub": testHubs,
	} {
		for where, open := range map[string]func() buses{
			"memory": together,
			"redis":  func() buses { return func(t testing.TB) notify.Bus { return openBus(t, redis.URL, nil) } },
		} {
			t.Run(name+"/"+where, func(t *testing.T) { tt(t, open(), t.Name()) })
		}
	}
}

// following returns what a bus rang for since it follows.
func following(t *testing.T, b notify.Bus) (rung func() string, stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	var mu sync.Mutex
	var bells []string
	var done sync.WaitGroup
	done.Go(func() {
		b.Follow(ctx, func(account string) {
			mu.Lock()
			defer mu.Unlock()
			bells = append(bells, fmt.Sprintf("%q", account))
		})
	})
	return func() string {
			mu.Lock()
			defer mu.Unlock()
			return strings.Join(bells, " ")
		}, func() {
			cancel()
			done.Wait()
		}
}

// Whoever follows is told which account has new entries, first of all that any may, and
// nothing once they have gone.
func testFollow(t *testing.T, open buses, account string) {
	a, b := open(t), open(t)
	rung, stop := following(t, a)
	defer stop()
	also, leave := following(t, b)
	eventually(t, "it does not ring at first", func() bool { return rung() == `""` && also() == `""` })
	publish(t, a, account, 0, happened(1))
	publish(t, b, account, 1, happened(1))
	publish(t, b, account+"2", 0, happen(0, 500)...)
	want := fmt.Sprintf(`"" %q %q`, account, account+"2")
	once := func(s string) string { return strings.Join(slices.Compact(strings.Fields(s)), " ") }
	eventually(t, "it does not ring", func() bool { return once(rung()) == want && once(also()) == want })
	leave()
	publish(t, a, account, 0, happened(2))
	eventually(t, "it does not ring", func() bool { return strings.HasSuffix(rung(), account+`"`) })
	if once(also()) != want {
		t.Errorf("it rang %s for who has gone", also())
	}
}

// elsewhere is a store in which the leases are another replica's: none of ours asks RingCentral.
type elsewhere struct{}

func (elsewhere) Load(context.Context, string) ([]byte, error) { return []byte("another"), nil }

func (elsewhere) Swap(context.Context, string, []byte, []byte, time.Duration) (bool, error) {
	return false, nil
}

// newEvents returns the events of a replica with a bus.
func newEvents(t *testing.T, b notify.Bus) *notify.Events {
	t.Helper()
	e, err := notify.New(notify.Config{
		REST: rest.New(rest.Config{Generation: rest.OnlyV1, Transport: &office{}}), Bus: b, Store: elsewhere{}, Via: notify.Webhook,
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(e.Close)
	return e
}

// subscribe returns who reads what happens in an account from now on, or behind an entry.
func subscribe(t *testing.T, e *notify.Events, account, after string) *notify.Reader {
	t.Helper()
	r, err := e.Subscribe(t.Context(), notify.Subscription{Account: account, After: after})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(r.Close)
	return r
}

// take reads until all of what is wanted has been read.
func take(t *testing.T, r *notify.Reader, last ...string) (all []notify.Entry) {
	ctx := within(t, 30*time.Second)
	for left := len(last); left > 0; {
		e, err := r.Next(ctx)
		if err != nil {
			t.Errorf("after %d entries: %v", len(all), err)
			return all
		}
		all = append(all, *e)
		if slices.Contains(last, e.UUID) {
			left--
		}
	}
	return all
}

// What is told to any of two replicas, or to both at once, every subscriber of either is told
// once, and all in one order.
func testHubs(t *testing.T, open buses, account string) {
	const told = 400
	ways := []notify.Bus{open(t), open(t)}
	replicas := []*notify.Events{newEvents(t, open(t)), newEvents(t, open(t))}
	publish(t, ways[0], account, 0, happened(0))
	start := readPage(t, ways[1], account, notify.Position{}, 1).End
	var publishers, readers sync.WaitGroup
	got := make([][]notify.Entry, 6)
	for i := range got {
		r := subscribe(t, replicas[i%2], account, start.String())
		readers.Go(func() { got[i] = take(t, r, "last") })
	}
	for p := range 4 {
		publishers.Go(func() {
			for n := 1; n < told; n++ {
				if n%4 == p || n%3 == 0 { // a third of them is told to all
					if _, err := ways[p%2].Publish(t.Context(), account, happened(n)); err != nil {
						t.Error(err)
					}
				}
			}
		})
	}
	publishers.Wait()
	publish(t, ways[0], account, 0, notify.Event{UUID: "last"})
	readers.Wait()
	all := readAll(t, ways[0], account, start)
	if len(all) != told {
		t.Fatalf("%d entries were written, want %d", len(all), told)
	}
	for i := range got {
		if !slices.EqualFunc(got[i], all, func(a, b notify.Entry) bool { return a.Position == b.Position && a.UUID == b.UUID }) {
			t.Errorf("reader %d was told %d entries, want the %d of the log in their order", i, len(got[i]), len(all))
		}
	}
}

// Redis is killed and begins anew, empty, while things happen: nobody is told anything twice,
// and where something is missing there is a gap.
func TestEventsWhileRedisDies(t *testing.T) {
	const account = "1"
	redis := redistest.Start(t)
	open := func() notify.Bus { return openBus(t, redis.URL, nil) }
	replicas := []*notify.Events{newEvents(t, open()), newEvents(t, open())}
	publish(t, open(), account, 0, notify.Event{UUID: "first"})
	got := make([][]notify.Entry, 4)
	var publishers, readers sync.WaitGroup
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	for i := range got {
		r := subscribe(t, replicas[i%2], account, "")
		readers.Go(func() { got[i] = take(t, r, "0-last", "1-last") })
	}
	for p := range 2 {
		b := open()
		publishers.Go(func() {
			for n := 0; ctx.Err() == nil; n++ {
				insist(t, b, account, fmt.Sprintf("%d-%d", p, n))
				time.Sleep(time.Millisecond)
			}
			insist(t, b, account, fmt.Sprintf("%d-last", p))
		})
	}
	time.Sleep(300 * time.Millisecond)
	for range 2 {
		redis.Stop()
		time.Sleep(100 * time.Millisecond)
		redis.Restart()
		time.Sleep(1500 * time.Millisecond)
	}
	stop()
	publishers.Wait()
	readers.Wait()
	for i, entries := range got {
		wantNoHole(t, i, entries)
	}
}

// insist publishes an event until it has been written, as RingCentral does.
func insist(t *testing.T, b notify.Bus, account, uuid string) {
	for {
		_, err := b.Publish(t.Context(), account, notify.Event{UUID: uuid, Kind: notify.Number})
		if err == nil || t.Context().Err() != nil {
			return
		}
		time.Sleep(5 * time.Millisecond)
	}
}

// wantNoHole wants what each publisher wrote to be there once and in order, but where there is
// a gap.
func wantNoHole(t *testing.T, reader int, entries []notify.Entry) {
	t.Helper()
	gaps := 0
	next := map[string]int{}
	seen := map[notify.Position]bool{}
	for _, e := range entries {
		if seen[e.Position] {
			t.Errorf("reader %d: %s was told twice", reader, e.Position)
		}
		seen[e.Position] = true
		if e.Kind == notify.Gap {
			gaps++
			clear(next)
			continue
		}
		var n int
		publisher, digits, _ := strings.Cut(e.UUID, "-")
		if _, err := fmt.Sscan(digits, &n); err != nil {
			continue // the last one
		}
		if want, known := next[publisher]; known && n != want {
			t.Errorf("reader %d: %s at %s, want %d, or a gap", reader, e.UUID, e.Position, want)
		}
		next[publisher] = n + 1
	}
	if gaps == 0 || len(entries) < 100 {
		t.Errorf("reader %d: %d gaps in %d entries", reader, gaps, len(entries))
	}
}
