package budget

import (
	"context"
	"time"
)

// GroupState is how one group of a person's budget stands.
type GroupState struct {
	Group     Group
	Limit     int           // calls within the window
	Window    time.Duration // over which calls are counted
	Used      int           // calls of ours that count now
	Left      int           // calls that may be sent at once
	Foreign   int           // calls of other programs that count now
	ClosedFor time.Duration // until a group that the upstream closed opens again; zero for an open one
	Waiting   int           // calls that wait for their turn
}

// Groups tells how the budget of who stands, group by group. It sends nothing.
func (g *Gate) Groups(_ context.Context, who string) []GroupState {
	g.mu.Lock()
	defer g.mu.Unlock()
	now := time.Now()
	states := make([]GroupState, 0, len(defaultLimits))
	for _, group := range []Group{Light, Medium, Heavy, Auth} {
		b := g.look(who, group)
		wait, _ := b.wait(now, 1)
		s := GroupState{Group: group, Limit: b.limit, Window: b.window, Used: b.used, ClosedFor: max(0, b.closed.Sub(now))}
		if wait == 0 {
			s.Left = b.limit - b.used
		}
		states = append(states, s)
	}
	return states
}

// Waited returns how long the request made with ctx waited for its turn: no time, since what
// cannot be sent at once is refused.
func Waited(context.Context) time.Duration { return 0 }
