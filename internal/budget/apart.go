package budget

import "time"

// Apart makes b the book of one of so many replicas that cannot tell each other what they
// send. What all have sent so far still counts, each has a share of the rest, and a first
// answer is waited for: it tells what the others do.
func (b *Book) Apart(now time.Time, replicas int) {
	b.Lines, b.Heard, b.Pending, b.Flying = nil, time.Time{}, Run{}, Run{}
	b.Share, b.Parted = replicas, now.Add(-1) // what comes at the same moment is new
}

// Merge adds to b what one replica did meanwhile by a book that was Apart.
func (b *Book) Merge(now time.Time, apart *Book) {
	lost := b.Limit <= 0 // all that was known
	if lost || apart.Heard.After(b.Heard) {
		b.Limit, b.Window = apart.Limit, apart.Window
	}
	for _, r := range apart.Ours {
		if lost || r.At.After(apart.Parted) {
			b.Ours = counted(b.Ours, r.At, r.N)
		}
	}
	b.see(now, apart.peak(now), false)
	if apart.Closed.After(b.Closed) {
		b.Penalty = apart.Penalty
	}
}
