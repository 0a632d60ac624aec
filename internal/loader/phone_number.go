package loader

import (
	"cmp"
	"context"
	"slices"

	"github.com/ringql/ringql/internal/plan"
	"github.com/ringql/ringql/internal/rest"
)

// PhoneNumbers returns one page of an account's phone numbers.
func (l *Loaders) PhoneNumbers(ctx context.Context, account string, f rest.PhoneNumberFilter, page, perPage int) (*rest.Page[rest.PhoneNumber], error) {
	return l.phoneNumberList.now(ctx, listKey{l.path(account), keep(l, f.Key(), f), page, perPage})
}

func (l *Loaders) listPhoneNumbers(ctx context.Context, k listKey) (*rest.Page[rest.PhoneNumber], error) {
	p, err := l.c.ListAccountPhoneNumbers(ctx, k.account, filterOf[rest.PhoneNumberFilter](l, k.filter), k.page, k.perPage)
	if err != nil {
		return nil, err
	}
	if k.filter == "" {
		l.me.learnTotal(k.account, plan.PhoneNumberTotal, p.Paging.TotalElements)
	}
	if p, err = l.settledNumbers(ctx, k.account, p); err == nil {
		keepWhole(ctx, l.phoneNumberList, k, p)
	}
	return p, err
}

// settledNumbers settles a page of numbers, and remembers those that cannot be moved.
func (l *Loaders) settledNumbers(ctx context.Context, asked string, p *rest.Page[rest.PhoneNumber]) (*rest.Page[rest.PhoneNumber], error) {
	p, err := settled(ctx, l, asked, p, func(n *rest.PhoneNumber) rest.Key { return n.ID.Key })
	if err != nil {
		return nil, err
	}
	for i := range p.Records {
		l.me.learnNumber(l.phoneNumberID(p.Records[i].ID), p.Records[i].UsageType)
	}
	return p, nil
}

// Complete returns numbers with what their sources lack, if they are among lacking: a
// Light call per 50 of them. Where one cannot be read, errs has the reason under its
// index, and it is left as it was.
func (l *Loaders) Complete(ctx context.Context, numbers []rest.PhoneNumber, lacking rest.NumberSources) (out []rest.PhoneNumber, errs map[int]error) {
	var ids []rest.PhoneNumberID
	var at []int
	for i := range numbers {
		if lacking.Has(numbers[i].Source) && numbers[i].ID.RCID != "" {
			ids, at = append(ids, l.phoneNumberID(numbers[i].ID)), append(at, i)
		}
	}
	if len(ids) == 0 {
		return numbers, nil
	}
	out, errs = slices.Clone(numbers), map[int]error{} // others may be reading numbers
	for j, r := range l.phoneNumber.loadAll(ctx, ids) {
		if r.Err != nil {
			errs[at[j]] = r.Err
			continue
		}
		out[at[j]] = out[at[j]].With(r.Value)
	}
	return out, errs
}

func (l *Loaders) phoneNumberID(id rest.PhoneNumberID) rest.PhoneNumberID {
	id.Account = l.path(id.Account)
	return id
}

// PhoneNumber returns one phone number.
func (l *Loaders) PhoneNumber(ctx context.Context, id rest.PhoneNumberID) (*rest.PhoneNumber, error) {
	return l.phoneNumber.load(ctx, l.phoneNumberID(id))
}

// FreshPhoneNumbers returns phone numbers as they are now, in the order of ids: a Light
// call per 50 of them.
func (l *Loaders) FreshPhoneNumbers(ctx context.Context, ids []rest.PhoneNumberID) []rest.Result[*rest.PhoneNumber] {
	keys := make([]rest.PhoneNumberID, len(ids))
	for i, id := range ids {
		keys[i] = l.phoneNumberID(id)
	}
	return l.phoneNumber.nowAll(rest.Fresh(ctx), keys)
}

// FixedUsage returns for what a number is known to be fixed, so that it cannot be
// moved; "" if nothing is known.
func (l *Loaders) FixedUsage(id rest.PhoneNumberID) rest.PhoneNumberUsageType {
	return l.me.fixedUsage(l.phoneNumberID(id))
}

func splitPhoneNumberID(id rest.PhoneNumberID) (account, rcID string) { return id.Account, id.RCID }

func (l *Loaders) readPhoneNumbers(ctx context.Context, ids []rest.PhoneNumberID) map[rest.PhoneNumberID]rest.Result[*rest.PhoneNumber] {
	found := make(map[rest.PhoneNumberID]rest.Result[*rest.PhoneNumber], len(ids))
	for account, group := range byAccount(ids, splitPhoneNumberID) {
		for id, r := range l.c.ReadAccountPhoneNumbers(ctx, account, group) {
			if r.Err == nil {
				r.Value, r.Err = settle(ctx, l, account, r.Value.ID.Account, r.Value)
			}
			if r.Err == nil {
				l.me.learnNumber(l.phoneNumberID(r.Value.ID), r.Value.UsageType)
			}
			found[rest.PhoneNumberID{Key: rest.Key{Account: account, RCID: id}}] = r
		}
	}
	return found
}

// Usable returns one page of the numbers that an extension may use. ahead says that
// all of them will be asked of PhoneNumber or Complete.
func (l *Loaders) Usable(ctx context.Context, ext rest.ExtensionID, f rest.UsablePhoneNumberFilter, page, perPage int, ahead bool) (*rest.Page[rest.PhoneNumber], error) {
	k := pageKey{ext: l.extensionID(ext), filter: keep(l, f.Key(), f), page: page, perPage: perPage}
	if ahead && !rest.WantsFresh(ctx) {
		return l.usableAhead.load(ctx, k)
	}
	return l.usable.now(ctx, k)
}

func (l *Loaders) listUsable(ctx context.Context, k pageKey) (*rest.Page[rest.PhoneNumber], error) {
	p, err := l.c.ListExtensionPhoneNumbers(ctx, k.ext, filterOf[rest.UsablePhoneNumberFilter](l, k.filter), k.page, k.perPage)
	if err != nil {
		return nil, err
	}
	return l.settledNumbers(ctx, k.ext.Account, p)
}

// listUsableAhead is listUsable for many, whose numbers are read by their ids ahead of
// who asks for them, all together.
func (l *Loaders) listUsableAhead(ctx context.Context, keys []pageKey) map[pageKey]rest.Result[*rest.Page[rest.PhoneNumber]] {
	return ahead(ctx, l, l.usable, keys, "usable by", func(a *Announcement, n *rest.PhoneNumber) {
		a.PhoneNumbers([]rest.PhoneNumberID{n.ID})
	})
}

// ahead reads pages, and announces what follows from their rows. The label names the
// numbers of so many.
func ahead[T any](ctx context.Context, l *Loaders, from *batch[pageKey, *rest.Page[T]], keys []pageKey, label string, row func(*Announcement, *T)) map[pageKey]rest.Result[*rest.Page[T]] {
	from.announce(ctx, keys)
	found := make(map[pageKey]rest.Result[*rest.Page[T]], len(keys))
	a := l.Announce()
	for _, k := range keys {
		p, err := from.now(ctx, k)
		found[k] = rest.Result[*rest.Page[T]]{Value: p, Err: err}
		if err != nil {
			continue
		}
		for i := range p.Records {
			row(a, &p.Records[i])
		}
	}
	if len(keys) > 0 {
		slices.SortFunc(a.phoneNumber, func(a, b rest.PhoneNumberID) int { return cmp.Compare(a.RCID, b.RCID) })
		a.phoneNumber = slices.Compact(a.phoneNumber)
		l.Count(keys[0].ext.Account, plan.LabelOf(label, len(keys)), len(a.phoneNumber))
	}
	a.Go(ctx)
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
		return l.Usable(ctx, ext, f, page, perPage, false)
	}
	for p, err := range rest.Pages(ctx, (*rest.PhoneNumber).RcID, list) {
		if err != nil {
			return nil, false, err
		}
		if end, _ := p.End(1, rest.MostPerPage); f.Key() == "" && !end {
			l.me.learnTotal(l.path(ext.Account), plan.UsableTotal, p.Paging.TotalElements)
			return nil, true, nil
		}
		for i := range p.Records {
			all[p.Records[i].ID.RCID] = &p.Records[i]
		}
	}
	return all, false, nil
}

func (l *Loaders) listedFilter(ext rest.ExtensionID) rest.UsablePhoneNumberFilter {
	if n, known := l.me.total(l.path(ext.Account), plan.UsableTotal); known && n > rest.MostPerPage {
		return assignable
	}
	return rest.UsablePhoneNumberFilter{}
}
