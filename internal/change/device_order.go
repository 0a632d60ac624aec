package change

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/ringql/ringql/internal/rest"
)

// DeviceOrder is what is ordered.
type DeviceOrder struct {
	Account    string
	Devices    []rest.OrderedDevice
	Extensions []rest.ExtensionID // that Devices are for, as they were named
	Async      bool
}

// DeviceOrderResult is what became of an order.
type DeviceOrderResult struct {
	Order      *rest.DeviceOrder // nil where its id is not told
	Made       []rest.Device     // nil where they are not told
	Task       *rest.DeviceOrderTask
	Outcome    MutationOutcome
	UserErrors []*UserError
}

// mostOrdered bounds how many devices one order has.
const mostOrdered = 1000

// CreateDeviceOrder orders devices. An order whose answer is lost is never sent again, and
// nothing could be read back: without its id it cannot be looked up.
func (c *Changer) CreateDeviceOrder(ctx context.Context, asked DeviceOrder) (*DeviceOrderResult, error) {
	if bad := asked.impossible(); bad != nil {
		return orderResult(Reject[rest.DeviceOrderCreation](bad)), nil
	}
	account, err := accountID(ctx, asked.Account)
	if err == nil {
		err = foreign("devices.extensionId", account, asked.Extensions...)
	}
	if err != nil {
		return nil, err
	}
	r, err := Carry(ctx, Step[rest.DeviceOrderCreation]{
		Send: func(ctx context.Context) (*rest.DeviceOrderCreation, error) {
			return c.REST.CreateDeviceOrder(ctx, asked.Account, asked.Devices, asked.Async)
		},
		Fields: orderFields(len(asked.Devices)),
	})
	if err != nil {
		return nil, err
	}
	if r.Object != nil {
		r.Object.DeviceOrder = *r.Object.In(account) // its links may not tell
	}
	return orderResult(r), nil
}

// orderResult shows what r tells of an order.
func orderResult(r *Result[rest.DeviceOrderCreation]) *DeviceOrderResult {
	out := &DeviceOrderResult{Outcome: r.Outcome, UserErrors: r.UserErrors}
	if r.Outcome == Unknown {
		out.UserErrors[0].Message = "RingCentral's answer was lost. The order may have been placed, and without its id it cannot be looked up: " +
			"look at the company's devices, or ask RingCentral, before you order again."
	}
	made := r.Object
	if made == nil {
		return out
	}
	out.Made, out.Task = made.Ordered, made.Task
	if made.ID.RCID != "" {
		out.Order = &made.DeviceOrder
	}
	switch failed := made.Task != nil && made.Task.Status == rest.FailedTask; {
	case failed && len(made.Ordered) > 0:
		out.Outcome = Unknown
		out.UserErrors = []*UserError{{Code: OutcomeUnknown, Message: "RingCentral says that the order came to nothing, and tells devices of it: look at them before you order again."}}
	case failed:
		out.Outcome = Rejected
		out.UserErrors = []*UserError{{Code: Refused, Message: "RingCentral took the order, and could not carry it out."}}
	}
	return out
}

// orderFields says which input field the upstream means by a parameter. It does not tell
// which of several devices it speaks of.
func orderFields(devices int) map[string]string {
	fields := map[string]string{}
	for parameter, field := range map[string]string{
		"type": "type", "name": "name", "model": "modelId", "model.id": "modelId", "model.addons": "addons", "model.addons.id": "addons",
		"model.addons.count": "addons", "boxBillingId": "boxBillingId", "extension": "extensionId", "extension.id": "extensionId",
		"emergencyServiceAddress": "emergencyServiceAddress", "shipping": "shipping", "shipping.method.id": "shipping.methodId",
		"shipping.address": "shipping.address",
	} {
		fields[parameter] = "devices.0." + field
	}
	for _, part := range []string{"customerName", "street", "street2", "city", "state", "zip", "country"} {
		for _, at := range []string{"emergencyServiceAddress.", "shipping.address."} {
			fields[at+part] = "devices.0." + at + part
		}
	}
	for parameter := range fields {
		if devices > 1 {
			fields[parameter] = "devices"
		}
		fields["devices."+parameter] = fields[parameter]
	}
	fields["devices"] = "devices"
	return fields
}

// impossible says why an order is known to be refused, before any call. Source: the
// description's text on the model of a device.
func (o *DeviceOrder) impossible() *UserError {
	if n := len(o.Devices); n < 1 || n > mostOrdered {
		return invalid("devices", fmt.Sprintf("An order has 1 to %d devices.", mostOrdered))
	}
	for i := range o.Devices {
		if field, message := impossibleDevice(&o.Devices[i]); field != "" {
			return &UserError{Code: Invalid, Message: message, Field: append([]string{"devices", strconv.Itoa(i)}, strings.Split(field, ".")...)}
		}
	}
	return nil
}

// impossibleDevice names the field of d that is wrong, and why; "" when none is.
func impossibleDevice(d *rest.OrderedDevice) (field, message string) {
	desk := d.Type == rest.HardPhone
	switch {
	case !desk && d.Type != "SoftPhone" && d.Type != "OtherPhone":
		return "type", "Only desk phones, soft phones and other phones are ordered."
	case !desk && d.BoxBillingID != "":
		return "boxBillingId", "Only desk phones are sold in boxes."
	case desk && d.Model == nil && d.BoxBillingID == "":
		return "modelId", "A desk phone needs a model or a box: say which."
	case d.Model != nil && d.Model.ID == "":
		return "modelId", "Say which model."
	case desk && d.Model != nil && d.BoxBillingID != "":
		return "boxBillingId", "A model and a box say the same: leave one out."
	case !desk && d.Name == "":
		return "name", "Only desk phones need no name."
	case utf8.RuneCountInString(d.Name) > mostDeviceName:
		return "name", "A device's name has at most 64 characters."
	case d.Shipping.Address == nil && d.EmergencyServiceAddress == nil:
		return "shipping.address", "Say where to: here, or by an emergency address."
	}
	for _, a := range addonsOf(d) {
		if a.ID == "" || a.Count < 1 {
			return "addons", "Say what is attached, and how many: at least 1."
		}
	}
	if part := lacks(d.Shipping.Address); part != "" {
		return "shipping.address." + part, "An address needs it."
	}
	if part := lacks(d.EmergencyServiceAddress); part != "" {
		return "emergencyServiceAddress." + part, "An address needs it."
	}
	return "", ""
}

func addonsOf(d *rest.OrderedDevice) []rest.OrderedAddon {
	if d.Model == nil {
		return nil
	}
	return d.Model.Addons
}

// lacks names a part that an address needs and lacks; "" for none.
func lacks(a *rest.DeliveryAddressInput) string {
	if a == nil {
		return ""
	}
	for _, part := range []struct{ name, value string }{
		{"customerName", a.CustomerName}, {"street", a.Street}, {"city", a.City}, {"country", a.Country},
	} {
		if strings.TrimSpace(part.value) == "" {
			return part.name
		}
	}
	return ""
}
