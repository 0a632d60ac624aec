package sim

import (
	"cmp"
	"slices"
)

// Spent is what one program has sent for one person in one group. Programs are told apart by their User-Agent: two that share a
// person's budget are otherwise alike.
type Spent struct {
	Person, Client, Group, Program string

	Accepted int // calls within the limits
	Refused  int // calls answered with 429 by a limit
	Blind    int // those of them that came during a penalty that only other programs had been told of
	Inside   int // those that came during one that this program had been told of
}

// Spent lists what has been sent so far. What is refused with a Fault alone counts as accepted.
func (s *Server) Spent() []Spent {
	l := &s.limiter
	l.mu.Lock()
	defer l.mu.Unlock()
	out := make([]Spent, 0, len(l.book))
	for p, t := range l.book {
		out = append(out, Spent{formatID(p.person), p.client, p.group, p.name, t.accepted, t.refused, t.blind, t.inside})
	}
	slices.SortFunc(out, func(a, b Spent) int {
		return cmp.Or(cmp.Compare(a.Person, b.Person), cmp.Compare(a.Client, b.Client), cmp.Compare(a.Group, b.Group), cmp.Compare(a.Program, b.Program))
	})
	return out
}

type program struct {
	spender
	name string
}

type tally struct{ accepted, refused, blind, inside int }

// maxPrograms bounds the memory of a server that runs for days.
const maxPrograms = 100_000

func (l *limiter) note(p program, c charge) {
	l.mu.Lock()
	defer l.mu.Unlock()
	t := l.book[p]
	if t == nil {
		if len(l.book) == maxPrograms {
			return
		}
		t = &tally{}
		l.book[p] = t
	}
	if c.retryAfter == 0 {
		t.accepted++
		return
	}
	t.refused++
	switch c.meets {
	case blind:
		t.blind++
	case inside:
		t.inside++
	case outside: // it went over the limit
	}
}
