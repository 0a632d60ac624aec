package paging

import "github.com/ringql/ringql/internal/rest"

// Forecast says what Slice will read for some arguments, if the list holds still.
type Forecast struct {
	Pages []Page // that are read, in order
	Rows  int    // how many are shown; the most there may be where Sure is false
	Sure  bool   // the length of the list is known, and so is the rest
	More  int    // how many pages more there may be: those of an end that has to be found first
}

// Page is a numbered page of a list.
type Page struct{ Number, Size int }

// Foresee returns what Slice reads for a, of a list whose Most is most and that has total
// rows, if it is known. False for arguments that Slice refuses.
func Foresee(a Args, most, total int, known bool) (Forecast, bool) {
	b, err := a.bounds(most)
	if err != nil {
		return Forecast{}, false
	}
	for _, c := range []struct {
		text *string
		into **cursor
	}{{a.After, &b.after}, {a.Before, &b.before}} {
		if c.text == nil {
			continue
		}
		parsed, ok := readCursor(*c.text)
		if !ok {
			return Forecast{}, false
		}
		*c.into = &parsed
	}
	f := Forecast{Sure: known, Rows: b.size}
	if !known {
		total = mostRows
		if b.fromEnd() {
			total = rest.MostPerPage
		}
	}
	thought := -1
	if known {
		thought = total
	}
	from, to := b.guess(thought)
	lo, hi := b.window(total)
	f.read(from, to, total)
	if lo < hi && (hi > min(to, total) || lo < from) { // only the list's end was looked for
		from, to = b.around(lo, hi)
		f.read(max(0, from-slack), to+slack, total)
	}
	f.Rows = min(f.Rows, max(0, hi-lo))
	if !known && b.fromEnd() {
		f.More = 2
	}
	return f, true
}

// window returns the rows that are asked for of a list with so many.
func (b bounds) window(total int) (lo, hi int) {
	hi = total
	if b.after != nil {
		lo = min(b.after.offset+1, total)
	}
	if b.before != nil {
		hi = min(b.before.offset, total)
	}
	if b.backward {
		return min(hi, max(lo, hi-b.size)), hi
	}
	return lo, max(lo, min(hi, lo+b.size))
}

// read notes the pages that are read for rows [from, to).
func (f *Forecast) read(from, to, total int) {
	if from >= mostRows {
		return
	}
	to = min(to, mostRows)
	if p, ok := single(from, to, rest.MostPerPage); ok {
		f.Pages = append(f.Pages, Page{p.number, p.size})
		return
	}
	first, second, ok := pair(from, to, rest.MostPerPage)
	if !ok {
		return
	}
	f.Pages = append(f.Pages, Page{first.number, first.size})
	if first.to() < total {
		f.Pages = append(f.Pages, Page{second.number, second.size})
	}
}
