package budget

import "time"

const (
	// lease is how long the call is waited for that goes first after a penalty.
	lease = 30 * time.Second
	// glance is how long to wait before asking again for what may change at any moment:
	// another replica hears an answer, or does not take what it waits for.
	glance = 100 * time.Millisecond
	// mostFailed bounds how often the time is doubled.
	mostFailed = 3
)

// Penalty is a time in which nothing is sent, and what follows: one call goes first, and
// the rest once it was answered well.
type Penalty struct {
	Closed   time.Time `json:"closed,omitzero"`   // nothing is sent before
	Unproven bool      `json:"unproven,omitzero"` // no answer has shown yet that it is over
	Probe    time.Time `json:"probe,omitzero"`    // until when the call is waited for that goes first
	Failed   int       `json:"failed,omitzero"`   // calls in a row that went first and were refused
}

// shut lets nothing out for a while. An answer that comes late must not open what
// another has closed for longer. When the call that went first was refused as well, that
// is twice as long each time: of two programs that come back after the same time, each
// would start the penalty anew for the other, for ever.
func (p *Penalty) shut(now time.Time, away time.Duration) {
	if p.Unproven && !p.Closed.After(now) {
		p.Failed = min(p.Failed+1, mostFailed)
	}
	p.shutUntil(now.Add(away << p.Failed))
}

// shutUntil lets nothing out before end.
func (p *Penalty) shutUntil(end time.Time) {
	if end.After(p.Closed) {
		p.Closed = end
	}
	p.Unproven, p.Probe = true, time.Time{}
}

// ended says that a call is over that was booked at a certain time, and whether it was
// answered by anything but a 429. One from before the penalty says nothing of its end.
func (p *Penalty) ended(booked time.Time, well bool) {
	if !booked.Before(p.Closed) {
		p.Probe = time.Time{} // another may try
		if well {
			p.Unproven, p.Failed = false, 0
		}
	}
}

// may returns how many of most calls may go; if none, when it is worth asking again.
func (p *Penalty) may(now time.Time, most int) (n int, again time.Duration) {
	switch {
	case p.Closed.After(now):
		return 0, p.Closed.Sub(now)
	case p.Unproven && p.Probe.After(now):
		return 0, min(glance, p.Probe.Sub(now))
	case p.Unproven:
		return min(most, 1), glance
	}
	return most, 0
}

// begun says that calls have gone.
func (p *Penalty) begun(now time.Time) {
	if p.Unproven {
		p.Probe = now.Add(lease)
	}
}
