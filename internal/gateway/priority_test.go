package gateway_test

import (
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"golang.org/x/tools/txtar"
)

// Of two who wait for their turn in the budget, a script that came first lets a person go
// before it.
func TestBulkLetsOthersGoFirst(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCase(t, txtar.Parse([]byte("-- sim.txt --\nlimit light = 1\n-- gateway.txt --\ntimeout = 5m\n")), newContract(t))
		c.post(t, "{ viewer { name } }", "") // spends all there is
		var wg sync.WaitGroup
		took := map[string]time.Duration{}
		var mu sync.Mutex
		for _, who := range [][2]string{{"bulk", "723455008"}, {"interactive", "723456008"}} { // one read would be one call
			priority, id := who[0], who[1]
			other := &goldenCase{sim: c.sim, h: c.h, header: c.header.Clone()}
			other.header.Set("X-RingQL-Priority", priority)
			start := time.Now()
			wg.Go(func() {
				other.post(t, `{ phoneNumber(id: "`+id+`") { phoneNumber } }`, "")
				mu.Lock()
				defer mu.Unlock()
				took[priority] = time.Since(start)
			})
			time.Sleep(time.Second)
		}
		wg.Wait()
		if took["interactive"] >= took["bulk"] || took["interactive"] < 50*time.Second {
			t.Errorf("they took %v", took)
		}
	})
}
