package budget

import (
	"math"
	"net/http"
	"slices"
	"strconv"
	"time"
)

// mostCalls bounds what one book counts; a larger limit is none.
const mostCalls = 10_000

// book is one person's account with one group.
type book struct {
	limit  int
	window time.Duration
	sent   []run     // calls within the window, oldest first
	used   int       // how many they are
	closed time.Time // nothing is sent before
}

// run is calls that count from the same moment. What a header makes us count is one
// run, however many calls it says.
type run struct {
	at time.Time
	n  int
}

// free says whether there is no limit worth counting for.
func (b *book) free() bool { return b.limit > mostCalls }

// add counts n calls from now on.
func (b *book) add(now time.Time, n int) {
	if n <= 0 || b.free() {
		return
	}
	b.used += n
	if last := len(b.sent) - 1; last >= 0 && b.sent[last].at.Equal(now) {
		b.sent[last].n += n
		return
	}
	b.sent = append(b.sent, run{now, n})
}

// move counts one call that was booked at from as if it were sent now.
func (b *book) move(from, now time.Time) {
	i, found := slices.BinarySearchFunc(b.sent, from, func(r run, t time.Time) int { return r.at.Compare(t) })
	if !found || from.Equal(now) {
		return // it has left the window meanwhile
	}
	b.used--
	if b.sent[i].n--; b.sent[i].n == 0 {
		b.sent = slices.Delete(b.sent, i, i+1)
	}
	b.add(now, 1)
}

// wait says how long until b may spend n calls at once, and drops calls that left the
// window. It is false if b never may.
func (b *book) wait(now time.Time, n int) (time.Duration, bool) {
	wait := max(0, b.closed.Sub(now))
	if b.free() {
		b.sent, b.used = nil, 0
		return wait, n <= b.limit
	}
	for len(b.sent) > 0 && now.Sub(b.sent[0].at) >= b.window {
		b.used -= b.sent[0].n
		b.sent = b.sent[1:]
	}
	if n > b.limit {
		return 0, false
	}
	over := b.used + n - b.limit
	for i := 0; over > 0; i++ {
		over -= b.sent[i].n
		wait = max(wait, b.sent[i].at.Add(b.window).Sub(now))
	}
	return wait, true
}

// adopt takes over what the headers of an answer say of b's group.
func (b *book) adopt(now time.Time, h http.Header) {
	if n, err := strconv.Atoi(h.Get("X-Rate-Limit-Limit")); err == nil && n > 0 {
		b.limit = n
	}
	if d, ok := seconds(h, "X-Rate-Limit-Window"); ok && d > 0 && d <= longest {
		b.window = d
	}
	if left, err := strconv.Atoi(h.Get("X-Rate-Limit-Remaining")); err == nil && left >= 0 && left < b.limit {
		_, _ = b.wait(now, 1) // drops what has left the window
		b.add(now, b.limit-left-b.used)
	}
}

// close lets nothing out for as long as a 429 says. An answer that comes late must not
// open what another has closed for longer.
func (b *book) close(now time.Time, h http.Header) {
	away, ok := seconds(h, "Retry-After")
	if !ok {
		away = unsaid
	}
	if end := now.Add(min(away, longest) + margin); end.After(b.closed) {
		b.closed = end
	}
}

// seconds reads a header that holds a number of seconds. A number too large for a
// Duration must not come out as a short one.
func seconds(h http.Header, name string) (time.Duration, bool) {
	s, err := strconv.Atoi(h.Get(name))
	if err != nil || s < 0 {
		return 0, false
	}
	return time.Duration(min(s, math.MaxInt32)) * time.Second, true
}
