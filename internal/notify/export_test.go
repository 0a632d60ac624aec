package notify

// LeaseKey is what the lease of an account is stored under.
func LeaseKey(account string) string { return "lease:events:" + sum(account) }

// RecordKey is what is known of the subscription of an account is stored under.
func RecordKey(account string) string { return recordKey(account) }
