package sim_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ringql/ringql/internal/sim"
)

func briefs(t testing.TB, events []event) (out []string) {
	t.Helper()
	for _, e := range events {
		out = append(out, e.brief(t))
	}
	return out
}

// The life of a number in the contact centre, in full.
func TestContactCenterEvents(t *testing.T) {
	hooked(t, sim.Config{}, func(t *testing.T, s *sim.Server, r *receiver) {
		c := admin(t, s)
		id := r.subscribe(c, numbers)
		const stock = v2 + "/phone-numbers/246720008"
		assign := func(body string) { t.Helper(); c.send(http.MethodPatch, stock, body).want(http.StatusOK) }
		assign(`{"usageType":"ContactCenterNumber"}`)
		assign(`{"usageType":"ContactCenterNumber"}`) // as it is already
		assign(`{"usageType":"DirectNumber","extension":{"id":"` + sim.StandardUserID + `"}}`)
		assign(`{"usageType":"ContactCenterNumber"}`)
		c.send(http.MethodDelete, v1+"/phone-number/246720008", nil).want(http.StatusNoContent)
		got := r.take()
		equal(t, "events", briefs(t, got), []string{"number Created 246720008", "number Updated 246720008", "number Updated 246720008", "number Deleted 246720008"})
		for _, e := range got {
			if e.Event != accountPath+"/phone-number?usageType=ContactCenterNumber" || e.SubscriptionID != id || e.OwnerID != sim.AdministratorID ||
				!e.Timestamp.Equal(time.Now()) || e.token != "secret" {
				t.Errorf("envelope: %+v", e)
			}
			want := `"phoneNumberInfo":{"uri":"` + c.base + accountPath + `/phone-number/246720008","id":"246720008","phoneNumber":"+16505550160",` +
				`"paymentType":"Local","location":"San Mateo, CA","type":"VoiceFax","usageType":"ContactCenterNumber","status":"Normal",` +
				`"contactCenterProvider":{"id":"1","name":"InContact/North America"}}`
			if !strings.Contains(string(e.Body), want) {
				t.Errorf("got  %s\nwant %s", e.Body, want)
			}
		}
		if ids := uuids(got); len(slices.Compact(slices.Sorted(slices.Values(ids)))) != len(got) {
			t.Errorf("uuids: %v", ids)
		}
	})
}

// A number of one kind has another word for it in events.
func TestKindsOfNumbersInEvents(t *testing.T) {
	hooked(t, sim.Config{}, func(t *testing.T, s *sim.Server, r *receiver) {
		c := admin(t, s)
		r.subscribe(c, numbers)
		for id, want := range map[string]string{"723455008": `"type":"Voice"`, "723458008": `"type":"Fax"`, "723457008": `"type":"VoiceFax"`} {
			c.send(http.MethodPatch, v2+"/phone-numbers/"+id, `{"usageType":"ContactCenterNumber"}`).want(http.StatusOK)
			if got := r.take(); len(got) != 1 || !strings.Contains(string(got[0].Body), want) {
				t.Errorf("%s: %+v, want %s", id, got, want)
			}
		}
	})
}

// What changes behind every client's back is told of too, and so is what a task does in its time.
func TestKnobsTell(t *testing.T) {
	hooked(t, sim.Config{}, func(t *testing.T, s *sim.Server, r *receiver) {
		r.subscribe(admin(t, s), extensions)
		id := s.AddExtension(0, "New Person")
		s.GiveRole(id, nil, []string{"ReadExtensions"})
		s.RemoveExtension(id)
		s.RemoveExtension(id)
		s.RemoveExtension(sim.StandardUserID) // who is in two queues
		equal(t, "events", briefs(t, r.take()), []string{
			"extension Create " + id, "extension Update " + id + " [ExtensionInfo Permissions]", "extension Delete " + id,
			"extension Delete " + sim.StandardUserID,
			"extension Update 512090008 [CallQueueMembersChange]", "extension Update 512091008 [CallQueueMembersChange]",
		})
	})
}

// Who asks for one extension is told of that one.
func TestEventsOfOneExtension(t *testing.T) {
	hooked(t, sim.Config{}, func(t *testing.T, s *sim.Server, r *receiver) {
		c := admin(t, s)
		r.subscribe(as(t, s, sim.StandardUserID), extensions+"/~", extensions+"/512084008")
		c.send(http.MethodPut, v1+"/extension/512084008", `{"contact":{"jobTitle":"Director"}}`).want(http.StatusOK)
		c.send(http.MethodPut, v1+"/extension/512084008", `{"contact":{"jobTitle":"Director"}}`).want(http.StatusOK)
		c.send(http.MethodPut, v1+"/extension/512085008", `{"contact":{"jobTitle":"Director"}}`).want(http.StatusOK)
		c.send(http.MethodPatch, v2+"/phone-numbers/246720008", `{"usageType":"DirectNumber","extension":{"id":"`+sim.StandardUserID+`"}}`).want(http.StatusOK)
		got := r.take()
		equal(t, "events", briefs(t, got), []string{"extension Update 512084008 [ExtensionInfo]", "extension Update " + sim.StandardUserID + " [CompanyNumbers]"})
		if len(got) == 2 && got[1].Event != accountPath+"/extension/"+sim.StandardUserID {
			t.Errorf("event %q", got[1].Event)
		}
		s.RemoveExtension("512084008")
		equal(t, "events", briefs(t, r.take()), []string{"extension Delete 512084008"})
	})
}

// Nobody is told anything once they may not sign in, or the subscription is over, and all others are.
func TestWhoIsTold(t *testing.T) {
	hooked(t, sim.Config{}, func(t *testing.T, s *sim.Server, r *receiver) {
		c, jane, maria := admin(t, s), as(t, s, sim.StandardUserID), as(t, s, "512084008")
		first := r.subscribe(c, numbers)
		hers := r.subscribe(jane, numbers)
		gone := r.subscribe(maria, numbers)
		c.send(http.MethodPut, v1+"/extension/512084008", `{"status":"Disabled"}`).want(http.StatusOK)
		to := func() (out []string) {
			for _, e := range r.take() {
				out = append(out, e.SubscriptionID)
			}
			slices.Sort(out)
			return out
		}
		both := func(a, b string) []string { return slices.Sorted(slices.Values([]string{a, b})) }
		s.RaiseEvents(1)
		equal(t, "told", to(), both(first, hers))
		s.ExpireSubscriptions(first)
		c.send(http.MethodPut, v1+"/extension/512084008", `{"status":"Enabled"}`).want(http.StatusOK)
		s.RaiseEvents(1)
		equal(t, "told", to(), both(hers, gone))
		jane.send(http.MethodDelete, subscriptionPath+"/"+hers, nil).want(http.StatusNoContent)
		time.Sleep(7 * 24 * time.Hour)
		if ids := s.RaiseEvents(1); ids != nil || to() != nil {
			t.Errorf("told after the end: %v", ids)
		}
		if n := len(s.Events()); n != 4 {
			t.Errorf("%d events are remembered, want 4", n)
		}
	})
}
