package change

import (
	"context"

	"github.com/ringql/ringql/internal/loader"
	"github.com/ringql/ringql/internal/rest"
)

// PhoneNumberResult is what became of a change to a phone number.
type PhoneNumberResult struct {
	PhoneNumber *rest.PhoneNumber // as it is now; nil when there is none, or it is not known
	Outcome     MutationOutcome
	UserErrors  []*UserError
}

func applied(n *rest.PhoneNumber) *PhoneNumberResult {
	return &PhoneNumberResult{PhoneNumber: n, Outcome: Applied}
}

func alreadyApplied(n *rest.PhoneNumber) *PhoneNumberResult {
	return &PhoneNumberResult{PhoneNumber: n, Outcome: AlreadyApplied}
}

func rejected(n *rest.PhoneNumber, u *UserError) *PhoneNumberResult {
	return &PhoneNumberResult{PhoneNumber: n, Outcome: Rejected, UserErrors: []*UserError{u}}
}

func unknown(n *rest.PhoneNumber) *PhoneNumberResult {
	return &PhoneNumberResult{PhoneNumber: n, Outcome: Unknown, UserErrors: []*UserError{unknownOutcome()}}
}

// place is where a phone number is wanted.
type place struct {
	extension string // "" for the company
	usage     rest.PhoneNumberUsageType
}

// placeOf completes what a person asked for and refuses what contradicts itself.
func placeOf(extension string, usage rest.PhoneNumberUsageType) (place, *UserError) {
	p := place{extension, usage}
	switch {
	case usage == "" && extension != "":
		p.usage = rest.DirectNumber
	case usage == "":
		p.usage = rest.CompanyNumber
	case usage == rest.DirectNumber && extension == "":
		return p, invalid("extensionId", "A direct number belongs to an extension: say which.")
	case ofCompany(usage) && extension != "":
		return p, invalid("usageType", "Such a number belongs to the company, and to no extension: leave out extensionId, or ask for a direct number.")
	}
	return p, nil
}

// ofCompany says whether numbers of a usage type never belong to an extension.
func ofCompany(u rest.PhoneNumberUsageType) bool {
	switch u {
	case rest.CompanyNumber, rest.AdditionalCompanyNumber, rest.CompanyFaxNumber, rest.ForwardedCompanyNumber:
		return true
	}
	return false
}

// holds says whether n is where it is wanted.
func (p place) holds(n *rest.PhoneNumber) bool {
	owner := ""
	if n.Owner != nil {
		owner = n.Owner.ID.RCID
	}
	stock := p.usage == rest.Inventory && n.UsageType == rest.NumberStorage // v1.0's word for it
	return owner == p.extension && (n.UsageType == p.usage || stock)
}

// assignment is p as the upstream is told it.
func (p place) assignment() rest.Assignment {
	return rest.Assignment{UsageType: p.usage, Extension: rest.To(p.extension)}
}

// fixed says whether numbers of a usage type stay where they are. Source: the
// description of the reassign operation.
func fixed(u rest.PhoneNumberUsageType) bool {
	return u == rest.MainCompanyNumber || u == rest.AdditionalCompanyNumber || u == rest.CompanyFaxNumber
}

func fixedNumber(u rest.PhoneNumberUsageType) *UserError {
	name := map[rest.PhoneNumberUsageType]string{
		rest.MainCompanyNumber: "main", rest.AdditionalCompanyNumber: "additional main", rest.CompanyFaxNumber: "fax",
	}[u]
	return &UserError{Code: FixedNumber, Field: []string{"phoneNumberId"}, Message: "This is the company's " + name + " number: it stays what it is."}
}

// numberID is what the upstream calls the number that a change is about. Only its
// word about this one says that the number is gone.
const numberID = "phoneNumberId"

// numberFields says which input field the upstream means by a parameter.
var numberFields = map[string]string{
	numberID:        "phoneNumberId",
	"phoneNumber":   "phoneNumber",
	"extension.id":  "extensionId",
	"extensionId":   "extensionId",
	"usageType":     "usageType",
	"label":         "label",
	"type":          "type",
	"reservationId": "reservationId",
}

// ReassignPhoneNumber gives a number to an extension, or with none to the company.
// It is read first, for a Light call: a number that is there already, or may not
// be moved, then costs no Medium one. That read also tells the account.
func (c *Changer) ReassignPhoneNumber(ctx context.Context, id rest.PhoneNumberID, to rest.ExtensionID, usage rest.PhoneNumberUsageType) (*PhoneNumberResult, error) {
	want, bad := placeOf(to.RCID, usage)
	if bad == nil {
		bad = c.immovable(ctx, id, want)
	}
	if bad != nil {
		return rejected(nil, bad), nil
	}
	now, err := loader.For(ctx).PhoneNumber(rest.Fresh(ctx), id)
	switch {
	case rest.Missing(err, numberID):
		return rejected(nil, refusal(err, numberFields)), nil
	case err != nil:
		return nil, err
	}
	if err := foreign("extensionId", now.ID.Account, to); err != nil {
		return nil, err
	}
	switch {
	case fixed(now.UsageType):
		return rejected(now, fixedNumber(now.UsageType)), nil
	case want.holds(now):
		return alreadyApplied(now), nil
	}
	sctx, cancel, err := sending(ctx)
	if err != nil {
		return nil, err
	}
	defer cancel()
	n, err := c.REST.ReassignPhoneNumber(sctx, id, want.assignment())
	switch {
	case err == nil && want.holds(n):
		n.SetAccount(now.ID.Account) // v2 does not tell it
		return applied(n), nil
	case err == nil || lost(err):
		return c.settleNumber(ctx, now, want), nil
	}
	if u := refusal(err, numberFields); u != nil {
		return rejected(now, u), nil
	}
	return nil, err
}

// immovable says why a number is known not to get where it is wanted, before any call.
func (c *Changer) immovable(ctx context.Context, id rest.PhoneNumberID, want place) *UserError {
	if fixed(want.usage) {
		return invalid("usageType", "No number becomes the company's main, additional or fax number by being reassigned.")
	}
	if u := loader.For(ctx).FixedUsage(id); fixed(u) {
		return fixedNumber(u)
	}
	return refusal(c.REST.CanReassign(want.assignment()), numberFields)
}

// settleNumber reads back whether a number is where it is wanted; was is what is
// known of it if nothing can be read.
func (c *Changer) settleNumber(ctx context.Context, was *rest.PhoneNumber, want place) *PhoneNumberResult {
	now := was
	seen, _ := settle(ctx, looks, func(ctx context.Context) (bool, error) {
		n, err := c.readNumber(ctx, was.ID)
		if err != nil {
			return false, err
		}
		now = n
		return want.holds(n), nil
	})
	if seen {
		return applied(now)
	}
	return unknown(now)
}

// readNumber reads past everything that is remembered.
func (c *Changer) readNumber(ctx context.Context, id rest.PhoneNumberID) (*rest.PhoneNumber, error) {
	r := c.REST.ReadAccountPhoneNumbers(rest.Fresh(ctx), id.Account, []string{id.RCID})[id.RCID]
	return r.Value, r.Err
}

// DeleteResult is what became of removing a number.
type DeleteResult struct {
	DeletedID  *rest.PhoneNumberID // of the number that is gone
	Outcome    MutationOutcome
	UserErrors []*UserError
}

func keeps(u *UserError) *DeleteResult {
	return &DeleteResult{Outcome: Rejected, UserErrors: []*UserError{u}}
}

// DeletePhoneNumber removes a number from the account. A number that is not there
// is as it was wished; but that it is not there is for the operation that removes it
// to say, since a read may hide what this person may not see.
func (c *Changer) DeletePhoneNumber(ctx context.Context, id rest.PhoneNumberID) (*DeleteResult, error) {
	l := loader.For(ctx)
	if u := l.FixedUsage(id); u == rest.MainCompanyNumber {
		return keeps(fixedNumber(u)), nil
	}
	now, err := l.PhoneNumber(rest.Fresh(ctx), id)
	hidden := rest.Missing(err, numberID)
	switch {
	case err != nil && !hidden:
		return nil, err
	case !hidden && now.UsageType == rest.MainCompanyNumber:
		return keeps(fixedNumber(now.UsageType)), nil
	}
	var account string
	if !hidden {
		account = now.ID.Account
	} else if account, err = accountID(ctx, id.Account); err != nil {
		return nil, err
	}
	sctx, cancel, err := sending(ctx)
	if err != nil {
		return nil, err
	}
	defer cancel()
	err = c.REST.DeletePhoneNumber(sctx, id, hidden || unused(now.UsageType))
	gone := &rest.PhoneNumberID{Key: rest.Key{Account: account, RCID: id.RCID}}
	switch {
	case err == nil:
		return &DeleteResult{DeletedID: gone, Outcome: Applied}, nil
	case rest.Missing(err, numberID):
		u := refusal(err, numberFields)
		u.Message = "There is no such number: it was removed before, or never was."
		return &DeleteResult{DeletedID: gone, Outcome: AlreadyApplied, UserErrors: []*UserError{u}}, nil
	case lost(err) && !hidden && c.settleDelete(ctx, id):
		return &DeleteResult{DeletedID: gone, Outcome: Applied}, nil
	case lost(err):
		return &DeleteResult{Outcome: Unknown, UserErrors: []*UserError{unknownOutcome()}}, nil
	}
	u := refusal(err, numberFields)
	if u == nil {
		return nil, err
	}
	if u.Code == NotSupported && !hidden {
		u.Message = "RingCentral removes only numbers that nobody uses; this is a " + string(now.UsageType) + "."
	}
	return keeps(u), nil
}

// settleDelete reads back whether a number that was there is gone.
func (c *Changer) settleDelete(ctx context.Context, id rest.PhoneNumberID) bool {
	gone, _ := settle(ctx, looks, func(ctx context.Context) (bool, error) {
		_, err := c.readNumber(ctx, id)
		return rest.Missing(err, numberID), err
	})
	return gone
}

// unused says whether v2, which removes only numbers that nobody uses, removes
// numbers of a usage type.
func unused(u rest.PhoneNumberUsageType) bool {
	switch u {
	case rest.Inventory, rest.NumberStorage, rest.ForwardedNumber, rest.ForwardedCompanyNumber:
		return true
	}
	return false
}
