package sim_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ringql/ringql/internal/sim"
)

type wsSubscription struct {
	ID, Status   string
	EventFilters []string
	DeliveryMode struct{ TransportType, Address string }
	ExpiresIn    int
}

func wsBody(filters ...string) map[string]any {
	return map[string]any{"eventFilters": filters, "deliveryMode": map[string]string{"transportType": "WebSocket"}}
}

func (l *line) subscribe(filters ...string) (sub wsSubscription) {
	l.t.Helper()
	f := l.ask(http.MethodPost, subscriptionPath, wsBody(filters...))
	if f.Status != http.StatusOK {
		l.t.Fatalf("%+v %s", f, f.body)
	}
	f.into(l.t, &sub)
	return sub
}

type pushed struct {
	UUID, Event, SubscriptionID, OwnerID, Timestamp string
	Body                                            map[string]any
	Padding                                         string
}

// told returns the next notification.
func (l *line) told() (out pushed) {
	l.t.Helper()
	f := l.want("ServerNotification")
	f.into(l.t, &out)
	if f.Status != http.StatusOK || f.MessageID != out.UUID || f.Headers["RCRequestId"] == "" {
		l.t.Fatalf("%+v", f)
	}
	return out
}

// wants reads notifications with these uuids, in order.
func (l *line) wants(uuids ...string) {
	l.t.Helper()
	for i, want := range uuids {
		if got := l.told().UUID; got != want {
			l.t.Fatalf("notification %d of %d is %s, want %s", i, len(uuids), got, want)
		}
	}
}

func TestWebSocketSubscription(t *testing.T) {
	s, c := served(t, unlimited())
	l := c.connect(t, "")
	sub := l.subscribe(numbers, extensions)
	if sub.Status != "Active" || sub.DeliveryMode.TransportType != "WebSocket" || sub.DeliveryMode.Address != "" || sub.ExpiresIn == 0 ||
		!slices.Equal(sub.EventFilters, []string{accountPath + "/phone-number?usageType=ContactCenterNumber", accountPath + "/extension"}) {
		t.Errorf("%+v", sub)
	}
	id := s.AddExtension(0, "New Person")
	got := l.told()
	if got.Event != accountPath+"/extension" || got.SubscriptionID != sub.ID || got.OwnerID != sim.AdministratorID || got.Body["extensionId"] != id ||
		got.Body["eventType"] != "Create" {
		t.Errorf("%+v", got)
	}
	if _, err := time.Parse(time.RFC3339, got.Timestamp); err != nil {
		t.Error(err)
	}
	uuids := s.RaiseEvents(20)
	l.wants(uuids...)
	if f := l.ask(http.MethodGet, subscriptionPath+"/"+sub.ID); f.Status != http.StatusOK {
		t.Errorf("%+v", f)
	}
	next := l.subscribe(extensions)
	if live := s.Subscriptions(); next.ID == sub.ID || !slices.Equal(live, []string{next.ID}) {
		t.Errorf("a connection has %v", live)
	}
	if got := s.RaiseEvents(1); got != nil {
		t.Errorf("the one before was told %v", got)
	}
	if f := l.ask(http.MethodPut, subscriptionPath+"/"+next.ID, wsBody(numbers)); f.Status != http.StatusOK {
		t.Errorf("%+v %s", f, f.body)
	}
	l.wants(s.RaiseEvents(1)...)
	c.send(http.MethodPut, subscriptionPath+"/"+next.ID, wsBody(numbers)).want(http.StatusBadRequest)
	if f := l.ask(http.MethodDelete, subscriptionPath+"/"+next.ID); f.Status != http.StatusNoContent || f.body != nil {
		t.Errorf("%+v", f)
	}
	s.AddExtension(0, "Another Person")
	l.silent()
}

func TestWebSocketSubscriptionIsRefused(t *testing.T) {
	cfg := overSockets(sim.WebSocket{LateScope: true})
	s, c := served(t, cfg)
	for _, test := range []struct {
		scopes []string
		body   any
		status int
		code   string
	}{
		{nil, wsBody("/restapi/v1.0/none"), http.StatusBadRequest, "SUB-508"},
		{nil, map[string]any{"eventFilters": []string{extensions}}, http.StatusBadRequest, "CMN-100"},
		{nil, "text", http.StatusBadRequest, "CMN-103"},
		{[]string{"ReadAccounts", "SubscriptionWebhook"}, wsBody(extensions), http.StatusForbidden, "SUB-528"},
		{[]string{"WebSocketsSubscription"}, wsBody(extensions), http.StatusForbidden, "SUB-412"},
	} {
		t.Run(fmt.Sprint(test.code, test.scopes), func(t *testing.T) {
			c := c
			c.token = s.Token(sim.AdministratorID, test.scopes...)
			f := c.connect(t, "").ask(http.MethodPost, subscriptionPath, test.body)
			var body struct{ Errors []struct{ ErrorCode string } }
			f.into(t, &body)
			if f.Status != test.status || len(body.Errors) != 1 || body.Errors[0].ErrorCode != test.code {
				t.Errorf("%d %s", f.Status, f.body)
			}
		})
	}
	c.send(http.MethodPost, subscriptionPath, wsBody(extensions)).want(http.StatusBadRequest) // it has no connection
}

func TestWebSocketsAreTheirPersons(t *testing.T) {
	s, c := served(t, unlimited())
	one := c.connect(t, "")
	mine := one.subscribe(numbers)
	other := c
	other.token = s.Token("435068008")
	two := other.connect(t, "")
	if f := two.ask(http.MethodGet, subscriptionPath+"/"+mine.ID); f.Status != http.StatusNotFound {
		t.Errorf("read by another: %+v", f)
	}
	if f := two.ask(http.MethodDelete, subscriptionPath+"/"+mine.ID); f.Status != http.StatusNotFound {
		t.Errorf("deleted by another: %+v", f)
	}
	one.wants(s.RaiseEvents(1)...)
	two.silent()
}

func TestWebSocketRecovery(t *testing.T) {
	s, c := served(t, overSockets(sim.WebSocket{RecoveryBuffer: 3}))
	l := c.connect(t, "")
	sub := l.subscribe(numbers)
	l.wants(s.RaiseEvents(1)...)
	s.BreakSockets()
	if code := l.ends(); code != -1 || s.LiveSockets() != 0 {
		t.Errorf("closed with %d", code)
	}
	missed := s.RaiseEvents(5)
	back := c.connect(t, l.wsc)
	if back.RecoveryState != "Successful" || back.RecoveryErrorCode != "" || back.RecoveryBufferSize != 3 {
		t.Errorf("%+v", back.details)
	}
	back.wants(missed[2:]...) // the newest
	back.wants(s.RaiseEvents(2)...)
	if live := s.Subscriptions(); !slices.Equal(live, []string{sub.ID}) {
		t.Errorf("subscriptions %v", live)
	}
	_ = back.conn.Close(1000, "")
	becomes(t, 0, s.LiveSockets)
	missed = s.RaiseEvents(1)
	third := c.connect(t, l.wsc) // any token of the session does
	third.wants(missed...)
	third.silent()
}

func TestWebSocketRecoveryFails(t *testing.T) {
	s, c := served(t, unlimited())
	l := c.connect(t, "")
	l.subscribe(numbers)
	for name, test := range map[string]struct{ wsc, code string }{
		"unknown":              {strings.Repeat("A", len(l.wsc)/2) + "." + strings.Repeat("A", len(l.wsc)/2), "WSG-1005"},
		"without subscription": {c.connect(t, "").wsc, "WSG-1005"},
	} {
		if back := c.connect(t, test.wsc); back.RecoveryState != "Failed" || back.RecoveryErrorCode != test.code || back.wsc == test.wsc {
			t.Errorf("%s: %+v", name, back.details)
		}
	}
	other := c
	other.token = s.Token(sim.AdministratorID)
	if back := other.connect(t, l.wsc); back.RecoveryErrorCode != "WSG-1003" {
		t.Errorf("of another sign-in: %+v", back.details)
	}
	l.wants(s.RaiseEvents(1)...) // it is nobody else's to end
	uri, token := c.ticket()
	bad := dial(t, uri+"?access_token="+token+"&wsc=fake")
	if f := bad.want("Error"); f.Status != http.StatusBadRequest || f.code(t) != "WSG-400" || bad.ends() != 4400 {
		t.Errorf("%+v", f)
	}
	s.RefuseRecovery(1)
	s.BreakSockets()
	s.RaiseEvents(1)
	back := c.connect(t, l.wsc)
	if back.RecoveryState != "Failed" || back.RecoveryErrorCode != "WSG-1005" || len(s.Subscriptions()) != 0 {
		t.Errorf("%+v, subscriptions %v", back.details, s.Subscriptions())
	}
	back.silent()
	back.subscribe(numbers)
	back.wants(s.RaiseEvents(1)...)
}

func TestWebSocketRecoveryIsInTime(t *testing.T) {
	s, c := served(t, overSockets(sim.WebSocket{RecoveryTimeout: lull, RecoveryError: "WSG-1"}))
	l := c.connect(t, "")
	l.subscribe(numbers)
	s.BreakSockets()
	becomes(t, 0, func() int { return len(s.Subscriptions()) })
	if back := c.connect(t, l.wsc); back.RecoveryState != "Failed" || back.RecoveryErrorCode != "WSG-1" {
		t.Errorf("%+v", back.details)
	}
}

// A client may come again before the server knows that the connection is dead.
func TestWebSocketTakenOver(t *testing.T) {
	s, c := served(t, unlimited())
	l := c.connect(t, "")
	l.subscribe(numbers)
	back := c.connect(t, l.wsc)
	if back.RecoveryState != "Successful" {
		t.Errorf("%+v", back.details)
	}
	l.ends()
	back.wants(s.RaiseEvents(1)...)
	becomes(t, 1, s.LiveSockets)
}

func TestWebSocketSessionEndsWithSignIn(t *testing.T) {
	s, c := served(t, unlimited())
	l := c.connect(t, "")
	l.subscribe(numbers)
	c.send(http.MethodPost, "/restapi/oauth/revoke", "token="+c.token+"&client_id="+sim.ClientID+"&client_secret="+sim.ClientSecret).want(http.StatusOK)
	l.want("Error")
	l.ends()
	if live := s.Subscriptions(); len(live) != 0 {
		t.Errorf("subscriptions %v", live)
	}
}

func TestWebSocketMovingContext(t *testing.T) {
	s, c := served(t, overSockets(sim.WebSocket{MovingContext: true}))
	l := c.connect(t, "")
	l.subscribe(numbers) // 2
	s.RaiseEvents(2)
	l.want("ServerNotification")
	f := l.want("ServerNotification")
	if f.WSC == nil || f.WSC.Sequence != 4 || f.WSC.Token == l.wsc {
		t.Fatalf("%+v", f.WSC)
	}
	s.BreakSockets()
	if back := c.connect(t, f.WSC.Token); back.RecoveryState != "Successful" {
		t.Errorf("%+v", back.details)
	}
}

// Whatever breaks when, a client that recovers reads what it has not read, in order, and what comes after.
func TestWebSocketRecoveryUnderLoad(t *testing.T) {
	s, c := served(t, overSockets(sim.WebSocket{RecoveryBuffer: 1000}))
	l := c.connect(t, "")
	l.subscribe(numbers)
	var uuids []string
	place := map[string]int{}
	last := 0
	for range 10 {
		for _, uuid := range s.RaiseEvents(20) {
			uuids = append(uuids, uuid)
			place[uuid] = len(uuids)
		}
		s.BreakSockets()
		l.ends()
		for len(l.frames) > 0 {
			last = inOrder(t, place, last, l.told())
		}
		if l = c.connect(t, l.wsc); l.RecoveryState != "Successful" {
			t.Fatalf("%+v", l.details)
		}
	}
	for last < len(uuids) {
		last = inOrder(t, place, last, l.told())
	}
}

// inOrder returns the place of a notification, which may be one that came before, as the last did.
func inOrder(t *testing.T, place map[string]int, last int, got pushed) int {
	t.Helper()
	at, known := place[got.UUID]
	if !known || at < last {
		t.Fatalf("notification %d after %d", at, last)
	}
	return at
}
