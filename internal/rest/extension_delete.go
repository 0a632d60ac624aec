package rest

import (
	"context"
	"net/url"
	"slices"
	"strconv"

	"github.com/ringql/ringql/internal/budget"
)

// Kept says what stays of an extension that is removed; nil leaves it to the upstream.
type Kept struct {
	PhoneNumbers *bool // direct numbers become the company's
	PhoneLines   *bool // each digital line becomes an unassigned extension
}

func (k Kept) query() url.Values {
	q := url.Values{}
	for name, on := range map[string]*bool{"savePhoneNumbers": k.PhoneNumbers, "savePhoneLines": k.PhoneLines} {
		if on != nil {
			q.Set(name, strconv.FormatBool(*on))
		}
	}
	return q
}

var (
	deleteExtension = op("deleteExtension",
		"DELETE /restapi/v1.0/account/{accountId}/extension/{extensionId}", budget.Medium, V1, "EditAccounts", "AddRemoveUsers")
	bulkDeleteUsersV2 = op("bulkDeleteUsersV2",
		"DELETE /restapi/v2/accounts/{accountId}/extensions", budget.Heavy, V2, "EditAccounts", "Users")
)

// mostDeleted is how many users one call of bulkDeleteUsersV2 removes.
const mostDeleted = 50

// DeleteExtension removes one extension.
func (c *Client) DeleteExtension(ctx context.Context, id ExtensionID, keep Kept) error {
	return c.act(ctx, deleteExtension.at(id.Account, id.RCID).where(keep.query()))
}

// DeleteUsers removes users and limited extensions, and returns what became of each,
// in order. Their numbers and phones go to the inventory, or are given up.
func (c *Client) DeleteUsers(ctx context.Context, account string, ids []string, keep bool) []error {
	errs, err := either(ctx, c, account,
		way[[]error]{bulkDeleteUsersV2, func() ([]error, error) { return c.deleteChunks(ctx, account, ids, keep) }},
		way[[]error]{deleteExtension, func() ([]error, error) {
			return c.DeleteExtensions(ctx, account, ids, Kept{PhoneNumbers: &keep, PhoneLines: &keep}), nil
		}})
	if err != nil {
		return repeat(err, len(ids))
	}
	return errs
}

// deleteChunks removes users, as many with one call as it takes.
func (c *Client) deleteChunks(ctx context.Context, account string, ids []string, keep bool) ([]error, error) {
	chunks := slices.Collect(slices.Chunk(ids, mostDeleted))
	out := make([][]error, len(chunks))
	errs, err := c.by(ctx, bulkDeleteUsersV2, len(chunks), func(ctx context.Context, i int) (err error) {
		out[i], err = c.deleteUsersV2(ctx, account, chunks[i], keep)
		return err
	})
	if err != nil {
		return nil, err
	}
	for i, err := range errs {
		if err != nil {
			out[i] = repeat(err, len(chunks[i]))
		}
	}
	return slices.Concat(out...), nil
}

func (c *Client) deleteUsersV2(ctx context.Context, account string, ids []string, keep bool) ([]error, error) {
	type records struct {
		Keep    bool   `json:"keepAssetsInInventory"`
		Records []ByID `json:"records"`
	}
	body := records{keep, make([]ByID, len(ids))}
	for i, id := range ids {
		body.Records[i] = ByID{id}
	}
	done, err := call[bulkAdd](ctx, c, bulkDeleteUsersV2.at(account).send(body))
	if err != nil {
		return nil, together(err, len(ids))
	}
	errs := make([]error, len(ids))
	for i, id := range ids {
		// Ids are optional in the answer: one was asked for, or the item is not found.
		_, errs[i] = itemOf(bulkDeleteUsersV2, extensionID, done.Records, func(item inventoryItem) bool {
			return string(item.ID) == id || item.ID == "" && len(ids) == 1 && len(done.Records) == 1
		})
	}
	return errs, nil
}

// extensionID is what the upstream calls the extension that a path names.
const extensionID = "extensionId"

// DeleteExtensions removes extensions of any type, as many in one request as the
// upstream takes, and returns what became of each, in order.
func (c *Client) DeleteExtensions(ctx context.Context, account string, ids []string, keep Kept) []error {
	done := callMany(ctx, c, deleteExtension, ids, keep.query(), func(asked, *struct{}) error { return nil }, account, theIDs)
	errs := make([]error, len(ids))
	for i, id := range ids {
		errs[i] = done[id].Err
	}
	return errs
}
