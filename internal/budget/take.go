package budget

import (
	"slices"
	"time"
)

// grace is how long after its time a replica that waits is believed to be alive.
const grace = 5 * time.Second

// Line is the queue of one replica, as it is told to the others. Where its calls
// stand among those of others is guessed from its ends.
type Line struct {
	Who         string    `json:"who"`
	First, Last time.Time // places of its first and last call
	N           int       `json:"n"`
	Until       time.Time `json:"until"` // it is not believed after
}

// ahead returns how many calls of l go before one with a certain place.
func (l Line) ahead(place time.Time) int {
	switch length := l.Last.Sub(l.First); {
	case !l.First.Before(place):
		return 0
	case !l.Last.After(place) || length <= 0:
		return l.N
	default:
		return 1 + int(float64(l.N-1)*float64(place.Sub(l.First))/float64(length))
	}
}

// ahead returns how many calls that wait in other lines go before one with a place.
func (b *Book) ahead(place time.Time) int {
	n := 0
	for _, l := range b.Lines {
		n += l.ahead(place)
	}
	return n
}

// turn is what came of asking for calls.
type turn struct {
	n     int       // so many may go
	at    time.Time // where they are booked
	again time.Duration
	waits []time.Duration // how long those that may not go have to wait, as far as is known
}

// take books as many as may go now of the calls with the given places, in their order,
// and writes down who waits for the rest.
func (b *Book) take(now time.Time, who string, places []time.Time) turn {
	b.Lines = slices.DeleteFunc(b.Lines, func(l Line) bool { return l.Who == who || !l.Until.After(now) })
	t := turn{at: now}
	most, again := b.may(now)
	for t.n < min(most, len(places)) && (len(b.Lines) == 0 || t.n+1+b.ahead(places[t.n]) <= b.left(now)) {
		t.n++
	}
	if t.n > 0 {
		if b.cold(now) {
			if b.Pending.N += t.n; b.Pending.At.IsZero() {
				b.Pending.At = now
			}
		}
		t.at = b.add(now, t.n)
		b.departed(now, t.at, t.n)
		b.begun(now)
		b.Full = b.left(now) == 0
	}
	if rest := places[t.n:]; len(rest) > 0 {
		b.line(now, who, rest, again, &t)
	}
	return t
}

// line writes down that calls with the given places wait, and tells how long.
func (b *Book) line(now time.Time, who string, places []time.Time, again time.Duration, t *turn) {
	last := places[len(places)-1]
	slots := b.slots(now, len(places)+b.ahead(last))
	for i, p := range places {
		t.waits = append(t.waits, slots.wait(i+1+b.ahead(p)))
	}
	if t.again = max(again, slots.wait(1)); t.again == 0 {
		t.again = glance // others go before
	}
	b.Lines = append(b.Lines, Line{who, places[0], last, len(places), now.Add(t.again + grace)})
}

// may returns how many calls may go now; if none, when it is worth asking again, as far
// as that does not follow from the calls in the window.
func (b *Book) may(now time.Time) (most int, again time.Duration) {
	if most = b.left(now); b.free() {
		most = mostCalls
	}
	if b.cold(now) {
		if most, again = max(0, min(most, b.first()-b.Pending.N)), glance; b.Pending.N > 0 && !b.Heard.Before(b.Pending.At) {
			most = 0 // the others are on their way back
		}
	}
	if b.count(now) && most > 0 {
		if most--; most == 0 && (b.Flying.N == 0 || now.Sub(b.Flying.At) >= lease) {
			most = 1
		}
		again = glance // the last that fits goes when the others are back
	}
	most, closed := b.Penalty.may(now, most)
	return most, max(again, closed)
}

// cold says whether it is not known what others have spent: nothing was heard for long,
// or not all of the calls are back that were sent to find out. One of several tells less
// than the last of them: those that the upstream has not counted yet hide as many of others.
func (b *Book) cold(now time.Time) bool {
	if b.Pending.N > 0 && now.Sub(b.Pending.At) < lease {
		return true
	}
	b.Pending = Run{}
	return now.Sub(b.Heard) >= b.Window/2
}

// first returns how many calls are sent before an answer has come, when none has come
// for long: others may have spent the budget meanwhile. Where we had left them nothing,
// they may have run into a penalty, which a single call finds out.
func (b *Book) first() int {
	if b.Full {
		return 1
	}
	return max(1, b.Limit/4)
}

// quit takes a line off.
func (b *Book) quit(who string) {
	b.Lines = slices.DeleteFunc(b.Lines, func(l Line) bool { return l.Who == who })
}
