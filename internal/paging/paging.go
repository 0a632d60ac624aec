// Package paging turns windows of a list into the upstream's numbered pages and
// back: it chooses the pages, names rows by cursors that survive rows coming and
// going, and finds a cursor's row again when it has moved. It must not know what
// the rows are, nor GraphQL.
package paging

import (
	"context"
	"errors"
	"fmt"
	"math"

	"github.com/ringql/ringql/internal/rest"
)

// ErrInput is the class of faults in the arguments of a list.
var ErrInput = errors.New("bad list arguments")

// Error says which argument of a list is at fault and why.
type Error struct{ Argument, Reason string }

func (e *Error) Error() string { return e.Argument + ": " + e.Reason }

// Is makes every Error an ErrInput.
func (e *Error) Is(target error) bool { return target == ErrInput }

// ErrNoTotal means that a list can only be read from its start, since the
// upstream does not tell how long it is.
var ErrNoTotal = errors.New("the upstream does not tell how long the list is")

// Args are the Relay arguments of a list.
type Args struct {
	First, Last   *int
	After, Before *string
}

// DefaultSize is how many rows come when neither first nor last is given.
const DefaultSize = 100

// List is a list that the upstream serves by numbered pages.
type List[T any] struct {
	Name  func() string   // which list and filter; a cursor of another is refused
	ID    func(*T) string // the row's id
	Fetch func(ctx context.Context, page, perPage int) (*rest.Page[T], error)
	Most  int // rows the gateway gives at once; zero means rest.MostPerPage

	// Total tells how long the list was lately, if that is known: its end is then looked for
	// there at once. Nil means that nobody knows.
	Total func() (n int, known bool)
}

// known is how long the list is thought to be; -1 if nobody knows.
func (l *List[T]) known() int {
	if l.Total != nil {
		if n, ok := l.Total(); ok {
			return n
		}
	}
	return -1
}

// Slice is a window of a list.
type Slice[T any] struct {
	Rows  []T
	From  int  // how many rows of the list come before
	Total *int // rows of the whole list; nil when the upstream does not tell
	More  bool // whether rows follow

	list *List[T]
	view *view[T]
}

// Cursor names the i-th row of s.
func (s *Slice[T]) Cursor(i int) string {
	ids, at := s.view.ids(), s.From-s.view.from+i
	c := cursor{list: tag(s.list.Name()), offset: s.From + i, id: ids[at]}
	for j := at - 1; j >= max(0, at-near); j-- {
		c.before = append(c.before, ids[j])
	}
	for j := at + 1; j < min(len(ids), at+1+near); j++ {
		c.after = append(c.after, ids[j])
	}
	return c.String()
}

// bounds are checked Args.
type bounds struct {
	size          int
	backward      bool
	after, before *cursor
}

// Check tells what is wrong with a before anything is fetched.
func (l *List[T]) Check(a Args) error {
	_, err := l.bounds(a)
	return err
}

func (l *List[T]) bounds(a Args) (bounds, error) {
	b, err := a.bounds(l.Most)
	if err != nil {
		return b, err
	}
	for _, c := range []struct {
		argument string
		text     *string
		into     **cursor
	}{{"after", a.After, &b.after}, {"before", a.Before, &b.before}} {
		if c.text == nil {
			continue
		}
		parsed, ok := parseCursor(*c.text, l.Name())
		if !ok {
			return b, &Error{c.argument, "is not a cursor of this list and filter"}
		}
		*c.into = &parsed
	}
	return b, nil
}

// bounds returns what a asks for but for its cursors.
func (a Args) bounds(most int) (bounds, error) {
	if most == 0 {
		most = rest.MostPerPage
	}
	most = min(most, rest.MostPerPage)
	b := bounds{size: min(DefaultSize, most)}
	argument := "first"
	switch {
	case a.First != nil && a.Last != nil:
		return b, &Error{"last", "cannot be given together with first"}
	case a.First != nil:
		b.size = *a.First
	case a.Last != nil:
		b.size, b.backward, argument = *a.Last, true, "last"
	}
	if b.size < 0 {
		return b, &Error{argument, "must not be negative"}
	}
	if b.size > most {
		return b, &Error{argument, fmt.Sprintf("must be at most %d", most)}
	}
	return b, nil
}

// attempts bounds how often a list that moves is read again.
const attempts = 5

// slack is how many rows more are read on both sides once the list was seen to
// move: it may go on moving.
const slack = 16

// Slice returns the rows that a asks for. Rows that cursors name are read along
// with them, for they show whether the list has moved.
func (l *List[T]) Slice(ctx context.Context, a Args) (*Slice[T], error) {
	b, err := l.bounds(a)
	if err != nil {
		return nil, err
	}
	r := &reader[T]{list: l, most: rest.MostPerPage, probe: b.fromEnd()}
	from, to := b.guess(l.known())
	for n := range attempts {
		v, err := r.read(ctx, from, to)
		if err != nil {
			return nil, err
		}
		if b.fromEnd() && from > 0 && len(v.rows) == 0 { // the list is shorter than it was
			from, to = b.guess(or(v.total, -1))
			continue
		}
		lo, hi, inView, err := place(ctx, r, b, v)
		if err != nil {
			return nil, err
		}
		if inView && v.holds(lo, hi) {
			return v.slice(l, lo, hi), nil
		}
		r.probe = false
		// The first read for the list's end only tells where that is. Rows that are not
		// where they are looked for have moved.
		r.fresh = r.fresh || n > 0 || !b.fromEnd()
		from, to = b.around(lo, hi)
		from, to = max(0, from-slack), to+slack
	}
	return nil, &Error{b.argument(), "cannot be followed: the list changes faster than it can be read; try again"}
}

// argument names the argument that a fault of the list's movement is about.
func (b bounds) argument() string {
	if b.backward {
		return "before"
	}
	return "after"
}

// FirstPage returns the page that Slice reads first for a, so that it can be asked
// for beforehand, of a list whose Most is most. There is none for arguments that
// Slice refuses, and it is not known for arguments with cursors.
func FirstPage(a Args, most int) (number, perPage int, ok bool) {
	b, err := a.bounds(most)
	if err != nil || a.After != nil || a.Before != nil {
		return 0, 0, false
	}
	from, to := b.guess(-1)
	p, ok := single(from, to, rest.MostPerPage)
	return p.number, p.size, ok
}

// Rows is a Fetch over rows that are at hand.
func Rows[T any](rows []T) func(context.Context, int, int) (*rest.Page[T], error) {
	return func(_ context.Context, number, perPage int) (*rest.Page[T], error) {
		return rest.PageOf(rows, number, perPage), nil
	}
}

func or(n *int, other int) int {
	if n == nil {
		return other
	}
	return *n
}

// guess says which rows to read first of a list that is thought to have total rows; -1 for
// nobody knows.
func (b bounds) guess(total int) (from, to int) {
	switch {
	case b.fromEnd() && total >= 0:
		return b.around(total-max(1, b.size), total)
	case b.backward && b.before != nil:
		return b.around(b.before.offset-b.size, b.before.offset)
	case b.fromEnd():
		return 0, rest.MostPerPage // shows how long the list is, and often all of it
	case b.after != nil:
		return b.around(b.after.offset+1, b.after.offset+1+b.size)
	}
	return 0, b.size
}

// fromEnd says whether the window is counted from the list's end.
func (b bounds) fromEnd() bool { return b.backward && b.before == nil }

// around widens [lo, hi) by the rows that the cursors name.
func (b bounds) around(lo, hi int) (from, to int) {
	if b.after != nil {
		lo--
	}
	if b.before != nil && b.backward {
		hi++
	}
	from = max(lo, 0)
	return from, max(hi, from+1)
}

// place says which rows [lo, hi) are asked for, now that v shows where the
// cursors' rows are. They are to be read again when a row was not in v.
func place[T any](ctx context.Context, r *reader[T], b bounds, v *view[T]) (lo, hi int, inView bool, err error) {
	hi, inView = math.MaxInt, true
	if b.fromEnd() {
		if hi, err = v.end(); err != nil {
			return 0, 0, false, err
		}
		if from := max(0, hi-b.size); !v.holds(from, hi) {
			return from, hi, false, nil // what v shows of other rows says nothing about the cursor
		}
	}
	if b.after != nil {
		g, in, err := r.locate(ctx, v, b.after, b.backward, "after")
		if err != nil {
			return 0, 0, false, err
		}
		lo, inView = g.after, in
	}
	if b.before != nil {
		g, in, err := r.locate(ctx, v, b.before, !b.backward, "before")
		if err != nil {
			return 0, 0, false, err
		}
		hi, inView = g.before, inView && in
	}
	if !b.backward {
		return lo, max(lo, min(hi, v.clip(lo+b.size))), inView, nil
	}
	hi = v.clip(hi)
	return min(hi, max(lo, hi-b.size)), hi, inView, nil
}
