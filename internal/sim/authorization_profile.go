package sim

import "net/http"

func (s *Server) authorizationProfileRoutes() []*route {
	const profile = "/restapi/v1.0/account/{accountId}/extension/{extensionId}/authz-profile"
	return []*route{
		{operation: "readAuthorizationProfile", pattern: "GET " + profile, group: "medium", do: s.readAuthorizationProfile},
		{operation: "checkUserPermission", pattern: "GET " + profile + "/check", group: "light", do: s.checkUserPermission},
	}
}

// userPermissions are the user permissions that the operations of provisioning ask for, and whether each is about the account as a
// whole instead of about an extension.
var userPermissions = []userPermission{
	{"AddRemoveDevices", true},
	{"AddRemoveUsers", true},
	{"EditAccountDevices", true},
	{"EditBlockedNumbers", false},
	{"EditCallQueuePresence", false},
	{"EditCompanyDevices", true},
	{"EditCompanyPhoneNumbers", true},
	{"EditExtensions", false},
	{"EditUserCredentials", false},
	{"EditUserDevices", false},
	{"EditUserForwardingFlipNumbers", false},
	{"EditUserInfo", false},
	{"Groups", true},
	{"MeetingsPlan", true},
	{"ReadBlockedNumbers", false},
	{"ReadCompanyDevices", true},
	{"ReadCompanyInfo", true},
	{"ReadCompanyPhoneNumbers", true},
	{"ReadExtensions", false},
	{"ReadUserDevices", false},
	{"ReadUserForwardingFlipNumbers", false},
	{"ReadUserInfo", false},
	{"ReadUserPhoneNumbers", false},
	{"UserGroups", true},
	{"Users", true},
}

type userPermission struct {
	id        string
	ofAccount bool
}

type authorizationProfile struct {
	URI         string             `json:"uri"`
	Permissions []activePermission `json:"permissions"`
}

type activePermission struct {
	Permission    permissionRef `json:"permission"`
	EffectiveRole resourceRef   `json:"effectiveRole"`
	Scopes        []string      `json:"scopes"`
}

type permissionRef struct {
	ID             string `json:"id"`
	URI            string `json:"uri"`
	SiteCompatible string `json:"siteCompatible"`
	ReadOnly       bool   `json:"readOnly"`
	Assignable     bool   `json:"assignable"`
}

type resourceRef struct {
	ID  string `json:"id"`
	URI string `json:"uri"`
}

// superAdmin is the role of those who may do everything.
var superAdmin = &role{id: "1", name: "Super Admin"}

// effectiveRole is what a person has its permissions by.
func (e *extension) effectiveRole() *role {
	switch {
	case e.isAdmin():
		return superAdmin
	case e.role != nil:
		return e.role
	}
	return standardRole
}

// held lists the permissions of who calls; with a target, those that reach it.
func (c *call) held(target *extension) []activePermission {
	out := []activePermission{}
	for _, p := range userPermissions {
		reach := c.person.may(p.id)
		if reach == nobody || reach == self && target != nil && target != c.person {
			continue
		}
		scope := "Self"
		switch {
		case reach == account && p.ofAccount:
			scope = "Account"
		case reach == account:
			scope = "AllExtensions"
		}
		held := permissionRef{ID: p.id, URI: c.base + "/restapi/v1.0/dictionary/permission/" + p.id, SiteCompatible: "Compatible", Assignable: true}
		if p.ofAccount {
			held.SiteCompatible = "Incompatible"
		}
		role := c.person.effectiveRole().id
		out = append(out, activePermission{held, resourceRef{role, c.accountURI() + "/user-role/" + role}, []string{scope}})
	}
	return out
}

// target reads for whom permissions are asked for; nil for nobody in particular. A profile tells what whoever asks may do: that of
// another is not told, not even to an administrator.
func (s *Server) target(c *call) (*extension, *problem) {
	if c.extension != c.person {
		return nil, &problem{status: http.StatusForbidden, ErrorCode: "CMN-404", Message: "Attempt to access another extension"}
	}
	if !c.query.Has("targetExtensionId") {
		return nil, nil
	}
	e := s.findExtension(c, c.query.Get("targetExtensionId"))
	if e == nil {
		return nil, invalid("targetExtensionId")
	}
	return e, nil
}

func (s *Server) readAuthorizationProfile(c *call) reply {
	target, p := s.target(c)
	if p != nil {
		return refused(*p)
	}
	return found(authorizationProfile{c.uri(), c.held(target)})
}

// checkUserPermission knows of no permission that does not exist: nobody has it.
func (s *Server) checkUserPermission(c *call) reply {
	target, p := s.target(c)
	if p != nil {
		return refused(*p)
	}
	if !c.query.Has("permissionId") {
		return refused(*missing("permissionId"))
	}
	out := struct {
		URI        string            `json:"uri"`
		Successful bool              `json:"successful"`
		Details    *activePermission `json:"details,omitempty"`
	}{URI: c.uri()}
	for _, held := range c.held(target) {
		if held.Permission.ID == c.query.Get("permissionId") {
			out.Successful, out.Details = true, &held
		}
	}
	return found(out)
}
