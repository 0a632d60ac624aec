package loader

import (
	"context"
	"fmt"

	"github.com/ringql/ringql/internal/rest"
)

// AuthorizationProfile returns what the user of an extension may do; with a target, what
// they may do to that extension.
func (l *Loaders) AuthorizationProfile(ctx context.Context, ext rest.ExtensionID, target string) (*rest.AuthorizationProfile, error) {
	ext = l.extensionID(ext)
	name := fmt.Sprintf("authorization profile of %s/%s for %s", ext.Account, ext.RCID, target)
	return Remember(ctx, name, func(ctx context.Context) (*rest.AuthorizationProfile, error) {
		return l.c.ReadAuthorizationProfile(ctx, ext, target)
	})
}

// HasPermission says whether the user of an extension holds a permission; with a target,
// for that extension.
func (l *Loaders) HasPermission(ctx context.Context, ext rest.ExtensionID, permission, target string) (bool, error) {
	ext = l.extensionID(ext)
	name := fmt.Sprintf("permission %s of %s/%s for %s", permission, ext.Account, ext.RCID, target)
	return Remember(ctx, name, func(ctx context.Context) (bool, error) {
		return l.c.CheckUserPermission(ctx, ext, permission, target)
	})
}
