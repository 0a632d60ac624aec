package sim

import (
	"net/http"
	"slices"
)

func (s *Server) deviceInventoryRoutes() []*route {
	const stock = "/restapi/v2/accounts/{accountId}/device-inventory"
	return []*route{
		{operation: "removeLineJWSPublic", pattern: "DELETE /restapi/v2/accounts/{accountId}/devices/{deviceId}", group: "medium",
			scope: "EditAccounts", permission: "EditAccountDevices", era: v2, do: s.removeLine},
		{operation: "replaceDevicesJWSPublic", pattern: "POST /restapi/v2/accounts/{accountId}/extensions/{extensionId}/devices/{deviceId}/replace",
			group: "medium", scope: "EditAccounts", permission: "EditUserDevices", era: v2, do: s.replaceDevice},
		{operation: "addDeviceToInventory", pattern: "POST " + stock, group: "heavy", scope: "EditAccounts", era: v2, admin: true, do: s.addDeviceToInventory},
		{operation: "deleteDeviceFromInventory", pattern: "DELETE " + stock, group: "heavy", scope: "EditAccounts", era: v2,
			admin: true, do: s.deleteDeviceFromInventory},
	}
}

// removeLine takes a device and its numbers from whom they belong to. An empty body keeps them in the inventory.
func (s *Server) removeLine(c *call) reply {
	var in struct {
		Keep *bool `json:"keepAssetsInInventory"`
	}
	d := s.company.device[parseID(c.PathValue("deviceId"))]
	if d == nil {
		return refused(*notFound("deviceId"))
	}
	if len(c.body) > 0 {
		if p := c.decode(&in); p != nil {
			return refused(*p)
		}
	}
	if d.owner == nil {
		return refused(*invalid("deviceId")) // it has no line
	}
	keep := in.Keep == nil || *in.Keep
	for _, l := range d.lines {
		switch {
		case l.number.owner != d.owner: // it has moved on
		case keep:
			s.company.place(l.number, "Inventory", nil)
		default:
			s.company.dropNumber(l.number)
		}
	}
	s.company.takeBack(d)
	if !keep {
		delete(s.company.device, d.id)
		return done()
	}
	type removed struct {
		ID     int64  `json:"id,string"`
		Type   string `json:"type"`
		Name   string `json:"name"`
		Serial string `json:"serial,omitempty"`
	}
	return found(removed{d.id, d.kind, d.name, d.serial})
}

// takeBack makes a device nobody's.
func (co *company) takeBack(d *device) {
	d.owner.devices = without(d.owner.devices, d)
	co.devices = without(co.devices, d)
	d.owner, d.lines, d.common = nil, nil, nil
	co.forgetDevice(d)
}

// replaceDevice exchanges two phones: lines and address stay where they are. Which phones may be exchanged is told by the
// description's text.
func (s *Server) replaceDevice(c *call) reply {
	var in struct {
		Target anyID `json:"targetDeviceId"`
	}
	d := s.company.device[parseID(c.PathValue("deviceId"))]
	if d == nil || d.owner != c.extension {
		return refused(*notFound("deviceId"))
	}
	if p := c.decode(&in); p != nil {
		return refused(*p)
	}
	if in.Target == "" {
		return refused(*missing("targetDeviceId"))
	}
	target := s.company.device[parseID(string(in.Target))]
	if target == nil {
		return refused(*notFound("targetDeviceId"))
	}
	physical := func(d *device) bool { return d.kind == "HardPhone" || d.kind == "OtherPhone" }
	if !physical(d) {
		return refused(*invalid("deviceId"))
	}
	if !physical(target) || target == d {
		return refused(*invalid("targetDeviceId"))
	}
	s.company.exchange(d, target)
	return done()
}

// exchange gives each of two devices the place of the other.
func (co *company) exchange(a, b *device) {
	lists := [][]*device{co.devices, devicesOf(a.owner)}
	if a.owner != b.owner {
		lists = append(lists, devicesOf(b.owner))
	}
	for _, list := range lists {
		i, j := slices.Index(list, a), slices.Index(list, b)
		if i >= 0 {
			list[i] = b
		}
		if j >= 0 {
			list[j] = a
		}
	}
	co.exchangeForwarding(a, b)
	a.owner, b.owner = b.owner, a.owner
	a.lines, b.lines = b.lines, a.lines
	a.address, b.address = b.address, a.address
	a.location, b.location = b.location, a.location
	a.abroad, b.abroad = b.abroad, a.abroad
	a.common, b.common = b.common, a.common
}

func devicesOf(e *extension) []*device {
	if e == nil {
		return nil
	}
	return e.devices
}

const (
	mostAdded   = 50
	mostRemoved = 10
)

func (s *Server) addDeviceToInventory(c *call) reply {
	type site struct {
		ID   string `json:"id"`
		Name string `json:"name,omitempty"`
	}
	var in struct {
		Type     string `json:"type"`
		Quantity int    `json:"quantity"`
		Site     *site  `json:"site"`
	}
	if p := c.decode(&in); p != nil {
		return refused(*p)
	}
	switch {
	case in.Type == "":
		return refused(*missing("type"))
	case in.Type != "OtherPhone":
		return refused(*invalid("type"))
	case in.Quantity < 1 || in.Quantity > mostAdded:
		return refused(*invalid("quantity"))
	case in.Site != nil && in.Site.ID != mainSite: // this company has no branches
		return refused(*notFound("site.id"))
	}
	type added struct {
		ID int64 `json:"id,string"`
	}
	var out struct {
		Devices []added `json:"devices"`
		Site    site    `json:"site"`
	}
	out.Site = site{mainSite, "Main Site"}
	for range in.Quantity {
		d := &device{id: s.company.ids.next(), kind: "OtherPhone", model: &otherPhone, sku: "DV-0", name: otherPhone.name, pooling: "None"}
		s.company.addDevice(d)
		out.Devices = append(out.Devices, added{d.id})
	}
	return reply{status: http.StatusCreated, body: out}
}

// deleteDeviceFromInventory deletes what it can, and answers 200 with an outcome for each device.
func (s *Server) deleteDeviceFromInventory(c *call) reply {
	type record struct {
		Successful bool        `json:"bulkItemSuccessful"`
		ID         anyID       `json:"deviceId"`
		Errors     []bulkError `json:"bulkItemErrors,omitempty"`
	}
	var in, out struct {
		Records []record `json:"records"`
	}
	if p := c.decode(&in); p != nil {
		return refused(*p)
	}
	switch {
	case len(in.Records) == 0:
		return refused(*missing("records"))
	case len(in.Records) > mostRemoved:
		return refused(*tooMany(mostRemoved))
	}
	for _, r := range in.Records {
		d, p := s.company.device[parseID(string(r.ID))], (*problem)(nil)
		switch {
		case d == nil:
			p = notFound("deviceId")
		case d.owner != nil:
			p = invalid("deviceId")
		default:
			delete(s.company.device, d.id)
		}
		result := record{Successful: p == nil, ID: r.ID}
		if p != nil {
			result.Errors = []bulkError{{p.ErrorCode, p.Message}}
		}
		out.Records = append(out.Records, result)
	}
	return found(out)
}
