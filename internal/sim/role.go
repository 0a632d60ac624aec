package sim

import "strings"

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
