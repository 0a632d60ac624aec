package budget

import (
	"math"
	"slices"
	"time"
)

const (
	// mostCalls bounds what one book counts; a larger limit is none.
	mostCalls = 10_000
	// exact is the largest limit whose calls are counted each at its own moment. Of more,
	// those of the same 256th of a window are one run: a book stays small.
	exact = 100
	// flight is how long a call may be under way: so long runs are kept after they have
	// left the window, for an answer that was counted while they were in it.
	flight = 30 * time.Second
)

// Book is one person's account with one group. It is a plain value that can be stored
// anywhere: what it holds changes only by its methods, which read no clock.
type Book struct {
	Limit  int           `json:"limit"`
	Window time.Duration `json:"window"`
	Ours   []Run         `json:"ours,omitempty"`   // our calls, oldest first
	Others []Run         `json:"others,omitempty"` // calls of other programs, by when they were noticed

	Penalty
	Heard   time.Time `json:"heard,omitzero"`   // when a call ended last
	Full    bool      `json:"full,omitzero"`    // whether the last call took what was left
	Pending Run       `json:"pending,omitzero"` // calls that find out what others have spent, and since when

	Presumed int           `json:"-"`                // calls of others that are expected until a window has passed
	Born     time.Time     `json:"born,omitzero"`    // when the first call left after a long time
	Seen     []Sight       `json:"seen,omitempty"`   // other programs, by window, oldest first
	Flying   Run           `json:"flying,omitzero"`  // calls under way, and when the last left
	Alone    time.Time     `json:"alone,omitzero"`   // where the only call under way is booked
	Slow     time.Duration `json:"slow,omitzero"`    // how long calls are under way, at most of late
	Counted  time.Time     `json:"counted,omitzero"` // when the answer to one alone told of other programs
	Lines    []Line        `json:"lines,omitempty"`  // who waits

	Share  int       `json:"share,omitzero"`  // how many replicas share the limit, while they cannot tell each other
	Parted time.Time `json:"parted,omitzero"` // since when
	Joined time.Time `json:"joined,omitzero"` // until when they tell what they did meanwhile
}

// Run is calls that count from the same moment. What a header makes us count is one
// run, however many calls it says.
type Run struct {
	At time.Time `json:"at"`
	N  int       `json:"n"`
}

// ready fills in a book that nobody has written in, and ends what is over in it. Others may
// use a share of it.
func (b *Book) ready(now time.Time, limit int, share float64) {
	b.joined(now)
	if b.Limit <= 0 || b.Window <= 0 {
		b.Limit, b.Window = limit, defaultWindow
	}
	b.Presumed = int(math.Ceil(share * float64(b.Limit)))
}

// free says whether there is no limit worth counting for.
func (b *Book) free() bool { return b.Limit > mostCalls }

// stamp is the moment that a call of now is counted from: never before it.
func (b *Book) stamp(now time.Time) time.Time {
	if b.Limit <= exact {
		return now
	}
	if t := now.Truncate(b.Window / 256); t.Before(now) {
		return t.Add(b.Window / 256)
	}
	return now
}

// add counts n calls of ours from now on. It returns where they stand.
func (b *Book) add(now time.Time, n int) time.Time {
	at := b.stamp(now)
	if n > 0 && !b.free() {
		b.Ours = counted(b.forget(b.Ours, now), at, n)
	}
	return at
}

// counted returns runs with n calls more from at on.
func counted(runs []Run, at time.Time, n int) []Run {
	i, found := place(runs, at)
	if found {
		runs[i].N += n
		return runs
	}
	return slices.Insert(runs, i, Run{at, n})
}

func place(runs []Run, at time.Time) (int, bool) {
	if last := len(runs) - 1; last < 0 || runs[last].At.Before(at) {
		return last + 1, false // as nearly always
	}
	return slices.BinarySearchFunc(runs, at, func(r Run, t time.Time) int { return r.At.Compare(t) })
}

// forget returns runs without those that no answer can be about any more.
func (b *Book) forget(runs []Run, now time.Time) []Run {
	gone := 0
	for gone < len(runs) && now.Sub(runs[gone].At) >= b.Window+flight {
		gone++
	}
	if gone == len(runs) {
		return runs[:0]
	}
	return runs[gone:]
}

// undo takes back one call booked at a certain time. It is false if that was long ago.
func (b *Book) undo(booked time.Time) bool {
	i, found := place(b.Ours, booked)
	if !found {
		return false
	}
	if b.Ours[i].N--; b.Ours[i].N == 0 {
		b.Ours = slices.Delete(b.Ours, i, i+1)
	}
	return true
}

// move counts one call that was booked at a certain time as if it were sent now.
func (b *Book) move(booked, now time.Time) {
	if !booked.Equal(b.stamp(now)) && b.undo(booked) {
		b.add(now, 1)
	}
}

// within returns how many calls of runs came after a moment, and where the first of
// them stands.
func within(runs []Run, after time.Time) (n, first int) {
	first = len(runs)
	for first > 0 && runs[first-1].At.After(after) {
		first--
		n += runs[first].N
	}
	return n, first
}

// used returns how many calls fill the window: ours, and those of other programs or
// what is reserved for them.
func (b *Book) used(now time.Time) (ours, others int) {
	if b.free() {
		return 0, 0
	}
	ours, _ = within(b.Ours, now.Add(-b.Window))
	others, _ = within(b.Others, now.Add(-b.Window))
	return ours, max(others, b.reserve(now))
}

// left returns how many calls fit into the window now, whether or not it is closed.
func (b *Book) left(now time.Time) int {
	ours, others := b.used(now)
	own, _ := within(b.Ours, b.since(now))
	return max(0, min(b.Limit-others-ours, b.most(ours-own, b.reserve(now))-own))
}

// most returns how many calls of ours a window holds beside what is kept free for other
// programs; of replicas that cannot tell each other, those sent since, beside the calls of
// all from before. Each sees the same room, of which only a share is its own. A limit of
// fewer calls than replicas lets each send one all the same: else none of them ever could.
func (b *Book) most(before, reserve int) int {
	most := (b.Limit - reserve - before) / max(1, b.Share)
	if before > 0 {
		return max(0, most)
	}
	return max(1, most)
}

// since is when the calls came that most is about.
func (b *Book) since(now time.Time) time.Time {
	if start := now.Add(-b.Window); start.After(b.Parted) {
		return start
	}
	return b.Parted
}

// wait says how long until b may spend n calls at once. It is false if b never may.
func (b *Book) wait(now time.Time, n int) (time.Duration, bool) {
	closed := max(0, b.Closed.Sub(now))
	if n > b.Limit || b.free() {
		return closed, n <= b.Limit
	}
	slots := b.slots(now, n)
	return slots.wait(n), true
}

// slots tells when calls fit that are sent one after the other.
type slots struct {
	free   []time.Duration // when the first, the second ... of a window fits
	window time.Duration
}

// slots returns when up to n calls fit: while replicas tell what they did meanwhile, those
// of the share that is certain, and then the others.
func (b *Book) slots(now time.Time, n int) slots {
	if b.Joined.IsZero() {
		return b.fit(now, n)
	}
	certain, together := b.fit(now, n), *b
	together.Share, together.Joined = 0, time.Time{}
	together.shutUntil(b.Joined)
	all := together.fit(now, n)
	for i := range min(len(certain.free), len(all.free)) {
		all.free[i] = min(all.free[i], certain.free[i])
	}
	return all
}

// fit returns when up to n calls fit, as b is now.
func (b *Book) fit(now time.Time, n int) slots {
	closed, after := max(0, b.Closed.Sub(now)), now.Add(-b.Window)
	if b.free() {
		return slots{[]time.Duration{closed}, 0}
	}
	reserve := b.reserve(now)
	ours, i := within(b.Ours, after)
	own, _ := within(b.Ours, b.since(now))
	others, k := within(b.Others, after)
	out := slots{window: b.Window}
	free := now // when what has left so far has left
	for fit := 1; fit <= min(n, b.most(0, reserve)); fit++ {
		for own+fit > b.most(ours-own, reserve) || ours+fit+max(others, reserve) > b.Limit {
			if i < len(b.Ours) && (k == len(b.Others) || b.Ours[i].At.Before(b.Others[k].At)) {
				if b.Ours[i].At.After(b.Parted) {
					own -= b.Ours[i].N
				}
				free, ours, i = b.Ours[i].At.Add(b.Window), ours-b.Ours[i].N, i+1
			} else {
				free, others, k = b.Others[k].At.Add(b.Window), others-b.Others[k].N, k+1
			}
		}
		out.free = append(out.free, max(free.Sub(now), closed))
	}
	return out
}

// wait returns how long until the nth call fits. Those that do not fit into one window
// go in the next, at the same pace.
func (s slots) wait(n int) time.Duration {
	if n <= 0 || len(s.free) == 0 {
		return 0
	}
	windows := (n - 1) / len(s.free)
	return s.free[(n-1)%len(s.free)] + time.Duration(windows)*s.window
}

// Keep returns for how long b has to be kept.
func (b *Book) Keep(now time.Time) time.Duration {
	return max(recall*b.Window, b.Closed.Sub(now)) + b.Window + flight
}

// Clone returns a copy that shares nothing with b.
func (b *Book) Clone() Book {
	c := *b
	c.Ours, c.Others, c.Seen, c.Lines = slices.Clone(b.Ours), slices.Clone(b.Others), slices.Clone(b.Seen), slices.Clone(b.Lines)
	return c
}
