package loader

import (
	"cmp"
	"context"
	"errors"
	"slices"

	"github.com/ringql/ringql/internal/plan"
	"github.com/ringql/ringql/internal/rest"
)

// unknownTotal is what a list of unknown length is taken to hold: one page.
const unknownTotal = rest.MostPerPage

// AssignedKey asks for the phone numbers assigned to an extension.
type AssignedKey struct {
	Ext  rest.ExtensionID
	Need plan.NumberNeed
}

// Assigned returns the phone numbers assigned to an extension, in the order of
// their ids.
func (l *Loaders) Assigned(ctx context.Context, k AssignedKey) ([]rest.PhoneNumber, error) {
	k.Ext = l.extensionID(k.Ext)
	return l.assigned.load(ctx, k)
}

func (l *Loaders) listAssigned(ctx context.Context, keys []AssignedKey) map[AssignedKey]rest.Result[[]rest.PhoneNumber] {
	found := make(map[AssignedKey]rest.Result[[]rest.PhoneNumber], len(keys))
	type group struct {
		account string
		need    plan.NumberNeed
	}
	groups := map[group][]string{}
	for _, k := range keys {
		g := group{k.Ext.Account, k.Need}
		groups[g] = append(groups[g], k.Ext.RCID)
	}
	for g, ids := range groups {
		need := &assignedNeed{l: l, account: g.account, ids: ids, NumberNeed: g.need}
		for id, r := range need.read(ctx) {
			slices.SortFunc(r.Value, byID)
			found[AssignedKey{extensionID(g.account, id), g.need}] = r
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
	plan.NumberNeed
	l       *Loaders
	account string
	ids     []string
	last    bool // no other way is tried after this
}

type assignedResults = map[string]rest.Result[[]rest.PhoneNumber]

// read takes the cheaper of the account's list and the extensions' own lists. When
// the first page shows the account's list to be longer than it was taken to be, or
// that it leaves something out, the choice is made again with what is left to read.
func (n *assignedNeed) read(ctx context.Context) assignedResults {
	all, known := n.l.me.total(n.account, plan.PhoneNumberTotal)
	if !known {
		all = unknownTotal
		if extensions, ok := n.l.me.total(n.account, plan.ExtensionTotal); ok {
			all = 2 * extensions // a company has about as many numbers to spare as users
		}
	}
	own, err := n.choose(ctx, all, n.l.c.Preference() == rest.OnlyV2)
	if err != nil {
		return n.failed(err)
	}
	if own {
		return n.fromOwnLists(ctx)
	}
	first, err := n.page(ctx, 1, rest.MostPerPage)
	if err != nil {
		if errors.Is(err, rest.ErrRateLimited) && n.facts(all, false).Options()[plan.ByOwnLists].Fits(n.l.left) {
			return n.fromOwnLists(ctx) // Heavy is closed now, Light may not be
		}
		return n.failed(err)
	}
	all = length(first)
	partly := len(first.Records) > 0 && first.Records[0].Source == rest.FromV2
	if own, err := n.choose(ctx, all, partly); err != nil {
		return n.failed(err)
	} else if own {
		return n.fromOwnLists(ctx)
	}
	return n.fromAccountList(ctx, plan.Pages(all, rest.MostPerPage))
}

// choose weighs both ways, given how many numbers the account's list has, and whether
// it comes from v2 and leaves something out. An error says that neither can be paid;
// nothing is sent then.
func (n *assignedNeed) choose(ctx context.Context, all int, fromV2 bool) (own bool, err error) {
	if total, known := n.l.me.total(n.account, plan.PhoneNumberTotal); known && total == all {
		if way, chosen := n.l.choices[plan.NumbersNeed(n.account, len(n.ids), n.NumberNeed)]; chosen {
			return way == plan.ByOwnLists, nil // with what the rest of the query costs in mind
		}
	}
	way, err := n.l.funds(ctx).Choose(n.facts(all, fromV2).Options())
	return way == plan.ByOwnLists, err
}

func (n *assignedNeed) facts(all int, fromV2 bool) plan.Numbers {
	return plan.Numbers{
		Need: n.NumberNeed, Extensions: len(n.ids), All: all, Unread: n.unread(plan.Pages(all, rest.MostPerPage)),
		FromV2: fromV2, InOneCall: n.l.c.ManyPhoneNumbers(),
	}
}

// unread is how many of the first pages of the account's list are not remembered.
func (n *assignedNeed) unread(count int) int {
	left := 0
	for page := 1; page <= count; page++ {
		if !n.l.phoneNumberList.has(listKey{account: n.account, page: page, perPage: rest.MostPerPage}) {
			left++
		}
	}
	return left
}

func (n *assignedNeed) failed(err error) assignedResults {
	out := make(assignedResults, len(n.ids))
	for _, id := range n.ids {
		out[id] = rest.Result[[]rest.PhoneNumber]{Err: err}
	}
	return out
}

// page returns a page of the account's list.
func (n *assignedNeed) page(ctx context.Context, page, perPage int) (*rest.Page[rest.PhoneNumber], error) {
	return n.l.PhoneNumbers(ctx, n.account, rest.PhoneNumberFilter{}, page, perPage)
}

// length says how long a list is, as far as its first page tells.
func length(first *rest.Page[rest.PhoneNumber]) int {
	n := len(first.Records)
	switch p := first.Paging; {
	case p.TotalElements != nil:
		n = *p.TotalElements
	case p.TotalPages != nil:
		n = *p.TotalPages * rest.MostPerPage
	}
	return min(max(n, 0), rest.MostPages*rest.MostPerPage)
}

// fromAccountList reads the account's list, whose first page is at hand and which
// has so many pages, and deals its numbers out.
func (n *assignedNeed) fromAccountList(ctx context.Context, pages int) assignedResults {
	rest.InParallel(pages-1, func(i int) {
		_, _ = n.page(ctx, i+2, rest.MostPerPage) // remembered, with its error, for the loop below
	})
	lists := make(map[string][]rest.PhoneNumber, len(n.ids))
	for _, id := range n.ids {
		lists[id] = []rest.PhoneNumber{}
	}
	seen, main := map[string]bool{}, false
	for p, err := range rest.Pages(ctx, (*rest.PhoneNumber).RcID, n.page) {
		if err != nil {
			return n.failed(err)
		}
		for i := range p.Records {
			number := &p.Records[i]
			main = main || number.UsageType == rest.MainCompanyNumber
			if number.Owner == nil || seen[number.ID.RCID] {
				continue // a row that moved between two pages is shown by both
			}
			if list, wanted := lists[number.Owner.ID.RCID]; wanted {
				seen[number.ID.RCID] = true
				lists[number.Owner.ID.RCID] = append(list, *number)
			}
		}
	}
	n.l.Count(n.account, plan.LabelOf("with numbers of", len(n.ids)), withRows(lists))
	out := n.completed(ctx, lists)
	if !main && !n.last {
		n.ownsMore(ctx, out)
	}
	return out
}

// withRows is how many of lists are not empty.
func withRows[T any](lists map[string][]T) int {
	n := 0
	for _, l := range lists {
		if len(l) > 0 {
			n++
		}
	}
	return n
}

// ownsMore replaces the numbers of one's own extension, if they are wanted, by those
// of its own list. The account's list has shown no main number, and so is that of a
// person who is no administrator: to those it shows direct numbers alone.
func (n *assignedNeed) ownsMore(ctx context.Context, out assignedResults) {
	self := n.l.me.ownExtension()
	if self == "" {
		e, err := n.l.WholeExtension(ctx, extensionID(rest.Own, rest.Own))
		if err != nil {
			return // what the account's list has shown is what there is
		}
		self = e.ID.RCID
	}
	if _, wanted := out[self]; !wanted || n.account != rest.Own {
		return
	}
	own := &assignedNeed{NumberNeed: n.NumberNeed, l: n.l, account: n.account, ids: []string{self}, last: true}
	if r := own.fromOwnLists(ctx)[self]; r.Err == nil {
		out[self] = r
	}
}

// completed gives the numbers dealt out what their source lacks. Where that cannot be
// read, whoever asks for it is told why.
func (n *assignedNeed) completed(ctx context.Context, lists map[string][]rest.PhoneNumber) assignedResults {
	var all []rest.PhoneNumber
	for _, id := range n.ids {
		all = append(all, lists[id]...)
	}
	n.l.Count(n.account, plan.LabelOf("assigned to", len(n.ids)), len(all))
	all, _ = n.l.Complete(ctx, all, n.Lacking)
	out := make(assignedResults, len(n.ids))
	for _, id := range n.ids {
		k := len(lists[id])
		out[id] = rest.Result[[]rest.PhoneNumber]{Value: all[:k:k]}
		all = all[k:]
	}
	return out
}

// fromOwnLists reads the extensions' own lists, which hold what they may use, and
// asks by ids whose each is. Whoever may not see such a list may yet see the account's.
func (n *assignedNeed) fromOwnLists(ctx context.Context) assignedResults {
	out := make(assignedResults, len(n.ids))
	listed := make([]rest.Result[map[string]*rest.PhoneNumber], len(n.ids))
	rest.InParallel(len(n.ids), func(i int) {
		v, err := n.l.Listed(ctx, extensionID(n.account, n.ids[i]))
		listed[i] = rest.Result[map[string]*rest.PhoneNumber]{Value: v, Err: err}
	})
	var ask []rest.PhoneNumberID
	var closed []string
	for i, r := range listed {
		if errors.Is(r.Err, rest.ErrForbidden) {
			closed = append(closed, n.ids[i])
		}
		for _, number := range r.Value {
			if canBeAssigned(number.UsageType) {
				ask = append(ask, number.ID)
			}
		}
	}
	slices.SortFunc(ask, func(a, b rest.PhoneNumberID) int { return cmp.Compare(a.RCID, b.RCID) })
	ask = slices.Compact(ask)
	n.l.Count(n.account, plan.LabelOf("asked of", len(n.ids)), len(ask))
	a := n.l.Announce()
	a.PhoneNumbers(ask)
	a.Go(ctx)
	for i, id := range n.ids {
		mine, err := n.own(ctx, id, listed[i])
		out[id] = rest.Result[[]rest.PhoneNumber]{Value: mine, Err: err}
	}
	if len(closed) > 0 {
		n.open(ctx, closed, out)
	}
	return out
}

// open reads the numbers of extensions whose own lists are closed to the person from
// the account's list. If that is closed as well, the first refusal stands.
func (n *assignedNeed) open(ctx context.Context, closed []string, out assignedResults) {
	other := &assignedNeed{NumberNeed: n.NumberNeed, l: n.l, account: n.account, ids: closed, last: n.last}
	first, err := other.page(ctx, 1, rest.MostPerPage)
	if err != nil {
		return
	}
	for id, r := range other.fromAccountList(ctx, plan.Pages(length(first), rest.MostPerPage)) {
		if r.Err == nil {
			out[id] = r
		}
	}
}

// own picks the numbers that belong to extension id out of its list.
func (n *assignedNeed) own(ctx context.Context, id string, listed rest.Result[map[string]*rest.PhoneNumber]) ([]rest.PhoneNumber, error) {
	if listed.Err != nil {
		return nil, listed.Err
	}
	mine := []rest.PhoneNumber{}
	for _, inList := range listed.Value {
		if !canBeAssigned(inList.UsageType) {
			continue
		}
		whole, err := n.l.PhoneNumber(ctx, inList.ID)
		switch {
		case rest.Missing(err, "phoneNumberId"):
			continue // it went meanwhile
		case err != nil:
			return nil, err
		case whole.Owner == nil || whole.Owner.ID.RCID != id:
			continue
		}
		number := *whole
		number.Listed = inList.Listed
		mine = append(mine, number)
	}
	return mine, nil
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
