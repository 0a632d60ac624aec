package loader

import (
	"context"
	"errors"
	"maps"
	"slices"

	"github.com/ringql/ringql/internal/budget"
	"github.com/ringql/ringql/internal/rest"
)

// Extensions returns one page of an account's extensions, and remembers its rows
// for whatever refers to them.
func (l *Loaders) Extensions(ctx context.Context, account string, f rest.ExtensionFilter, page, perPage int) (*rest.Page[rest.Extension], error) {
	account = l.path(account)
	p, err := l.c.ListExtensions(ctx, account, f, page, perPage)
	if err != nil {
		return nil, err
	}
	if f.Key() == "" {
		l.me.learnTotal(account, extensionList, p.Paging.TotalElements)
	}
	for i := range p.Records {
		e := &p.Records[i]
		l.learnOwn(account, e.ID.Account)
		l.extension.dl.Prime(ctx, l.extensionID(e.ID), e)
	}
	return p, nil
}

// extensionID is id in the form in which it is a key: one's own account is "~",
// one's own extension the real id once that is known, since "~" cannot stand
// among many ids.
func (l *Loaders) extensionID(id rest.ExtensionID) rest.ExtensionID {
	id.Account = l.path(id.Account)
	if id.RCID == rest.Own {
		if own := l.me.ownExtension(); own != "" {
			id.RCID = own
		}
	}
	return id
}

// Named says whether id names an extension by a real id, or can be made to.
func (l *Loaders) Named(id rest.ExtensionID) bool { return l.extensionID(id).RCID != rest.Own }

func (l *Loaders) extensionIDs(ids []rest.ExtensionID) []rest.ExtensionID {
	keys := make([]rest.ExtensionID, len(ids))
	for i, id := range ids {
		keys[i] = l.extensionID(id)
	}
	return keys
}

// Extension returns an extension with at least the fields that lists have.
func (l *Loaders) Extension(ctx context.Context, id rest.ExtensionID) (*rest.Extension, error) {
	return l.extension.load(ctx, l.extensionID(id))
}

// AnnounceExtensions says that ids will be asked of Extension.
func (l *Loaders) AnnounceExtensions(ctx context.Context, ids []rest.ExtensionID) {
	l.extension.announce(ctx, l.extensionIDs(ids))
}

// WholeExtension returns an extension with all fields.
func (l *Loaders) WholeExtension(ctx context.Context, id rest.ExtensionID) (*rest.Extension, error) {
	return l.whole.load(ctx, l.extensionID(id))
}

// AnnounceWholeExtensions says that ids will be asked of WholeExtension.
func (l *Loaders) AnnounceWholeExtensions(ctx context.Context, ids []rest.ExtensionID) {
	l.whole.announce(ctx, l.extensionIDs(ids))
}

func splitExtensionID(id rest.ExtensionID) (account, rcID string) { return id.Account, id.RCID }

func (l *Loaders) readWhole(ctx context.Context, ids []rest.ExtensionID) map[rest.ExtensionID]rest.Result[*rest.Extension] {
	found := make(map[rest.ExtensionID]rest.Result[*rest.Extension], len(ids))
	for account, group := range byAccount(ids, splitExtensionID) {
		named := slices.DeleteFunc(slices.Clone(group), func(id string) bool { return id == rest.Own })
		l.readWholeOf(ctx, account, named, found)
		if len(named) < len(group) {
			l.readWholeOf(ctx, account, []string{rest.Own}, found)
		}
	}
	return found
}

func (l *Loaders) readWholeOf(ctx context.Context, account string, ids []string, found map[rest.ExtensionID]rest.Result[*rest.Extension]) {
	for id, r := range l.c.ReadExtensions(ctx, account, ids) {
		if r.Err == nil {
			l.learnOwn(account, r.Value.ID.Account)
			if id == rest.Own {
				l.me.learnExtension(r.Value.ID.RCID)
			}
			l.extension.dl.Prime(ctx, l.extensionID(r.Value.ID), r.Value)
		}
		found[rest.ExtensionID{Key: rest.Key{Account: account, RCID: id}}] = r
	}
}

// readRecords reads extensions that other records refer to: by their ids, or, when
// there are many, from the account's list.
func (l *Loaders) readRecords(ctx context.Context, ids []rest.ExtensionID) map[rest.ExtensionID]rest.Result[*rest.Extension] {
	found := make(map[rest.ExtensionID]rest.Result[*rest.Extension], len(ids))
	var byID []rest.ExtensionID
	for account, group := range byAccount(ids, splitExtensionID) {
		for _, id := range l.fromExtensionList(ctx, account, group, found) {
			byID = append(byID, rest.ExtensionID{Key: rest.Key{Account: account, RCID: id}})
		}
	}
	maps.Copy(found, l.readWhole(ctx, byID))
	return found
}

// listsExtensions says whether reading so many pages of the account's list is the
// cheaper way to n of its extensions.
func (l *Loaders) listsExtensions(n, listPages int) bool {
	best, _ := cheapest([]Option{
		{"by ids", Calls{budget.Light: pages(n, l.c.ManyExtensions())}},
		{"account list", Calls{budget.Medium: listPages}},
	}, l.left)
	return best == 1 && listPages > 0
}

// fromExtensionList reads the account's list as long as that is the cheaper way,
// and returns the ids it has not come across: the list may move while it is read,
// and may be longer than it was taken to be.
func (l *Loaders) fromExtensionList(ctx context.Context, account string, ids []string, found map[rest.ExtensionID]rest.Result[*rest.Extension]) (missing []string) {
	wanted := make(map[string]bool, len(ids))
	for _, id := range ids {
		wanted[id] = true
	}
	for page := 1; l.listsExtensions(len(wanted), l.extensionPages(account)-page+1); page++ {
		p, err := l.Extensions(ctx, account, rest.ExtensionFilter{}, page, rest.MostPerPage)
		if err != nil {
			break // reading by ids says what is wrong, for each
		}
		for i := range p.Records {
			if id := p.Records[i].ID.RCID; wanted[id] {
				delete(wanted, id)
				found[rest.ExtensionID{Key: rest.Key{Account: account, RCID: id}}] = rest.Result[*rest.Extension]{Value: &p.Records[i]}
			}
		}
		if len(p.Records) < rest.MostPerPage || len(wanted) == 0 {
			break
		}
	}
	return slices.Collect(maps.Keys(wanted))
}

// extensionPages is how many pages the account's list has, as far as is known.
func (l *Loaders) extensionPages(account string) int {
	if all, known := l.me.total(account, extensionList); known {
		return pages(all, rest.MostPerPage)
	}
	return 1
}

// AllExtensions returns the ids of all extensions of an account, if they are no
// more than most; else ErrTooMany.
func (l *Loaders) AllExtensions(ctx context.Context, account string, most int) ([]rest.ExtensionID, error) {
	var ids []rest.ExtensionID
	for page := 1; ; page++ {
		p, err := l.Extensions(ctx, account, rest.ExtensionFilter{}, page, rest.MostPerPage)
		if err != nil {
			return nil, err
		}
		if t := p.Paging.TotalElements; t != nil && *t > most || len(ids)+len(p.Records) > most {
			return nil, ErrTooMany
		}
		for i := range p.Records {
			ids = append(ids, p.Records[i].ID)
		}
		if len(p.Records) < rest.MostPerPage {
			return ids, nil
		}
	}
}

// ErrTooMany means that a need would take more calls than is reasonable.
var ErrTooMany = errors.New("too many objects for one request")
