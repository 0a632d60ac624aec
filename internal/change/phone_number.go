package change

import (
	"context"
	"slices"
	"time"

	"github.com/ringql/ringql/internal/loader"
	"github.com/ringql/ringql/internal/rest"
)

// PhoneNumberResult is what became of a change to a phone number.
type PhoneNumberResult struct {
	PhoneNumber *rest.PhoneNumber   // as it is now; nil when there is none, or it is not known
	DeletedID   *rest.PhoneNumberID // of a number that is gone
	Outcome     MutationOutcome
	UserErrors  []*UserError
	Task        *rest.PhoneNumberTask // the upstream's, which may still carry it out

	wait time.Duration // until what was not sent may be
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

// Which input field the upstream means by a parameter. A new number has no id in its input.
var (
	removalFields  = map[string]string{numberID: "phoneNumberId"}
	reassignFields = map[string]string{
		numberID:       "phoneNumberId",
		"extension.id": "extensionId",
		"extensionId":  "extensionId",
		"usageType":    "usageType",
	}
	provisionFields = map[string]string{
		numberID:        "phoneNumber",
		"phoneNumber":   "phoneNumber",
		"extension.id":  "extensionId",
		"extensionId":   "extensionId",
		"usageType":     "usageType",
		"label":         "label",
		"type":          "type",
		"reservationId": "reservationId",
	}
)

// Reassignment is where a number is to go.
type Reassignment struct {
	ID        rest.PhoneNumberID
	To        rest.ExtensionID // none for the company
	UsageType rest.PhoneNumberUsageType
	bad       *UserError // why it cannot be read, if it cannot
}

func (a Reassignment) number() (field, key string) { return "phoneNumberId", a.ID.RCID }
func (a Reassignment) unreadable() *UserError      { return a.bad }

// Refused is a with the reason why it cannot be read.
func (a Reassignment) Refused(bad *UserError) Reassignment {
	a.bad = bad
	return a
}

// ReassignPhoneNumber gives a number to an extension, or with none to the company.
func (c *Changer) ReassignPhoneNumber(ctx context.Context, asked Reassignment) (*PhoneNumberResult, error) {
	return only(c.reassign(ctx, []Reassignment{asked}))
}

// ReassignPhoneNumbers is ReassignPhoneNumber for many.
func (c *Changer) ReassignPhoneNumbers(ctx context.Context, asked []Reassignment) (*PhoneNumbersResult, error) {
	return several(ctx, asked, c.reassign)
}

// reassigning is one number on its way.
type reassigning struct {
	fate
	asked Reassignment
	want  place
}

// reassign reads the numbers first, for a Light call: one that is there already, or may
// not be moved, then costs no Medium one. That read also tells the account.
func (c *Changer) reassign(ctx context.Context, asked []Reassignment) []fate {
	all := make([]*reassigning, len(asked))
	for i, a := range asked {
		all[i] = &reassigning{asked: a}
		var bad *UserError
		if all[i].want, bad = placeOf(a.To.RCID, a.UsageType); bad == nil {
			bad = c.immovable(ctx, a.ID, all[i].want)
		}
		if bad != nil {
			all[i].result = rejected(nil, bad)
		}
	}
	c.readBefore(ctx, open(all))
	c.sendEach(ctx, open(all))
	var was []*rest.PhoneNumber
	var wants []place
	lost := open(all)
	for _, r := range lost {
		was, wants = append(was, r.was), append(wants, r.want)
	}
	for i, result := range c.settleNumbers(ctx, was, wants) {
		lost[i].result = result
	}
	return fates(all)
}

// immovable says why a number is known not to get where it is wanted, before any call.
func (c *Changer) immovable(ctx context.Context, id rest.PhoneNumberID, want place) *UserError {
	if fixed(want.usage) {
		return invalid("usageType", "No number becomes the company's main, additional or fax number by being reassigned.")
	}
	if u := loader.For(ctx).FixedUsage(id); fixed(u) {
		return fixedNumber(u)
	}
	return refusal(c.REST.CanReassign(want.assignment()), reassignFields)
}

func (c *Changer) readBefore(ctx context.Context, all []*reassigning) {
	ids := make([]rest.PhoneNumberID, len(all))
	for i, r := range all {
		ids[i] = r.asked.ID
	}
	for i, found := range loader.For(ctx).FreshPhoneNumbers(ctx, ids) {
		r, now := all[i], found.Value
		if found.Err == nil {
			found.Err = foreign("extensionId", now.ID.Account, r.asked.To)
		}
		switch {
		case rest.Missing(found.Err, numberID):
			r.result = rejected(nil, refusal(found.Err, reassignFields))
		case found.Err != nil:
			r.err = found.Err
		case fixed(now.UsageType):
			r.result = rejected(now, fixedNumber(now.UsageType))
		case r.want.holds(now):
			r.result = alreadyApplied(now)
		default:
			r.was = now
		}
	}
}

// sendEach sends what is left to do. Numbers whose answer is lost, or shows them
// elsewhere, stay open.
func (c *Changer) sendEach(ctx context.Context, all []*reassigning) {
	sctx, cancel, err := sending(ctx)
	if err != nil {
		failAll(all, err)
		return
	}
	defer cancel()
	sent := make([]rest.Reassignment, len(all))
	for i, r := range all {
		sent[i] = rest.Reassignment{ID: r.asked.ID, To: r.want.assignment()}
	}
	for i, got := range c.REST.ReassignPhoneNumbers(sctx, sent) {
		r, u := all[i], refusal(got.Err, reassignFields)
		switch {
		case got.Err == nil && r.want.holds(got.Value):
			r.result = applied(got.Value.In(r.was.ID.Account)) // v2 does not tell it
		case got.Err == nil, lost(got.Err):
		case u != nil:
			r.result = rejected(r.was, u)
		default:
			r.err = got.Err
		}
	}
}

// settleNumbers reads back whether numbers are where they are wanted; was is what is
// known of each if it cannot be read.
func (c *Changer) settleNumbers(ctx context.Context, was []*rest.PhoneNumber, wants []place) []*PhoneNumberResult {
	out := make([]*PhoneNumberResult, len(was))
	if len(was) == 0 {
		return nil
	}
	now := slices.Clone(was)
	_, _ = settle(ctx, looks, func(ctx context.Context) (bool, error) {
		var ids []rest.PhoneNumberID
		var at []int
		for i, r := range out {
			if r == nil {
				ids, at = append(ids, was[i].ID), append(at, i)
			}
		}
		seen := 0
		for k, r := range c.readNumbers(ctx, ids) {
			if i := at[k]; r.Err == nil {
				if now[i] = r.Value; wants[i].holds(r.Value) {
					out[i] = applied(r.Value)
					seen++
				}
			}
		}
		return seen == len(ids), nil
	})
	for i := range out {
		if out[i] == nil {
			out[i] = unknown(now[i])
		}
	}
	return out
}

// readNumbers reads past everything that is remembered.
func (c *Changer) readNumbers(ctx context.Context, ids []rest.PhoneNumberID) []rest.Result[*rest.PhoneNumber] {
	groups := map[string][]string{}
	for _, id := range ids {
		groups[id.Account] = append(groups[id.Account], id.RCID)
	}
	found := map[rest.PhoneNumberID]rest.Result[*rest.PhoneNumber]{}
	for account, rcIDs := range groups {
		for rcID, r := range c.REST.ReadAccountPhoneNumbers(rest.Fresh(ctx), account, rcIDs) {
			found[rest.PhoneNumberID{Key: rest.Key{Account: account, RCID: rcID}}] = r
		}
	}
	out := make([]rest.Result[*rest.PhoneNumber], len(ids))
	for i, id := range ids {
		out[i] = found[id]
	}
	return out
}
