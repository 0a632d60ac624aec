package loader

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/ringql/ringql/internal/budget"
	"github.com/ringql/ringql/internal/rest"
)

// ForwardingNumbers returns one page of an extension's forwarding numbers.
func (l *Loaders) ForwardingNumbers(ctx context.Context, ext rest.ExtensionID, page, perPage int) (*rest.Page[rest.ForwardingNumber], error) {
	return l.forwarding.load(ctx, pageKey{ext: l.extensionID(ext), page: page, perPage: perPage})
}

// ForwardingNumber returns one forwarding number, out of its extension's list.
func (l *Loaders) ForwardingNumber(ctx context.Context, id rest.ForwardingNumberID) (*rest.ForwardingNumber, error) {
	ext := rest.ExtensionID{Key: rest.Key{Account: id.Account, RCID: id.Extension}}
	p, err := l.ForwardingNumbers(ctx, ext, 1, rest.MostPerPage)
	if err != nil {
		return nil, err
	}
	for i := range p.Records {
		if p.Records[i].ID.RCID == id.RCID {
			return &p.Records[i], nil
		}
	}
	return nil, fmt.Errorf("forwarding number %s: %w", id.RCID, rest.ErrNotFound)
}

// AnnounceForwardingNumbers says that these pages will be asked of ForwardingNumbers.
func (l *Loaders) AnnounceForwardingNumbers(ctx context.Context, ids []rest.ExtensionID, page, perPage int) {
	l.forwarding.announce(ctx, l.pageKeys(ids, "", page, perPage))
}

func (l *Loaders) listForwarding(ctx context.Context, k pageKey) (*rest.Page[rest.ForwardingNumber], error) {
	p, err := l.c.ListForwardingNumbers(ctx, k.ext, k.page, k.perPage)
	if err != nil {
		return nil, err
	}
	for i := range p.Records {
		l.learnOwn(k.ext.Account, p.Records[i].ID.Account)
	}
	return p, nil
}

// Devices returns one page of an extension's devices.
func (l *Loaders) Devices(ctx context.Context, ext rest.ExtensionID, f rest.DeviceFilter, page, perPage int) (*rest.Page[rest.Device], error) {
	return l.devices.load(ctx, pageKey{l.extensionID(ext), l.keep(f.Key(), f), page, perPage})
}

// AnnounceDevices says that these pages will be asked of Devices.
func (l *Loaders) AnnounceDevices(ctx context.Context, ids []rest.ExtensionID, f rest.DeviceFilter, page, perPage int) {
	l.devices.announce(ctx, l.pageKeys(ids, l.keep(f.Key(), f), page, perPage))
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
			k := g
			k.ext.RCID = id
			if r.Err == nil {
				l.learnDevices(g.ext.Account, r.Value.Records)
			}
			found[k] = r
		}
	}
	return found
}

func (l *Loaders) learnDevices(account string, ds []rest.Device) {
	for i := range ds {
		l.learnOwn(account, ds[i].ID.Account)
	}
}

// fromDeviceList reads the account's device list where that is the cheaper way,
// and nil where it is not, or is not served. Today's description does not list the
// operation, so it is taken with RINGCENTRAL_API=v1, or when the extensions' own
// lists cannot be paid.
func (l *Loaders) fromDeviceList(ctx context.Context, g pageKey, ids []string) map[string]rest.Result[*rest.Page[rest.Device]] {
	account := g.ext.Account
	all, known := l.me.total(account, deviceList)
	if !known {
		all = unknownTotal
	}
	byIDs := Option{"by ids", Calls{budget.Light: pages(len(ids), l.c.ManyExtensionDevices())}}
	list := Option{"account list", Calls{budget.Medium: pages(all, rest.MostPerPage)}}
	best, _ := cheapest([]Option{byIDs, list}, l.left)
	if g.filter != "" || best == 0 || l.c.Preference() != rest.OnlyV1 && byIDs.fits(l.left) {
		return nil
	}
	devices, err := l.allDevices(ctx, account)
	if err != nil {
		return nil // the extensions' own lists say what is wrong, for each
	}
	lists := make(map[string][]rest.Device, len(ids))
	for _, d := range devices {
		if d.Owner != nil {
			lists[d.Owner.ID.RCID] = append(lists[d.Owner.ID.RCID], d)
		}
	}
	out := make(map[string]rest.Result[*rest.Page[rest.Device]], len(ids))
	for _, id := range ids {
		out[id] = rest.Result[*rest.Page[rest.Device]]{Value: rest.PageOf(lists[id], g.page, g.perPage)}
	}
	return out
}

func (l *Loaders) allDevices(ctx context.Context, account string) ([]rest.Device, error) {
	var all []rest.Device
	for page := 1; ; page++ {
		p, err := l.AccountDevices(ctx, account, page, rest.MostPerPage)
		if err != nil {
			return nil, err
		}
		all = append(all, p.Records...)
		if len(p.Records) < rest.MostPerPage {
			return all, nil
		}
	}
}

// AccountDevices returns one page of all devices of an account.
func (l *Loaders) AccountDevices(ctx context.Context, account string, page, perPage int) (*rest.Page[rest.Device], error) {
	account = l.path(account)
	p, err := l.c.ListAccountDevices(ctx, account, page, perPage)
	if err != nil {
		return nil, err
	}
	l.me.learnTotal(account, deviceList, p.Paging.TotalElements)
	l.learnDevices(account, p.Records)
	return p, nil
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
	l.AnnounceDevices(ctx, ids, rest.DeviceFilter{}, 1, rest.MostPerPage)
	var all []rest.Device
	var errs []error
	for _, id := range ids {
		p, err := l.Devices(ctx, id, rest.DeviceFilter{}, 1, rest.MostPerPage)
		if err != nil {
			errs = append(errs, err)
			continue
		}
		all = append(all, p.Records...)
	}
	// A list with a hole in it is no list.
	return all, errors.Join(errs[:min(1, len(errs))]...)
}

// Device returns one device.
func (l *Loaders) Device(ctx context.Context, id rest.DeviceID) (*rest.Device, error) {
	id.Account = l.path(id.Account)
	return l.device.load(ctx, id)
}

// AnnounceDeviceIDs says that ids will be asked of Device.
func (l *Loaders) AnnounceDeviceIDs(ctx context.Context, ids []rest.DeviceID) {
	keys := slices.Clone(ids)
	for i := range keys {
		keys[i].Account = l.path(keys[i].Account)
	}
	l.device.announce(ctx, keys)
}

func splitDeviceID(id rest.DeviceID) (account, rcID string) { return id.Account, id.RCID }

func (l *Loaders) readDevices(ctx context.Context, ids []rest.DeviceID) map[rest.DeviceID]rest.Result[*rest.Device] {
	found := make(map[rest.DeviceID]rest.Result[*rest.Device], len(ids))
	for account, group := range byAccount(ids, splitDeviceID) {
		for id, r := range l.c.ReadDevices(ctx, account, group) {
			if r.Err == nil {
				l.learnOwn(account, r.Value.ID.Account)
			}
			found[rest.DeviceID{Key: rest.Key{Account: account, RCID: id}}] = r
		}
	}
	return found
}
