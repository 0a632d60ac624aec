package sim

import "slices"

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
