package budget

import (
	"net/http"
	"testing"
	"testing/synctest"
	"time"
)

func TestGroups(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := NewGate()
		for range 3 {
			if err := g.Spend("a", Heavy); err != nil {
				t.Fatal(err)
			}
		}
		g.Learn("a", Light, "op", http.StatusTooManyRequests, header("Retry-After", "9", "X-Rate-Limit-Limit", "20", "X-Rate-Limit-Window", "30", "X-Rate-Limit-Group", "light"))
		want := []GroupState{
			{Group: Light, Limit: 20, Window: 30 * time.Second, ClosedFor: 10 * time.Second},
			{Group: Medium, Limit: 40, Window: time.Minute, Left: 40},
			{Group: Heavy, Limit: 10, Window: time.Minute, Used: 3, Left: 7},
			{Group: Auth, Limit: 5, Window: time.Minute, Left: 5},
		}
		for i, got := range g.Groups(t.Context(), "a") {
			if got != want[i] {
				t.Errorf("got %+v, want %+v", got, want[i])
			}
		}
		for _, s := range g.Groups(t.Context(), "b") {
			if s.Used != 0 || s.Left != s.Limit || s.ClosedFor != 0 {
				t.Errorf("another person's budget is told: %+v", s)
			}
		}
		time.Sleep(10 * time.Second)
		if s := g.Groups(t.Context(), "a")[0]; s.ClosedFor != 0 || s.Left != 20 {
			t.Errorf("after the penalty: %+v", s)
		}
	})
}
