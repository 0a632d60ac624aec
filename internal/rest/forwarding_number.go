package rest

import (
	"context"
	"fmt"
	"slices"

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

// The values that the gateway itself acts on.
const (
	ForwardingHome      ForwardingNumberType = "Home"
	ForwardingMobile    ForwardingNumberType = "Mobile"
	ForwardingWork      ForwardingNumberType = "Work"
	ForwardingPhoneLine ForwardingNumberType = "PhoneLine"
	ForwardingOther     ForwardingNumberType = "Other"

	CallFlip ForwardingNumberFeature = "CallFlip"
)

// RcID is the upstream's own id.
func (n *ForwardingNumber) RcID() string { return n.ID.RCID }

// RawType is Type as the upstream wrote it.
func (n *ForwardingNumber) RawType() string { return string(n.Type) }

// RawFeatures are Features as the upstream wrote them.
func (n *ForwardingNumber) RawFeatures() []string { return raw(n.Features) }

// ForwardingNumberFilter chooses among forwarding numbers. The upstream has no such
// filter.
type ForwardingNumberFilter struct {
	Feature []ForwardingNumberFeature // any of them; all when empty
}

// Key tells filters apart.
func (f ForwardingNumberFilter) Key() string { return fmt.Sprint(f.Feature) }

// Matches says whether f chooses n.
func (f ForwardingNumberFilter) Matches(n *ForwardingNumber) bool {
	return len(f.Feature) == 0 || slices.ContainsFunc(n.Features, func(one ForwardingNumberFeature) bool { return slices.Contains(f.Feature, one) })
}

// DeviceRef is a device as other records mention it.
type DeviceRef struct {
	ID DeviceID `json:"id"`
}

var listForwardingNumbers = op("listForwardingNumbers",
	"GET /restapi/v1.0/account/{accountId}/extension/{extensionId}/forwarding-number", budget.Light, V1, "ReadAccounts", "ReadUserForwardingFlipNumbers").
	shows(CallHandling, PhoneNumbers, Devices, ExtensionInfo)

// ListForwardingNumbers returns one page of an extension's forwarding numbers.
func (c *Client) ListForwardingNumbers(ctx context.Context, ext ExtensionID, page, perPage int) (*Page[ForwardingNumber], error) {
	r := listForwardingNumbers.at(ext.Account, ext.RCID).where(paged(nil, page, perPage))
	return read(ctx, c, r, func(p *Page[ForwardingNumber]) error {
		account := first(AccountOf(p.URI), ext.Account)
		for i := range p.Records {
			p.Records[i].ID.Extension = ext.RCID
			p.Records[i].settle(account)
		}
		return checked(listForwardingNumbers, p, (*ForwardingNumber).RcID)
	})
}

var (
	readForwardingNumber = op("readForwardingNumber",
		"GET /restapi/v1.0/account/{accountId}/extension/{extensionId}/forwarding-number/{forwardingNumberId}", budget.Light, V1, "ReadAccounts", "ReadUserForwardingFlipNumbers").
		shows(CallHandling, PhoneNumbers, Devices, ExtensionInfo)
	createForwardingNumber = op("createForwardingNumber",
		"POST /restapi/v1.0/account/{accountId}/extension/{extensionId}/forwarding-number", budget.Medium, V1, "EditExtensions", "EditUserForwardingFlipNumbers")
	updateForwardingNumber = op("updateForwardingNumber",
		"PUT /restapi/v1.0/account/{accountId}/extension/{extensionId}/forwarding-number/{forwardingNumberId}", budget.Medium, V1, "EditExtensions", "EditUserForwardingFlipNumbers")
	deleteForwardingNumber = op("deleteForwardingNumber",
		"DELETE /restapi/v1.0/account/{accountId}/extension/{extensionId}/forwarding-number/{forwardingNumberId}", budget.Medium, V1, "EditExtensions", "EditUserForwardingFlipNumbers")
	deleteForwardingNumbers = op("deleteForwardingNumbers",
		"DELETE /restapi/v1.0/account/{accountId}/extension/{extensionId}/forwarding-number", budget.Medium, V1, "EditExtensions", "EditUserForwardingFlipNumbers")
)

// ReadForwardingNumber returns one forwarding number.
func (c *Client) ReadForwardingNumber(ctx context.Context, id ForwardingNumberID) (*ForwardingNumber, error) {
	return read(ctx, c, readForwardingNumber.at(id.Account, id.Extension, id.RCID), func(n *ForwardingNumber) error {
		n.place(id)
		return named(readForwardingNumber, (*ForwardingNumber).RcID)(id.RCID, n)
	})
}

// NewForwardingNumber is a forwarding number as it is asked for.
type NewForwardingNumber struct {
	PhoneNumber string               `json:"phoneNumber,omitzero"`
	Label       string               `json:"label,omitzero"`
	FlipNumber  int                  `json:"flipNumber,omitzero"` // text everywhere else
	Type        ForwardingNumberType `json:"type,omitzero"`
	Device      *ByID                `json:"device,omitzero"`
}

// CreateForwardingNumber adds a number to the list of an extension.
func (c *Client) CreateForwardingNumber(ctx context.Context, ext ExtensionID, add NewForwardingNumber) (*ForwardingNumber, error) {
	n, err := call[ForwardingNumber](ctx, c, createForwardingNumber.at(ext.Account, ext.RCID).send(add))
	if err != nil {
		return nil, err
	}
	if n.RcID() == "" {
		return nil, nonsense(createForwardingNumber, "a record without id")
	}
	n.place(ForwardingNumberID{Below{ext.Key, ext.RCID}})
	return n, nil
}

// ForwardingNumberChange is what is to change of a forwarding number; what is zero stays.
type ForwardingNumberChange struct {
	PhoneNumber string               `json:"phoneNumber,omitzero"`
	Label       string               `json:"label,omitzero"`
	FlipNumber  string               `json:"flipNumber,omitzero"`
	Type        ForwardingNumberType `json:"type,omitzero"`
}

// UpdateForwardingNumber changes a forwarding number.
func (c *Client) UpdateForwardingNumber(ctx context.Context, id ForwardingNumberID, to ForwardingNumberChange) (*ForwardingNumber, error) {
	n, err := call[ForwardingNumber](ctx, c, updateForwardingNumber.at(id.Account, id.Extension, id.RCID).send(to))
	if err != nil {
		return nil, err
	}
	n.place(id)
	return n, named(updateForwardingNumber, (*ForwardingNumber).RcID)(id.RCID, n)
}

// DeleteForwardingNumber removes one forwarding number.
func (c *Client) DeleteForwardingNumber(ctx context.Context, id ForwardingNumberID) error {
	return c.act(ctx, deleteForwardingNumber.at(id.Account, id.Extension, id.RCID))
}

// EachForwardingNumber carries out n removals by remove, with a call or more for each, and
// returns what they came to. See each for where it stops.
func (c *Client) EachForwardingNumber(ctx context.Context, n int, remove func(ctx context.Context, i int) error) []error {
	return c.each(ctx, deleteForwardingNumber, n, remove)
}

// DeleteForwardingNumbers removes numbers from the list of one extension, all of them
// or, when it is refused, none.
func (c *Client) DeleteForwardingNumbers(ctx context.Context, ext ExtensionID, ids []string) error {
	type record struct {
		ID string `json:"forwardingNumberId"`
	}
	type records struct {
		Records []record `json:"records"`
	}
	body := records{make([]record, len(ids))}
	for i, id := range ids {
		body.Records[i].ID = id
	}
	// There is no other way to do it with one call; it is asked for so that an account
	// which was found not to have it is spared the try.
	_, err := either(ctx, c, ext.Account, way[struct{}]{deleteForwardingNumbers, func() (struct{}, error) {
		return struct{}{}, c.act(ctx, deleteForwardingNumbers.at(ext.Account, ext.RCID).send(body))
	}})
	return err
}

// place says whose n is, which was asked for by id.
func (n *ForwardingNumber) place(id ForwardingNumberID) {
	n.ID.Extension = id.Extension
	n.settle(first(AccountOf(n.URI), id.Account))
}

// settle says which account n belongs to.
func (n *ForwardingNumber) settle(account string) {
	n.ID.Account = account
	if n.On != nil {
		n.On.ID.Account = account
	}
	if n.Owner != nil {
		n.Owner.ID.Account = account
	}
}

// In returns n, with what it stands for, as one of an account.
func (n *ForwardingNumber) In(account string) *ForwardingNumber {
	out := *n
	if n.On != nil {
		on := *n.On
		out.On = &on
	}
	out.Owner = n.Owner.In(account)
	out.settle(account)
	return &out
}

// Of returns n as one of an extension.
func (n *ForwardingNumber) Of(ext ExtensionID) *ForwardingNumber {
	out := n.In(ext.Account)
	out.ID.Extension = ext.RCID
	return out
}
