package change

import (
	"context"
	"errors"
	"regexp"

	"github.com/ringql/ringql/internal/rest"
)

// Provision is a number to be taken into an account.
type Provision struct {
	PhoneNumber   string
	Extension     rest.ExtensionID // none for the company
	UsageType     rest.PhoneNumberUsageType
	Type          rest.PhoneNumberType
	Label         string
	ReservationID string
	bad           *UserError // why it cannot be read, if it cannot
}

func (a Provision) number() (field, key string) { return "phoneNumber", a.PhoneNumber }
func (a Provision) unreadable() *UserError      { return a.bad }

// Refused is a with the reason why it cannot be read.
func (a Provision) Refused(bad *UserError) Provision {
	a.bad = bad
	return a
}

// e164 is what the upstream takes for a phone number.
var e164 = regexp.MustCompile(`^\+[1-9]\d{1,14}$`)

// ProvisionPhoneNumber takes a number into an account and assigns it.
func (c *Changer) ProvisionPhoneNumber(ctx context.Context, account string, asked Provision) (*PhoneNumberResult, error) {
	return only(c.provision(ctx, account, []Provision{asked}))
}

// ProvisionPhoneNumbers is ProvisionPhoneNumber for many.
func (c *Changer) ProvisionPhoneNumbers(ctx context.Context, account string, asked []Provision) (*PhoneNumbersResult, error) {
	return several(ctx, asked, func(ctx context.Context, asked []Provision) []fate { return c.provision(ctx, account, asked) })
}

// provisioning is one number on its way.
type provisioning struct {
	fate
	want  place
	ask   rest.Provision
	owner rest.ExtensionID

	answered error             // the refusal or loss after which the number is looked for
	added    *rest.PhoneNumber // it is there, but whether as it was wanted is to be read back
	part     bool              // in the inventory at least: v2 takes two steps
}

// provision carries out what is asked for. Each step leaves open what the next is for.
func (c *Changer) provision(ctx context.Context, account string, asked []Provision) []fate {
	all := make([]*provisioning, len(asked))
	for i, a := range asked {
		want, bad := placeOf(a.Extension.RCID, a.UsageType)
		all[i] = &provisioning{want: want, owner: a.Extension, ask: rest.Provision{
			PhoneNumber: a.PhoneNumber, ReservationID: a.ReservationID, UsageType: want.usage,
			Type: a.Type, Label: a.Label, Extension: rest.To(want.extension),
		}}
		if bad == nil {
			bad = c.impossible(all[i])
		}
		if bad != nil {
			all[i].result = rejected(nil, bad)
		}
	}
	run := &provisionRun{c: c, path: account}
	run.send(ctx, open(all))
	run.seek(ctx, open(all))
	run.settle(ctx, open(all))
	for _, p := range all {
		p.place(run.account)
	}
	return fates(all)
}

// impossible says why a number is known not to be provisioned so, before any call.
func (c *Changer) impossible(p *provisioning) *UserError {
	switch {
	case !e164.MatchString(p.ask.PhoneNumber):
		return invalid("phoneNumber", "A phone number is written in E.164 form: +, country code, number, at most 15 digits.")
	case p.want.usage == rest.MainCompanyNumber:
		return invalid("usageType", "The company has its one main number from the start: no other is provisioned.")
	}
	return refusal(c.REST.CanProvision(p.ask), provisionFields)
}

// place says which account the number of a result belongs to: v2 does not tell it. To a
// number without id nothing can refer; what became of it is told all the same.
func (p *provisioning) place(account string) {
	if r := p.result; r != nil && r.PhoneNumber != nil {
		if r.PhoneNumber = r.PhoneNumber.In(account); r.PhoneNumber.ID.RCID == "" {
			r.PhoneNumber = nil
		}
	}
}

// provisionRun is one use of provision.
type provisionRun struct {
	c       *Changer
	path    string // the account as it was named
	account string // its real id
}

// send sends what can be sent.
func (run *provisionRun) send(ctx context.Context, all []*provisioning) {
	if len(all) == 0 {
		return
	}
	sctx, cancel, err := sending(ctx)
	if err != nil {
		failAll(all, err)
		return
	}
	defer cancel()
	if run.account, err = accountID(ctx, run.path); err != nil {
		failAll(all, err)
		return
	}
	for _, p := range all {
		p.err = foreign("extensionId", run.account, p.owner)
	}
	all = open(all)
	asks := make([]rest.Provision, len(all))
	for i, p := range all {
		asks[i] = p.ask
	}
	for i, r := range run.c.REST.ProvisionPhoneNumbers(sctx, run.path, asks) {
		all[i].answer(r.Value, r.Err)
	}
}

// answer files what the upstream answered. That a number was added is never withheld,
// whatever went wrong then.
func (p *provisioning) answer(n *rest.PhoneNumber, err error) {
	part, ok := errors.AsType[*rest.PartialError](err)
	u := refusal(err, provisionFields)
	switch {
	case ok:
		p.half(part.Number, part.Err)
	case err == nil && p.want.holds(n):
		p.result = applied(n)
	case err == nil:
		p.added, p.part = n, n.Source == rest.FromV2
	case lost(err), u != nil && refusesNumber(err):
		p.answered = err
	case u != nil:
		p.result = rejected(nil, u)
	default:
		p.err = err
	}
}

// refusesNumber says whether a refusal is about the number: that it is there already, perhaps.
func refusesNumber(err error) bool {
	e, ok := errors.AsType[*rest.Error](err)
	return ok && e.Parameter == "phoneNumber"
}

// half files that a number is in the inventory, and why it is perhaps not assigned.
func (p *provisioning) half(n *rest.PhoneNumber, err error) {
	if lost(err) {
		p.added, p.part = n, true
		return
	}
	u := refusal(err, provisionFields)
	if u == nil {
		u = undone("assigned", err)
	}
	u.Message = "The number is in the company's inventory, but not assigned. " + u.Message
	p.result = &PhoneNumberResult{PhoneNumber: n, Outcome: Partial, UserErrors: []*UserError{u}, wait: rest.RetryAfter(err)}
}

// seek looks for the numbers whose answer was lost, and those that were refused: a
// script that starts over must learn that they had been provisioned before.
func (run *provisionRun) seek(ctx context.Context, all []*provisioning) {
	var sought []*provisioning
	var numbers []string
	waiting := 0
	for _, p := range all {
		if p.added == nil {
			sought, numbers = append(sought, p), append(numbers, p.ask.PhoneNumber)
		}
		if p.added == nil && lost(p.answered) {
			waiting++
		}
	}
	if len(sought) == 0 {
		return
	}
	var found map[string]*rest.PhoneNumber
	look := func(ctx context.Context) (bool, error) {
		var err error
		found, err = run.c.REST.FindPhoneNumbers(rest.Fresh(ctx), run.path, numbers)
		return len(found) == len(numbers), err
	}
	if waiting > 0 {
		_, _ = settle(ctx, heavyLooks, look)
	} else {
		_, _ = look(ctx)
	}
	var inStock []*provisioning
	for _, p := range sought {
		n := found[p.ask.PhoneNumber]
		switch {
		case !lost(p.answered):
			p.result = p.explain(n)
		case n == nil:
			p.result = stillAdding(p.answered)
		case p.want.holds(n):
			p.result = applied(n)
		case n.UsageType != rest.Inventory:
			p.result = unknown(n)
		default:
			p.added, p.part = n, true
			inStock = append(inStock, p)
		}
	}
	run.assign(ctx, inStock)
}

// explain says of a refused number whether the account has it; n is nil if it has not,
// or that is not known.
func (p *provisioning) explain(n *rest.PhoneNumber) *PhoneNumberResult {
	u := refusal(p.answered, provisionFields)
	switch {
	case n == nil:
	case p.want.holds(n):
		return alreadyApplied(n)
	default:
		u = &UserError{Code: Duplicate, Message: "The account has this number already, in another place.", Field: []string{"phoneNumber"}, RCCode: u.RCCode}
	}
	return rejected(n, u)
}

// assign assigns numbers that were found in the inventory after their answer was lost:
// that was not sent before, or its loss would be a *rest.PartialError.
func (run *provisionRun) assign(ctx context.Context, all []*provisioning) {
	sctx, cancel := settling(ctx)
	defer cancel()
	sent := make([]rest.Reassignment, len(all))
	for i, p := range all {
		to := p.want.assignment()
		to.Type = p.ask.Type
		sent[i] = rest.Reassignment{ID: p.added.ID, To: to}
	}
	for i, r := range run.c.REST.ReassignPhoneNumbers(sctx, sent) {
		p := all[i]
		switch {
		case r.Err != nil:
			p.half(p.added, r.Err)
		case !p.want.holds(r.Value): // to be read back
		case p.ask.Label != "":
			p.result = &PhoneNumberResult{PhoneNumber: r.Value, Outcome: Partial, UserErrors: []*UserError{{
				Code: NotSupported, Field: []string{"label"}, Message: "The number is assigned, but has no label.",
			}}}
		default:
			p.result = applied(r.Value)
		}
	}
}

// settle reads back whether numbers that were added are where they are wanted.
func (run *provisionRun) settle(ctx context.Context, all []*provisioning) {
	var was []*rest.PhoneNumber
	var wants []place
	for _, p := range all {
		was, wants = append(was, p.added), append(wants, p.want)
	}
	for i, r := range run.c.settleNumbers(ctx, was, wants) {
		if all[i].part && r.Outcome == Unknown {
			r.Outcome = Partial
		}
		all[i].result = r
	}
}
