package notify

import (
	"context"
	"sync"
	"time"
)

// Reader reads the log of one account, from where it is. It is used by one goroutine.
type Reader struct {
	h      *Hub
	f      *feed
	check  func(context.Context) error
	again  time.Time // when it is checked next
	once   sync.Once
	closed func() // may be nil

	given []Entry  // what it has found, and not given yet
	at    Position // behind what it has found
	along bool     // it reads what the feed holds
	index int      // of the next one there
	fails int      // of the feed, when it joined
	who   string   // for whom it reads; "" for whom nothing fails
}

// closed is what nobody waits for.
var closed = func() chan struct{} {
	c := make(chan struct{})
	close(c)
	return c
}()

// newReader returns a reader that begins behind the entry with an id, or at the end for "".
func (h *Hub) newReader(ctx context.Context, account, after string, check func(context.Context) error) (*Reader, error) {
	var at Position
	if after != "" {
		var err error
		if at, err = ParsePosition(after); err != nil {
			return nil, err
		}
	}
	f := h.join(account)
	r := &Reader{h: h, f: f, fails: f.failures(), check: check, again: time.Now().Add(recheck), at: at}
	select {
	case <-r.f.ready:
	case <-ctx.Done():
		r.Close()
		return nil, ctx.Err()
	case <-h.ctx.Done():
		r.Close()
		return nil, ErrClosed
	}
	if after == "" {
		r.f.mu.Lock()
		r.along, r.index = true, r.f.count
		r.f.mu.Unlock()
	}
	return r, nil
}

// begin has the reader be told where it begins.
func (r *Reader) begin() {
	r.f.mu.Lock()
	at := r.f.end
	r.index = r.f.count
	r.f.mu.Unlock()
	if at.Number > 0 {
		r.given = []Entry{gapAt(at, Started)}
	}
}

// Close ends the reading.
func (r *Reader) Close() {
	r.once.Do(func() {
		r.h.leave(r.f)
		if r.closed != nil {
			r.closed()
		}
	})
}

// Next waits for the next entry. Each is given once, in the order of the log; where some are
// missing, a Gap is given in their place. ErrSlow means that the reader was too far behind.
func (r *Reader) Next(ctx context.Context) (*Entry, error) {
	for {
		if err := r.allowed(ctx); err != nil {
			return nil, err
		}
		if len(r.given) > 0 {
			e := &r.given[0]
			r.given = r.given[1:]
			return e, nil
		}
		grown, err := r.look(ctx)
		if err == nil && len(r.given) == 0 {
			err = r.wait(ctx, grown)
		}
		if err != nil {
			return nil, err
		}
	}
}

// allowed checks from time to time whether the reader may still read.
func (r *Reader) allowed(ctx context.Context) error {
	if now := time.Now(); !now.Before(r.again) {
		r.again = now.Add(recheck)
		if r.check != nil {
			return r.check(ctx)
		}
	}
	return ctx.Err()
}

// look finds what there is to give. When that is nothing, what it returns is closed when
// there is more.
func (r *Reader) look(ctx context.Context) (<-chan struct{}, error) {
	held, grown, ok := r.fromFeed()
	switch {
	case ok && len(held) == 0:
		return grown, r.f.failedSince(r.fails, r.who)
	case ok:
		r.given = held
		return grown, nil
	case r.along:
		return nil, ErrSlow
	}
	p, err := r.h.bus.Read(ctx, r.f.account, r.at, pageSize)
	switch {
	case err != nil: // the log is there all the same
		sleep(ctx, pause)
		return closed, ctx.Err()
	case p.Missing:
		r.given, r.at = []Entry{gapAt(p.End, TooOld)}, p.End
	case len(p.Entries) > 0:
		r.given, r.at = p.Entries, p.Entries[len(p.Entries)-1].Position
	}
	return grown, nil
}

// fromFeed returns what the feed holds for the reader; false if that is not all there is.
func (r *Reader) fromFeed() ([]Entry, <-chan struct{}, bool) {
	f := r.f
	f.mu.Lock()
	defer f.mu.Unlock()
	first := f.count - len(f.held) // index of the first that is held
	if !r.along {
		r.index, r.along = f.find(r.at)
	}
	if !r.along || r.index < max(first, f.count-mostHeld) {
		return nil, f.grown, false
	}
	held := f.held[r.index-first:]
	r.index = f.count
	return held, f.grown, true
}

// failures is how often all who read along were told to give up.
func (f *feed) failures() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.fails
}

// failedSince returns why somebody was, if they were since there were n.
func (f *feed) failedSince(n int, who string) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.fails == n {
		return nil
	}
	return f.failed[who] // nil of who had not quite come then
}

// find returns the index of what comes behind at; false if the feed does not hold that.
func (f *feed) find(at Position) (int, bool) {
	if at == f.end {
		return f.count, true
	}
	for i := len(f.held) - 1; i >= max(0, len(f.held)-mostHeld); i-- {
		if f.held[i].Position == at {
			return f.count - len(f.held) + i + 1, true
		}
	}
	return 0, false
}

// wait returns when there may be more to give, or it is time to check.
func (r *Reader) wait(ctx context.Context, grown <-chan struct{}) error {
	timer := time.NewTimer(time.Until(r.again))
	defer timer.Stop()
	select {
	case <-grown:
	case <-timer.C:
	case <-ctx.Done():
		return ctx.Err()
	case <-r.h.ctx.Done():
		return ErrClosed
	}
	return nil
}
