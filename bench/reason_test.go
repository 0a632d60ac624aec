package bench

// reasons says of queries that take more than twice as many calls as the fewest, on a
// company of some size, why.
var reasons = map[string]string{
	"home_lists":             "each filtered list is read by itself; one page without a filter would show them all",
	"home_numbers":           "each filtered list is read by itself; one page without a filter would show them all",
	"number_owner_all":       "Light calls are spent where Heavy ones are few: eight of ten would do in place of 43 of fifty",
	"user_list_25":           "Light calls are spent where Heavy ones are few: eight of ten would do in place of 32 of fifty",
	"user_numbers_forwarded": "the account's list is read in full, though the filter could be left to the upstream",
}
