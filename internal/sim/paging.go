package sim

import (
	"cmp"
	"errors"
	"math"
	"net/url"
	"strconv"
	"strings"
)

// page is the window of a list that a call asked for.
type page struct{ number, size int }

const (
	defaultPage = 100
	maxPage     = 1000 // of the page size and of the page number
)

// page reads page and perPage. A size over the maximum is cut down without a word, as the upstream does.
func (c *call) page() (page, *problem) {
	size, ok := positive(c.query, "perPage", cmp.Or(c.route.perPage, defaultPage))
	if !ok {
		return page{}, invalid("perPage")
	}
	number, ok := positive(c.query, "page", 1)
	if !ok || number > maxPage {
		return page{}, invalid("page")
	}
	return page{number, min(size, maxPage)}, nil
}

func positive(q url.Values, name string, otherwise int) (int, bool) {
	if !q.Has(name) {
		return otherwise, true
	}
	n, err := strconv.Atoi(q.Get(name))
	if errors.Is(err, strconv.ErrRange) && n > 0 {
		n, err = math.MaxInt, nil
	}
	return n, err == nil && n >= 1
}

// list is the body of every paged answer. Only the lists of v1.0 have a navigation.
type list[R any] struct {
	URI        string      `json:"uri,omitempty"`
	Records    []R         `json:"records"`
	Paging     paging      `json:"paging"`
	Navigation *navigation `json:"navigation,omitempty"`
}

type paging struct {
	Page          int  `json:"page,omitempty"` // left out past the end, and so are the two below
	TotalPages    int  `json:"totalPages"`
	PerPage       int  `json:"perPage"`
	TotalElements int  `json:"totalElements"`
	PageStart     *int `json:"pageStart,omitempty"`
	PageEnd       *int `json:"pageEnd,omitempty"`
}

type navigation struct {
	FirstPage    link  `json:"firstPage"`
	NextPage     *link `json:"nextPage,omitempty"`
	PreviousPage *link `json:"previousPage,omitempty"`
	LastPage     link  `json:"lastPage"`
}

type link struct {
	URI string `json:"uri"`
}

// paged answers with one page of those of all that keep holds for, nil holding for all. Only what is on the page is shaped.
func paged[E, R any](c *call, all []E, keep func(E) bool, shape func(E) R) reply {
	p, refusal := c.page()
	if refusal != nil {
		return refused(*refusal)
	}
	start := (p.number - 1) * p.size
	total := len(all)
	records := []R{}
	if keep == nil {
		for _, e := range all[min(start, total):min(start+p.size, total)] {
			records = append(records, shape(e))
		}
	} else {
		total = 0
		for _, e := range all {
			if !keep(e) {
				continue
			}
			if total >= start && total < start+p.size {
				records = append(records, shape(e))
			}
			total++
		}
	}
	return found(newList(c, p, total, records))
}

func newList[R any](c *call, p page, total int, records []R) list[R] {
	pages := (total + p.size - 1) / p.size
	out := list[R]{Records: records, Paging: paging{PerPage: p.size, TotalPages: pages, TotalElements: total}}
	if n := len(records); n > 0 {
		start := (p.number - 1) * p.size
		end := start + n - 1
		out.Paging.Page, out.Paging.PageStart, out.Paging.PageEnd = p.number, &start, &end
	}
	if c.route.era == v2 {
		return out
	}
	at := func(number int) link { return link{c.listURI(page{number, p.size})} }
	if c.route.era == current { // the lists of 2018 alone are described without
		out.URI = at(p.number).URI
	}
	out.Navigation = &navigation{FirstPage: at(1), LastPage: at(max(pages, 1))}
	if p.number < pages {
		next := at(p.number + 1)
		out.Navigation.NextPage = &next
	}
	if p.number > 1 && pages > 0 {
		previous := at(min(p.number-1, pages))
		out.Navigation.PreviousPage = &previous
	}
	return out
}

// listURI spells out the filters and the page, whether or not the client did.
func (c *call) listURI(p page) string {
	var out strings.Builder
	out.WriteString(c.uri())
	out.WriteByte('?')
	for _, name := range c.route.filters {
		for _, value := range c.query[name] {
			out.WriteString(name + "=" + url.QueryEscape(value) + "&")
		}
	}
	out.WriteString("page=" + strconv.Itoa(p.number) + "&perPage=" + strconv.Itoa(p.size))
	return out.String()
}
