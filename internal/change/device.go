package change

import (
	"context"
	"strings"
	"unicode/utf8"

	"github.com/ringql/ringql/internal/rest"
)

// DeviceResult is what became of a change to a device.
type DeviceResult = Result[rest.Device]

// DeviceChange is what is to change of a device.
type DeviceChange struct {
	rest.DeviceUpdate
	// Extension is whose it is to be, and Numbers those of its lines: as they were named,
	// with their accounts.
	Extension rest.ExtensionID
	Numbers   []rest.PhoneNumberID
}

// mostDeviceName is the longest name of a device, in characters.
const mostDeviceName = 64

// deviceFields says which input field the upstream means by a parameter.
var deviceFields = deviceFieldsOf()

func deviceFieldsOf() map[string]string {
	fields := map[string]string{
		"deviceId": "deviceId", "name": "name", "extension.id": "extensionId", "useAsCommonPhone": "useAsCommonPhone",
		"phoneLines": "phoneNumberIds", "phoneLines.phoneLines.id": "phoneNumberIds", "phoneLines.phoneInfo.id": "phoneNumberIds",
		"emergency": "emergency", "emergency.location": "emergency.locationId", "emergency.location.id": "emergency.locationId",
	}
	for _, at := range []string{"emergency.address", "emergencyServiceAddress"} {
		fields[at] = at
		for _, part := range []string{"customerName", "street", "street2", "streetType", "buildingName", "buildingNumber", "city",
			"state", "stateId", "stateIsoCode", "zip", "country", "countryId", "countryIsoCode"} {
			fields[at+"."+part] = at + "." + part
		}
	}
	return fields
}

// impossible says why a change is known to be refused, before any call.
func (ch *DeviceChange) impossible() *UserError {
	switch {
	case ch.DeviceUpdate == (rest.DeviceUpdate{}):
		return &UserError{Code: Invalid, Message: "Nothing is to change: say what."}
	case ch.Name != nil && (*ch.Name == "" || utf8.RuneCountInString(*ch.Name) > mostDeviceName):
		return invalid("name", "A device's name has 1 to 64 characters.")
	case ch.EmergencyServiceAddress != nil && *ch.EmergencyServiceAddress == rest.EmergencyServiceAddressInput{}:
		return invalid("emergencyServiceAddress", "Say a part of the address.")
	case ch.Emergency == nil:
		return nil
	case ch.Emergency.Address != nil && *ch.Emergency.Address == rest.EmergencyAddressInput{}:
		return &UserError{Code: Invalid, Message: "Say a part of the address.", Field: []string{"emergency", "address"}}
	case *ch.Emergency == rest.DeviceEmergencyUpdate{}:
		return invalid("emergency", "Say an address, a location, or whether it is abroad.")
	case ch.Emergency.Address != nil && ch.Emergency.Location != nil:
		return invalid("emergency", "A device is at an address or at a location of the company's list: leave one out.")
	case ch.Emergency.Address != nil && ch.EmergencyServiceAddress != nil:
		return invalid("emergencyServiceAddress", "emergency.address says the same, and RingCentral would ignore this: leave one out.")
	}
	return nil
}

// UpdateDevice changes a device.
func (c *Changer) UpdateDevice(ctx context.Context, id rest.DeviceID, ch DeviceChange) (*DeviceResult, error) {
	return c.changeDevice(ctx, id, ch, c.REST.UpdateDevice)
}

// UpdateDeviceEmergency changes where emergency services find a device.
func (c *Changer) UpdateDeviceEmergency(ctx context.Context, id rest.DeviceID, ch DeviceChange) (*DeviceResult, error) {
	return c.changeDevice(ctx, id, ch, c.REST.UpdateDeviceEmergency)
}

func (c *Changer) changeDevice(ctx context.Context, id rest.DeviceID, ch DeviceChange, send func(context.Context, rest.DeviceID, rest.DeviceUpdate) (*rest.Device, error)) (*DeviceResult, error) {
	if bad := ch.impossible(); bad != nil {
		return Reject[rest.Device](bad), nil
	}
	if err := ch.foreign(ctx, id.Account); err != nil {
		return nil, err
	}
	r, err := Carry(ctx, Step[rest.Device]{
		Send: func(ctx context.Context) (*rest.Device, error) { return send(ctx, id, ch.DeviceUpdate) },
		Look: func(ctx context.Context) (*rest.Device, bool, error) {
			d, err := c.readDevice(ctx, id)
			return d, err == nil && ch.shows(d), err
		},
		Fields: deviceFields,
	})
	if err == nil && r.Object != nil && r.Object.ID.Account == rest.Own { // no link told it
		account, err := accountID(ctx, rest.Own)
		if err != nil {
			r.Object = nil // what became of it is told all the same
			return r, nil  //nolint:nilerr // it is no failure of the change
		}
		r.Object = r.Object.In(account)
	}
	return r, err
}

// foreign refuses extensions and numbers of another account. The real id of the device's
// account is found out only where it is needed.
func (ch *DeviceChange) foreign(ctx context.Context, account string) error {
	named := ch.Extension.RCID != "" && ch.Extension.Account != rest.Own
	for _, n := range ch.Numbers {
		named = named || n.Account != rest.Own
	}
	if !named {
		return nil
	}
	account, err := accountID(ctx, account)
	if err != nil {
		return err
	}
	if err := foreign("extensionId", account, ch.Extension); err != nil {
		return err
	}
	for _, n := range ch.Numbers {
		if n.Account != rest.Own && n.Account != account {
			return &ForeignError{"phoneNumberIds"}
		}
	}
	return nil
}

// shows says whether d is as the change would have it. The upstream may write texts in
// another case.
func (ch *DeviceChange) shows(d *rest.Device) bool {
	owner := ""
	if d.Owner != nil {
		owner = d.Owner.ID.RCID
	}
	switch {
	case ch.Name != nil && *ch.Name != d.Name,
		ch.DeviceUpdate.Extension != nil && ch.DeviceUpdate.Extension.ID != owner,
		ch.UseAsCommonPhone != nil && (d.UseAsCommonPhone == nil || *d.UseAsCommonPhone != *ch.UseAsCommonPhone),
		ch.PhoneLines != nil && !hasLines(d, ch.PhoneLines.PhoneLines):
		return false
	}
	if a := ch.EmergencyServiceAddress; a != nil {
		if d.EmergencyServiceAddress == nil || !sameAddress(&d.EmergencyServiceAddress.EmergencyAddress, &rest.EmergencyAddressInput{
			CustomerName: a.CustomerName, Street: a.Street, Street2: a.Street2, Zip: a.Zip,
			State: a.State, StateID: a.StateID, Country: a.Country, CountryID: a.CountryID,
		}) {
			return false
		}
	}
	return ch.Emergency == nil || d.Emergency != nil && showsEmergency(d.Emergency, ch.Emergency)
}

func hasLines(d *rest.Device, want []rest.PhoneLineUpdate) bool {
	if len(d.PhoneLines) != len(want) {
		return false
	}
	for i, l := range d.PhoneLines {
		if l.PhoneNumber == nil || l.PhoneNumber.ID.RCID != want[i].ID {
			return false
		}
	}
	return true
}

func showsEmergency(e *rest.DeviceEmergency, want *rest.DeviceEmergencyUpdate) bool {
	switch {
	case want.Location != nil && (e.Location == nil || string(e.Location.RCID) != want.Location.ID),
		want.OutOfCountry != nil && (e.OutOfCountry == nil || *e.OutOfCountry != *want.OutOfCountry),
		want.Address != nil && (e.Address == nil || !sameAddress(e.Address, want.Address)):
		return false
	}
	return true
}

// sameAddress says whether a has the parts that are asked for.
func sameAddress(a *rest.EmergencyAddress, want *rest.EmergencyAddressInput) bool {
	for _, part := range []struct {
		want *string
		is   string
	}{
		{want.CustomerName, a.CustomerName}, {want.Street, a.Street}, {want.Street2, a.Street2}, {want.StreetType, a.StreetType},
		{want.BuildingName, a.BuildingName}, {want.BuildingNumber, a.BuildingNumber}, {want.City, a.City},
		{want.State, a.State}, {want.StateID, string(a.StateID)}, {want.StateISOCode, a.StateISOCode}, {want.Zip, a.Zip},
		{want.Country, a.Country}, {want.CountryID, string(a.CountryID)}, {want.CountryISOCode, a.CountryISOCode},
	} {
		if part.want != nil && !strings.EqualFold(strings.TrimSpace(*part.want), strings.TrimSpace(part.is)) {
			return false
		}
	}
	return true
}
