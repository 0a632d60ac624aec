package budget

import (
	"encoding/json"
	"math/rand/v2"
	"net/http"
	"strconv"
	"testing"
	"time"
)

var noon = time.Date(2026, 7, 1, 12, 0, 0, 0, time.UTC)

// at is so many seconds after noon.
func at(seconds float64) time.Time { return noon.Add(time.Duration(seconds * float64(time.Second))) }

// patient are calls that can wait for long.
func patient(places ...time.Time) (out []stand) {
	for _, p := range places {
		out = append(out, stand{p, time.Hour})
	}
	return out
}

// told is the headers of an answer.
func told(limit, left int) http.Header {
	return header("X-Rate-Limit-Limit", strconv.Itoa(limit), "X-Rate-Limit-Remaining", strconv.Itoa(left), "X-Rate-Limit-Window", "60")
}

// known is a book of ten calls a minute of which something was heard at a time.
func known(heard float64) *Book {
	return &Book{Limit: 10, Window: time.Minute, Heard: at(heard)}
}

func TestTake(t *testing.T) {
	places := func(seconds ...float64) (out []time.Time) {
		for _, s := range seconds {
			out = append(out, at(s))
		}
		return out
	}
	line := func(first, last float64, n int, until float64) Line {
		return Line{"b", []time.Time{at(first), at(last)}[:min(n, 2)], n, at(until)}
	}
	for name, tt := range map[string]struct {
		book   func(b *Book)
		now    float64
		places []time.Time
		n      int
		again  time.Duration
	}{
		"room for all":                          {func(*Book) {}, 0, places(0, 0, 0), 3, 0},
		"room for some":                         {func(b *Book) { b.add(at(-10), 8) }, 0, places(0, 0, 0), 2, 50 * time.Second},
		"what has left the window":              {func(b *Book) { b.add(at(-60), 10) }, 0, places(0), 1, 0},
		"closed":                                {func(b *Book) { b.Closed = at(7) }, 0, places(0), 0, 7 * time.Second},
		"one goes first after a penalty":        {func(b *Book) { b.Unproven, b.Closed = true, at(0) }, 0, places(0, 0), 1, glance},
		"and the rest wait for it":              {func(b *Book) { b.Unproven, b.Probe = true, at(20) }, 0, places(0, 0), 0, glance},
		"another, if it does not come back":     {func(b *Book) { b.Unproven, b.Probe = true, at(0) }, 0, places(0, 0), 1, glance},
		"silence for long: a quarter":           {func(b *Book) { b.Heard = at(-30) }, 0, places(0, 0, 0), 2, glance},
		"silence after all was spent":           {func(b *Book) { b.Heard, b.Full = at(-30), true }, 0, places(0, 0, 0), 1, glance},
		"nobody before":                         {func(b *Book) { b.Lines = []Line{line(1, 1, 1, 9)} }, 0, places(0), 1, 0},
		"room for those before as well":         {func(b *Book) { b.Lines = []Line{line(-1, -1, 1, 9)} }, 0, places(0), 1, 0},
		"the last is for one before":            {func(b *Book) { b.add(at(-10), 9); b.Lines = []Line{line(-1, -1, 1, 9)} }, 0, places(0), 0, glance},
		"unless that is gone":                   {func(b *Book) { b.add(at(-10), 9); b.Lines = []Line{line(-1, -1, 1, 0)} }, 0, places(0), 1, 0},
		"halfway through another's line":        {func(b *Book) { b.Lines = []Line{line(-10, 10, 15, 9)} }, 0, places(0, 0, 0), 2, glance},
		"others that call: room for their next": {func(b *Book) { b.adopt(at(-1), at(-1), told(10, 7), false) }, 0, places(0, 0, 0, 0, 0, 0, 0), 5, glance},
		"no limit":                              {func(b *Book) { b.Limit = mostCalls + 1 }, 0, places(0, 0, 0), 3, 0},
	} {
		t.Run(name, func(t *testing.T) {
			b := known(-1)
			tt.book(b)
			got := b.take(at(tt.now), "a", patient(tt.places...))
			if got.n != tt.n || got.again != tt.again {
				t.Errorf("%d go, again in %s; want %d, %s", got.n, got.again, tt.n, tt.again)
			}
			if waits := len(tt.places) - got.n; len(got.waits) != waits || (waits > 0) != (len(b.Lines) > 0 && b.Lines[len(b.Lines)-1].Who == "a") {
				t.Errorf("%d waits, lines %v", len(got.waits), b.Lines)
			}
		})
	}
}

// Those that find out after a silence what is left are all waited for: the first answer
// hides as many calls of others as are still under way.
func TestSilence(t *testing.T) {
	b := &Book{Limit: 40, Window: time.Minute}
	places := make([]time.Time, 40)
	first := b.take(at(0), "a", patient(places...))
	if first.n != 10 {
		t.Fatalf("%d went, want a quarter", first.n)
	}
	for i := range 10 {
		if next := b.take(at(1), "a", patient(places...)); next.n != 0 {
			t.Fatalf("%d went with %d under way", next.n, 10-i)
		}
		b.ended(at(1), first.at, true, true)
		b.adopt(at(1), first.at, told(40, 40-13-i-1), false)
	}
	if n := b.take(at(1), "a", patient(places...)).n; n != 40-10-13-1-1 {
		t.Errorf("%d went, want what 13 of others, one more, and the last that goes alone leave", n)
	}
}

func TestReserve(t *testing.T) {
	type sight struct {
		at    float64
		n     int
		exact bool
	}
	for name, tt := range map[string]struct {
		seen []sight
		now  float64
		want int
	}{
		"nobody":                           {nil, 0, 0},
		"three, perhaps more":              {[]sight{{0, 3, false}}, 1, 4},
		"three, perhaps four next":         {[]sight{{0, 3, true}}, 1, 4},
		"three, then four, perhaps five":   {[]sight{{0, 3, true}, {60, 4, true}}, 61, 5},
		"a program that has just begun":    {[]sight{{0, 0, true}, {1, 2, true}, {2, 3, true}}, 61, 4},
		"four, then three, never five":     {[]sight{{0, 4, true}, {60, 3, true}}, 61, 4},
		"four at least, so perhaps five":   {[]sight{{0, 3, true}, {60, 4, false}}, 61, 5},
		"the most is remembered":           {[]sight{{0, 9, true}, {60, 0, true}, {120, 0, true}, {180, 0, true}}, 239, 9},
		"but not for ever":                 {[]sight{{0, 9, true}, {60, 0, true}, {120, 0, true}, {180, 0, true}}, 240, 0},
		"never all: we would hear no more": {[]sight{{0, 10, true}}, 1, 9},
	} {
		b := known(0)
		for _, s := range tt.seen {
			b.see(at(s.at), s.n, s.exact)
		}
		if got := b.reserve(at(tt.now)); got != tt.want {
			t.Errorf("%s: %d, want %d", name, got, tt.want)
		}
	}
	b := &Book{}
	b.ready(at(0), 10, 0.34)
	b.take(at(0), "a", patient(at(0)))
	if a, z := b.reserve(at(1)), b.reserve(at(91)); a != 4 || z != 0 {
		t.Errorf("%d kept free at first, %d later", a, z)
	}
}

// An answer that comes late was counted when our earlier calls were still in the window:
// they are not somebody else's.
func TestLateAnswer(t *testing.T) {
	b := known(0)
	b.add(at(0), 9)
	booked := b.take(at(58), "a", patient(at(58))).at
	b.ended(at(62), booked, true, true)
	b.adopt(at(62), booked, told(10, 0), false)
	if others := b.peak(at(62)); others != 0 || b.left(at(62)) != 9 {
		t.Errorf("%d calls of others, %d left", others, b.left(at(62)))
	}
}

// A 429 that our count does not explain is somebody else's doing.
func TestSurprise(t *testing.T) {
	b := known(0)
	b.hear(at(0), answer{status: http.StatusTooManyRequests, header: told(10, 0)}, OfGroup)
	if got := b.left(at(61)); got != 10-4 {
		t.Errorf("%d left after it, want a third and one kept free", got)
	}
	if others, _ := within(b.Others, at(-60)); others != 0 {
		t.Errorf("%d calls of others: what a refusal leaves counts none", others)
	}
}

func TestPenaltyDoubles(t *testing.T) {
	var p Penalty
	now := noon
	for i, want := range []time.Duration{1, 2, 4, 8, 8} {
		p.shut(now, time.Minute)
		p.shut(now, time.Second) // an answer that comes late
		if got := p.Closed.Sub(now); got != want*time.Minute {
			t.Fatalf("refusal %d closes for %s, want %s", i+1, got, want*time.Minute)
		}
		now = p.Closed
		p.begun(now)
	}
	p.ended(now.Add(-time.Hour), true)
	if !p.Unproven {
		t.Error("an answer to a call from before shows that it is over")
	}
	if p.ended(now, true); p.Unproven || p.Failed != 0 {
		t.Errorf("%+v after a good answer", p)
	}
}

// What replicas do by themselves is counted when they can tell each other again.
func TestApart(t *testing.T) {
	shared := known(0)
	shared.add(at(0), 4)
	mine := shared.Clone()
	mine.Apart(at(0.5), 3)
	if got := mine.left(at(1)); got != 2 {
		t.Errorf("%d left for one of three, want a third of six", got)
	}
	if n := mine.take(at(1), "a", patient(make([]time.Time, 9)...)).n; n != 2 {
		t.Errorf("%d go before an answer tells of the others, want 2", n)
	}
	mine.shut(at(2), time.Minute)
	shared.Merge(at(3), &mine)
	if ours, others := shared.used(at(3)); ours != 6 || others != 0 || !shared.Closed.Equal(at(62)) {
		t.Errorf("%d of ours, %d of others, closed until %s", ours, others, shared.Closed)
	}
	alone := shared.Clone()
	alone.Apart(at(3), 1)
	if ours, others := alone.used(at(3)); ours != 6 || others != 0 {
		t.Errorf("%d of ours, %d of others: one replica has all to itself", ours, others)
	}
}

// Replicas that cannot tell each other send no more together than fits, though each sees
// the same room; and until all have told, they keep to their shares.
func TestShares(t *testing.T) {
	for before := range 11 {
		shared := known(0)
		shared.add(at(0), before)
		var apart [3]Book
		sent := before
		for i := range apart {
			apart[i] = shared.Clone()
			apart[i].Apart(at(1), len(apart))
			n := apart[i].left(at(2))
			apart[i].add(at(2), n)
			sent += n
		}
		if sent > 10 || sent < before+3*((10-before)/3) {
			t.Errorf("%d sent, %d of them before", sent, before)
		}
		var found Book // Redis comes back empty
		for i := range apart {
			found.Merge(at(3), &apart[i])
			if n := found.left(at(3)); n > 10-sent {
				t.Errorf("%d left when %d replicas of 3 have told, and %d were sent", n, i+1, sent)
			}
		}
		found.joined(at(6))
		if n := found.left(at(6)); n != 10-sent {
			t.Errorf("%d left after %d, %d of them before", n, sent, before)
		}
	}
}

// However many calls a limit allows, a book stays small, and never counts too few.
func TestBooksStaySmall(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for _, limit := range []int{10, exact, 1000, mostCalls} {
		b := &Book{Limit: limit, Window: time.Minute, Heard: at(0)}
		var sent []time.Time
		now := at(0)
		for range 5 * limit {
			now = now.Add(time.Duration(r.Int64N(int64(time.Minute) / int64(limit))))
			if booked := b.take(now, "a", patient(now)); booked.n == 1 {
				sent = append(sent, now)
				b.ended(now, booked.at, true, true)
			}
			for now.Sub(sent[0]) >= time.Minute {
				sent = sent[1:]
			}
			if len(sent) > limit {
				t.Fatalf("%d calls in a window of %d", len(sent), limit)
			}
		}
		raw, err := json.Marshal(b)
		if err != nil || len(raw) > 30_000 {
			t.Errorf("limit %d: %d bytes, %v", limit, len(raw), err)
		}
		var same Book
		if err := json.Unmarshal(raw, &same); err != nil {
			t.Fatal(err)
		}
		if again, _ := json.Marshal(&same); string(again) != string(raw) {
			t.Errorf("limit %d: a stored book is another", limit)
		}
	}
}

// wait and take say the same: whoever waits as told may go, and not before.
func TestWaitsAreTrue(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for i := range 2000 {
		b := known(0)
		for s := range r.IntN(30) {
			b.add(at(float64(s)), r.IntN(2))
		}
		if r.IntN(2) == 0 {
			b.Others = counted(b.Others, at(float64(r.IntN(30))), 1+r.IntN(3))
			b.see(at(0), r.IntN(3), true)
		}
		if r.IntN(3) == 0 {
			b.Closed = at(float64(r.IntN(90)))
		}
		n := 1 + r.IntN(5)
		now := at(30)
		wait, ok := b.wait(now, n)
		fits := func(when time.Time) bool { return b.left(when) >= n && !b.Closed.After(when) }
		if !ok || !fits(now.Add(wait)) || wait > 0 && fits(now.Add(wait-1)) {
			t.Fatalf("case %d: %d calls in %s, %v: %+v", i, n, wait, ok, b)
		}
	}
}
