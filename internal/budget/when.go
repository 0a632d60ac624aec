package budget

import "time"

// When returns how long it takes until who can have sent n calls of group, as many as may
// go as soon as they may: zero for now, and for no calls.
func (g *Gate) When(who string, group Group, n int) time.Duration {
	if n <= 0 {
		return 0
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	b := g.look(who, group)
	windows := (n - 1) / max(1, b.limit) // that are filled before the one that holds the last
	wait, _ := b.wait(time.Now(), n-windows*b.limit)
	return wait + time.Duration(windows)*b.window
}
