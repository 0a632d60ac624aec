package rest

import (
	"context"
	"fmt"
	"slices"

	"github.com/ringql/ringql/internal/budget"
)

// Assignment is what a phone number is to be used for, and by whom.
type Assignment struct {
	UsageType PhoneNumberUsageType `json:"usageType,omitzero"`
	Type      PhoneNumberType      `json:"type,omitzero"` // v2 only
	Extension *ByID                `json:"extension,omitzero"`
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
	"PATCH /restapi/v2/accounts/{accountId}/phone-numbers/{phoneNumberId}", budget.Medium, V2, "EditAccounts", "EditCompanyPhoneNumbers")

var reassignPhoneNumberByID = op("reassignPhoneNumberById",
	"PUT /restapi/v1.0/account/{accountId}/phone-number/{phoneNumberId}", budget.Medium, Legacy, "EditAccounts", "EditCompanyPhoneNumbers")

// What each operation can make of a number, as its description lists it. Both list
// the main number too; the gateway never asks for that, since it would push the one
// there is out of its place.
var (
	assignableV2   = []PhoneNumberUsageType{CompanyNumber, DirectNumber, ContactCenterNumber}
	reassignableV1 = []PhoneNumberUsageType{CompanyNumber, DirectNumber, ForwardedNumber}
)

// beyondV2 names what v2 cannot set of a; "" if it can set all.
func (a Assignment) beyondV2() string {
	if a.UsageType != "" && !slices.Contains(assignableV2, a.UsageType) {
		return "usageType"
	}
	return ""
}

// beyondV1 names what v1.0 cannot set of a; "" if it can set all.
func (a Assignment) beyondV1() string {
	switch {
	case a.UsageType != "" && !slices.Contains(reassignableV1, a.UsageType):
		return "usageType"
	case a.Type != "":
		return "type"
	}
	return ""
}

// CanReassign returns an error that names what no operation can set that may be
// called; nil when one can set all. It costs no call.
func (c *Client) CanReassign(to Assignment) error {
	return c.can(assignPhoneNumberV2, to.beyondV2(), reassignPhoneNumberByID, to.beyondV1())
}

// can says whether one of two ways to a need is open: what each cannot set is "" when
// it can set all.
func (c *Client) can(v2 *Operation, beyondV2 string, v1 *Operation, beyondV1 string) error {
	newer, older := c.cfg.Generation.allows(v2.Generation), c.cfg.Generation.allows(v1.Generation)
	switch {
	case newer && beyondV2 == "", older && beyondV1 == "":
		return nil
	case newer:
		return cannot(v2, beyondV2)
	}
	return cannot(v1, beyondV1)
}

func cannot(o *Operation, parameter string) error {
	return &Error{Op: o.ID, Parameter: parameter, cause: fmt.Errorf("%w: no operation that may be called sets it", ErrNotServed)}
}

// ReassignPhoneNumber gives a phone number to an extension, or to the company. What
// cannot set all that is asked for is not called.
func (c *Client) ReassignPhoneNumber(ctx context.Context, id PhoneNumberID, to Assignment) (*PhoneNumber, error) {
	if err := c.CanReassign(to); err != nil {
		return nil, err
	}
	var ways []way[*PhoneNumber]
	for _, o := range []struct {
		op     *Operation
		beyond string
	}{{assignPhoneNumberV2, to.beyondV2()}, {reassignPhoneNumberByID, to.beyondV1()}} {
		if o.beyond == "" {
			ways = append(ways, way[*PhoneNumber]{o.op, func() (*PhoneNumber, error) { return c.assign(ctx, o.op, id, to) }})
		}
	}
	n, err := either(ctx, c, id.Account, ways...)
	if err != nil {
		return nil, err
	}
	n.place(id.Account, "")
	return n, nil
}

// Reassignment is where a phone number is to go.
type Reassignment struct {
	ID PhoneNumberID
	To Assignment
}

// ReassignPhoneNumbers is ReassignPhoneNumber for many, each by its own call. What each
// came to is in their order.
func (c *Client) ReassignPhoneNumbers(ctx context.Context, rs []Reassignment) []Result[*PhoneNumber] {
	return c.eachNumber(ctx, assignPhoneNumberV2, len(rs), func(ctx context.Context, i int) (*PhoneNumber, error) {
		return c.ReassignPhoneNumber(ctx, rs[i].ID, rs[i].To)
	})
}

// assign sends an assignment. An answer about another number says nothing about
// this one.
func (c *Client) assign(ctx context.Context, o *Operation, id PhoneNumberID, to Assignment) (*PhoneNumber, error) {
	n, err := call[PhoneNumber](ctx, c, o.at(id.Account, id.RCID).send(to))
	if err != nil {
		return nil, err
	}
	n.Source = FromV2
	if o.Generation != V2 {
		n.Source = FromLine
	}
	return n, named(o, (*PhoneNumber).RcID)(id.RCID, n)
}
