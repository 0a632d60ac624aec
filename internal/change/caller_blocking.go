package change

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/ringql/ringql/internal/loader"
	"github.com/ringql/ringql/internal/rest"
)

// UpdateCallerBlockingPayload is what became of a change to whom an extension lets in.
type UpdateCallerBlockingPayload struct {
	CallerBlocking *rest.CallerBlocking // as it is now; nil when it is not known
	Outcome        MutationOutcome
	UserErrors     []*UserError
}

// CallerBlockingNumberResult is what became of a change to a number of the lists.
type CallerBlockingNumberResult struct {
	CallerBlockingNumber *rest.CallerBlockingNumber // as it is now; nil when there is none, or it is not known
	Outcome              MutationOutcome
	UserErrors           []*UserError
}

// The payloads of the schema.
type (
	AddCallerBlockingNumberPayload    = CallerBlockingNumberResult
	UpdateCallerBlockingNumberPayload = CallerBlockingNumberResult
)

func callerBlockingNumberResult(r *Result[rest.CallerBlockingNumber], err error) (*CallerBlockingNumberResult, error) {
	if err != nil {
		return nil, err
	}
	return &CallerBlockingNumberResult{r.Object, r.Outcome, r.UserErrors}, nil
}

// listedID is what the upstream calls the number that a change is about.
const listedID = "blockedNumberId"

// callerBlockingFields says which input field the upstream means by a parameter.
var callerBlockingFields = map[string]string{
	"extensionId": "extensionId", "phoneNumber": "phoneNumber", "label": "label", "status": "status",
	"mode": "mode", "noCallerId": "noCallerId", "payPhones": "payPhones", "greetings": "greetings",
}

// listedFields is callerBlockingFields where a number is named, by an id that says whose it
// is.
var listedFields = map[string]string{
	listedID: "callerBlockingNumberId", "extensionId": "callerBlockingNumberId", "accountId": "callerBlockingNumberId",
	"phoneNumber": "callerBlockingNumberId", "label": "label", "status": "status",
}

// UpdateCallerBlocking changes whom an extension lets in.
func (c *Changer) UpdateCallerBlocking(ctx context.Context, ext rest.ExtensionID, to rest.CallerBlockingUpdate) (*UpdateCallerBlockingPayload, error) {
	bad := twoGreetings(to.Greetings)
	if to.Mode == "" && to.NoCallerID == "" && to.PayPhones == "" && len(to.Greetings) == 0 {
		bad = changesNothing()
	}
	if bad != nil {
		return &UpdateCallerBlockingPayload{Outcome: Rejected, UserErrors: []*UserError{bad}}, nil
	}
	r, err := Carry(ctx, Step[rest.CallerBlocking]{
		Send: func(ctx context.Context) (*rest.CallerBlocking, error) {
			return c.REST.UpdateCallerBlockingSettings(ctx, ext, to)
		},
		Look: func(ctx context.Context) (*rest.CallerBlocking, bool, error) {
			now, err := c.REST.ReadCallerBlockingSettings(rest.Fresh(ctx), ext)
			return now, err == nil && blocks(now, to), err
		},
		Fields: callerBlockingFields,
	})
	if err != nil {
		return nil, err
	}
	return &UpdateCallerBlockingPayload{r.Object, r.Outcome, r.UserErrors}, nil
}

// twoGreetings refuses two greetings for one reason to block: nobody could say which is meant.
func twoGreetings(choices []rest.GreetingChoice) *UserError {
	seen := map[rest.BlockedCallerGreetingType]bool{}
	for _, g := range choices {
		if seen[g.Type] {
			return invalid("greetings", fmt.Sprintf("%s stands there twice.", g.Type))
		}
		seen[g.Type] = true
	}
	return nil
}

// changesNothing refuses a change that changes nothing.
func changesNothing() *UserError {
	return &UserError{Code: Invalid, Message: "There is nothing to change: say what."}
}

// blocks says whether settings are as they were to be.
func blocks(now *rest.CallerBlocking, to rest.CallerBlockingUpdate) bool {
	if to.Mode != "" && now.Mode != to.Mode || to.NoCallerID != "" && now.NoCallerID != to.NoCallerID ||
		to.PayPhones != "" && now.PayPhones != to.PayPhones {
		return false
	}
	for _, want := range to.Greetings {
		if !slices.ContainsFunc(now.Greetings, func(g rest.BlockedCallerGreeting) bool {
			return g.Type == want.Type && g.Preset != nil && g.Preset.RcID() == want.Preset.ID
		}) {
			return false
		}
	}
	return true
}

const mostLabel = 60

// tooLong refuses a label that is longer than the upstream takes.
func tooLong(field string, text *string) *UserError {
	if text != nil && utf8.RuneCountInString(*text) > mostLabel {
		return invalid(field, fmt.Sprintf("At most %d characters.", mostLabel))
	}
	return nil
}

// notANumber refuses what is no phone number.
func notANumber(phoneNumber string) *UserError {
	if !e164.MatchString(phoneNumber) {
		return invalid("phoneNumber", "A phone number is written in E.164 form: +, country code, number, at most 15 digits.")
	}
	return nil
}

// listedAs says whether a number is on its list as it was to be. What was not asked for
// may be anything.
func listedAs(now *rest.CallerBlockingNumber, want rest.CallerBlockingNumberRecord) bool {
	return (want.Status == "" || now.Status == want.Status) && (want.Label == nil || now.Label == *want.Label)
}

// listed reads a number past everything that is remembered.
func (c *Changer) listed(ctx context.Context, id rest.CallerBlockingNumberID) (*rest.CallerBlockingNumber, error) {
	r := c.REST.ReadBlockedAllowedNumbers(rest.Fresh(ctx), id.Owner(), []string{id.RCID})[id.RCID]
	return r.Value, r.Err
}

// ofListed says whose n is.
func ofListed(n *rest.CallerBlockingNumber, ext rest.ExtensionID) *rest.CallerBlockingNumber {
	if n == nil {
		return nil
	}
	return n.Of(ext)
}

// AddCallerBlockingNumber puts a number on one of the lists of an extension.
func (c *Changer) AddCallerBlockingNumber(ctx context.Context, ext rest.ExtensionID, want rest.CallerBlockingNumberRecord) (*CallerBlockingNumberResult, error) {
	for _, bad := range []*UserError{notANumber(want.PhoneNumber), tooLong("label", want.Label)} {
		if bad != nil {
			return callerBlockingNumberResult(Reject[rest.CallerBlockingNumber](bad), nil)
		}
	}
	if want.Status == "" {
		want.Status = rest.CallerBlocked
	}
	owner, err := loader.For(ctx).RealExtension(ctx, ext)
	if err != nil {
		return nil, err
	}
	id := rest.CallerBlockingNumberID{Below: rest.Below{
		Key: rest.Key{Account: ext.Account, RCID: rest.BlockedAllowedNumberID(want.PhoneNumber)}, Extension: ext.RCID,
	}}
	r, err := Carry(ctx, Step[rest.CallerBlockingNumber]{
		Send: func(ctx context.Context) (*rest.CallerBlockingNumber, error) {
			n, err := c.REST.CreateBlockedAllowedNumber(ctx, ext, want)
			return ofListed(n, owner), err
		},
		Look: func(ctx context.Context) (*rest.CallerBlockingNumber, bool, error) {
			n, err := c.listed(ctx, id)
			return ofListed(n, owner), err == nil && listedAs(n, want), err
		},
		Fields: callerBlockingFields,
	})
	if err == nil && r.Outcome == Rejected && aboutNumber(r.UserErrors[0]) {
		c.listedBefore(ctx, id, want, r)
		r.Object = ofListed(r.Object, owner)
	}
	return callerBlockingNumberResult(r, err)
}

// aboutNumber says whether a refusal may be for the number's sake.
func aboutNumber(u *UserError) bool {
	return (u.Code == Invalid || u.Code == Refused || u.Code == Duplicate) && (u.Field == nil || u.Field[0] == "phoneNumber")
}

// listedBefore finds out whether a number was refused because it is listed: how the
// upstream says that is not documented.
func (c *Changer) listedBefore(ctx context.Context, id rest.CallerBlockingNumberID, want rest.CallerBlockingNumberRecord, r *Result[rest.CallerBlockingNumber]) {
	ctx, cancel := settling(ctx)
	defer cancel()
	now, err := c.listed(ctx, id)
	switch {
	case err != nil: // then it stands as it was refused
	case listedAs(now, want):
		*r = Result[rest.CallerBlockingNumber]{Object: now, Outcome: AlreadyApplied}
	default:
		r.Object = now
		u := r.UserErrors[0]
		u.Code, u.Field = Duplicate, []string{"phoneNumber"}
		u.Message = "The number is listed already, as " + strings.ToUpper(string(now.Status)) + ": updateCallerBlockingNumber changes it."
	}
}

// UpdateCallerBlockingNumber changes a number's label, or puts it on the other list. It is
// read first, for a Light call: what is to stay is sent as it is, for nothing says that the
// upstream would not take what is left out for its default.
func (c *Changer) UpdateCallerBlockingNumber(ctx context.Context, id rest.CallerBlockingNumberID, to rest.CallerBlockingNumberRecord) (*CallerBlockingNumberResult, error) {
	bad := tooLong("label", to.Label)
	if to.Label == nil && to.Status == "" {
		bad = changesNothing()
	}
	if bad != nil {
		return callerBlockingNumberResult(Reject[rest.CallerBlockingNumber](bad), nil)
	}
	was, err := loader.For(ctx).CallerBlockingNumber(rest.Fresh(ctx), id)
	switch {
	case rest.Missing(err, listedID):
		return callerBlockingNumberResult(Reject[rest.CallerBlockingNumber](refusal(err, listedFields)), nil)
	case err != nil:
		return nil, err
	case listedAs(was, to):
		return &CallerBlockingNumberResult{CallerBlockingNumber: was, Outcome: AlreadyApplied}, nil
	}
	all := rest.CallerBlockingNumberRecord{PhoneNumber: was.PhoneNumber, Label: to.Label, Status: to.Status}
	if all.Status == "" {
		all.Status = was.Status
	}
	if all.Label == nil && was.Label != "" {
		all.Label = &was.Label
	}
	r, err := Carry(ctx, Step[rest.CallerBlockingNumber]{
		Send: func(ctx context.Context) (*rest.CallerBlockingNumber, error) {
			n, err := c.REST.UpdateBlockedAllowedNumber(ctx, id, all)
			return ofListed(n, was.ID.Owner()), err
		},
		Look: func(ctx context.Context) (*rest.CallerBlockingNumber, bool, error) {
			n, err := c.listed(ctx, id)
			return ofListed(n, was.ID.Owner()), err == nil && listedAs(n, to), err
		},
		Fields: listedFields,
	})
	if err == nil && r.Outcome == Rejected {
		r.Object = was
	}
	return callerBlockingNumberResult(r, err)
}
