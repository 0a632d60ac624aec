package rest

import (
	"context"
	"net/url"
	"slices"

	"github.com/ringql/ringql/internal/budget"
)

// Device is a phone, hard or soft.
type Device struct {
	ID                      DeviceID                 `json:"id"`
	URI                     string                   `json:"uri"`
	SKU                     string                   `json:"sku"`
	Type                    DeviceType               `json:"type"`
	Name                    string                   `json:"name"`
	Serial                  string                   `json:"serial"`
	Status                  DeviceStatus             `json:"status"`
	ComputerName            string                   `json:"computerName"`
	Model                   *DeviceModel             `json:"model"`
	Emergency               *DeviceEmergency         `json:"emergency"`
	EmergencyServiceAddress *EmergencyServiceAddress `json:"emergencyServiceAddress"`
	PhoneLines              []PhoneLine              `json:"phoneLines"`
	Shipping                *Shipping                `json:"shipping"`
	BoxBillingID            ID                       `json:"boxBillingId"`
	BillingStatement        *BillingStatement        `json:"billingStatement"`
	UseAsCommonPhone        *bool                    `json:"useAsCommonPhone"`
	HotDeskDevice           *bool                    `json:"hotDeskDevice"`
	InCompanyNet            *bool                    `json:"inCompanyNet"`
	Site                    *Site                    `json:"site"`
	LastLocationReportTime  DateTime                 `json:"lastLocationReportTime"`
	LinePooling             LinePooling              `json:"linePooling"`
	AutomaticVoicemailLogin *bool                    `json:"automaticVoicemailLogin"`

	Owner *ExtensionRef `json:"extension"`
}

// RcID is the upstream's own id.
func (d *Device) RcID() string { return d.ID.RCID }

func (d *Device) home() string { return AccountOf(d.URI) }

// RawType is Type as the upstream wrote it.
func (d *Device) RawType() string { return string(d.Type) }

// RawStatus is Status as the upstream wrote it.
func (d *Device) RawStatus() string { return string(d.Status) }

// RawLinePooling is LinePooling as the upstream wrote it.
func (d *Device) RawLinePooling() string { return string(d.LinePooling) }

// DeviceModel is what kind of phone a device is.
type DeviceModel struct {
	RCID        ID              `json:"id"`
	Name        string          `json:"name"`
	Addons      []DeviceAddon   `json:"addons"`
	DeviceClass string          `json:"deviceClass"`
	Features    []DeviceFeature `json:"features"`
	LineCount   *int            `json:"lineCount"`
}

// RawFeatures are Features as the upstream wrote them.
func (m *DeviceModel) RawFeatures() []string { return raw(m.Features) }

// DeviceAddon is hardware attached to a phone.
type DeviceAddon struct {
	RCID  ID     `json:"id"`
	Name  string `json:"name"`
	Count ID     `json:"count"` // a number, in the 2018 description a string
}

// DeviceEmergency says where emergency services find the device.
type DeviceEmergency struct {
	Address               *EmergencyAddress  `json:"address"`
	Location              *EmergencyLocation `json:"location"`
	OutOfCountry          *bool              `json:"outOfCountry"`
	AddressStatus         AddressStatus      `json:"addressStatus"`
	Visibility            string             `json:"visibility"`
	SyncStatus            AddressSyncStatus  `json:"syncStatus"`
	AddressEditableStatus string             `json:"addressEditableStatus"`
}

// RawAddressStatus is AddressStatus as the upstream wrote it.
func (e *DeviceEmergency) RawAddressStatus() string { return string(e.AddressStatus) }

// RawSyncStatus is SyncStatus as the upstream wrote it.
func (e *DeviceEmergency) RawSyncStatus() string { return string(e.SyncStatus) }

// EmergencyLocation is a location of the company's list.
type EmergencyLocation struct {
	RCID                ID                  `json:"id"`
	Name                string              `json:"name"`
	AddressFormatID     ID                  `json:"addressFormatId"`
	AddressFormatStatus AddressFormatStatus `json:"addressFormatStatus"`
	Trusted             *bool               `json:"trusted"`
}

// RawAddressFormatStatus is AddressFormatStatus as the upstream wrote it.
func (l *EmergencyLocation) RawAddressFormatStatus() string { return string(l.AddressFormatStatus) }

// EmergencyAddress is a postal address for emergency services.
type EmergencyAddress struct {
	CustomerName   string `json:"customerName"`
	Street         string `json:"street"`
	Street2        string `json:"street2"`
	StreetType     string `json:"streetType"`
	BuildingName   string `json:"buildingName"`
	BuildingNumber string `json:"buildingNumber"`
	City           string `json:"city"`
	State          string `json:"state"`
	StateID        ID     `json:"stateId"`
	StateISOCode   string `json:"stateIsoCode"`
	StateName      string `json:"stateName"`
	Zip            string `json:"zip"`
	Country        string `json:"country"`
	CountryID      ID     `json:"countryId"`
	CountryISOCode string `json:"countryIsoCode"`
	CountryName    string `json:"countryName"`
	OutOfCountry   *bool  `json:"outOfCountry"`
}

// EmergencyServiceAddress is the older form, with contact data and status.
type EmergencyServiceAddress struct {
	EmergencyAddress       `json:",embed"`
	CustomerEmail          string `json:"customerEmail"`
	CustomerPhone          string `json:"customerPhone"`
	AdditionalCustomer     `json:",embed"`
	Designation            string                 `json:"designation"`
	LineProvisioningStatus LineProvisioningStatus `json:"lineProvisioningStatus"`
	SyncStatus             AddressSyncStatus      `json:"syncStatus"`
	TaxID                  string                 `json:"taxId"`
	Apartment              string                 `json:"apartment"`
	Floor                  string                 `json:"floor"`
}

// RawLineProvisioningStatus is LineProvisioningStatus as the upstream wrote it.
func (a *EmergencyServiceAddress) RawLineProvisioningStatus() string {
	return string(a.LineProvisioningStatus)
}

// RawSyncStatus is SyncStatus as the upstream wrote it.
func (a *EmergencyServiceAddress) RawSyncStatus() string { return string(a.SyncStatus) }

// PhoneLine is a line of a device, with the number it has.
type PhoneLine struct {
	RCID             ID                    `json:"id"`
	LineType         PhoneLineType         `json:"lineType"`
	PhoneNumber      *PhoneNumber          `json:"phoneInfo"`
	EmergencyAddress *LineEmergencyAddress `json:"emergencyAddress"`
}

// RawLineType is LineType as the upstream wrote it.
func (l *PhoneLine) RawLineType() string { return string(l.LineType) }

// LineEmergencyAddress says whether a line needs an emergency address.
type LineEmergencyAddress struct {
	Required               *bool                  `json:"required"`
	LocalOnly              *bool                  `json:"localOnly"`
	LineProvisioningStatus LineProvisioningStatus `json:"lineProvisioningStatus"`
}

// RawLineProvisioningStatus is LineProvisioningStatus as the upstream wrote it.
func (a *LineEmergencyAddress) RawLineProvisioningStatus() string {
	return string(a.LineProvisioningStatus)
}

// Shipping says how an ordered device travels.
type Shipping struct {
	Status         ShippingStatus   `json:"status"`
	Carrier        string           `json:"carrier"`
	TrackingNumber string           `json:"trackingNumber"`
	Method         *ShippingMethod  `json:"method"`
	Address        *ShippingAddress `json:"address"`
}

// RawStatus is Status as the upstream wrote it.
func (s *Shipping) RawStatus() string { return string(s.Status) }

// ShippingMethod is how fast.
type ShippingMethod struct {
	RCID ID     `json:"id"`
	Name string `json:"name"`
}

// ShippingAddress is where to.
type ShippingAddress struct {
	CustomerName       string `json:"customerName"`
	CustomerEmail      string `json:"customerEmail"`
	CustomerPhone      string `json:"customerPhone"`
	AdditionalCustomer `json:",embed"`
	Street             string `json:"street"`
	Street2            string `json:"street2"`
	City               string `json:"city"`
	State              string `json:"state"`
	StateID            ID     `json:"stateId"`
	StateISOCode       string `json:"stateIsoCode"`
	StateName          string `json:"stateName"`
	Zip                string `json:"zip"`
	Country            string `json:"country"`
	CountryID          ID     `json:"countryId"`
	CountryISOCode     string `json:"countryIsoCode"`
	CountryName        string `json:"countryName"`
	TaxID              string `json:"taxId"`
}

// AdditionalCustomer is a second person at an address.
type AdditionalCustomer struct {
	AdditionalCustomerName  string `json:"additionalCustomerName"`
	AdditionalCustomerEmail string `json:"additionalCustomerEmail"`
	AdditionalCustomerPhone string `json:"additionalCustomerPhone"`
}

// place says which account d belongs to; owner is the extension whose list d
// stands in, for records that do not name it.
func (d *Device) place(account, uri string, owner *ExtensionRef) {
	if d.Owner == nil {
		d.Owner = owner
	}
	for i := range d.PhoneLines {
		if n := d.PhoneLines[i].PhoneNumber; n != nil {
			n.Source = FromLine
			if n.Owner == nil {
				n.Owner = d.Owner
			}
		}
	}
	d.settle(first(AccountOf(d.URI), first(AccountOf(uri), account)))
}

// settle says which account d belongs to.
func (d *Device) settle(account string) {
	d.ID.Account = account
	if d.Owner != nil {
		d.Owner.ID.Account = account
	}
	for i := range d.PhoneLines {
		if n := d.PhoneLines[i].PhoneNumber; n != nil {
			n.settle(account)
		}
	}
}

// In returns d, with its owner and numbers, as one of an account.
func (d *Device) In(account string) *Device {
	out := *d
	out.Owner = d.Owner.In(account)
	out.PhoneLines = slices.Clone(d.PhoneLines)
	for i := range out.PhoneLines {
		if n := out.PhoneLines[i].PhoneNumber; n != nil {
			out.PhoneLines[i].PhoneNumber = n.In(account)
		}
	}
	out.ID.Account = account
	return &out
}

// DeviceFilter narrows an extension's device list; values of one field mean "or".
type DeviceFilter struct {
	LinePooling LinePooling
	Feature     []DeviceFeature
	Type        []DeviceType
	LineType    []PhoneLineType
}

// Key tells filters apart.
func (f DeviceFilter) Key() string {
	if f.LinePooling == "" && len(f.Feature)+len(f.Type)+len(f.LineType) == 0 {
		return "" // nearly always, and asked for every row
	}
	return f.query().Encode()
}

func (f DeviceFilter) query() url.Values {
	q := url.Values{}
	if f.LinePooling != "" {
		q.Set("linePooling", string(f.LinePooling))
	}
	texts(q, "feature", f.Feature)
	texts(q, "type", f.Type)
	texts(q, "lineType", f.LineType)
	return q
}

var listExtensionDevices = op("listExtensionDevices",
	"GET /restapi/v1.0/account/{accountId}/extension/{extensionId}/device", budget.Light, V1, "ReadAccounts", "ReadUserDevices").
	shows(Devices, PhoneNumbers, ExtensionInfo)

// ManyExtensionDevices is how many extensions one request of ListExtensionDevices names.
func (c *Client) ManyExtensionDevices() int { return c.manyIDs(listExtensionDevices) }

// ListExtensionDevices returns the same page of the device lists of many
// extensions, as many in one request as the upstream takes.
func (c *Client) ListExtensionDevices(ctx context.Context, account string, extensions []string, f DeviceFilter, page, perPage int) map[string]Result[*Page[Device]] {
	return callMany(ctx, c, listExtensionDevices, extensions, paged(f.query(), page, perPage), func(which asked, p *Page[Device]) error {
		for i := range p.Records {
			p.Records[i].place(account, p.URI, &ExtensionRef{ID: ExtensionID{Key{account, which.id}}})
		}
		return checked(listExtensionDevices, p, (*Device).RcID)
	}, account, theIDs)
}

var listAccountDevices = op("listAccountDevices",
	"GET /restapi/v1.0/account/{accountId}/device", budget.Medium, Legacy, "ReadAccounts", "ReadCompanyDevices").
	shows(Devices, PhoneNumbers, ExtensionInfo)

// ListAccountDevices returns one page of all devices of an account. Only the 2018
// description lists the operation, and no other serves the need.
func (c *Client) ListAccountDevices(ctx context.Context, account string, page, perPage int) (*Page[Device], error) {
	return either(ctx, c, account, way[*Page[Device]]{listAccountDevices, func() (*Page[Device], error) {
		return read(ctx, c, listAccountDevices.at(account).where(paged(nil, page, perPage)), func(p *Page[Device]) error {
			for i := range p.Records {
				p.Records[i].place(account, p.URI, nil)
			}
			return checked(listAccountDevices, p, (*Device).RcID)
		})
	}})
}

var readDevice = op("readDevice",
	"GET /restapi/v1.0/account/{accountId}/device/{deviceId}", budget.Light, V1, "ReadAccounts", "ReadCompanyDevices").
	shows(Devices, PhoneNumbers, ExtensionInfo)

// ReadDevices returns the devices named by ids, as many in one request as the upstream takes.
func (c *Client) ReadDevices(ctx context.Context, account string, ids []string) map[string]Result[*Device] {
	return callMany(ctx, c, readDevice, ids, nil, func(which asked, d *Device) error {
		d.place(account, "", nil)
		return named(readDevice, (*Device).RcID)(which.id, d)
	}, account, theIDs)
}
