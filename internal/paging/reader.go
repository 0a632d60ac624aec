package paging

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"sync"

	"github.com/ringql/ringql/internal/rest"
)

// view is a run of rows of a list as they were at one time.
type view[T any] struct {
	list  *List[T]
	rows  []T
	from  int
	total *int
	last  bool // no rows follow

	once  sync.Once
	names []string // the rows' ids, once asked for: fields are resolved side by side
}

func (v *view[T]) to() int { return v.from + len(v.rows) }

func (v *view[T]) ids() []string {
	v.once.Do(func() {
		v.names = make([]string, len(v.rows))
		for i := range v.rows {
			v.names[i] = v.list.ID(&v.rows[i])
		}
	})
	return v.names
}

// end returns how long the list is, as far as its rows can be read.
func (v *view[T]) end() (int, error) {
	switch {
	case v.last && (len(v.rows) > 0 || v.total == nil):
		return v.to(), nil
	case v.total != nil:
		return min(*v.total, mostRows), nil // a page past the end does not show where that is
	}
	return 0, ErrNoTotal
}

// clip brings an index down to the list's end, where v shows it.
func (v *view[T]) clip(i int) int {
	if v.last {
		return min(i, v.to())
	}
	return i
}

// holds says whether v shows all of rows [lo, hi).
func (v *view[T]) holds(lo, hi int) bool {
	return lo >= hi || lo >= v.from && hi <= v.to()
}

func (v *view[T]) slice(l *List[T], lo, hi int) *Slice[T] {
	s := &Slice[T]{From: lo, Total: v.total, More: !v.last || hi < v.to(), list: l, view: v}
	if lo < hi {
		s.Rows = v.rows[lo-v.from : hi-v.from]
	}
	return s
}

// reader reads windows of one list for one Slice.
type reader[T any] struct {
	list  *List[T]
	most  int       // rows per page that the upstream gives
	fresh bool      // the list was seen to move: pages that someone remembers are of no use
	asked []page    // the pages read so far
	probe bool      // only the total is asked for: a smaller page that tells it does
	spare *spare[T] // the page that showed that the upstream gives smaller ones
}

// spare is a page that came smaller than asked for, as what it is.
type spare[T any] struct {
	page page
	view *view[T]
}

// errSmaller means that the upstream gives smaller pages than asked for.
var errSmaller = fmt.Errorf("%w: pages that get smaller and smaller", rest.ErrInvalid)

// errMoved means that the list moved between two requests.
var errMoved = errors.New("the list moved")

// read returns a view that holds rows [from, to), as far as the list has them:
// one page where one covers them, else two, and more only where the upstream gives
// smaller pages.
func (r *reader[T]) read(ctx context.Context, from, to int) (*view[T], error) {
	for range attempts {
		v, err := r.try(ctx, from, to)
		if !errors.Is(err, errSmaller) && !errors.Is(err, errMoved) {
			return v, err
		}
		r.fresh = r.fresh || errors.Is(err, errMoved)
	}
	return nil, fmt.Errorf("%w: %s does not hold still", rest.ErrInvalid, r.list.Name())
}

func (r *reader[T]) try(ctx context.Context, from, to int) (*view[T], error) {
	if from >= mostRows {
		// Beyond the last row that the upstream numbers: nothing can be there.
		return &view[T]{list: r.list, from: from, last: true}, nil
	}
	to = min(to, mostRows)
	if p, ok := single(from, to, r.most); ok {
		return r.page(ctx, p)
	}
	a, b, ok := page{}, page{}, false
	if r.most == rest.MostPerPage {
		a, b, ok = pair(from, to, r.most)
	}
	if !ok {
		return r.chain(ctx, from, to)
	}
	first, err := r.page(ctx, a)
	if err != nil || first.last {
		return first, err
	}
	second, err := r.page(ctx, b)
	if err != nil {
		return nil, err
	}
	return join(first, second)
}

// page reads one page. One that contradicts itself may have been counted before the
// list moved and read after: it is read once more, and then it is the upstream's fault
// and ends the matter. A smaller page than asked for is some other page of the list:
// it will do where the list ends with it.
func (r *reader[T]) page(ctx context.Context, p page) (*view[T], error) {
	if s := r.spare; s != nil && s.page == p && !r.fresh {
		return s.view, nil
	}
	got, end, err := r.fetch(ctx, p)
	if errors.Is(err, errContradicts) {
		r.fresh = true
		got, end, err = r.fetch(ctx, p)
	}
	if err != nil {
		return nil, err
	}
	applied := page{p.number, got.Size(p.size)}
	v := &view[T]{list: r.list, rows: got.Records, from: applied.from(), total: got.Paging.TotalElements}
	v.last = end || applied.to() >= mostRows
	if applied == p {
		return v, nil
	}
	r.most = applied.size
	if v.last || r.probe && v.total != nil {
		return v, nil
	}
	r.spare = &spare[T]{applied, v}
	return nil, errSmaller
}

// errContradicts means that a page contradicts itself or the request.
var errContradicts = errors.New("a page that contradicts itself")

// fetch asks for one page, and says whether no rows follow it. Whoever remembers
// pages must not give one again that this reader has had: it asks again because that
// one did not do.
func (r *reader[T]) fetch(ctx context.Context, p page) (got *rest.Page[T], end bool, err error) {
	if r.fresh || slices.Contains(r.asked, p) {
		ctx = rest.Fresh(ctx)
	}
	if len(r.asked) == mostCalls {
		return nil, false, fmt.Errorf("%w: %s does not hold still within %d pages", rest.ErrInvalid, r.list.Name(), mostCalls)
	}
	r.asked = append(r.asked, p)
	got, err = r.list.Fetch(ctx, p.number, p.size)
	if err != nil {
		return nil, false, err
	}
	if end, err = got.End(p.number, p.size); err != nil {
		return nil, false, fmt.Errorf("%w: %s: %w", errContradicts, r.list.Name(), err)
	}
	return got, end, nil
}

// join puts two overlapping views together at the last row that both show, so
// that rows which came or went between the two requests neither hide nor double
// a row that was there throughout.
func join[T any](a, b *view[T]) (*view[T], error) {
	at := make(map[string]int, len(b.rows))
	for j, id := range b.ids() {
		at[id] = j
	}
	ids := a.ids()
	for i, id := range slices.Backward(ids) {
		j, both := at[id]
		if !both {
			continue
		}
		shown := make(map[string]bool, i+1)
		for _, id := range ids[:i+1] {
			shown[id] = true
		}
		v := &view[T]{list: a.list, from: a.from, last: b.last}
		v.rows, v.names = append(v.rows, a.rows[:i+1]...), append(v.names, ids[:i+1]...)
		for k := j + 1; k < len(b.rows); k++ {
			if id := b.ids()[k]; !shown[id] {
				v.rows, v.names = append(v.rows, b.rows[k]), append(v.names, id)
			}
		}
		v.once.Do(func() {}) // the names are there
		if b.total != nil {  // what follows b, counted from where this view sees it
			v.total = new(v.to() + *b.total - b.to())
		}
		return v, nil
	}
	return nil, errMoved
}

// locate finds where the row of c is now: in v, else in its neighbourhood, which
// shows a later state of the list than v does. A cursor that only limits the
// window, and lies beyond it, is not looked for.
func (r *reader[T]) locate(ctx context.Context, v *view[T], c *cursor, limits bool, argument string) (g gap, inView bool, err error) {
	if g, sure := c.find(v.ids(), v.from == 0, v.last); sure {
		return g.shift(v.from), true, nil
	}
	if limits && c.offset >= v.to() {
		return gap{math.MaxInt, math.MaxInt}, true, nil
	}
	if limits && c.offset < v.from {
		return gap{}, true, nil
	}
	r.fresh = true
	err = errSmaller
	for n := 0; n < attempts && errors.Is(err, errSmaller); n++ {
		g, err = r.search(ctx, v, c) // with the pages that the upstream gives
	}
	if errors.Is(err, errMoved) {
		err = &Error{argument, "names a place that is lost: its row is gone, and so are its neighbours; list again from the start"}
	}
	return g, false, err
}

// search reads the largest pages around the place where c's row was. When the row
// is in none of them it is gone, and c becomes a cursor to its nearest neighbour.
func (r *reader[T]) search(ctx context.Context, v *view[T], c *cursor) (gap, error) {
	center := c.offset
	if v.total != nil {
		center = min(center, max(0, *v.total-1))
	}
	number := center/r.most + 1
	if number > rest.MostPages {
		return gap{}, r.invalid(center, center+1, "are out of reach of")
	}
	var stand *cursor
	for _, n := range []int{number, number + 1, number - 1} {
		if n < 1 || n > rest.MostPages {
			continue
		}
		near, err := r.page(ctx, page{n, r.most})
		if err != nil {
			return gap{}, err
		}
		ids := near.ids()
		g, sure := c.find(ids, near.from == 0, near.last)
		if sure && slices.Contains(ids, c.id) {
			return g.shift(near.from), nil
		}
		if s, found := c.standIn(ids, near.from); found && (sure || stand == nil) {
			stand = &s
		}
		if sure || n == 1 && near.last {
			break // it is not there, or this was the whole list
		}
	}
	if stand == nil {
		return gap{}, errMoved
	}
	*c = *stand
	if c.side == behind {
		return gap{c.offset + 1, c.offset + 1}, nil
	}
	return gap{c.offset, c.offset}, nil
}
