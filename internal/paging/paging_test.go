package paging

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"testing"

	"github.com/ringql/ringql/internal/rest"
)

// upstream is a list served by numbered pages, as the real one does it.
type upstream struct {
	rows     []int
	calls    int
	most     int    // largest page; zero means 1000
	noTotal  bool   // leaves totals out
	noLinks  bool   // leaves navigation out, as v2 does
	between  func() // runs before every page
	nextFree int
	fresh    []bool                     // of every read, whether it was to be the answer of now
	memory   map[[2]int]*rest.Page[int] // remembers pages, unless nil
}

func newUpstream(n int) *upstream {
	u := &upstream{nextFree: n}
	for i := range n {
		u.rows = append(u.rows, i)
	}
	return u
}

func (u *upstream) list() *List[int] {
	return &List[int]{
		Name: func() string { return "rows" },
		ID:   func(i *int) string { return strconv.Itoa(*i) },
		Fetch: func(ctx context.Context, number, perPage int) (*rest.Page[int], error) {
			asked, fresh := [2]int{number, perPage}, rest.WantsFresh(ctx)
			u.fresh = append(u.fresh, fresh)
			if p := u.memory[asked]; p != nil && !fresh {
				return p, nil
			}
			p, err := u.page(number, perPage)
			if u.memory != nil {
				u.memory[asked] = p
			}
			return p, err
		},
	}
}

func (u *upstream) page(number, perPage int) (*rest.Page[int], error) {
	if u.between != nil {
		u.between()
	}
	u.calls++
	if number < 1 || number > rest.MostPages || perPage < 1 || perPage > rest.MostPerPage {
		return nil, fmt.Errorf("page %d of %d was asked for", number, perPage)
	}
	if u.most > 0 {
		perPage = min(perPage, u.most)
	}
	from := min((number-1)*perPage, len(u.rows))
	to := min(from+perPage, len(u.rows))
	p := &rest.Page[int]{Records: slices.Clone(u.rows[from:to]), Paging: rest.Paging{PerPage: perPage}}
	if from < to {
		p.Paging.Page = number
	}
	if total := len(u.rows); !u.noTotal {
		p.Paging.TotalElements = &total
	}
	if !u.noLinks {
		p.Navigation = &rest.Navigation{}
		if to < len(u.rows) {
			p.Navigation.NextPage = &struct{}{}
		}
	}
	return p, nil
}

// The answer equals the slice, whatever the offset, the size and the direction,
// and costs one page where one covers it, else two.
func TestWindowEqualsSlice(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	for range 4000 {
		u := newUpstream(rng.IntN(5000))
		u.noTotal, u.noLinks = rng.IntN(3) == 0, rng.IntN(2) == 0
		l, n := u.list(), rng.IntN(rest.MostPerPage+1)
		offset := rng.IntN(len(u.rows) + 1)
		args := Args{First: &n}
		if offset > 0 {
			args.After = new(cursor{list: tag("rows"), offset: offset - 1, id: strconv.Itoa(offset - 1)}.String())
		}
		s, err := l.Slice(context.Background(), args)
		if err != nil {
			t.Fatalf("%d rows, offset %d, first %d: %v", len(u.rows), offset, n, err)
		}
		end := min(offset+n, len(u.rows))
		if !slices.Equal(s.Rows, u.rows[offset:end]) || n > 0 && s.From != offset {
			t.Fatalf("%d rows, offset %d, first %d: got %d rows from %d", len(u.rows), offset, n, len(s.Rows), s.From)
		}
		// Without totals and links a full last page cannot be told from others.
		if more := end < len(u.rows); s.More != more && (!u.noTotal || !u.noLinks) && n > 0 {
			t.Fatalf("%d rows, offset %d, first %d: more is %v", len(u.rows), offset, n, s.More)
		}
		allowed := 2
		if _, one := single(max(offset-1, 0), offset+n, rest.MostPerPage); one {
			allowed = 1
		}
		if u.calls > allowed {
			t.Fatalf("%d rows, offset %d, first %d: %d calls, %d do", len(u.rows), offset, n, u.calls, allowed)
		}
	}
}

func TestBackwardEqualsSlice(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	for range 2000 {
		u := newUpstream(rng.IntN(5000))
		l, n := u.list(), 1+rng.IntN(rest.MostPerPage)
		end, args := len(u.rows), Args{Last: &n}
		if len(u.rows) > 0 && rng.IntN(3) > 0 {
			end = rng.IntN(len(u.rows))
			args.Before = new(cursor{list: tag("rows"), offset: end, id: strconv.Itoa(end)}.String())
		}
		s, err := l.Slice(context.Background(), args)
		if err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(s.Rows, u.rows[max(0, end-n):end]) || s.More != (end < len(u.rows)) {
			t.Fatalf("%d rows, last %d before %d: got %d rows from %d, more %v", len(u.rows), n, end, len(s.Rows), s.From, s.More)
		}
		// The end of a list of unknown length takes one call to find and two to read.
		if u.calls > 3 {
			t.Fatalf("%d rows, last %d before %d: %d calls", len(u.rows), n, end, u.calls)
		}
	}
}

func TestBetweenTwoCursors(t *testing.T) {
	u := newUpstream(300)
	at := func(i int) *string { return new(cursor{list: tag("rows"), offset: i, id: strconv.Itoa(i)}.String()) }
	for _, tt := range []struct {
		args     Args
		from, to int
	}{
		{Args{First: new(10), After: at(20), Before: at(200)}, 21, 31},
		{Args{First: new(10), After: at(20), Before: at(25)}, 21, 25},
		{Args{Last: new(10), After: at(20), Before: at(200)}, 190, 200},
		{Args{Last: new(10), After: at(20), Before: at(25)}, 21, 25},
		{Args{First: new(10), After: at(25), Before: at(20)}, 26, 26},
		{Args{Last: new(10), After: at(290)}, 291, 300},
		{Args{First: new(50), Before: at(10)}, 0, 10},
	} {
		s, err := u.list().Slice(context.Background(), tt.args)
		if err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(s.Rows, u.rows[tt.from:tt.to]) {
			t.Errorf("want rows %d to %d, got %v", tt.from, tt.to, s.Rows)
		}
	}
}

// A cursor that lies beyond the first page limits what is counted from the list's end.
func TestEndAfterDeepCursor(t *testing.T) {
	for _, most := range []int{0, 100} {
		for _, tt := range []struct{ rows, after, last, from, calls int }{
			{5000, 4000, 10, 4990, 2}, {5000, 4994, 10, 4995, 2}, {5000, 4999, 10, 5000, 2}, {1050, 1020, 20, 1030, 2}, {5000, 10, 10, 4990, 2},
		} {
			u := newUpstream(tt.rows)
			u.most = most
			at := cursor{list: tag("rows"), offset: tt.after, id: strconv.Itoa(tt.after)}.String()
			s, err := u.list().Slice(context.Background(), Args{Last: &tt.last, After: &at})
			if err != nil {
				t.Fatal(err)
			}
			if !slices.Equal(s.Rows, u.rows[tt.from:]) || s.More || u.calls > tt.calls {
				t.Errorf("%+v, pages of %d: got %v from %d with %d calls, more %v", tt, most, s.Rows, s.From, u.calls, s.More)
			}
		}
	}
}

// Rows come and go before every single page. No row is shown twice, and every row
// that was there throughout is shown, forwards and backwards.
func TestCursorsSurviveChange(t *testing.T) {
	most := 0
	for seed := range uint64(300) {
		rng := rand.New(rand.NewPCG(seed, 5))
		u := newUpstream(200 + rng.IntN([]int{1, 100, 1000, 4000}[rng.IntN(4)]))
		there := map[int]bool{}
		for _, r := range u.rows {
			there[r] = true
		}
		u.between = func() {
			for range rng.IntN(3) { // fewer than the neighbours a cursor remembers
				if rng.IntN(2) == 0 {
					at := rng.IntN(len(u.rows))
					delete(there, u.rows[at])
					u.rows = slices.Delete(u.rows, at, at+1)
				} else {
					u.rows = slices.Insert(u.rows, rng.IntN(len(u.rows)+1), u.nextFree)
					u.nextFree++
				}
			}
		}
		if rng.IntN(2) == 0 { // of the whole walk: most first pages are stale
			u.memory = map[[2]int]*rest.Page[int]{}
		}
		backward, n := rng.IntN(2) == 0, 1+rng.IntN(rest.MostPerPage)
		if n < 20 {
			n += 20 // keeps the test short
		}
		if rng.IntN(2) == 0 { // smaller pages, about twelve of them
			u.most = min(30+n/12+rng.IntN(100), rest.MostPerPage)
		}
		shown, args := map[int]bool{}, Args{First: &n}
		if backward {
			args = Args{Last: &n}
		}
		for page := 0; ; page++ {
			before := len(u.fresh)
			s, err := u.list().Slice(context.Background(), args)
			if err != nil {
				t.Fatalf("seed %d, page %d, size %d of %d: %v", seed, page, n, u.most, err)
			}
			if most = max(most, len(u.fresh)-before); most > mostCalls {
				t.Fatalf("seed %d, page %d: %d calls", seed, page, most)
			}
			for _, r := range s.Rows {
				if shown[r] {
					t.Fatalf("seed %d, page %d, size %d, backward %v: row %d is shown twice", seed, page, n, backward, r)
				}
				shown[r] = true
			}
			if backward && s.From == 0 || !backward && !s.More {
				break
			}
			last := s.Rows[len(s.Rows)-1]
			if backward {
				args.Before, last = new(s.Cursor(0)), s.Rows[0]
			} else {
				args.After = new(s.Cursor(len(s.Rows) - 1))
			}
			if at := slices.Index(u.rows, last); at >= 0 && rng.IntN(2) == 0 { // the very row of the cursor
				delete(there, last)
				u.rows = slices.Delete(u.rows, at, at+1)
			}
		}
		for r := range there {
			if !shown[r] {
				t.Fatalf("seed %d, size %d, backward %v: row %d was there throughout and is missed", seed, n, backward, r)
			}
		}
	}
	t.Logf("at most %d calls for one window", most)
}

func TestLostPlaceIsSaid(t *testing.T) {
	u := newUpstream(5000)
	s, err := u.list().Slice(context.Background(), Args{First: new(10)})
	if err != nil {
		t.Fatal(err)
	}
	after := s.Cursor(9)
	u.rows = slices.Delete(u.rows, 0, 100)
	_, err = u.list().Slice(context.Background(), Args{First: new(10), After: &after})
	if !errors.Is(err, ErrInput) {
		t.Fatalf("err = %v, want an ErrInput", err)
	}
}

func TestBadArguments(t *testing.T) {
	u := newUpstream(10)
	other := cursor{list: tag("others"), id: "1"}.String()
	for name, args := range map[string]Args{
		"negative first":  {First: new(-1)},
		"negative last":   {Last: new(-1)},
		"over the cap":    {First: new(1001)},
		"a million":       {First: new(1_000_000)},
		"both":            {First: new(1), Last: new(1)},
		"garbage":         {After: new("garbage")},
		"empty":           {After: new("")},
		"another list's":  {Before: &other},
		"beyond the list": {After: new(cursor{list: tag("rows"), offset: 1e9, id: "1"}.String())},
	} {
		if _, err := u.list().Slice(context.Background(), args); !errors.Is(err, ErrInput) {
			t.Errorf("%s: err = %v, want an ErrInput", name, err)
		}
	}
	if u.calls != 0 {
		t.Errorf("%d calls for bad input", u.calls)
	}
}

// A cursor has one spelling, and belongs to one list.
func FuzzCursor(f *testing.F) {
	for _, c := range []cursor{
		{list: tag("rows"), offset: 5, id: "401145624008", before: []string{"1", "x"}, after: []string{"007"}},
		{list: tag("rows"), offset: mostRows - 1, id: "../..", before: []string{"1", "2", "3"}, after: []string{"4", "5", "6"}},
		{list: tag("others"), id: "7"},
	} {
		f.Add(c.String())
	}
	f.Add("")
	f.Fuzz(func(t *testing.T, s string) {
		c, ok := parseCursor(s, "rows")
		if _, other := parseCursor(s, "others"); ok && other {
			t.Errorf("%q belongs to two lists", s)
		}
		if !ok {
			return
		}
		if c.offset < 0 || c.offset >= mostRows || len(c.before) > near || len(c.after) > near || c.side != here {
			t.Errorf("%q became %+v", s, c)
		}
		if c.String() != s {
			t.Errorf("%q is also written %q", s, c.String())
		}
	})
}

func BenchmarkCover(b *testing.B) {
	for b.Loop() {
		if _, ok := single(999, 2000, rest.MostPerPage); ok {
			b.Fatal("one page cannot cover this")
		}
		if _, _, ok := pair(999, 2000, rest.MostPerPage); !ok {
			b.Fatal("two pages can")
		}
	}
}
