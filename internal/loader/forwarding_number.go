package loader

import (
	"context"
	"fmt"

	"github.com/ringql/ringql/internal/rest"
)

// ForwardingNumbers returns one page of an extension's forwarding numbers.
func (l *Loaders) ForwardingNumbers(ctx context.Context, ext rest.ExtensionID, page, perPage int) (*rest.Page[rest.ForwardingNumber], error) {
	return l.forwarding.now(ctx, pageKey{ext: l.extensionID(ext), page: page, perPage: perPage})
}

// ForwardingNumber returns one forwarding number, out of its extension's list.
func (l *Loaders) ForwardingNumber(ctx context.Context, id rest.ForwardingNumberID) (*rest.ForwardingNumber, error) {
	list := func(ctx context.Context, page, perPage int) (*rest.Page[rest.ForwardingNumber], error) {
		return l.ForwardingNumbers(ctx, extensionID(id.Account, id.Extension), page, perPage)
	}
	for p, err := range rest.Pages(ctx, (*rest.ForwardingNumber).RcID, list) {
		if err != nil {
			return nil, err
		}
		for i := range p.Records {
			if p.Records[i].ID.RCID == id.RCID {
				return &p.Records[i], nil
			}
		}
	}
	return nil, fmt.Errorf("forwarding number %s: %w", id.RCID, rest.ErrNotFound)
}

func (l *Loaders) listForwarding(ctx context.Context, k pageKey) (*rest.Page[rest.ForwardingNumber], error) {
	p, err := l.c.ListForwardingNumbers(ctx, k.ext, k.page, k.perPage)
	if err != nil {
		return nil, err
	}
	l.learnOwn(k.ext.Account, p.URI)
	for i := range p.Records {
		if err := l.settle(ctx, k.ext.Account, p.Records[i].ID.Account, &p.Records[i]); err != nil {
			return nil, err
		}
	}
	return p, nil
}
