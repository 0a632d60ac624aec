package sim

import (
	"maps"
	"net/http"
	"strconv"
	"sync"
	"time"
)

func defaultLimits() map[string]int {
	return map[string]int{"light": 50, "medium": 40, "heavy": 10, "auth": 5}
}

// limiter counts the calls of each person, app and group over a sliding window. Going over the limit closes the group for the
// penalty, and every call sent meanwhile starts the penalty anew.
// https://developers.ringcentral.com/guide/basics/rate-limits
type limiter struct {
	limits          map[string]int
	window, penalty time.Duration

	mu       sync.Mutex
	spenders map[spender]*spending
}

type spender struct {
	person int64
	client string
	group  string
}

type spending struct {
	calls  []time.Time // those within the window, oldest first
	closed time.Time   // end of the penalty
}

// charge is what one call did to its budget. The zero value is a call that is not limited.
type charge struct {
	group            string
	limit, remaining int
	window           time.Duration
	retryAfter       time.Duration // not 0 for a call that is refused
}

func newLimiter(limits map[string]int, window, penalty time.Duration) limiter {
	return limiter{limits: maps.Clone(limits), window: window, penalty: penalty, spenders: map[spender]*spending{}}
}

// spend charges one call. A refused call is not counted: the penalty it starts is punishment enough.
func (l *limiter) spend(who spender, now time.Time) charge {
	limit := l.limits[who.group]
	if limit == 0 {
		return charge{}
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	sp := l.spenders[who]
	if sp == nil {
		sp = &spending{}
		l.spenders[who] = sp
	}
	for len(sp.calls) > 0 && now.Sub(sp.calls[0]) >= l.window {
		sp.calls = sp.calls[1:]
	}
	c := charge{group: who.group, limit: limit, window: l.window}
	if now.Before(sp.closed) || len(sp.calls) >= limit {
		sp.closed = now.Add(l.penalty)
		c.retryAfter = l.penalty
		return c
	}
	sp.calls = append(sp.calls, now)
	c.remaining = limit - len(sp.calls)
	return c
}

// problem returns the refusal of a call over the limit, or nil.
func (c charge) problem() *problem {
	if c.retryAfter == 0 {
		return nil
	}
	return &problem{status: http.StatusTooManyRequests, ErrorCode: "CMN-301", Message: "Request rate exceeded"}
}

func (c charge) writeTo(h http.Header) {
	if c.group == "" {
		return
	}
	h.Set("X-Rate-Limit-Group", c.group)
	h.Set("X-Rate-Limit-Limit", strconv.Itoa(c.limit))
	h.Set("X-Rate-Limit-Remaining", strconv.Itoa(c.remaining))
	h.Set("X-Rate-Limit-Window", seconds(c.window))
	if c.retryAfter > 0 {
		h.Set("Retry-After", seconds(c.retryAfter))
	}
}

// seconds writes d in whole seconds, rounded up so that whoever waits them waits long enough.
func seconds(d time.Duration) string {
	return strconv.FormatInt(int64((d+time.Second-1)/time.Second), 10)
}
