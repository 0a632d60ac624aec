package sim_test

import (
	"fmt"
	"runtime"
	"sync"
	"testing"
	"time"

	"github.com/ringql/ringql/internal/sim"
)

// A company of the largest size in view starts fast enough for a test, and fits a small machine.
func TestLargeCompany(t *testing.T) {
	if testing.Short() || raceEnabled {
		t.Skip("measures time and memory, which -short and -race are not for")
	}
	heap := func() uint64 {
		var m runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&m)
		return m.HeapAlloc
	}
	before, start := heap(), time.Now()
	s := newServer(t, sim.Config{Extensions: 50_000, Numbers: 100_000, Limits: map[string]int{}})
	took := time.Since(start)
	used := heap() - before
	t.Logf("started in %v with %d MiB", took, used>>20)
	if took > 5*time.Second || used > 1<<30 {
		t.Errorf("started in %v with %d MiB", took, used>>20)
	}
	c := admin(t, s)
	for _, path := range []string{v1 + "/extension", v1 + "/phone-number", v1 + "/device", v2 + "/phone-numbers"} {
		start = time.Now()
		if got := len(c.get(path + "?perPage=1000&page=40").records()); got != 1000 {
			t.Errorf("%s: %d records", path, got)
		}
		t.Logf("%s: %v", path, time.Since(start))
	}
	runtime.KeepAlive(s)
}

// Readers and writers together; the race detector watches.
func TestConcurrentCalls(t *testing.T) {
	s := newServer(t, sim.Config{Extensions: 40, Numbers: 100, Limits: map[string]int{}})
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			c := admin(t, s)
			for j := range 20 {
				c.get(v1 + "/extension/~,435068008/device")
				c.get(v1 + "/phone-number?perPage=50")
				c.get(v1 + "/extension/435068008/phone-number")
				owner := []string{sim.AdministratorID, sim.StandardUserID}[(i+j)%2]
				c.send("PUT", v1+"/phone-number/723455008", fmt.Sprintf(`{"usageType":"DirectNumber","extension":{"id":%s}}`, owner))
				c.send("POST", v1+"/call-queues/512090008/bulk-assign", fmt.Sprintf(`{"addedExtensionIds":[%s]}`, owner))
				c.send("POST", v2+"/phone-numbers/bulk-add", fmt.Sprintf(`{"records":[{"phoneNumber":"+1415555%02d%02d"}]}`, 20+i, j))
				s.RemoveExtension(s.AddExtension(j, "Short Lived"))
				s.Calls()
			}
		})
	}
	wg.Wait()
	if got := len(admin(t, s).get(v2 + "/phone-numbers?perPage=1000&usageType=Inventory").records()); got != 2+8*20 {
		t.Errorf("%d in stock", got)
	}
}

func BenchmarkPageOfThousand(b *testing.B) {
	s := newServer(b, sim.Config{Extensions: 50_000, Numbers: 100_000, Limits: map[string]int{}})
	c := admin(b, s)
	for _, path := range []string{v1 + "/extension", v1 + "/phone-number", v2 + "/phone-numbers", v1 + "/extension/435068008/phone-number"} {
		b.Run(path, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				c.get(path + "?perPage=1000&page=2").want(200)
			}
		})
	}
}
