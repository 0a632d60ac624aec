package gateway

import (
	"errors"
	"math"
	"net/http"
	"strconv"
	"time"

	"github.com/vektah/gqlparser/v2/gqlerror"

	"github.com/ringql/ringql/internal/auth"
)

// fault is a request that is refused at the edge.
type fault struct {
	status    int
	code, say string
	allow     string        // methods
	wait      time.Duration // when to try again
	reason    string        // why a session is over
}

func (f *fault) Error() string { return f.say }

// write answers with f.
func (f *fault) write(w http.ResponseWriter, r *http.Request) {
	if f.allow != "" {
		w.Header().Set("Allow", f.allow)
	}
	if f.status == http.StatusUnauthorized {
		w.Header().Set("WWW-Authenticate", "Bearer")
	}
	if f.wait > 0 {
		w.Header().Set("Retry-After", strconv.Itoa(f.seconds()))
	}
	writeErrors(w, r, f.status, f.error())
}

// error is f as GraphQL has it.
func (f *fault) error() *gqlerror.Error {
	err := refusal(f.code, f.say)
	if f.wait > 0 {
		err.Extensions["retryAfter"] = f.seconds()
	}
	if f.reason != "" {
		err.Extensions["reason"] = f.reason
	}
	return err
}

func (f *fault) seconds() int { return int(math.Ceil(f.wait.Seconds())) }

// badRequest is a request that cannot be understood.
func badRequest(say string) *fault {
	return &fault{status: http.StatusBadRequest, code: codeBadInput, say: say}
}

// statusGone is logged of a client that left before its request was begun.
const statusGone = 499

// retryAfter is when a request that found the gateway too busy is welcome again: what is
// under way then is over by then, and those who come back do so spread over a second.
const retryAfter = time.Second

// busy refuses what would be too much.
func busy() *fault {
	return &fault{status: http.StatusServiceUnavailable, code: codeBusy, say: "The gateway has too much to do: try again in a second.", wait: retryAfter}
}

// notAdmitted refuses a request whose sender is not known, or must not send it.
func notAdmitted(err error) *fault {
	f := &fault{status: http.StatusUnauthorized, code: codeUnauthenticated, say: sayOf(err)}
	over, _ := errors.AsType[*auth.Over](err)
	switch {
	case over != nil:
		f.reason = string(over.Reason)
	case errors.Is(err, auth.ErrForged), errors.Is(err, auth.ErrCSRF):
		f.status, f.code = http.StatusForbidden, codeForbidden
	case errors.Is(err, auth.ErrAway):
		f.status, f.code, f.wait = http.StatusServiceUnavailable, codeBusy, retryAfter
	}
	return f
}

func sayOf(err error) string {
	for _, f := range faces {
		if errors.Is(err, f.is) {
			return f.say
		}
	}
	return "Something went wrong in the gateway."
}
