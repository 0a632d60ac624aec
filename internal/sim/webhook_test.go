package sim_test

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"github.com/ringql/ringql/internal/sim"
)

func TestHandshake(t *testing.T) {
	hooked(t, sim.Config{}, func(t *testing.T, s *sim.Server, r *receiver) {
		c := admin(t, s)
		token := func(req *http.Request) string { return req.Header.Get("Validation-Token") }
		for _, tt := range []struct {
			name, code string
			answer     func(*http.Request) *http.Response
		}{
			{"usual", "", nil},
			{"charset", "", func(req *http.Request) *http.Response {
				return reply(req, 200, 0, "Validation-Token", token(req), "Content-Type", "application/json;charset=UTF-8")
			}},
			{"no token", "SUB-520", func(req *http.Request) *http.Response { return reply(req, 200, 0, "Content-Type", "application/json") }},
			{"other token", "SUB-520", func(req *http.Request) *http.Response {
				return reply(req, 200, 0, "Validation-Token", "x", "Content-Type", "application/json")
			}},
			{"status", "SUB-525", func(req *http.Request) *http.Response {
				return reply(req, 204, 0, "Validation-Token", token(req), "Content-Type", "application/json")
			}},
			{"redirect", "SUB-525", func(req *http.Request) *http.Response { return reply(req, 302, 0, "Location", address) }},
			{"no type", "SUB-525", func(req *http.Request) *http.Response { return reply(req, 200, 0, "Validation-Token", token(req)) }},
			{"other type", "SUB-525", func(req *http.Request) *http.Response {
				return reply(req, 200, 0, "Validation-Token", token(req), "Content-Type", "text/plain")
			}},
			{"large", "SUB-525", func(req *http.Request) *http.Response {
				return reply(req, 200, 950, "Validation-Token", token(req), "Content-Type", "application/json")
			}},
			{"just small enough", "", func(req *http.Request) *http.Response {
				return reply(req, 200, 800, "Validation-Token", token(req), "Content-Type", "application/json")
			}},
			{"slow", "SUB-521", func(req *http.Request) *http.Response { <-req.Context().Done(); return reply(req, 200, 0) }},
		} {
			t.Log(tt.name)
			r.answers(tt.answer)
			start := time.Now()
			a := c.send(http.MethodPost, subscriptionPath, wish(numbers))
			if tt.code == "" {
				a.want(http.StatusOK)
			} else {
				a.wantError(http.StatusBadRequest, tt.code, "")
			}
			if took := time.Since(start); tt.name == "slow" && took != 3*time.Second || tt.name != "slow" && took != 0 {
				t.Errorf("it took %v", took)
			}
		}
		if n := len(s.Subscriptions()); n != 3 {
			t.Errorf("%d subscriptions, want 3", n)
		}
	})
}

// A receiver that asks the server something before it answers is not waited for in vain.
func TestHandshakeLeavesTheServerOpen(t *testing.T) {
	hooked(t, sim.Config{}, func(t *testing.T, s *sim.Server, r *receiver) {
		c := admin(t, s)
		r.answers(func(*http.Request) *http.Response {
			c.send(http.MethodPatch, v2+"/phone-numbers/246720008", `{"usageType":"ContactCenterNumber"}`).want(http.StatusOK)
			return nil
		})
		r.subscribe(c, numbers)
	})
}

// What fails is tried again, after longer and longer, with the same uuid, while other events pass by.
func TestRetries(t *testing.T) {
	hooked(t, sim.Config{WebhookRetries: []time.Duration{time.Second, time.Minute}}, func(t *testing.T, s *sim.Server, r *receiver) {
		r.subscribe(admin(t, s), numbers)
		start := time.Now()
		for _, tt := range []struct {
			name   string
			answer func(*http.Request) *http.Response
			took   time.Duration // an attempt
		}{
			{"status", failing(http.StatusServiceUnavailable), 0},
			{"no content", failing(http.StatusNoContent), 0},
			{"large", func(req *http.Request) *http.Response { return reply(req, http.StatusOK, 1024) }, 0},
			{"slow", func(req *http.Request) *http.Response { <-req.Context().Done(); return reply(req, 200, 0) }, 3 * time.Second},
		} {
			t.Log(tt.name)
			r.answers(tt.answer)
			before := s.Deliveries()
			start := time.Now()
			first := s.RaiseEvents(1)
			time.Sleep(tt.took + time.Millisecond)
			r.answers(nil)
			second := s.RaiseEvents(1)
			time.Sleep(time.Second)
			got := r.take()
			equal(t, "uuids", uuids(got), slices.Concat(first, second, first))
			if wait := got[2].at.Sub(start); wait != time.Second+tt.took {
				t.Errorf("tried again after %v", wait)
			}
			after := s.Deliveries()
			if after.Made-before.Made != 3 || after.Acknowledged-before.Acknowledged != 2 || after.Failed-before.Failed != 1 || after.Lost != 0 {
				t.Errorf("from %+v to %+v", before, after)
			}
		}
		r.answers(failing(http.StatusNotFound))
		s.RaiseEvents(1)
		time.Sleep(time.Hour)
		if got := r.take(); len(got) != 3 || s.Deliveries().Lost != 1 {
			t.Errorf("%d attempts at what always fails, %+v after %v", len(got), s.Deliveries(), time.Since(start))
		}
	})
}

// Ten minutes of nothing but failures end a subscription, and what happens then is lost.
func TestBlacklisting(t *testing.T) {
	hooked(t, sim.Config{}, func(t *testing.T, s *sim.Server, r *receiver) {
		c := admin(t, s)
		path := subscriptionPath + "/" + r.subscribe(c, numbers)
		status := func() any { return c.get(path).want(http.StatusOK).object()["status"] }
		r.answers(failing(http.StatusNotFound))
		s.RaiseEvents(1)
		time.Sleep(9 * time.Minute)
		r.answers(nil)
		s.RaiseEvents(1) // one that passes
		time.Sleep(time.Minute + time.Second)
		r.answers(failing(http.StatusNotFound))
		s.RaiseEvents(3)
		time.Sleep(10*time.Minute - time.Millisecond)
		if got := status(); got != "Active" {
			t.Errorf("%v before its time", got)
		}
		time.Sleep(time.Millisecond)
		r.take()
		if got := status(); got != "Blacklisted" {
			t.Errorf("%v after ten minutes", got)
		}
		want := `{"blacklistedAt":"` + time.Now().UTC().Format("2006-01-02T15:04:05.000Z") + `","reason":"Webhook responses with code: [404], reason: [Not Found]"}`
		if got, _ := json.Marshal(c.get(path).object()["blacklistedData"]); string(got) != want {
			t.Errorf("got %s, want %s", got, want)
		}
		r.answers(nil)
		r.take()
		if ids := s.RaiseEvents(1); ids != nil {
			t.Errorf("raised for nobody: %v", ids)
		}
		c.send(http.MethodPost, path+"/renew", nil).want(http.StatusOK)
		time.Sleep(time.Hour)
		if got := r.take(); got != nil || status() != "Blacklisted" || s.Deliveries().Lost != 3 {
			t.Errorf("%d deliveries, %v, %+v", len(got), status(), s.Deliveries())
		}
	})
}

// By the older account a job brings blacklisted subscriptions back.
func TestRevival(t *testing.T) {
	hooked(t, sim.Config{Revival: 15 * time.Minute}, func(t *testing.T, s *sim.Server, r *receiver) {
		r.subscribe(admin(t, s), numbers)
		s.BlacklistSubscriptions("")
		time.Sleep(15*time.Minute - time.Second)
		s.RaiseEvents(1)
		time.Sleep(time.Second)
		ids := s.RaiseEvents(1)
		equal(t, "told", uuids(r.take()), ids)
	})
}

// Ten thousand events reach a webhook over the network, each once and in order, and the workers end with the context of Listen.
func TestManyEventsOverTheNetwork(t *testing.T) {
	const n = 10_000
	var got []string
	done := make(chan struct{})
	var refuse atomic.Bool
	hook := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("Validation-Token", r.Header.Get("Validation-Token"))
		if r.Header.Get("Validation-Token") != "" {
			return
		}
		var e event
		if err := json.NewDecoder(r.Body).Decode(&e); err != nil {
			t.Error(err)
		}
		if refuse.Load() {
			w.WriteHeader(http.StatusServiceUnavailable)
			return
		}
		if got = append(got, e.UUID); len(got) == n {
			close(done)
		}
	}))
	defer hook.Close()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	s := newServer(t, unlimited())
	url, err := s.Listen(ctx, "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	c := admin(t, s)
	c.http, c.base = http.DefaultClient, url
	body := wish(numbers)
	body["deliveryMode"].(map[string]any)["address"] = hook.URL
	c.send(http.MethodPost, subscriptionPath, body).want(http.StatusOK)
	start := time.Now()
	want := s.RaiseEvents(n)
	select {
	case <-done:
	case <-time.After(30 * time.Second):
		t.Fatalf("only %d came: %+v", len(got), s.Deliveries())
	}
	equal(t, "uuids", got, want)
	t.Logf("%d events in %v", n, time.Since(start))

	refuse.Store(true)
	s.RaiseEvents(1) // which would be tried again for ten minutes
	cancel()
	s.Close()
	if before := s.Deliveries().Lost; s.RaiseEvents(1) == nil || s.Deliveries().Lost != before+1 {
		t.Errorf("after the end: %+v", s.Deliveries())
	}
}
