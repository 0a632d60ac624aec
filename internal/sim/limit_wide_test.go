package sim_test

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/ringql/ringql/internal/sim"
)

var limitHeaders = []string{"X-Rate-Limit-Group", "X-Rate-Limit-Limit", "X-Rate-Limit-Remaining", "X-Rate-Limit-Window"}

// silent checks that an answer tells nothing of a person's budget.
func (a answer) silent() answer {
	a.t.Helper()
	for _, name := range limitHeaders {
		if a.header.Get(name) != "" {
			a.t.Errorf("%s: %s", name, a.header.Get(name))
		}
	}
	return a
}

func TestAccountLimit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newServer(t, sim.Config{AccountLimit: 3})
		john, jane := admin(t, s), as(t, s, sim.StandardUserID)
		john.get(v1).want(200)
		john.get(v1 + "/extension").want(200)
		jane.get(v1).want(200)
		a := jane.get(v1).silent()
		a.wantError(429, "CMN-302", "")
		if a.header.Get("Retry-After") != "60" {
			t.Errorf("Retry-After %q", a.header.Get("Retry-After"))
		}
		time.Sleep(59 * time.Second)
		john.get(v1 + "/phone-number").want(429) // another person and group, and it starts the penalty anew
		time.Sleep(59 * time.Second)
		john.get(v1).want(429)
		time.Sleep(time.Minute)
		if h := john.get(v1).want(200).header; h.Get("X-Rate-Limit-Remaining") != "49" {
			t.Errorf("refused calls were charged to the person: %v", h)
		}
	})
}

func TestAddressLimit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newServer(t, sim.Config{AddressLimit: 1})
		admin(t, s).get(v1).want(200)
		as(t, s, sim.StandardUserID).get(v1).silent().wantError(429, "CMN-310", "")
		askToken(t, s, basic(sim.ClientID, sim.ClientSecret), jwtForm(sim.AdministratorID)).silent().want(429)
	})
}

func TestCloseAccountAndAll(t *testing.T) {
	for _, tt := range []struct {
		code  string
		close func(*sim.Server)
	}{
		{"CMN-301", func(s *sim.Server) { s.CloseGroup(sim.AdministratorID, "light", time.Minute) }},
		{"CMN-302", func(s *sim.Server) { s.CloseAccount(time.Minute) }},
		{"CMN-310", func(s *sim.Server) { s.CloseAll(time.Minute) }},
	} {
		synctest.Test(t, func(t *testing.T) {
			s := newServer(t, sim.Config{Penalty: 30 * time.Second})
			john, jane := admin(t, s), as(t, s, sim.StandardUserID)
			tt.close(s)
			a := john.get(v1)
			a.wantError(429, tt.code, "")
			if a.header.Get("Retry-After") != "60" {
				t.Errorf("%s: Retry-After %q", tt.code, a.header.Get("Retry-After"))
			}
			if got := jane.get(v1).status; (got == 429) != (tt.code != "CMN-301") {
				t.Errorf("%s: another person got %d", tt.code, got)
			}
			time.Sleep(time.Minute)
			john.get(v1).want(200)
			jane.get(v1).want(200)
		})
	}
}

func TestRefusalsThatSayNoTime(t *testing.T) {
	s := newServer(t, sim.Config{Limits: map[string]int{"light": 1}, NoRetryAfter: true})
	c := admin(t, s)
	c.get(v1).want(200)
	h := c.get(v1).want(429).header
	if _, said := h["Retry-After"]; said || h.Get("X-Rate-Limit-Remaining") != "0" {
		t.Errorf("%v", h)
	}
}

func TestTooMany(t *testing.T) {
	s := newServer(t, sim.Config{})
	c := admin(t, s)
	for _, code := range []string{"CMN-302", "CMN-303", "CMN-304"} {
		s.FailNext("readAccountInfo", 1, sim.TooMany(code, 0))
		a := c.get(v1).silent()
		a.wantError(429, code, "")
		if _, said := a.header["Retry-After"]; said {
			t.Errorf("%s: %v", code, a.header)
		}
		c.get(v1).want(200)
	}
	s.FailNext("readAccountInfo", 1, sim.TooMany("CMN-304", 1500*time.Millisecond))
	if got := c.get(v1).want(429).header.Get("Retry-After"); got != "2" {
		t.Errorf("Retry-After %q, want 2", got)
	}
	defer func() {
		if recover() == nil {
			t.Error("a code that is none did not panic")
		}
	}()
	sim.TooMany("CMN-3004", 0)
}
