package sim

import (
	"maps"
	"net/http"
	"slices"
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
	unsaid          bool // no 429 says when to come again

	mu       sync.Mutex
	spenders map[spender]*spending
	book     map[program]*tally
}

type spender struct {
	person int64
	client string
	group  string
}

type spending struct {
	calls  []time.Time // those within the window, oldest first
	closed time.Time   // end of the penalty
	told   []string    // programs that a 429 told of it
}

// meeting says how a call met the penalty of its budget.
type meeting int

const (
	outside meeting = iota // there was none
	blind                  // there was one that the program had not been told of
	inside                 // it had been told
)

// charge is what one call did to its budget. The zero value is a call that is not limited.
type charge struct {
	group            string
	limit, remaining int
	window           time.Duration
	retryAfter       time.Duration // not 0 for a call that is refused
	unsaid           bool          // though the answer does not say retryAfter
	meets            meeting
}

func newLimiter(cfg Config) limiter {
	limits := maps.Clone(cfg.Limits)
	limits[ofAccount], limits[ofAddress] = cfg.AccountLimit, cfg.AddressLimit
	return limiter{
		limits: limits, window: cfg.Window, penalty: cfg.Penalty, unsaid: cfg.NoRetryAfter,
		spenders: map[spender]*spending{}, book: map[program]*tally{},
	}
}

// spend charges one call. A refused call is not counted: the penalty it starts is punishment enough.
func (l *limiter) spend(who spender, program string, now time.Time) charge {
	l.mu.Lock()
	defer l.mu.Unlock()
	limit := l.limits[who.group]
	if limit == 0 && l.spenders[who] == nil {
		return charge{}
	}
	sp := l.of(who)
	for len(sp.calls) > 0 && now.Sub(sp.calls[0]) >= l.window {
		sp.calls = sp.calls[1:]
	}
	c := charge{group: who.group, limit: limit, window: l.window, unsaid: l.unsaid, meets: sp.enter(program, now)}
	switch {
	case c.meets != outside, limit > 0 && len(sp.calls) >= limit:
		sp.close(now.Add(l.penalty))
		sp.tell(program)
		c.retryAfter = sp.closed.Sub(now)
	case limit == 0:
		return charge{} // its penalty is over
	default:
		sp.calls = append(sp.calls, now)
		c.remaining = limit - len(sp.calls)
	}
	return c
}

func (l *limiter) of(who spender) *spending {
	sp := l.spenders[who]
	if sp == nil {
		sp = &spending{}
		l.spenders[who] = sp
	}
	return sp
}

// enter says how a call of a program meets the penalty, and forgets one that is over.
func (sp *spending) enter(program string, now time.Time) meeting {
	switch {
	case !now.Before(sp.closed):
		sp.told = nil
		return outside
	case slices.Contains(sp.told, program):
		return inside
	}
	return blind
}

// mostTold bounds the memory of one penalty.
const mostTold = 100

func (sp *spending) tell(program string) {
	if len(sp.told) < mostTold && !slices.Contains(sp.told, program) {
		sp.told = append(sp.told, program)
	}
}

// close starts a penalty of d, or makes one longer.
func (l *limiter) close(who spender, d time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.of(who).close(time.Now().Add(d))
}

func (sp *spending) close(end time.Time) {
	if end.After(sp.closed) {
		sp.closed = end
	}
}

// problem returns the refusal of a call over the limit, or nil.
func (c charge) problem() *problem {
	if c.retryAfter == 0 {
		return nil
	}
	p := &problem{status: http.StatusTooManyRequests, ErrorCode: "CMN-301", Message: "Request rate exceeded"}
	switch c.group {
	case ofAccount: // which of the two codes with this message it has, nothing documents
		p.ErrorCode = "CMN-302"
	case ofAddress:
		p.ErrorCode, p.Message = "CMN-310", "Global request rate exceeded"
	}
	return p
}

func (c charge) writeTo(h http.Header) {
	if c.group == "" {
		return
	}
	if c.retryAfter > 0 && !c.unsaid {
		h.Set("Retry-After", seconds(c.retryAfter))
	}
	if c.group == ofAccount || c.group == ofAddress {
		return // "for user-level limit violations, the response also contains" the headers
	}
	h.Set("X-Rate-Limit-Group", c.group)
	h.Set("X-Rate-Limit-Limit", strconv.Itoa(c.limit))
	h.Set("X-Rate-Limit-Remaining", strconv.Itoa(c.remaining))
	h.Set("X-Rate-Limit-Window", seconds(c.window))
}

// seconds writes d in whole seconds, rounded up so that whoever waits them waits long enough.
func seconds(d time.Duration) string {
	return strconv.FormatInt(int64((d+time.Second-1)/time.Second), 10)
}
