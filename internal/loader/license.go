package loader

import (
	"context"

	"github.com/ringql/ringql/internal/rest"
)

// Licenses returns one page of an account's licences.
func (l *Loaders) Licenses(ctx context.Context, account string, f rest.LicenseFilter, page, perPage int) (*rest.Page[rest.License], error) {
	account = l.path(account)
	return RememberPage(ctx, "licenses of "+account+" "+f.Key(), page, perPage, func(ctx context.Context, page, perPage int) (*rest.Page[rest.License], error) {
		p, err := l.c.ListLicenses(ctx, account, f, page, perPage)
		if err != nil {
			return nil, err
		}
		return settled(ctx, l, account, p, func(x *rest.License) rest.Key { return x.ID.Key })
	})
}

// License returns one licence.
func (l *Loaders) License(ctx context.Context, id rest.LicenseID) (*rest.License, error) {
	id.Account = l.path(id.Account)
	return Remember(ctx, "license "+id.RCID+" of "+id.Account, func(ctx context.Context) (*rest.License, error) {
		found, err := l.c.LoadLicense(ctx, id)
		if err != nil {
			return nil, err
		}
		return settle(ctx, l, id.Account, found.ID.Account, found)
	})
}
