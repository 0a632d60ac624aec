package sim

import (
	"fmt"
	"slices"
	"strings"
)

// reach says for whom a person holds a permission.
type reach int

const (
	nobody  reach = iota
	self          // for the own extension
	account       // for every extension
)

// role is what those who have it may do, and for whom. Administrators may do everything for everyone.
type role struct {
	id, name string
	grants   map[string]reach
}

// standardRole is everybody's: public things of the account, and all of the own extension. The lists of numbers show them less,
// see visibleTo.
var standardRole = &role{"3", "Standard", map[string]reach{
	"ReadCompanyInfo":         account,
	"ReadExtensions":          account,
	"ReadCompanyPhoneNumbers": account,

	"ReadUserInfo":                  self,
	"EditUserInfo":                  self,
	"EditUserCredentials":           self,
	"ReadUserPhoneNumbers":          self,
	"ReadUserDevices":               self,
	"EditUserDevices":               self,
	"ReadUserForwardingFlipNumbers": self,
	"EditUserForwardingFlipNumbers": self,
	"ReadBlockedNumbers":            self,
	"EditBlockedNumbers":            self,
}}

// numberManager is a role that an administrator made: its people manage numbers and devices, and no people.
var numberManager = &role{"1024008", "Number Manager", withStandard(map[string]reach{
	"EditCompanyPhoneNumbers": account,
	"ReadUserPhoneNumbers":    account,
	"ReadUserDevices":         account,
	"ReadCompanyDevices":      account,
	"EditCompanyDevices":      account,
})}

func withStandard(grants map[string]reach) map[string]reach {
	for permission, r := range standardRole.grants {
		grants[permission] = max(grants[permission], r)
	}
	return grants
}

// GiveRole gives a person a role of their own in place of the one they have: these permissions, for the own extension or for all of
// them and the account as a whole, and no others. An administrator is none any more. It panics on whom or what does not exist, and on
// the system extension, which may do everything.
func (s *Server) GiveRole(extensionID string, own, all []string) {
	s.mu.Lock()
	defer s.unlock()
	e := s.company.extension[parseID(extensionID)]
	if e == nil {
		panic("sim: GiveRole: no extension " + extensionID)
	}
	if err := s.company.giveRole(e, own, all); err != nil {
		panic("sim: GiveRole: " + err.Error())
	}
}

func (co *company) giveRole(e *extension, own, all []string) error {
	if e.id == systemExtension {
		return fmt.Errorf("%s is the system extension, which no role takes anything from", e.name)
	}
	grants := map[string]reach{}
	for _, list := range []struct {
		names []string
		reach reach
	}{{own, self}, {all, account}} {
		for _, name := range list.names {
			i := slices.IndexFunc(userPermissions, func(p userPermission) bool { return p.id == name })
			if i < 0 || list.reach == self && userPermissions[i].ofAccount {
				return fmt.Errorf("there is no permission %q for that", name)
			}
			grants[name] = max(grants[name], list.reach)
		}
	}
	co.touchExtension(e)
	e.admin, e.role = false, &role{formatID(co.ids.next()), "Custom", grants}
	return nil
}

// may returns the reach of a permission, or the widest reach of any of several, joined by "|".
func (e *extension) may(permission string) (most reach) {
	if permission == "" || e.isAdmin() {
		return account
	}
	r := standardRole
	if e.role != nil {
		r = e.role
	}
	for one := range strings.SplitSeq(permission, "|") {
		most = max(most, r.grants[one])
	}
	return most
}

// seesAllNumbers reports whether the lists of numbers hide nothing from e: an administrator, or who manages them by a role. The
// guide speaks of administrators alone; who may change a number is taken for one here, for what is hidden cannot be managed.
func (e *extension) seesAllNumbers() bool { return e.may("EditCompanyPhoneNumbers") == account }
