package notify_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/ringql/ringql/internal/notify"
	"github.com/ringql/ringql/internal/sim"
)

// story is what happened at RingCentral.
type story struct {
	at []time.Time    // when each happening was, in order
	of map[string]int // which one a uuid is of, from 1; 0 for what never happened
}

// of returns the story of a simulator of which it is known when things happened.
func storyOf(s *sim.Server, at []time.Time) *story {
	out := &story{at, map[string]int{}}
	for _, e := range s.Events() {
		out.of[e.UUID] = e.Happening
	}
	return out
}

// verdict is what a story and what a client was told have in common.
type verdict struct {
	told, covered int           // happenings that were told, and those that were not and for which there is a gap
	slowest       time.Duration // from a happening that was not told to the gap
}

// check holds what a client was told behind a position, before anything happened, against the
// story. This is what has to be so:
//
//   - Of each happening it is told once at most, and of nothing that never happened.
//   - The ids are those of the log, one after the other: no entry is left out.
//   - Of each happening it is told, or there is a gap that was begun when it had happened
//     already, and within a time after it. So who looks at the account anew at each gap has seen
//     all that happened; a gap that is older than a happening says nothing of it. What is late,
//     or overtaken, may come at any place, before the gap or behind.
func (s *story) check(from notify.Position, entries []notify.Entry, within time.Duration) (v verdict, err error) {
	places := map[int]notify.Position{}
	var gaps []time.Time
	last := from
	for i := range entries {
		e := &entries[i]
		if want := (notify.Position{Era: last.Era, Number: last.Number + 1}); e.Position != want {
			return v, fmt.Errorf("%s comes after %s", e.Position, last)
		}
		last = e.Position
		if e.Kind == notify.Gap {
			gaps = append(gaps, e.Time)
			continue
		}
		n := s.of[e.UUID]
		if n == 0 {
			return v, fmt.Errorf("%s is uuid %s, which never happened", e.Position, e.UUID)
		}
		if before, twice := places[n]; twice {
			return v, fmt.Errorf("%s is happening %d, which %s was", e.Position, n, before)
		}
		places[n] = e.Position
	}
	v.told = len(places)
	for i, at := range s.at {
		if _, told := places[i+1]; told {
			continue
		}
		took, covered := coveredAfter(gaps, at)
		if !covered || took > within {
			return v, fmt.Errorf("happening %d, at %s, was lost: a gap comes after %s, if at all: %t", i+1, at.Format(time.TimeOnly), took, covered)
		}
		v.covered++
		v.slowest = max(v.slowest, took)
	}
	return v, nil
}

// coveredAfter returns how long after a time the next gap was begun, if there is one. Gaps are
// not always written in the order in which they were begun.
func coveredAfter(gaps []time.Time, at time.Time) (least time.Duration, covered bool) {
	for _, g := range gaps {
		if took := g.Sub(at); took >= 0 && (!covered || took < least) {
			least, covered = took, true
		}
	}
	return least, covered
}

// A check that cannot fail shows nothing.
func TestCheckOfFaults(t *testing.T) {
	t.Parallel()
	noon := time.Date(2026, 1, 1, 12, 0, 0, 0, time.UTC)
	after := func(s int) time.Time { return noon.Add(time.Duration(s) * time.Second) }
	s := &story{[]time.Time{after(1), after(2), after(3)}, map[string]int{"a": 1, "A": 1, "b": 2, "c": 3, "forged": 0}}
	for _, c := range []struct {
		told string // a gap is the second at which it is begun, with a +
		want string
	}{
		{"a b c", ""},
		{"c A b", ""},
		{"a +2 c", ""},
		{"a c +9", ""},
		{"+3", ""},
		{"a b c A", "happening 1, which"},
		{"a b c c", "happening 3, which"},
		{"a b forged c", "never happened"},
		{"a b x c", "never happened"},
		{"a c", "happening 2, at 12:00:02, was lost"},
		{"+1 a c", "happening 2, at 12:00:02, was lost"},
		{"a b", "happening 3, at 12:00:03, was lost"},
		{"a c +99", "after 1m37s"},
		{"a - b c", "E-3 comes after E-1"},
		{"a = b c", "E-1 comes after E-1"},
	} {
		var entries []notify.Entry
		at := notify.Position{Era: "E"}
		for what := range strings.FieldsSeq(c.told) {
			at.Number++
			e := notify.Entry{Position: at, Event: notify.Event{UUID: what, Kind: notify.Number}}
			switch seconds, gap := strings.CutPrefix(what, "+"); {
			case what == "-":
				continue
			case what == "=":
				at.Number -= 2
				entries = append(entries, entries[0])
				continue
			case gap:
				var n int
				_, _ = fmt.Sscan(seconds, &n)
				e.Kind, e.Time = notify.Gap, after(n)
			}
			entries = append(entries, e)
		}
		_, err := s.check(notify.Position{Era: "E"}, entries, time.Minute)
		if got := fmt.Sprint(err); (err == nil) != (c.want == "") || !strings.Contains(got, c.want) {
			t.Errorf("%s: %s, want %q", c.told, got, c.want)
		}
	}
}
