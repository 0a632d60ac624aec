package rest

import (
	"context"

	"github.com/ringql/ringql/internal/budget"
)

// DeviceUpdate is what is to change of a device. What is left out stays.
type DeviceUpdate struct {
	Name                    *string                       `json:"name,omitzero"`
	Extension               *ByID                         `json:"extension,omitzero"`
	UseAsCommonPhone        *bool                         `json:"useAsCommonPhone,omitzero"`
	EmergencyServiceAddress *EmergencyServiceAddressInput `json:"emergencyServiceAddress,omitzero"`
	Emergency               *DeviceEmergencyUpdate        `json:"emergency,omitzero"`
	PhoneLines              *PhoneLinesUpdate             `json:"phoneLines,omitzero"`
}

// EmergencyServiceAddressInput changes an emergency address in its older form. A nil
// field stays as it is.
type EmergencyServiceAddressInput struct {
	CustomerName *string `json:"customerName,omitzero"`
	Street       *string `json:"street,omitzero"`
	Street2      *string `json:"street2,omitzero"`
	Zip          *string `json:"zip,omitzero"`
	State        *string `json:"state,omitzero"`
	StateID      *string `json:"stateId,omitzero"`
	Country      *string `json:"country,omitzero"`
	CountryID    *string `json:"countryId,omitzero"`
}

// DeviceEmergencyUpdate changes where emergency services find a device. What else the
// upstream's model has, statuses, it alone sets.
type DeviceEmergencyUpdate struct {
	Address      *EmergencyAddressInput `json:"address,omitzero"`
	Location     *ByID                  `json:"location,omitzero"`
	OutOfCountry *bool                  `json:"outOfCountry,omitzero"`
}

// EmergencyAddressInput changes an emergency address. A nil field stays as it is.
type EmergencyAddressInput struct {
	CustomerName   *string `json:"customerName,omitzero"`
	Street         *string `json:"street,omitzero"`
	Street2        *string `json:"street2,omitzero"`
	StreetType     *string `json:"streetType,omitzero"`
	BuildingName   *string `json:"buildingName,omitzero"`
	BuildingNumber *string `json:"buildingNumber,omitzero"`
	City           *string `json:"city,omitzero"`
	State          *string `json:"state,omitzero"`
	StateID        *string `json:"stateId,omitzero"`
	StateISOCode   *string `json:"stateIsoCode,omitzero"`
	Zip            *string `json:"zip,omitzero"`
	Country        *string `json:"country,omitzero"`
	CountryID      *string `json:"countryId,omitzero"`
	CountryISOCode *string `json:"countryIsoCode,omitzero"`
}

// PhoneLinesUpdate are the numbers that a device's lines are to have.
type PhoneLinesUpdate struct {
	PhoneLines []PhoneLineUpdate `json:"phoneLines"`
}

// PhoneLineUpdate names the number twice: the description has its id alone, and notes on
// the operation have it as every answer does.
type PhoneLineUpdate struct {
	ID        string `json:"id"`
	PhoneInfo ByID   `json:"phoneInfo"`
}

// Lines returns lines with the phone numbers ids; nil for none.
func Lines(ids []string) *PhoneLinesUpdate {
	if ids == nil {
		return nil
	}
	lines := make([]PhoneLineUpdate, len(ids))
	for i, id := range ids {
		lines[i] = PhoneLineUpdate{id, ByID{id}}
	}
	return &PhoneLinesUpdate{lines}
}

var (
	updateDevice = op("updateDevice",
		"PUT /restapi/v1.0/account/{accountId}/device/{deviceId}", budget.Medium, V1, "EditAccounts", "EditCompanyDevices")
	updateDeviceEmergency = op("updateDeviceEmergency",
		"PUT /restapi/v1.0/account/{accountId}/device/{deviceId}/emergency", budget.Medium, V1, "EditAccounts", "EditCompanyDevices")
)

// UpdateDevice changes a device.
func (c *Client) UpdateDevice(ctx context.Context, id DeviceID, to DeviceUpdate) (*Device, error) {
	return c.changeDevice(ctx, updateDevice, id, to)
}

// UpdateDeviceEmergency changes where emergency services find a device.
func (c *Client) UpdateDeviceEmergency(ctx context.Context, id DeviceID, to DeviceUpdate) (*Device, error) {
	return c.changeDevice(ctx, updateDeviceEmergency, id, to)
}

// changeDevice sends a change. An answer about another device says nothing about this one.
func (c *Client) changeDevice(ctx context.Context, o *Operation, id DeviceID, to DeviceUpdate) (*Device, error) {
	d, err := call[Device](ctx, c, o.at(id.Account, id.RCID).send(to))
	if err != nil {
		return nil, err
	}
	d.place(id.Account, "", nil)
	return d, named(o, (*Device).RcID)(id.RCID, d)
}
