package change

import (
	"context"
	"errors"
	"regexp"

	"github.com/ringql/ringql/internal/rest"
)

// Provision is a number to be taken into an account.
type Provision struct {
	Account       string
	PhoneNumber   string
	Extension     rest.ExtensionID // none for the company
	UsageType     rest.PhoneNumberUsageType
	Type          rest.PhoneNumberType
	Label         string
	ReservationID string
}

// e164 is what the upstream takes for a phone number.
var e164 = regexp.MustCompile(`^\+[1-9]\d{1,14}$`)

// provisioning is one use of ProvisionPhoneNumber.
type provisioning struct {
	c       *Changer
	account string
	want    place
	ask     rest.Provision
}

// ProvisionPhoneNumber takes a number into an account and assigns it.
func (c *Changer) ProvisionPhoneNumber(ctx context.Context, asked Provision) (*PhoneNumberResult, error) {
	want, bad := placeOf(asked.Extension.RCID, asked.UsageType)
	p := &provisioning{c, asked.Account, want, rest.Provision{
		PhoneNumber: asked.PhoneNumber, ReservationID: asked.ReservationID, UsageType: want.usage,
		Type: asked.Type, Label: asked.Label, Extension: rest.To(want.extension),
	}}
	if bad == nil {
		bad = p.impossible()
	}
	if bad != nil {
		return rejected(nil, bad), nil
	}
	sctx, cancel, err := sending(ctx)
	if err != nil {
		return nil, err
	}
	defer cancel()
	account, err := accountID(ctx, p.account)
	if err == nil {
		err = foreign("extensionId", account, asked.Extension)
	}
	if err != nil {
		return nil, err
	}
	r, err := p.send(ctx, sctx)
	if r != nil && r.PhoneNumber != nil {
		r.PhoneNumber.SetAccount(account) // v2 does not tell it
		if r.PhoneNumber.ID.RCID == "" {
			r.PhoneNumber = nil // nothing can refer to it; what became of it is told all the same
		}
	}
	return r, err
}

// impossible says why the number is known not to be provisioned so, before any call.
func (p *provisioning) impossible() *UserError {
	switch {
	case !e164.MatchString(p.ask.PhoneNumber):
		return invalid("phoneNumber", "A phone number is written in E.164 form: +, country code, number, at most 15 digits.")
	case p.want.usage == rest.MainCompanyNumber:
		return invalid("usageType", "The company has its one main number from the start: no other is provisioned.")
	}
	return refusal(p.c.REST.CanProvision(p.ask), numberFields)
}

// send provisions the number with sctx, and settles with ctx what became of it.
func (p *provisioning) send(ctx, sctx context.Context) (*PhoneNumberResult, error) {
	n, err := p.c.REST.ProvisionPhoneNumber(sctx, p.account, p.ask)
	if part, ok := errors.AsType[*rest.PartialError](err); ok {
		return p.partial(ctx, part), nil
	}
	switch {
	case err == nil && p.want.holds(n):
		return applied(n), nil
	case err == nil:
		return p.c.settleNumber(ctx, n, p.want), nil
	case lost(err):
		return p.settle(ctx), nil
	}
	u := refusal(err, numberFields)
	if u == nil {
		return nil, err
	}
	return p.explain(ctx, u), nil
}

// partial says what became of a number that was added but perhaps not assigned. That
// it was added is never withheld, whatever went wrong then.
func (p *provisioning) partial(ctx context.Context, part *rest.PartialError) *PhoneNumberResult {
	if lost(part.Err) {
		r := p.c.settleNumber(ctx, part.Number, p.want)
		if r.Outcome == Unknown {
			r.Outcome = Partial
		}
		return r
	}
	u := refusal(part.Err, numberFields)
	if u == nil {
		u = &UserError{Code: Refused, Message: "It could not be assigned for now: " + class(part.Err) + "."}
	}
	u.Message = "The number is in the company's inventory, but not assigned. " + u.Message
	return &PhoneNumberResult{PhoneNumber: part.Number, Outcome: Partial, UserErrors: []*UserError{u}}
}

// settle looks for a number whose provisioning got no answer. One that is in the
// inventory is assigned: that was not sent before, or its loss would be a
// *rest.PartialError.
func (p *provisioning) settle(ctx context.Context) *PhoneNumberResult {
	var found *rest.PhoneNumber
	_, _ = settle(ctx, heavyLooks, func(ctx context.Context) (bool, error) {
		n, err := p.c.REST.FindPhoneNumber(rest.Fresh(ctx), p.account, p.ask.PhoneNumber)
		found = n
		return n != nil, err
	})
	switch {
	case found == nil:
		return unknown(nil)
	case p.want.holds(found):
		return applied(found)
	case found.UsageType != rest.Inventory:
		return unknown(found)
	}
	sctx, cancel := settling(ctx)
	defer cancel()
	to := p.want.assignment()
	to.Type = p.ask.Type
	n, err := p.c.REST.ReassignPhoneNumber(sctx, found.ID, to)
	switch {
	case err != nil:
		return p.partial(ctx, &rest.PartialError{Number: found, Err: err})
	case !p.want.holds(n):
		return p.partial(ctx, &rest.PartialError{Number: found, Err: rest.ErrLost})
	case p.ask.Label != "":
		return &PhoneNumberResult{PhoneNumber: n, Outcome: Partial, UserErrors: []*UserError{{
			Code: NotSupported, Field: []string{"label"}, Message: "The number is assigned, but has no label.",
		}}}
	}
	return applied(n)
}

// explain finds out why a number was refused: a script that starts over must learn
// that it had been provisioned before.
func (p *provisioning) explain(ctx context.Context, u *UserError) *PhoneNumberResult {
	if len(u.Field) == 0 || u.Field[0] != "phoneNumber" {
		return rejected(nil, u)
	}
	n, err := p.c.REST.FindPhoneNumber(rest.Fresh(ctx), p.account, p.ask.PhoneNumber)
	switch {
	case err != nil || n == nil:
		return rejected(nil, u)
	case p.want.holds(n):
		return alreadyApplied(n)
	}
	u.Code, u.Message = Duplicate, "The account has this number already, in another place."
	return rejected(n, u)
}
