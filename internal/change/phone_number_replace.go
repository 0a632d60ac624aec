package change

import (
	"context"

	"github.com/ringql/ringql/internal/rest"
)

// ReplaceResult is what became of replacing a number.
type ReplaceResult struct {
	PhoneNumber *rest.PhoneNumber // that took the place
	Replaced    *rest.PhoneNumber // that had it
	Outcome     MutationOutcome
	UserErrors  []*UserError
}

// replaceFields says which input field the upstream means by a parameter.
var replaceFields = map[string]string{"phoneNumberId": "phoneNumberId", "targetPhoneNumberId": "replacementId"}

// twoNumbers are the number in use, and the one that is to take its place.
type twoNumbers struct{ old, replacement *rest.PhoneNumber }

func (n *twoNumbers) result(outcome MutationOutcome, errs ...*UserError) *ReplaceResult {
	if n == nil {
		n = &twoNumbers{}
	}
	return &ReplaceResult{PhoneNumber: n.replacement, Replaced: n.old, Outcome: outcome, UserErrors: errs}
}

// ReplacePhoneNumber puts a number of the inventory in the place of one in use. Both are
// read first, for one Light call, and afterwards for another: sent twice, the change would
// be undone, so it is sent only when their places say that it has not been made.
func (c *Changer) ReplacePhoneNumber(ctx context.Context, id, replacement rest.PhoneNumberID) (*ReplaceResult, error) {
	var none *twoNumbers
	if id.RCID == replacement.RCID {
		return none.result(Rejected, invalid("replacementId", "A number does not replace itself.")), nil
	}
	if u := refusal(c.REST.CanReplacePhoneNumber(), nil); u != nil {
		return none.result(Rejected, u), nil
	}
	was, u, err := c.readTwo(ctx, id, replacement)
	switch {
	case was.old != nil && replacement.Account != rest.Own && replacement.Account != was.old.ID.Account:
		return nil, &ForeignError{"replacementId"}
	case err != nil:
		return nil, err
	case u != nil:
		return was.result(Rejected, u), nil
	case inStock(was.old) && replaceable(was.replacement):
		return was.result(AlreadyApplied, invalid("phoneNumberId",
			"This number is in the inventory and the other in use: it was replaced before, or never had that place.")), nil
	}
	if u := was.unable(); u != nil {
		return was.result(Rejected, u), nil
	}
	r, err := Carry(ctx, Step[twoNumbers]{
		Send: func(ctx context.Context) (*twoNumbers, error) {
			return nil, c.REST.ReplacePhoneNumber(ctx, id, replacement.RCID)
		},
		Look: func(ctx context.Context) (*twoNumbers, bool, error) {
			now, u, err := c.readTwo(ctx, id, replacement)
			return now, err == nil && u == nil && was.changedTo(now), err
		},
		Fields: replaceFields,
	})
	if err != nil {
		return nil, err
	}
	now := r.Object
	if now == nil && r.Outcome != Applied {
		now = was
	}
	return now.result(r.Outcome, r.UserErrors...), nil
}

// readTwo reads both numbers past everything that is remembered. One that is not there is
// a user error.
func (c *Changer) readTwo(ctx context.Context, id, replacement rest.PhoneNumberID) (*twoNumbers, *UserError, error) {
	read := c.REST.ReadAccountPhoneNumbers(rest.Fresh(ctx), id.Account, []string{id.RCID, replacement.RCID})
	n := &twoNumbers{read[id.RCID].Value, read[replacement.RCID].Value}
	for _, one := range []struct{ rcID, field string }{{id.RCID, "phoneNumberId"}, {replacement.RCID, "replacementId"}} {
		err := read[one.rcID].Err
		switch {
		case rest.Missing(err, numberID):
			return n, refusal(err, map[string]string{numberID: one.field}), nil
		case err != nil:
			return n, nil, err
		}
	}
	return n, nil, nil
}

// unable says why one number cannot replace the other.
func (n *twoNumbers) unable() *UserError {
	switch {
	case inStock(n.old):
		return invalid("phoneNumberId", "This number is in the inventory: there is nothing to replace.")
	case !replaceable(n.old):
		return invalid("phoneNumberId", "Only main, company, direct and company fax numbers are replaced.")
	case !inStock(n.replacement):
		return &UserError{Code: Duplicate, Field: []string{"replacementId"}, Message: "This number is in use: only one of the inventory takes another's place."}
	}
	return nil
}

// changedTo says whether now shows the replacement of n in the place of the old one.
func (n *twoNumbers) changedTo(now *twoNumbers) bool {
	want := place{usage: n.old.UsageType}
	if n.old.Owner != nil {
		want.extension = n.old.Owner.ID.RCID
	}
	return inStock(now.old) && want.holds(now.replacement)
}

func inStock(n *rest.PhoneNumber) bool {
	return n.UsageType == rest.Inventory || n.UsageType == rest.NumberStorage // v1.0's word for it
}

// replaceable says whether the upstream replaces n. Source: the description of the operation.
func replaceable(n *rest.PhoneNumber) bool {
	switch n.UsageType {
	case rest.MainCompanyNumber, rest.CompanyNumber, rest.DirectNumber, rest.CompanyFaxNumber:
		return true
	}
	return false
}
