package sim_test

import (
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/ringql/ringql/internal/sim"
)

func TestSpent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newServer(t, sim.Config{Limits: map[string]int{"light": 2}})
		c := admin(t, s)
		send := func(program string, status int) {
			t.Helper()
			c.send("GET", v1, nil, "User-Agent", program).want(status)
		}
		send("ours", 200)
		send("other", 200)
		send("other", 429) // over the limit
		send("ours", 429)  // nobody told us
		send("ours", 429)  // but now
		time.Sleep(time.Minute)
		send("ours", 200)
		send("other", 200)
		send("ours", 429) // over the limit: the first penalty is forgotten
		want := []sim.Spent{
			{Person: sim.AdministratorID, Client: sim.ClientID, Group: "light", Program: "other", Accepted: 2, Refused: 1},
			{Person: sim.AdministratorID, Client: sim.ClientID, Group: "light", Program: "ours", Accepted: 2, Refused: 3, Blind: 1, Inside: 1},
		}
		if got := s.Spent(); !slices.Equal(got, want) {
			t.Errorf("got  %+v\nwant %+v", got, want)
		}
	})
}

// What the widest limits refuse stands with the person and group of the call.
func TestSpentOfWideLimits(t *testing.T) {
	s := newServer(t, sim.Config{})
	c := admin(t, s)
	s.CloseAccount(time.Minute)
	c.send("GET", v1, nil, "User-Agent", "ours").want(429)
	c.send("GET", v1+"/extension", nil, "User-Agent", "ours").want(429)
	got := s.Spent()
	if len(got) != 2 || got[0].Group != "light" || got[0].Blind != 1 || got[1].Group != "medium" || got[1].Inside != 1 {
		t.Errorf("%+v", got)
	}
}
