package gateway

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"math"
	"runtime/debug"
	"strings"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"github.com/ringql/ringql/graph/model"
	"github.com/ringql/ringql/internal/auth"
	"github.com/ringql/ringql/internal/budget"
	"github.com/ringql/ringql/internal/loader"
	"github.com/ringql/ringql/internal/notify"
	"github.com/ringql/ringql/internal/paging"
	"github.com/ringql/ringql/internal/plan"
	"github.com/ringql/ringql/internal/rest"
)

// The codes of errors: a closed set, beside the server library's own for parsing
// and validation.
const (
	codeUnauthenticated = "UNAUTHENTICATED"
	codeForbidden       = "FORBIDDEN"
	codeNotFound        = "NOT_FOUND"
	codeBadInput        = "BAD_USER_INPUT"
	codeRateLimited     = "RATE_LIMITED"
	codeUnavailable     = "UPSTREAM_UNAVAILABLE"
	codeTimeout         = "UPSTREAM_TIMEOUT"
	codeInvalid         = "UPSTREAM_INVALID"
	codeTooCostly       = "QUERY_TOO_COSTLY"
	codeExceeded        = "BUDGET_EXCEEDED"
	codeBusy            = "UNAVAILABLE" // the gateway itself, for now
	codeInternal        = "INTERNAL"
)

// faces is every failure a client may see: what it is, its code, what it says.
// The first that fits is taken.
var faces = []struct {
	is        error
	code, say string
}{
	{auth.ErrNobody, codeUnauthenticated, "Sign in first: send Authorization: Bearer with a RingCentral access token."},
	{auth.ErrMalformed, codeUnauthenticated, "The Authorization header makes no sense: send Bearer and a RingCentral access token."},
	{auth.ErrKey, codeUnauthenticated, "The gateway does not know the key in X-RingQL-Key."},
	{auth.ErrForged, codeForbidden, "A page of another site sent this: its origin is not in RINGQL_ORIGINS."},
	{auth.ErrCSRF, codeForbidden, "The X-RingQL-CSRF header is missing or wrong: send the csrfToken that /auth/session tells."},
	{auth.ErrUnknown, codeUnauthenticated, "There is no such session: sign in again."},
	{auth.ErrExpired, codeUnauthenticated, "The session has expired: sign in again."},
	{auth.ErrEnded, codeUnauthenticated, "The session was ended: sign in again."},
	{auth.ErrAway, codeBusy, "Sessions cannot be read for now, try again later."},
	{auth.ErrCredential, codeUnauthenticated, "RingCentral refused the gateway's own credential: its operator has to look at it."},
	{auth.ErrUnavailable, codeUnavailable, "RingCentral gives no access token for now, try again later."},
	{budget.ErrExhausted, codeRateLimited, "Too many calls to RingCentral for now."},
	{rest.ErrRateLimited, codeRateLimited, "Too many calls to RingCentral for now."},
	{notify.ErrUnreachable, codeUnavailable, "RingCentral does not reach this gateway to tell it of events: its operator has to see to RINGQL_EVENTS_URL."},
	{notify.ErrRefused, codeUnavailable, "RingCentral does not tell this gateway of the account's events: its operator has to look at its log."},
	{rest.ErrUnauthenticated, codeUnauthenticated, "RingCentral does not accept the access token: sign in again."},
	{rest.ErrForbidden, codeForbidden, "This is not allowed."},
	{rest.ErrNotFound, codeNotFound, "There is no such object, or it is not yours to see."},
	{rest.ErrBadRequest, codeBadInput, "RingCentral did not accept a value."},
	{rest.ErrNotServed, codeUnavailable, "RingCentral does not offer this for the account."},
	{rest.ErrInvalid, codeInvalid, "RingCentral's answer makes no sense."},
	{rest.ErrTimeout, codeTimeout, "RingCentral did not answer in time."},
	{rest.ErrUnavailable, codeUnavailable, "RingCentral cannot be reached for now, try again later."},
	{rest.ErrTooMuch, codeTooCostly, "RingCentral's answers to this are too large, taken together: ask for less, or see RINGQL_MAX_READ."},
	{loader.ErrTooManyRows, codeTooCostly, "The lists of this answer have too many rows, taken together: ask for less, or see RINGQL_MAX_ALL_ROWS."},
	{loader.ErrTooMany, codeTooCostly, "This would take too many calls to RingCentral: the account is too large for it."},
	{notify.ErrAfter, codeBadInput, "after is no id of an event."},
	{notify.ErrSlow, codeRateLimited, "Events came faster than they were read: come back with the id of the last one as after."},
	{notify.ErrClosed, codeBusy, "The gateway is stopping: connect again, with the id of the last event."},
	{notify.ErrOff, codeBusy, "This gateway is told of no events: its operator has to set RINGQL_EVENTS."},
	{paging.ErrNoTotal, codeBadInput, "RingCentral does not tell how long this list is: use first and after."},
	{context.DeadlineExceeded, codeTimeout, "This took too long."},
	{context.Canceled, codeTimeout, "The request was given up."},
}

// present turns err into what the client sees. The whole of err goes to the log
// alone: it may hold texts of the upstream's.
func present(ctx context.Context, err error) *gqlerror.Error {
	cause := plain(err)
	out := graphql.DefaultErrorPresenter(ctx, err)
	if out.Extensions["code"] != nil {
		eventFrom(ctx).fail(fmt.Sprint(out.Extensions["code"]), nil)
		return out // the query itself is at fault, and says so
	}
	code, say := faceOf(err)
	out.Message, out.Extensions = say, details(err)
	out.Extensions["code"] = code
	eventFrom(ctx).fail(code, cause)
	return out
}

// plain is err without the path and place that the server library puts before it.
func plain(err error) error {
	if g, ok := errors.AsType[*gqlerror.Error](err); ok && g.Err != nil {
		return g.Err
	}
	return err
}

func faceOf(err error) (code, say string) {
	if arg, ok := errors.AsType[*paging.Error](err); ok {
		return codeBadInput, sentence(arg.Argument + " " + arg.Reason)
	}
	if errors.Is(err, model.ErrInput) {
		return codeBadInput, sentence(plain(err).Error())
	}
	if e, ok := errors.AsType[*costlyError](err); ok {
		return codeTooCostly, fmt.Sprintf("This takes %d calls to RingCentral, and at most %d are allowed: ask for less, or see RINGQL_MAX_CALLS.", e.calls, e.most)
	}
	if e, ok := errors.AsType[*plan.Exceeded](err); ok {
		return codeExceeded, "This takes more calls to RingCentral than can be sent in time: " + e.Sentence()
	}
	for _, f := range faces {
		if errors.Is(err, f.is) {
			return f.code, strings.TrimSpace(f.say + " " + missing(err))
		}
	}
	return codeInternal, "Something went wrong in the gateway."
}

// missing says in words which right a refusal is about.
func missing(err error) string {
	e, ok := errors.AsType[*rest.Error](err)
	if !ok {
		return ""
	}
	switch e.Lacks {
	case rest.LacksScope:
		return "The app lacks the scope " + e.Permission + "."
	case rest.LacksPermission:
		return "The user lacks the permission " + e.Permission + "."
	}
	switch e.Code {
	case "CMN-401":
		return "The app lacks the scope " + first(e.Permission, "it takes") + "."
	case "CMN-402":
		return "It takes an administrator."
	case "CMN-403":
		return "The feature is not available for this type of extension."
	case "CMN-404":
		return "The extension is another person's."
	case "CMN-405":
		return "The token belongs to no extension."
	case "CMN-408", "CMN-419":
		return "The user lacks the permission " + first(e.Permission, "it takes") + "."
	}
	return ""
}

func first(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

func sentence(s string) string { return strings.TrimSuffix(s, ".") + "." }

// details are the extensions of an error, those that apply.
func details(err error) map[string]any {
	out := map[string]any{}
	put := func(name string, v string) {
		if v != "" {
			out[name] = v
		}
	}
	var wait time.Duration
	if e, ok := errors.AsType[*rest.Error](err); ok {
		put("rcCode", e.Code)
		put("rcRequestId", e.RequestID)
		put("parameterName", e.Parameter)
		put("permission", e.Permission)
		if e.Status != 0 {
			out["rcStatus"] = e.Status
		}
		wait = e.RetryAfter
	}
	if e, ok := errors.AsType[*auth.Over](err); ok {
		put("reason", string(e.Reason))
	}
	if e, ok := errors.AsType[*plan.Exceeded](err); ok {
		maps.Copy(out, exceeded(e))
	}
	if b, ok := errors.AsType[*budget.Error](err); ok {
		wait = b.RetryAfter
	}
	if wait > 0 {
		out["retryAfter"] = int(math.Ceil(wait.Seconds()))
	}
	return out
}

// errPanic is a bug, caught.
type errPanic struct {
	value any
	stack []byte
}

func (e *errPanic) Error() string { return fmt.Sprintf("panic: %v\n%s", e.value, e.stack) }

func recovered(_ context.Context, v any) error { return &errPanic{v, debug.Stack()} }

// refusal makes an error of the gateway's own edge.
func refusal(code, say string) *gqlerror.Error {
	return &gqlerror.Error{Message: say, Extensions: map[string]any{"code": code}}
}
