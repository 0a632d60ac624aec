package budget

import "time"

// Apart makes b the book of one of so many replicas that cannot tell each other what they
// send. What all have sent so far still counts, each has a share of the rest, and a first
// answer is waited for: it tells what the others do.
func (b *Book) Apart(replicas int) {
	b.Lines, b.Heard, b.Pending, b.Flying = nil, time.Time{}, Run{}, Run{}
	if replicas < 2 {
		return
	}
	for _, r := range b.Ours {
		b.Others = counted(b.Others, r.At, r.N)
	}
	b.Ours, b.Share = nil, replicas
}

// Merge adds to b what one replica did meanwhile by a book that was Apart.
func (b *Book) Merge(now time.Time, apart *Book) {
	if b.Limit <= 0 || apart.Heard.After(b.Heard) {
		b.Limit, b.Window = apart.Limit, apart.Window
	}
	for _, r := range apart.Ours {
		b.Ours = counted(b.Ours, r.At, r.N)
	}
	b.see(now, apart.peak(now), false)
	if apart.Closed.After(b.Closed) {
		b.Penalty = apart.Penalty
	}
}
