package change

import (
	"context"
	"fmt"
	"strconv"

	"github.com/ringql/ringql/internal/rest"
)

// DeleteCallerBlockingNumberPayload is what became of taking a number off its list.
type DeleteCallerBlockingNumberPayload struct {
	DeletedID  *rest.CallerBlockingNumberID // of the number that is gone
	Outcome    MutationOutcome
	UserErrors []*UserError
}

// DeleteCallerBlockingNumberResult is what became of one of several.
type DeleteCallerBlockingNumberResult struct {
	CallerBlockingNumberID rest.CallerBlockingNumberID
	Outcome                MutationOutcome
	UserErrors             []*UserError
}

// DeleteCallerBlockingNumbersPayload is what became of taking several off their lists.
type DeleteCallerBlockingNumbersPayload struct {
	Results    []*DeleteCallerBlockingNumberResult
	Outcome    MutationOutcome
	UserErrors []*UserError
	Calls      []*UpstreamCall
}

const (
	mostListed     = 100
	listedIDsField = "callerBlockingNumberIds"
)

// DeleteCallerBlockingNumber takes a number off its list.
func (c *Changer) DeleteCallerBlockingNumber(ctx context.Context, id rest.CallerBlockingNumberID) (*DeleteCallerBlockingNumberPayload, error) {
	done, err := c.unlist(ctx, []rest.CallerBlockingNumberID{id})
	if err != nil {
		return nil, err
	}
	r := done.Results[0]
	out := &DeleteCallerBlockingNumberPayload{Outcome: r.Outcome, UserErrors: r.UserErrors}
	if r.Outcome == Applied || r.Outcome == AlreadyApplied {
		out.DeletedID = &r.CallerBlockingNumberID
	}
	return out, nil
}

// DeleteCallerBlockingNumbers takes numbers off their lists: those of one extension with
// one call, as far as the upstream takes so many. One that is not listed is as it was
// wished.
func (c *Changer) DeleteCallerBlockingNumbers(ctx context.Context, ids []rest.CallerBlockingNumberID) (*DeleteCallerBlockingNumbersPayload, error) {
	if bad := tooManyListed(ids); bad != nil {
		return &DeleteCallerBlockingNumbersPayload{Outcome: Rejected, UserErrors: []*UserError{bad}}, nil
	}
	out, err := c.unlist(ctx, ids)
	if err != nil {
		return nil, err
	}
	for i, r := range out.Results {
		for _, u := range r.UserErrors {
			if u.Field != nil { // all are about the id
				u.Field = []string{listedIDsField, strconv.Itoa(i)}
			}
		}
	}
	return out, nil
}

// unlist is DeleteCallerBlockingNumbers for numbers that are not too many. Their user errors
// are those of one number alone.
func (c *Changer) unlist(ctx context.Context, ids []rest.CallerBlockingNumberID) (*DeleteCallerBlockingNumbersPayload, error) {
	ctx, calls := rest.WithCalls(ctx)
	sctx, cancel, err := sending(ctx)
	if err != nil {
		return nil, err
	}
	defer cancel()
	run := newUnlisting(c, ids)
	run.remove(sctx)
	if err := common(run.inOrder()); err != nil {
		return nil, err
	}
	_, _ = settle(ctx, looks, run.look)
	out := &DeleteCallerBlockingNumbersPayload{Calls: callsOf(calls)}
	outcomes := make([]MutationOutcome, len(ids))
	for i, id := range ids {
		outcome, errs := run.judge(id)
		outcomes[i] = outcome
		out.Results = append(out.Results, &DeleteCallerBlockingNumberResult{id, outcome, errs})
	}
	out.Outcome = summaryOf(outcomes)
	return out, nil
}

func tooManyListed(ids []rest.CallerBlockingNumberID) *UserError {
	seen := map[rest.CallerBlockingNumberID]bool{}
	for _, id := range ids {
		if seen[id] {
			return invalid(listedIDsField, fmt.Sprintf("Number %s is named twice.", id.RCID))
		}
		seen[id] = true
	}
	switch n := len(ids); {
	case n == 0:
		return invalid(listedIDsField, "There is nothing to remove.")
	case n > mostListed:
		return invalid(listedIDsField, fmt.Sprintf("At most %d numbers at once.", mostListed))
	}
	return nil
}

// unlisting is one use of DeleteCallerBlockingNumbers.
type unlisting struct {
	c      *Changer
	ids    []rest.CallerBlockingNumberID
	owners []rest.ExtensionID
	of     map[rest.ExtensionID][]string

	errs map[rest.CallerBlockingNumberID]error
	gone map[rest.CallerBlockingNumberID]bool // as was read back, of those whose answer was lost
}

func newUnlisting(c *Changer, ids []rest.CallerBlockingNumberID) *unlisting {
	r := &unlisting{
		c: c, ids: ids, of: map[rest.ExtensionID][]string{},
		errs: map[rest.CallerBlockingNumberID]error{}, gone: map[rest.CallerBlockingNumberID]bool{},
	}
	for _, id := range ids {
		owner := id.Owner()
		if r.of[owner] == nil {
			r.owners = append(r.owners, owner)
		}
		r.of[owner] = append(r.of[owner], id.RCID)
	}
	return r
}

func (r *unlisting) remove(ctx context.Context) {
	all := make([]rest.ListedNumbers, len(r.owners))
	for i, owner := range r.owners {
		all[i] = rest.ListedNumbers{Owner: owner, IDs: r.of[owner]}
	}
	for i, errs := range r.c.REST.DeleteBlockedAllowedNumbers(ctx, all) {
		for rcID, err := range errs {
			r.errs[listedUnder(r.owners[i], rcID)] = err
		}
	}
}

func listedUnder(owner rest.ExtensionID, rcID string) rest.CallerBlockingNumberID {
	return rest.CallerBlockingNumberID{Below: rest.Below{Key: rest.Key{Account: owner.Account, RCID: rcID}, Extension: owner.RCID}}
}

func (r *unlisting) inOrder() []error {
	errs := make([]error, len(r.ids))
	for i, id := range r.ids {
		errs[i] = r.errs[id]
	}
	return errs
}

// look reads back the numbers of which it is not known whether they are gone, and says
// whether all are.
func (r *unlisting) look(ctx context.Context) (bool, error) {
	all, failed := true, error(nil)
	for _, owner := range r.owners {
		var ask []string
		for _, rcID := range r.of[owner] {
			if id := listedUnder(owner, rcID); lost(r.errs[id]) && !r.gone[id] {
				ask = append(ask, rcID)
			}
		}
		if len(ask) == 0 {
			continue
		}
		for rcID, now := range r.c.REST.ReadBlockedAllowedNumbers(rest.Fresh(ctx), owner, ask) {
			gone := rest.Missing(now.Err, listedID)
			r.gone[listedUnder(owner, rcID)] = gone
			if !gone {
				all, failed = false, now.Err
			}
		}
	}
	return all, failed
}

// judge says what became of one number.
func (r *unlisting) judge(id rest.CallerBlockingNumberID) (MutationOutcome, []*UserError) {
	err := r.errs[id]
	switch {
	case err == nil, r.gone[id]:
		return Applied, nil
	case lost(err):
		return Unknown, []*UserError{unknownOutcome()}
	}
	u := refusal(err, listedFields)
	switch {
	case u == nil:
		u = undone("removed", err)
	case rest.Missing(err, listedID):
		u.Message = "There is no such number on the lists: it was removed before, or never was."
		return AlreadyApplied, []*UserError{u}
	}
	return Rejected, []*UserError{u}
}
