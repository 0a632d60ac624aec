package rest

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Classes of failure, for errors.Is. Every error of a Client method that comes
// from the upstream, or from the way there, is one of them.
var (
	ErrUnauthenticated = errors.New("upstream: not signed in")
	ErrForbidden       = errors.New("upstream: forbidden")
	ErrNotFound        = errors.New("upstream: not found")
	ErrNotServed       = errors.New("upstream: operation not served")
	ErrBadRequest      = errors.New("upstream: bad request")
	ErrRateLimited     = errors.New("upstream: rate limited")
	ErrUnavailable     = errors.New("upstream: unavailable")
	ErrTimeout         = errors.New("upstream: no answer in time")
	ErrInvalid         = errors.New("upstream: answer makes no sense")
	// ErrLost is true, beside another class, of a request that was or may have been
	// carried out although no answer came.
	ErrLost = errors.New("upstream: answer lost")
)

// Error is a failed call of one operation.
type Error struct {
	Op         string        // operationId
	Status     int           // HTTP status; zero when no answer came
	Code       string        // upstream error code, "CMN-102"
	Message    string        // upstream message; may hold private data, so it is logged, not shown
	Parameter  string        // parameterName: what the code is about
	Permission string        // permissionName: what is missing
	RequestID  string        // what the vendor's support asks for
	RetryAfter time.Duration // how long to stay away; zero if not said
	Lost       bool          // the request may have been carried out
	Lacks      Lack          // the right for want of which nothing was sent; "" when something was
	cause      error         // why there is no usable answer
	gone       bool          // what the request names is not there, whatever the code says
}

func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString(e.Op)
	if e.Status != 0 {
		fmt.Fprintf(&b, ": %d", e.Status)
	}
	if e.Code != "" {
		fmt.Fprintf(&b, " %s %s", e.Code, e.Message)
	}
	if e.Lacks != "" {
		fmt.Fprintf(&b, ": not sent, the %s %s is missing", e.Lacks, e.Permission)
	}
	if e.cause != nil {
		fmt.Fprintf(&b, ": %v", e.cause)
	}
	if e.RequestID != "" {
		fmt.Fprintf(&b, " (request %s)", e.RequestID)
	}
	return b.String()
}

// Unwrap gives the failure on the way there or back.
func (e *Error) Unwrap() error { return e.cause }

// Is tells the class of e.
func (e *Error) Is(target error) bool {
	if target == ErrLost {
		return e.Lost
	}
	return target == e.class()
}

// Missing says whether err is the upstream's word that the object which parameter
// names does not exist. Another object's absence, or a 404 of something on the way,
// is not.
func Missing(err error, parameter string) bool {
	e, ok := errors.AsType[*Error](err)
	return ok && e.Is(ErrNotFound) && e.Parameter == parameter && !errors.As(err, new(*TogetherError))
}

// TogetherError is the refusal of several changes that one call asks for: none was carried
// out, and which of them it is about is not known.
type TogetherError struct{ err error }

func (e *TogetherError) Error() string { return "all together: " + e.err.Error() }

// Unwrap gives the refusal.
func (e *TogetherError) Unwrap() error { return e.err }

// together makes the refusal of n changes a *TogetherError, if it may be about one of them.
func together(err error, n int) error {
	if n > 1 && !errors.Is(err, ErrLost) && (errors.Is(err, ErrBadRequest) || errors.Is(err, ErrNotFound)) {
		return &TogetherError{err}
	}
	return err
}

// unserved says whether err is the upstream's word that it has no operation o: that
// nothing was done. The failure of a later step of the same need is not.
func unserved(err error, o *Operation) bool {
	e, ok := errors.AsType[*Error](err)
	return ok && e.Op == o.ID && !e.Lost && e.Is(ErrNotServed)
}

// loginNeeded is the code of a token that belongs to no extension: signing in
// again would not help, so it counts as a missing right.
const loginNeeded = "CMN-405"

func (e *Error) class() error {
	switch {
	case e.Lacks != "":
		return ErrForbidden
	case e.cause != nil:
		return nil //nolint:nilerr // the cause knows its class
	case e.gone:
		return ErrNotFound
	case e.Code == "CMN-120":
		return ErrNotServed
	case e.Code == "CMN-101":
		return ErrBadRequest // some pages give it with 403
	case e.Code == "CMN-102":
		return ErrNotFound // some with 400
	case e.Code == loginNeeded:
		return ErrForbidden
	case e.Status == http.StatusUnauthorized:
		return ErrUnauthenticated
	case e.Status == http.StatusForbidden:
		return ErrForbidden
	case e.Status == http.StatusNotFound && e.Code == "":
		return ErrInvalid // the page of something in between: the upstream names what is missing
	case e.Status == http.StatusNotFound:
		return ErrNotFound
	case e.Status == http.StatusNotImplemented, e.Status == http.StatusMethodNotAllowed:
		return ErrNotServed
	case e.Status == http.StatusTooManyRequests:
		return ErrRateLimited
	case e.Status >= 500:
		return ErrUnavailable
	case e.Status >= 400:
		return ErrBadRequest
	}
	return ErrInvalid // a redirect, or a status of a kind never documented
}

// refused makes the error of an answer outside 2xx. The status survives a body
// that is not JSON, such as a proxy's HTML page.
func refused(o *Operation, status int, header http.Header, body []byte) *Error {
	e := &Error{Op: o.ID, Status: status, RequestID: requestID(header), RetryAfter: retryAfter(header)}
	var env envelope
	e.judge(o, decode(body, &env) == nil && env.fill(e))
	return e
}

// judge says what follows from the status of an answer, or part of one, to o. known says
// that it has the upstream's envelope: an error page without it comes from something in
// between, which cannot say whether the request went through.
func (e *Error) judge(o *Operation, known bool) {
	if e.Permission == "" {
		e.Permission = o.right(e.Code)
	}
	undone := known && (e.Status == http.StatusServiceUnavailable || e.Status == http.StatusNotImplemented)
	between := !known && e.Status == http.StatusRequestTimeout // whoever waited may have passed it on
	e.Lost = o.Method != http.MethodGet && (e.Status >= 500 || e.Status < 400 || between) && !undone
}

// failed makes the error of a request without a usable answer.
func failed(ctx context.Context, o *Operation, err error, sent bool) error {
	e := &Error{Op: o.ID, cause: err}
	refusal := errors.As(err, new(NotSent))
	switch {
	case refusal, errors.Is(err, ErrInvalid), errors.Is(err, ErrTooMuch):
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded), ctx.Err() != nil:
		e.cause = fmt.Errorf("%w: %w", ErrTimeout, err)
	case isTimeout(err):
		e.cause = fmt.Errorf("%w: %w", ErrTimeout, err)
	default:
		e.cause = fmt.Errorf("%w: %w", ErrUnavailable, err)
	}
	e.Lost = o.Method != http.MethodGet && sent && !refusal
	return e
}

// NotSent marks the error of a link in the chain that refused a request before
// it left: its own class stands, and nothing can have been lost.
type NotSent interface {
	error
	NotSent()
}

func isTimeout(err error) bool {
	var t interface{ Timeout() bool }
	return errors.As(err, &t) && t.Timeout()
}

// envelope is the upstream's error body in all its forms: v1.0 repeats the first
// error at the top, v2 has only the list, a many-ids part may have either.
type envelope struct {
	ErrorCode      string        `json:"errorCode"`
	Message        string        `json:"message"`
	ParameterName  string        `json:"parameterName"`
	PermissionName string        `json:"permissionName"`
	Errors         []errorEntity `json:"errors"`
}

type errorEntity struct {
	ErrorCode      string `json:"errorCode"`
	Message        string `json:"message"`
	ParameterName  string `json:"parameterName"`
	PermissionName string `json:"permissionName"`
}

// fill copies what the envelope says into e: the first of the list, then the
// top level, whose code may be a word instead of a code. It reports whether
// there was anything to copy.
func (v *envelope) fill(e *Error) bool {
	top := errorEntity{v.ErrorCode, v.Message, v.ParameterName, v.PermissionName}
	for _, f := range append(slices.Clip(v.Errors[:min(1, len(v.Errors))]), top) {
		e.Code = first(e.Code, clean(f.ErrorCode, 64))
		e.Message = first(e.Message, clean(f.Message, 512))
		e.Parameter = first(e.Parameter, clean(f.ParameterName, 128))
		e.Permission = first(e.Permission, clean(f.PermissionName, 128))
	}
	if e.Parameter == "" && slices.Contains(naming, e.Code) {
		// The message has it as well: "Resource for parameter [phoneNumberId] is not found".
		_, after, _ := strings.Cut(e.Message, "[")
		e.Parameter, _, _ = strings.Cut(after, "]")
	}
	return e.Code != ""
}

// naming are the codes whose messages name the parameter in brackets.
var naming = []string{"CMN-100", "CMN-101", "CMN-102", "EXT-356"}

func first(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

// clean bounds a text of the upstream's and drops control characters, so that it
// can stand in a log line.
func clean(s string, most int) string {
	s = strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return -1
		}
		return r
	}, s)
	if len(s) > most {
		s = strings.ToValidUTF8(s[:most], "")
	}
	return s
}

func requestID(h http.Header) string { return clean(h.Get("RCRequestId"), 128) }

func retryAfter(h http.Header) time.Duration {
	s, err := strconv.Atoi(h.Get("Retry-After"))
	if err != nil || s < 0 {
		return 0
	}
	return time.Duration(min(s, 86400)) * time.Second
}
