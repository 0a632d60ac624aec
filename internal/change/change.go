// Package change carries out mutations: it refuses what is known to be refused,
// sends the rest once and never again, and settles a lost answer by reading back
// what came of it. It must not know the schema, though the schema's outcomes and
// user errors are named after its own.
package change

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/ringql/ringql/internal/admission"
	"github.com/ringql/ringql/internal/loader"
	"github.com/ringql/ringql/internal/rest"
)

// MutationOutcome says what became of a mutation.
type MutationOutcome string

// The outcomes.
const (
	Applied        MutationOutcome = "APPLIED"
	AlreadyApplied MutationOutcome = "ALREADY_APPLIED"
	Rejected       MutationOutcome = "REJECTED"
	Partial        MutationOutcome = "PARTIAL"
	Unknown        MutationOutcome = "UNKNOWN"
)

// UserErrorCode tells reasons apart in code.
type UserErrorCode string

// The reasons for which a mutation is not carried out.
const (
	Invalid        UserErrorCode = "INVALID"
	NotFound       UserErrorCode = "NOT_FOUND"
	FixedNumber    UserErrorCode = "FIXED_NUMBER"
	NotSupported   UserErrorCode = "NOT_SUPPORTED"
	Duplicate      UserErrorCode = "DUPLICATE"
	InUse          UserErrorCode = "IN_USE"
	Conflict       UserErrorCode = "CONFLICT"
	WeakPassword   UserErrorCode = "WEAK_PASSWORD"
	LastDevice     UserErrorCode = "LAST_DEVICE"
	Refused        UserErrorCode = "REFUSED"
	NotSent        UserErrorCode = "NOT_SENT"
	OutcomeUnknown UserErrorCode = "OUTCOME_UNKNOWN"
)

// UserError says why a mutation, or a part of it, was not carried out.
type UserError struct {
	Code    UserErrorCode
	Message string
	Field   []string // path from the input; nil when no single field is at fault
	RCCode  string   // the upstream's own code
}

// byRCCode says what the upstream's own codes mean, where a client is to tell them from
// other refusals. They are refusals for a reason of the domain whatever their status.
var byRCCode = map[string]UserErrorCode{
	"CMN-204":  Conflict,
	"AWR-180":  NotForFax,
	"FPN-102":  LabelTaken,
	"FPN-103":  TooManyForwardingNumbers,
	"FPN-104":  TooManyCustomLabels,
	"FPN-105":  OwnNumber,
	"FPN-106":  FlipNumberTaken,
	"FPN-107":  DeviceNumber,
	"FPN-108":  InternationalCallingDisabled,
	"FPN-109":  Invalid,
	"FPN-110":  Invalid,
	"FPN-111":  Invalid,
	"FPN-112":  Invalid,
	"FPN-113":  DeviceNotFound,
	"FPN-114":  DeviceUnassigned,
	"FPN-115":  DeviceShared,
	"FPN-116":  Invalid,
	"FPN-118":  DeviceTaken,
	"FPN-119":  TypeTaken,
	"FPN-120":  DeviceNotFound,
	"FPN-121":  DeviceFreeSoftphone,
	"FPN-122":  LabelFixed,
	"FPN-124":  DeviceFixed,
	"FPN-125":  TypeFixed,
	"EXT-356":  Invalid, // a person's field of what is no person
	"JWS-1736": LastDevice,
	"PWD-002":  WeakPassword,
}

// Changer carries out mutations.
type Changer struct{ REST *rest.Client }

const (
	// reserve is kept of a request's time for reading back.
	reserve = 6 * time.Second
	// alone bounds a mutation whose request has no deadline.
	alone = 30 * time.Second
)

// sending returns the context a mutation is sent with: one that outlives the
// client who asked, since a request broken off half way would be a lost answer,
// and that leaves time for reading back. For a client who has left already nothing
// is begun.
func sending(ctx context.Context) (context.Context, context.CancelFunc, error) {
	if err := ctx.Err(); err != nil {
		return nil, nil, err
	}
	kept := rest.Outlive(ctx)
	left := alone
	if end, ok := ctx.Deadline(); ok {
		left = time.Until(end)
		left = max(left-reserve, left/2)
	}
	ctx, cancel := context.WithTimeout(kept, left)
	return ctx, cancel, nil
}

// settling returns the context that is read back with, of which no earlier answer is taken.
// However many changes one request makes, it ends soon after its deadline.
func settling(ctx context.Context) (context.Context, context.CancelFunc) {
	const most = reserve - time.Second
	end := time.Now().Add(most)
	if d, ok := ctx.Deadline(); ok && d.Add(most).Before(end) {
		end = d.Add(most)
	}
	return context.WithDeadline(rest.Fresh(context.WithoutCancel(ctx)), end)
}

// The pauses before each look at what became of a lost answer: a look at a list is
// a Heavy call, of which there are ten a minute.
var (
	looks      = []time.Duration{0, 500 * time.Millisecond, 1500 * time.Millisecond}
	heavyLooks = []time.Duration{500 * time.Millisecond}
)

// settle looks, a few times, whether a change is to be seen. It reports what the
// last look showed.
func settle(ctx context.Context, pauses []time.Duration, look func(context.Context) (seen bool, err error)) (seen bool, err error) {
	ctx, cancel := settling(ctx)
	defer cancel()
	for _, pause := range pauses {
		if err := admission.Sleep(ctx, pause); err != nil {
			return false, err
		}
		if seen, err = look(ctx); seen {
			return true, nil
		}
	}
	return false, err
}

// lost says whether it is unknown what became of a request that failed so.
func lost(err error) bool { return errors.Is(err, rest.ErrLost) || errors.Is(err, rest.ErrPending) }

// accountID learns the real id of an account before a change is sent: every outcome
// names objects of it, and none may get lost for want of it afterwards.
func accountID(ctx context.Context, account string) (string, error) {
	id, err := loader.For(ctx).AccountID(ctx, account)
	if err == nil && (id == "" || strings.Trim(id, "0123456789") != "") {
		err = fmt.Errorf("%w: account id %.40q", rest.ErrInvalid, id)
	}
	return id, err
}

// ForeignError says that an extension of another account was named.
type ForeignError struct{ Field string }

func (e *ForeignError) Error() string { return e.Field + " is of another account" }

// foreign refuses extensions of another account than the one with the real id
// account. A bare id is one of the account at hand.
func foreign(field, account string, ids ...rest.ExtensionID) error {
	for _, id := range ids {
		if id.RCID != "" && id.Account != rest.Own && id.Account != account {
			return &ForeignError{field}
		}
	}
	return nil
}

// refusal turns a refusal for a reason of the domain into a user error. It returns
// nil for failures that are not: sign-in, rights, budget, upstream trouble. fields says
// which input field the upstream means by a parameter, or by a code of its own.
func refusal(err error, fields map[string]string) *UserError {
	what, together := "it", errors.As(err, new(*rest.TogetherError))
	if together {
		what = "all items together, perhaps for another one"
	}
	u := &UserError{Message: "RingCentral refused " + what + "."}
	var e *rest.Error
	if errors.As(err, &e) {
		u.RCCode = e.Code
		if e.Message != "" {
			u.Message = "RingCentral refused " + what + ": " + e.Message
		}
		if f := cmp.Or(fields[e.Parameter], fields[e.Code]); f != "" {
			u.Field = strings.Split(f, ".")
		}
	}
	code, known := byRCCode[u.RCCode]
	switch {
	case known:
		u.Code = code
	case errors.Is(err, rest.ErrNotFound):
		u.Code = NotFound
	case errors.Is(err, rest.ErrNotServed):
		u.Code, u.Message = NotSupported, "RingCentral does not offer this operation for the account."
		if u.Field != nil {
			u.Message = "RingCentral has no operation that sets this, or the gateway's setting RINGCENTRAL_API keeps it from being used."
		}
	case errors.Is(err, rest.ErrBadRequest):
		u.Code = Refused
		if e != nil && e.Parameter != "" {
			u.Code = Invalid
		}
	default:
		return nil
	}
	if together {
		u.Code, u.Field = Refused, nil
	}
	return u
}

// unknownOutcome is the user error of an answer that was lost for good.
func unknownOutcome() *UserError {
	return &UserError{
		Code:    OutcomeUnknown,
		Message: "RingCentral's answer was lost, and reading back did not show the change. It may still happen: look again before you try again.",
	}
}

// class names the kind of failure without its details.
func class(err error) string {
	for _, c := range []struct {
		is   error
		word string
	}{
		{rest.ErrForbidden, "it is not allowed"}, {rest.ErrRateLimited, "too many calls"},
		{rest.ErrUnauthenticated, "the access token is not accepted"}, {rest.ErrTimeout, "no answer in time"},
		{rest.ErrUnavailable, "RingCentral cannot be reached"}, {rest.ErrInvalid, "RingCentral's answer makes no sense"},
		{context.DeadlineExceeded, "the time was up"}, {context.Canceled, "nobody waits for it any more"},
	} {
		if errors.Is(err, c.is) {
			return c.word
		}
	}
	if errors.As(err, new(rest.NotSent)) {
		return "too many calls"
	}
	return "it was refused"
}

// undone is the user error of a change, or a part of one, that was not carried out for
// no reason of its own: sign-in, rights, budget, upstream trouble.
func undone(what string, err error) *UserError {
	u := &UserError{Code: Refused, Message: "It could not be " + what + " for now: " + class(err) + "."}
	switch e, ok := errors.AsType[*rest.Error](err); {
	case rest.Unsent(err) && errors.Is(err, rest.ErrTimeout):
		u.Code, u.Message = NotSent, "It could not be "+what+" for now: the time was up."
	case rest.Unsent(err):
		u.Code = NotSent
	case ok:
		u.RCCode = e.Code
		if errors.Is(err, rest.ErrForbidden) && e.Permission != "" {
			u.Message += " It takes " + e.Permission + "."
		}
	}
	return u
}

func invalid(field, message string) *UserError {
	return &UserError{Code: Invalid, Message: message, Field: []string{field}}
}
