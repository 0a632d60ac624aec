package bench

import (
	"cmp"
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/ringql/ringql/internal/sim"
)

// due are the bounds of a scene.
type due struct {
	share   float64 // of the allowed calls that are used at least, in percent
	inside  int     // calls that come in a penalty
	most    int     // 429 of one person and group
	starved int     // waiters who wait in vain though a later one goes
	early   float64 // calls that are refused though a later one goes, in percent of those that go
}

// unknowable is a bound that cannot be: only a call finds out about the penalty of another,
// more may be under way then, and who was told to come again before was told wrong.
const unknowable = -1

// judge prints the figures of a scene beside what is due.
func (s *scene) judge(t *testing.T, d due) {
	t.Helper()
	var r report
	sum, waited, told := s.sum(ours, ""), 0, 0
	for _, line := range s.lines() {
		w, t := passedOver(line)
		waited, told = waited+w, told+t
	}
	r.perhapsAtMost("calls inside a penalty", sum.Inside+sum.Blind, d.inside)
	r.exactly("  sent though a 429 had told of it", s.told.knowing, 0)
	r.perhapsAtMost("429 of one person and group", s.most(), d.most)
	r.tell("  in all", "%d, the other program %d", sum.Refused, s.sum(theirs, "").Refused)
	r.share("allowed calls used", float64(sum.Accepted), s.allowed(""), d.share)
	for _, g := range groups {
		name := string(g.group)
		r.tell("  "+name, "%.1f %%", 100*float64(s.sum(ours, name).Accepted)/s.allowed(name))
	}
	r.perhapsAtMost("waiters starved", waited, d.starved)
	if early := "  refused though a later one went"; d.early == unknowable {
		r.tell(early, "%d", told)
	} else {
		r.below(early, told, sum.Accepted, d.early)
	}
	s.waits(&r)
	r.tell("calls in all", "%d of %d wanted", sum.Accepted+sum.Refused, len(s.waiters))
	r.exactly("other answers", s.others(), 0)
	r.print(t)
}

// most returns how many 429 the person and group got that got the most.
func (s *scene) most() (n int) {
	for _, p := range s.spent {
		if p.Program == ours {
			n = max(n, p.Refused)
		}
	}
	return n
}

// sum adds up what a program has spent since the start, in one group or in all.
func (s *scene) sum(program, group string) (out sim.Spent) {
	for sign, list := range map[int][]sim.Spent{1: s.spent, -1: s.before} {
		for _, p := range list {
			if p.Program == program && (group == "" || group == p.Group) {
				out.Accepted += sign * p.Accepted
				out.Refused += sign * p.Refused
				out.Blind += sign * p.Blind
				out.Inside += sign * p.Inside
			}
		}
	}
	return out
}

// allowed is how many calls the other program and penalties left to us.
func (s *scene) allowed(group string) float64 {
	n := 0
	for _, g := range groups {
		if group == "" || group == string(g.group) {
			n += g.limit*s.minutes*s.people - s.lost[string(g.group)]
		}
	}
	return float64(n - s.sum(theirs, group).Accepted)
}

// lines returns the waiters by the budget that they wait for.
func (s *scene) lines() map[budgetOf][]*waiter {
	lines := map[budgetOf][]*waiter{}
	for _, w := range s.waiters {
		b := budgetOf{0, w.person, w.group}
		lines[b] = append(lines[b], w)
	}
	return lines
}

// inTime is how long before its deadline a waiter could have been sent to be of use.
const inTime = time.Second

// passedOver counts those who were not sent, but would have been if everyone had stood in
// one line: the calls that were sent are dealt out anew, first come first served. Some
// waited for it until their time was up, and others were told before that it would be.
func passedOver(line []*waiter) (waited, told int) {
	line = slices.SortedFunc(slices.Values(line), func(a, b *waiter) int { return cmp.Compare(a.place(), b.place()) })
	sent := slices.DeleteFunc(slices.Clone(line), func(w *waiter) bool { return w.sent == 0 })
	slices.SortFunc(sent, func(a, b *waiter) int { return cmp.Compare(a.sent, b.sent) })
	for _, call := range sent {
		i := slices.Index(line, call)
		if call.sent < call.deadline-inTime { // else nobody else is worse off for its try
			i = slices.IndexFunc(line, func(w *waiter) bool { return w.came <= call.sent && call.sent < w.deadline-inTime })
		}
		if i < 0 {
			continue // it went twice
		}
		switch w := line[i]; {
		case w.sent > 0:
		case w.ended < w.deadline-inTime:
			told++
		default:
			waited++
		}
		line = slices.Delete(line, i, i+1)
	}
	return waited, told
}

// waits tells how long people of each priority waited.
func (s *scene) waits(r *report) {
	for _, bulk := range []bool{false, true} {
		var sum, longest time.Duration
		n := 0
		for _, w := range s.waiters {
			if w.bulk == bulk && w.sent > 0 {
				n++
				sum += w.sent - w.came
				longest = max(longest, w.sent-w.came)
			}
		}
		if n > 0 {
			r.tell("wait of "+map[bool]string{false: "interactive", true: "bulk"}[bulk],
				"mean %s, longest %s, of %d sent", short(sum/time.Duration(n)), short(longest), n)
		}
	}
}

// others counts answers that no gateway should have brought about.
func (s *scene) others() (n int) {
	for _, w := range s.waiters {
		if w.status != 0 && w.status != http.StatusOK && w.status != http.StatusTooManyRequests {
			n++
		}
	}
	return n
}
