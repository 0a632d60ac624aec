package loader

import (
	"context"
	"fmt"

	"github.com/ringql/ringql/internal/rest"
)

// BlockedNumbers returns one page of an extension's blocked numbers, as the older
// operations tell them.
func (l *Loaders) BlockedNumbers(ctx context.Context, ext rest.ExtensionID, page, perPage int) (*rest.Page[rest.BlockedNumber], error) {
	ext = l.extensionID(ext)
	return RememberPage(ctx, fmt.Sprintf("blocked numbers of %v", ext), page, perPage, func(ctx context.Context, page, perPage int) (*rest.Page[rest.BlockedNumber], error) {
		p, err := l.c.ListBlockedNumbers(ctx, ext, page, perPage)
		if err != nil {
			return nil, err
		}
		return settled(ctx, l, ext.Account, p, func(n *rest.BlockedNumber) rest.Key { return n.ID.Key })
	})
}

// BlockedNumber returns one blocked number.
func (l *Loaders) BlockedNumber(ctx context.Context, id rest.BlockedNumberID) (*rest.BlockedNumber, error) {
	id.Account = l.path(id.Account)
	return Remember(ctx, fmt.Sprintf("blocked number %v", id), func(ctx context.Context) (*rest.BlockedNumber, error) {
		n, err := l.c.LoadBlockedNumber(ctx, id)
		if err != nil {
			return nil, err
		}
		return settle(ctx, l, id.Account, n.ID.Account, n)
	})
}
