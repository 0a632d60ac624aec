package gateway

import (
	"errors"
	"math"
	"net/http"
	"strconv"
	"time"
)

// fault is a request that is refused at the edge.
type fault struct {
	status    int
	code, say string
	allow     string        // methods
	wait      time.Duration // when to try again
}

func (f *fault) Error() string { return f.say }

// write answers with f.
func (f *fault) write(w http.ResponseWriter, r *http.Request) {
	err := refusal(f.code, f.say)
	if f.allow != "" {
		w.Header().Set("Allow", f.allow)
	}
	if f.status == http.StatusUnauthorized {
		w.Header().Set("WWW-Authenticate", "Bearer")
	}
	if f.wait > 0 {
		seconds := int(math.Ceil(f.wait.Seconds()))
		w.Header().Set("Retry-After", strconv.Itoa(seconds))
		err.Extensions["retryAfter"] = seconds
	}
	writeErrors(w, r, f.status, err)
}

// badRequest is a request that cannot be understood.
func badRequest(say string) *fault {
	return &fault{status: http.StatusBadRequest, code: codeBadInput, say: say}
}

// retryAfter is when a request that found the gateway too busy is welcome again: what is
// under way then is over by then, and those who come back do so spread over a second.
const retryAfter = time.Second

// busy refuses what would be too much.
func busy() *fault {
	return &fault{status: http.StatusServiceUnavailable, code: codeBusy, say: "The gateway has too much to do: try again in a second.", wait: retryAfter}
}

func sayOf(err error) string {
	for _, f := range faces {
		if errors.Is(err, f.is) {
			return f.say
		}
	}
	return "Something went wrong in the gateway."
}
