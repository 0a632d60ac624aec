package loader

import (
	"errors"
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
			best, payable := cheapest(options, func(g budget.Group) int { return tt.left[g] })
			if best != tt.best || payable == tt.none {
				t.Errorf("took %d (payable: %v), want %d", best, payable, tt.best)
			}
		})
	}
}

func TestPages(t *testing.T) {
	for _, tt := range []struct{ n, size, want int }{{0, 1000, 0}, {1, 1000, 1}, {1000, 1000, 1}, {1001, 1000, 2}, {120, 50, 3}} {
		if got := pages(tt.n, tt.size); got != tt.want {
			t.Errorf("%d rows in pages of %d: %d, want %d", tt.n, tt.size, got, tt.want)
		}
	}
}

func TestRefuse(t *testing.T) {
	limits := map[budget.Group]int{budget.Light: 50, budget.Heavy: 10}
	wait := func(g budget.Group, n int) (time.Duration, bool) {
		if n > limits[g] {
			return 0, false
		}
		return time.Duration(n) * time.Second, true
	}
	for _, tt := range []struct {
		name    string
		options []Option
		want    error
	}{
		{"the way that waits the least", []Option{{Calls: Calls{budget.Heavy: 9}}, {Calls: Calls{budget.Light: 4, budget.Heavy: 2}}}, &budget.Error{Group: budget.Light, RetryAfter: 4 * time.Second}},
		{"the way that can ever be paid", []Option{{Calls: Calls{budget.Heavy: 11}}, {Calls: Calls{budget.Light: 40}}}, &budget.Error{Group: budget.Light, RetryAfter: 40 * time.Second}},
		{"no way can ever be paid", []Option{{Calls: Calls{budget.Heavy: 11}}, {Calls: Calls{budget.Light: 51}}}, ErrTooMany},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := refuse(tt.options, wait)
			if away, ok := errors.AsType[*budget.Error](tt.want); ok {
				if g, ok := errors.AsType[*budget.Error](got); !ok || *g != *away {
					t.Errorf("got %v, want %v", got, tt.want)
				}
			} else if !errors.Is(got, tt.want) {
				t.Errorf("got %v, want %v", got, tt.want)
			}
		})
	}
}
