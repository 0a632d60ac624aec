// Package notify tells subscribers what happens in their accounts. It has RingCentral tell
// the gateway (the keeper, by webhook or WebSocket), writes what it is told to a log for each
// account (the bus), and lets any number of subscribers read that log from where they are (the
// hub). It must not know GraphQL, nor who may read what: whoever subscribes has seen to that.
//
// Nothing is lost silently, and nothing told twice. RingCentral promises neither: an event is
// written once, by its uuid, before it is acknowledged; where some may have been lost, a gap
// is written in their place. Subscribers have no buffer of their own: who reads slowly is cut
// off when the log that is kept in memory has gone on without them.
package notify

import (
	"encoding/json"
	"errors"
	"strconv"
	"strings"
	"time"
)

// Classes of failure, for errors.Is.
var (
	// ErrOff means that the gateway is told of no events.
	ErrOff = errors.New("events are switched off")
	// ErrAfter means that an id is none of an event.
	ErrAfter = errors.New("no id of an event")
	// ErrSlow means that a subscriber reads more slowly than things happen.
	ErrSlow = errors.New("events are read too slowly")
	// ErrUnreachable means that RingCentral does not reach the gateway to tell it of events.
	ErrUnreachable = errors.New("RingCentral does not reach the gateway")
	// ErrRefused means that RingCentral does not do what it is asked for to tell of an account, and
	// that it is not whoever subscribes who has asked for something wrong.
	ErrRefused = errors.New("RingCentral refuses to tell of events")
	// ErrClosed means that the gateway is stopping.
	ErrClosed = errors.New("the gateway is stopping")
)

// Kind says what an event is about.
type Kind string

// The kinds of events.
const (
	Number    Kind = "number"    // a phone number of the contact centre
	Extension Kind = "extension" // an extension
	Gap       Kind = "gap"       // events may be missing here
)

// Event is something that happened in an account, as RingCentral tells it.
type Event struct {
	UUID    string          `json:"uuid"` // the same however often it is told
	Kind    Kind            `json:"kind"`
	Time    time.Time       `json:"time"`              // by RingCentral's clock
	Subject string          `json:"subject,omitempty"` // the id of the number or extension
	Body    json.RawMessage `json:"body"`              // what RingCentral says of it
}

// Position is a place in the log of an account: behind the entry with that number.
type Position struct {
	Era    string // of the log: one that was lost and begun anew has another
	Number uint64 // of the entry; 0 for the beginning
}

// String returns the id that a client sees.
func (p Position) String() string { return p.Era + "-" + strconv.FormatUint(p.Number, 10) }

// longestID bounds what is taken for the id of an event.
const longestID = 64

// ParsePosition reads what String wrote.
func ParsePosition(id string) (Position, error) {
	era, digits, ok := strings.Cut(id, "-")
	n, err := strconv.ParseUint(digits, 10, 64)
	if p := (Position{era, n}); ok && err == nil && len(id) <= longestID && wellFormed(era) && p.String() == id {
		return p, nil
	}
	return Position{}, ErrAfter
}

// wellFormed says whether s has the form of an era.
func wellFormed(s string) bool {
	for _, r := range s {
		if (r < 'A' || 'Z' < r) && (r < '2' || '7' < r) {
			return false
		}
	}
	return s != ""
}

// Entry is an event in the log of an account. Nobody may write to it.
type Entry struct {
	Position
	Event
	Before json.RawMessage // the body of the event before it about the same subject; nil if none is known
}
