package model

import (
	"io"

	"github.com/99designs/gqlgen/graphql"

	"github.com/ringql/ringql/internal/rest"
)

// The generator finds the functions of each kind of id by their names: one writes the
// global id, one reads an argument. Parse reads an argument that names an object, for
// those that say which argument was wrong.

// globalID writes a global id. It needs no quoting: base64url has none to quote.
// One that lacks a part would name something else for everybody else, so it is
// not written at all.
func globalID(g GlobalID) graphql.Marshaler {
	if !g.whole() {
		return graphql.Null
	}
	return graphql.WriterFunc(func(w io.Writer) {
		_, _ = io.WriteString(w, `"`+g.String()+`"`) // the response is in memory
	})
}

func globalIDBelow(typ string, b rest.Below) graphql.Marshaler {
	return globalID(GlobalID{Type: typ, Account: b.Account, Extension: b.Extension, RCID: b.RCID})
}

// read reads an argument by the function that takes it apart.
func read[T any](v any, parse func(string) (T, error)) (T, error) {
	s, err := UnmarshalString(v)
	if err != nil {
		var none T
		return none, err
	}
	return parse(s)
}

// parseBelow reads a global id of what lives under an extension.
func parseBelow(s, typ string) (rest.Below, error) {
	g, err := ParseGlobalID(s)
	if err == nil && g.Type != typ {
		err = &InputError{"is an id of type " + g.Type + ", not " + typ}
	}
	return rest.Below{Key: rest.Key{Account: g.Account, RCID: g.RCID}, Extension: g.Extension}, err
}

// parseBelowOf is parseBelow, for an argument that may also be a bare id: of what lives
// under ext. A global id of what lives under another is refused, unless ext is one's own,
// which nobody may have named.
func parseBelowOf(s, typ string, ext rest.ExtensionID) (rest.Below, error) {
	if digits(s) {
		return rest.Below{Key: rest.Key{Account: ext.Account, RCID: s}, Extension: ext.RCID}, nil
	}
	b, err := parseBelow(s, typ)
	if err == nil && ext.RCID != rest.Own && (ext.RCID != b.Extension || ext.Account != rest.Own && ext.Account != b.Account) {
		err = &InputError{"is of another extension"}
	}
	return b, err
}

// ParseExtension reads an argument that names an extension. own says whether "~" is taken too.
func ParseExtension(s string, own bool) (rest.ExtensionID, error) {
	k, err := parse(s, TypeExtension, own)
	return rest.ExtensionID{Key: k}, err
}

// MarshalExtensionID writes the global id of an extension.
func MarshalExtensionID(id rest.ExtensionID) graphql.Marshaler {
	return globalID(GlobalID{Type: TypeExtension, Account: id.Account, RCID: id.RCID})
}

// UnmarshalExtensionID reads the global id of an extension.
func UnmarshalExtensionID(v any) (rest.ExtensionID, error) {
	return read(v, func(s string) (rest.ExtensionID, error) { return ParseExtension(s, true) })
}

// ParsePhoneNumber reads an argument that names a phone number.
func ParsePhoneNumber(s string) (rest.PhoneNumberID, error) {
	k, err := parse(s, TypePhoneNumber, false)
	return rest.PhoneNumberID{Key: k}, err
}

// MarshalPhoneNumberID writes the global id of a phone number.
func MarshalPhoneNumberID(id rest.PhoneNumberID) graphql.Marshaler {
	return globalID(GlobalID{Type: TypePhoneNumber, Account: id.Account, RCID: id.RCID})
}

// UnmarshalPhoneNumberID reads the global id of a phone number.
func UnmarshalPhoneNumberID(v any) (rest.PhoneNumberID, error) { return read(v, ParsePhoneNumber) }

// ParseDevice reads an argument that names a device.
func ParseDevice(s string) (rest.DeviceID, error) {
	k, err := parse(s, TypeDevice, false)
	return rest.DeviceID{Key: k}, err
}

// MarshalDeviceID writes the global id of a device.
func MarshalDeviceID(id rest.DeviceID) graphql.Marshaler {
	return globalID(GlobalID{Type: TypeDevice, Account: id.Account, RCID: id.RCID})
}

// UnmarshalDeviceID reads the global id of a device.
func UnmarshalDeviceID(v any) (rest.DeviceID, error) { return read(v, ParseDevice) }

// ParseLicense reads an argument that names a license.
func ParseLicense(s string) (rest.LicenseID, error) {
	k, err := parse(s, TypeLicense, false)
	return rest.LicenseID{Key: k}, err
}

// MarshalLicenseID writes the global id of a license.
func MarshalLicenseID(id rest.LicenseID) graphql.Marshaler {
	return globalID(GlobalID{Type: TypeLicense, Account: id.Account, RCID: id.RCID})
}

// UnmarshalLicenseID reads the global id of a license.
func UnmarshalLicenseID(v any) (rest.LicenseID, error) { return read(v, ParseLicense) }

// ParseDeviceOrder reads an argument that names an order of devices.
func ParseDeviceOrder(s string) (rest.DeviceOrderID, error) {
	k, err := parse(s, TypeDeviceOrder, false)
	return rest.DeviceOrderID{Key: k}, err
}

// MarshalDeviceOrderID writes the global id of an order of devices.
func MarshalDeviceOrderID(id rest.DeviceOrderID) graphql.Marshaler {
	return globalID(GlobalID{Type: TypeDeviceOrder, Account: id.Account, RCID: id.RCID})
}

// UnmarshalDeviceOrderID reads the global id of an order of devices.
func UnmarshalDeviceOrderID(v any) (rest.DeviceOrderID, error) { return read(v, ParseDeviceOrder) }

// ParseCallQueue reads an argument that names a call queue.
func ParseCallQueue(s string) (rest.CallQueueID, error) {
	k, err := parse(s, TypeCallQueue, false)
	return rest.CallQueueID{Key: k}, err
}

// MarshalCallQueueID writes the global id of a call queue.
func MarshalCallQueueID(id rest.CallQueueID) graphql.Marshaler {
	return globalID(GlobalID{Type: TypeCallQueue, Account: id.Account, RCID: id.RCID})
}

// UnmarshalCallQueueID reads the global id of a call queue.
func UnmarshalCallQueueID(v any) (rest.CallQueueID, error) { return read(v, ParseCallQueue) }

// ParsePagingGroup reads an argument that names a paging group.
func ParsePagingGroup(s string) (rest.PagingGroupID, error) {
	k, err := parse(s, TypePagingGroup, false)
	return rest.PagingGroupID{Key: k}, err
}

// MarshalPagingGroupID writes the global id of a paging group.
func MarshalPagingGroupID(id rest.PagingGroupID) graphql.Marshaler {
	return globalID(GlobalID{Type: TypePagingGroup, Account: id.Account, RCID: id.RCID})
}

// UnmarshalPagingGroupID reads the global id of a paging group.
func UnmarshalPagingGroupID(v any) (rest.PagingGroupID, error) { return read(v, ParsePagingGroup) }

// ParseParkLocation reads an argument that names a park location.
func ParseParkLocation(s string) (rest.ParkLocationID, error) {
	k, err := parse(s, TypeParkLocation, false)
	return rest.ParkLocationID{Key: k}, err
}

// MarshalParkLocationID writes the global id of a park location.
func MarshalParkLocationID(id rest.ParkLocationID) graphql.Marshaler {
	return globalID(GlobalID{Type: TypeParkLocation, Account: id.Account, RCID: id.RCID})
}

// UnmarshalParkLocationID reads the global id of a park location.
func UnmarshalParkLocationID(v any) (rest.ParkLocationID, error) { return read(v, ParseParkLocation) }

// ParseForwardingNumber reads an argument that names a forwarding number, by its global id.
func ParseForwardingNumber(s string) (rest.ForwardingNumberID, error) {
	b, err := parseBelow(s, TypeForwardingNumber)
	return rest.ForwardingNumberID{Below: b}, err
}

// ParseForwardingNumberOf is ParseForwardingNumber, for an argument that may also be a bare
// id: of a number of ext.
func ParseForwardingNumberOf(s string, ext rest.ExtensionID) (rest.ForwardingNumberID, error) {
	b, err := parseBelowOf(s, TypeForwardingNumber, ext)
	return rest.ForwardingNumberID{Below: b}, err
}

// MarshalForwardingNumberID writes the global id of a forwarding number.
func MarshalForwardingNumberID(id rest.ForwardingNumberID) graphql.Marshaler {
	return globalIDBelow(TypeForwardingNumber, id.Below)
}

// UnmarshalForwardingNumberID reads the global id of a forwarding number.
func UnmarshalForwardingNumberID(v any) (rest.ForwardingNumberID, error) {
	return read(v, ParseForwardingNumber)
}

// ParseBlockedNumber reads an argument that names a blocked number, by its global id.
func ParseBlockedNumber(s string) (rest.BlockedNumberID, error) {
	b, err := parseBelow(s, TypeBlockedNumber)
	return rest.BlockedNumberID{Below: b}, err
}

// MarshalBlockedNumberID writes the global id of a blocked number.
func MarshalBlockedNumberID(id rest.BlockedNumberID) graphql.Marshaler {
	return globalIDBelow(TypeBlockedNumber, id.Below)
}

// UnmarshalBlockedNumberID reads the global id of a blocked number.
func UnmarshalBlockedNumberID(v any) (rest.BlockedNumberID, error) {
	return read(v, ParseBlockedNumber)
}

// ParseCallerBlockingNumber reads an argument that names a number that callers are blocked or let in by, by its global id.
func ParseCallerBlockingNumber(s string) (rest.CallerBlockingNumberID, error) {
	b, err := parseBelow(s, TypeCallerBlockingNumber)
	return rest.CallerBlockingNumberID{Below: b}, err
}

// MarshalCallerBlockingNumberID writes the global id of a number that callers are blocked or let in by.
func MarshalCallerBlockingNumberID(id rest.CallerBlockingNumberID) graphql.Marshaler {
	return globalIDBelow(TypeCallerBlockingNumber, id.Below)
}

// UnmarshalCallerBlockingNumberID reads the global id of a number that callers are blocked or let in by.
func UnmarshalCallerBlockingNumberID(v any) (rest.CallerBlockingNumberID, error) {
	return read(v, ParseCallerBlockingNumber)
}

// ParseGroup reads an argument that names an extension of a certain type, typ: by the
// global id that it has as such, or by that of the extension.
func ParseGroup(s, typ string) (rest.ExtensionID, error) {
	k, err := parse(s, typ, false)
	if err != nil {
		if ext, e := parse(s, TypeExtension, false); e == nil {
			k, err = ext, nil
		}
	}
	return rest.ExtensionID{Key: k}, err
}
