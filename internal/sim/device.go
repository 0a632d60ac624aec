package sim

import "slices"

func (s *Server) deviceRoutes() []*route {
	const one = "/restapi/v1.0/account/{accountId}/device/{deviceId}"
	return []*route{
		{operation: "listExtensionDevices", pattern: "GET /restapi/v1.0/account/{accountId}/extension/{extensionId}/device", group: "light",
			scope: "ReadAccounts", permission: "ReadUserDevices", many: "extensionId",
			filters: []string{"linePooling", "feature", "type", "lineType"}, do: s.listExtensionDevices},
		{operation: "listAccountDevices", pattern: "GET /restapi/v1.0/account/{accountId}/device", group: "medium",
			scope: "ReadAccounts", permission: "ReadCompanyDevices", era: legacyOnly, do: s.listAccountDevices},
		{operation: "readDevice", pattern: "GET " + one, group: "light",
			scope: "ReadAccounts", permission: "ReadCompanyDevices", many: "deviceId", do: s.readDevice},
		{operation: "updateDevice", pattern: "PUT " + one, group: "medium",
			scope: "EditAccounts", permission: "EditCompanyDevices", do: s.updateDevice},
		{operation: "updateDeviceEmergency", pattern: "PUT " + one + "/emergency", group: "medium",
			scope: "EditAccounts", permission: "EditCompanyDevices", do: s.updateDeviceEmergency},
	}
}

// deviceModel and emergencyAddress are tables: no device changes the one it points at.
type deviceModel struct {
	id, name, class string
	features        []string
	lines           int
	addons          []deviceAddon
}

type deviceAddon struct {
	id, name string
	count    int
}

type emergencyAddress struct {
	CustomerName string `json:"customerName"`
	Street       string `json:"street"`
	City         string `json:"city"`
	State        string `json:"state"`
	Zip          string `json:"zip"`
	Country      string `json:"country"`

	Street2        string `json:"street2,omitempty"`
	StreetType     string `json:"streetType,omitempty"`
	BuildingName   string `json:"buildingName,omitempty"`
	BuildingNumber string `json:"buildingNumber,omitempty"`
	StateID        string `json:"stateId,omitempty"`
	StateISOCode   string `json:"stateIsoCode,omitempty"`
	CountryID      string `json:"countryId,omitempty"`
	CountryISOCode string `json:"countryIsoCode,omitempty"`
}

var softphone = deviceModel{id: "1", name: "Softphone", class: "Softphone", lines: 1}

var deskPhones = []deviceModel{
	{id: "56", name: "Polycom VVX 350 Business Phone", class: "Desk Phone", features: []string{"BLA", "Intercom", "Paging", "HELD"}, lines: 6,
		addons: []deviceAddon{{"2", "Expansion module", 2}}},
	{id: "78", name: "Yealink T46U Executive Phone", class: "Desk Phone", features: []string{"BLA", "CommonPhone", "Intercom", "Paging", "HELD"}, lines: 16},
	{id: "40", name: "Cisco 8861 Gigabit Color Phone", class: "Desk Phone", features: []string{"Intercom", "Paging"}, lines: 10},
}

var otherPhone = deviceModel{id: "0", name: "Existing device", class: "Other Phone", lines: 1}

var emergencyAddresses = []emergencyAddress{
	{CustomerName: companyName, Street: "100 Main Street", City: "Belmont", State: "CA", Zip: "94002", Country: "USA"},
	{CustomerName: companyName, Street: "27 Desert Road", City: "Mesa", State: "AZ", Zip: "85201", Country: "USA"},
	{CustomerName: companyName, Street: "1400 Union Street", City: "Denver", State: "CO", Zip: "80202", Country: "USA"},
}

// deviceInfo is a device; what only today's answers have is left out of the list of 2018.
type deviceInfo struct {
	ID           int64             `json:"id,string"`
	URI          string            `json:"uri"`
	SKU          string            `json:"sku"`
	Type         string            `json:"type"`
	Name         string            `json:"name"`
	Serial       string            `json:"serial,omitempty"`
	Status       string            `json:"status,omitempty"`
	ComputerName string            `json:"computerName,omitempty"`
	Model        modelInfo         `json:"model"`
	Extension    *extensionRef     `json:"extension,omitempty"`
	Address      *emergencyAddress `json:"emergencyServiceAddress,omitempty"`
	Emergency    *emergencyInfo    `json:"emergency,omitempty"`
	PhoneLines   []phoneLineInfo   `json:"phoneLines"`
	LinePooling  string            `json:"linePooling,omitempty"`
	Shipping     *shippingInfo     `json:"shipping,omitempty"`
	BoxBillingID int64             `json:"boxBillingId,omitempty"`
	CommonPhone  *bool             `json:"useAsCommonPhone,omitempty"`
}

type modelInfo struct {
	ID          string      `json:"id"`
	Name        string      `json:"name"`
	Addons      []addonInfo `json:"addons"`
	DeviceClass string      `json:"deviceClass,omitempty"`
	Features    []string    `json:"features,omitempty"`
	LineCount   int         `json:"lineCount,omitempty"`
}

type addonInfo struct {
	ID    string `json:"id"`
	Name  string `json:"name,omitempty"`
	Count any    `json:"count"` // a number today, text in 2018
}

type emergencyInfo struct {
	Address       emergencyAddress   `json:"address"`
	Location      *emergencyLocation `json:"location,omitempty"`
	OutOfCountry  bool               `json:"outOfCountry"`
	AddressStatus string             `json:"addressStatus"`
	SyncStatus    string             `json:"syncStatus"`
}

type phoneLineInfo struct {
	ID               string            `json:"id,omitempty"`
	LineType         string            `json:"lineType"`
	PhoneInfo        linePhoneInfo     `json:"phoneInfo"`
	EmergencyAddress *lineEmergencyUse `json:"emergencyAddress,omitempty"`
}

type linePhoneInfo struct {
	ID          int64               `json:"id"`
	PhoneNumber string              `json:"phoneNumber"`
	PaymentType string              `json:"paymentType"`
	Type        string              `json:"type,omitempty"`
	UsageType   string              `json:"usageType"`
	Status      string              `json:"status"`
	Location    string              `json:"location,omitempty"`
	Country     country             `json:"country"`
	Extension   *legacyExtensionRef `json:"extension,omitempty"` // with ids as strings, though the device's own has a number
}

type lineEmergencyUse struct {
	Required  bool `json:"required"`
	LocalOnly bool `json:"localOnly"`
}

func (s *Server) listExtensionDevices(c *call) reply {
	var poolings, features, types, lines set
	if p := c.choose(
		choice{"linePooling", &poolings, linePoolings(), false},
		choice{"feature", &features, deviceFeatures(), false},
		choice{"type", &types, deviceTypes(), false},
		choice{"lineType", &lines, lineTypes(), false},
	); p != nil {
		return refused(*p)
	}
	return paged(c, c.extension.devices, func(d *device) bool {
		return poolings.has(d.pooling) && types.has(d.kind) &&
			(features == nil || slices.ContainsFunc(d.model.features, features.has)) &&
			(lines == nil || slices.ContainsFunc(d.lines, func(l phoneLine) bool { return lines.has(l.kind) }))
	}, c.deviceInfo)
}

func (s *Server) listAccountDevices(c *call) reply {
	return paged(c, s.company.devices, nil, c.legacyDeviceInfo)
}

func (s *Server) readDevice(c *call) reply {
	d := s.company.device[parseID(c.pathValue("deviceId"))]
	if d == nil {
		return refused(*notFound("deviceId"))
	}
	return found(c.deviceInfo(d))
}

func (c *call) deviceInfo(d *device) deviceInfo {
	out := deviceInfo{
		ID:           d.id,
		URI:          c.accountURI() + "/device/" + formatID(d.id),
		SKU:          d.sku,
		Type:         d.kind,
		Name:         d.name,
		Serial:       d.serial,
		Status:       "Offline",
		ComputerName: d.computerName,
		Model:        modelInfo{d.model.id, d.model.name, []addonInfo{}, d.model.class, d.model.features, d.model.lines},
		Extension:    c.refTo(d.owner),
		Address:      d.address,
		PhoneLines:   []phoneLineInfo{},
		LinePooling:  d.pooling,
		BoxBillingID: d.box,
		CommonPhone:  d.common,
	}
	if d.shipment != nil {
		out.Shipping = d.shippingInfo()
		if out.Shipping.Status != shipped {
			out.Serial = "" // told once the phone has left
		}
	}
	if d.online {
		out.Status = "Online"
	}
	if d.address != nil {
		out.Emergency = &emergencyInfo{*d.address, d.location, d.abroad, "Valid", "Verified"}
	}
	for _, a := range d.model.addons {
		out.Model.Addons = append(out.Model.Addons, addonInfo{a.id, a.name, a.count})
	}
	for _, line := range d.lines {
		if line.number.owner == d.owner { // else the number has moved on, and the line is gone
			out.PhoneLines = append(out.PhoneLines, phoneLineInfo{formatID(line.id), line.kind, c.linePhoneInfo(line.number), &lineEmergencyUse{Required: true}})
		}
	}
	return out
}

// plain is an address as far as the 2018 description knows its parts.
func (a emergencyAddress) plain() *emergencyAddress {
	return &emergencyAddress{CustomerName: a.CustomerName, Street: a.Street, Street2: a.Street2, City: a.City, State: a.State, Zip: a.Zip,
		Country: a.Country}
}

func (c *call) linePhoneInfo(n *phoneNumber) linePhoneInfo {
	l := c.legacyPhoneNumber(n)
	return linePhoneInfo{n.id, l.PhoneNumber, l.PaymentType, l.Type, l.UsageType, l.Status, l.Location, l.Country, l.Extension}
}

// legacyDeviceInfo is a device as the 2018 description has it.
func (c *call) legacyDeviceInfo(d *device) deviceInfo {
	out := c.deviceInfo(d)
	out.Status, out.LinePooling, out.Emergency, out.CommonPhone = "", "", nil, nil
	if d.address != nil {
		out.Address = d.address.plain()
	}
	out.Model.DeviceClass, out.Model.Features, out.Model.LineCount = "", nil, 0
	for i, a := range d.model.addons {
		out.Model.Addons[i] = addonInfo{ID: a.id, Count: formatID(int64(a.count))}
	}
	for i := range out.PhoneLines {
		out.PhoneLines[i].ID, out.PhoneLines[i].EmergencyAddress = "", nil
	}
	return out
}
