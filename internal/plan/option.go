package plan

import (
	"math"

	"github.com/ringql/ringql/internal/budget"
)

// Calls says how many upstream calls of each group something costs.
type Calls map[budget.Group]int

// Option is one way to meet a need, with its price in calls.
type Option struct {
	Name  string
	Calls Calls
}

// Left tells how many calls of a group the person who asks may still send.
type Left func(budget.Group) int

// price weighs calls by what is left: a Heavy call is dear when two are left. What
// cannot be paid is infinitely dear.
func (o Option) price(left Left) float64 {
	sum := 0.0
	for group, n := range o.Calls {
		has := left(group)
		if n > has {
			return math.Inf(1)
		}
		if n > 0 {
			sum += float64(n) / float64(has)
		}
	}
	return sum
}

// Cheapest returns which of options costs the least of what is left, the first of
// equals; false when none can be paid now.
func Cheapest(options []Option, left Left) (best int, payable bool) {
	low := math.Inf(1)
	for i, o := range options {
		if p := o.price(left); p < low {
			best, low = i, p
		}
	}
	return best, !math.IsInf(low, 1)
}

// Fits says whether o can be paid at all.
func (o Option) Fits(left Left) bool { return !math.IsInf(o.price(left), 1) }

// Pages returns how many pages of size rows n rows fill.
func Pages(n, size int) int { return (n + size - 1) / size }
