package replicas_test

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/ringql/ringql/internal/sim"
	"github.com/ringql/ringql/test/program"
)

// number is one of the company's that can be moved to the contact centre.
const number = "723455008"

const numberChanged = `subscription ($after: ID) { contactCenterPhoneNumberChanged(after: $after) {
	__typename id eventType phoneNumberInfo { rcId usageType } phoneNumber { usageType } } }`

const everything = `subscription ($after: ID) { accountEvents(after: $after) {
	__typename id ... on ContactCenterPhoneNumberEvent { phoneNumberInfo { rcId } } } }`

// ear is somebody who listens at one gateway.
type ear struct {
	name    string
	mu      sync.Mutex
	answers []answer
}

// listens has somebody listen until the test ends. Who is turned away for now, as may happen on
// a machine that has much to do, tries again.
func listens(t *testing.T, name, url string, w way, s subscription) *ear {
	e := &ear{name: name}
	ctx, cancel := context.WithCancel(context.Background())
	var done sync.WaitGroup
	done.Go(func() {
		for ctx.Err() == nil && e.texts("FORBIDDEN") == nil {
			_ = w.listen(ctx, url, s, func(a answer) {
				e.mu.Lock()
				defer e.mu.Unlock()
				if len(a.Errors) == 0 || len(e.answers) > 0 || a.Errors[0].Extensions.Code != "UNAVAILABLE" {
					e.answers = append(e.answers, a)
				}
			})
			time.Sleep(20 * time.Millisecond)
		}
	})
	t.Cleanup(func() {
		cancel()
		done.Wait()
	})
	return e
}

// heard returns what was told so far.
func (e *ear) heard() []answer {
	e.mu.Lock()
	defer e.mu.Unlock()
	return slices.Clone(e.answers)
}

// texts returns those answers that contain a text.
func (e *ear) texts(of string) (out []string) {
	for _, a := range e.heard() {
		if text := fmt.Sprint(string(a.Data), a.Errors); strings.Contains(text, of) {
			out = append(out, text)
		}
	}
	return out
}

// What is changed by way of one gateway is told by all, once, and what is read for it is so.
func TestEventsAcrossReplicas(t *testing.T) {
	bin := program.Build(t)
	for _, upstream := range upstreams {
		for _, w := range []way{socket, stream} {
			t.Run(upstream+" "+string(w), func(t *testing.T) {
				t.Parallel()
				acrossReplicas(t, newFarm(t, bin, upstream, 3), w)
			})
		}
	}
}

func acrossReplicas(t *testing.T, f *farm, w way) {
	f.sim.GiveRole(sim.StandardUserID, nil, []string{"ReadCompanyInfo", "ReadExtensions"})
	stranger, outsider := f.sim.Token(sim.StandardUserID), f.sim.Token(sim.NumberManagerID, "NumberLookup")
	var ears, all, half, refused []*ear
	for i, g := range f.gateways {
		name := fmt.Sprintf(" at gateway %d", i)
		ears = append(ears, listens(t, "administrator"+name, g.URL, w, subscription{query: numberChanged}))
		all = append(all, listens(t, "administrator of all"+name, g.URL, w, subscription{query: everything}))
	}
	f.running() // with the credentials of the administrator: those of others do not do for all
	for i, g := range f.gateways {
		name := fmt.Sprintf(" at gateway %d", i)
		half = append(half, listens(t, "who may read no numbers"+name, g.URL, w, subscription{query: everything, bearer: stranger}))
		refused = append(refused,
			listens(t, "who may read no numbers, but asks for them,"+name, g.URL, w, subscription{query: numberChanged, bearer: stranger}),
			listens(t, "who has not the scope"+name, g.URL, w, subscription{query: everything, bearer: outsider}))
	}
	t.Cleanup(func() {
		if t.Failed() {
			for _, e := range slices.Concat(ears, all, half, refused) {
				t.Logf("%s was told %q", e.name, e.texts(""))
			}
		}
	})
	f.wait(10*time.Second, "all listen, or are refused", func() bool {
		return f.subscribers() == 9 && !slices.ContainsFunc(refused, func(e *ear) bool { return len(e.texts("FORBIDDEN")) == 0 })
	})
	for i := range f.gateways { // so that an old answer is there to be taken for the new one
		if got := f.usage(i); got == "CONTACT_CENTER_NUMBER" {
			t.Fatalf("the number is %s to begin with", got)
		}
	}
	for round, usage := range []string{"CONTACT_CENTER_NUMBER", "COMPANY_NUMBER"} {
		var got struct{ ReassignPhoneNumber struct{ Outcome string } }
		ask(t, f.gateways[round].URL, fmt.Sprintf(`mutation { reassignPhoneNumber(input: {phoneNumberId: "%s", usageType: %s}) { outcome } }`, number, usage), &got)
		if got.ReassignPhoneNumber.Outcome != "APPLIED" {
			t.Fatalf("%+v", got)
		}
		began := time.Now()
		for _, e := range slices.Concat(ears, all) {
			f.wait(10*time.Second, e.name+" is told", func() bool { return len(e.texts(`"rcId":"`+number)) > round })
		}
		t.Logf("told to all %v after the mutation", time.Since(began).Round(time.Millisecond))
		for i := range f.gateways {
			if got := f.usage(i); got != usage {
				t.Errorf("gateway %d reads %s, and it is %s", i, got, usage)
			}
		}
	}
	time.Sleep(300 * time.Millisecond) // what is told twice is told soon after
	for _, e := range ears {
		checkNumber(t, e)
	}
	for _, e := range all {
		if got := e.texts(`"rcId":"` + number); len(got) != 2 {
			t.Errorf("%s was told %q", e.name, got)
		}
	}
	for _, e := range half {
		if e.texts("phoneNumberInfo") != nil || len(e.texts("ExtensionEvent")) != len(all[0].texts("ExtensionEvent")) {
			t.Errorf("%s was told %q", e.name, e.texts(""))
		}
	}
	for _, e := range refused {
		if got := e.texts(""); len(got) != 1 {
			t.Errorf("%s was told %q", e.name, got)
		}
	}
	if n := f.upstreams(); n != 1 {
		t.Errorf("RingCentral tells over %d ways, want one for all", n)
	}
}

// usage is what a gateway says the number is used for.
func (f *farm) usage(i int) string {
	f.t.Helper()
	var got struct{ PhoneNumber struct{ UsageType string } }
	ask(f.t, f.gateways[i].URL, fmt.Sprintf(`{ phoneNumber(id: "%s") { usageType } }`, number), &got)
	return got.PhoneNumber.UsageType
}

// checkNumber looks at what somebody was told of the number.
func checkNumber(t *testing.T, e *ear) {
	t.Helper()
	var got []string
	ids := map[string]bool{}
	for _, a := range e.heard() {
		var d struct {
			Event struct {
				ID, EventType string
				PhoneNumber   struct{ UsageType string }
			} `json:"contactCenterPhoneNumberChanged"`
		}
		if err := json.Unmarshal(a.Data, &d); err != nil || len(a.Errors) > 0 {
			t.Errorf("%s: %s %v", e.name, a.Data, a.Errors)
		}
		if ids[d.Event.ID] {
			t.Errorf("%s was told %s twice", e.name, d.Event.ID)
		}
		ids[d.Event.ID] = true
		if a.ID != "" && a.ID != d.Event.ID {
			t.Errorf("%s: event %s has id %s", e.name, d.Event.ID, a.ID)
		}
		if d.Event.EventType != "GAP" {
			got = append(got, d.Event.EventType+" "+d.Event.PhoneNumber.UsageType)
		}
	}
	if want := []string{"UPDATED CONTACT_CENTER_NUMBER", "UPDATED COMPANY_NUMBER"}; !slices.Equal(got, want) {
		t.Errorf("%s was told %q, want %q", e.name, got, want)
	}
}
