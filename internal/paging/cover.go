package paging

// mostPages is the highest page number the upstream serves.
const mostPages = 1000

// page is one numbered page of a list: rows [from, to).
type page struct{ number, size int }

func (p page) from() int { return (p.number - 1) * p.size }
func (p page) to() int   { return p.number * p.size }

// single returns the smallest page that holds rows [from, to), for pages of at
// most most rows.
func single(from, to, most int) (page, bool) {
	for size := max(to-from, 1); size <= most; size++ {
		p := page{from/size + 1, size}
		if p.to() >= to && p.number <= mostPages {
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
		if second.number > mostPages {
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
