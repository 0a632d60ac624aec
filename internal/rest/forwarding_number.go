package rest

import (
	"context"

	"github.com/ringql/ringql/internal/budget"
)

// ForwardingNumber is a number that an extension forwards or flips calls to.
type ForwardingNumber struct {
	ID          ForwardingNumberID        `json:"id"`
	URI         string                    `json:"uri"`
	PhoneNumber string                    `json:"phoneNumber"`
	Label       string                    `json:"label"`
	Features    []ForwardingNumberFeature `json:"features"`
	FlipNumber  ID                        `json:"flipNumber"`
	Type        ForwardingNumberType      `json:"type"`

	On    *DeviceRef    `json:"device"`    // the device it stands for
	Owner *ExtensionRef `json:"extension"` // the extension it stands for
}

// RcID is the upstream's own id.
func (n *ForwardingNumber) RcID() string { return n.ID.RCID }

// RawType is Type as the upstream wrote it.
func (n *ForwardingNumber) RawType() string { return string(n.Type) }

// RawFeatures are Features as the upstream wrote them.
func (n *ForwardingNumber) RawFeatures() []string { return raw(n.Features) }

// DeviceRef is a device as other records mention it.
type DeviceRef struct {
	ID DeviceID `json:"id"`
}

var listForwardingNumbers = op("listForwardingNumbers",
	"GET /restapi/v1.0/account/{accountId}/extension/{extensionId}/forwarding-number", budget.Light, V1, "ReadAccounts", "ReadUserForwardingFlipNumbers")

// ListForwardingNumbers returns one page of an extension's forwarding numbers.
func (c *Client) ListForwardingNumbers(ctx context.Context, ext ExtensionID, page, perPage int) (*Page[ForwardingNumber], error) {
	p, err := call[Page[ForwardingNumber]](ctx, c,
		listForwardingNumbers.at(ext.Account, ext.RCID).where(paged(nil, page, perPage)))
	if err != nil {
		return nil, err
	}
	account := first(AccountOf(p.URI), ext.Account)
	for i := range p.Records {
		p.Records[i].ID.Extension = ext.RCID
		p.Records[i].SetAccount(account)
	}
	return p, checked(listForwardingNumbers, p, (*ForwardingNumber).RcID)
}

// SetAccount says which account n belongs to.
func (n *ForwardingNumber) SetAccount(account string) {
	n.ID.Account = account
	if n.On != nil {
		n.On.ID.Account = account
	}
	if n.Owner != nil {
		n.Owner.ID.Account = account
	}
}
