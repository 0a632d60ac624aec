package sim_test

import (
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/ringql/ringql/internal/sim"
)

// told runs a test with one subscription to numbers.
func told(t *testing.T, run func(s *sim.Server, r *receiver, id string)) {
	hooked(t, sim.Config{}, func(t *testing.T, s *sim.Server, r *receiver) { run(s, r, r.subscribe(admin(t, s), numbers)) })
}

func TestDuplicates(t *testing.T) {
	told(t, func(s *sim.Server, r *receiver, _ string) {
		s.DuplicateEvents(2)
		ids := s.RaiseEvents(3)
		equal(t, "told", uuids(r.take()), []string{ids[0], ids[0], ids[1], ids[1], ids[2]})
	})
}

func TestReordering(t *testing.T) {
	told(t, func(s *sim.Server, r *receiver, _ string) {
		s.ReorderEvents(3)
		ids := s.RaiseEvents(2)
		if got := r.take(); got != nil {
			t.Errorf("%d came before the last", len(got))
		}
		ids = append(ids, s.RaiseEvents(2)...)
		equal(t, "told", uuids(r.take()), []string{ids[2], ids[1], ids[0], ids[3]})
	})
}

func TestLateEvents(t *testing.T) {
	told(t, func(s *sim.Server, r *receiver, _ string) {
		s.DelayEvents(1, time.Hour)
		ids := s.RaiseEvents(2)
		equal(t, "told", uuids(r.take()), ids[1:])
		time.Sleep(time.Hour)
		got := r.take()
		equal(t, "told late", uuids(got), ids[:1])
		if len(got) == 1 && time.Since(got[0].Timestamp) != time.Hour {
			t.Errorf("it happened at %v", got[0].Timestamp)
		}
	})
}

func TestLostEvents(t *testing.T) {
	told(t, func(s *sim.Server, r *receiver, _ string) {
		s.LoseEvents(2)
		ids := s.RaiseEvents(3)
		equal(t, "told", uuids(r.take()), ids[2:])
		if got := s.Deliveries(); len(s.Events()) != 3 || got != (sim.Deliveries{Made: 1, Acknowledged: 1, Lost: 2}) {
			t.Errorf("%d events, %+v", len(s.Events()), got)
		}
	})
}

// A forged delivery is refused, and the simulator thinks nothing of it.
func TestForgedEvents(t *testing.T) {
	told(t, func(s *sim.Server, r *receiver, _ string) {
		r.answers(func(req *http.Request) *http.Response {
			if req.Header.Get("Verification-Token") != "secret" {
				return reply(req, http.StatusUnauthorized, 0)
			}
			return nil
		})
		s.ForgeEvents(1)
		ids := s.RaiseEvents(2)
		time.Sleep(time.Hour)
		got, all := r.take(), s.Events()
		equal(t, "told", uuids(got)[1:], ids)
		if got[0].token == "secret" || len(all) != 3 || slices.Contains(ids, got[0].UUID) {
			t.Fatalf("token %q, events %+v", got[0].token, all)
		}
		for _, e := range all {
			if e.Forged != (e.UUID == got[0].UUID) || e.Forged != (e.Happening == 0) {
				t.Errorf("%+v", e)
			}
		}
		s.ExpireSubscriptions("")
		s.RaiseEvents(1)
		if last := all[2]; last.Happening != 2 || s.Happenings() != 3 {
			t.Errorf("of %d: %+v", s.Happenings(), last)
		}
		if got := s.Deliveries(); got != (sim.Deliveries{Made: 3, Acknowledged: 2}) {
			t.Errorf("%+v", got)
		}
	})
}

func TestLargeEvents(t *testing.T) {
	told(t, func(s *sim.Server, r *receiver, _ string) {
		s.EnlargeEvents(1, 1<<20)
		r.answers(failing(http.StatusRequestEntityTooLarge))
		ids := s.RaiseEvents(1)
		r.take()
		r.answers(nil)
		time.Sleep(time.Second)
		ids = append(ids, s.RaiseEvents(1)...)
		got := r.take()
		equal(t, "told", uuids(got), ids)
		if got[0].size < 1<<20 || got[1].size > 1<<10 {
			t.Errorf("sizes %d and %d", got[0].size, got[1].size)
		}
	})
}

func TestHeldEvents(t *testing.T) {
	told(t, func(s *sim.Server, r *receiver, _ string) {
		s.HoldEvents(10 * time.Minute)
		ids := s.RaiseEvents(3)
		time.Sleep(10*time.Minute - time.Second)
		if got := r.take(); got != nil {
			t.Errorf("%d came before the end", len(got))
		}
		time.Sleep(time.Second)
		equal(t, "told", uuids(r.take()), ids)
		s.HoldEvents(time.Hour)
		ids = s.RaiseEvents(1)
		r.take()
		s.HoldEvents(0)
		equal(t, "told at once", uuids(r.take()), ids)
	})
}

// What waits for a subscription that ends is lost with it.
func TestTheEndOfASubscription(t *testing.T) {
	for name, end := range map[string]func(*sim.Server, string){
		"blacklisted": (*sim.Server).BlacklistSubscriptions,
		"expired":     (*sim.Server).ExpireSubscriptions,
	} {
		t.Run(name, func(t *testing.T) {
			told(t, func(s *sim.Server, r *receiver, id string) {
				s.DelayEvents(1, time.Minute)
				s.HoldEvents(time.Minute)
				ids := s.RaiseEvents(3)
				end(s, "another")
				end(s, id)
				s.RaiseEvents(1)
				time.Sleep(time.Hour)
				if got := r.take(); got != nil || len(s.Events()) != len(ids) {
					t.Errorf("%d came, and there were %d events", len(got), len(s.Events()))
				}
				if got := s.Deliveries().Lost; got != 3 {
					t.Errorf("%d are lost", got)
				}
			})
		})
	}
}
