package notify

import (
	"context"
	"log/slog"
	"sync"
	"time"
)

const (
	// mostHeld is how many entries of an account are held for those who read along. Who falls
	// further behind than that is cut off.
	mostHeld = 1000
	// pageSize is how many entries are read from the bus at once.
	pageSize = 200
	// recheck is how often it is asked whether a subscriber may still read what they read.
	recheck = 2 * time.Minute
	// pause is after how long a bus that failed is asked again.
	pause = time.Second
)

// Hub has subscribers read the logs of accounts as they grow.
type Hub struct {
	bus  Bus
	log  *slog.Logger
	news func(account string, e *Entry) // is told of every entry before any subscriber is

	stop context.CancelFunc
	ctx  context.Context //nolint:containedctx // it ends with the hub
	done sync.WaitGroup

	mu    sync.Mutex
	feeds map[string]*feed
}

// feed is the end of an account's log, for those who read along.
type feed struct {
	account string
	bell    chan struct{} // holds one: there may be more to read

	mu      sync.Mutex
	ready   chan struct{} // closed when the end of the log is known
	end     Position
	count   int              // entries that were added so far
	held    []Entry          // the last of them, up to end
	grown   chan struct{}    // closed at the next change
	fails   int              // how often all readers were told to give up
	failed  map[string]error // why, the last time, each of those for whom they read
	readers int
	stop    context.CancelFunc
}

// newHub returns a hub that follows the bus until it is closed.
func newHub(bus Bus, log *slog.Logger, news func(string, *Entry)) *Hub {
	h := &Hub{bus: bus, log: log, news: news, feeds: map[string]*feed{}}
	h.ctx, h.stop = context.WithCancel(context.Background())
	h.done.Go(func() { bus.Follow(h.ctx, h.rang) })
	return h
}

// close ends all that reads.
func (h *Hub) close() {
	h.stop()
	h.done.Wait()
}

// rang has the feed of an account, or all for "", look for more.
func (h *Hub) rang(account string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if f := h.feeds[account]; f != nil {
		f.ring()
	} else if account == "" {
		for _, f := range h.feeds {
			f.ring()
		}
	}
}

func (f *feed) ring() {
	select {
	case f.bell <- struct{}{}:
	default:
	}
}

// join returns the feed of an account, which has one reader more.
func (h *Hub) join(account string) *feed {
	h.mu.Lock()
	defer h.mu.Unlock()
	f, ok := h.feeds[account]
	if !ok {
		f = &feed{account: account, bell: make(chan struct{}, 1), ready: make(chan struct{}), grown: make(chan struct{})}
		h.feeds[account] = f
		ctx, stop := context.WithCancel(h.ctx)
		f.stop = stop
		h.done.Go(func() { h.read(ctx, f) })
	}
	f.readers++
	return f
}

// leave takes a reader off; nobody follows a feed without.
func (h *Hub) leave(f *feed) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if f.readers--; f.readers == 0 {
		delete(h.feeds, f.account)
		f.stop()
	}
}

// read has f follow the log of its account.
func (h *Hub) read(ctx context.Context, f *feed) {
	f.ring()
	for failed := false; ; {
		select {
		case <-ctx.Done():
			return
		case <-f.bell:
		}
		err := h.catchUp(ctx, f)
		if err != nil && ctx.Err() == nil {
			if !failed {
				h.log.Warn("events wait: their log cannot be read", "cause", err)
			}
			time.AfterFunc(pause, f.ring)
		}
		failed = err != nil
	}
}

// catchUp reads what is new in the log.
func (h *Hub) catchUp(ctx context.Context, f *feed) error {
	for {
		from := f.end // only this goroutine writes it
		begun := f.begun()
		most := pageSize
		if !begun {
			most = 0 // where it ends is all there is to know
		}
		p, err := h.bus.Read(ctx, f.account, from, most)
		if err != nil {
			return err
		}
		switch {
		case !begun:
			f.begin(p.End)
		case p.Missing:
			f.grow(p.End, gapAt(p.End, Lost))
		case len(p.Entries) == 0:
			return nil
		default:
			for i := range p.Entries {
				h.news(f.account, &p.Entries[i])
			}
			if first := p.Entries[0]; from == (Position{}) && first.Number > 1 { // the log was not there yet, and grew a lot
				f.grow(first.Position, gapAt(first.Position, Lost))
			}
			f.grow(p.Entries[len(p.Entries)-1].Position, p.Entries...)
		}
	}
}

func (f *feed) begun() bool {
	select {
	case <-f.ready:
		return true
	default:
		return false
	}
}

// begin says where the log ends when it is first read.
func (f *feed) begin(end Position) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.end = end
	close(f.ready)
}

// grow adds entries, up to end.
func (f *feed) grow(end Position, entries ...Entry) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.end = end
	f.count += len(entries)
	if f.held = append(f.held, entries...); len(f.held) > 2*mostHeld { // what is read by slices of it stays
		f.held = append(make([]Entry, 0, 2*mostHeld+pageSize), f.held[len(f.held)-mostHeld:]...)
	}
	f.changed()
}

// changed wakes the readers. The feed is locked.
func (f *feed) changed() {
	close(f.grown)
	f.grown = make(chan struct{})
}

// fail has all who read along give up, after what there is to give.
func (h *Hub) fail(account string, why map[string]error) {
	h.mu.Lock()
	f := h.feeds[account]
	h.mu.Unlock()
	if f == nil {
		return
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.fails, f.failed = f.fails+1, why
	f.changed()
}
