package loader

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"sync"

	"github.com/ringql/ringql/internal/rest"
)

// RealExtension returns the real ids of an extension and its account. It costs no more
// than a call for each, the first time that somebody names their own by "~".
func (l *Loaders) RealExtension(ctx context.Context, id rest.ExtensionID) (rest.ExtensionID, error) {
	if id = l.extensionID(id); id.RCID == rest.Own {
		if id.RCID = l.me.ownExtension(); id.RCID == "" {
			e, err := l.WholeExtension(ctx, extensionID(id.Account, rest.Own))
			if err != nil {
				return id, err
			}
			l.learnOwn(id.Account, e.URI)
			return e.ID, nil
		}
	}
	account, err := l.AccountID(ctx, id.Account)
	id.Account = account
	return id, err
}

// CallerBlocking returns which callers an extension does not let in.
func (l *Loaders) CallerBlocking(ctx context.Context, ext rest.ExtensionID) (*rest.CallerBlocking, error) {
	ext = l.extensionID(ext)
	return Remember(ctx, fmt.Sprintf("caller blocking of %v", ext), func(ctx context.Context) (*rest.CallerBlocking, error) {
		return l.c.ReadCallerBlockingSettings(ctx, ext)
	})
}

// CallerBlockingNumbers returns one page of an extension's numbers with a status.
func (l *Loaders) CallerBlockingNumbers(ctx context.Context, ext rest.ExtensionID, status rest.CallerBlockingNumberStatus, page, perPage int) (*rest.Page[rest.CallerBlockingNumber], error) {
	ext = l.extensionID(ext)
	name := fmt.Sprintf("caller-blocking numbers %s of %v", status, ext)
	return RememberPage(ctx, name, page, perPage, func(ctx context.Context, page, perPage int) (*rest.Page[rest.CallerBlockingNumber], error) {
		p, err := l.c.ListBlockedAllowedNumbers(ctx, ext, status, page, perPage)
		if err != nil {
			return nil, err
		}
		return settled(ctx, l, ext.Account, p, func(n *rest.CallerBlockingNumber) rest.Key { return n.ID.Key })
	})
}

// callerBlockingNumberID is id in the form in which it is a key.
func (l *Loaders) callerBlockingNumberID(id rest.CallerBlockingNumberID) rest.CallerBlockingNumberID {
	id.Account = l.path(id.Account)
	return id
}

// CallerBlockingNumber returns a number of one of the lists.
func (l *Loaders) CallerBlockingNumber(ctx context.Context, id rest.CallerBlockingNumberID) (*rest.CallerBlockingNumber, error) {
	return l.callerBlockingNumber.load(ctx, l.callerBlockingNumberID(id))
}

// CallerBlockingNumbers says that ids will be asked of CallerBlockingNumber.
func (a *Announcement) CallerBlockingNumbers(ids []rest.CallerBlockingNumberID) {
	for _, id := range ids {
		a.callerBlockingNumber = append(a.callerBlockingNumber, a.l.callerBlockingNumberID(id))
	}
}

// readCallerBlockingNumbers reads the numbers of each extension together.
func (l *Loaders) readCallerBlockingNumbers(ctx context.Context, ids []rest.CallerBlockingNumberID) map[rest.CallerBlockingNumberID]rest.Result[*rest.CallerBlockingNumber] {
	found := make(map[rest.CallerBlockingNumberID]rest.Result[*rest.CallerBlockingNumber], len(ids))
	groups := map[rest.ExtensionID][]string{}
	for _, id := range ids {
		groups[id.Owner()] = append(groups[id.Owner()], id.RCID)
	}
	owners := slices.Collect(maps.Keys(groups))
	var mu sync.Mutex
	rest.InParallel(len(owners), func(i int) {
		ext := owners[i]
		for id, r := range l.c.ReadBlockedAllowedNumbers(ctx, ext, groups[ext]) {
			if r.Err == nil {
				r.Value, r.Err = settle(ctx, l, ext.Account, r.Value.ID.Account, r.Value)
			}
			mu.Lock()
			found[rest.CallerBlockingNumberID{Below: rest.Below{Key: rest.Key{Account: ext.Account, RCID: id}, Extension: ext.RCID}}] = r
			mu.Unlock()
		}
	})
	return found
}
