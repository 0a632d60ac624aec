package model

import (
	"encoding/base64"
	"errors"
	"fmt"
	"strings"

	"github.com/ringql/ringql/internal/rest"
)

// ErrInput is the class of argument values that cannot be what was asked for.
var ErrInput = errors.New("bad id")

// InputError says why an argument value is refused.
type InputError struct{ Reason string }

func (e *InputError) Error() string { return e.Reason }

// Is makes every InputError an ErrInput.
func (e *InputError) Is(target error) bool { return target == ErrInput }

// A global id is base64url of "1:Type:account:id", and for what lives under an
// extension "1:Type:account:extension:id". The digit is the version of the form.
const idVersion = "1"

// The types that have global ids.
const (
	TypeAccount              = "Account"
	TypeExtension            = "Extension"
	TypePhoneNumber          = "PhoneNumber"
	TypeDevice               = "Device"
	TypeLicense              = "License"
	TypeDeviceOrder          = "DeviceOrder"
	TypeCallQueue            = "CallQueue"
	TypePagingGroup          = "PagingGroup"
	TypeParkLocation         = "ParkLocation"
	TypeForwardingNumber     = "ForwardingNumber"
	TypeBlockedNumber        = "BlockedNumber"
	TypeCallerBlockingNumber = "CallerBlockingNumber"
)

// form says what the ids of a type look like.
type form struct {
	alone bool // the account is all there is
	below bool // it lives under an extension
	text  bool // letters may stand in it
}

var forms = map[string]form{
	TypeAccount:              {alone: true},
	TypeExtension:            {},
	TypePhoneNumber:          {},
	TypeDevice:               {},
	TypeLicense:              {text: true},
	TypeDeviceOrder:          {},
	TypeCallQueue:            {},
	TypePagingGroup:          {},
	TypeParkLocation:         {},
	TypeForwardingNumber:     {below: true},
	TypeBlockedNumber:        {below: true, text: true},
	TypeCallerBlockingNumber: {below: true, text: true},
}

// holds says whether s can be an id of a type.
func (f form) holds(s string) bool {
	if !f.text {
		return digits(s)
	}
	return s != "" && len(s) <= 64 && strings.IndexFunc(s, func(r rune) bool {
		return (r < '0' || r > '9') && (r < 'A' || r > 'Z') && (r < 'a' || r > 'z') && r != '-' && r != '_'
	}) < 0
}

// GlobalID is a global id taken apart.
type GlobalID struct {
	Type      string
	Account   string
	Extension string // of what lives under one
	RCID      string
}

// whole says whether every part is there and can be what it is.
func (g GlobalID) whole() bool {
	f := forms[g.Type]
	return digits(g.Account) && (!f.below || digits(g.Extension)) && (f.alone || f.holds(g.RCID))
}

// String puts the id together.
func (g GlobalID) String() string {
	return base64.RawURLEncoding.EncodeToString([]byte(idVersion + ":" + g.Plain()))
}

// Plain is the id for people to read: "Type:account:id".
func (g GlobalID) Plain() string {
	parts := []string{g.Type, g.Account}
	f := forms[g.Type]
	if f.below {
		parts = append(parts, g.Extension)
	}
	if !f.alone {
		parts = append(parts, g.RCID)
	}
	return strings.Join(parts, ":")
}

// ParseGlobalID takes a global id apart.
func ParseGlobalID(s string) (GlobalID, error) {
	b, err := base64.RawURLEncoding.DecodeString(s)
	parts := strings.Split(string(b), ":")
	if err != nil || len(s) > 256 || len(parts) < 3 || parts[0] != idVersion {
		return GlobalID{}, &InputError{"is neither a global id nor an id of RingCentral's"}
	}
	g := GlobalID{Type: parts[1], Account: parts[2], RCID: parts[len(parts)-1]}
	f, known := forms[g.Type]
	want := 4
	switch {
	case !known:
		want = -1
	case f.alone:
		want = 3
	case f.below:
		want, g.Extension = 5, parts[min(3, len(parts)-1)]
	}
	if len(parts) != want {
		return GlobalID{}, &InputError{"is a global id of no type known here"}
	}
	if !g.whole() || g.String() != s { // base64 has several ways to write the same
		return GlobalID{}, &InputError{"is a broken global id"}
	}
	return g, nil
}

// parse reads an argument that names an object of a type: its global id, or a
// bare id of the upstream's, which then is one in the caller's own account. own
// says whether "~" is taken too.
func parse(s, typ string, own bool) (rest.Key, error) {
	if digits(s) || own && s == rest.Own {
		return rest.Key{Account: rest.Own, RCID: s}, nil
	}
	if s != "" && strings.Trim(s, "0123456789") == "" {
		return rest.Key{}, &InputError{"is no id of RingCentral's: it has at most 20 digits, the first of them not 0"}
	}
	g, err := ParseGlobalID(s)
	if err != nil {
		return rest.Key{}, err
	}
	if g.Type != typ {
		return rest.Key{}, &InputError{fmt.Sprintf("is an id of type %s, not %s", g.Type, typ)}
	}
	return rest.Key{Account: g.Account, RCID: g.RCID}, nil
}

// ParseAccount reads an argument that names an account.
func ParseAccount(s string) (string, error) {
	k, err := parse(s, TypeAccount, true)
	return k.RCID, err
}

// Locate reads an argument that names an object of a type, as the field does that takes it:
// the account the object lies in, and its id there. The type is "" for an entry of a
// dictionary.
func Locate(s, typ string) (account, rcID string, err error) {
	var k rest.Key
	switch typ {
	case "":
		k.Account = rest.Own
		k.RCID, err = ParseRCID(s)
	case TypeAccount:
		k.Account, err = ParseAccount(s)
	case TypePagingGroup, TypeParkLocation, TypeCallQueue:
		var group rest.ExtensionID
		group, err = ParseGroup(s, typ)
		k = group.Key
	default:
		k, err = parse(s, typ, typ == TypeExtension)
		if err != nil && forms[typ].below {
			var b rest.Below
			b, err = parseBelow(s, typ)
			k = rest.Key{Account: b.Account, RCID: b.Extension + ":" + b.RCID}
		}
	}
	return k.Account, k.RCID, err
}

// ParseRCID reads an argument that names an object which has no global id: an entry of a
// dictionary of the upstream's.
func ParseRCID(s string) (string, error) {
	if !digits(s) {
		return "", &InputError{"is no id of RingCentral's: it has at most 20 digits, the first of them not 0"}
	}
	return s, nil
}

// digits says whether s could be an id of the upstream's: nothing else ever
// reaches a path. A zero in front would be another name of the same object, which
// caches and comparisons take for another object.
func digits(s string) bool {
	return s != "" && len(s) <= 20 && strings.Trim(s, "0123456789") == "" && s[0] != '0'
}
