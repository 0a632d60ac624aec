package rest

import (
	"context"

	"github.com/ringql/ringql/internal/budget"
)

// Assignment is what a phone number is to be used for, and by whom.
type Assignment struct {
	UsageType PhoneNumberUsageType `json:"usageType,omitzero"`
	Extension *ByID                `json:"extension,omitzero"`
	Label     string               `json:"label,omitzero"` // v1.0 only
}

// ByID names an object in a request: ids are strings there.
type ByID struct {
	ID string `json:"id"`
}

// To returns a reference to the extension id; nil for none.
func To(id string) *ByID {
	if id == "" {
		return nil
	}
	return &ByID{ID: id}
}

var assignPhoneNumberV2 = op("assignPhoneNumberV2",
	"PATCH /restapi/v2/accounts/{accountId}/phone-numbers/{phoneNumberId}", budget.Medium, V2)

var reassignPhoneNumberByID = op("reassignPhoneNumberById",
	"PUT /restapi/v1.0/account/{accountId}/phone-number/{phoneNumberId}", budget.Medium, Legacy)

// ReassignPhoneNumber gives a phone number to an extension, or to the company.
func (c *Client) ReassignPhoneNumber(ctx context.Context, id PhoneNumberID, to Assignment) (*PhoneNumber, error) {
	n, err := either(ctx, c, id.Account,
		way[*PhoneNumber]{assignPhoneNumberV2, func() (*PhoneNumber, error) { return c.assignV2(ctx, id, to) }},
		way[*PhoneNumber]{reassignPhoneNumberByID, func() (*PhoneNumber, error) {
			return call[PhoneNumber](ctx, c, reassignPhoneNumberByID.at(id.Account, id.RCID).send(to))
		}})
	if err != nil {
		return nil, err
	}
	n.place(id.Account, "")
	return n, nil
}

func (c *Client) assignV2(ctx context.Context, id PhoneNumberID, to Assignment) (*PhoneNumber, error) {
	to.Label = "" // v2 cannot set it
	return call[PhoneNumber](ctx, c, assignPhoneNumberV2.at(id.Account, id.RCID).send(to))
}

var (
	deleteNumbersFromInventoryV2 = op("deleteNumbersFromInventoryV2",
		"DELETE /restapi/v2/accounts/{accountId}/phone-numbers", budget.Medium, V2)
	deletePhoneNumberByID = op("deletePhoneNumberById",
		"DELETE /restapi/v1.0/account/{accountId}/phone-number/{phoneNumberId}", budget.Medium, Legacy)
)

// DeletePhoneNumber removes a phone number from the account. v2 removes only
// numbers that nobody uses, so it is not asked to remove others; unused says that
// id is one of those.
func (c *Client) DeletePhoneNumber(ctx context.Context, id PhoneNumberID, unused bool) error {
	v2 := way[struct{}]{deleteNumbersFromInventoryV2, func() (struct{}, error) { return struct{}{}, c.deleteV2(ctx, id) }}
	v1 := way[struct{}]{deletePhoneNumberByID, func() (struct{}, error) {
		return struct{}{}, c.act(ctx, deletePhoneNumberByID.at(id.Account, id.RCID))
	}}
	ways := []way[struct{}]{v2, v1}
	if !unused {
		ways = []way[struct{}]{v1}
	}
	_, err := either(ctx, c, id.Account, ways...)
	return err
}

func (c *Client) deleteV2(ctx context.Context, id PhoneNumberID) error {
	type records struct {
		Records []ByID `json:"records"`
	}
	done, err := call[bulkAdd](ctx, c, deleteNumbersFromInventoryV2.at(id.Account).send(records{[]ByID{{id.RCID}}}))
	if err != nil {
		return err
	}
	_, err = itemOf(deleteNumbersFromInventoryV2, "phoneNumberId", done.Records, func(i inventoryItem) bool { return string(i.ID) == id.RCID })
	return err
}
