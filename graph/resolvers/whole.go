package resolvers

import (
	"math"
	"time"
)

// tellable is n as far as the schema's Int goes: the upstream may name any limit.
func tellable(n int) int { return min(n, math.MaxInt32) }

// wholeSeconds returns d in seconds, rounded up: who comes a moment early comes too early.
func wholeSeconds(d time.Duration) int { return tellable(int(math.Ceil(d.Seconds()))) }
