package change

import (
	"context"
	"maps"
	"slices"

	"github.com/ringql/ringql/internal/loader"
	"github.com/ringql/ringql/internal/rest"
)

// Removal names a number to be removed from its account.
type Removal struct {
	ID  rest.PhoneNumberID
	bad *UserError // why it cannot be read, if it cannot
}

func (a Removal) number() (field, key string) { return "phoneNumberId", a.ID.RCID }
func (a Removal) unreadable() *UserError      { return a.bad }

// Refused is a with the reason why it cannot be read.
func (a Removal) Refused(bad *UserError) Removal {
	a.bad = bad
	return a
}

// DeletePhoneNumber removes a number from its account.
func (c *Changer) DeletePhoneNumber(ctx context.Context, asked Removal) (*PhoneNumberResult, error) {
	return only(c.remove(ctx, []Removal{asked}))
}

// DeletePhoneNumbers is DeletePhoneNumber for many.
func (c *Changer) DeletePhoneNumbers(ctx context.Context, asked []Removal) (*PhoneNumbersResult, error) {
	return several(ctx, asked, c.remove)
}

// removing is one number on its way out.
type removing struct {
	fate
	id   rest.PhoneNumberID // as it was named
	gone *rest.PhoneNumberID
}

// remove reads the numbers first. One that is not there is as it was wished; but that it
// is not there is for the operation that removes it to say, since a read may hide what
// this person may not see.
func (c *Changer) remove(ctx context.Context, asked []Removal) []fate {
	all := make([]*removing, len(asked))
	for i, a := range asked {
		all[i] = &removing{id: a.ID}
		if u := loader.For(ctx).FixedUsage(a.ID); u == rest.MainCompanyNumber {
			all[i].result = rejected(nil, fixedNumber(u))
		}
	}
	c.readRemoved(ctx, open(all))
	c.sendRemovals(ctx, open(all))
	c.settleRemovals(ctx, open(all))
	return fates(all)
}

func (c *Changer) readRemoved(ctx context.Context, all []*removing) {
	ids := make([]rest.PhoneNumberID, len(all))
	for i, r := range all {
		ids[i] = r.id
	}
	for i, found := range loader.For(ctx).FreshPhoneNumbers(ctx, ids) {
		r := all[i]
		account := ""
		switch hidden := rest.Missing(found.Err, numberID); {
		case hidden:
			account, r.err = accountID(ctx, r.id.Account)
		case found.Err != nil:
			r.err = found.Err
		case found.Value.UsageType == rest.MainCompanyNumber:
			r.result = rejected(nil, fixedNumber(found.Value.UsageType))
		default:
			r.was, account = found.Value, found.Value.ID.Account
		}
		r.gone = &rest.PhoneNumberID{Key: rest.Key{Account: account, RCID: r.id.RCID}}
	}
}

// sendRemovals sends what is left to do, by accounts. Numbers whose answer is lost stay open.
func (c *Changer) sendRemovals(ctx context.Context, all []*removing) {
	sctx, cancel, err := sending(ctx)
	if err != nil {
		failAll(all, err)
		return
	}
	defer cancel()
	accounts := map[string][]*removing{}
	for _, r := range all {
		accounts[r.gone.Account] = append(accounts[r.gone.Account], r)
	}
	for _, account := range slices.Sorted(maps.Keys(accounts)) {
		these := accounts[account]
		sent := make([]rest.Removal, len(these))
		for i, r := range these {
			sent[i] = rest.Removal{ID: r.id.RCID, Unused: true}
			if r.was != nil {
				sent[i].PhoneNumber, sent[i].Unused = r.was.PhoneNumber, unused(r.was.UsageType)
			}
		}
		for i, err := range c.REST.DeletePhoneNumbers(sctx, these[0].id.Account, sent) {
			these[i].answer(err)
		}
	}
}

// answer files what removing the number came to.
func (r *removing) answer(err error) {
	u := refusal(err, removalFields)
	switch {
	case err == nil:
		r.result = &PhoneNumberResult{DeletedID: r.gone, Outcome: Applied}
	case rest.Missing(err, numberID):
		u.Message = "There is no such number: it was removed before, or never was."
		r.result = &PhoneNumberResult{DeletedID: r.gone, Outcome: AlreadyApplied, UserErrors: []*UserError{u}}
	case lost(err):
	case u == nil:
		r.err = err
	default:
		if u.Code == NotSupported && r.was != nil {
			u.Message = "RingCentral removes only numbers that nobody uses; this is a " + string(r.was.UsageType) + "."
		}
		r.result = rejected(nil, u)
	}
}

// settleRemovals reads back whether numbers that were there are gone. What could not be
// seen before cannot be seen to be gone.
func (c *Changer) settleRemovals(ctx context.Context, all []*removing) {
	look := func(ctx context.Context) (bool, error) {
		var seen []*removing
		var ids []rest.PhoneNumberID
		for _, r := range open(all) {
			if r.was != nil {
				seen, ids = append(seen, r), append(ids, r.id)
			}
		}
		still := len(seen)
		for i, found := range c.readNumbers(ctx, ids) {
			if rest.Missing(found.Err, numberID) {
				seen[i].result = &PhoneNumberResult{DeletedID: seen[i].gone, Outcome: Applied}
				still--
			}
		}
		return still == 0, nil
	}
	if len(all) > 0 {
		_, _ = settle(ctx, looks, look)
	}
	for _, r := range open(all) {
		r.result = unknown(nil)
	}
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
