package rest

import (
	"fmt"
	"net/http"
	"net/url"
	"strconv"
)

// MostPerPage is the largest page the upstream serves; it applies this number
// silently to requests for more.
const MostPerPage = 1000

// Page is one page of an upstream list.
type Page[T any] struct {
	URI        string      `json:"uri"`
	Records    []T         `json:"records"`
	Paging     Paging      `json:"paging"`
	Navigation *Navigation `json:"navigation"`
}

// Paging says which page this is. TotalElements may be left out by the upstream.
type Paging struct {
	Page          int  `json:"page"` // 1-based; absent past the end
	PerPage       int  `json:"perPage"`
	TotalPages    *int `json:"totalPages"`
	TotalElements *int `json:"totalElements"`
}

// Navigation is only asked whether there is a next page: the URIs themselves
// are never followed, so that an answer cannot send the token elsewhere.
type Navigation struct {
	NextPage *struct{} `json:"nextPage"`
}

// named refuses a page with a record that has no id: nothing could refer to it.
func named[T any](o *Operation, p *Page[T], id func(*T) string) error {
	for i := range p.Records {
		if id(&p.Records[i]) == "" {
			return &Error{Op: o.ID, Status: http.StatusOK, cause: fmt.Errorf("%w: record %d has no id", ErrInvalid, i)}
		}
	}
	return nil
}

// paged adds page and perPage to q.
func paged(q url.Values, page, perPage int) url.Values {
	if q == nil {
		q = url.Values{}
	}
	q.Set("page", strconv.Itoa(page))
	q.Set("perPage", strconv.Itoa(perPage))
	return q
}

// texts adds every value of vs to q under name: repeated keys mean "or".
func texts[S ~string](q url.Values, name string, vs []S) {
	for _, v := range vs {
		q.Add(name, string(v))
	}
}

// PageOf cuts a page out of a list that is at hand, as the upstream would.
func PageOf[T any](rows []T, page, perPage int) *Page[T] {
	total := len(rows)
	from := min((page-1)*perPage, total)
	p := &Page[T]{Records: rows[from:min(from+perPage, total)], Paging: Paging{PerPage: perPage, TotalElements: &total}}
	if len(p.Records) > 0 {
		p.Paging.Page = page
	}
	return p
}
