package plan

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/ringql/ringql/internal/budget"
)

func TestCheapest(t *testing.T) {
	full := map[budget.Group]int{budget.Light: 50, budget.Medium: 40, budget.Heavy: 10}
	for _, tt := range []struct {
		name    string
		options []Calls
		left    map[budget.Group]int
		best    int
		none    bool
	}{
		{"the only way", []Calls{{budget.Light: 3}}, full, 0, false},
		{"a Heavy call is a tenth, five Light ones too: the first of equals", []Calls{{budget.Heavy: 1}, {budget.Light: 5}}, full, 0, false},
		{"four Light calls are less than a Heavy one", []Calls{{budget.Heavy: 1}, {budget.Light: 4}}, full, 1, false},
		{"one Heavy call is less than forty Light ones", []Calls{{budget.Heavy: 1}, {budget.Light: 40}}, full, 0, false},
		{"Heavy is dear when two are left", []Calls{{budget.Heavy: 1}, {budget.Light: 20}}, map[budget.Group]int{budget.Light: 50, budget.Heavy: 2}, 1, false},
		{"what cannot be paid is not taken", []Calls{{budget.Heavy: 3}, {budget.Light: 49}}, map[budget.Group]int{budget.Light: 50, budget.Heavy: 2}, 1, false},
		{"both groups count", []Calls{{budget.Heavy: 1, budget.Light: 10}, {budget.Light: 12}}, full, 1, false},
		{"nothing can be paid", []Calls{{budget.Heavy: 100}, {budget.Light: 1040}}, full, 0, true},
		{"nothing is left", []Calls{{budget.Heavy: 1}, {budget.Light: 3}}, map[budget.Group]int{}, 0, true},
		{"nothing to pay", []Calls{{}, {budget.Light: 1}}, full, 0, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var options []Option
			for _, c := range tt.options {
				options = append(options, Option{Calls: c})
			}
			best, payable := Cheapest(options, func(g budget.Group) int { return tt.left[g] })
			if best != tt.best || payable == tt.none {
				t.Errorf("took %d (payable: %v), want %d", best, payable, tt.best)
			}
		})
	}
}

func TestPages(t *testing.T) {
	for _, tt := range []struct{ n, size, want int }{{0, 1000, 0}, {1, 1000, 1}, {1000, 1000, 1}, {1001, 1000, 2}, {120, 50, 3}} {
		if got := Pages(tt.n, tt.size); got != tt.want {
			t.Errorf("%d rows in pages of %d: %d, want %d", tt.n, tt.size, got, tt.want)
		}
	}
}

// Waiting does not help where a fresh budget would not do either.
func TestAdmit(t *testing.T) {
	windows := func(_ budget.Group, n int) time.Duration { return time.Duration((n-1)/50) * time.Minute }
	for _, tt := range []struct {
		calls    int
		patience time.Duration
		refused  bool
		never    bool
	}{
		{10, 28 * time.Second, false, false},
		{50, 28 * time.Second, true, false},
		{51, 28 * time.Second, true, true},
		{51, 90 * time.Second, true, false},
		{51, 150 * time.Second, false, false},
	} {
		f := Funds{
			Left: func(budget.Group) int { return 10 }, Fresh: windows, Patience: tt.patience,
			When: func(g budget.Group, n int) time.Duration {
				if n <= 10 {
					return 0
				}
				return windows(g, n) + time.Minute
			},
		}
		err := f.Admit(Calls{budget.Light: tt.calls})
		e, refused := errors.AsType[*Exceeded](err)
		if refused != tt.refused || refused && (e.Never != tt.never || strings.Contains(e.Sentence(), "does not help") != tt.never) {
			t.Errorf("%d calls within %s: %v", tt.calls, tt.patience, err)
		}
	}
}

func TestChoose(t *testing.T) {
	limits := map[budget.Group]int{budget.Light: 50, budget.Heavy: 10}
	funds := func(left map[budget.Group]int, patience time.Duration) Funds {
		return Funds{
			Left: func(g budget.Group) int { return left[g] },
			When: func(g budget.Group, n int) time.Duration {
				if n <= left[g] {
					return 0
				}
				return time.Duration(1+(n-left[g]-1)/limits[g]) * time.Minute
			},
			Patience: patience,
		}
	}
	full, spent := limits, map[budget.Group]int{}
	for _, tt := range []struct {
		name    string
		options []Calls
		funds   Funds
		best    int
		fitsIn  time.Duration // of the refusal; zero for none
	}{
		{"the cheapest that can be paid now", []Calls{{budget.Heavy: 1}, {budget.Light: 40}}, funds(full, 0), 0, 0},
		{"now before cheap", []Calls{{budget.Heavy: 1}, {budget.Light: 40}}, funds(map[budget.Group]int{budget.Light: 50}, time.Hour), 1, 0},
		{"the soonest, if there is time", []Calls{{budget.Heavy: 11}, {budget.Light: 50}}, funds(spent, 90*time.Second), 1, 0},
		{"none in time", []Calls{{budget.Heavy: 11}, {budget.Light: 51}}, funds(full, 30*time.Second), 0, time.Minute},
		{"none without patience", []Calls{{budget.Heavy: 1}}, funds(spent, 0), 0, time.Minute},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var options []Option
			for _, c := range tt.options {
				options = append(options, Option{Calls: c})
			}
			best, err := tt.funds.Choose(options)
			e, _ := errors.AsType[*Exceeded](err)
			if best != tt.best || (e != nil) != (tt.fitsIn > 0) || e != nil && e.FitsIn != tt.fitsIn {
				t.Errorf("took %d, %v; want %d, fitting in %s", best, err, tt.best, tt.fitsIn)
			}
		})
	}
}
