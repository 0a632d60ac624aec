package notify

import (
	"crypto/rand"
	"encoding/json"
	"time"
)

// Reason says why events may be missing.
type Reason string

// The reasons.
const (
	Started     Reason = "STARTED"     // RingCentral tells of this account from now on
	Interrupted Reason = "INTERRUPTED" // RingCentral could not tell for a while
	TooOld      Reason = "TOO_OLD"     // they are not kept any more
	Lost        Reason = "LOST"        // the log of the gateway was lost
)

// gap is the body of a Gap.
type gap struct {
	Reason Reason `json:"reason"`
}

// gapAt returns an entry that stands for those up to at that are missing.
func gapAt(at Position, why Reason) Entry {
	return Entry{Position: at, Event: newGap(why)}
}

func newGap(why Reason) Event {
	b, err := json.Marshal(gap{why})
	if err != nil {
		panic(err) // a struct of one text can be written
	}
	return Event{UUID: "gap-" + rand.Text(), Kind: Gap, Time: time.Now().UTC(), Body: b}
}

// Reason returns why events may be missing, of a Gap; "" of others.
func (e *Entry) Reason() Reason {
	var g gap
	if e.Kind != Gap || json.Unmarshal(e.Body, &g) != nil {
		return ""
	}
	return g.Reason
}
