package rest

import (
	"context"

	"github.com/ringql/ringql/internal/budget"
)

var (
	deleteNumbersFromInventoryV2 = op("deleteNumbersFromInventoryV2",
		"DELETE /restapi/v2/accounts/{accountId}/phone-numbers", budget.Medium, V2, "EditAccounts", "EditCompanyPhoneNumbers")
	deletePhoneNumberByID = op("deletePhoneNumberById",
		"DELETE /restapi/v1.0/account/{accountId}/phone-number/{phoneNumberId}", budget.Medium, Legacy, "EditAccounts", "EditCompanyPhoneNumbers")
)

// Removal is a phone number to be removed from the account.
type Removal struct {
	ID          string
	PhoneNumber string // "" if not known
	Unused      bool   // nobody uses it, as far as is known
}

// DeletePhoneNumbers removes phone numbers from an account and returns what each came
// to, in their order. v2 removes many with one call, but only such as nobody uses, so it
// is not asked to remove others; v1.0 takes a call for each.
func (c *Client) DeletePhoneNumbers(ctx context.Context, account string, rs []Removal) []error {
	out := make([]error, len(rs))
	unused, used := places(rs, func(r Removal) bool { return r.Unused })
	for _, part := range []struct {
		at   []int
		both bool
	}{{unused, true}, {used, false}} {
		if len(part.at) == 0 {
			continue
		}
		these := at(rs, part.at)
		ways := []way[[]error]{{deletePhoneNumberByID, func() ([]error, error) { return c.deleteV1(ctx, account, these) }}}
		if part.both {
			once := way[[]error]{deleteNumbersFromInventoryV2, func() ([]error, error) { return c.deleteV2(ctx, account, these) }}
			ways = append([]way[[]error]{once}, ways...)
		}
		errs, err := either(ctx, c, account, ways...)
		if err != nil {
			errs = repeat(err, len(these))
		}
		for k, i := range part.at {
			out[i] = errs[k]
		}
	}
	return out
}

func (c *Client) deleteV1(ctx context.Context, account string, rs []Removal) ([]error, error) {
	return c.by(ctx, deletePhoneNumberByID, len(rs), func(ctx context.Context, i int) error {
		return c.act(ctx, deletePhoneNumberByID.at(account, rs[i].ID))
	})
}

func (c *Client) deleteV2(ctx context.Context, account string, rs []Removal) ([]error, error) {
	type records struct {
		Records []ByID `json:"records"`
	}
	body := records{make([]ByID, len(rs))}
	for i, r := range rs {
		body.Records[i] = ByID{r.ID}
	}
	done, err := call[bulkAdd](ctx, c, deleteNumbersFromInventoryV2.at(account).send(body))
	if err != nil {
		return nil, together(err, len(rs))
	}
	errs, alone := make([]error, len(rs)), len(rs) == 1 && len(done.Records) == 1
	for i, r := range rs {
		// The id is optional in the answer, and so is the number. Where one was asked for, the
		// only item is that one if it names no other.
		_, errs[i] = itemOf(deleteNumbersFromInventoryV2, "phoneNumberId", done.Records, func(item inventoryItem) bool {
			switch {
			case item.ID != "":
				return string(item.ID) == r.ID
			case item.PhoneNumber != "" && r.PhoneNumber != "":
				return sameNumber(item.PhoneNumber, r.PhoneNumber)
			}
			return alone
		})
	}
	return errs, nil
}
