package budget

import (
	"context"
	"time"
)

// When returns how long it takes until who can have sent n calls of group, each as soon as
// it may go: zero for now, and for no calls. More than fit into a window take several.
func (g *Gate) When(who string, group Group, n int) (wait time.Duration) {
	if n <= 0 {
		return 0
	}
	g.look(context.Background(), g.key(who, group), func(now time.Time, b *Book) { wait = b.slots(now, n).wait(n) })
	return max(wait, g.closed())
}
