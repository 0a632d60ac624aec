package paging

import "github.com/ringql/ringql/internal/rest"

// mostRows is how many rows of a list the upstream's page numbers reach.
const mostRows = rest.MostPages * rest.MostPerPage

// page is one numbered page of a list: rows [from, to).
type page struct{ number, size int }

func (p page) from() int { return (p.number - 1) * p.size }
func (p page) to() int   { return p.number * p.size }

// single returns the smallest page that holds rows [from, to), for pages of at
// most most rows.
func single(from, to, most int) (page, bool) {
	// Smaller pages than the first would have a number that is not served.
	for size := max(to-from, from/rest.MostPages+1); size <= most; size++ {
		if p := (page{from/size + 1, size}); p.to() >= to {
			return p, true
		}
	}
	return page{}, false
}

// pair returns the two smallest pages that together hold rows [from, to) and
// share at least one row: what both hold tells whether the list moved between
// the two requests.
func pair(from, to, most int) (a, b page, ok bool) {
	best := 2*most + 1
	for size := most; size >= 1; size-- {
		second := page{(to-1)/size + 1, size}
		if second.number > rest.MostPages {
			break // smaller pages only have higher numbers
		}
		// The smallest first page that reaches into the second: it must hold from and
		// the second's first row.
		first, found := single(from, max(second.from(), from)+1, min(most, best-size-1))
		if found {
			a, b, ok, best = first, second, true, first.size+size
		}
	}
	return a, b, ok
}

// furthest returns the page of at most most rows that holds row from and reaches as
// far as can be, but beyond end.
func furthest(from, end, most int) (best page, ok bool) {
	// Smaller pages would have a number that is not served, or could not reach further.
	for size := most; size > from/rest.MostPages && from+size > best.to(); size-- {
		if p := (page{from/size + 1, size}); p.to() > best.to() {
			best = p
		}
	}
	return best, best.to() > end
}
