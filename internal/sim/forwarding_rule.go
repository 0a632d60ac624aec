package sim

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"unicode/utf8"
)

// The rules of forwarding numbers. Where the vendor's texts leave a gap, a comment says how it is filled here.

const (
	maxForwarding = 10 // numbers that calls are forwarded to
	maxCustom     = 7  // of these, with a label of their own
	maxLabel      = 60
	maxFlip       = 8
)

// forwardingWish is the body of a create and of an update, which types the flip number differently. What is nil is not said.
type forwardingWish struct {
	PhoneNumber *string `json:"phoneNumber"`
	Label       *string `json:"label"`
	FlipNumber  *anyID  `json:"flipNumber"`
	Type        *string `json:"type"`
	Device      *struct {
		ID anyID `json:"id"`
	} `json:"device"`
}

// problemOf is a refusal with a code of its own: status 400, unless that is changed.
func problemOf(code, format string, values ...any) *problem {
	return &problem{status: http.StatusBadRequest, ErrorCode: code, Message: fmt.Sprintf(format, values...)}
}

// forwards reports whether calls are forwarded there. To a number of the extension's own devices they are only flipped: it
// stands in the list by itself.
func (f *forwardingNumber) forwards() bool { return slices.Contains(f.features, "CallForwarding") }

// isPredefined reports whether there is one number of a type at most, which is called like it.
func isPredefined(kind string) bool { return kind == "Home" || kind == "Mobile" || kind == "Work" }

// forwardingTypes are those that can be asked for. A number that stands for an extension's apps cannot: no request names them.
func forwardingTypes() []string {
	return []string{"Home", "Mobile", "Work", "PhoneLine", "Outage", "Other", "BusinessMobilePhone"}
}

// newForwardingNumber makes a number of what is wished for, without adding it.
func (co *company) newForwardingNumber(e *extension, wish forwardingWish) (*forwardingNumber, *problem) {
	f := &forwardingNumber{kind: "Other", features: forwardAndFlip}
	if wish.Label != nil {
		f.label = *wish.Label
	}
	switch {
	case wish.Type != nil && !slices.Contains(forwardingTypes(), *wish.Type):
		return nil, invalid("type")
	case wish.Type != nil:
		f.kind = *wish.Type
	case isPredefined(f.label): // a label from before there were types
		f.kind = f.label
	}
	for _, check := range []func() *problem{
		func() *problem { return e.roomFor(f.kind) },
		func() *problem { return e.checkType(f.kind, wish.Type != nil) },
		func() *problem { return co.locate(e, f, wish) },
		func() *problem { return e.nameNew(f) },
		func() *problem { return e.giveFlip(f, wish.FlipNumber) },
	} {
		if p := check(); p != nil {
			return nil, p
		}
	}
	return f, nil
}

// roomFor counts what calls are forwarded to.
func (e *extension) roomFor(kind string) *problem {
	all, custom := 0, 0
	for _, f := range e.forwarding {
		if f.forwards() {
			all++
			if f.kind == "Other" {
				custom++
			}
		}
	}
	switch {
	case all >= maxForwarding:
		return problemOf("FPN-103", "Limit of available forwarding numbers (%d) exceeded", maxForwarding)
	case kind == "Other" && custom >= maxCustom:
		return problemOf("FPN-104", "Limit of available custom labeled forwarding numbers (%d) exceeded", maxCustom)
	}
	return nil
}

// checkType refuses a second number of a type that there can be one of. Without a type it is the label that is taken: see nameNew.
func (e *extension) checkType(kind string, said bool) *problem {
	taken := slices.ContainsFunc(e.forwarding, func(f *forwardingNumber) bool { return f.kind == kind })
	if said && taken && kind != "Other" && kind != "PhoneLine" {
		return problemOf("FPN-119", "Forwarding phone number with type [%s] already exists", kind)
	}
	return nil
}

// locate finds out which number f is: the one wished for, or that of a device.
func (co *company) locate(e *extension, f *forwardingNumber, wish forwardingWish) *problem {
	number, device := wish.PhoneNumber != nil, wish.Device != nil
	switch {
	case f.kind == "PhoneLine" && number && device:
		return problemOf("FPN-112", "[phoneNumber] and [device] cannot be specified simultaneously")
	case f.kind == "PhoneLine" && !number && !device:
		return problemOf("FPN-109", "Either [phoneNumber] or [device] should be specified for [%s] forwarding phone number type", f.kind)
	case f.kind == "PhoneLine":
		return co.locateDevice(e, f, wish)
	case device:
		return problemOf("FPN-111", "[device] parameter is not supported for [%s] forwarding phone number type", f.kind)
	case !number:
		return problemOf("FPN-110", "[phoneNumber] should be specified for [%s] forwarding phone number type", f.kind)
	}
	return co.locateNumber(e, f, *wish.PhoneNumber)
}

func (co *company) locateDevice(e *extension, f *forwardingNumber, wish forwardingWish) *problem {
	var d *device
	if wish.Device != nil {
		if d = co.device[parseID(string(wish.Device.ID))]; d == nil {
			return &problem{status: http.StatusNotFound, ErrorCode: "FPN-113", Message: "Device not found for specified [device.id]"}
		}
	} else {
		i := slices.IndexFunc(co.devices, func(d *device) bool { return d.ownNumber() == withPlus(*wish.PhoneNumber) })
		if i < 0 {
			return &problem{status: http.StatusNotFound, ErrorCode: "FPN-120", Message: "Device not found for specified [phoneNumber]"}
		}
		d = co.devices[i]
	}
	f.device, f.number, f.label = d, d.ownNumber(), d.name
	switch {
	case f.number == "" && d.owner != nil && d.kind == "SoftPhone":
		return problemOf("FPN-121", "Forwarding to free Softphone is not available")
	case f.number == "": // nobody's, or one that nobody can call
		return problemOf("FPN-114", "Forwarding to unassigned device is not available")
	case slices.ContainsFunc(e.forwarding, func(other *forwardingNumber) bool { return other.number == f.number }):
		return problemOf("FPN-118", "Device [%d] is already included to the forwarding list", d.id)
	}
	return nil
}

// ownNumber returns the number of a device's first line; empty when there is none, or it has moved on.
func (d *device) ownNumber() string {
	for _, line := range d.lines {
		if line.number != nil && line.number.owner == d.owner && d.owner != nil {
			return line.number.number
		}
	}
	return ""
}

// withPlus spells a number in E.164 form: the older guide leaves out the plus.
func withPlus(number string) string { return "+" + strings.TrimPrefix(number, "+") }

// forgetDevice takes a device that is gone out of the lists it stands in.
func (co *company) forgetDevice(d *device) {
	for _, e := range co.extensions {
		e.forwarding = slices.DeleteFunc(e.forwarding, func(f *forwardingNumber) bool { return f.device == d })
	}
}

// exchangeForwarding has two devices that took each other's place do so in the lists as well.
func (co *company) exchangeForwarding(a, b *device) {
	for _, e := range co.extensions {
		for _, f := range e.forwarding {
			switch f.device {
			case a:
				f.device = b
			case b:
				f.device = a
			}
		}
	}
}

func (co *company) locateNumber(e *extension, f *forwardingNumber, number string) *problem {
	number = withPlus(number)
	home := strings.HasPrefix(number, "+1")
	own := co.dialable[number]
	switch {
	case !e164.MatchString(number) || home && !nanp.MatchString(number):
		return invalid("phoneNumber")
	case own != nil && (own.usage == "DirectNumber" || isShared(own.usage)):
		return problemOf("FPN-105", "Number %s duplicates with company/extension direct number", number)
	case !home && !e.callsAbroad():
		return problemOf("FPN-108", "International calling is currently disabled")
	}
	f.number = number
	return nil
}

// nameNew names a new number. That of a type which was asked for is called like the type, whatever label was given; the vendor's
// description has this of all types, and yet a code for an Other number without a label, which is followed here.
func (e *extension) nameNew(f *forwardingNumber) *problem {
	switch {
	case f.kind == "PhoneLine":
		return nil // like its device, and two devices may have one name
	case f.kind != "Other":
		f.label = f.kind
	case f.label == "":
		return problemOf("FPN-116", "[label] should be specified for [%s] forwarding phone number type", f.kind)
	}
	return e.checkLabel(f, f.label)
}

func (e *extension) checkLabel(f *forwardingNumber, label string) *problem {
	if label == "" || utf8.RuneCountInString(label) > maxLabel {
		return invalid("label")
	}
	for _, other := range e.forwarding {
		if other.id != f.id && strings.EqualFold(other.label, label) {
			return problemOf("FPN-102", "Label of number %s duplicates with existing forwarding number label", label)
		}
	}
	return nil
}

// giveFlip gives f the flip number that is wished for, else the first that is free. Without one calls are not flipped to it.
func (e *extension) giveFlip(f *forwardingNumber, wish *anyID) *problem {
	if wish != nil {
		return e.checkFlip(f, *wish)
	}
	for flip := 1; flip <= maxFlip; flip++ {
		if !e.flips(f, flip) {
			f.flip = flip
			return nil
		}
	}
	f.features = forwardOnly
	return nil
}

func (e *extension) checkFlip(f *forwardingNumber, wish anyID) *problem {
	flip := int(parseID(string(wish)))
	switch {
	case flip < 1 || flip > maxFlip:
		return invalid("flipNumber")
	case e.flips(f, flip):
		return problemOf("FPN-106", "Flip number %d is already in use", flip)
	}
	f.flip = flip
	if f.forwards() {
		f.features = forwardAndFlip
	}
	return nil
}

// flips reports whether a number other than f has a flip number.
func (e *extension) flips(f *forwardingNumber, flip int) bool {
	return slices.ContainsFunc(e.forwarding, func(other *forwardingNumber) bool { return other.id != f.id && other.flip == flip })
}

// changedForwardingNumber returns f as it is wished for. What is wished to be what it is already is no change.
func (co *company) changedForwardingNumber(e *extension, f *forwardingNumber, wish forwardingWish) (*forwardingNumber, *problem) {
	out := *f
	switch {
	case wish.Type != nil && !slices.Contains(append(forwardingTypes(), f.kind), *wish.Type):
		return nil, invalid("type")
	case wish.Type != nil && *wish.Type != f.kind:
		return nil, problemOf("FPN-125", "Forwarding phone number [type] cannot be changed")
	case wish.Device != nil && (f.device == nil || formatID(f.device.id) != string(wish.Device.ID)):
		return nil, problemOf("FPN-124", "Parameter [device.id] cannot be changed for [%s] forwarding number", f.kind)
	}
	if wish.Label != nil && *wish.Label != f.label {
		if f.kind != "Other" {
			return nil, problemOf("FPN-122", "Label cannot be changed for [%s] forwarding number", f.kind)
		}
		if p := e.checkLabel(f, *wish.Label); p != nil {
			return nil, p
		}
		out.label = *wish.Label
	}
	if wish.PhoneNumber != nil && withPlus(*wish.PhoneNumber) != f.number {
		if f.kind == "PhoneLine" {
			return nil, invalid("phoneNumber") // it is its device's
		}
		if p := co.locateNumber(e, &out, *wish.PhoneNumber); p != nil {
			return nil, p
		}
	}
	if wish.FlipNumber != nil {
		if p := e.checkFlip(&out, *wish.FlipNumber); p != nil {
			return nil, p
		}
	}
	return &out, nil
}
