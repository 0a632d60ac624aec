package resolvers

import (
	"context"
	"fmt"
	"strings"

	"github.com/ringql/ringql/graph/model"
	"github.com/ringql/ringql/internal/change"
	"github.com/ringql/ringql/internal/loader"
	"github.com/ringql/ringql/internal/plan"
	"github.com/ringql/ringql/internal/rest"
)

// upstreamID checks an input field that holds an id of the upstream's for which there is
// no global one.
func upstreamID(field, id string) error {
	if len(id) > 20 || strings.Trim(id, "0123456789") != "" {
		return in(field, &model.InputError{Reason: "is no id of RingCentral's: it has at most 20 digits"})
	}
	return nil
}

// deviceChange reads what is to change of a device of an account.
func deviceChange(input *model.UpdateDeviceInput, account string) (ch change.DeviceChange, err error) {
	if ch.Extension, err = optionalExtension(input.ExtensionID, account); err != nil {
		return ch, err
	}
	var numbers []string
	if input.PhoneNumberIds != nil {
		numbers = []string{} // no number is not the same as not to say
	}
	for _, id := range input.PhoneNumberIds {
		n, err := model.ParsePhoneNumber(id)
		if err != nil {
			return ch, in("phoneNumberIds", err)
		}
		ch.Numbers, numbers = append(ch.Numbers, n), append(numbers, n.RCID)
	}
	ch.DeviceUpdate = rest.DeviceUpdate{
		Name: input.Name, Extension: rest.To(ch.Extension.RCID), UseAsCommonPhone: input.UseAsCommonPhone,
		EmergencyServiceAddress: input.EmergencyServiceAddress, PhoneLines: rest.Lines(numbers),
	}
	ch.Emergency, err = deviceEmergency(input.Emergency)
	return ch, err
}

func deviceEmergency(input *model.DeviceEmergencyInput) (*rest.DeviceEmergencyUpdate, error) {
	if input == nil {
		return nil, nil //nolint:nilnil // nothing is to change, and no error
	}
	location := or(input.LocationID)
	if err := upstreamID("emergency.locationId", location); err != nil {
		return nil, err
	}
	return &rest.DeviceEmergencyUpdate{Address: input.Address, Location: rest.To(location), OutOfCountry: input.OutOfCountry}, nil
}

// changedDevice is changed for a device; of the numbers of its lines more may be asked for
// than the upstream's answer tells.
func changedDevice(ctx context.Context, result *change.DeviceResult, err error) (*change.DeviceResult, error) {
	result, err = changed(ctx, result, err)
	if err != nil || result.Object == nil {
		return result, err
	}
	node, vars := selected(ctx)
	for f := range node.Select(vars) {
		if f.Field == "device" {
			ds := completeLines(ctx, []rest.Device{*result.Object}, plan.LackingOfLines([]*plan.Node{f}, vars), func(_ int, row func(context.Context, *plan.Node)) {
				row(below(ctx, f.Key), f)
			})
			result.Object = &ds[0]
		}
	}
	return result, nil
}

// deviceOrderArgument reads an argument that names an order of an account.
func deviceOrderArgument(id, account string) (rest.DeviceOrderID, error) {
	o, err := model.ParseDeviceOrder(id)
	if err != nil {
		return o, in("id", err)
	}
	switch {
	case o.Account == rest.Own:
		o.Account = account
	case account != rest.Own && o.Account != account:
		return o, foreign("id")
	}
	return o, nil
}

// deviceOrder reads what is ordered.
func deviceOrder(input *model.CreateDeviceOrderInput) (o change.DeviceOrder, err error) {
	if o.Account, err = accountArgument(input.AccountID); err != nil {
		return o, err
	}
	o.Async = or(input.Async)
	o.Devices, o.Extensions = make([]rest.OrderedDevice, len(input.Devices)), make([]rest.ExtensionID, len(input.Devices))
	for i, d := range input.Devices {
		if o.Extensions[i], err = optionalExtension(d.ExtensionID, o.Account); err != nil {
			return o, in(fmt.Sprintf("devices[%d]:", i), err)
		}
		if o.Devices[i], err = orderedDevice(d, input); err != nil {
			return o, in(fmt.Sprintf("devices[%d]:", i), err)
		}
		if ext := o.Extensions[i].RCID; ext != "" {
			o.Devices[i].Extension = &rest.ByNumber{ID: rest.Number(ext)}
		}
	}
	return o, nil
}

// orderedDevice reads one device of an order, which says what the device does not.
func orderedDevice(d *model.OrderedDeviceInput, order *model.CreateDeviceOrderInput) (rest.OrderedDevice, error) {
	out := rest.OrderedDevice{
		Type: or(d.Type), BoxBillingID: rest.Number(or(d.BoxBillingID)), Name: or(d.Name),
		EmergencyServiceAddress: either(d.EmergencyServiceAddress, order.EmergencyServiceAddress),
	}
	if out.Type == "" {
		out.Type = rest.HardPhone
	}
	shipping := or(either(d.Shipping, order.Shipping))
	if shipping.MethodID == "" {
		shipping.MethodID = "1"
	}
	out.Shipping = &rest.OrderedTransport{Method: rest.ByID{ID: shipping.MethodID}, Address: shipping.Address}
	if d.ModelID != nil || len(d.Addons) > 0 {
		out.Model = &rest.OrderedModel{ID: or(d.ModelID)}
	}
	for _, a := range d.Addons {
		out.Model.Addons = append(out.Model.Addons, rest.OrderedAddon{ID: a.AddonID, Count: a.Count})
	}
	if n := or(d.BoxBillingID); n != "" && n[0] == '0' {
		return out, in("boxBillingId", &model.InputError{Reason: "is no id of RingCentral's: its first digit is not 0"})
	}
	return out, upstreamID("boxBillingId", or(d.BoxBillingID))
}

// either returns a, or b where there is no a.
func either[T any](a, b *T) *T {
	if a != nil {
		return a
	}
	return b
}

// orderedDevices are the devices of an order, the field being resolved. What is asked for
// and orders do not tell is read by their ids, a Light call per 50.
func orderedDevices(ctx context.Context, ds []rest.Device) []*rest.Device {
	n, vars := selected(ctx)
	rows := []*plan.Node{n}
	if len(ds) > 0 && !plan.TellsAll(plan.OrderedFields, rows, vars) {
		whole, errs := loader.For(ctx).WholeDevices(ctx, ds)
		for _, i := range firsts(errs) {
			untoldBy(below(ctx, i), plan.OrderedFields, n, vars, errs[i])
		}
		ds = whole
	}
	return pointers(completeLines(ctx, ds, plan.LackingOfLines(rows, vars), func(i int, f func(context.Context, *plan.Node)) { f(below(ctx, i), n) }))
}

const mostShipped = 10_000

// shippingArguments reads for what shipping is asked.
func shippingArguments(servicePlan, brand *string, quantity *int) (rest.ShippingFor, error) {
	f := rest.ShippingFor{ServicePlan: or(servicePlan), Brand: or(brand), Quantity: or(quantity)}
	if quantity != nil && (f.Quantity < 1 || f.Quantity > mostShipped) {
		return f, in("quantity", &model.InputError{Reason: "must be 1 to 10,000"})
	}
	if err := upstreamID("servicePlanId", f.ServicePlan); err != nil {
		return f, err
	}
	return f, upstreamID("brandId", f.Brand)
}
