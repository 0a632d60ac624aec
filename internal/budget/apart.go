package budget

import "time"

// rejoin is how long replicas that can tell each other again are given to do so: until
// then what the others did meanwhile is not known, and each keeps to its share.
const rejoin = 3 * time.Second

// Apart makes b the book of one of so many replicas that cannot tell each other what they
// send. What all have sent so far still counts, each has a share of the rest, and a first
// answer is waited for: it tells what the others do.
func (b *Book) Apart(now time.Time, replicas int) {
	b.Lines, b.Heard, b.Pending, b.Flying = nil, time.Time{}, Run{}, Run{}
	b.Share, b.Parted, b.Joined = replicas, now.Add(-1), time.Time{} // what comes at the same moment is new
}

// Busy says whether b holds what is not over yet: without it, too much would be sent.
func (b *Book) Busy(now time.Time) bool {
	ours, _ := b.used(now)
	return ours > 0 || b.Closed.After(now)
}

// Merge adds to b what one replica did meanwhile by a book that was Apart. More may follow
// from others: until they had time for it, b is one replica's share.
func (b *Book) Merge(now time.Time, apart *Book) {
	lost := b.Limit <= 0 // all that was known
	if lost || apart.Heard.After(b.Heard) {
		b.Limit, b.Window = apart.Limit, apart.Window
	}
	for _, r := range apart.Ours {
		if i, found := place(b.Ours, r.At); found && !r.At.After(apart.Parted) {
			b.Ours[i].N = max(b.Ours[i].N, r.N) // others saw it as well
		} else {
			b.Ours = counted(b.Ours, r.At, r.N)
		}
	}
	b.see(now, apart.peak(now), false)
	if apart.Closed.After(b.Closed) {
		b.Penalty = apart.Penalty
	}
	if apart.Share > 1 {
		if b.Share = apart.Share; b.Parted.IsZero() || apart.Parted.Before(b.Parted) {
			b.Parted = apart.Parted
		}
		b.Joined = now.Add(rejoin)
	}
}

// joined ends the time in which replicas tell what they did.
func (b *Book) joined(now time.Time) {
	if !b.Joined.IsZero() && !b.Joined.After(now) {
		b.Share, b.Parted, b.Joined = 0, time.Time{}, time.Time{}
	}
}
