package loader

import (
	"context"

	"github.com/ringql/ringql/internal/rest"
)

// ForwardingNumbers returns one page of an extension's forwarding numbers.
func (l *Loaders) ForwardingNumbers(ctx context.Context, ext rest.ExtensionID, page, perPage int) (*rest.Page[rest.ForwardingNumber], error) {
	return l.forwarding.now(ctx, pageKey{ext: l.extensionID(ext), page: page, perPage: perPage})
}

// FirstForwarding is how many numbers are read first of a whole list: as many as a list
// shows by itself, so that both are one call. An extension has 10 and its devices'.
const FirstForwarding = 100

// AllForwardingNumbers returns the whole list of an extension's forwarding numbers.
func (l *Loaders) AllForwardingNumbers(ctx context.Context, ext rest.ExtensionID) ([]rest.ForwardingNumber, error) {
	p, err := l.ForwardingNumbers(ctx, ext, 1, FirstForwarding)
	if err != nil {
		return nil, err
	}
	if end, err := p.End(1, FirstForwarding); end || err != nil {
		return p.Records, err
	}
	var all []rest.ForwardingNumber
	seen := map[string]bool{}
	list := func(ctx context.Context, page, perPage int) (*rest.Page[rest.ForwardingNumber], error) {
		return l.ForwardingNumbers(ctx, ext, page, perPage)
	}
	for p, err := range rest.Pages(ctx, (*rest.ForwardingNumber).RcID, list) {
		if err != nil {
			return nil, err
		}
		for _, n := range p.Records {
			if !seen[n.ID.RCID] {
				seen[n.ID.RCID] = true
				all = append(all, n)
			}
		}
	}
	return all, nil
}

// ForwardingNumber returns one forwarding number.
func (l *Loaders) ForwardingNumber(ctx context.Context, id rest.ForwardingNumberID) (*rest.ForwardingNumber, error) {
	return l.forwardingNumber.now(ctx, l.forwardingNumberID(id))
}

// forwardingNumberID is id in the form in which it is a key.
func (l *Loaders) forwardingNumberID(id rest.ForwardingNumberID) rest.ForwardingNumberID {
	ext := l.extensionID(extensionID(id.Account, id.Extension))
	id.Account, id.Extension = ext.Account, ext.RCID
	return id
}

func (l *Loaders) readForwardingNumber(ctx context.Context, id rest.ForwardingNumberID) (*rest.ForwardingNumber, error) {
	n, err := l.c.ReadForwardingNumber(ctx, id)
	if err != nil {
		return nil, err
	}
	l.learnOwn(id.Account, n.URI)
	if n, err = settle(ctx, l, id.Account, n.ID.Account, n); err != nil || id.Extension != rest.Own {
		return n, err
	}
	// Its global id names a real one.
	ext, err := l.RealExtension(ctx, extensionID(id.Account, id.Extension))
	if err != nil {
		return nil, err
	}
	return n.Of(extensionID(n.ID.Account, ext.RCID)), nil
}

func (l *Loaders) listForwarding(ctx context.Context, k pageKey) (*rest.Page[rest.ForwardingNumber], error) {
	p, err := l.c.ListForwardingNumbers(ctx, k.ext, k.page, k.perPage)
	if err != nil {
		return nil, err
	}
	return settled(ctx, l, k.ext.Account, p, func(n *rest.ForwardingNumber) rest.Key { return n.ID.Key })
}
