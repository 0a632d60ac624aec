package sim

import "slices"

// app is a client application and the scopes granted to it. A public one has no secret, and has to use PKCE.
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
	PublicClientID       = "ringql-simulator-public" // without a secret, as apps in browsers and phones are
)

func newApps() map[string]*app {
	all := []string{"ReadAccounts", "EditExtensions", "EditAccounts", "Accounts", "NumberLookup", "RoleManagement", "SubscriptionWebhook",
		"WebSocketsSubscription"}
	return map[string]*app{
		ClientID:         {ClientID, ClientSecret, all},
		ReadOnlyClientID: {ReadOnlyClientID, ReadOnlyClientSecret, []string{"ReadAccounts"}},
		PublicClientID:   {PublicClientID, "", all},
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
