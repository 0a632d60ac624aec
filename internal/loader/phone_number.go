package loader

import (
	"cmp"
	"context"
	"slices"

	"github.com/ringql/ringql/internal/budget"
	"github.com/ringql/ringql/internal/rest"
)

// PhoneNumbers returns one page of an account's phone numbers.
func (l *Loaders) PhoneNumbers(ctx context.Context, account string, f rest.PhoneNumberFilter, page, perPage int) (*rest.Page[rest.PhoneNumber], error) {
	account = l.path(account)
	p, err := l.c.ListAccountPhoneNumbers(ctx, account, f, page, perPage)
	if err != nil {
		return nil, err
	}
	if f.Empty() {
		l.me.learnTotal(account, phoneNumberList, p.Paging.TotalElements)
	}
	return p, l.settle(ctx, account, p.Records)
}

// settle gives numbers the real id of their account where the answer did not tell
// it, and remembers those that cannot be moved.
func (l *Loaders) settle(ctx context.Context, account string, numbers []rest.PhoneNumber) error {
	for i := range numbers {
		n := &numbers[i]
		if n.ID.Account == rest.Own {
			id, err := l.AccountID(ctx, rest.Own)
			if err != nil {
				return err
			}
			n.SetAccount(id)
		}
		l.learnOwn(account, n.ID.Account)
		l.me.learnNumber(n)
	}
	return nil
}

func (l *Loaders) phoneNumberID(id rest.PhoneNumberID) rest.PhoneNumberID {
	id.Account = l.path(id.Account)
	return id
}

// PhoneNumber returns one phone number.
func (l *Loaders) PhoneNumber(ctx context.Context, id rest.PhoneNumberID) (*rest.PhoneNumber, error) {
	return l.phoneNumber.load(ctx, l.phoneNumberID(id))
}

// AnnouncePhoneNumbers says that ids will be asked of PhoneNumber.
func (l *Loaders) AnnouncePhoneNumbers(ctx context.Context, ids []rest.PhoneNumberID) {
	keys := make([]rest.PhoneNumberID, len(ids))
	for i, id := range ids {
		keys[i] = l.phoneNumberID(id)
	}
	l.phoneNumber.announce(ctx, keys)
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
				one := []rest.PhoneNumber{*r.Value}
				r.Err = l.settle(ctx, account, one)
				r.Value = &one[0]
			}
			found[rest.PhoneNumberID{Key: rest.Key{Account: account, RCID: id}}] = r
		}
	}
	return found
}

// unknownTotal is what a list of unknown length is taken to hold: one page.
const unknownTotal = rest.MostPerPage

// AssignedKey asks for the phone numbers assigned to an extension; Features says
// that what only the extension's own list tells is wanted too.
type AssignedKey struct {
	Ext      rest.ExtensionID
	Features bool
}

// Assigned returns the phone numbers assigned to an extension, in the order of
// their ids.
func (l *Loaders) Assigned(ctx context.Context, k AssignedKey) ([]rest.PhoneNumber, error) {
	k.Ext = l.extensionID(k.Ext)
	return l.assigned.load(ctx, k)
}

// AnnounceAssigned says that ids will be asked of Assigned.
func (l *Loaders) AnnounceAssigned(ctx context.Context, ids []rest.ExtensionID, features bool) {
	keys := make([]AssignedKey, len(ids))
	for i, id := range ids {
		keys[i] = AssignedKey{l.extensionID(id), features}
	}
	l.assigned.announce(ctx, keys)
}

func (l *Loaders) listAssigned(ctx context.Context, keys []AssignedKey) map[AssignedKey]rest.Result[[]rest.PhoneNumber] {
	found := make(map[AssignedKey]rest.Result[[]rest.PhoneNumber], len(keys))
	type group struct {
		account  string
		features bool
	}
	groups := map[group][]string{}
	for _, k := range keys {
		g := group{k.Ext.Account, k.Features}
		groups[g] = append(groups[g], k.Ext.RCID)
	}
	for g, ids := range groups {
		need := &assignedNeed{l: l, account: g.account, ids: ids, features: g.features}
		for id, r := range need.read(ctx) {
			slices.SortFunc(r.Value, byID)
			found[AssignedKey{rest.ExtensionID{Key: rest.Key{Account: g.account, RCID: id}}, g.features}] = r
		}
	}
	return found
}

// byID orders numbers by their ids, so that a list is the same whichever way it
// was read.
func byID(a, b rest.PhoneNumber) int {
	return cmp.Or(cmp.Compare(len(a.ID.RCID), len(b.ID.RCID)), cmp.Compare(a.ID.RCID, b.ID.RCID))
}

// assignedNeed is the phone numbers of some extensions of one account.
type assignedNeed struct {
	l        *Loaders
	account  string
	ids      []string
	features bool
}

type assignedResults = map[string]rest.Result[[]rest.PhoneNumber]

// read takes the cheaper of the account's list and the extensions' own lists. When
// the first page shows the account's list to be longer than it was taken to be,
// the choice is made again with what is left to read.
func (n *assignedNeed) read(ctx context.Context) assignedResults {
	all, known := n.l.me.total(n.account, phoneNumberList)
	if !known {
		all = unknownTotal
		if extensions, ok := n.l.me.total(n.account, extensionList); ok {
			all = 2 * extensions // a company has about as many numbers to spare as users
		}
	}
	if own, err := n.choose(pages(all, rest.MostPerPage)); err != nil {
		return n.failed(err)
	} else if own {
		return n.fromOwnLists(ctx)
	}
	first, err := n.l.PhoneNumbers(ctx, n.account, rest.PhoneNumberFilter{}, 1, rest.MostPerPage)
	if err != nil {
		return n.failed(err)
	}
	more := n.pagesAfter(first)
	if own, err := n.choose(more); err != nil {
		return n.failed(err)
	} else if more > 0 && own {
		return n.fromOwnLists(ctx)
	}
	return n.fromAccountList(ctx, first, more)
}

// choose weighs both ways, given how many pages the account's list still has. An
// error says that neither can be paid; nothing is sent then.
func (n *assignedNeed) choose(pagesLeft int) (own bool, err error) {
	light := len(n.ids)
	list := Calls{budget.Heavy: pagesLeft}
	if n.features {
		list[budget.Light] = light // their own lists have to be read all the same
	}
	options := []Option{
		{"account list", list},
		{"own lists", Calls{budget.Light: light + pages(2*len(n.ids), n.l.c.ManyPhoneNumbers())}},
	}
	best, short := cheapest(options, n.l.left)
	if short != "" {
		return false, &budget.Error{Group: short, RetryAfter: n.l.gate.Wait(n.l.who, short)}
	}
	return best == 1, nil
}

func (n *assignedNeed) failed(err error) assignedResults {
	out := make(assignedResults, len(n.ids))
	for _, id := range n.ids {
		out[id] = rest.Result[[]rest.PhoneNumber]{Err: err}
	}
	return out
}

func (n *assignedNeed) pagesAfter(first *rest.Page[rest.PhoneNumber]) int {
	if t := first.Paging.TotalElements; t != nil {
		return pages(*t, rest.MostPerPage) - 1
	}
	if first.Paging.TotalPages != nil {
		return *first.Paging.TotalPages - 1
	}
	return 0
}

// fromAccountList reads the rest of the account's list and deals its numbers out.
// Only the numbers that were asked for are kept.
func (n *assignedNeed) fromAccountList(ctx context.Context, first *rest.Page[rest.PhoneNumber], more int) assignedResults {
	out := make(assignedResults, len(n.ids))
	for _, id := range n.ids {
		out[id] = rest.Result[[]rest.PhoneNumber]{Value: []rest.PhoneNumber{}}
	}
	lists := make([]*rest.Page[rest.PhoneNumber], max(0, more)+1)
	lists[0] = first
	errs := make([]error, len(lists))
	rest.InParallel(len(lists)-1, func(i int) {
		lists[i+1], errs[i+1] = n.l.PhoneNumbers(ctx, n.account, rest.PhoneNumberFilter{}, i+2, rest.MostPerPage)
	})
	if err := cmp.Or(errs...); err != nil {
		return n.failed(err)
	}
	seen := map[string]bool{}
	for _, p := range lists {
		for i := range p.Records {
			number := &p.Records[i]
			if number.Owner == nil || seen[number.ID.RCID] {
				continue // a row that moved between two pages is shown by both
			}
			if r, wanted := out[number.Owner.ID.RCID]; wanted {
				seen[number.ID.RCID] = true
				r.Value = append(r.Value, *number)
				out[number.Owner.ID.RCID] = r
			}
		}
	}
	return out
}

// fromOwnLists reads the extensions' own lists, which hold what they may use, and
// asks by ids whose each is.
func (n *assignedNeed) fromOwnLists(ctx context.Context) assignedResults {
	out := make(assignedResults, len(n.ids))
	listed := make([]rest.Result[map[string]*rest.PhoneNumber], len(n.ids))
	rest.InParallel(len(n.ids), func(i int) {
		v, err := n.l.Listed(ctx, rest.ExtensionID{Key: rest.Key{Account: n.account, RCID: n.ids[i]}})
		listed[i] = rest.Result[map[string]*rest.PhoneNumber]{Value: v, Err: err}
	})
	var ask []string
	for _, r := range listed {
		for id, number := range r.Value {
			if canBeAssigned(number.UsageType) {
				ask = append(ask, id)
			}
		}
	}
	whose := n.l.c.ReadAccountPhoneNumbers(ctx, n.account, ask)
	for i, id := range n.ids {
		out[id] = n.own(ctx, id, listed[i], whose)
	}
	return out
}

// own picks the numbers that belong to extension id out of its list.
func (n *assignedNeed) own(ctx context.Context, id string, listed rest.Result[map[string]*rest.PhoneNumber], whose map[string]rest.Result[*rest.PhoneNumber]) rest.Result[[]rest.PhoneNumber] {
	if listed.Err != nil {
		return rest.Result[[]rest.PhoneNumber]{Err: listed.Err}
	}
	mine := []rest.PhoneNumber{}
	for number, inList := range listed.Value {
		r, asked := whose[number]
		switch {
		case !asked:
			continue
		case r.Err != nil:
			return rest.Result[[]rest.PhoneNumber]{Err: r.Err}
		case r.Value.Owner == nil || r.Value.Owner.ID.RCID != id:
			continue
		}
		own := *r.Value
		own.ListedFeatures, own.ListedCountry = inList.ListedFeatures, inList.ListedCountry
		mine = append(mine, own)
	}
	return rest.Result[[]rest.PhoneNumber]{Value: mine, Err: n.l.settle(ctx, n.account, mine)}
}

// canBeAssigned says whether numbers of a usage type can belong to an extension:
// those of the company never do.
func canBeAssigned(u rest.PhoneNumberUsageType) bool {
	switch u {
	case rest.MainCompanyNumber, rest.AdditionalCompanyNumber, rest.CompanyNumber, rest.CompanyFaxNumber, rest.ForwardedCompanyNumber:
		return false
	}
	return true
}

// Usable returns one page of the numbers that an extension may use.
func (l *Loaders) Usable(ctx context.Context, ext rest.ExtensionID, f rest.UsablePhoneNumberFilter, page, perPage int) (*rest.Page[rest.PhoneNumber], error) {
	return l.usable.load(ctx, pageKey{l.extensionID(ext), l.keep(f.Key(), f), page, perPage})
}

// AnnounceUsable says that these pages will be asked of Usable.
func (l *Loaders) AnnounceUsable(ctx context.Context, ids []rest.ExtensionID, f rest.UsablePhoneNumberFilter, page, perPage int) {
	l.usable.announce(ctx, l.pageKeys(ids, l.keep(f.Key(), f), page, perPage))
}

func (l *Loaders) pageKeys(ids []rest.ExtensionID, filter string, page, perPage int) []pageKey {
	keys := make([]pageKey, len(ids))
	for i, id := range ids {
		keys[i] = pageKey{l.extensionID(id), filter, page, perPage}
	}
	return keys
}

func (l *Loaders) listUsable(ctx context.Context, k pageKey) (*rest.Page[rest.PhoneNumber], error) {
	p, err := l.c.ListExtensionPhoneNumbers(ctx, k.ext, filterOf[rest.UsablePhoneNumberFilter](l, k.filter), k.page, k.perPage)
	if err != nil {
		return nil, err
	}
	return p, l.settle(ctx, k.ext.Account, p.Records)
}

// assignable are the usage types of numbers that can belong to an extension.
var assignable = rest.UsablePhoneNumberFilter{UsageType: []rest.PhoneNumberUsageType{
	rest.DirectNumber, rest.ForwardedNumber, "ContactCenterNumber", "ConferencingNumber", "MeetingsNumber", "BusinessMobileNumber",
	"PartnerBusinessMobileNumber", "FmcBusinessMobileNumber", "ELIN", "IntegrationNumber",
}}

// usableList stands for the lists of what extensions may use: they are all about
// as long as the company has numbers of its own.
const usableList = "usable phone numbers"

// Listed returns, by id, the records of an extension's own list, which alone tell
// features and country. Where a company has so many numbers of its own that they
// fill a page, they are left out: no extension owns one.
func (l *Loaders) Listed(ctx context.Context, ext rest.ExtensionID) (map[string]*rest.PhoneNumber, error) {
	f := l.listedFilter(ext)
	all := map[string]*rest.PhoneNumber{}
	for page := 1; ; page++ {
		p, err := l.Usable(ctx, ext, f, page, rest.MostPerPage)
		if err != nil {
			return nil, err
		}
		if more := len(p.Records) == rest.MostPerPage; more && f.Key() == "" {
			l.me.learnTotal(l.path(ext.Account), usableList, p.Paging.TotalElements)
			f, page = assignable, 0
			continue
		}
		for i := range p.Records {
			all[p.Records[i].ID.RCID] = &p.Records[i]
		}
		if len(p.Records) < rest.MostPerPage {
			return all, nil
		}
	}
}

func (l *Loaders) listedFilter(ext rest.ExtensionID) rest.UsablePhoneNumberFilter {
	if n, known := l.me.total(l.path(ext.Account), usableList); known && n > rest.MostPerPage {
		return assignable
	}
	return rest.UsablePhoneNumberFilter{}
}

// AnnounceListed says that ids will be asked of Listed.
func (l *Loaders) AnnounceListed(ctx context.Context, ids []rest.ExtensionID) {
	if len(ids) > 0 {
		l.AnnounceUsable(ctx, ids, l.listedFilter(ids[0]), 1, rest.MostPerPage)
	}
}
