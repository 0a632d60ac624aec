package replicas_test

import (
	"flag"
	"fmt"
	"testing"
	"time"

	"github.com/ringql/ringql/test/program"
)

var soak = flag.Int("soak", 1, "how often everything is killed and stopped in TestReplicaKilled")

// webhookRetries are short, so that what was refused is told again while the test lasts.
var webhookRetries = []time.Duration{
	100 * time.Millisecond, 200 * time.Millisecond, 500 * time.Millisecond, time.Second, time.Second, time.Second, time.Second,
	time.Second, 2 * time.Second, 2 * time.Second, 5 * time.Second, 10 * time.Second, 10 * time.Second, 30 * time.Second,
}

// fewest is how many things happen at least.
const fewest = 3000

// Whatever ends without a word, and whenever, nobody is told anything twice, and nothing is
// lost without a gap.
func TestReplicaKilled(t *testing.T) {
	bin := program.Build(t)
	for _, upstream := range upstreams {
		t.Run(upstream, func(t *testing.T) {
			t.Parallel()
			f := newFarm(t, bin, upstream, 3)
			for _, g := range f.gateways {
				g.Forgive("Redis is away", "Redis does not let")
			}
			replicaKilled(t, f)
		})
	}
}

func replicaKilled(t *testing.T, f *farm) {
	crowd, world := f.crowd(t)
	told := func(step string) {
		t.Helper()
		took, n := crowd.toldAgain(f, step), world.count()
		f.wait(30*time.Second, "more happens", func() bool { return world.count() > n+fewest/5 })
		t.Logf("%s: all are told again after %v", step, took.Round(100*time.Millisecond))
	}
	for range *soak {
		holder := f.running()
		for i := range f.gateways { // the one that holds the lease is the last
			g := f.gateways[(holder+1+i)%len(f.gateways)]
			g.Kill()
			time.Sleep(300 * time.Millisecond)
			g.Restart()
			told(fmt.Sprintf("gateway %d was killed", i+1))
		}
		f.redis.Stop()
		time.Sleep(time.Second)
		f.redis.Restart()
		told("Redis was killed, with all that was in it")

		stopped := f.gateways[f.running()]
		began := time.Now()
		if err := stopped.Stop(); err != nil {
			t.Errorf("it stops with %v", err)
		}
		t.Logf("it stops within %v", time.Since(began).Round(100*time.Millisecond))
		f.running()
		told("the one that holds the lease was stopped")
		stopped.Restart()
	}
	if n := world.count(); n < fewest {
		t.Errorf("only %d things happened", n)
	}
	crowd.check(f, world)
}

// A gateway that is asked to stop breaks the connections of all who listen, and has RingCentral tell no more
// when it is the only one.
func TestReplicaStopped(t *testing.T) {
	bin := program.Build(t)
	for _, upstream := range upstreams {
		t.Run(upstream, func(t *testing.T) {
			t.Parallel()
			f := newFarm(t, bin, upstream, 1)
			crowd, world := f.crowd(t)
			began := time.Now()
			if err := f.gateways[0].Stop(); err != nil {
				t.Errorf("it stops with %v", err)
			}
			if took := time.Since(began); took > 5*time.Second {
				t.Errorf("it stops after %v", took)
			}
			if n := f.upstreams(); n != 0 {
				t.Errorf("RingCentral still tells over %d ways", n)
			}
			for _, l := range crowd { // whose libraries come back when a connection breaks
				f.wait(time.Second, "the connection breaks of "+l.name, func() bool { return l.endings() > 0 })
			}
			f.gateways[0].Restart()
			crowd.toldAgain(f, "the only gateway was stopped")
			crowd.check(f, world)
		})
	}
}
