package rest

import (
	"context"
	"fmt"
	"iter"
)

// End says whether no rows follow p, which was asked for as page number of perPage
// rows. The error says that p contradicts itself or the request: reading on would
// lose or double rows.
func (p *Page[T]) End(number, perPage int) (end bool, err error) {
	size := p.Size(perPage)
	to := (number-1)*size + len(p.Records)
	total, next := p.Paging.TotalElements, p.Navigation != nil && p.Navigation.NextPage != nil
	follow := next || total != nil && *total > to
	switch {
	case p.Paging.Page != 0 && p.Paging.Page != number:
		return false, fmt.Errorf("%w: page %d in place of page %d", ErrInvalid, p.Paging.Page, number)
	case len(p.Records) > size:
		return false, fmt.Errorf("%w: %d rows on a page of %d", ErrInvalid, len(p.Records), size)
	case total != nil && (*total < 0 || *total > mostTotal || len(p.Records) > 0 && *total < to):
		return false, fmt.Errorf("%w: %d rows in all, and %d until page %d", ErrInvalid, *total, to, number)
	case follow && len(p.Records) < size:
		return false, fmt.Errorf("%w: %d rows on a page of %d, and others follow", ErrInvalid, len(p.Records), size)
	case follow:
		return false, nil
	}
	return total != nil || p.Navigation != nil || len(p.Records) < size, nil
}

// Size is how many rows the page holds at most: fewer than the perPage asked for
// where the upstream says so.
func (p *Page[T]) Size(perPage int) int {
	if applied := p.Paging.PerPage; applied < perPage && applied > 0 && applied >= len(p.Records) {
		return applied
	}
	return perPage
}

// mostTotal is more than any list is long: the upstream numbers 1,000 pages.
const mostTotal = 1 << 30

// Pages reads a list from its start, one large page after another, until its end. An
// error ends it, and so does a list that has none. The same row may come twice, and
// one be missed, when the list moves meanwhile: the upstream has no snapshots.
func Pages[T any](ctx context.Context, id func(*T) string, fetch func(ctx context.Context, page, perPage int) (*Page[T], error)) iter.Seq2[*Page[T], error] {
	return func(yield func(*Page[T], error) bool) {
		size, before := MostPerPage, ""
		for number := 1; number <= MostPages; number++ {
			p, err := fetch(ctx, number, size)
			if err != nil {
				yield(nil, err)
				return
			}
			if number == 1 {
				size = p.Size(size)
			}
			end, err := p.End(number, size)
			if len(p.Records) > 0 && err == nil {
				again := id(&p.Records[0])
				if again == before || p.Size(size) < size {
					err = fmt.Errorf("%w: page %d is the one before again, or of another size", ErrInvalid, number)
				}
				before = again
			}
			if err != nil {
				yield(nil, err)
				return
			}
			if !yield(p, nil) || end {
				return
			}
		}
		yield(nil, fmt.Errorf("%w: a list of more than %d pages", ErrInvalid, MostPages))
	}
}
