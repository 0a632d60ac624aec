package change

import (
	"context"
	"fmt"
	"slices"
	"strconv"

	"github.com/ringql/ringql/internal/loader"
	"github.com/ringql/ringql/internal/rest"
)

// DeleteForwardingNumberPayload is what became of removing a forwarding number.
type DeleteForwardingNumberPayload struct {
	DeletedID  *rest.ForwardingNumberID // of the number that is gone
	Outcome    MutationOutcome
	UserErrors []*UserError
}

// DeleteForwardingNumber removes a forwarding number. One that is not there is as it
// was wished.
func (c *Changer) DeleteForwardingNumber(ctx context.Context, id rest.ForwardingNumberID) (*DeleteForwardingNumberPayload, error) {
	owner, err := loader.For(ctx).RealExtension(ctx, id.Owner())
	if err != nil {
		return nil, err
	}
	gone := under(owner, id)
	r, err := c.deleteForwardingNumber(ctx, id)
	if err != nil {
		return nil, err
	}
	out := &DeleteForwardingNumberPayload{Outcome: r.Outcome, UserErrors: r.UserErrors}
	if r.Outcome == Applied || r.Outcome == AlreadyApplied {
		out.DeletedID = &gone
	}
	return out, nil
}

func (c *Changer) deleteForwardingNumber(ctx context.Context, id rest.ForwardingNumberID) (*Result[struct{}], error) {
	missing := false
	r, err := Carry(ctx, Step[struct{}]{
		Send: func(ctx context.Context) (*struct{}, error) {
			err := c.REST.DeleteForwardingNumber(ctx, id)
			missing = rest.Missing(err, forwardingID)
			return &struct{}{}, err
		},
		Look: func(ctx context.Context) (*struct{}, bool, error) {
			_, err := c.REST.ReadForwardingNumber(rest.Fresh(ctx), id)
			if rest.Missing(err, forwardingID) {
				return &struct{}{}, true, nil
			}
			return nil, false, err
		},
		Fields: forwardingFields,
	})
	if missing && err == nil {
		r.Outcome = AlreadyApplied
		r.UserErrors[0].Message = "There is no such forwarding number: it was removed before, or never was."
	}
	return r, err
}

// under is id with the real ids of the extension it lives under.
func under(ext rest.ExtensionID, id rest.ForwardingNumberID) rest.ForwardingNumberID {
	return rest.ForwardingNumberID{Below: rest.Below{Key: rest.Key{Account: ext.Account, RCID: id.RCID}, Extension: ext.RCID}}
}

// DeleteForwardingNumberResult is what became of removing one of several.
type DeleteForwardingNumberResult struct {
	ForwardingNumberID rest.ForwardingNumberID
	Outcome            MutationOutcome
	UserErrors         []*UserError
}

// DeleteForwardingNumbersPayload is what became of removing several.
type DeleteForwardingNumbersPayload struct {
	Results    []*DeleteForwardingNumberResult
	Outcome    MutationOutcome
	UserErrors []*UserError
	Calls      []*UpstreamCall
}

const (
	mostForwardingNumbers = 100
	// forwardingIDs is the field that names them.
	forwardingIDs = "forwardingNumberIds"
)

// DeleteForwardingNumbers removes forwarding numbers, those of one extension with one
// call. When that is refused nothing was removed, and it is not known for whose sake: each
// is then removed by itself.
func (c *Changer) DeleteForwardingNumbers(ctx context.Context, ids []rest.ForwardingNumberID) (*DeleteForwardingNumbersPayload, error) {
	ctx, calls := rest.WithCalls(ctx)
	run, bad, err := c.removal(ctx, ids)
	if bad != nil {
		return &DeleteForwardingNumbersPayload{Outcome: Rejected, UserErrors: []*UserError{bad}, Calls: callsOf(calls)}, nil
	}
	if err != nil {
		return nil, err
	}
	kept, cancel, err := whole(ctx)
	if err != nil {
		return nil, err
	}
	defer cancel()
	run.each(kept, run.groups, run.remove)
	if err := common(run.errs); err != nil {
		return nil, err
	}
	outcomes := make([]MutationOutcome, len(ids))
	for i := range run.results {
		run.judge(i)
		outcomes[i] = run.results[i].Outcome
	}
	return &DeleteForwardingNumbersPayload{Results: run.results, Outcome: summaryOf(outcomes), Calls: callsOf(calls)}, nil
}

// whole returns a context that outlives the client, for a change that takes several
// steps: none is begun for a client who has left.
func whole(ctx context.Context) (context.Context, context.CancelFunc, error) {
	if err := ctx.Err(); err != nil {
		return nil, nil, err
	}
	kept, cancel := rest.Outlive(ctx), func() {}
	if end, ok := ctx.Deadline(); ok {
		kept, cancel = context.WithDeadline(kept, end)
	}
	return kept, cancel, nil
}

// removal is one use of DeleteForwardingNumbers.
type removal struct {
	c       *Changer
	ids     []rest.ForwardingNumberID // as asked for
	groups  [][]int                   // indices of ids, by extension
	results []*DeleteForwardingNumberResult
	errs    []error // why an id could not be removed, where the number is not the reason
}

// removal finds out whose the numbers are, and refuses what contradicts itself.
func (c *Changer) removal(ctx context.Context, ids []rest.ForwardingNumberID) (*removal, *UserError, error) {
	switch n := len(ids); {
	case n == 0:
		return nil, invalid(forwardingIDs, "There is nothing to remove."), nil
	case n > mostForwardingNumbers:
		return nil, invalid(forwardingIDs, fmt.Sprintf("At most %d forwarding numbers at once.", mostForwardingNumbers)), nil
	}
	run := &removal{c: c, ids: ids, results: make([]*DeleteForwardingNumberResult, len(ids)), errs: make([]error, len(ids))}
	group, seen := map[rest.ExtensionID]int{}, map[rest.ForwardingNumberID]bool{}
	for i, id := range ids {
		owner, err := loader.For(ctx).RealExtension(ctx, id.Owner())
		if err != nil {
			return nil, nil, err
		}
		real := under(owner, id)
		if seen[real] {
			return nil, invalid(forwardingIDs, fmt.Sprintf("Forwarding number %s is named twice.", id.RCID)), nil
		}
		seen[real] = true
		if _, known := group[owner]; !known {
			group[owner] = len(run.groups)
			run.groups = append(run.groups, nil)
		}
		run.groups[group[owner]] = append(run.groups[group[owner]], i)
		run.results[i] = &DeleteForwardingNumberResult{ForwardingNumberID: real}
	}
	return run, nil, nil
}

// each removes the numbers of all lots. Those of a lot that is not begun fail for the
// reason why it is not.
func (r *removal) each(ctx context.Context, lots [][]int, remove func(context.Context, []int)) {
	begun := make([]bool, len(lots))
	for k, err := range r.c.REST.EachForwardingNumber(ctx, len(lots), func(ctx context.Context, k int) error {
		begun[k] = true
		remove(ctx, lots[k])
		return r.errs[lots[k][len(lots[k])-1]] // the last: what keeps one keeps those after it
	}) {
		for _, i := range lots[k] {
			if !begun[k] {
				r.errs[i] = err
			}
		}
	}
}

// remove removes numbers of one extension.
func (r *removal) remove(ctx context.Context, at []int) {
	if len(at) == 1 || !r.together(ctx, at) {
		r.each(ctx, slices.Collect(slices.Chunk(at, 1)), r.removeOne)
	}
}

// removeOne removes the one number of a lot.
func (r *removal) removeOne(ctx context.Context, at []int) {
	i := at[0]
	done, err := r.c.deleteForwardingNumber(ctx, r.ids[i])
	if r.errs[i] = err; err == nil {
		r.results[i].Outcome, r.results[i].UserErrors = done.Outcome, done.UserErrors
	}
}

// together removes numbers of one extension with one call. It reports false when that was
// refused for a reason of the domain.
func (r *removal) together(ctx context.Context, at []int) bool {
	ext, rcIDs := r.ids[at[0]].Owner(), make([]string, len(at))
	for k, i := range at {
		rcIDs[k] = r.ids[i].RCID
	}
	var left map[string]bool // what the list was last seen to have
	done, err := Carry(ctx, Step[struct{}]{
		Send: func(ctx context.Context) (*struct{}, error) {
			return &struct{}{}, r.c.REST.DeleteForwardingNumbers(ctx, ext, rcIDs)
		},
		Look: func(ctx context.Context) (*struct{}, bool, error) {
			all, err := r.c.forwardingNumbers(ctx, ext)
			if err != nil {
				return nil, false, err
			}
			left = map[string]bool{}
			for i := range all {
				left[all[i].ID.RCID] = true
			}
			return &struct{}{}, !anyOf(left, rcIDs), nil
		},
	})
	if err == nil && done.Outcome == Rejected {
		return false
	}
	for _, i := range at {
		r.errs[i] = err
		switch {
		case err != nil:
		case done.Outcome == Unknown && left != nil && !left[r.ids[i].RCID]:
			r.results[i].Outcome = Applied
		default:
			r.results[i].Outcome, r.results[i].UserErrors = done.Outcome, done.UserErrors
		}
	}
	return true
}

func anyOf(set map[string]bool, ids []string) bool {
	for _, id := range ids {
		if set[id] {
			return true
		}
	}
	return false
}

// judge says what became of an id that could not be removed for want of something else,
// and which of the input a fault is about.
func (r *removal) judge(i int) {
	for _, u := range r.results[i].UserErrors {
		if u.Field != nil {
			u.Field = []string{forwardingIDs, strconv.Itoa(i)}
		}
	}
	if err := r.errs[i]; err != nil {
		r.results[i].Outcome, r.results[i].UserErrors = Rejected, []*UserError{undone("removed", err)}
	}
}
