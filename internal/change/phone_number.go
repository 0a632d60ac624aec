package change

import (
	"context"
	"errors"
	"regexp"

	"github.com/ringql/ringql/internal/loader"
	"github.com/ringql/ringql/internal/rest"
)

// PhoneNumberResult is what became of a change to a phone number.
type PhoneNumberResult struct {
	PhoneNumber *rest.PhoneNumber // as it is now; nil when there is none, or it is not known
	Outcome     MutationOutcome
	UserErrors  []*UserError
}

func rejected(n *rest.PhoneNumber, u *UserError) *PhoneNumberResult {
	return &PhoneNumberResult{PhoneNumber: n, Outcome: Rejected, UserErrors: []*UserError{u}}
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
	case usage == rest.CompanyNumber && extension != "":
		return p, invalid("usageType", "A company number belongs to no extension: leave out extensionId, or ask for a direct number.")
	}
	return p, nil
}

// holds says whether n is where it is wanted.
func (p place) holds(n *rest.PhoneNumber) bool {
	owner := ""
	if n.Owner != nil {
		owner = n.Owner.ID.RCID
	}
	return owner == p.extension && n.UsageType == p.usage
}

// fixed says whether numbers of a usage type stay where they are. Source: the
// description of the reassign operation.
func fixed(u rest.PhoneNumberUsageType) bool {
	return u == rest.MainCompanyNumber || u == rest.AdditionalCompanyNumber || u == rest.CompanyFaxNumber
}

func fixedNumber(u rest.PhoneNumberUsageType) *UserError {
	return &UserError{Code: FixedNumber, Field: []string{"phoneNumberId"},
		Message: "The company's main, additional and fax numbers stay where they are; this is a " + string(u) + "."}
}

// numberFields says which input field the upstream means by a parameter.
var numberFields = map[string]string{
	"phoneNumberId": "phoneNumberId",
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
// be moved, then costs no Medium one.
func (c *Changer) ReassignPhoneNumber(ctx context.Context, id rest.PhoneNumberID, extension string, usage rest.PhoneNumberUsageType) (*PhoneNumberResult, error) {
	want, bad := placeOf(extension, usage)
	switch l := loader.For(ctx); {
	case bad != nil:
		return rejected(nil, bad), nil
	case fixed(want.usage):
		return rejected(nil, invalid("usageType", "No number becomes the company's main, additional or fax number by being reassigned.")), nil
	case fixed(l.FixedUsage(id)):
		return rejected(nil, fixedNumber(l.FixedUsage(id))), nil
	}
	now, err := loader.For(ctx).PhoneNumber(ctx, id)
	switch {
	case errors.Is(err, rest.ErrNotFound):
		return rejected(nil, refusal(err, numberFields)), nil
	case err != nil:
		return nil, err
	case fixed(now.UsageType):
		return rejected(now, fixedNumber(now.UsageType)), nil
	case want.holds(now):
		return &PhoneNumberResult{PhoneNumber: now, Outcome: AlreadyApplied}, nil
	}
	sctx, cancel := sending(ctx)
	defer cancel()
	n, err := c.REST.ReassignPhoneNumber(sctx, id, rest.Assignment{UsageType: want.usage, Extension: rest.To(want.extension)})
	switch {
	case err == nil && want.holds(n):
		n.SetAccount(now.ID.Account) // v2 does not tell it
		return &PhoneNumberResult{PhoneNumber: n, Outcome: Applied}, nil
	case err == nil || lost(err):
		return c.settleNumber(ctx, now, want)
	}
	if u := refusal(err, numberFields); u != nil {
		return rejected(now, u), nil
	}
	return nil, err
}

// settleNumber reads back whether a number is where it is wanted; was is what is
// known of it if nothing can be read.
func (c *Changer) settleNumber(ctx context.Context, was *rest.PhoneNumber, want place) (*PhoneNumberResult, error) {
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
		return &PhoneNumberResult{PhoneNumber: now, Outcome: Applied}, nil
	}
	return &PhoneNumberResult{PhoneNumber: now, Outcome: Unknown, UserErrors: []*UserError{unknownOutcome()}}, nil
}

// readNumber reads past everything that is remembered.
func (c *Changer) readNumber(ctx context.Context, id rest.PhoneNumberID) (*rest.PhoneNumber, error) {
	r := c.REST.ReadAccountPhoneNumbers(ctx, id.Account, []string{id.RCID})[id.RCID]
	return r.Value, r.Err
}

// Provision is a number to be taken into an account.
type Provision struct {
	Account       string
	PhoneNumber   string
	Extension     string // "" for the company
	UsageType     rest.PhoneNumberUsageType
	Type          rest.PhoneNumberType
	Label         string
	ReservationID string
}

// e164 is what the upstream takes for a phone number.
var e164 = regexp.MustCompile(`^\+[1-9]\d{1,14}$`)

// ProvisionPhoneNumber takes a number into an account and assigns it.
func (c *Changer) ProvisionPhoneNumber(ctx context.Context, p Provision) (*PhoneNumberResult, error) {
	want, bad := placeOf(p.Extension, p.UsageType)
	if !e164.MatchString(p.PhoneNumber) {
		bad = invalid("phoneNumber", "A phone number is written in E.164 form: +, country code, number, at most 15 digits.")
	}
	if bad != nil {
		return rejected(nil, bad), nil
	}
	r, err := c.provision(ctx, p, want)
	if r != nil && r.PhoneNumber != nil {
		// v2 does not tell the account.
		if id, e := loader.For(ctx).AccountID(ctx, r.PhoneNumber.ID.Account); e == nil {
			r.PhoneNumber.SetAccount(id)
		} else {
			r.PhoneNumber = nil // it has no global id; what became of it is told all the same
		}
	}
	return r, err
}

func (c *Changer) provision(ctx context.Context, p Provision, want place) (*PhoneNumberResult, error) {
	sctx, cancel := sending(ctx)
	defer cancel()
	n, err := c.REST.ProvisionPhoneNumber(sctx, p.Account, rest.Provision{
		PhoneNumber: p.PhoneNumber, ReservationID: p.ReservationID, UsageType: want.usage,
		Type: p.Type, Label: p.Label, Extension: rest.To(want.extension),
	})
	var part *rest.PartialError
	switch {
	case err == nil:
		return &PhoneNumberResult{PhoneNumber: n, Outcome: Applied}, nil
	case errors.As(err, &part):
		return c.settlePartial(ctx, part, want)
	case lost(err):
		return c.settleProvision(ctx, p, want)
	}
	u := refusal(err, numberFields)
	if u == nil {
		return nil, err
	}
	return c.explain(ctx, p, want, u), nil
}

// settlePartial says what became of a number that was added but perhaps not
// assigned. That it was added is never lost, whatever went wrong then.
func (c *Changer) settlePartial(ctx context.Context, part *rest.PartialError, want place) (*PhoneNumberResult, error) {
	if lost(part.Err) {
		r, err := c.settleNumber(ctx, part.Number, want)
		if r != nil && r.Outcome == Unknown {
			r.Outcome = Partial
		}
		return r, err
	}
	u := refusal(part.Err, numberFields)
	if u == nil {
		u = &UserError{Code: Refused, Message: "It could not be assigned for now: " + class(part.Err) + "."}
	}
	u.Message = "The number is in the company's inventory, but not assigned. " + u.Message
	return &PhoneNumberResult{PhoneNumber: part.Number, Outcome: Partial, UserErrors: []*UserError{u}}, nil
}

// settleProvision looks for a number whose provisioning got no answer. One that
// was added, and not assigned, is assigned: that was not sent before.
func (c *Changer) settleProvision(ctx context.Context, p Provision, want place) (*PhoneNumberResult, error) {
	var found *rest.PhoneNumber
	_, _ = settle(ctx, heavyLooks, func(ctx context.Context) (bool, error) {
		n, err := c.REST.FindPhoneNumber(ctx, p.Account, p.PhoneNumber)
		found = n
		return n != nil, err
	})
	switch {
	case found == nil:
		return &PhoneNumberResult{Outcome: Unknown, UserErrors: []*UserError{unknownOutcome()}}, nil
	case want.holds(found):
		return &PhoneNumberResult{PhoneNumber: found, Outcome: Applied}, nil
	case found.UsageType != rest.Inventory:
		return &PhoneNumberResult{PhoneNumber: found, Outcome: Unknown, UserErrors: []*UserError{unknownOutcome()}}, nil
	}
	sctx, cancel := settling(ctx)
	defer cancel()
	n, err := c.REST.ReassignPhoneNumber(sctx, found.ID, rest.Assignment{UsageType: want.usage, Extension: rest.To(want.extension)})
	if err != nil {
		return c.settlePartial(ctx, &rest.PartialError{Number: found, Err: err}, want)
	}
	return &PhoneNumberResult{PhoneNumber: n, Outcome: Applied}, nil
}

// explain finds out why a number was refused: a script that starts over must learn
// that it had been provisioned before.
func (c *Changer) explain(ctx context.Context, p Provision, want place, u *UserError) *PhoneNumberResult {
	if len(u.Field) == 0 || u.Field[0] != "phoneNumber" {
		return rejected(nil, u)
	}
	n, err := c.REST.FindPhoneNumber(ctx, p.Account, p.PhoneNumber)
	switch {
	case err != nil || n == nil:
		return rejected(nil, u)
	case want.holds(n):
		return &PhoneNumberResult{PhoneNumber: n, Outcome: AlreadyApplied}
	}
	u.Code, u.Message = Duplicate, "The account has this number already, in another place."
	return rejected(n, u)
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
// is as it was wished.
func (c *Changer) DeletePhoneNumber(ctx context.Context, id rest.PhoneNumberID) (*DeleteResult, error) {
	l := loader.For(ctx)
	if u := l.FixedUsage(id); u == rest.MainCompanyNumber {
		return keeps(fixedNumber(u)), nil
	}
	now, err := l.PhoneNumber(ctx, id)
	switch {
	case errors.Is(err, rest.ErrNotFound):
		if id.Account, err = l.AccountID(ctx, id.Account); err != nil {
			return nil, err
		}
		return &DeleteResult{DeletedID: &id, Outcome: AlreadyApplied}, nil
	case err != nil:
		return nil, err
	case now.UsageType == rest.MainCompanyNumber:
		return keeps(fixedNumber(now.UsageType)), nil
	}
	sctx, cancel := sending(ctx)
	defer cancel()
	err = c.REST.DeletePhoneNumber(sctx, id, unused(now.UsageType))
	if err == nil {
		return &DeleteResult{DeletedID: &now.ID, Outcome: Applied}, nil
	}
	if lost(err) {
		return c.settleDelete(ctx, now.ID), nil
	}
	u := refusal(err, numberFields)
	if u == nil {
		return nil, err
	}
	if u.Code == NotSupported {
		u.Message = "RingCentral removes only numbers that nobody uses; this is a " + string(now.UsageType) + "."
	}
	return keeps(u), nil
}

func (c *Changer) settleDelete(ctx context.Context, id rest.PhoneNumberID) *DeleteResult {
	gone, _ := settle(ctx, looks, func(ctx context.Context) (bool, error) {
		_, err := c.readNumber(ctx, id)
		return errors.Is(err, rest.ErrNotFound), err
	})
	if gone {
		return &DeleteResult{DeletedID: &id, Outcome: Applied}
	}
	return &DeleteResult{Outcome: Unknown, UserErrors: []*UserError{unknownOutcome()}}
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
