package loader

import (
	"testing"

	"github.com/ringql/ringql/internal/budget"
)

func TestCheapest(t *testing.T) {
	full := map[budget.Group]int{budget.Light: 50, budget.Medium: 40, budget.Heavy: 10}
	for _, tt := range []struct {
		name    string
		options []Calls
		left    map[budget.Group]int
		best    int
		short   budget.Group
	}{
		{"the only way", []Calls{{budget.Light: 3}}, full, 0, ""},
		{"a Heavy call is a tenth, five Light ones too: the first of equals", []Calls{{budget.Heavy: 1}, {budget.Light: 5}}, full, 0, ""},
		{"four Light calls are less than a Heavy one", []Calls{{budget.Heavy: 1}, {budget.Light: 4}}, full, 1, ""},
		{"one Heavy call is less than forty Light ones", []Calls{{budget.Heavy: 1}, {budget.Light: 40}}, full, 0, ""},
		{"Heavy is dear when two are left", []Calls{{budget.Heavy: 1}, {budget.Light: 20}}, map[budget.Group]int{budget.Light: 50, budget.Heavy: 2}, 1, ""},
		{"what cannot be paid is not taken", []Calls{{budget.Heavy: 3}, {budget.Light: 49}}, map[budget.Group]int{budget.Light: 50, budget.Heavy: 2}, 1, ""},
		{"both groups count", []Calls{{budget.Heavy: 1, budget.Light: 10}, {budget.Light: 12}}, full, 1, ""},
		{"nothing can be paid", []Calls{{budget.Heavy: 100}, {budget.Light: 1040}}, full, 0, budget.Heavy},
		{"nothing is left", []Calls{{budget.Heavy: 1}, {budget.Light: 3}}, map[budget.Group]int{}, 0, budget.Heavy},
		{"nothing to pay", []Calls{{}, {budget.Light: 1}}, full, 0, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var options []Option
			for _, c := range tt.options {
				options = append(options, Option{Calls: c})
			}
			best, short := cheapest(options, func(g budget.Group) int { return tt.left[g] })
			if best != tt.best || short != tt.short {
				t.Errorf("took %d (short of %q), want %d (%q)", best, short, tt.best, tt.short)
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
