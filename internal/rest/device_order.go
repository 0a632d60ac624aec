package rest

import (
	"context"
	"net/url"
	"slices"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/ringql/ringql/internal/budget"
)

// DeviceOrderTaskStatus says how far an order is that is not waited for.
type DeviceOrderTaskStatus string

// FailedTask is the status of an order that comes to nothing.
const FailedTask DeviceOrderTaskStatus = "Failed"

// DeviceOrder is an order of devices.
type DeviceOrder struct {
	ID      DeviceOrderID `json:"id"`
	URI     string        `json:"uri"`
	Ordered []Device      `json:"devices"` // nil where the answer does not tell
}

// RcID is the upstream's own id.
func (o *DeviceOrder) RcID() string { return o.ID.RCID }

// In returns o, with its devices, as one of an account.
func (o *DeviceOrder) In(account string) *DeviceOrder {
	out := *o
	out.ID.Account = account
	out.Ordered = slices.Clone(o.Ordered)
	for i := range out.Ordered {
		out.Ordered[i] = *o.Ordered[i].In(account)
	}
	return &out
}

// DeviceOrderTask is the making of an order that is not waited for.
type DeviceOrderTask struct {
	RCID             ID                    `json:"id"`
	URI              string                `json:"uri"`
	Status           DeviceOrderTaskStatus `json:"status"`
	CreationTime     DateTime              `json:"creationTime"`
	LastModifiedTime DateTime              `json:"lastModifiedTime"`
}

// RawStatus is Status as the upstream wrote it.
func (t *DeviceOrderTask) RawStatus() string { return string(t.Status) }

// DeviceOrderCreation is the answer to an order: its devices, or the task that makes them.
type DeviceOrderCreation struct {
	DeviceOrder `json:",embed"`
	Task        *DeviceOrderTask `json:"task"`
}

// OrderedDevice is a device to be ordered.
type OrderedDevice struct {
	Type                    DeviceType            `json:"type,omitzero"`
	Model                   *OrderedModel         `json:"model,omitzero"`
	BoxBillingID            Number                `json:"boxBillingId,omitzero"`
	Name                    string                `json:"name,omitzero"`
	Extension               *ByNumber             `json:"extension,omitzero"`
	EmergencyServiceAddress *DeliveryAddressInput `json:"emergencyServiceAddress,omitzero"`
	Shipping                *OrderedTransport     `json:"shipping,omitzero"`
}

// OrderedModel is a model to be ordered.
type OrderedModel struct {
	ID     string         `json:"id"`
	Addons []OrderedAddon `json:"addons,omitzero"`
}

// OrderedAddon is hardware to be attached to an ordered phone.
type OrderedAddon struct {
	ID    string `json:"id"`
	Count int    `json:"count"`
}

// OrderedTransport is how an ordered device is to travel.
type OrderedTransport struct {
	Method  ByID                  `json:"method"`
	Address *DeliveryAddressInput `json:"address,omitzero"`
}

// DeliveryAddressInput is a postal address as orders have it.
type DeliveryAddressInput struct {
	CustomerName string `json:"customerName"`
	Street       string `json:"street"`
	Street2      string `json:"street2,omitzero"`
	City         string `json:"city"`
	State        string `json:"state,omitzero"`
	Zip          string `json:"zip,omitzero"`
	Country      string `json:"country"`
}

// Number is an id that a request has as a JSON number.
type Number string

// MarshalJSONTo writes the digits as they are: no id is rounded.
func (n Number) MarshalJSONTo(enc *jsontext.Encoder) error { return enc.WriteValue(jsontext.Value(n)) }

// ByNumber names an object in a request whose ids are numbers.
type ByNumber struct {
	ID Number `json:"id"`
}

var (
	createDeviceOrder = op("createDeviceOrder",
		"POST /restapi/v1.0/account/{accountId}/order", budget.Heavy, Legacy, "EditAccounts", "EditCompanyDevices")
	loadDeviceOrder = op("loadDeviceOrder",
		"GET /restapi/v1.0/account/{accountId}/order/{orderId}", budget.Light, Legacy, "ReadAccounts", "EditCompanyDevices").
		shows(Devices, PhoneNumbers, ExtensionInfo)
)

// CreateDeviceOrder orders devices. Only the 2018 description lists the operation; its
// model has one device, those who use it send a list.
func (c *Client) CreateDeviceOrder(ctx context.Context, account string, devices []OrderedDevice, async bool) (*DeviceOrderCreation, error) {
	type body struct {
		Devices []OrderedDevice `json:"devices"`
	}
	var query url.Values
	if async {
		query = url.Values{"async": {"true"}}
	}
	return either(ctx, c, account, way[*DeviceOrderCreation]{createDeviceOrder, func() (*DeviceOrderCreation, error) {
		made, err := call[DeviceOrderCreation](ctx, c, createDeviceOrder.at(account).where(query).send(body{devices}))
		if err != nil {
			return nil, err
		}
		if made.Ordered == nil && made.Task == nil {
			return nil, nonsense(createDeviceOrder, "neither devices nor a task")
		}
		made.link()
		err = made.place(createDeviceOrder, account)
		if err != nil && made.ID.RCID != "" && made.Task == nil {
			made.Ordered, err = nil, nil // the order is known, and tells them when it is read
		}
		return made, err
	}})
}

// link finds out the order's id where a link alone tells it. The id of a task is not
// one of an order.
func (m *DeviceOrderCreation) link() {
	if !known(m.ID.RCID) {
		m.ID.RCID = ""
	}
	if m.ID.RCID == "" {
		m.ID.RCID = orderOf(m.URI)
	}
	if m.ID.RCID == "" && m.Task != nil {
		m.ID.RCID = orderOf(m.Task.URI)
		if m.ID.RCID != "" {
			m.URI = m.Task.URI
		}
	}
}

// orderOf returns the order that uri names; "" when it names none.
func orderOf(uri string) string {
	_, after, _ := strings.Cut(uri, "/order/")
	id, _, _ := strings.Cut(after, "?")
	if !known(id) {
		return ""
	}
	return id
}

// LoadDeviceOrder returns an order.
func (c *Client) LoadDeviceOrder(ctx context.Context, account, id string) (*DeviceOrder, error) {
	return either(ctx, c, account, way[*DeviceOrder]{loadDeviceOrder, func() (*DeviceOrder, error) {
		return read(ctx, c, loadDeviceOrder.at(account, id), func(o *DeviceOrder) error {
			if err := named(loadDeviceOrder, (*DeviceOrder).RcID)(id, o); err != nil {
				return err
			}
			if o.Ordered == nil {
				o.Ordered = []Device{}
			}
			return o.place(loadDeviceOrder, account)
		})
	}})
}

// place says which account o belongs to, and refuses devices to which nothing could refer.
func (o *DeviceOrder) place(from *Operation, account string) error {
	o.ID.Account = first(AccountOf(o.URI), account)
	for i := range o.Ordered {
		d := &o.Ordered[i]
		if !known(d.ID.RCID) {
			return nonsense(from, "a device has no id")
		}
		d.place(account, o.URI, nil)
	}
	return nil
}
