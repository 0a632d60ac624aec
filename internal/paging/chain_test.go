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

// fewest returns how many overlapping pages of at most most rows show rows [from, to),
// and 0 where none do.
func fewest(from, to, most int) int {
	n, end := 0, from
	for hold := from; end < to; hold = end - 1 {
		far := 0
		for size := 1; size <= most; size++ {
			if p := (page{hold/size + 1, size}); p.number <= rest.MostPages {
				far = max(far, p.to())
			}
		}
		if far <= end {
			return 0
		}
		n, end = n+1, far
	}
	return n
}

// The answer equals the slice, however small the pages are that the upstream gives:
// with a call or two to learn how small they are, and then with as few as can be.
func TestSmallerPages(t *testing.T) {
	rng := rand.New(rand.NewPCG(6, 7))
	outcomes := map[string]int{}
	for range 1500 {
		u := newUpstream(rng.IntN([]int{100, 2000, 20000, 120000}[rng.IntN(4)]))
		u.most = 1 + rng.IntN([]int{10, 100, rest.MostPerPage}[rng.IntN(3)])
		u.noTotal, u.noLinks = rng.IntN(3) == 0, rng.IntN(2) == 0
		n, offset := rng.IntN(rest.MostPerPage+1), 0
		if rng.IntN(3) > 0 {
			offset = rng.IntN(len(u.rows) + 1)
		}
		args, from, to := Args{First: &n}, offset, offset+n
		at := func(i int) *string { return new(cursor{list: tag("rows"), offset: i, id: strconv.Itoa(i)}.String()) }
		read, until := max(offset-1, 0), max(to, offset) // with the rows that cursors name
		switch backward := rng.IntN(2) == 0 && offset < len(u.rows); {
		case backward:
			args = Args{Last: &n, Before: at(offset)}
			from, to = max(0, offset-n), offset
			read, until = from, offset+1
		case offset > 0:
			args.After = at(offset - 1)
		}
		s, err := u.list().Slice(context.Background(), args)

		_, one := single(read, until, rest.MostPerPage)
		until = max(min(until, len(u.rows)), read+1)
		need, learn, extra := fewest(read, until, u.most), 1, 0
		if !one {
			learn = 2 // the first of two pages may be a small one
		}
		if u.noTotal && u.noLinks && until == len(u.rows) {
			extra = 1 // one more page, to see that the list ends
		}
		switch {
		case need == 0 && read < len(u.rows), extra > 0 && fewest(read, until+1, u.most) == 0:
			outcomes["out of reach"]++
			if !errors.Is(err, rest.ErrInvalid) || u.calls > mostChain+learn {
				t.Fatalf("%d rows, pages of %d, rows %d to %d: %d calls, err = %v", len(u.rows), u.most, read, until, u.calls, err)
			}
			continue
		case need+extra > mostChain:
			outcomes["too many"]++
			if need > mostChain && !errors.Is(err, rest.ErrInvalid) || u.calls > mostChain+learn {
				t.Fatalf("%d rows, pages of %d, rows %d to %d: %d calls, err = %v", len(u.rows), u.most, read, until, u.calls, err)
			}
			continue
		case err != nil:
			t.Fatalf("%d rows, pages of %d, rows %d to %d, %d pages do: %v", len(u.rows), u.most, read, until, need, err)
		case read == 0:
			outcomes["from the start"]++
			learn-- // the first page is one of the chain's
		default:
			outcomes["from a cursor"]++
		}
		if to = min(to, len(u.rows)); !slices.Equal(s.Rows, u.rows[from:to]) {
			t.Fatalf("%d rows, pages of %d, rows %d to %d: got %d rows from %d", len(u.rows), u.most, from, to, len(s.Rows), s.From)
		}
		if more := to < len(u.rows); s.More != more && (!u.noTotal || !u.noLinks) && n > 0 {
			t.Fatalf("%d rows, pages of %d, rows %d to %d: more is %v", len(u.rows), u.most, from, to, s.More)
		}
		if u.calls > need+learn+extra {
			t.Fatalf("%d rows, pages of %d, rows %d to %d: %d calls, %d do", len(u.rows), u.most, read, until, u.calls, need+learn)
		}
		if !u.noTotal && *s.Total != len(u.rows) {
			t.Fatalf("%d rows, pages of %d: %d in all", len(u.rows), u.most, *s.Total)
		}
	}
	t.Log(outcomes)
	for _, what := range []string{"out of reach", "too many", "from the start", "from a cursor"} {
		if outcomes[what] < 10 {
			t.Errorf("%s: %d cases", what, outcomes[what])
		}
	}
}

// The lists' ends, and the windows that are known to be complete or hopeless, cost no
// more calls than they must.
func TestSmallerPagesCost(t *testing.T) {
	at := func(i int) *string { return new(cursor{list: tag("rows"), offset: i, id: strconv.Itoa(i)}.String()) }
	for name, tt := range map[string]struct {
		rows, most int
		noTotal    bool
		args       Args
		from, to   int
		calls      int
		err        error
	}{
		"smaller, and complete":              {50, 100, false, Args{First: new(1000)}, 0, 50, 1, nil},
		"full, and complete":                 {100, 100, false, Args{First: new(1000)}, 0, 100, 1, nil},
		"complete without a total":           {50, 100, true, Args{First: new(1000)}, 0, 50, 1, nil},
		"ten pages and the overlaps":         {5000, 100, false, Args{First: new(1000)}, 0, 1000, 11, nil},
		"the end of a complete list":         {50, 100, false, Args{Last: new(20)}, 30, 50, 1, nil},
		"the end, a page for the total":      {5000, 100, false, Args{Last: new(20)}, 4980, 5000, 2, nil},
		"the end, further than one page":     {5000, 100, false, Args{Last: new(150)}, 4850, 5000, 3, nil},
		"the end without a total":            {900, 100, true, Args{Last: new(20)}, 880, 900, 10, nil},
		"the end without a total, too far":   {5000, 100, true, Args{Last: new(20)}, 0, 0, 11, ErrNoTotal},
		"more than fifty pages":              {5000, 10, false, Args{First: new(1000)}, 0, 0, 1, rest.ErrInvalid},
		"more than fifty, without a total":   {5000, 15, true, Args{First: new(1000)}, 0, 0, mostChain, rest.ErrInvalid},
		"beyond the thousandth page":         {5000, 3, false, Args{First: new(10), After: at(4000)}, 0, 0, 1, rest.ErrInvalid},
		"no two pages overlap":               {5000, 1, false, Args{First: new(10)}, 0, 0, 1, rest.ErrInvalid},
		"the last rows that are numbered":    {1_000_010, 0, false, Args{First: new(10), After: at(999_995)}, 999_996, 1_000_000, 1, nil},
		"the end beyond the thousandth page": {1_000_010, 0, false, Args{Last: new(10)}, 999_990, 1_000_000, 2, nil},
	} {
		u := newUpstream(tt.rows)
		u.most, u.noTotal = tt.most, tt.noTotal
		s, err := u.list().Slice(context.Background(), tt.args)
		if !errors.Is(err, tt.err) || err == nil && !slices.Equal(s.Rows, u.rows[tt.from:tt.to]) || u.calls != tt.calls {
			t.Errorf("%s: %d calls, want %d; err = %v, want %v", name, u.calls, tt.calls, err, tt.err)
		}
	}
}

// A person's budget is not for lists that never hold still.
func TestCallsAreBounded(t *testing.T) {
	u := newUpstream(5000)
	u.most = 30
	u.between = func() { // all rows are new ones, each time after twenty pages
		for i := range u.rows {
			u.rows[i] += (u.calls % 20) / 19 * 1_000_000
		}
	}
	if _, err := u.list().Slice(context.Background(), Args{First: new(1000)}); !errors.Is(err, rest.ErrInvalid) {
		t.Errorf("err = %v, want ErrInvalid", err)
	}
	if u.calls > mostCalls {
		t.Errorf("%d calls", u.calls)
	}
	t.Log(u.calls, "calls")
}
