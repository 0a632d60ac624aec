package loader

import (
	"context"
	"maps"
	"slices"

	"github.com/ringql/ringql/internal/rest"
)

// PhoneNumbers returns one page of an account's phone numbers. Those whose source
// is among lacking are completed.
func (l *Loaders) PhoneNumbers(ctx context.Context, account string, f rest.PhoneNumberFilter, page, perPage int, lacking rest.NumberSources) (*rest.Page[rest.PhoneNumber], error) {
	p, err := l.phoneNumberList.now(ctx, listKey{l.path(account), keep(l, f.Key(), f), page, perPage})
	if err != nil {
		return nil, err
	}
	out := *p
	out.Records, err = l.complete(ctx, p.Records, lacking)
	return &out, err
}

func (l *Loaders) listPhoneNumbers(ctx context.Context, k listKey) (*rest.Page[rest.PhoneNumber], error) {
	p, err := l.c.ListAccountPhoneNumbers(ctx, k.account, filterOf[rest.PhoneNumberFilter](l, k.filter), k.page, k.perPage)
	if err != nil {
		return nil, err
	}
	l.learnOwn(k.account, rest.AccountOf(p.URI))
	if k.filter == "" {
		l.me.learnTotal(k.account, phoneNumberTotal, p.Paging.TotalElements)
	}
	return p, l.settleNumbers(ctx, k.account, p.Records)
}

// settleNumbers settles numbers, and remembers those that cannot be moved.
func (l *Loaders) settleNumbers(ctx context.Context, asked string, numbers []rest.PhoneNumber) error {
	for i := range numbers {
		if err := l.settle(ctx, asked, numbers[i].ID.Account, &numbers[i]); err != nil {
			return err
		}
		l.me.learnNumber(&numbers[i])
	}
	return nil
}

// complete returns numbers with what their sources lack, if they are among lacking:
// a Light call per 50 of them.
func (l *Loaders) complete(ctx context.Context, numbers []rest.PhoneNumber, lacking rest.NumberSources) ([]rest.PhoneNumber, error) {
	if lacking == 0 {
		return numbers, nil
	}
	var ids []rest.PhoneNumberID
	for i := range numbers {
		if lacking.Has(numbers[i].Source) && numbers[i].ID.RCID != "" {
			ids = append(ids, numbers[i].ID)
		}
	}
	if len(ids) == 0 {
		return numbers, nil
	}
	a := l.Announce()
	a.PhoneNumbers(ids)
	a.Go(ctx)
	out := slices.Clone(numbers) // others may be reading numbers
	for i := range out {
		if !lacking.Has(out[i].Source) || out[i].ID.RCID == "" {
			continue
		}
		read, err := l.PhoneNumber(ctx, out[i].ID)
		if err != nil {
			return nil, err
		}
		out[i] = out[i].With(read)
	}
	return out, nil
}

// Complete returns n with what its source lacks, if that is among lacking.
func (l *Loaders) Complete(ctx context.Context, n *rest.PhoneNumber, lacking rest.NumberSources) (*rest.PhoneNumber, error) {
	ns, err := l.complete(ctx, []rest.PhoneNumber{*n}, lacking)
	if err != nil {
		return n, err
	}
	return &ns[0], nil
}

// together reads pages and completes the rows of all of them at once.
func together[K comparable, T any](keys []K, read func(K) (*rest.Page[T], error), complete func([]T) ([]T, error)) map[K]rest.Result[*rest.Page[T]] {
	found := make(map[K]rest.Result[*rest.Page[T]], len(keys))
	var rows []T
	for _, k := range keys {
		p, err := read(k)
		found[k] = rest.Result[*rest.Page[T]]{Value: p, Err: err}
		if err == nil {
			rows = append(rows, p.Records...)
		}
	}
	rows, err := complete(rows)
	for _, k := range keys {
		r := found[k]
		switch {
		case r.Err != nil:
			continue
		case err != nil:
			r = rest.Result[*rest.Page[T]]{Err: err}
		default:
			p, n := *r.Value, len(r.Value.Records)
			p.Records, rows = rows[:n:n], rows[n:]
			r.Value = &p
		}
		found[k] = r
	}
	return found
}

func (l *Loaders) phoneNumberID(id rest.PhoneNumberID) rest.PhoneNumberID {
	id.Account = l.path(id.Account)
	return id
}

// PhoneNumber returns one phone number.
func (l *Loaders) PhoneNumber(ctx context.Context, id rest.PhoneNumberID) (*rest.PhoneNumber, error) {
	return l.phoneNumber.load(ctx, l.phoneNumberID(id))
}

// FixedUsage returns for what a number is known to be fixed, so that it cannot be
// moved; "" if nothing is known.
func (l *Loaders) FixedUsage(id rest.PhoneNumberID) rest.PhoneNumberUsageType {
	if own := l.me.ownAccount(); id.Account == rest.Own && own != "" {
		id.Account = own
	}
	return l.me.fixedUsage(id)
}

func splitPhoneNumberID(id rest.PhoneNumberID) (account, rcID string) { return id.Account, id.RCID }

func (l *Loaders) readPhoneNumbers(ctx context.Context, ids []rest.PhoneNumberID) map[rest.PhoneNumberID]rest.Result[*rest.PhoneNumber] {
	found := make(map[rest.PhoneNumberID]rest.Result[*rest.PhoneNumber], len(ids))
	for account, group := range byAccount(ids, splitPhoneNumberID) {
		for id, r := range l.c.ReadAccountPhoneNumbers(ctx, account, group) {
			if r.Err == nil {
				r.Err = l.settle(ctx, account, r.Value.ID.Account, r.Value)
				l.me.learnNumber(r.Value)
			}
			found[rest.PhoneNumberID{Key: rest.Key{Account: account, RCID: id}}] = r
		}
	}
	return found
}

// Usable returns one page of the numbers that an extension may use.
func (l *Loaders) Usable(ctx context.Context, ext rest.ExtensionID, f rest.UsablePhoneNumberFilter, page, perPage int, need NumberNeed) (*rest.Page[rest.PhoneNumber], error) {
	k := usableKey(keep(l, f.Key(), f), page, perPage, need)
	k.ext = l.extensionID(ext)
	if k.whole || k.owner {
		return l.usableWhole.load(ctx, k)
	}
	return l.usable.now(ctx, k)
}

func usableKey(filter string, page, perPage int, need NumberNeed) pageKey {
	return pageKey{filter: filter, page: page, perPage: perPage, whole: need.Lacking.Has(rest.FromOwnList), owner: need.Owner}
}

func (l *Loaders) listUsable(ctx context.Context, k pageKey) (*rest.Page[rest.PhoneNumber], error) {
	p, err := l.c.ListExtensionPhoneNumbers(ctx, k.ext, filterOf[rest.UsablePhoneNumberFilter](l, k.filter), k.page, k.perPage)
	if err != nil {
		return nil, err
	}
	l.learnOwn(k.ext.Account, rest.AccountOf(p.URI))
	return p, l.settleNumbers(ctx, k.ext.Account, p.Records)
}

// completeUsable is listUsable with what the lists lack read together for all of
// them. Whose a number is may be secret where the number is not: that is read ahead,
// and what is wrong with it said by who asks for it.
func (l *Loaders) completeUsable(ctx context.Context, keys []pageKey) map[pageKey]rest.Result[*rest.Page[rest.PhoneNumber]] {
	list := func(k pageKey) pageKey { k.whole, k.owner = false, false; return k }
	lists := make([]pageKey, len(keys))
	for i, k := range keys {
		lists[i] = list(k)
	}
	l.usable.announce(ctx, lists)
	read := func(k pageKey) (*rest.Page[rest.PhoneNumber], error) { return l.usable.now(ctx, list(k)) }
	found := make(map[pageKey]rest.Result[*rest.Page[rest.PhoneNumber]], len(keys))
	for _, whole := range []bool{false, true} {
		some := slices.DeleteFunc(slices.Clone(keys), func(k pageKey) bool { return k.whole != whole })
		maps.Copy(found, together(some, read, func(numbers []rest.PhoneNumber) ([]rest.PhoneNumber, error) {
			if whole {
				return l.complete(ctx, numbers, 1<<rest.FromOwnList)
			}
			a := l.Announce()
			for i := range numbers {
				if numbers[i].Owner == nil {
					a.PhoneNumbers([]rest.PhoneNumberID{numbers[i].ID})
				}
			}
			a.Go(ctx)
			return numbers, nil
		}))
	}
	return found
}

// assignable are the usage types of numbers that can belong to an extension.
var assignable = rest.UsablePhoneNumberFilter{UsageType: []rest.PhoneNumberUsageType{
	rest.DirectNumber, rest.ForwardedNumber, "ContactCenterNumber", "ConferencingNumber", "MeetingsNumber", "BusinessMobileNumber",
	"PartnerBusinessMobileNumber", "FmcBusinessMobileNumber", "ELIN", "IntegrationNumber",
}}

// Listed returns, by id, the records of an extension's own list, which alone tell
// features and country. Where a company has so many numbers of its own that they
// fill a page, they are left out: no extension owns one.
func (l *Loaders) Listed(ctx context.Context, ext rest.ExtensionID) (map[string]*rest.PhoneNumber, error) {
	f := l.listedFilter(ext)
	all, more, err := l.readListed(ctx, ext, f)
	if more {
		all, _, err = l.readListed(ctx, ext, assignable)
	}
	return all, err
}

// readListed reads an extension's own list; more says that it was left off, since
// it has several pages and is read in full.
func (l *Loaders) readListed(ctx context.Context, ext rest.ExtensionID, f rest.UsablePhoneNumberFilter) (all map[string]*rest.PhoneNumber, more bool, err error) {
	all = map[string]*rest.PhoneNumber{}
	list := func(ctx context.Context, page, perPage int) (*rest.Page[rest.PhoneNumber], error) {
		return l.Usable(ctx, ext, f, page, perPage, NumberNeed{})
	}
	for p, err := range rest.Pages(ctx, (*rest.PhoneNumber).RcID, list) {
		if err != nil {
			return nil, false, err
		}
		if end, _ := p.End(1, rest.MostPerPage); f.Key() == "" && !end {
			l.me.learnTotal(l.path(ext.Account), usableTotal, p.Paging.TotalElements)
			return nil, true, nil
		}
		for i := range p.Records {
			all[p.Records[i].ID.RCID] = &p.Records[i]
		}
	}
	return all, false, nil
}

func (l *Loaders) listedFilter(ext rest.ExtensionID) rest.UsablePhoneNumberFilter {
	if n, known := l.me.total(l.path(ext.Account), usableTotal); known && n > rest.MostPerPage {
		return assignable
	}
	return rest.UsablePhoneNumberFilter{}
}
