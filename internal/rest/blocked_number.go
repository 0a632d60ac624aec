package rest

import (
	"context"

	"github.com/ringql/ringql/internal/budget"
)

// BlockedNumber is a number whose calls and texts are blocked, as the older operations
// tell it, which only the description of 2018 lists.
type BlockedNumber struct {
	ID          BlockedNumberID `json:"id"`
	URI         string          `json:"uri"`
	PhoneNumber string          `json:"phoneNumber"`
	Name        string          `json:"name"`
}

// RcID is the upstream's own id.
func (n *BlockedNumber) RcID() string { return n.ID.RCID }

// In returns n as one of an account.
func (n *BlockedNumber) In(account string) *BlockedNumber {
	out := *n
	out.ID.Account = account
	return &out
}

// Of returns n as one of an extension.
func (n *BlockedNumber) Of(ext ExtensionID) *BlockedNumber {
	out := *n
	out.ID.Account, out.ID.Extension = ext.Account, ext.RCID
	return &out
}

func (n *BlockedNumber) place(ext ExtensionID) {
	n.ID.Account, n.ID.Extension = first(AccountOf(n.URI), ext.Account), ext.RCID
}

// BlockedNumberRecord is a number as it is written to the list.
type BlockedNumberRecord struct {
	PhoneNumber string  `json:"phoneNumber,omitzero"`
	Name        *string `json:"name,omitzero"`
}

var (
	listBlockedNumbers = op("listBlockedNumbers",
		"GET /restapi/v1.0/account/{accountId}/extension/{extensionId}/blocked-number", budget.Light, Legacy, "ReadAccounts", "ReadBlockedNumbers").
		shows(CallHandling)
	blockNumber = op("blockNumber",
		"POST /restapi/v1.0/account/{accountId}/extension/{extensionId}/blocked-number", budget.Medium, Legacy, "EditExtensions", "EditBlockedNumbers")
	loadBlockedNumber = op("loadBlockedNumber",
		"GET /restapi/v1.0/account/{accountId}/extension/{extensionId}/blocked-number/{blockedNumberId}", budget.Light, Legacy,
		"ReadAccounts", "ReadBlockedNumbers").
		shows(CallHandling)
	updateBlockedNumber = op("updateBlockedNumber",
		"PUT /restapi/v1.0/account/{accountId}/extension/{extensionId}/blocked-number/{blockedNumberId}", budget.Medium, Legacy,
		"EditExtensions", "EditBlockedNumbers")
	unblockNumber = op("unblockNumber",
		"DELETE /restapi/v1.0/account/{accountId}/extension/{extensionId}/blocked-number/{blockedNumberId}", budget.Medium, Legacy,
		"EditExtensions", "EditBlockedNumbers")
)

// ListBlockedNumbers returns one page of an extension's blocked numbers.
func (c *Client) ListBlockedNumbers(ctx context.Context, ext ExtensionID, page, perPage int) (*Page[BlockedNumber], error) {
	r := listBlockedNumbers.at(ext.Account, ext.RCID).where(paged(nil, page, perPage))
	return onlyRead(ctx, c, ext.Account, r, func(p *Page[BlockedNumber]) error {
		for i := range p.Records {
			p.Records[i].place(ext)
		}
		return checked(listBlockedNumbers, p, (*BlockedNumber).RcID)
	})
}

// LoadBlockedNumber returns one blocked number.
func (c *Client) LoadBlockedNumber(ctx context.Context, id BlockedNumberID) (*BlockedNumber, error) {
	return c.oneBlocked(ctx, id, loadBlockedNumber.at(id.Account, id.Extension, id.RCID))
}

// UpdateBlockedNumber changes what a blocked number is called.
func (c *Client) UpdateBlockedNumber(ctx context.Context, id BlockedNumberID, r BlockedNumberRecord) (*BlockedNumber, error) {
	return c.oneBlocked(ctx, id, updateBlockedNumber.at(id.Account, id.Extension, id.RCID).send(r))
}

func (c *Client) oneBlocked(ctx context.Context, id BlockedNumberID, r request) (*BlockedNumber, error) {
	return onlyRead(ctx, c, id.Account, r, func(n *BlockedNumber) error {
		n.place(id.Owner())
		return named(r.op, (*BlockedNumber).RcID)(id.RCID, n)
	})
}

// BlockNumber puts a number on the list of blocked ones.
func (c *Client) BlockNumber(ctx context.Context, ext ExtensionID, r BlockedNumberRecord) (*BlockedNumber, error) {
	n, err := onlyCall[BlockedNumber](ctx, c, ext.Account, blockNumber.at(ext.Account, ext.RCID).send(r))
	switch {
	case err != nil:
		return nil, err
	case n.ID.RCID == "" || !SameNumber(n.PhoneNumber, r.PhoneNumber):
		return nil, nonsense(blockNumber, "another number, or one without an id")
	}
	n.place(ext)
	return n, nil
}

// UnblockNumber takes a number off the list of blocked ones.
func (c *Client) UnblockNumber(ctx context.Context, id BlockedNumberID) error {
	return onlyAct(ctx, c, id.Account, unblockNumber.at(id.Account, id.Extension, id.RCID))
}
