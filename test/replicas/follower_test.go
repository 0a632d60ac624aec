package replicas_test

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

const followed = `subscription ($after: ID) { accountEvents(after: $after) {
	__typename id timestamp gap } }`

// told is an event that a follower was told.
type told struct {
	Type      string    `json:"__typename"`
	ID        string    `json:"id"`
	Timestamp time.Time `json:"timestamp"`
	Reason    string    `json:"gap"`
}

func (e told) gap() bool { return e.Type == "EventGap" }

// follower is a client that comes back, to the next gateway, with the id of the last event.
type follower struct {
	name string

	mu     sync.Mutex
	told   []told
	ends   map[string]int // how often it was ended, by why
	latest time.Time
}

// follow has a client follow what happens until the test ends.
func (f *farm) follow(t *testing.T, w way, at int) *follower {
	l := &follower{name: fmt.Sprintf("%s, at gateway %d first", w, at), ends: map[string]int{}}
	ctx, cancel := context.WithCancel(context.Background())
	var done sync.WaitGroup
	done.Go(func() {
		for ; ctx.Err() == nil; at++ {
			err := w.listen(ctx, f.gateways[at%len(f.gateways)].URL, subscription{query: followed, after: l.after()}, l.note)
			l.ended(err)
			time.Sleep(20 * time.Millisecond)
		}
	})
	t.Cleanup(func() {
		cancel()
		done.Wait()
	})
	return l
}

// note takes an answer.
func (l *follower) note(a answer) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, e := range a.Errors {
		l.ends[e.Extensions.Code+": "+e.Message]++
	}
	var d struct{ AccountEvents *told }
	if json.Unmarshal(a.Data, &d) == nil && d.AccountEvents != nil {
		l.told = append(l.told, *d.AccountEvents)
		if at := d.AccountEvents.Timestamp; !d.AccountEvents.gap() && at.After(l.latest) {
			l.latest = at
		}
	}
}

func (l *follower) ended(err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	text, _, _ := strings.Cut(err.Error(), ": ")
	l.ends[text]++
}

// after is the id of the last event; "" for none.
func (l *follower) after() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.told) == 0 {
		return ""
	}
	return l.told[len(l.told)-1].ID
}

// newest is when the newest thing happened of which it was told.
func (l *follower) newest() time.Time {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.latest
}

// endings is how often it was ended.
func (l *follower) endings() (n int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, times := range l.ends {
		n += times
	}
	return n
}

// crowd is all who follow.
type crowd []*follower

// crowd has clients of both kinds follow at each gateway, and things happen once all do.
func (f *farm) crowd(t *testing.T) (c crowd, w *world) {
	t.Helper()
	for i := range f.gateways {
		c = append(c, f.follow(t, socket, i), f.follow(t, stream, i))
	}
	f.running()
	f.wait(10*time.Second, "all listen", func() bool { return f.subscribers() == len(c) })
	w = f.happen(t)
	c.toldAgain(f, "all began")
	return c, w
}

// toldAgain waits until all are told of what happens from now on, and returns how long that took.
func (c crowd) toldAgain(f *farm, step string) time.Duration {
	f.t.Helper()
	began := time.Now()
	for _, l := range c {
		f.wait(time.Minute, step+": "+l.name+" is told again", func() bool { return l.newest().After(began) })
	}
	return time.Since(began)
}

// check ends what happens, and looks what all were told of it.
func (c crowd) check(f *farm, w *world) {
	f.t.Helper()
	c.toldAgain(f, "before the end")
	w.stop()
	time.Sleep(2 * time.Second) // the last of what has to be told again
	happened := w.ledger()
	for _, l := range c {
		l.check(f.t, happened)
	}
}

// ledger is when what happened did, oldest first.
type ledger []time.Time

// lateness is how much earlier than others something may have happened that is told after them:
// what a webhook was told in vain is told again.
const lateness = 5 * time.Second

// check holds what a client was told against what happened: nothing twice, and for all that it
// was not told a gap, before what happened later.
func (l *follower) check(t *testing.T, happened ledger) {
	t.Helper()
	l.mu.Lock()
	defer l.mu.Unlock()
	ids, times := map[string]bool{}, map[int64]string{}
	gaps, twice, unknown := map[string]int{}, 0, 0
	for _, e := range l.told {
		if ids[e.ID] {
			t.Errorf("%s: event %s twice", l.name, e.ID)
		}
		ids[e.ID] = true
		if e.gap() {
			gaps[e.Reason]++
			continue
		}
		at := e.Timestamp.UnixMilli()
		if before := times[at]; before != "" {
			if twice++; twice < 4 {
				t.Errorf("%s: what happened at %v is event %s, and %s again", l.name, e.Timestamp.Format("05.000"), before, e.ID)
			}
		}
		times[at] = e.ID
		if _, found := slices.BinarySearchFunc(happened, e.Timestamp, time.Time.Compare); !found {
			unknown++
		}
	}
	lost, silently := 0, 0
	for _, at := range happened {
		if times[at.UnixMilli()] != "" {
			continue
		}
		lost++
		if !l.excused(at) {
			if silently++; silently < 4 {
				t.Errorf("%s: what happened at %v was lost without a gap", l.name, at.Format("05.000"))
			}
		}
	}
	if len(times) < len(happened)/5 {
		t.Errorf("%s was told only %d of %d", l.name, len(times), len(happened))
	}
	if twice+unknown+silently > 0 {
		t.Errorf("%s: of %d events %d twice, %d that never happened, %d lost silently", l.name, len(happened), twice, unknown, silently)
	}
	t.Logf("%s: of %d events told %d, lost %d, gaps %v, ended %v", l.name, len(happened), len(times), lost, gaps, l.ends)
}

// excused says whether a gap stands for what happened at a time.
func (l *follower) excused(at time.Time) bool {
	for _, e := range l.told {
		switch {
		case e.gap() && !e.Timestamp.Before(at):
			return true
		case !e.gap() && e.Timestamp.After(at.Add(lateness)):
			return false
		}
	}
	return false
}
