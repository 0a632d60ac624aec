package budget

import "time"

// recall is for how many windows the calls of other programs are remembered: one that
// calls evenly shows its most within three.
const recall = 4

// Sight is how many calls of other programs a window held, as headers told.
type Sight struct {
	At    time.Time `json:"at"`             // when the window was first looked at
	Most  int       `json:"most"`           // at least so many at once
	Exact bool      `json:"exact,omitzero"` // whether the two below were counted
	Lo    int       `json:"lo,omitzero"`    // least that were counted
	Hi    int       `json:"hi,omitzero"`    // most that were counted
}

// see remembers that n calls of other programs were in the window: exactly, or at least.
// Of several calls under way together it is not known which of them the upstream has
// counted, so each hides one of another program.
func (b *Book) see(now time.Time, n int, exact bool) {
	for len(b.Seen) > 0 && now.Sub(b.Seen[0].At) >= recall*b.Window {
		b.Seen = b.Seen[1:]
	}
	if n == 0 && len(b.Seen) == 0 {
		return
	}
	last := len(b.Seen) - 1
	if last < 0 || now.Sub(b.Seen[last].At) >= b.Window {
		b.Seen, last = append(b.Seen, Sight{At: now}), last+1
	}
	s := &b.Seen[last]
	s.Most = max(s.Most, n)
	if exact && !s.Exact {
		s.Exact, s.Lo, s.Hi = true, n, n
	} else if exact {
		s.Lo, s.Hi = min(s.Lo, n), max(s.Hi, n)
	}
}

// peak returns how many calls of other programs were in a window at most, lately.
func (b *Book) peak(now time.Time) int {
	n := 0
	for _, s := range b.Seen {
		if now.Sub(s.At) < recall*b.Window {
			n = max(n, s.Most)
		}
	}
	return n
}

// reserve returns how much of the window is kept free for other programs: the next call
// of one of them would otherwise start a penalty for all. That is the most they have
// shown, and one more unless they have shown fewer since: one that makes a call every 18
// seconds has three in one minute and four in another, and never five.
func (b *Book) reserve(now time.Time) int {
	most, presumed := b.peak(now), 0
	if now.Sub(b.Born) < b.Window+flight { // and the first calls of the next have told
		presumed = min(b.Presumed, b.Limit-1)
	}
	if most == 0 {
		return presumed
	}
	reached := false
	for _, s := range b.Seen {
		if !s.Exact || now.Sub(s.At) >= recall*b.Window {
			continue
		}
		if reached && s.Lo < most {
			return max(presumed, min(most, b.Limit-1))
		}
		reached = reached || s.Hi == most
	}
	return max(presumed, min(most+1, b.Limit-1))
}

// count says whether the next call should go alone, so that its answer tells how many
// calls of others there are: if there are any, a few times a window.
func (b *Book) count(now time.Time) bool {
	return b.peak(now) > 0 && now.Sub(b.Counted) >= b.Window/4
}

// surprise learns from a refusal that b's own count does not explain. What the other
// program spends is not known; a third of the limit is a guess that holds until it is.
func (b *Book) surprise(now time.Time) {
	if !b.Unproven && !b.free() {
		b.see(now, max(b.peak(now)+1, b.Limit/3), false)
	}
}

// departed says that n calls have left that are booked at a certain time.
func (b *Book) departed(now, booked time.Time, n int) {
	if now.Sub(b.Flying.At) >= recall*b.Window {
		b.Born = now
	}
	if now.Sub(b.Flying.At) >= lease {
		b.Flying.N = 0 // whoever sent them is gone
	}
	if b.Alone = (time.Time{}); b.Flying.N == 0 && n == 1 {
		b.Alone = booked
	}
	b.Flying = Run{now, b.Flying.N + n}
}

// landed says that a call booked at a certain time is over, or will not be sent.
func (b *Book) landed(booked time.Time) {
	b.Flying.N = max(0, b.Flying.N-1)
	if b.Pending.N > 0 && !booked.Before(b.Pending.At) {
		b.Pending.N--
	}
}
