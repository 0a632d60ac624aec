package model

import "github.com/ringql/ringql/internal/rest"

// AccountEvent is something that happened in an account.
type AccountEvent interface{ IsAccountEvent() }

// EventGapReason says why events may be missing.
type EventGapReason string

// GapEvent is the type of events that stand for those that may be missing, and OddEvent of
// those that do not say what happened, or nothing that could be.
const (
	GapEvent = "Gap"
	OddEvent = "?"
)

// Happening is what all events tell.
type Happening struct {
	ID        string // for those who come back
	Timestamp rest.DateTime
	Account   string // RingCentral's own id

	EventType    rest.EventType
	RawEventType string // "" of a gap
	Gap          *EventGapReason
}

// AccountID is the global id of the account.
func (h *Happening) AccountID() string {
	return GlobalID{Type: TypeAccount, Account: h.Account}.String()
}

// ContactCenterPhoneNumberEvent is about a number of the contact centre, or a gap.
type ContactCenterPhoneNumberEvent struct {
	Happening
	PhoneNumberInfo *rest.PhoneNumber
	Before          *rest.PhoneNumber
}

// IsAccountEvent makes it one.
func (*ContactCenterPhoneNumberEvent) IsAccountEvent() {}

// PhoneNumberID is the global id of the number; nil where the event tells of none.
func (e *ContactCenterPhoneNumberEvent) PhoneNumberID() *string {
	if e.PhoneNumberInfo == nil {
		return nil
	}
	return objectID(TypePhoneNumber, e.Account, e.PhoneNumberInfo.RcID())
}

// ExtensionEvent is about an extension, or a gap.
type ExtensionEvent struct {
	Happening
	RcID     string
	Hints    []rest.ExtensionEventHint
	RawHints []string
}

// IsAccountEvent makes it one.
func (*ExtensionEvent) IsAccountEvent() {}

// ExtensionID is the global id of the extension; nil where the event tells of none.
func (e *ExtensionEvent) ExtensionID() *string { return objectID(TypeExtension, e.Account, e.RcID) }

// EventGap says that events may be missing.
type EventGap struct{ Happening }

// IsAccountEvent makes it one.
func (*EventGap) IsAccountEvent() {}

// objectID returns an id; nil if there is no such object: the upstream tells any text.
func objectID(typ, account, rcID string) *string {
	g := GlobalID{Type: typ, Account: account, RCID: rcID}
	if !g.whole() {
		return nil
	}
	s := g.String()
	return &s
}
