package plan

import "math"

// Size is how many there are of something, as far as is known before a query runs.
type Size struct{ Least, Expected, Most int }

// Exactly is the Size of what is known.
func Exactly(n int) Size { return Size{n, n, n} }

// UpTo is the Size of what may be any number up to most.
func UpTo(most int) Size { return Size{0, most, most} }

// Exact says whether s is known.
func (s Size) Exact() bool { return s.Least == s.Most }

func (s Size) each(f func(int) int) Size { return Size{f(s.Least), f(s.Expected), f(s.Most)} }

// plus and times stop before numbers overflow.
func (s Size) plus(o Size) Size {
	return Size{bounded(s.Least + o.Least), bounded(s.Expected + o.Expected), bounded(s.Most + o.Most)}
}

func (s Size) times(o Size) Size {
	return Size{product(s.Least, o.Least), product(s.Expected, o.Expected), product(s.Most, o.Most)}
}

// in returns how many calls s takes with so many in one.
func (s Size) in(one int) Size {
	return s.each(func(n int) int { return Pages(n, max(1, one)) })
}

// atMost bounds s.
func (s Size) atMost(o Size) Size {
	return Size{min(s.Least, o.Least), min(s.Expected, o.Expected), min(s.Most, o.Most)}
}

const mostSize = math.MaxInt32

func bounded(n int) int { return min(n, mostSize) }

func product(a, b int) int {
	if a > 0 && b > mostSize/a {
		return mostSize
	}
	return a * b
}
