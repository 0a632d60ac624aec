package budget

import (
	"math"
	"net/http"
	"strconv"
	"time"
)

const (
	// recall is for how many windows the calls of other programs are remembered: one that
	// calls evenly shows its most within three.
	recall = 4
	// settled is after how many windows a most is believed to be one.
	settled = 3
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
	foreign := b.Limit - left - ours
	if b.Share > 1 {
		b.note(now, min(foreign, b.peak(now))) // those of other replicas are among them
	} else {
		b.note(now, foreign)
	}
	if foreign > others {
		b.Others = counted(b.forget(b.Others, now), b.stamp(now), foreign-others)
	}
}

// surprise learns from a refusal that b's count does not explain: another program calls
// more than it has shown.
func (b *Book) surprise(now time.Time) {
	if !b.Unproven && !b.free() {
		b.note(now, b.peak(now)+1)
	}
}

// note remembers that n calls of other programs were in the window.
func (b *Book) note(now time.Time, n int) {
	if n <= 0 {
		return
	}
	for len(b.Peaks) > 0 && now.Sub(b.Peaks[0].At) >= recall*b.Window {
		b.Peaks = b.Peaks[1:]
	}
	if n > b.peak(now) {
		b.Grew = now
	}
	if last := len(b.Peaks) - 1; last >= 0 && now.Sub(b.Peaks[last].At) < b.Window {
		b.Peaks[last].N = max(b.Peaks[last].N, n)
		return
	}
	b.Peaks = append(b.Peaks, Run{now, n})
}

// peak returns how many calls of other programs were in a window at most, lately.
func (b *Book) peak(now time.Time) int {
	n := 0
	for _, p := range b.Peaks {
		if now.Sub(p.At) < recall*b.Window {
			n = max(n, p.N)
		}
	}
	return n
}

// reserve returns how much of the window is kept free for other programs: the next call
// of one of them would otherwise start a penalty for all. Until they have shown no more
// for a while, it is one more than they have shown: a program that makes a call every 18
// seconds has three in one minute, and four in another.
func (b *Book) reserve(now time.Time) int {
	n := b.peak(now)
	if n > 0 && now.Sub(b.Grew) < settled*b.Window {
		n++
	}
	return min(n, b.Limit-1)
}

// ended says that a call is over that was booked at a certain time, and whether it was
// answered by anything but a 429. The upstream counted it somewhere in between: to count
// it from now on is never too short.
func (b *Book) ended(now, booked time.Time, well bool) {
	b.move(booked, now)
	b.back(booked)
	b.Heard = b.stamp(now)
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
