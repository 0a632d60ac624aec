package sim

import (
	"slices"
	"strings"
)

// app is a client application and the scopes granted to it.
type app struct {
	id, secret string
	scopes     []string
}

// The applications that exist. A gateway that starts a simulator by itself signs in with these.
const (
	ClientID             = "ringql-simulator"
	ClientSecret         = "ringql-simulator-secret"
	ReadOnlyClientID     = "ringql-simulator-read-only" // granted ReadAccounts alone
	ReadOnlyClientSecret = "ringql-simulator-read-only-secret"
)

func newApps() map[string]*app {
	return map[string]*app{
		ClientID: {ClientID, ClientSecret, []string{"ReadAccounts", "EditExtensions", "EditAccounts", "Accounts", "NumberLookup",
			"RoleManagement", "SubscriptionWebhook", "WebSocketsSubscription"}},
		ReadOnlyClientID: {ReadOnlyClientID, ReadOnlyClientSecret, []string{"ReadAccounts"}},
	}
}

// covers reports whether granted scopes allow what needs scope. Accounts holds EditAccounts, which holds the other two.
func covers(granted []string, scope string) bool {
	if scope == "" || slices.Contains(granted, scope) {
		return true
	}
	switch scope {
	case "ReadAccounts", "EditExtensions":
		return covers(granted, "EditAccounts")
	case "EditAccounts":
		return slices.Contains(granted, "Accounts")
	}
	return false
}

// reach says for whom a person holds a permission.
type reach int

const (
	nobody  reach = iota
	self          // for the own extension
	account       // for every extension
)

// may returns the reach of a permission, or the widest reach of any of several, joined by "|". Administrators hold all of them
// for everyone. A role system would replace this table.
func (e *extension) may(permission string) (most reach) {
	for one := range strings.SplitSeq(permission, "|") {
		most = max(most, e.holds(one))
	}
	return most
}

func (e *extension) holds(permission string) reach {
	if permission == "" || e.isAdmin() {
		return account
	}
	switch permission {
	case "ReadCompanyInfo", "ReadExtensions", "ReadCompanyPhoneNumbers": // the number list shows them less, see visibleTo
		return account
	case "ReadUserPhoneNumbers", "ReadUserForwardingFlipNumbers", "ReadUserDevices":
		return self
	}
	return nobody
}
