package notify

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"strings"
	"time"

	"github.com/ringql/ringql/internal/rest"
)

// filters are what RingCentral is asked to tell of. Both take the scope ReadAccounts.
// https://developers.ringcentral.com/api-reference/Contact-Center-Phone-Number-Event
var filters = []string{
	"/restapi/v1.0/account/~/phone-number?usageType=ContactCenterNumber",
	"/restapi/v1.0/account/~/extension",
}

// Why a notification is not taken.
var (
	errNotification = errors.New("no notification that can be read")
	errUnasked      = errors.New("a notification that was not asked for")
)

// longestUUID bounds what is taken for the uuid of an event.
const longestUUID = 100

// parse reads a notification: of which account it tells, and what.
func parse(b []byte) (account string, e Event, err error) {
	n, err := rest.DecodeNotification(b)
	if err != nil {
		return "", Event{}, errNotification
	}
	kind, account := kindOf(n.Event)
	if kind == "" {
		return "", Event{}, errUnasked
	}
	subject, ok := subjectOf(kind, n.Body)
	if !ok {
		return "", Event{}, errNotification
	}
	e = Event{UUID: n.UUID, Kind: kind, Time: timeOf(string(n.Timestamp)), Subject: subject, Body: []byte(n.Body)}
	if e.UUID == "" || len(e.UUID) > longestUUID { // what is the same in all it says is the same
		s := sha256.Sum256(b)
		e.UUID = hex.EncodeToString(s[:])
	}
	return account, e, nil
}

// kindOf reads the path of an event.
func kindOf(path string) (Kind, string) {
	path, _, _ = strings.Cut(path, "?")
	tail, ok := strings.CutPrefix(path, "/restapi/v1.0/account/")
	account, what, _ := strings.Cut(tail, "/")
	if !ok || !digits(account) {
		return "", ""
	}
	what, id, _ := strings.Cut(what, "/")
	switch {
	case what == "phone-number" && id == "":
		return Number, account
	case what == "extension" && !strings.Contains(id, "/"):
		return Extension, account
	}
	return "", ""
}

// subjectOf returns what an event is about; false if its body makes no sense.
func subjectOf(kind Kind, body []byte) (string, bool) {
	if kind == Number {
		n, err := rest.DecodeEvent[rest.PhoneNumberEvent](body)
		if err != nil || n.PhoneNumber == nil || n.EventType == "" {
			return "", false
		}
		return cmp.Or(n.PhoneNumber.RcID(), n.PhoneNumber.PhoneNumber), true
	}
	x, err := rest.DecodeEvent[rest.ExtensionEvent](body)
	if err != nil || x.EventType == "" {
		return "", false
	}
	return string(x.ExtensionID), true
}

// timeOf reads a time; that it was told now if it cannot be read.
func timeOf(text string) time.Time {
	if t, err := time.Parse(time.RFC3339, text); err == nil {
		return t.UTC()
	}
	return time.Now().UTC()
}
