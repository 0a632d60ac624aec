package rest

import (
	"context"
	"fmt"

	"github.com/ringql/ringql/internal/budget"
)

var replacePhoneNumberV2 = op("replacePhoneNumberV2",
	"POST /restapi/v2/accounts/{accountId}/phone-numbers/{phoneNumberId}/replace", budget.Medium, V2, "EditAccounts", "EditCompanyPhoneNumbers")

// CanReplacePhoneNumber returns an error when no operation may be called that replaces
// a number. It costs no call.
func (c *Client) CanReplacePhoneNumber() error {
	if c.cfg.Generation.allows(replacePhoneNumberV2.Generation) {
		return nil
	}
	return cannot(replacePhoneNumberV2, "")
}

// ReplacePhoneNumber puts a number of the inventory in the place of one in use, which
// goes to the inventory. The description leaves open which of the two stands in the path:
// as with devices, it is taken to be the one in use. Nor does it say which of them the
// answer is about.
func (c *Client) ReplacePhoneNumber(ctx context.Context, id PhoneNumberID, by string) error {
	type body struct {
		Target string `json:"targetPhoneNumberId"`
	}
	n, err := onlyWay(ctx, c, id.Account, replacePhoneNumberV2, func() (*PhoneNumber, error) {
		return call[PhoneNumber](ctx, c, replacePhoneNumberV2.at(id.Account, id.RCID).send(body{by}))
	})
	if err == nil && n.ID.RCID != id.RCID && n.ID.RCID != by {
		err = nonsense(replacePhoneNumberV2, fmt.Sprintf("number %.40q in place of %.40q", n.ID.RCID, id.RCID))
	}
	return err
}
