package loader

import (
	"context"
	"slices"

	"github.com/ringql/ringql/internal/plan"
	"github.com/ringql/ringql/internal/rest"
)

// Devices returns one page of an extension's devices.
func (l *Loaders) Devices(ctx context.Context, ext rest.ExtensionID, f rest.DeviceFilter, page, perPage int, need plan.DeviceNeed) (*rest.Page[rest.Device], error) {
	k := l.deviceKey(f, page, perPage, need)
	k.ext = l.extensionID(ext)
	if need.Ahead && !rest.WantsFresh(ctx) {
		return l.deviceAhead.load(ctx, k)
	}
	return l.devices.load(ctx, k)
}

func (l *Loaders) deviceKey(f rest.DeviceFilter, page, perPage int, need plan.DeviceNeed) pageKey {
	return pageKey{filter: keep(l, f.Key(), f), page: page, perPage: perPage, told: need.Told && l.lists}
}

func (l *Loaders) listDevices(ctx context.Context, keys []pageKey) map[pageKey]rest.Result[*rest.Page[rest.Device]] {
	found := make(map[pageKey]rest.Result[*rest.Page[rest.Device]], len(keys))
	groups := map[pageKey][]string{} // keys that differ in the extension alone
	for _, k := range keys {
		id := k.ext.RCID
		k.ext.RCID = ""
		groups[k] = append(groups[k], id)
	}
	for g, ids := range groups {
		pages := l.fromDeviceList(ctx, g, ids)
		if pages == nil {
			pages = l.c.ListExtensionDevices(ctx, g.ext.Account, ids, filterOf[rest.DeviceFilter](l, g.filter), g.page, g.perPage)
		}
		for id, r := range pages {
			if r.Err == nil {
				r.Value, r.Err = settled(ctx, l, g.ext.Account, r.Value, keyOfDevice)
			}
			k := g
			k.ext.RCID = id
			found[k] = r
		}
	}
	return found
}

func keyOfDevice(d *rest.Device) rest.Key { return d.ID.Key }

// listDevicesAhead is listDevices, with the numbers of all lines read by their ids
// ahead of who asks for them.
func (l *Loaders) listDevicesAhead(ctx context.Context, keys []pageKey) map[pageKey]rest.Result[*rest.Page[rest.Device]] {
	return ahead(ctx, l, l.devices, keys, "lines of extensions", func(a *Announcement, d *rest.Device) {
		for _, line := range d.PhoneLines {
			if line.PhoneNumber != nil && line.PhoneNumber.ID.RCID != "" {
				a.PhoneNumbers([]rest.PhoneNumberID{line.PhoneNumber.ID})
			}
		}
	})
}

// fromDeviceList reads the account's device list where that is the cheaper way,
// and nil where it is not, or does not tell enough, or is not served. Today's
// description does not list the operation, so it is taken with RINGCENTRAL_API=v1,
// or when the extensions' own lists cannot be paid.
func (l *Loaders) fromDeviceList(ctx context.Context, g pageKey, ids []string) map[string]rest.Result[*rest.Page[rest.Device]] {
	account := g.ext.Account
	all, known := l.me.total(account, plan.DeviceTotal)
	if !known {
		all = unknownTotal
	}
	listed := func(pagesLeft int) bool {
		if way, chosen := l.choices[plan.DevicesNeed(account, len(ids))]; chosen && g.told {
			return way == plan.ByList
		}
		way, err := plan.Devices{
			Extensions: len(ids), Unread: pagesLeft, InOneCall: l.c.ManyExtensionDevices(),
			Listed: true, Preferred: l.c.Preference() == rest.OnlyV1,
		}.Choose(l.funds(ctx))
		return err == nil && way == plan.ByList
	}
	if !g.told || g.filter != "" || !listed(plan.Pages(all, rest.MostPerPage)) {
		return nil
	}
	lists := make(map[string][]rest.Device, len(ids))
	for _, id := range ids {
		lists[id] = nil
	}
	read := 0
	seen := map[string]bool{}
	for p, err := range rest.Pages(ctx, (*rest.Device).RcID, l.accountDevicePage(account)) {
		if err != nil {
			return nil // the extensions' own lists say what is wrong, for each
		}
		for _, d := range p.Records {
			if d.Owner == nil || seen[d.ID.RCID] {
				continue
			}
			seen[d.ID.RCID] = true
			if list, wanted := lists[d.Owner.ID.RCID]; wanted {
				lists[d.Owner.ID.RCID] = append(list, d)
			}
		}
		read++
		if n, known := l.me.total(account, plan.DeviceTotal); known && n > read*rest.MostPerPage && !listed(plan.Pages(n, rest.MostPerPage)-read) {
			return nil // it is longer than it was taken to be
		}
	}
	out := make(map[string]rest.Result[*rest.Page[rest.Device]], len(ids))
	for _, id := range ids {
		out[id] = rest.Result[*rest.Page[rest.Device]]{Value: rest.PageOf(lists[id], g.page, g.perPage)}
	}
	return out
}

func (l *Loaders) accountDevicePage(account string) func(context.Context, int, int) (*rest.Page[rest.Device], error) {
	return func(ctx context.Context, page, perPage int) (*rest.Page[rest.Device], error) {
		return l.deviceList.now(ctx, listKey{account: account, page: page, perPage: perPage})
	}
}

func (l *Loaders) listAccountDevices(ctx context.Context, k listKey) (*rest.Page[rest.Device], error) {
	p, err := l.c.ListAccountDevices(ctx, k.account, k.page, k.perPage)
	if err != nil {
		return nil, err
	}
	l.me.learnTotal(k.account, plan.DeviceTotal, p.Paging.TotalElements)
	if p, err = settled(ctx, l, k.account, p, keyOfDevice); err == nil {
		keepWhole(ctx, l.deviceList, k, p)
	}
	return p, err
}

// AccountDevices returns one page of all devices of an account. The list leaves out
// much: see WholeDevices.
func (l *Loaders) AccountDevices(ctx context.Context, account string, page, perPage int) (*rest.Page[rest.Device], error) {
	return l.accountDevicePage(l.path(account))(ctx, page, perPage)
}

// WholeDevices reads ds again by their ids, a Light call per 50. Where one cannot be
// read, errs has the reason under its index, and it is left as it was.
func (l *Loaders) WholeDevices(ctx context.Context, ds []rest.Device) (out []rest.Device, errs map[int]error) {
	ids := make([]rest.DeviceID, len(ds))
	for i := range ds {
		ids[i] = l.deviceID(ds[i].ID)
	}
	out, errs = slices.Clone(ds), map[int]error{}
	for i, r := range l.device.loadAll(ctx, ids) {
		if r.Err != nil {
			errs[i] = r.Err
			continue
		}
		out[i] = *r.Value
	}
	return out, errs
}

// mostGathered bounds how many extensions are asked for their devices where the
// upstream does not list those of the account.
const mostGathered = 2000

// GatheredDevices returns the devices of all extensions of an account, for an
// upstream that does not list them.
func (l *Loaders) GatheredDevices(ctx context.Context, account string) ([]rest.Device, error) {
	ids, err := l.AllExtensions(ctx, account, mostGathered)
	if err != nil {
		return nil, err
	}
	need := plan.DeviceNeed{} // there is no list of the account, and few of them may be shown
	a := l.Announce()
	a.Devices(ids, rest.DeviceFilter{}, 1, rest.MostPerPage, need)
	a.Go(ctx)
	var all []rest.Device
	seen := map[string]bool{}
	for _, id := range ids {
		own := func(ctx context.Context, page, perPage int) (*rest.Page[rest.Device], error) {
			return l.Devices(ctx, id, rest.DeviceFilter{}, page, perPage, need)
		}
		for p, err := range rest.Pages(ctx, (*rest.Device).RcID, own) {
			if err != nil {
				return nil, err // a list with a hole in it is no list
			}
			for _, d := range p.Records {
				if !seen[d.ID.RCID] {
					seen[d.ID.RCID] = true
					all = append(all, d)
				}
			}
		}
	}
	return all, nil
}

func (l *Loaders) deviceID(id rest.DeviceID) rest.DeviceID {
	id.Account = l.path(id.Account)
	return id
}

// Device returns one device.
func (l *Loaders) Device(ctx context.Context, id rest.DeviceID) (*rest.Device, error) {
	return l.device.load(ctx, l.deviceID(id))
}

func splitDeviceID(id rest.DeviceID) (account, rcID string) { return id.Account, id.RCID }

func (l *Loaders) readDevices(ctx context.Context, ids []rest.DeviceID) map[rest.DeviceID]rest.Result[*rest.Device] {
	found := make(map[rest.DeviceID]rest.Result[*rest.Device], len(ids))
	for account, group := range byAccount(ids, splitDeviceID) {
		for id, r := range l.c.ReadDevices(ctx, account, group) {
			if r.Err == nil {
				r.Value, r.Err = settle(ctx, l, account, r.Value.ID.Account, r.Value)
			}
			found[rest.DeviceID{Key: rest.Key{Account: account, RCID: id}}] = r
		}
	}
	return found
}
