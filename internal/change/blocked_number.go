package change

import (
	"context"

	"github.com/ringql/ringql/internal/loader"
	"github.com/ringql/ringql/internal/rest"
)

// BlockedNumberResult is what became of a change to a number of the older list.
type BlockedNumberResult struct {
	BlockedNumber *rest.BlockedNumber // as it is now; nil when there is none, or it is not known
	Outcome       MutationOutcome
	UserErrors    []*UserError
}

// The payloads of the schema.
type (
	AddBlockedNumberPayload    = BlockedNumberResult
	UpdateBlockedNumberPayload = BlockedNumberResult
)

// DeleteBlockedNumberPayload is what became of taking a number off the older list.
type DeleteBlockedNumberPayload struct {
	DeletedID  *rest.BlockedNumberID // of the number that is gone
	Outcome    MutationOutcome
	UserErrors []*UserError
}

func blockedNumberResult(r *Result[rest.BlockedNumber], err error) (*BlockedNumberResult, error) {
	if err != nil {
		return nil, err
	}
	return &BlockedNumberResult{r.Object, r.Outcome, r.UserErrors}, nil
}

// blockedFields says which input field the upstream means by a parameter.
var blockedFields = map[string]string{"extensionId": "extensionId", "phoneNumber": "phoneNumber", "name": "name"}

// blockedIDFields is blockedFields where a number is named, by an id that says whose it is.
var blockedIDFields = map[string]string{
	listedID: "blockedNumberId", "extensionId": "blockedNumberId", "accountId": "blockedNumberId",
	"phoneNumber": "blockedNumberId", "name": "name",
}

// ofBlocked says whose n is.
func ofBlocked(n *rest.BlockedNumber, ext rest.ExtensionID) *rest.BlockedNumber {
	if n == nil {
		return nil
	}
	return n.Of(ext)
}

// BlockNumber puts a number on the older list of an extension.
func (c *Changer) BlockNumber(ctx context.Context, ext rest.ExtensionID, want rest.BlockedNumberRecord) (*BlockedNumberResult, error) {
	if bad := notANumber(want.PhoneNumber); bad != nil {
		return blockedNumberResult(Reject[rest.BlockedNumber](bad), nil)
	}
	owner, err := loader.For(ctx).RealExtension(ctx, ext)
	if err != nil {
		return nil, err
	}
	r, err := Carry(ctx, Step[rest.BlockedNumber]{
		Send: func(ctx context.Context) (*rest.BlockedNumber, error) {
			n, err := c.REST.BlockNumber(ctx, ext, want)
			return ofBlocked(n, owner), err
		},
		Look: func(ctx context.Context) (*rest.BlockedNumber, bool, error) {
			n, err := c.blocked(ctx, ext, want.PhoneNumber)
			return ofBlocked(n, owner), n != nil && calledAs(n, want.Name), err
		},
		Fields: blockedFields,
	})
	if err == nil && r.Outcome == Rejected && aboutNumber(r.UserErrors[0]) {
		c.blockedBefore(ctx, ext, want, r)
		r.Object = ofBlocked(r.Object, owner)
	}
	return blockedNumberResult(r, err)
}

func calledAs(n *rest.BlockedNumber, name *string) bool { return name == nil || n.Name == *name }

// blocked looks for a number in the list, since nothing says what ids are made of there;
// nil when it is not in it.
func (c *Changer) blocked(ctx context.Context, ext rest.ExtensionID, phoneNumber string) (*rest.BlockedNumber, error) {
	list := func(ctx context.Context, page, perPage int) (*rest.Page[rest.BlockedNumber], error) {
		return c.REST.ListBlockedNumbers(ctx, ext, page, perPage)
	}
	for p, err := range rest.Pages(rest.Fresh(ctx), (*rest.BlockedNumber).RcID, list) {
		if err != nil {
			return nil, err
		}
		for i := range p.Records {
			if rest.SameNumber(p.Records[i].PhoneNumber, phoneNumber) {
				return &p.Records[i], nil
			}
		}
	}
	return nil, nil //nolint:nilnil // it is not there, and that is no error
}

// blockedBefore finds out whether a number was refused because it is blocked: how the
// upstream says that is not documented.
func (c *Changer) blockedBefore(ctx context.Context, ext rest.ExtensionID, want rest.BlockedNumberRecord, r *Result[rest.BlockedNumber]) {
	ctx, cancel := settling(ctx)
	defer cancel()
	now, err := c.blocked(ctx, ext, want.PhoneNumber)
	switch {
	case err != nil || now == nil: // then it stands as it was refused
	case calledAs(now, want.Name):
		*r = Result[rest.BlockedNumber]{Object: now, Outcome: AlreadyApplied}
	default:
		r.Object = now
		u := r.UserErrors[0]
		u.Code, u.Field, u.Message = Duplicate, []string{"phoneNumber"}, "The number is blocked already, under another name: updateBlockedNumber changes it."
	}
}

// UpdateBlockedNumber changes what a number of the older list is called.
func (c *Changer) UpdateBlockedNumber(ctx context.Context, id rest.BlockedNumberID, name string) (*BlockedNumberResult, error) {
	owner, err := loader.For(ctx).RealExtension(ctx, id.Owner())
	if err != nil {
		return nil, err
	}
	return blockedNumberResult(Carry(ctx, Step[rest.BlockedNumber]{
		Send: func(ctx context.Context) (*rest.BlockedNumber, error) {
			n, err := c.REST.UpdateBlockedNumber(ctx, id, rest.BlockedNumberRecord{Name: &name})
			return ofBlocked(n, owner), err
		},
		Look: func(ctx context.Context) (*rest.BlockedNumber, bool, error) {
			n, err := c.REST.LoadBlockedNumber(rest.Fresh(ctx), id)
			return ofBlocked(n, owner), err == nil && n.Name == name, err
		},
		Fields: blockedIDFields,
	}))
}

// DeleteBlockedNumber takes a number off the older list. One that is not there is as it
// was wished.
func (c *Changer) DeleteBlockedNumber(ctx context.Context, id rest.BlockedNumberID) (*DeleteBlockedNumberPayload, error) {
	missing := false
	r, err := Carry(ctx, Step[struct{}]{
		Send: func(ctx context.Context) (*struct{}, error) {
			err := c.REST.UnblockNumber(ctx, id)
			missing = rest.Missing(err, listedID)
			return &struct{}{}, err
		},
		Look: func(ctx context.Context) (*struct{}, bool, error) {
			_, err := c.REST.LoadBlockedNumber(rest.Fresh(ctx), id)
			return nil, rest.Missing(err, listedID), nil
		},
		Fields: blockedIDFields,
	})
	if err != nil {
		return nil, err
	}
	out := &DeleteBlockedNumberPayload{Outcome: r.Outcome, UserErrors: r.UserErrors}
	if missing {
		out.Outcome = AlreadyApplied
		out.UserErrors[0].Message = "There is no such blocked number: it was removed before, or never was."
	}
	if out.Outcome == Applied || out.Outcome == AlreadyApplied {
		out.DeletedID = &id
	}
	return out, nil
}
