package budget

import (
	"testing"
	"testing/synctest"
	"time"
)

// More calls than a window holds take as many windows as they fill.
func TestWhen(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := NewGate()
		for range 40 {
			if err := g.Spend("me", Light); err != nil {
				t.Fatal(err)
			}
		}
		time.Sleep(20 * time.Second)
		for n, want := range map[int]time.Duration{
			0: 0, 1: 0, 10: 0, 11: 40 * time.Second, 50: 40 * time.Second, 51: time.Minute, 61: 100 * time.Second, 150: 160 * time.Second,
		} {
			if got := g.When("me", Light, n); got != want {
				t.Errorf("%d calls: in %s, want %s", n, got, want)
			}
		}
	})
}
