package rest

import (
	"fmt"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
)

// ID is an id of the upstream's: a JSON number in some answers, a string in
// others, always a string here, since numbers beyond 2^53 break JavaScript.
type ID string

// UnmarshalJSONFrom accepts a number, a string and null.
func (id *ID) UnmarshalJSONFrom(dec *jsontext.Decoder) error {
	v, err := dec.ReadValue()
	if err != nil {
		return err
	}
	switch v.Kind() {
	case '"':
		b, err := jsontext.AppendUnquote(nil, v)
		if err != nil {
			return err
		}
		*id = ID(b)
	case '0':
		*id = ID(v)
	case 'n':
		*id = ""
	default:
		return fmt.Errorf("id is a JSON %s", v.Kind())
	}
	return nil
}

// Key names one object that a person can point at: the account it belongs to and
// the upstream's own id of it.
type Key struct {
	Account string
	RCID    string
}

// UnmarshalJSONFrom reads the id; the account is not in the same place.
func (k *Key) UnmarshalJSONFrom(dec *jsontext.Decoder) error {
	return (*ID)(&k.RCID).UnmarshalJSONFrom(dec)
}

// The kinds of keys. They are distinct so that no extension's id can be used as a
// device's.
type (
	AccountID     struct{ Key }
	ExtensionID   struct{ Key }
	PhoneNumberID struct{ Key }
	DeviceID      struct{ Key }
	LicenseID     struct{ Key }
	DeviceOrderID struct{ Key }
	// The following name extensions of a certain type, by what they are.
	CallQueueID    struct{ Key }
	PagingGroupID  struct{ Key }
	ParkLocationID struct{ Key }
	// The following live under an extension.
	ForwardingNumberID struct{ Below }
	BlockedNumberID    struct{ Below }
	// CallerBlockingNumberID names a number that callers are blocked or let in by.
	CallerBlockingNumberID struct{ Below }
)

// Below is a key of what lives under an extension.
type Below struct {
	Key
	Extension string
}

// Owner names the extension that it lives under.
func (b Below) Owner() ExtensionID { return ExtensionID{Key{b.Account, b.Extension}} }

// Own stands for the caller's own account or extension in a path.
const Own = "~"

// AccountOf returns the account that uri lies in; "" when it names none. The
// upstream writes real ids in its URIs even where the request said "~".
func AccountOf(uri string) string {
	for _, mark := range []string{"/account/", "/accounts/"} {
		if _, after, ok := strings.Cut(uri, mark); ok {
			id, _, _ := strings.Cut(after, "/")
			id, _, _ = strings.Cut(id, "?")
			if digits(id) {
				return id
			}
		}
	}
	return ""
}

func digits(s string) bool {
	return s != "" && len(s) <= 20 && strings.Trim(s, "0123456789") == ""
}

// known says whether s can be an id that a global one is made of, and that a path may have.
func known(s string) bool { return digits(s) && s[0] != '0' }
