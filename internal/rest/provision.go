package rest

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/ringql/ringql/internal/budget"
)

// Provision is a phone number to be taken into the account.
type Provision struct {
	PhoneNumber   string
	ReservationID string
	UsageType     PhoneNumberUsageType
	Type          PhoneNumberType
	Label         string
	Extension     *ByID
}

var provisionPhoneNumber = op("provisionPhoneNumber",
	"POST /restapi/v1.0/account/{accountId}/phone-number", budget.Medium, Legacy, "EditAccounts", "EditCompanyPhoneNumbers")

// What each way can make of a new number, as the descriptions list it. v1.0 lists the
// main number too, which an account has from its start.
var (
	stockV2         = []PhoneNumberUsageType{Inventory, "InventoryPartnerBusinessMobileNumber", "InventoryFmcBusinessMobileNumber", "PartnerBusinessMobileNumber", "InventoryMobileNumber"}
	provisionableV1 = []PhoneNumberUsageType{CompanyNumber, AdditionalCompanyNumber, DirectNumber, CompanyFaxNumber, ForwardedNumber, ForwardedCompanyNumber}
)

// stocked says whether p is to stay in stock: then bulk-add alone serves it.
func (p Provision) stocked() bool { return slices.Contains(stockV2, p.UsageType) }

// stock is the kind of stock that p is added to.
func (p Provision) stock() PhoneNumberUsageType {
	if p.stocked() {
		return p.UsageType
	}
	return Inventory
}

// beyondV2 names what v2 cannot set of p; "" if it can set all.
func (p Provision) beyondV2() string {
	switch {
	case p.ReservationID != "":
		return "reservationId"
	case p.Label != "":
		return "label"
	case p.stocked() && p.Type != "":
		return "type"
	case p.stocked() && p.Extension != nil:
		return "extensionId"
	case p.stocked():
		return ""
	}
	return p.assignment().beyondV2()
}

// beyondV1 names what v1.0 cannot set of p; "" if it can set all.
func (p Provision) beyondV1() string {
	if !slices.Contains(provisionableV1, p.UsageType) {
		return "usageType"
	}
	return ""
}

func (p Provision) assignment() Assignment {
	return Assignment{UsageType: p.UsageType, Type: p.Type, Extension: p.Extension}
}

// CanProvision returns an error that names what no operation can set that may be
// called; nil when one can set all. It costs no call.
func (c *Client) CanProvision(p Provision) error {
	return c.can(addNumbersToInventoryV2, p.beyondV2(), provisionPhoneNumber, p.beyondV1())
}

// PartialError says that a number was taken into the account's inventory, and
// that what was to follow failed. Number has no id where none was told.
type PartialError struct {
	Number *PhoneNumber
	Err    error
}

func (e *PartialError) Error() string { return "added to inventory, then: " + e.Err.Error() }

// Unwrap gives the failure that followed.
func (e *PartialError) Unwrap() error { return e.Err }

// ProvisionPhoneNumbers takes numbers into an account and assigns them, and returns what
// each came to, in their order. With v2 one call takes them all, and another assigns each:
// between the two a *PartialError can happen. With v1.0 each takes one call. The way of
// each is chosen beforehand, by what each way can set. A number for the inventory may come
// without id.
func (c *Client) ProvisionPhoneNumbers(ctx context.Context, account string, ps []Provision) []Result[*PhoneNumber] {
	out := make([]Result[*PhoneNumber], len(ps))
	var newer, older []int
	for i, p := range ps {
		switch out[i].Err = c.CanProvision(p); {
		case out[i].Err != nil:
		case p.beyondV2() == "":
			newer = append(newer, i)
		default:
			older = append(older, i)
		}
	}
	for _, part := range []struct {
		at   []int
		both bool
	}{{newer, true}, {older, false}} {
		if len(part.at) == 0 {
			continue
		}
		for k, r := range c.provision(ctx, account, at(ps, part.at), part.both) {
			if r.Err == nil {
				r.Value.place(account, "")
			}
			out[part.at[k]] = r
		}
	}
	return out
}

// provision takes numbers into an account, all of them by v2 or else by v1.0; where not
// both can set all that is asked for, by v1.0 alone.
func (c *Client) provision(ctx context.Context, account string, ps []Provision, both bool) []Result[*PhoneNumber] {
	type results = []Result[*PhoneNumber]
	var ways []way[results]
	if both {
		ways = append(ways, way[results]{addNumbersToInventoryV2, func() (results, error) { return c.provisionV2(ctx, account, ps) }})
	}
	if slices.ContainsFunc(ps, func(p Provision) bool { return p.beyondV1() == "" }) {
		ways = append(ways, way[results]{provisionPhoneNumber, func() (results, error) { return c.provisionV1(ctx, account, ps) }})
	}
	out, err := either(ctx, c, account, ways...)
	if err != nil {
		out = make(results, len(ps))
		for i := range out {
			out[i].Err = err
		}
	}
	return out
}

// provisionV1 provisions those of ps that v1.0 can, a call for each.
func (c *Client) provisionV1(ctx context.Context, account string, ps []Provision) ([]Result[*PhoneNumber], error) {
	out := make([]Result[*PhoneNumber], len(ps))
	can, cannotAll := places(ps, func(p Provision) bool { return p.beyondV1() == "" })
	for _, i := range cannotAll {
		out[i].Err = cannot(provisionPhoneNumber, ps[i].beyondV1())
	}
	errs, err := c.by(ctx, provisionPhoneNumber, len(can), func(ctx context.Context, k int) (err error) {
		out[can[k]].Value, err = c.provisionOne(ctx, account, ps[can[k]])
		return err
	})
	for k, i := range can {
		if err == nil {
			out[i].Err = errs[k]
		}
	}
	return out, err
}

// provisionOne names the owner twice: the description says extensionId, and scripts in
// the field say extension.
func (c *Client) provisionOne(ctx context.Context, account string, p Provision) (*PhoneNumber, error) {
	type body struct {
		PhoneNumber   string               `json:"phoneNumber,omitzero"`
		ReservationID string               `json:"reservationId,omitzero"`
		UsageType     PhoneNumberUsageType `json:"usageType,omitzero"`
		Type          PhoneNumberType      `json:"type,omitzero"`
		Label         string               `json:"label,omitzero"`
		ExtensionID   *ByID                `json:"extensionId,omitzero"`
		Extension     *ByID                `json:"extension,omitzero"`
	}
	n, err := call[PhoneNumber](ctx, c, provisionPhoneNumber.at(account).
		send(body{p.PhoneNumber, p.ReservationID, p.UsageType, p.Type, p.Label, p.Extension, p.Extension}))
	switch {
	case err != nil:
		return nil, err
	case n.ID.RCID == "" || !sameNumber(n.PhoneNumber, p.PhoneNumber):
		return nil, nonsense(provisionPhoneNumber, fmt.Sprintf("number %.40q with id %.40q", n.PhoneNumber, n.ID.RCID))
	}
	n.Source = FromLine
	return n, nil
}

// sameNumber compares two numbers in E.164 form; older guides leave out the plus.
func sameNumber(a, b string) bool { return strings.TrimPrefix(a, "+") == strings.TrimPrefix(b, "+") }

// provisionV2 adds numbers to the inventory with one call and assigns those that are not
// to stay there, a call for each.
func (c *Client) provisionV2(ctx context.Context, account string, ps []Provision) ([]Result[*PhoneNumber], error) {
	out, err := c.addToInventory(ctx, account, ps)
	if err != nil {
		return nil, err
	}
	toAssign, _ := places(ps, func(p Provision) bool { return !p.stocked() })
	toAssign = slices.DeleteFunc(toAssign, func(i int) bool { return out[i].Err != nil })
	assigned := c.eachNumber(begun(ctx), assignPhoneNumberV2, len(toAssign), func(ctx context.Context, k int) (*PhoneNumber, error) {
		i := toAssign[k]
		return c.assign(ctx, assignPhoneNumberV2, out[i].Value.ID, ps[i].assignment())
	})
	for k, i := range toAssign {
		if r := assigned[k]; r.Err != nil {
			out[i] = Result[*PhoneNumber]{Err: &PartialError{out[i].Value, r.Err}}
		} else {
			out[i] = r
		}
	}
	return out, nil
}

// addToInventory adds numbers to the inventory. One whose id is not told, or told of
// another as well, and cannot be found out, is a *PartialError, unless it is to stay there.
func (c *Client) addToInventory(ctx context.Context, account string, ps []Provision) ([]Result[*PhoneNumber], error) {
	added, err := c.bulkAdd(ctx, account, ps)
	if err != nil {
		return nil, together(err, len(ps))
	}
	times := map[ID]int{}
	for _, item := range added.Records {
		times[item.ID]++
	}
	out := make([]Result[*PhoneNumber], len(ps))
	var bare []string
	for i, p := range ps {
		item, err := itemOf(addNumbersToInventoryV2, "phoneNumber", added.Records, func(it inventoryItem) bool { return sameNumber(it.PhoneNumber, p.PhoneNumber) })
		if err != nil {
			out[i].Err = err
			continue
		}
		if times[item.ID] > 1 { // an assignment would be of another number
			item.ID = ""
		}
		out[i].Value = &PhoneNumber{ID: PhoneNumberID{Key{account, string(item.ID)}}, PhoneNumber: p.PhoneNumber, UsageType: p.stock(), ActivationStatus: item.ActivationStatus, Source: FromStock}
		if item.ID == "" {
			bare = append(bare, p.PhoneNumber)
		}
	}
	if len(bare) == 0 {
		return out, nil
	}
	found, err := c.FindPhoneNumbers(ctx, account, bare)
	for i, p := range ps {
		n := out[i].Value
		switch {
		case n == nil || n.ID.RCID != "":
		case found[p.PhoneNumber] != nil:
			n.ID.RCID = found[p.PhoneNumber].ID.RCID
		case !p.stocked():
			missing := &Error{Op: addNumbersToInventoryV2.ID, cause: fmt.Errorf("%w: no id, and the number is not to be found", ErrInvalid)}
			out[i] = Result[*PhoneNumber]{Err: &PartialError{n, cmp.Or(err, error(missing))}}
		}
	}
	return out, nil
}
