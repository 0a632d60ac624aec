package sim_test

import (
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/ringql/ringql/internal/sim"
)

func TestLimits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := admin(t, newServer(t, sim.Config{Limits: map[string]int{"light": 3, "heavy": 1}}))
		for i, remaining := range []string{"2", "1", "0"} {
			if i > 0 {
				time.Sleep(10 * time.Second)
			}
			h := c.get(v1).want(200).header
			if h.Get("X-Rate-Limit-Remaining") != remaining || h.Get("X-Rate-Limit-Limit") != "3" ||
				h.Get("X-Rate-Limit-Group") != "light" || h.Get("X-Rate-Limit-Window") != "60" || h.Get("Retry-After") != "" {
				t.Errorf("call %d: %v", i, h)
			}
		}
		time.Sleep(40*time.Second - time.Millisecond)
		synctest.Wait()

		time.Sleep(time.Millisecond) // the first call has left the window, the others have not
		if h := c.get(v1).want(200).header; h.Get("X-Rate-Limit-Remaining") != "0" {
			t.Errorf("after a minute: %v", h)
		}
		a := c.get(v1)
		a.wantError(429, "CMN-301", "")
		if a.header.Get("Retry-After") != "60" || a.header.Get("X-Rate-Limit-Remaining") != "0" {
			t.Errorf("over the limit: %v", a.header)
		}
		c.get(v1 + "/phone-number").want(200) // another group
		if h := c.get(v1 + "/extension").want(200).header; h.Get("X-Rate-Limit-Group") != "" {
			t.Errorf("a group that is not limited: %v", h)
		}
	})
}

func TestCallsDuringThePenaltyStartItAnew(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := admin(t, newServer(t, sim.Config{Limits: map[string]int{"light": 1}, Penalty: 90 * time.Second}))
		c.get(v1).want(200)
		if got := c.get(v1).want(429).header.Get("Retry-After"); got != "90" {
			t.Errorf("Retry-After %s, want 90", got)
		}
		for range 3 {
			time.Sleep(89 * time.Second)
			c.get(v1).want(429)
		}
		time.Sleep(90 * time.Second)
		c.get(v1).want(200)
	})
}

func TestWindowIsConfigurable(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := admin(t, newServer(t, sim.Config{Limits: map[string]int{"light": 1}, Window: 10 * time.Second, Penalty: time.Second}))
		if got := c.get(v1).want(200).header.Get("X-Rate-Limit-Window"); got != "10" {
			t.Errorf("window %s, want 10", got)
		}
		c.get(v1).want(429)
		time.Sleep(time.Second)
		c.get(v1).want(429) // the penalty is over, the window is not
		time.Sleep(9 * time.Second)
		c.get(v1).want(200)
	})
}

func TestBudgetsArePerPersonAndApp(t *testing.T) {
	s := newServer(t, sim.Config{Limits: map[string]int{"light": 1}})
	john, jane := admin(t, s), as(t, s, sim.StandardUserID)
	john.get(v1).want(200)
	john.get(v1).want(429)
	admin(t, s).get(v1).want(429) // another token of the same person and app
	jane.get(v1).want(200)

	other := john
	other.token = signIn(t, s, sim.ReadOnlyClientID, sim.ReadOnlyClientSecret, sim.AdministratorID).AccessToken
	other.get(v1).want(200)
}

func TestFailuresAndManyIDsCostOneCall(t *testing.T) {
	s := newServer(t, sim.Config{Limits: map[string]int{"light": 9, "medium": 9}})
	c := admin(t, s)
	remaining := func(a answer) string { return a.header.Get("X-Rate-Limit-Remaining") }
	for i, a := range []answer{
		c.get(v1 + "/phone-number/723455008,987654321,1").want(207),
		c.get(v1 + "/phone-number/1").want(404),
		c.get("/restapi/v1.0/account/1").want(404),
		as(t, s, sim.AdministratorID, "SubscriptionWebhook").get(v1).want(403),
	} {
		if got, want := remaining(a), string(rune('8'-i)); got != want {
			t.Errorf("call %d: %s remaining, want %s", i, got, want)
		}
	}
	c.token = "unknown"
	if got := remaining(c.get(v1).want(401)); got != "" {
		t.Errorf("a call of nobody was charged: %s", got)
	}
}

func TestDefaultLimits(t *testing.T) {
	c := admin(t, newServer(t, sim.Config{}))
	for path, limit := range map[string]string{v1: "50", v1 + "/extension": "40", v1 + "/phone-number": "10"} {
		if got := c.get(path).header.Get("X-Rate-Limit-Limit"); got != limit {
			t.Errorf("%s: limit %s, want %s", path, got, limit)
		}
	}
}

func TestLatency(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := admin(t, newServer(t, sim.Config{Latency: 150 * time.Millisecond}))
		start := time.Now()
		c.get(v1).want(http.StatusOK)
		if took := time.Since(start); took != 150*time.Millisecond {
			t.Errorf("took %v", took)
		}
	})
}
