package rest

import (
	"fmt"
	"net/http"
	"net/url"
	"strconv"
)

// MostPerPage is the largest page the upstream serves; it applies this number
// silently to requests for more. MostPages is the highest page number.
const (
	MostPerPage = 1000
	MostPages   = 1000
)

// Page is one page of an upstream list.
type Page[T any] struct {
	URI        string      `json:"uri"`
	Records    []T         `json:"records"`
	Paging     Paging      `json:"paging"`
	Navigation *Navigation `json:"navigation"`
}

// home is the account that the page is of; "" if it does not tell.
func (p *Page[T]) home() string { return AccountOf(p.URI) }

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

// checked refuses a page that cannot be what was asked for: without records, unless
// it says that there are none; or with a record that has no id, to which nothing
// could refer.
func checked[T any](o *Operation, p *Page[T], id func(*T) string) error {
	wrong := ""
	if total := p.Paging.TotalElements; p.Records == nil && (total == nil || *total != 0) {
		wrong = "no records"
	}
	for i := range p.Records {
		if id(&p.Records[i]) == "" {
			wrong = fmt.Sprintf("record %d has no id", i)
		}
	}
	if wrong == "" {
		return nil
	}
	return nonsense(o, wrong)
}

// named returns a check that a record is the one that was asked for.
func named[T any](o *Operation, id func(*T) string) func(asked string, v *T) error {
	return func(asked string, v *T) error {
		if got := id(v); got == "" || got != asked && asked != Own {
			return nonsense(o, fmt.Sprintf("record %.40q in place of %.40q", got, asked))
		}
		return nil
	}
}

// nonsense is the error of a 2xx answer that cannot be what was asked for.
func nonsense(o *Operation, what string) error {
	return &Error{Op: o.ID, Status: http.StatusOK, Lost: o.Method != http.MethodGet, cause: fmt.Errorf("%w: %s", ErrInvalid, what)}
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
