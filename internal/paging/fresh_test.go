package paging

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"testing"

	"github.com/ringql/ringql/internal/rest"
)

// contradictions are pages that cannot be what page 1 of 10 rows is.
var contradictions = map[string]func(*rest.Page[int]){
	"another page":                      func(p *rest.Page[int]) { p.Paging.Page = 7 },
	"too many records":                  func(p *rest.Page[int]) { p.Records = make([]int, 50) },
	"short, though the total says more": func(p *rest.Page[int]) { p.Records = p.Records[:3] },
	"short, though another page is named": func(p *rest.Page[int]) {
		p.Records, p.Paging.TotalElements = p.Records[:3], nil
	},
	"empty, though the total says more": func(p *rest.Page[int]) { p.Records, p.Paging.Page = nil, 0 },
	"a total below zero":                func(p *rest.Page[int]) { p.Paging.TotalElements = new(-1) },
	"a total smaller than the page":     func(p *rest.Page[int]) { p.Paging.TotalElements, p.Navigation = new(9), nil },
}

// A page that contradicts itself is an upstream's fault, not a crash: after one more
// read, which no memory may answer.
func TestContradictingPages(t *testing.T) {
	for name, spoil := range contradictions {
		u := newUpstream(100)
		l := u.list()
		whole := l.Fetch
		l.Fetch = func(ctx context.Context, number, perPage int) (*rest.Page[int], error) {
			p, err := whole(ctx, number, perPage)
			spoil(p)
			return p, err
		}
		if _, err := l.Slice(context.Background(), Args{First: new(10)}); !errors.Is(err, rest.ErrInvalid) {
			t.Errorf("%s: err = %v, want ErrInvalid", name, err)
		}
		if !slices.Equal(u.fresh, []bool{false, true}) {
			t.Errorf("%s: fresh reads: %v, want the second of two", name, u.fresh)
		}
	}
}

// The list moved between counting and reading, and the page that says so is remembered.
func TestContradictionOfAMoment(t *testing.T) {
	for name, spoil := range contradictions {
		u := newUpstream(100)
		p, _ := u.page(1, 10)
		spoil(p)
		u.memory = map[[2]int]*rest.Page[int]{{1, 10}: p}
		s, err := u.list().Slice(context.Background(), Args{First: new(10)})
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if !slices.Equal(s.Rows, u.rows[:10]) || *s.Total != 100 || !s.More {
			t.Errorf("%s: %v of %d", name, s.Rows, *s.Total)
		}
	}
}

// Rows have gone from the start of the list since its pages were remembered. Only what
// is read again is to be the answer of now.
func TestReadingAgainIsFresh(t *testing.T) {
	for name, tt := range map[string]struct {
		args  func(at func(int) *string) Args
		gone  int // rows gone from the start
		fresh []bool
		rows  [2]int // shown, by their numbers
	}{
		"the first page":             {func(func(int) *string) Args { return Args{First: new(10)} }, 0, []bool{false}, [2]int{0, 10}},
		"two pages":                  {func(at func(int) *string) Args { return Args{First: new(1000), After: at(499)} }, 0, []bool{false, false}, [2]int{500, 1500}},
		"the end":                    {func(func(int) *string) Args { return Args{Last: new(10)} }, 0, []bool{false, false}, [2]int{2990, 3000}},
		"the cursor's row has moved": {func(at func(int) *string) Args { return Args{First: new(10), After: at(100)} }, 50, []bool{false, true, true}, [2]int{101, 111}},
	} {
		u := newUpstream(3000)
		at := func(i int) *string { return new(cursor{list: tag("rows"), offset: i, id: strconv.Itoa(i)}.String()) }
		u.rows = slices.Delete(u.rows, 0, tt.gone)
		s, err := u.list().Slice(context.Background(), tt.args(at))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if !slices.Equal(u.fresh, tt.fresh) {
			t.Errorf("%s: fresh reads: %v, want %v", name, u.fresh, tt.fresh)
		}
		if s.Rows[0] != tt.rows[0] || s.Rows[len(s.Rows)-1] != tt.rows[1]-1 {
			t.Errorf("%s: got rows %v", name, s.Rows)
		}
	}
}

// The two pages of a window do not meet, for one of them is remembered from before
// rows went: they are read again, and now.
func TestPagesThatDoNotMeet(t *testing.T) {
	u := newUpstream(3000)
	a, b, _ := pair(499, 1500, rest.MostPerPage)
	first, _ := u.page(a.number, a.size)
	u.rows = slices.Delete(u.rows, 0, 400)
	second, _ := u.page(b.number, b.size)
	u.memory = map[[2]int]*rest.Page[int]{{a.number, a.size}: first, {b.number, b.size}: second}
	u.calls = 0
	after := cursor{list: tag("rows"), offset: 499, id: "899"}.String()
	s, err := u.list().Slice(context.Background(), Args{First: new(1000), After: &after})
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(s.Rows, u.rows[500:1500]) || u.calls != 2 {
		t.Errorf("%d rows from %d with %d calls", len(s.Rows), s.From, u.calls)
	}
}

// The rows that go between two pages are shown, for they were there, and the total
// counts them.
func TestTotalCountsWhatIsShown(t *testing.T) {
	u := newUpstream(1500)
	u.between = func() {
		if u.calls == 1 {
			u.rows = slices.Delete(u.rows, 600, 601)
		}
	}
	after := cursor{list: tag("rows"), offset: 499, id: "499"}.String()
	s, err := u.list().Slice(context.Background(), Args{First: new(1000), After: &after})
	if err != nil {
		t.Fatal(err)
	}
	if end := s.From + len(s.Rows); *s.Total < end || s.More != (*s.Total > end) {
		t.Errorf("%d rows in all, rows %d to %d are shown, more: %v", *s.Total, s.From, end, s.More)
	}
}
