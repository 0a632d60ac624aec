package rest

import (
	"fmt"

	"github.com/go-json-experiment/json/jsontext"
)

// Notification is what the upstream tells whoever has subscribed to events.
type Notification struct {
	UUID           string         `json:"uuid"` // of the event, however often it is told
	Event          string         `json:"event"`
	Timestamp      DateTime       `json:"timestamp"`
	SubscriptionID string         `json:"subscriptionId"`
	OwnerID        ID             `json:"ownerId"`
	Body           jsontext.Value `json:"body"`
}

// DecodeNotification reads a notification. It comes from outside: what it says is not checked.
func DecodeNotification(b []byte) (*Notification, error) {
	n := new(Notification)
	if err := decode(b, n); err != nil {
		return nil, fmt.Errorf("%w: notification: %w", ErrInvalid, err)
	}
	return n, nil
}

// What events tell. The schema knows which values are known.
type (
	EventType                    string
	ExtensionEventHint           string
	ContactCenterPhoneNumberType string
)

// The event whose object is not there any more.
const (
	Deleted EventType = "Deleted"
)

// PhoneNumberEvent says that a number of the contact centre has come, changed, or gone.
type PhoneNumberEvent struct {
	EventType   EventType    `json:"eventType"`
	PhoneNumber *PhoneNumber `json:"phoneNumberInfo"` // as far as events tell of it
}

// TypeInEvents is Type where an event tells it: events have words of their own.
func (n *PhoneNumber) TypeInEvents() ContactCenterPhoneNumberType {
	return ContactCenterPhoneNumberType(n.Type)
}

// ExtensionEvent says that an extension has come, changed, or gone.
type ExtensionEvent struct {
	ExtensionID ID        `json:"extensionId"`
	EventType   EventType `json:"eventType"`
	Hints       []string  `json:"hints"` // of an Update: what has changed
}

// DecodeEvent reads the body of a notification.
func DecodeEvent[T PhoneNumberEvent | ExtensionEvent](body []byte) (*T, error) {
	out := new(T)
	if err := decode(body, out); err != nil {
		return nil, fmt.Errorf("%w: event: %w", ErrInvalid, err)
	}
	return out, nil
}
