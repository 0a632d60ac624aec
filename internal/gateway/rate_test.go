package gateway

import (
	"fmt"
	"testing"
	"testing/synctest"
	"time"
)

// Each client may ask so often a second, twice as many at once, and waits no longer for
// having been refused; the memory of clients is bounded.
func TestRates(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRates(5)
		ask := func(client string, n int) (let int) {
			for range n {
				if r.take(client) == 0 {
					let++
				}
			}
			return let
		}
		if let := ask("a", 100); let != 10 {
			t.Errorf("%d of 100 at once, want 10", let)
		}
		if let := ask("b", 100); let != 10 {
			t.Errorf("another: %d, want 10", let)
		}
		if wait := r.take("a"); wait <= 0 || wait > 200*time.Millisecond {
			t.Errorf("to wait: %v", wait)
		}
		time.Sleep(time.Second)
		if let := ask("a", 100); let != 5 {
			t.Errorf("a second later %d, want 5", let)
		}
		for i := range 2 * mostClients {
			r.take(fmt.Sprint(i))
		}
		if n := r.seen.Len(); n > mostClients {
			t.Errorf("%d clients are remembered", n)
		}
		if (*rates)(nil).take("a") != 0 {
			t.Error("without a limit somebody waits")
		}
	})
}
