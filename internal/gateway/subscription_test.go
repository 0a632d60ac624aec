package gateway_test

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/ringql/ringql/internal/gateway"
	"github.com/ringql/ringql/internal/notify"
	"github.com/ringql/ringql/internal/sim"
)

// eventful is a stack whose gateway is told of events.
type eventful struct {
	*stack
	bus *notify.Memory
	n   int
}

func newEventful(t testing.TB, change func(*gateway.Config)) *eventful {
	t.Helper()
	e := &eventful{bus: notify.NewMemory()}
	e.stack = newStack(t, func(c *gateway.Config) {
		c.Events = eventsOf(t, c, e.bus)
		if change != nil {
			change(c)
		}
	})
	e.publish(t, notify.Extension, "", "{}")
	return e
}

func eventsOf(t testing.TB, c *gateway.Config, bus notify.Bus) *notify.Events {
	t.Helper()
	events, err := notify.New(notify.Config{REST: c.REST, Bus: bus, Store: elsewhere{}, Via: notify.WebSocket})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(events.Close)
	return events
}

// elsewhere is a store in which another replica has RingCentral tell of everything.
type elsewhere struct{}

func (elsewhere) Load(context.Context, string) ([]byte, error) { return nil, nil }

func (elsewhere) Swap(context.Context, string, []byte, []byte, time.Duration) (bool, error) {
	return false, nil
}

// The simulator's company, and its global id.
const (
	ownCompany   = "401145624008"
	ownCompanyID = "MTpBY2NvdW50OjQwMTE0NTYyNDAwOA"
)

func (e *eventful) publish(t testing.TB, kind notify.Kind, subject, body string) {
	t.Helper()
	e.n++
	happened := time.Date(2026, 1, 2, 3, 4, 5, 678_000_000, time.UTC)
	ev := notify.Event{UUID: fmt.Sprint("uuid-", e.n), Kind: kind, Subject: subject, Time: happened, Body: json.RawMessage(body)}
	if _, err := e.bus.Publish(t.Context(), ownCompany, ev); err != nil {
		t.Fatal(err)
	}
}

// id is that of the n-th entry behind the one that is there from the start. Who subscribes
// behind that misses none, however soon they are published.
func (e *eventful) id(t testing.TB, n int) string {
	t.Helper()
	p, err := e.bus.Read(t.Context(), ownCompany, notify.Position{}, 1)
	if err != nil {
		t.Fatal(err)
	}
	return notify.Position{Era: p.End.Era, Number: uint64(n + 1)}.String()
}

// ear is a client's end of a subscription. Over a socket, what is said is the payload of each
// message that there is one for; of server-sent events it is their data.
type ear struct {
	t    *testing.T
	w    *wire         // nil for server-sent events
	body *bufio.Reader // of those
	last string        // the id of the last of them
}

// listen subscribes in both ways.
func (e *eventful) listen(t *testing.T, token, query string) map[string]*ear {
	t.Helper()
	query = strings.ReplaceAll(query, "START", `"`+e.id(t, 0)+`"`)
	return map[string]*ear{"socket": e.bySocket(t, token, query), "events": e.byEvents(t, token, query)}
}

func (e *eventful) bySocket(t *testing.T, token, query string) *ear {
	t.Helper()
	w := e.dial(t, "graphql-transport-ws")
	w.write(fmt.Sprintf(`{"type":"connection_init","payload":{"Authorization":"Bearer %s"}}`, token))
	w.expect(`"connection_ack"`)
	w.write(subscribe("1", query))
	return &ear{t: t, w: w}
}

func (e *eventful) byEvents(t *testing.T, token, query string, header ...string) *ear {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, e.url+"/graphql?query="+url.QueryEscape(query), http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+token)
	req.Header.Set("Accept", "text/event-stream")
	for i := 0; i < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = resp.Body.Close() })
	r := &ear{t: t, body: bufio.NewReader(resp.Body)}
	if got := r.block(); got != ":\n\n" {
		t.Fatalf("begins with %q", got)
	}
	return r
}

// block returns the next event as it is written.
func (r *ear) block() string {
	r.t.Helper()
	var b strings.Builder
	for {
		line, err := r.body.ReadString('\n')
		if err != nil {
			return b.String() + err.Error()
		}
		if b.WriteString(line); line == "\n" {
			return b.String()
		}
	}
}

// hears returns what is said next, and "complete" or the code of the socket at the end.
func (r *ear) hears() string {
	r.t.Helper()
	if r.w == nil {
		text, kind := r.block(), ""
		for line := range strings.Lines(text) {
			name, value, _ := strings.Cut(strings.TrimSuffix(line, "\n"), ": ")
			switch name {
			case "id":
				r.last = value
			case "event":
				kind = value
			case "data":
				return value
			}
		}
		return kind
	}
	text, code := r.w.read()
	if code != 0 {
		return fmt.Sprint(int(code))
	}
	var m struct {
		Type    string
		Payload json.RawMessage
	}
	if err := json.Unmarshal([]byte(text), &m); err != nil {
		r.t.Fatal(err)
	}
	if m.Type == "error" {
		return `{"errors":` + string(m.Payload) + `}`
	}
	return string(m.Payload)
}

// expect says what is wrong with what is said next.
func (r *ear) expect(t *testing.T, want string) {
	t.Helper()
	if got := r.hears(); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

const (
	wholeNumber = `subscription { contactCenterPhoneNumberChanged(after: START) { id timestamp accountId eventType rawEventType gap phoneNumberId
		phoneNumberInfo { uri rcId phoneNumber paymentType rawPaymentType location type rawType usageType rawUsageType status rawStatus contactCenterProvider { rcId name } }
		before { phoneNumber status } } }`
	seedNumber = `{"eventType":"Created","phoneNumberInfo":{"uri":"https://platform.ringcentral.com/restapi/v1.0/account/37439510/phone-number/987654321",
		"id":"987654321","phoneNumber":"+12024999741","paymentType":"Local","location":"Washington, DC","type":"VoiceFax","usageType":"ContactCenterNumber",
		"status":"Normal","contactCenterProvider":{"id":"12345","name":"ProviderName"}}}`
	numberID = "MTpQaG9uZU51bWJlcjo0MDExNDU2MjQwMDg6OTg3NjU0MzIx"
)

// What happens is told as it is, in both ways, and the same.
func TestEventsAreTold(t *testing.T) {
	e := newEventful(t, nil)
	ears := e.listen(t, e.token, wholeNumber)
	e.publish(t, notify.Number, "987654321", seedNumber)
	e.publish(t, notify.Extension, "1", `{"extensionId":"1","eventType":"Create"}`) // is another kind
	e.publish(t, notify.Number, "987654321", `{"eventType":"Updated","phoneNumberInfo":{"id":987654321,"phoneNumber":"+12024999741","type":"Fax","status":"Odd"}}`)
	e.publish(t, notify.Gap, "", `{"reason":"INTERRUPTED"}`)
	e.publish(t, notify.Number, "987654321", `{"phoneNumberInfo":5}`)
	head := func(n int) string {
		return fmt.Sprintf(`{"data":{"contactCenterPhoneNumberChanged":{"id":"%s","timestamp":"2026-01-02T03:04:05.678Z","accountId":"%s",`, e.id(t, n), ownCompanyID)
	}
	const nothing = `"phoneNumberId":null,"phoneNumberInfo":null,"before":`
	for way, r := range ears {
		t.Run(way, func(t *testing.T) {
			r.expect(t, head(1)+`"eventType":"CREATED","rawEventType":"Created","gap":null,"phoneNumberId":"`+numberID+
				`","phoneNumberInfo":{"uri":"https://platform.ringcentral.com/restapi/v1.0/account/37439510/phone-number/987654321","rcId":"987654321","phoneNumber":"+12024999741",`+
				`"paymentType":"LOCAL","rawPaymentType":"Local","location":"Washington, DC","type":"VOICE_FAX","rawType":"VoiceFax","usageType":"CONTACT_CENTER_NUMBER","rawUsageType":"ContactCenterNumber",`+
				`"status":"NORMAL","rawStatus":"Normal","contactCenterProvider":{"rcId":"12345","name":"ProviderName"}},"before":null}}}`)
			r.expect(t, head(3)+`"eventType":"UPDATED","rawEventType":"Updated","gap":null,"phoneNumberId":"`+numberID+
				`","phoneNumberInfo":{"uri":null,"rcId":"987654321","phoneNumber":"+12024999741","paymentType":null,"rawPaymentType":null,"location":null,"type":"FAX","rawType":"Fax",`+
				`"usageType":null,"rawUsageType":null,"status":"UNKNOWN","rawStatus":"Odd","contactCenterProvider":null},"before":{"phoneNumber":"+12024999741","status":"NORMAL"}}}}`)
			r.expect(t, head(4)+`"eventType":"GAP","rawEventType":null,"gap":"INTERRUPTED",`+nothing+`null}}}`)
			r.expect(t, head(5)+`"eventType":"UNKNOWN","rawEventType":null,"gap":null,`+nothing+`{"phoneNumber":"+12024999741","status":"UNKNOWN"}}}}`)
			if r.w == nil && r.last != e.id(t, 5) {
				t.Errorf("the id is %s", r.last)
			}
		})
	}
}

// All kinds come in one order.
func TestAccountEvents(t *testing.T) {
	e := newEventful(t, nil)
	ears := e.listen(t, e.token, `subscription { accountEvents(after: START) { __typename id
		eventType gap ... on ExtensionEvent { hints rawHints } } }`)
	e.publish(t, notify.Extension, "1", `{"extensionId":"1","eventType":"Update","hints":["CompanyNumbers","New"]}`)
	e.publish(t, notify.Number, "2", `{"eventType":"Deleted","phoneNumberInfo":{"id":"2"}}`)
	e.publish(t, notify.Gap, "", `{"reason":"STARTED"}`)
	for way, r := range ears {
		t.Run(way, func(t *testing.T) {
			for i, want := range []string{
				`{"__typename":"ExtensionEvent","id":"%s","eventType":"UPDATED","gap":null,"hints":["COMPANY_NUMBERS","UNKNOWN"],"rawHints":["CompanyNumbers","New"]}`,
				`{"__typename":"ContactCenterPhoneNumberEvent","id":"%s","eventType":"DELETED","gap":null}`,
				`{"__typename":"EventGap","id":"%s","eventType":"GAP","gap":"STARTED"}`,
			} {
				r.expect(t, fmt.Sprintf(`{"data":{"accountEvents":`+want+`}}`, e.id(t, i+1)))
			}
		})
	}
}

// Who comes back is told what came since, by the argument or by the header, and only of the
// types they ask for, but for gaps.
func TestEventsResume(t *testing.T) {
	e := newEventful(t, nil)
	for i, kind := range []string{"Create", "Update", "Delete", "Update"} {
		e.publish(t, notify.Extension, "1", fmt.Sprintf(`{"extensionId":"%d","eventType":"%s"}`, i+1, kind))
	}
	e.publish(t, notify.Gap, "", `{"reason":"LOST"}`)
	const all = `{ eventType rcId } }`
	told := func(kind, rcID string) string {
		return `{"data":{"extensionChanged":{"eventType":"` + kind + `","rcId":` + rcID + `}}}`
	}
	for name, tt := range map[string]struct {
		args, header string
		want         []string
	}{
		"argument":          {args: `(after: "` + e.id(t, 2) + `")`, want: []string{told("DELETED", `"3"`), told("UPDATED", `"4"`), told("GAP", "null")}},
		"types":             {args: `(after: "` + e.id(t, 1) + `", types: [DELETED])`, want: []string{told("DELETED", `"3"`), told("GAP", "null")}},
		"no types":          {args: `(after: "` + e.id(t, 1) + `", types: [])`, want: []string{told("GAP", "null")}},
		"header":            {header: e.id(t, 3), want: []string{told("UPDATED", `"4"`), told("GAP", "null")}},
		"argument and both": {args: `(after: "` + e.id(t, 3) + `")`, header: e.id(t, 1), want: []string{told("UPDATED", `"4"`), told("GAP", "null")}},
		"too old":           {header: "ABCDEFGH2345-7", want: []string{told("GAP", "null")}},
	} {
		query := "subscription { extensionChanged" + tt.args + all
		ears := map[string]*ear{}
		if tt.header == "" {
			ears = e.listen(t, e.token, query)
		} else {
			ears["events"] = e.byEvents(t, e.token, query, "Last-Event-ID", tt.header)
		}
		for way, r := range ears {
			t.Run(name+" by "+way, func(t *testing.T) {
				for _, want := range tt.want {
					r.expect(t, want)
				}
			})
		}
	}
	const bad = `{"errors":[{"message":"after is no id of an event.","path":["extensionChanged"],"locations":[{"line":1,"column":16}],"extensions":{"code":"BAD_USER_INPUT"}}]}`
	for _, after := range []string{"", "1", "nonsense"} {
		for _, r := range e.listen(t, e.token, `subscription { extensionChanged(after: "`+after+`")`+all) {
			r.expect(t, bad)
		}
	}
	e.byEvents(t, e.token, "subscription { extensionChanged"+all, "Last-Event-ID", "1").expect(t, bad)
}

// What is nested in an event is read for it, and what was deleted is not read.
func TestEventsReadAnew(t *testing.T) {
	e := newEventful(t, nil)
	ears := e.listen(t, e.token, `subscription { changed: extensionChanged(after: START) { extension { name } } }`)
	update := `{"extensionId":"` + sim.StandardUserID + `","eventType":"Update"}`
	for _, name := range []string{"Ann", "Bea"} {
		a := e.post(t, `mutation { updateExtension(input: {extensionId: "`+sim.StandardUserID+`", contact: {firstName: "`+name+`", lastName: "Smith"}}) { outcome } }`)
		if !strings.Contains(a.text, `"APPLIED"`) {
			t.Fatal(a.text)
		}
		e.publish(t, notify.Extension, "1", update)
		for _, r := range ears {
			r.expect(t, `{"data":{"changed":{"extension":{"name":"`+name+` Smith"}}}}`)
		}
	}
	e.sim.ResetCalls()
	e.publish(t, notify.Extension, "1", `{"extensionId":"`+sim.StandardUserID+`","eventType":"Delete"}`)
	e.publish(t, notify.Extension, "1", `{"extensionId":"../5","eventType":"Update"}`)
	for _, r := range ears {
		r.expect(t, `{"data":{"changed":{"extension":null}}}`)
		r.expect(t, `{"data":{"changed":{"extension":null}}}`)
	}
	if calls := e.sim.Calls(); len(calls) > 0 {
		t.Errorf("sent %q", calls)
	}
	e.publish(t, notify.Extension, "1", `{"extensionId":"5","eventType":"Update"}`) // there is none
	for _, r := range ears {
		if got := r.hears(); !strings.HasPrefix(got, `{"data":{"changed":{"extension":null}},"errors":[{"message":"There is no such object, or it is not yours to see.","path":["changed","extension"]`) {
			t.Error(got)
		}
	}
}
