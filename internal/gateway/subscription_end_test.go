package gateway_test

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/ringql/ringql/internal/auth"
	"github.com/ringql/ringql/internal/gateway"
	"github.com/ringql/ringql/internal/limit"
	"github.com/ringql/ringql/internal/notify"
	"github.com/ringql/ringql/internal/sim"
)

// notBegun is what is said of a subscription that is not begun.
func notBegun(field, code, message, more string) string {
	return `{"errors":[{"message":"` + message + `","path":["` + field + `"],"locations":[{"line":1,"column":16}],"extensions":{"code":"` + code + `"` + more + `}}]}`
}

const (
	extensionTypes = `subscription { extensionChanged { eventType } }`
	numberTypes    = `subscription { contactCenterPhoneNumberChanged { eventType } }`
)

// Who may not read what events tell is told of none, whatever RingCentral tells the gateway.
func TestEventsRefused(t *testing.T) {
	e := newEventful(t, nil)
	e.sim.GiveRole(sim.StandardUserID, []string{"ReadExtensions"}, []string{"ReadCompanyInfo", "ReadCompanyPhoneNumbers"})
	user, other := e.sim.Token(sim.StandardUserID), strings.Replace(extensionTypes, "extensionChanged", `extensionChanged(accountId: "5")`, 1)
	const lacks = "This is not allowed. The user lacks the permission ReadExtensions."
	for name, tt := range map[string]struct{ token, query, want string }{
		"only for oneself": {user, extensionTypes, notBegun("extensionChanged", "FORBIDDEN", lacks, `,"permission":"ReadExtensions"`)},
		"other account":    {e.token, other, notBegun("extensionChanged", "NOT_FOUND", "There is no such object, or it is not yours to see.", "")},
	} {
		for way, r := range e.listen(t, tt.token, tt.query) {
			t.Run(name+" by "+way, func(t *testing.T) { r.expect(t, tt.want) })
		}
	}
	for way, r := range e.listen(t, "nonsense", extensionTypes) {
		if got := r.hears(); !strings.Contains(got, `"code":"UNAUTHENTICATED"`) {
			t.Errorf("a token that is none by %s: %s", way, got)
		}
	}
	for way, r := range e.listen(t, user, `subscription { accountEvents(after: START) { __typename } }`) {
		t.Run("of what is allowed by "+way, func(t *testing.T) {
			e.publish(t, notify.Extension, "1", `{"extensionId":"1","eventType":"Create"}`)
			e.publish(t, notify.Number, "2", `{"eventType":"Created","phoneNumberInfo":{"id":"2"}}`)
			r.expect(t, `{"data":{"accountEvents":{"__typename":"ContactCenterPhoneNumberEvent"}}}`)
		})
	}
	off := newStack(t, nil)
	none := &eventful{stack: off, bus: notify.NewMemory()}
	for _, r := range none.listen(t, off.token, numberTypes) {
		r.expect(t, notBegun("contactCenterPhoneNumberChanged", "UNAVAILABLE", "This gateway is told of no events: its operator has to set RINGQL_EVENTS.", ""))
	}
}

// A subscription has one stream, and what one event of it costs is known before.
func TestSubscriptionForms(t *testing.T) {
	e := newEventful(t, func(c *gateway.Config) { c.Limits = limit.Limits{Operations: 2} })
	const several = `{"errors":[{"message":"A subscription has one field, under one name, and without a condition that does not hold.","extensions":{"code":"GRAPHQL_VALIDATION_FAILED"}}]}`
	for _, query := range []string{
		`subscription { a: extensionChanged { id } b: extensionChanged { id } }`, `subscription { extensionChanged @skip(if: true) { id } }`,
	} {
		for _, r := range e.listen(t, e.token, query) {
			r.expect(t, several)
		}
	}
	for _, query := range []string{`subscription { __typename }`, `subscription { extensionChanged { id } accountEvents { id } }`} {
		if got := e.bySocket(t, e.token, query).hears(); !strings.Contains(got, `GRAPHQL_VALIDATION_FAILED`) {
			t.Error(got)
		}
	}
	dry := e.post(t, `subscription { extensionChanged { id extension { name phoneNumbers { totalCount } } } }`, "X-RingQL-Plan", "dry-run")
	if !strings.Contains(dry.text, `"operation":"readExtension"`) || !strings.Contains(dry.text, `"field":"extensionChanged.extension"`) || !strings.Contains(dry.text, `"least":{"heavy":0,"light":0,"medium":0}`) {
		t.Error(dry.text)
	}
	w := e.bySocket(t, e.token, extensionTypes).w
	w.write(subscribe("2", extensionTypes))
	w.write(subscribe("3", extensionTypes))
	w.expect(`{"id":"3","type":"error","payload":[{"message":"The query has too many operations on one socket: at most 2 are allowed."`)
}

// What an event took is told with it, and of that event alone.
func TestEventsTellWhatTheyTook(t *testing.T) {
	e := newEventful(t, nil)
	r := e.byEvents(t, e.token, `subscription { extensionChanged { extension { name } } }`, "X-RingQL-Plan", "actual")
	if got := r.hears(); !strings.Contains(got, `"calls":[]`) {
		t.Errorf("the beginning: %s", got)
	}
	for i := range 2 {
		e.publish(t, notify.Extension, "1", `{"extensionId":"`+sim.StandardUserID+`","eventType":"Update"}`)
		got := r.hears()
		if strings.Count(got, `"operation":"`) != 1 || !strings.Contains(got, `"spent":{"heavy":0,"light":1,"medium":0}`) || !strings.Contains(got, `"planned":{"expected":{"heavy":0,"light":1,"medium":0}`) {
			t.Errorf("event %d: %s", i, got)
		}
	}
}

// A gateway that stops ends subscriptions, and waits for none.
func TestEventsDrain(t *testing.T) {
	e := newEventful(t, nil)
	ears := e.listen(t, e.token, `subscription { extensionChanged(after: START) { eventType } }`)
	e.publish(t, notify.Extension, "1", `{"extensionId":"1","eventType":"Create"}`)
	for _, r := range ears {
		r.expect(t, `{"data":{"extensionChanged":{"eventType":"CREATED"}}}`)
	}
	e.g.Drain()
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
	defer cancel()
	for way, r := range ears { // clients come back when nothing says that it is over
		r.expect(t, map[string]string{"socket": "1001", "events": ""}[way])
	}
	if err := e.g.Wait(ctx); err != nil {
		t.Error(err)
	}
}

// Who does not read is cut off when too much has happened since, and told how to come back.
func TestEventsTooSlow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newLobby(t)
		bus := notify.NewMemory()
		v := l.piped(t, l.gateway(t, func(c *gateway.Config, _ *auth.DoorConfig) { c.Events = eventsOf(t, c, bus) }))
		p := v.signIn(sim.AdministratorID)
		s := v.socket(p.own(), "graphql-transport-ws", "")
		s.hears("connection_ack")
		s.write(subscribe("1", `subscription { extensionChanged { id extension { name } } }`))
		synctest.Wait()
		l.sim.FailNext("readExtension", 1, sim.Fault{Delay: 5 * time.Second})
		for i := range 1500 {
			e := notify.Event{UUID: fmt.Sprint(i), Kind: notify.Extension, Time: time.Now(), Body: []byte(`{"extensionId":"` + sim.StandardUserID + `","eventType":"Update"}`)}
			if _, err := bus.Publish(t.Context(), ownCompany, e); err != nil {
				t.Fatal(err)
			}
			synctest.Wait()
		}
		for got := range s.heard {
			if strings.Contains(got, `"error"`) {
				if want := `{"id":"1","type":"error","payload":[{"message":"Events came faster than they were read: come back with the id of the last one as after.","path":["extensionChanged"],"extensions":{"code":"RATE_LIMITED"}}]}`; got != want {
					t.Errorf("got %s", got)
				}
				break
			}
		}
	})
}

// Who signs out, or loses the right, is told nothing more; what nobody can say counts for a
// while.
func TestEventsEndWithTheRight(t *testing.T) {
	for name, tt := range map[string]struct {
		lose func(*lobby, *visitor, pass)
		code string
	}{
		"signed out": {func(_ *lobby, v *visitor, p pass) { v.signOut(p, "/auth/logout") }, "UNAUTHENTICATED"},
		"no right": {func(l *lobby, _ *visitor, _ pass) {
			l.sim.GiveRole(sim.StandardUserID, nil, []string{"ReadCompanyInfo"})
		}, "FORBIDDEN"},
		"nobody can say": {func(l *lobby, _ *visitor, _ pass) {
			l.sim.FailNext("readAuthorizationProfile", 1000, sim.Fault{Status: http.StatusBadGateway})
		}, "UPSTREAM_UNAVAILABLE"},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				l := newLobby(t)
				bus := notify.NewMemory()
				v := l.piped(t, l.gateway(t, func(c *gateway.Config, _ *auth.DoorConfig) { c.Events = eventsOf(t, c, bus) }))
				p := v.signIn(sim.StandardUserID)
				s := v.socket(p.own(), "graphql-transport-ws", "")
				s.hears("connection_ack")
				s.write(subscribe("1", extensionTypes))
				over := make(chan string, 1)
				go func() {
					h := p.own()
					h.Set("Accept", "text/event-stream")
					_, text := v.do(http.MethodGet, v.url+getQuery(extensionTypes), "", h)
					over <- text
				}()
				synctest.Wait()
				time.Sleep(7 * time.Minute)
				begun := time.Now()
				tt.lose(l, v, p)
				s.hears(`"type":"error"`, tt.code)
				if got := <-over; !strings.Contains(got, tt.code) || !strings.Contains(got, "event: complete\ndata:\n\n") || strings.Contains(got, `"data"`) {
					t.Errorf("events: %s", got)
				}
				took := time.Since(begun)
				if most := map[string]time.Duration{"UNAUTHENTICATED": 3 * time.Minute, "FORBIDDEN": 12 * time.Minute}[tt.code] + time.Second; tt.code != "UPSTREAM_UNAVAILABLE" && took > most {
					t.Errorf("it took %v", took)
				} else if tt.code == "UPSTREAM_UNAVAILABLE" && (took < 7*time.Minute || took > 23*time.Minute) {
					t.Errorf("it took %v", took)
				}
			})
		})
	}
}

// That RingCentral does not reach the gateway is no mistake of who subscribes.
func TestEventsUnreachable(t *testing.T) {
	s := newStack(t, func(c *gateway.Config) {
		var err error
		if c.Events, err = notify.New(notify.Config{REST: c.REST, Bus: notify.NewMemory(), Store: auth.NewMemory(), Via: notify.Webhook, URL: "http://127.0.0.1:1"}); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(c.Events.Close)
	})
	e := &eventful{stack: s}
	for way, r := range map[string]*ear{"socket": e.bySocket(t, e.token, numberTypes), "events": e.byEvents(t, e.token, numberTypes)} {
		if got := r.hears(); !strings.Contains(got, `"code":"UPSTREAM_UNAVAILABLE"`) || !strings.Contains(got, "RINGQL_EVENTS_URL") {
			t.Errorf("by %s: %s", way, got)
		}
	}
}
