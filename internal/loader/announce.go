package loader

import (
	"context"
	"slices"

	"github.com/ringql/ringql/internal/budget"
	"github.com/ringql/ringql/internal/plan"
	"github.com/ringql/ringql/internal/rest"
)

// Announcement collects what a response will ask for, so that each relation is one
// batch, which leaves at once, and all are under way together. What is announced
// and what is asked for later must be the same.
type Announcement struct {
	l           *Loaders
	extension   []rest.ExtensionID
	whole       []rest.ExtensionID
	single      []rest.ExtensionID
	phoneNumber []rest.PhoneNumberID
	device      []rest.DeviceID
	assigned    []AssignedKey
	usable      []pageKey
	usableAhead []pageKey
	forwarding  []pageKey
	forwarded   []rest.ForwardingNumberID
	devices     []pageKey
	deviceAhead []pageKey

	callerBlockingNumber []rest.CallerBlockingNumberID
}

// Announce returns an empty announcement.
func (l *Loaders) Announce() *Announcement { return &Announcement{l: l} }

// Go starts what was collected.
func (a *Announcement) Go(ctx context.Context) {
	l := a.l
	l.single.announce(ctx, a.single)
	l.whole.announce(ctx, a.whole)
	l.extension.announce(ctx, slices.DeleteFunc(a.extension, l.readsWhole))
	l.phoneNumber.announce(ctx, a.phoneNumber)
	l.device.announce(ctx, a.device)
	l.assigned.announce(ctx, a.assigned)
	l.usable.announce(ctx, a.usable)
	l.usableAhead.announce(ctx, a.usableAhead)
	l.forwarding.announce(ctx, a.forwarding)
	l.forwardingNumber.announce(ctx, a.forwarded)
	l.devices.announce(ctx, a.devices)
	l.deviceAhead.announce(ctx, a.deviceAhead)
	l.callerBlockingNumber.announce(ctx, a.callerBlockingNumber)
}

// Later returns a context whose calls let others go first: it is for parts of an answer that
// come later.
func Later(ctx context.Context) context.Context { return budget.Bulk(ctx) }

// Extensions says that ids will be asked of Extension.
func (a *Announcement) Extensions(ids []rest.ExtensionID) {
	for _, id := range ids {
		a.extension = append(a.extension, a.l.extensionID(id))
	}
}

// WholeExtensions says that ids will be asked of WholeExtension.
func (a *Announcement) WholeExtensions(ids []rest.ExtensionID) {
	for _, id := range ids {
		a.whole = append(a.whole, a.l.extensionID(id))
	}
}

// SingleExtensions says that ids will be asked of SingleExtension.
func (a *Announcement) SingleExtensions(ids []rest.ExtensionID) {
	for _, id := range ids {
		a.single = append(a.single, a.l.extensionID(id))
	}
}

// PhoneNumbers says that ids will be asked of PhoneNumber.
func (a *Announcement) PhoneNumbers(ids []rest.PhoneNumberID) {
	for _, id := range ids {
		a.phoneNumber = append(a.phoneNumber, a.l.phoneNumberID(id))
	}
}

// DeviceIDs says that ids will be asked of Device.
func (a *Announcement) DeviceIDs(ids []rest.DeviceID) {
	for _, id := range ids {
		a.device = append(a.device, a.l.deviceID(id))
	}
}

// Assigned says that ids will be asked of Assigned.
func (a *Announcement) Assigned(ids []rest.ExtensionID, need plan.NumberNeed) {
	for _, id := range ids {
		a.assigned = append(a.assigned, AssignedKey{a.l.extensionID(id), need})
	}
}

// Usable says that these pages will be asked of Usable.
func (a *Announcement) Usable(ids []rest.ExtensionID, f rest.UsablePhoneNumberFilter, page, perPage int, ahead bool) {
	into := &a.usable
	if ahead {
		into = &a.usableAhead
	}
	*into = a.pages(*into, ids, pageKey{filter: keep(a.l, f.Key(), f), page: page, perPage: perPage})
}

// Listed says that ids will be asked of Listed.
func (a *Announcement) Listed(ids []rest.ExtensionID) {
	if len(ids) > 0 {
		a.Usable(ids, a.l.listedFilter(ids[0]), 1, rest.MostPerPage, false)
	}
}

// ForwardingNumbers says that these pages will be asked of ForwardingNumbers.
func (a *Announcement) ForwardingNumbers(ids []rest.ExtensionID, page, perPage int) {
	a.forwarding = a.pages(a.forwarding, ids, pageKey{page: page, perPage: perPage})
}

// ForwardingNumberIDs says that ids will be asked of ForwardingNumber.
func (a *Announcement) ForwardingNumberIDs(ids []rest.ForwardingNumberID) {
	for _, id := range ids {
		a.forwarded = append(a.forwarded, a.l.forwardingNumberID(id))
	}
}

// Devices says that these pages will be asked of Devices.
func (a *Announcement) Devices(ids []rest.ExtensionID, f rest.DeviceFilter, page, perPage int, need plan.DeviceNeed) {
	into := &a.devices
	if need.Ahead {
		into = &a.deviceAhead
	}
	*into = a.pages(*into, ids, a.l.deviceKey(f, page, perPage, need))
}

func (a *Announcement) pages(keys []pageKey, ids []rest.ExtensionID, k pageKey) []pageKey {
	for _, id := range ids {
		k.ext = a.l.extensionID(id)
		keys = append(keys, k)
	}
	return keys
}
