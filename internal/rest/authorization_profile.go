package rest

import (
	"context"
	"net/url"
	"strings"

	"github.com/ringql/ringql/internal/budget"
)

// AuthorizationProfile is what a user may do.
type AuthorizationProfile struct {
	URI         string             `json:"uri"`
	Permissions []ActivePermission `json:"permissions"`
}

// ActivePermission is a user permission that is held, by which role, and for whom.
type ActivePermission struct {
	Permission    *UserPermission   `json:"permission"`
	EffectiveRole *EffectiveRole    `json:"effectiveRole"`
	Scopes        []PermissionScope `json:"scopes"`
}

// RawScopes are Scopes as the upstream wrote them.
func (p *ActivePermission) RawScopes() []string { return raw(p.Scopes) }

// UserPermission is a user permission as the upstream's dictionary names it.
type UserPermission struct {
	RCID           ID                        `json:"id"`
	URI            string                    `json:"uri"`
	SiteCompatible PermissionSiteCompatible  `json:"siteCompatible"`
	ReadOnly       *bool                     `json:"readOnly"`
	Assignable     *bool                     `json:"assignable"`
	Capabilities   *UserPermissionCapability `json:"permissionsCapabilities"`
}

// RawSiteCompatible is SiteCompatible as the upstream wrote it.
func (p *UserPermission) RawSiteCompatible() string { return string(p.SiteCompatible) }

// UserPermissionCapability says what a user may do with a permission itself.
type UserPermissionCapability struct {
	Enabled       *bool `json:"enabled"`
	ManageEnabled *bool `json:"manageEnabled"`
	GrantEnabled  *bool `json:"grantEnabled"`
}

// EffectiveRole is the role that a permission is held by.
type EffectiveRole struct {
	RCID   ID     `json:"id"`
	URI    string `json:"uri"`
	Domain string `json:"domain"`
}

// The enumerations of permissions.
type (
	PermissionScope          string // for whom a permission is held
	PermissionSiteCompatible string // whether it can be limited to a site
)

var (
	readAuthorizationProfile = op("readAuthorizationProfile",
		"GET /restapi/v1.0/account/{accountId}/extension/{extensionId}/authz-profile", budget.Medium, V1, "").
		shows(Permissions, ExtensionInfo)
	checkUserPermission = op("checkUserPermission",
		"GET /restapi/v1.0/account/{accountId}/extension/{extensionId}/authz-profile/check", budget.Light, V1, "").
		shows(Permissions, ExtensionInfo)
)

// ReadAuthorizationProfile returns what the user of an extension may do; with a target,
// what they may do to that extension.
func (c *Client) ReadAuthorizationProfile(ctx context.Context, ext ExtensionID, target string) (*AuthorizationProfile, error) {
	q := url.Values{}
	if target != "" {
		q.Set("targetExtensionId", target)
	}
	p, err := read(ctx, c, readAuthorizationProfile.at(ext.Account, ext.RCID).where(q), func(p *AuthorizationProfile) error {
		switch {
		case !about(p.URI, ext):
			return nonsense(readAuthorizationProfile, "the profile of another extension")
		case p.Permissions == nil:
			return nonsense(readAuthorizationProfile, "no permissions")
		}
		for _, held := range p.Permissions {
			if held.Permission == nil || held.Permission.RCID == "" {
				return nonsense(readAuthorizationProfile, "a permission without id")
			}
		}
		return nil
	})
	if err == nil && target == "" && ext.RCID == Own {
		c.rights.learn(c.cfg.Who(ctx), p)
	}
	return p, err
}

// CheckUserPermission says whether the user of an extension holds a permission; with a
// target, for that extension.
func (c *Client) CheckUserPermission(ctx context.Context, ext ExtensionID, permission, target string) (bool, error) {
	q := url.Values{"permissionId": {permission}}
	if target != "" {
		q.Set("targetExtensionId", target)
	}
	type check struct {
		URI        string            `json:"uri"`
		Successful *bool             `json:"successful"`
		Details    *ActivePermission `json:"details"`
	}
	a, err := read(ctx, c, checkUserPermission.at(ext.Account, ext.RCID).where(q), func(a *check) error {
		switch {
		case a.Successful == nil:
			return nonsense(checkUserPermission, "neither yes nor no")
		case !about(a.URI, ext), a.Details != nil && a.Details.Permission != nil && string(a.Details.Permission.RCID) != permission:
			return nonsense(checkUserPermission, "the check of another permission")
		}
		return nil
	})
	if err != nil {
		return false, err
	}
	return *a.Successful, nil
}

// about says whether uri may be that of what lies under ext: the upstream need not tell
// it, and "~" hides whose it is.
func about(uri string, ext ExtensionID) bool {
	_, after, told := strings.Cut(uri, "/extension/")
	id, _, _ := strings.Cut(after, "/")
	return !told || id == Own || ext.RCID == Own || id == ext.RCID
}
