package sim

import (
	"strings"
	"time"
)

// notice is what a subscription is told of one event.
type notice struct {
	UUID           string `json:"uuid"`
	Event          string `json:"event"`
	Timestamp      string `json:"timestamp"`
	SubscriptionID string `json:"subscriptionId"`
	OwnerID        string `json:"ownerId"`
	Body           any    `json:"body"` // shares nothing that may change
}

// delivery is a notice on its way.
type delivery struct {
	notice
	forged  bool // by someone who does not know the token
	padding int  // bytes that make it larger
}

// paddedNotice is what is sent of a delivery.
type paddedNotice struct {
	notice
	Padding string `json:"padding,omitempty"`
}

func (d delivery) padded() paddedNotice {
	return paddedNotice{d.notice, strings.Repeat("x", d.padding)}
}

// happening is something that subscriptions may want to be told of.
type happening struct {
	path string                // as filters name it
	body func(base string) any // with uris that start with base
}

// raise tells the subscriptions of what has happened. It is called under the lock of the server.
func (s *Server) raise(h happening) (uuids []string) {
	m, now := &s.subscriptions, time.Now()
	m.mu.Lock()
	defer m.mu.Unlock()
	m.happenings++
	for _, sub := range m.wanting(h.path, now) {
		if _, p := barred(s.company.extension[sub.owner.person]); p != nil {
			continue // who may not sign in any more is not told either
		}
		d := delivery{notice: notice{
			UUID: newUUID(), Event: h.path, Timestamp: timestamp(now), SubscriptionID: sub.id,
			OwnerID: formatID(sub.owner.person), Body: h.body(sub.base),
		}}
		m.ledger.write(Event{UUID: d.UUID, SubscriptionID: sub.id, Path: h.path, Time: now, Happening: m.happenings})
		m.hand(sub, d, now)
		uuids = append(uuids, d.UUID)
	}
	return uuids
}

// contactCenterEvent is told of a number of the contact centre. https://developers.ringcentral.com/api-reference/Contact-Center-Phone-Number-Event
type contactCenterEvent struct {
	EventType       string              `json:"eventType"`
	PhoneNumberInfo contactCenterNumber `json:"phoneNumberInfo"`
}

type contactCenterNumber struct {
	URI                   string                 `json:"uri"`
	ID                    string                 `json:"id"`
	PhoneNumber           string                 `json:"phoneNumber"`
	PaymentType           string                 `json:"paymentType"`
	Location              string                 `json:"location,omitempty"`
	Type                  string                 `json:"type"`
	UsageType             string                 `json:"usageType"`
	Status                string                 `json:"status"`
	ContactCenterProvider *contactCenterProvider `json:"contactCenterProvider,omitempty"`
}

// raiseNumber tells of a number as it is in the contact centre. One that has left it is shown as it was there: the page lists no other
// usage type, so who is told has to look what became of it.
func (s *Server) raiseNumber(eventType string, n phoneNumber) []string {
	kinds := map[string]string{"VoiceOnly": "Voice", "FaxOnly": "Fax"} // events have their own words
	info := contactCenterNumber{
		ID: formatID(n.id), PhoneNumber: n.number, PaymentType: n.payment, Location: n.location, Type: n.kind, UsageType: n.usage,
		Status: n.status, ContactCenterProvider: n.provider,
	}
	if kind, other := kinds[n.kind]; other {
		info.Type = kind
	}
	return s.raise(happening{contactCenterEvents, func(base string) any {
		told := info
		told.URI = base + accountPath + "/phone-number/" + info.ID
		return contactCenterEvent{eventType, told}
	}})
}

type extensionEvent struct {
	ExtensionID string   `json:"extensionId"`
	EventType   string   `json:"eventType"`
	Hints       []string `json:"hints,omitempty"`
}

// raiseExtension tells of an extension. Of its beginning none can know who asks for it by its id.
func (s *Server) raiseExtension(e *extension, eventType string, hints []string) {
	body := func(string) any { return extensionEvent{formatID(e.id), eventType, hints} }
	s.raise(happening{extensionEvents, body})
	s.raise(happening{eventsOf(e), body})
}
