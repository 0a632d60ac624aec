package paging

import (
	"context"
	"errors"
	"math/rand/v2"
	"slices"
	"strconv"
	"testing"

	"github.com/ringql/ringql/internal/rest"
)

// What is foreseen is what is read, for windows of any size at any place of lists of any
// length.
func TestForesee(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 2))
	for range 20_000 {
		total := []int{0, 1, 7, 99, 100, 999, 1000, 1001, 1500, 2600}[rnd.IntN(10)]
		rows := make([]string, total)
		for i := range rows {
			rows[i] = string(rune('a'+i%26)) + string(rune(0x4e00+i))
		}
		var read []Page
		list := &List[string]{
			Total: func() (int, bool) { return total, true },
			Name:  func() string { return "rows" }, ID: func(s *string) string { return *s },
			Fetch: func(_ context.Context, page, perPage int) (*rest.Page[string], error) {
				read = append(read, Page{page, perPage})
				return rest.PageOf(rows, page, perPage), nil
			},
		}
		a := someArgs(t, rnd, list, total)
		read = nil
		s, err := list.Slice(t.Context(), a)
		if err != nil {
			t.Fatal(err)
		}
		f, ok := Foresee(a, 0, total, true)
		if !ok || !f.Sure || f.Rows != len(s.Rows) || !slices.Equal(f.Pages, read) {
			t.Fatalf("%+v of %d rows: foreseen %+v, read %v and shown %d", a, total, f, read, len(s.Rows))
		}
	}
}

// someArgs makes up arguments, with cursors of rows that are there.
func someArgs(t *testing.T, rnd *rand.Rand, list *List[string], total int) Args {
	t.Helper()
	var a Args
	size := []int{0, 1, 2, 25, 100, 999, 1000}[rnd.IntN(7)]
	if a.First = &size; rnd.IntN(3) == 0 {
		a.First, a.Last = nil, &size
	}
	if total > 0 && rnd.IntN(2) == 0 {
		cursor := cursorOf(t, list, rnd.IntN(total))
		if a.After = &cursor; a.Last != nil {
			a.After, a.Before = nil, &cursor
		}
	}
	return a
}

func cursorOf(t *testing.T, list *List[string], i int) string {
	t.Helper()
	p, err := list.Fetch(t.Context(), i/rest.MostPerPage+1, rest.MostPerPage)
	if err != nil {
		t.Fatal(err)
	}
	v := &view[string]{list: list, rows: p.Records, from: i / rest.MostPerPage * rest.MostPerPage}
	return v.slice(list, i, i+1).Cursor(0)
}

// How long a list was thought to be changes what is read, never what is shown.
func TestWrongTotals(t *testing.T) {
	for _, total := range []int{0, 1, 30, 999, 1000, 1001, 2600} {
		for _, thought := range []int{-1, 0, 1, 29, 31, 500, 1000, 1001, 2599, 2601, 5000} {
			for _, tells := range []bool{true, false} {
				rows := make([]string, total)
				for i := range rows {
					rows[i] = strconv.Itoa(i)
				}
				list := &List[string]{
					Name: func() string { return "rows" }, ID: func(s *string) string { return *s },
					Total: func() (int, bool) { return thought, thought >= 0 },
					Fetch: func(_ context.Context, page, perPage int) (*rest.Page[string], error) {
						p := rest.PageOf(rows, page, perPage)
						if !tells {
							p.Paging.TotalElements = nil
						}
						return p, nil
					},
				}
				last := 25
				s, err := list.Slice(t.Context(), Args{Last: &last})
				if err != nil && !tells && errors.Is(err, ErrNoTotal) {
					continue
				}
				if err != nil || !slices.Equal(s.Rows, rows[max(0, total-last):]) || s.More {
					t.Errorf("%d rows, thought to be %d, told %v: %v, %v", total, thought, tells, err, s)
				}
			}
		}
	}
}
