package paging

import (
	"context"
	"errors"
	"fmt"

	"github.com/ringql/ringql/internal/rest"
)

// mostChain is how many pages one window may take, and mostCalls how many all
// windows that one Slice tries: who gives smaller pages, of a list that does not hold
// still, does not get more of a person's budget.
const (
	mostChain = 50
	mostCalls = 3 * mostChain
)

// lap is by how many more rows the pages of a chain overlap after two did not meet.
const lap = 4

// chain reads rows [from, to) where the upstream gives pages so small that one does
// not do: each shares rows with those before, to show whether the list has moved.
func (r *reader[T]) chain(ctx context.Context, from, to int) (*view[T], error) {
	if s := r.spare; s != nil && s.view.total != nil && min(to, *s.view.total)-from > mostChain*r.most {
		return nil, r.invalid(from, to, fmt.Sprintf("take more than %d", mostChain)) // without reading them all first
	}
	var v *view[T]
	hold, end, want, overlap, tries := from, from, to, 1, 0
	for range mostChain {
		p, ok := single(hold, want, r.most)
		if !ok {
			p, ok = furthest(hold, end, r.most)
		}
		if !ok {
			return nil, r.invalid(from, to, "are out of reach of overlapping")
		}
		next, err := r.page(ctx, p)
		if err == nil && v != nil {
			next, err = join(v, next)
		}
		if tries++; errors.Is(err, errMoved) && tries < attempts && overlap+lap < r.most {
			// Only this page is read again: what the others show was true when they were read.
			r.fresh = true
			overlap += lap
			hold = max(0, end-overlap)
			continue
		}
		if err != nil || next.last || next.to() >= to {
			return next, err
		}
		// What is wanted lies behind the page by as much as it lacks behind the view, which
		// counts its rows from its own start.
		v, end, tries = next, p.to(), 0
		hold, want = max(0, end-overlap), end+to-v.to()
	}
	return nil, r.invalid(from, to, fmt.Sprintf("take more than %d", mostChain))
}

func (r *reader[T]) invalid(from, to int, what string) error {
	return fmt.Errorf("%w: %s: rows %d to %d %s pages of %d rows", rest.ErrInvalid, r.list.Name(), from, to, what, r.most)
}
