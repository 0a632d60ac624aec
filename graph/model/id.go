package model

import (
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/99designs/gqlgen/graphql"

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
	TypeAccount          = "Account"
	TypeExtension        = "Extension"
	TypePhoneNumber      = "PhoneNumber"
	TypeDevice           = "Device"
	TypeForwardingNumber = "ForwardingNumber"
)

// GlobalID is a global id taken apart. Its parts hold digits only.
type GlobalID struct {
	Type      string
	Account   string
	Extension string // of what lives under one
	RCID      string
}

// String puts the id together.
func (g GlobalID) String() string {
	parts := []string{idVersion, g.Type, g.Account, g.RCID}
	switch g.Type {
	case TypeAccount:
		parts = parts[:3]
	case TypeForwardingNumber:
		parts = []string{idVersion, g.Type, g.Account, g.Extension, g.RCID}
	}
	return base64.RawURLEncoding.EncodeToString([]byte(strings.Join(parts, ":")))
}

// ParseGlobalID takes a global id apart.
func ParseGlobalID(s string) (GlobalID, error) {
	b, err := base64.RawURLEncoding.DecodeString(s)
	parts := strings.Split(string(b), ":")
	if err != nil || len(s) > 256 || len(parts) < 3 || parts[0] != idVersion {
		return GlobalID{}, &InputError{"is neither a global id nor an id of RingCentral's"}
	}
	g := GlobalID{Type: parts[1], Account: parts[2], RCID: parts[len(parts)-1]}
	want := 4
	switch g.Type {
	case TypeAccount:
		want = 3
	case TypeForwardingNumber:
		want, g.Extension = 5, parts[min(3, len(parts)-1)]
	case TypeExtension, TypePhoneNumber, TypeDevice:
	default:
		want = -1
	}
	if len(parts) != want {
		return GlobalID{}, &InputError{"is a global id of no type known here"}
	}
	for _, p := range parts[2:] {
		if !digits(p) {
			return GlobalID{}, &InputError{"is a broken global id"}
		}
	}
	if g.String() != s {
		return GlobalID{}, &InputError{"is a broken global id"} // base64 has several ways to write the same
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

// ParseExtension reads an argument that names an extension.
func ParseExtension(s string, own bool) (rest.ExtensionID, error) {
	k, err := parse(s, TypeExtension, own)
	return rest.ExtensionID{Key: k}, err
}

// ParsePhoneNumber reads an argument that names a phone number.
func ParsePhoneNumber(s string) (rest.PhoneNumberID, error) {
	k, err := parse(s, TypePhoneNumber, false)
	return rest.PhoneNumberID{Key: k}, err
}

// ParseDevice reads an argument that names a device.
func ParseDevice(s string) (rest.DeviceID, error) {
	k, err := parse(s, TypeDevice, false)
	return rest.DeviceID{Key: k}, err
}

// digits says whether s could be an id of the upstream's: nothing else ever
// reaches a path. A zero in front would be another name of the same object, which
// caches and comparisons take for another object.
func digits(s string) bool {
	return s != "" && len(s) <= 20 && strings.Trim(s, "0123456789") == "" && s[0] != '0'
}

// globalID writes a global id. It needs no quoting: base64url has none to quote.
// One that lacks a part would name something else for everybody else, so it is
// not written at all.
func globalID(g GlobalID) graphql.Marshaler {
	if !digits(g.Account) || !digits(g.RCID) {
		return graphql.Null
	}
	return graphql.WriterFunc(func(w io.Writer) {
		_, _ = io.WriteString(w, `"`+g.String()+`"`) // the response is in memory
	})
}

// The generator finds the functions of each kind of id by their names.

// MarshalExtensionID writes the global id of an extension.
func MarshalExtensionID(id rest.ExtensionID) graphql.Marshaler {
	return globalID(GlobalID{Type: TypeExtension, Account: id.Account, RCID: id.RCID})
}

// UnmarshalExtensionID reads the global id of an extension.
func UnmarshalExtensionID(v any) (rest.ExtensionID, error) {
	s, err := UnmarshalString(v)
	if err != nil {
		return rest.ExtensionID{}, err
	}
	return ParseExtension(s, true)
}

// MarshalPhoneNumberID writes the global id of a phone number.
func MarshalPhoneNumberID(id rest.PhoneNumberID) graphql.Marshaler {
	return globalID(GlobalID{Type: TypePhoneNumber, Account: id.Account, RCID: id.RCID})
}

// UnmarshalPhoneNumberID reads the global id of a phone number.
func UnmarshalPhoneNumberID(v any) (rest.PhoneNumberID, error) {
	s, err := UnmarshalString(v)
	if err != nil {
		return rest.PhoneNumberID{}, err
	}
	return ParsePhoneNumber(s)
}

// MarshalDeviceID writes the global id of a device.
func MarshalDeviceID(id rest.DeviceID) graphql.Marshaler {
	return globalID(GlobalID{Type: TypeDevice, Account: id.Account, RCID: id.RCID})
}

// UnmarshalDeviceID reads the global id of a device.
func UnmarshalDeviceID(v any) (rest.DeviceID, error) {
	s, err := UnmarshalString(v)
	if err != nil {
		return rest.DeviceID{}, err
	}
	return ParseDevice(s)
}

// MarshalForwardingNumberID writes the global id of a forwarding number.
func MarshalForwardingNumberID(id rest.ForwardingNumberID) graphql.Marshaler {
	return globalID(GlobalID{Type: TypeForwardingNumber, Account: id.Account, Extension: id.Extension, RCID: id.RCID})
}

// UnmarshalForwardingNumberID reads the global id of a forwarding number.
func UnmarshalForwardingNumberID(v any) (rest.ForwardingNumberID, error) {
	s, err := UnmarshalString(v)
	if err != nil {
		return rest.ForwardingNumberID{}, err
	}
	g, err := ParseGlobalID(s)
	if err == nil && g.Type != TypeForwardingNumber {
		err = &InputError{"is an id of type " + g.Type + ", not " + TypeForwardingNumber}
	}
	return rest.ForwardingNumberID{Key: rest.Key{Account: g.Account, RCID: g.RCID}, Extension: g.Extension}, err
}
