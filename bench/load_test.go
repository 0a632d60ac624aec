package bench

import (
	"flag"
	"fmt"
	"log/slog"
	"testing"
	"testing/synctest"
	"time"

	"github.com/ringql/ringql/internal/budget"
	"github.com/ringql/ringql/internal/cluster"
	"github.com/ringql/ringql/internal/cluster/redistest"
	"github.com/ringql/ringql/internal/sim"
)

var full = flag.Bool("full", false, "run the whole load, not a short one")

// third is what the other program takes of every budget.
const third = 1. / 3

// bounds are those of the issue, but for the last, which is ours: what other programs will
// leave, and what comes to other replicas, is known too late for a few.
var bounds = due{share: 95, most: 1, early: 2}

// size makes a crowd as large as is due, or small enough for every run of the tests. The time
// is the same: what other programs do is learned in the first minutes.
func size(c crowd) crowd {
	c.people, c.minutes = 2, 5
	if *full {
		c.people = 60
	}
	c.demand, c.bulk = 10, 0.3
	c.fastest, c.slowest = 50*time.Millisecond, 300*time.Millisecond
	return c
}

// inMemory makes the gate of a replica that stands alone.
func inMemory(*testing.T) *budget.Gate { return budget.New(budget.Config{App: sim.ClientID}) }

// inRedis makes gates of replicas that share a Redis.
func inRedis(redis *redistest.Server) func(*testing.T) *budget.Gate {
	return func(t *testing.T) *budget.Gate {
		t.Helper()
		store, err := cluster.Open(cluster.Config{
			URL: redis.URL, Now: time.Now, Log: slog.New(slog.DiscardHandler),
			Timeout: 5 * time.Second, // in real time: a machine may have other things to do
		})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = store.Close() })
		return budget.New(budget.Config{Store: store, App: sim.ClientID})
	}
}

// Sixty people ask for ten times what they may, for five minutes.
func TestCrowd(t *testing.T) {
	for _, tt := range []struct {
		name string
		crowd
	}{
		{"1 replica", crowd{replicas: 1}},
		{"1 replica beside another program", crowd{replicas: 1, foreign: third}},
		{"3 replicas", crowd{replicas: 3}},
		{"3 replicas beside another program", crowd{replicas: 3, foreign: third}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			gate := inMemory
			if tt.replicas > 1 {
				gate = inRedis(redistest.Start(t))
			}
			synctest.Test(t, func(t *testing.T) { size(tt.crowd).run(t, gate).judge(t, bounds) })
		})
	}
}

// Redis goes away in the middle, for long and for a moment, and comes back empty. Meanwhile
// each replica has a line of its own, so that some are passed over.
func TestCrowdWithoutRedis(t *testing.T) {
	redis := redistest.Start(t)
	synctest.Test(t, func(t *testing.T) {
		c := size(crowd{replicas: 3, foreign: third})
		c.during = []event{{70 * time.Second, func(*scene) {
			for _, away := range []time.Duration{80 * time.Second, 2 * time.Second, 10 * time.Second} {
				redis.Stop()
				time.Sleep(away)
				redis.Restart()
				time.Sleep(45 * time.Second)
			}
		}}}
		c.run(t, inRedis(redis)).judge(t, due{share: 90, most: 1, starved: unknowable, early: unknowable})
	})
}

// Every kind of 429 is met, and none is walked into again. Two of them close everything for
// a minute, which nobody can spend then, and come to all who have a call under way.
func TestCrowdRefused(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := size(crowd{replicas: 1})
		c.during = []event{
			{20 * time.Second, func(s *scene) { s.upstream.FailNext("readAccountInfo", 1, sim.TooMany("CMN-304", 0)) }},
			{25 * time.Second, func(s *scene) { s.upstream.FailNext("listExtensions", 1, sim.TooMany("CMN-303", 0)) }},
			{55 * time.Second, func(s *scene) {
				s.upstream.CloseGroup(s.persons[0].id, "light", 10*time.Second)
				s.lose(1, budget.Light)
			}},
			{115 * time.Second, func(s *scene) { s.upstream.CloseAccount(10 * time.Second); s.lose(s.people, "") }},
			{235 * time.Second, func(s *scene) { s.upstream.CloseAll(10 * time.Second); s.lose(s.people, "") }},
		}
		c.run(t, inMemory).judge(t, due{share: 95, inside: unknowable, most: unknowable, early: unknowable})
	})
}

// An account is closed while its people call now and then: were each to find out alone, they
// would keep it closed by turns.
func TestCrowdClosed(t *testing.T) {
	for _, replicas := range []int{1, 3} {
		t.Run(fmt.Sprintf("%d at work", replicas), func(t *testing.T) {
			gate := inMemory
			if replicas > 1 {
				gate = inRedis(redistest.Start(t))
			}
			synctest.Test(t, func(t *testing.T) {
				c := size(crowd{replicas: replicas})
				c.people, c.demand = 20, 0.03
				c.during = []event{{115 * time.Second, func(s *scene) { s.upstream.CloseAccount(10 * time.Second) }}}
				c.run(t, gate).judge(t, due{share: 2, inside: 10, most: 1, early: unknowable})
			})
		})
	}
}
