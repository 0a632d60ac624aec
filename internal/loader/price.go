package loader

import (
	"fmt"
	"math"
	"time"

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

// cheapest returns which of options costs the least of what is left, the first of
// equals; false when none can be paid now.
func cheapest(options []Option, left Left) (best int, payable bool) {
	low := math.Inf(1)
	for i, o := range options {
		if p := o.price(left); p < low {
			best, low = i, p
		}
	}
	return best, !math.IsInf(low, 1)
}

// fits says whether o can be paid at all.
func (o Option) fits(left Left) bool { return !math.IsInf(o.price(left), 1) }

// pages returns how many pages of size rows n rows fill.
func pages(n, size int) int { return (n + size - 1) / size }

// refuse is the error of a need that none of options can pay for now: when to come
// again, or ErrTooMany if each takes more than there is in a whole window.
func refuse(options []Option, wait func(group budget.Group, calls int) (time.Duration, bool)) error {
	out := fmt.Errorf("%w: more than a whole budget", ErrTooMany)
	soonest := time.Duration(math.MaxInt64)
	for _, o := range options {
		var away budget.Error
		ever := true
		for group, n := range o.Calls {
			d, ok := wait(group, n)
			ever = ever && ok
			if d > away.RetryAfter {
				away = budget.Error{Group: group, RetryAfter: d}
			}
		}
		if ever && away.RetryAfter < soonest {
			out, soonest = &away, away.RetryAfter
		}
	}
	return out
}
