package budget

import (
	"slices"
	"time"
)

// grace is how long after its time a replica that waits is believed to be alive.
const grace = 5 * time.Second

// marks is of how many of its calls a replica tells the others where they stand.
const marks = 16

// Line is the queue of one replica, as it is told to the others. Where its calls
// stand among those of others is guessed from those that are marked.
type Line struct {
	Who   string      `json:"who"`
	Marks []time.Time `json:"marks"` // places of calls at even distances, the first and the last among them
	N     int         `json:"n"`
	Until time.Time   `json:"until"` // it is not believed after
}

// newLine returns the line of calls with the given places.
func newLine(who string, places []time.Time, until time.Time) Line {
	l := Line{Who: who, N: len(places), Marks: make([]time.Time, min(len(places), marks)), Until: until}
	for i := range l.Marks {
		l.Marks[i] = places[l.standing(i)]
	}
	return l
}

// standing returns how many calls stand before the one that is marked as the ith.
func (l Line) standing(i int) int { return i * (l.N - 1) / max(1, len(l.Marks)-1) }

// ahead returns how many calls of l go before one with a certain place.
func (l Line) ahead(place time.Time) int {
	i, _ := slices.BinarySearchFunc(l.Marks, place, time.Time.Compare)
	switch i {
	case 0:
		return 0
	case len(l.Marks):
		return l.N
	}
	before, after := l.Marks[i-1], l.Marks[i]
	part := float64(place.Sub(before)) / float64(after.Sub(before))
	return 1 + l.standing(i-1) + int(part*float64(l.standing(i)-l.standing(i-1)))
}

// ahead returns how many calls that wait in other lines go before one with a place.
func (b *Book) ahead(place time.Time) int {
	n := 0
	for _, l := range b.Lines {
		n += l.ahead(place)
	}
	return n
}

// stand is where a call stands that waits, and how long it can.
type stand struct {
	place    time.Time
	patience time.Duration
}

// turn is what came of asking for calls.
type turn struct {
	n     int       // so many may go
	at    time.Time // where they are booked
	again time.Duration
	vain  []time.Duration // of those that may not go: how long those would wait who cannot so long
	waits []time.Duration // how long the others of them have to wait, as far as is known
}

// take books as many as may go now of the given calls, in their order, and writes down who
// waits for the rest.
func (b *Book) take(now time.Time, who string, calls []stand) turn {
	b.Lines = slices.DeleteFunc(b.Lines, func(l Line) bool { return l.Who == who || !l.Until.After(now) })
	t := turn{at: now}
	most, again := b.may(now)
	for t.n < min(most, len(calls)) && (len(b.Lines) == 0 || t.n+1+b.ahead(calls[t.n].place) <= b.left(now)) {
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
	if rest := calls[t.n:]; len(rest) > 0 {
		b.line(now, who, rest, again, &t)
	}
	return t
}

// hope returns at which place a call counts that stands at place i. Some before it may
// leave or come too late: whoever is refused for a moment's sake would see one who came
// later go.
func hope(i int) int { return max(0, i-2-i/8) }

// line writes down which of the given calls wait, and tells how long. Those that would
// wait in vain stand in nobody's way.
func (b *Book) line(now time.Time, who string, calls []stand, again time.Duration, t *turn) {
	slots := b.slots(now, len(calls)+b.ahead(calls[len(calls)-1].place))
	if t.again = max(again, slots.wait(1)); t.again == 0 {
		t.again = glance // others go before
	}
	t.vain = make([]time.Duration, len(calls))
	var places []time.Time
	for i, c := range calls {
		others := b.ahead(c.place)
		if wait := slots.wait(hope(len(places)+others) + 1); wait > c.patience {
			t.vain[i] = wait
			continue
		}
		places = append(places, c.place)
		t.waits = append(t.waits, slots.wait(len(places)+others))
	}
	if len(places) > 0 {
		b.Lines = append(b.Lines, newLine(who, places, now.Add(t.again+grace)))
	}
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
