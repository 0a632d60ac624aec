package budget

import (
	"math"
	"net/http"
	"strconv"
	"time"
)

// adopt takes over what the headers of an answer say of b's group. The call was booked
// at a certain time, and counted by the upstream since. That nothing is left after a
// refusal says how it is, not how many calls there were.
func (b *Book) adopt(now, booked time.Time, h http.Header, refused bool) {
	if n, err := strconv.Atoi(h.Get("X-Rate-Limit-Limit")); err == nil && n > 0 {
		b.Limit = n
	}
	if d, ok := seconds(h, "X-Rate-Limit-Window"); ok && d > 0 && d <= longest {
		b.Window = d
	}
	left, err := strconv.Atoi(h.Get("X-Rate-Limit-Remaining"))
	if refused || err != nil || left < 0 || left >= b.Limit || b.free() {
		return
	}
	// What has left the window since the call was booked may have been in it when it
	// was counted, so it explains the number as well.
	after := booked.Add(-b.Window)
	ours, _ := within(b.Ours, after)
	others, _ := within(b.Others, after)
	foreign := max(0, b.Limit-left-ours)
	if b.Share > 1 {
		foreign = min(foreign, b.peak(now)) // those of other replicas are among them
	}
	certain, _ := within(b.Ours, now.Add(b.Slow-b.Window))
	alone := b.Alone.Equal(booked) && certain == ours // and none of ours is leaving the upstream's window meanwhile
	if b.see(now, foreign, alone); alone {
		b.Counted = now
	}
	if more := b.Limit - left - ours - others; more > 0 {
		b.Others = counted(b.forget(b.Others, now), b.stamp(now), more)
	}
}

// ended says that a call is over that was booked at a certain time, whether it was
// answered, and whether by anything but a 429. The upstream counted it somewhere in
// between: to count it from now on is never too short. One that was broken off may be on
// its way there still.
func (b *Book) ended(now, booked time.Time, answered, well bool) {
	at := now
	if !answered {
		at = now.Add(margin)
	}
	b.move(booked, at)
	b.landed(booked)
	b.Slow = max(now.Sub(booked), b.Slow-b.Slow/64)
	if at = b.stamp(at); at.After(b.Heard) {
		b.Heard = at
	}
	b.Penalty.ended(booked, well)
}

// away returns for how long a 429 closes what it closes.
func away(h http.Header) time.Duration {
	d, ok := seconds(h, "Retry-After")
	if !ok {
		d = unsaid
	}
	return min(d, longest) + margin
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
