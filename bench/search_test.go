package bench

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// The oracle's search. What a query needs is declared as facts and ways to them; the
// search tries every way of every need with every way of the others, and counts a call
// that serves several needs once.

// call is one request to the upstream: the operation, and what tells it from others.
type call string

func (c call) operation() string {
	name, _, _ := strings.Cut(string(c), " ")
	return name
}

// fact is something that an answer tells, such as "extension 435068008".
type fact string

// want is a fact that a read by ids gives. Several go in one call; none is needed for
// what another call has shown.
type want struct {
	operation string // with what tells its calls from others, such as a filter
	id        string
	fact      fact
}

// way is one way to meet a need.
type way struct {
	calls []call
	wants []want
}

// need is met by any of its ways. What several objects need is told for all of them
// together, and for each.
type need struct {
	ways  []way
	parts []need
}

// problem is all that one query needs.
type problem struct {
	calls []call // whatever else is done
	wants []want
	needs []need
	shows map[call]map[fact]bool // what else a call tells
}

// bill is how many calls of each group something takes.
type bill map[string]int

func (b bill) total() (n int) {
	for _, k := range b {
		n += k
	}
	return n
}

// fits says whether b can be paid in one window.
func (b bill) fits() bool {
	for group, n := range b {
		if n > budgets[group] {
			return false
		}
	}
	return true
}

func (b bill) String() string {
	return fmt.Sprintf("%d/%d/%d", b["light"], b["medium"], b["heavy"])
}

// solution is the cheapest choice of ways.
type solution struct {
	bill  bill
	calls []string // for a person to read
}

// search is one run through all choices.
type search struct {
	*problem
	needs  []need
	chosen map[call]int // how many chosen ways have a call
	wanted [][]want
	bill   bill // of the chosen calls
	best   *solution
}

// solve returns the choice with the fewest calls that fits the budgets; nil when none does.
func (p *problem) solve() *solution {
	whole := p.choose(p.needs, nil)
	if split := p.split(); split != nil {
		return p.choose(split, whole)
	}
	return whole
}

func (p *problem) choose(needs []need, best *solution) *solution {
	s := &search{problem: p, needs: needs, chosen: map[call]int{}, bill: bill{}, best: best}
	s.take(way{p.calls, p.wants})
	s.next(0)
	return s.best
}

func (s *search) take(w way) {
	for _, c := range w.calls {
		if s.chosen[c]++; s.chosen[c] == 1 {
			s.bill[operations[c.operation()].group]++
		}
	}
	s.wanted = append(s.wanted, w.wants)
}

func (s *search) drop(w way) {
	for _, c := range w.calls {
		if s.chosen[c]--; s.chosen[c] == 0 {
			delete(s.chosen, c)
			s.bill[operations[c.operation()].group]--
		}
	}
	s.wanted = s.wanted[:len(s.wanted)-1]
}

// next tries every way of the i-th need. Reads by ids only add to the calls that are
// chosen, so a choice that has as many calls as the best is given up.
func (s *search) next(i int) {
	if !s.bill.fits() || s.best != nil && s.bill.total() >= s.best.bill.total() {
		return
	}
	if i == len(s.needs) {
		s.finish()
		return
	}
	for _, w := range s.needs[i].ways {
		s.take(w)
		s.next(i + 1)
		s.drop(w)
	}
}

// finish counts the reads by ids for what the chosen calls do not show.
func (s *search) finish() {
	var tell []map[fact]bool
	for c := range s.chosen {
		if facts := s.shows[c]; facts != nil {
			tell = append(tell, facts)
		}
	}
	ids := map[string]map[string]bool{}
	for _, ws := range s.wanted {
		for _, w := range ws {
			if slices.ContainsFunc(tell, func(facts map[fact]bool) bool { return facts[w.fact] }) {
				continue
			}
			if ids[w.operation] == nil {
				ids[w.operation] = map[string]bool{}
			}
			ids[w.operation][w.id] = true
		}
	}
	b := maps.Clone(s.bill)
	for operation, set := range ids {
		o := operations[call(operation).operation()]
		b[o.group] += (len(set) + o.ids - 1) / o.ids
	}
	if b.fits() && (s.best == nil || b.total() < s.best.bill.total()) {
		s.best = &solution{b, s.list(ids)}
	}
}

func (s *search) list(ids map[string]map[string]bool) []string {
	var out []string
	for c := range s.chosen {
		out = append(out, string(c))
	}
	for operation, set := range ids {
		out = append(out, fmt.Sprintf("%s of %d", operation, len(set)))
	}
	slices.Sort(out)
	return out
}

// mostParts bounds the needs that are split into those of their parts.
const mostParts = 20

// split has every object choose its way by itself, where they are few enough to try all:
// no mixture of ways is then left out. It is nil when there is nothing to split.
func (p *problem) split() []need {
	var out []need
	did := false
	for _, n := range p.needs {
		if len(n.parts) < 2 || len(n.parts) > mostParts {
			out = append(out, n)
			continue
		}
		out, did = append(out, n.parts...), true
	}
	if !did {
		return nil
	}
	return out
}
