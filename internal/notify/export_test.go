package notify

// LeaseKey is what the lease of an account is stored under.
func LeaseKey(account string) string { return "lease:events:" + sum(account) }
