package change

import (
	"context"
	"fmt"
	"strconv"

	"github.com/ringql/ringql/internal/rest"
)

// DeleteExtensionResult is what became of removing one extension.
type DeleteExtensionResult struct {
	DeletedID  *rest.ExtensionID // of the extension that is gone
	Outcome    MutationOutcome
	UserErrors []*UserError
}

// ExtensionDeletion is what became of one of many extensions that were to be removed.
type ExtensionDeletion struct {
	ExtensionID rest.ExtensionID
	Outcome     MutationOutcome
	UserErrors  []*UserError
}

// DeleteExtensionsResult is what became of removing many extensions.
type DeleteExtensionsResult struct {
	Results    []*ExtensionDeletion
	Outcome    MutationOutcome
	UserErrors []*UserError
	Calls      []*UpstreamCall
}

// extensionID is what the upstream calls the extension that a change is about.
const extensionID = "extensionId"

// extensionIDs is the field that names several.
const extensionIDs = "extensionIds"

// absent is the user error of an extension that is not there.
func absent(err error) *UserError {
	u := refusal(err, extensionFields)
	u.Message = "There is no such extension: it was removed before, or never was."
	return u
}

// DeleteExtension removes one extension. One that is not there is as it was wished.
func (c *Changer) DeleteExtension(ctx context.Context, id rest.ExtensionID, keep rest.Kept) (*DeleteExtensionResult, error) {
	account, err := accountID(ctx, id.Account)
	if err != nil {
		return nil, err
	}
	gone := &rest.ExtensionID{Key: rest.Key{Account: account, RCID: id.RCID}}
	var missed *UserError
	r, err := Carry(ctx, Step[rest.ExtensionID]{
		Send: func(ctx context.Context) (*rest.ExtensionID, error) {
			err := c.REST.DeleteExtension(ctx, id, keep)
			if rest.Missing(err, extensionID) {
				missed, err = absent(err), nil
			}
			return gone, err
		},
		Look: func(ctx context.Context) (*rest.ExtensionID, bool, error) {
			_, err := c.readExtension(ctx, id)
			if rest.Missing(err, extensionID) {
				return gone, true, nil
			}
			return nil, false, err
		},
		Fields: extensionFields,
	})
	if err != nil {
		return nil, err
	}
	if missed != nil {
		return &DeleteExtensionResult{DeletedID: gone, Outcome: AlreadyApplied, UserErrors: []*UserError{missed}}, nil
	}
	return &DeleteExtensionResult{DeletedID: r.Object, Outcome: r.Outcome, UserErrors: r.UserErrors}, nil
}

// mostExtensions is how many extensions are removed at once.
const mostExtensions = 200

// deletionFields is extensionFields where an extension is named and nothing else: v2 calls
// it by its id, and that it has the last device of a group is its own fault.
var deletionFields = map[string]string{extensionID: extensionID, "id": extensionID, "JWS-1736": extensionID}

// checkDeletion refuses what contradicts itself, before anything is sent.
func checkDeletion(ids []rest.ExtensionID) *UserError {
	if len(ids) == 0 {
		return invalid(extensionIDs, "There is nothing to remove.")
	}
	if len(ids) > mostExtensions {
		return invalid(extensionIDs, fmt.Sprintf("At most %d extensions at once.", mostExtensions))
	}
	seen := map[string]bool{}
	for _, id := range ids {
		if seen[id.RCID] {
			return invalid(extensionIDs, fmt.Sprintf("Extension %s is named twice.", id.RCID))
		}
		seen[id.RCID] = true
	}
	return nil
}

// deletion is one use of DeleteExtensions.
type deletion struct {
	c       *Changer
	account string
	ids     []string
	errs    map[string]error // what the upstream answered, by id
	gone    map[string]bool  // those whose answer was lost, and that are not there any more
}

// DeleteExtensions removes extensions of an account. Their types are read first, for
// RingCentral removes users otherwise than the rest.
func (c *Changer) DeleteExtensions(ctx context.Context, account string, asked []rest.ExtensionID, keep bool) (*DeleteExtensionsResult, error) {
	if bad := checkDeletion(asked); bad != nil {
		return &DeleteExtensionsResult{Outcome: Rejected, UserErrors: []*UserError{bad}}, nil
	}
	ctx, calls := rest.WithCalls(ctx)
	home, err := accountID(ctx, account)
	if err == nil {
		err = foreign(extensionIDs, home, asked...)
	}
	if err != nil {
		return nil, err
	}
	sctx, cancel, err := sending(ctx)
	if err != nil {
		return nil, err
	}
	defer cancel()
	d := &deletion{c: c, account: account, errs: map[string]error{}, gone: map[string]bool{}}
	for _, id := range asked {
		d.ids = append(d.ids, id.RCID)
	}
	if err := d.send(sctx, keep); err != nil {
		return nil, err
	}
	_, _ = settle(ctx, looks, d.look)
	out := &DeleteExtensionsResult{}
	outcomes := make([]MutationOutcome, len(asked))
	for i, id := range d.ids {
		r := &ExtensionDeletion{ExtensionID: rest.ExtensionID{Key: rest.Key{Account: home, RCID: id}}}
		r.Outcome, r.UserErrors = d.judge(id)
		for _, u := range r.UserErrors {
			if u.Field != nil { // all are about the id
				u.Field = []string{extensionIDs, strconv.Itoa(i)}
			}
		}
		out.Results, outcomes[i] = append(out.Results, r), r.Outcome
	}
	out.Outcome, out.Calls = summaryOf(outcomes), callsOf(calls)
	return out, nil
}

// send sends all deletions. It returns the failure of sign-in, rights, budget or upstream
// that kept every one from being carried out.
func (d *deletion) send(ctx context.Context, keep bool) error {
	var users, others []string
	known := d.c.REST.ReadExtensions(rest.Fresh(ctx), d.account, d.ids)
	for _, id := range d.ids {
		if e := known[id].Value; known[id].Err == nil && e.Type != "User" && e.Type != "Limited" {
			others = append(others, id)
		} else {
			users = append(users, id)
		}
	}
	var all []error
	for i, err := range d.c.REST.DeleteUsers(ctx, d.account, users, keep) {
		d.errs[users[i]], all = err, append(all, err)
	}
	for i, err := range d.c.REST.DeleteExtensions(ctx, d.account, others, rest.Kept{PhoneNumbers: &keep, PhoneLines: &keep}) {
		d.errs[others[i]], all = err, append(all, err)
	}
	return common(all)
}

// look reads those whose answer was lost, and says whether all are gone.
func (d *deletion) look(ctx context.Context) (bool, error) {
	var open []string
	for _, id := range d.ids {
		if lost(d.errs[id]) && !d.gone[id] {
			open = append(open, id)
		}
	}
	if open == nil {
		return true, nil
	}
	all := true
	for id, r := range d.c.REST.ReadExtensions(rest.Fresh(ctx), d.account, open) {
		d.gone[id] = rest.Missing(r.Err, extensionID)
		all = all && d.gone[id]
	}
	return all, nil
}

// judge says what became of one extension.
func (d *deletion) judge(id string) (MutationOutcome, []*UserError) {
	err := d.errs[id]
	switch {
	case err == nil, d.gone[id]:
		return Applied, nil
	case rest.Missing(err, extensionID):
		return AlreadyApplied, []*UserError{absent(err)}
	case lost(err):
		return Unknown, []*UserError{unknownOutcome()}
	}
	u := refusal(err, deletionFields)
	if u == nil {
		u = undone("removed", err)
	}
	return Rejected, []*UserError{u}
}
