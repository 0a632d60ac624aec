package loader

import (
	"context"
	"errors"
	"maps"
	"slices"

	"github.com/ringql/ringql/internal/plan"
	"github.com/ringql/ringql/internal/rest"
)

// Extensions returns one page of an account's extensions, and remembers its rows
// for whatever refers to them.
func (l *Loaders) Extensions(ctx context.Context, account string, f rest.ExtensionFilter, page, perPage int) (*rest.Page[rest.Extension], error) {
	return l.extensionList.now(ctx, listKey{l.path(account), keep(l, f.Key(), f), page, perPage})
}

func (l *Loaders) listExtensions(ctx context.Context, k listKey) (*rest.Page[rest.Extension], error) {
	p, err := l.c.ListExtensions(ctx, k.account, filterOf[rest.ExtensionFilter](l, k.filter), k.page, k.perPage)
	if err != nil {
		return nil, err
	}
	if k.filter == "" {
		l.me.learnTotal(k.account, plan.ExtensionTotal, p.Paging.TotalElements)
	}
	p, err = settled(ctx, l, k.account, p, func(e *rest.Extension) rest.Key { return e.ID.Key })
	if err != nil {
		return nil, err
	}
	for i := range p.Records {
		e := &p.Records[i]
		l.extension.prime(ctx, l.extensionID(e.ID), e)
	}
	keepWhole(ctx, l.extensionList, k, p)
	return p, nil
}

// extensionID is id in the form in which it is a key: one's own account is "~",
// one's own extension the real id if that was known from the start, since "~"
// cannot stand among many ids.
func (l *Loaders) extensionID(id rest.ExtensionID) rest.ExtensionID {
	id.Account = l.path(id.Account)
	if id.RCID == rest.Own && l.self != "" {
		id.RCID = l.self
	}
	return id
}

// Named says whether id names an extension by a real id, or can be made to.
func (l *Loaders) Named(id rest.ExtensionID) bool { return l.extensionID(id).RCID != rest.Own }

// Extension returns an extension with at least the fields that lists have.
func (l *Loaders) Extension(ctx context.Context, id rest.ExtensionID) (*rest.Extension, error) {
	id = l.extensionID(id)
	if l.readsWhole(id) {
		return l.WholeExtension(ctx, id)
	}
	return l.extension.load(ctx, id)
}

// ExtensionsOf is Extension for several: they go together, and with those that others
// ask for in the same moment.
func (l *Loaders) ExtensionsOf(ctx context.Context, ids []rest.ExtensionID) ([]*rest.Extension, error) {
	out := make([]*rest.Extension, len(ids))
	for i, r := range l.ExtensionsEach(ctx, ids) {
		if r.Err != nil {
			return nil, r.Err
		}
		out[i] = r.Value
	}
	return out, nil
}

// readsWhole says whether the whole record of id, which is a key, was asked for.
func (l *Loaders) readsWhole(id rest.ExtensionID) bool { return l.whole.has(id) || l.single.has(id) }

// WholeExtension returns an extension with all fields but the departments.
func (l *Loaders) WholeExtension(ctx context.Context, id rest.ExtensionID) (*rest.Extension, error) {
	id = l.extensionID(id)
	if l.single.has(id) {
		return l.single.now(ctx, id)
	}
	if !l.whole.has(id) && l.extension.has(id) {
		// It may be read by its id just now, and be whole.
		if e, err := l.extension.load(ctx, id); err == nil && e.Whole {
			return e, nil
		}
	}
	return l.whole.load(ctx, id)
}

// SingleExtension returns an extension with all fields: the departments are told
// only where one extension is asked for, so it costs a Light call each.
func (l *Loaders) SingleExtension(ctx context.Context, id rest.ExtensionID) (*rest.Extension, error) {
	id = l.extensionID(id)
	if !l.single.has(id) && l.whole.has(id) {
		if e, err := l.whole.load(ctx, id); err == nil && e.Single {
			return e, nil // it was read alone
		}
	}
	return l.single.now(ctx, id)
}

func splitExtensionID(id rest.ExtensionID) (account, rcID string) { return id.Account, id.RCID }

func extensionID(account, rcID string) rest.ExtensionID {
	return rest.ExtensionID{Key: rest.Key{Account: account, RCID: rcID}}
}

type extensionResults = map[rest.ExtensionID]rest.Result[*rest.Extension]

func (l *Loaders) readSingle(ctx context.Context, id rest.ExtensionID) (*rest.Extension, error) {
	r := l.readTogether(ctx, id.Account, []string{id.RCID})[id]
	return r.Value, r.Err
}

// readWhole reads extensions by their ids; those that are read one by one all the
// same are waited for.
func (l *Loaders) readWhole(ctx context.Context, ids []rest.ExtensionID) extensionResults {
	found := make(extensionResults, len(ids))
	var together, alone []rest.ExtensionID
	for _, id := range ids {
		if l.single.has(id) {
			alone = append(alone, id)
		} else {
			together = append(together, id)
		}
	}
	// One's own "~" cannot stand among many.
	own := slices.IndexFunc(together, func(id rest.ExtensionID) bool { return id.RCID == rest.Own })
	if own >= 0 && len(together) > 1 {
		alone = append(alone, together[own])
		together = slices.Delete(together, own, own+1)
	}
	for account, group := range byAccount(together, splitExtensionID) {
		maps.Copy(found, l.readTogether(ctx, account, group))
	}
	for _, id := range alone {
		e, err := l.single.now(ctx, id)
		found[id] = rest.Result[*rest.Extension]{Value: e, Err: err}
	}
	return found
}

func (l *Loaders) readTogether(ctx context.Context, account string, ids []string) extensionResults {
	found := make(extensionResults, len(ids))
	for id, r := range l.c.ReadExtensions(ctx, account, ids) {
		if r.Err == nil {
			if id == rest.Own {
				l.me.learnExtension(r.Value.ID.RCID)
			}
			r.Value, r.Err = settle(ctx, l, account, r.Value.ID.Account, r.Value)
		}
		if r.Err == nil {
			l.extension.prime(ctx, l.extensionID(r.Value.ID), r.Value)
		}
		found[extensionID(account, id)] = r
	}
	return found
}

// readRecords reads extensions that other records refer to: by their ids, or, when
// there are many, from the account's list.
func (l *Loaders) readRecords(ctx context.Context, ids []rest.ExtensionID) extensionResults {
	found := make(extensionResults, len(ids))
	var byID []rest.ExtensionID
	for account, group := range byAccount(ids, splitExtensionID) {
		if !rest.WantsFresh(ctx) {
			group = l.fromListsUnderWay(account, group, found)
		}
		if len(group) == 0 {
			continue
		}
		for _, id := range l.fromExtensionList(ctx, account, group, found) {
			byID = append(byID, extensionID(account, id))
		}
	}
	maps.Copy(found, l.readWhole(ctx, byID))
	return found
}

// listsExtensions says whether reading so many pages of the account's list is the
// cheaper way to n of its extensions.
func (l *Loaders) listsExtensions(ctx context.Context, account string, n, listPages int) bool {
	if way, chosen := l.choices[plan.ExtensionsNeed(account)]; chosen {
		return way == plan.ByList && listPages > 0
	}
	facts := plan.Extensions{Wanted: n, Unread: listPages, InOneCall: l.c.ManyExtensions()}
	way, err := l.funds(ctx).Choose(facts.Options())
	return err == nil && way == plan.ByList && listPages > 0
}

// fromExtensionList reads the account's list as long as that is the cheaper way,
// and returns the ids it has not come across: the list may move while it is read,
// and may be longer than it was taken to be.
func (l *Loaders) fromExtensionList(ctx context.Context, account string, ids []string, found extensionResults) (missing []string) {
	wanted := make(map[string]bool, len(ids))
	for _, id := range ids {
		wanted[id] = true
	}
	if l.listsExtensions(ctx, account, len(wanted), l.extensionPages(account)) {
		read := 0
		for p, err := range rest.Pages(ctx, (*rest.Extension).RcID, l.extensionPage(account)) {
			if err != nil {
				break // reading by ids says what is wrong, for each
			}
			read++
			for i := range p.Records {
				if id := p.Records[i].ID.RCID; wanted[id] {
					delete(wanted, id)
					found[extensionID(account, id)] = rest.Result[*rest.Extension]{Value: &p.Records[i]}
				}
			}
			if len(wanted) == 0 || !l.listsExtensions(ctx, account, len(wanted), l.extensionPages(account)-read) {
				break
			}
		}
	}
	return slices.Sorted(maps.Keys(wanted))
}

func (l *Loaders) extensionPage(account string) func(context.Context, int, int) (*rest.Page[rest.Extension], error) {
	return func(ctx context.Context, page, perPage int) (*rest.Page[rest.Extension], error) {
		return l.Extensions(ctx, account, rest.ExtensionFilter{}, page, perPage)
	}
}

// fromListsUnderWay finds extensions in the lists of the account that this response reads
// anyway, and returns the ids that are not there. To wait for such a list costs no call.
func (l *Loaders) fromListsUnderWay(account string, ids []string, found extensionResults) (missing []string) {
	wanted := make(map[string]bool, len(ids))
	for _, id := range ids {
		wanted[id] = true
	}
	for _, page := range l.extensionList.under(func(k listKey) bool { return k.account == account }) {
		p, err := page()
		if err != nil {
			continue // whoever shows it says so
		}
		for i := range p.Records {
			if id := p.Records[i].ID.RCID; wanted[id] {
				delete(wanted, id)
				found[extensionID(account, id)] = rest.Result[*rest.Extension]{Value: &p.Records[i]}
			}
		}
	}
	return slices.Sorted(maps.Keys(wanted))
}

// extensionPages is how many pages the account's list has, as far as is known.
func (l *Loaders) extensionPages(account string) int {
	if all, known := l.me.total(account, plan.ExtensionTotal); known {
		return plan.Pages(all, rest.MostPerPage)
	}
	return 1
}

// AllExtensions returns the ids of all extensions of an account, if they are no
// more than most; else ErrTooMany.
func (l *Loaders) AllExtensions(ctx context.Context, account string, most int) ([]rest.ExtensionID, error) {
	var ids []rest.ExtensionID
	seen := map[string]bool{}
	for p, err := range rest.Pages(ctx, (*rest.Extension).RcID, l.extensionPage(account)) {
		if err != nil {
			return nil, err
		}
		if t := p.Paging.TotalElements; t != nil && *t > most || len(ids)+len(p.Records) > most {
			return nil, ErrTooMany
		}
		for i := range p.Records {
			if id := p.Records[i].ID; !seen[id.RCID] {
				seen[id.RCID] = true
				ids = append(ids, id)
			}
		}
	}
	return ids, nil
}

// ErrTooMany means that a need would take more calls than is reasonable.
var ErrTooMany = errors.New("too many objects for one request")
