package sim

import (
	"fmt"
	"slices"
	"time"
)

func (s *Server) deviceOrderRoutes() []*route {
	const all = "/restapi/v1.0/account/{accountId}/order"
	return []*route{
		{operation: "createDeviceOrder", pattern: "POST " + all, group: "heavy", scope: "EditAccounts", permission: "EditCompanyDevices",
			era: legacyOnly, do: s.createDeviceOrder},
		{operation: "loadDeviceOrder", pattern: "GET " + all + "/{orderId}", group: "light", scope: "ReadAccounts",
			permission: "EditCompanyDevices", era: legacyOnly, do: s.loadDeviceOrder},
	}
}

// deviceOrder is an order; it has no devices while it is being made.
type deviceOrder struct {
	id      int64
	devices []*device
}

// shipment is how an ordered device travels. How far it has come is a matter of time.
type shipment struct {
	way     *shippingWay
	address *emergencyAddress
	placed  time.Time
}

// The states of a shipment, each of which but the last takes a stage.
const (
	initial  = "Initial"
	accepts  = "Accepted"
	shipped  = "Shipped"
	oneStage = time.Minute
)

func (s *shipment) status() string {
	switch since := time.Since(s.placed); {
	case since < oneStage:
		return initial
	case since < 2*oneStage:
		return accepts
	}
	return shipped
}

type shippingInfo struct {
	Status         string            `json:"status"`
	Carrier        string            `json:"carrier,omitempty"`
	TrackingNumber string            `json:"trackingNumber,omitempty"`
	Method         shippingMethod    `json:"method"`
	Address        *emergencyAddress `json:"address,omitempty"`
}

// shippingInfo tells carrier and tracking number of what has left.
func (d *device) shippingInfo() *shippingInfo {
	s := d.shipment
	out := &shippingInfo{Status: s.status(), Method: shippingMethod{s.way.id, s.way.name}, Address: s.address}
	if out.Status == shipped {
		out.Carrier, out.TrackingNumber = "UPS", "1Z"+formatID(d.id)
	}
	return out
}

// addExampleOrder adds an order that was placed long ago, of a phone for nobody yet.
func (co *company) addExampleOrder() {
	phone := &device{id: 66425008, kind: "HardPhone", name: "Lobby phone", serial: "00907A4E5F60", sku: "HP-56", pooling: "None",
		model: &deskPhones[0], address: &emergencyAddresses[0],
		shipment: &shipment{&shippingMethods[0], &emergencyAddresses[0], time.Now().AddDate(0, 0, -10)}}
	co.addDevice(phone)
	co.orders[74510008] = &deviceOrder{74510008, []*device{phone}}
}

// orderArg is one device of an order.
type orderArg struct {
	Type  string `json:"type"`
	Name  string `json:"name"`
	Model *struct {
		ID     string `json:"id"`
		Addons []struct {
			ID    string `json:"id"`
			Count int    `json:"count"`
		} `json:"addons"`
	} `json:"model"`
	BoxBillingID int64             `json:"boxBillingId"`
	Extension    *extensionArg     `json:"extension"`
	Address      *emergencyAddress `json:"emergencyServiceAddress"`
	Shipping     *struct {
		Method struct {
			ID string `json:"id"`
		} `json:"method"`
		Address *emergencyAddress `json:"address"`
	} `json:"shipping"`
}

// orderTask is the answer to who does not wait for an order. That its link is the order's own is a choice: nothing published says
// what the link of a task leads to, and an order that cannot be found is of no use.
type orderTask struct {
	ID               string `json:"id"`
	URI              string `json:"uri"`
	Status           string `json:"status"`
	CreationTime     string `json:"creationTime"`
	LastModifiedTime string `json:"lastModifiedTime"`
}

// createDeviceOrder takes a list of devices, as those who use it send it, or one device, as the 2018 description has it. Its
// answer has no id of the order, for the description has none.
func (s *Server) createDeviceOrder(c *call) reply {
	args, p := c.orderArgs()
	if p != nil {
		return refused(*p)
	}
	async, p := c.flag("async")
	if p != nil {
		return refused(*p)
	}
	devices := make([]*device, len(args))
	for i := range args {
		if devices[i], p = s.company.ordered(&args[i]); p != nil {
			return refused(*p)
		}
	}
	o := &deviceOrder{id: s.company.ids.next()}
	s.company.orders[o.id] = o
	if async == nil || !*async {
		s.company.deliver(o, devices)
		return found(map[string]any{"devices": c.orderInfo(o).Devices})
	}
	t := &task{id: formatID(s.company.ids.next()), created: time.Now()}
	t.finish = func() { s.company.deliver(o, devices) }
	s.later(t)
	now := timestamp(t.created)
	return found(map[string]any{"task": orderTask{t.id, c.orderInfo(o).URI, "Accepted", now, now}})
}

func (c *call) orderArgs() ([]orderArg, *problem) {
	var in struct {
		Devices *[]orderArg `json:"devices"`
		orderArg
	}
	if p := c.decode(&in); p != nil {
		return nil, p
	}
	switch {
	case in.Devices == nil:
		return []orderArg{in.orderArg}, nil
	case len(*in.Devices) == 0:
		return nil, missing("devices")
	}
	return *in.Devices, nil
}

// deliver adds the devices of an order.
func (co *company) deliver(o *deviceOrder, devices []*device) {
	for _, d := range devices {
		d.shipment.placed = time.Now()
		co.addDevice(d)
	}
	o.devices = devices
}

// ordered makes the device that a asks for, without adding it. What is needed is told by the description's text.
func (co *company) ordered(a *orderArg) (*device, *problem) {
	if a.Type == "" {
		a.Type = "HardPhone"
	}
	d := &device{kind: a.Type, name: a.Name, pooling: "None", box: a.BoxBillingID}
	for _, check := range []func(*device, *orderArg) *problem{co.orderedModel, co.orderedOwner, co.orderedShipping} {
		if p := check(d, a); p != nil {
			return nil, p
		}
	}
	d.id = co.ids.next()
	if d.kind == "HardPhone" {
		d.serial = fmt.Sprintf("%012X", d.id)
	}
	return d, nil
}

// boxes are the billing ids of boxes, a second name for models of desk phones.
var boxes = map[int64]string{100056: "56", 100078: "78", 100040: "40"}

func (co *company) orderedModel(d *device, a *orderArg) *problem {
	id := ""
	if a.Model != nil {
		id = a.Model.ID
	}
	switch a.Type {
	case "SoftPhone", "OtherPhone":
		d.model = &softphone
		if a.Type == "OtherPhone" {
			d.model = &otherPhone
		}
		switch {
		case a.Name == "":
			return missing("name")
		case a.BoxBillingID != 0:
			return invalid("boxBillingId")
		case id != "" && id != d.model.id:
			return notFound("model.id")
		}
	case "HardPhone":
		if id == "" && a.BoxBillingID == 0 {
			return missing("model.id")
		}
		parameter := "model.id"
		if id == "" {
			id, parameter = boxes[a.BoxBillingID], "boxBillingId"
		}
		i := slices.IndexFunc(deskPhones, func(m deviceModel) bool { return m.id == id })
		if i < 0 {
			return notFound(parameter)
		}
		d.model = &deskPhones[i]
	default:
		return invalid("type")
	}
	if len([]rune(d.name)) > mostDeviceName {
		return invalid("name")
	}
	if d.name == "" {
		d.name = d.model.name
	}
	return d.attach(a)
}

// attach adds the hardware that is ordered with a phone.
func (d *device) attach(a *orderArg) *problem {
	var addons []deviceAddon
	if a.Model != nil {
		for _, want := range a.Model.Addons {
			i := slices.IndexFunc(d.model.addons, func(o deviceAddon) bool { return o.id == want.ID })
			if i < 0 {
				return notFound("model.addons.id")
			}
			if want.Count < 1 || want.Count > d.model.addons[i].count {
				return invalid("model.addons.count")
			}
			addons = append(addons, deviceAddon{want.ID, d.model.addons[i].name, want.Count})
		}
	}
	model := *d.model // one of its own: what is attached belongs to the device
	model.addons = addons
	d.model, d.sku = &model, stockKeepingUnit(d.kind, model.id, addons)
	return nil
}

func (co *company) orderedOwner(d *device, a *orderArg) *problem {
	if a.Extension == nil {
		return nil
	}
	if d.owner = co.extension[parseID(string(a.Extension.ID))]; d.owner == nil {
		return notFound("extension.id")
	}
	if !d.owner.isPerson() {
		return invalid("extension.id")
	}
	return nil
}

// orderedShipping says how a device travels: to its emergency address, unless another is given.
func (co *company) orderedShipping(d *device, a *orderArg) *problem {
	if a.Shipping == nil || a.Shipping.Method.ID == "" {
		return missing("shipping.method.id")
	}
	way := shippingWayOf(a.Shipping.Method.ID)
	if way == nil {
		return invalid("shipping.method.id")
	}
	to, at := a.Shipping.Address, "shipping.address"
	if to == nil {
		to, at = a.Address, "emergencyServiceAddress"
	}
	if to == nil {
		return missing(at)
	}
	d.shipment = &shipment{way: way, address: to.plain()}
	if p := to.check(at); p != nil || a.Address == nil {
		return p
	}
	d.address = a.Address.plain()
	return a.Address.check("emergencyServiceAddress")
}

type orderInfo struct {
	ID      int64        `json:"id,string"`
	URI     string       `json:"uri"`
	Devices []deviceInfo `json:"devices"`
}

func (s *Server) loadDeviceOrder(c *call) reply {
	o := s.company.orders[parseID(c.PathValue("orderId"))]
	if o == nil {
		return refused(*notFound("orderId"))
	}
	return found(c.orderInfo(o))
}

func (c *call) orderInfo(o *deviceOrder) orderInfo {
	out := orderInfo{o.id, c.accountURI() + "/order/" + formatID(o.id), []deviceInfo{}}
	for _, d := range o.devices {
		info := c.legacyDeviceInfo(d)
		info.Status, info.LinePooling = "Offline", d.pooling // told here, though not in the list of devices
		if d.online {
			info.Status = "Online"
		}
		for i, a := range d.model.addons {
			info.Model.Addons[i] = addonInfo{a.id, a.name, a.count} // a number here, though text in the list of devices
		}
		out.Devices = append(out.Devices, info)
	}
	return out
}
