package notify

import (
	"context"
	"crypto/rand"
	"slices"
	"sync"
	"time"

	"github.com/hashicorp/golang-lru/v2/simplelru"
)

// mostLogs is how many accounts a Memory has logs of. The one that was written longest ago is
// forgotten; who reads it is told that it is another one then.
const mostLogs = 1000

// Memory is a Bus of one process.
type Memory struct {
	mu      sync.Mutex
	logs    *simplelru.LRU[string, *log]
	follows map[*func(string)]bool
}

// log is the log of one account.
type log struct {
	era     string
	written uint64 // entries so far
	entries []memo // the last of them
	uuids   *simplelru.LRU[string, time.Time]
	last    *simplelru.LRU[string, memo] // of each subject
}

// memo is an entry, and when it was written.
type memo struct {
	Entry
	at time.Time
}

// NewMemory returns a Memory without events.
func NewMemory() *Memory {
	return &Memory{logs: newLRU[*log](mostLogs), follows: map[*func(string)]bool{}}
}

func newLRU[V any](most int) *simplelru.LRU[string, V] {
	l, err := simplelru.NewLRU[string, V](most, nil)
	if err != nil {
		panic(err) // only for a size below one
	}
	return l
}

// Publish implements Bus.
func (m *Memory) Publish(ctx context.Context, account string, events ...Event) (int, error) {
	if err := ctx.Err(); err != nil {
		return 0, err
	}
	m.mu.Lock()
	l, ok := m.logs.Get(account)
	if !ok {
		l = m.begin(account)
	}
	before := l.written
	for _, e := range events {
		l.write(e, time.Now())
	}
	n := int(l.written - before)
	follows := make([]func(string), 0, len(m.follows))
	for f := range m.follows {
		follows = append(follows, *f)
	}
	m.mu.Unlock()
	if n > 0 {
		for _, f := range follows {
			f(account)
		}
	}
	return n, nil
}

// begin makes the log of an account.
func (m *Memory) begin(account string) *log {
	l := &log{era: rand.Text()[:12], uuids: newLRU[time.Time](MostUUIDs), last: newLRU[memo](MostEntries)}
	m.logs.Add(account, l)
	return l
}

// write adds an event, unless it is there already.
func (l *log) write(e Event, now time.Time) {
	if at, known := l.uuids.Get(e.UUID); known && now.Sub(at) < UUIDLife {
		return
	}
	l.uuids.Add(e.UUID, now)
	l.written++
	one := memo{Entry{Position: Position{l.era, l.written}, Event: e}, now}
	one.Body = slices.Clone(e.Body)
	if e.Subject != "" {
		if last, known := l.last.Get(e.Subject); known && now.Sub(last.at) < EntryLife {
			one.Before = last.Body
		}
		l.last.Add(e.Subject, memo{Entry{Event: Event{Body: one.Body}}, now})
	}
	l.entries = append(l.entries, one)
	l.trim(now)
}

// trim drops what is too much or too old.
func (l *log) trim(now time.Time) {
	n := 0
	for n < len(l.entries) && (len(l.entries)-n > MostEntries || now.Sub(l.entries[n].at) >= EntryLife) {
		n++
	}
	clear(l.entries[:n])
	l.entries = l.entries[n:]
}

// Read implements Bus.
func (m *Memory) Read(ctx context.Context, account string, from Position, most int) (Page, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if err := ctx.Err(); err != nil {
		return Page{}, err
	}
	l, ok := m.logs.Peek(account)
	switch {
	case !ok && from == Position{}:
		return Page{}, nil
	case !ok: // so that the gap has an id
		l = m.begin(account)
	}
	l.trim(time.Now())
	p := Page{End: Position{l.era, l.written}}
	first := l.written - uint64(len(l.entries)) // the number before that of the first
	if from == (Position{}) {
		from = Position{l.era, first}
	}
	if p.Missing = from.Era != l.era || from.Number < first || from.Number > l.written; p.Missing {
		return p, nil
	}
	for _, one := range l.entries[from.Number-first:][:min(uint64(most), l.written-from.Number)] {
		p.Entries = append(p.Entries, one.Entry)
	}
	return p, nil
}

// Follow implements Bus.
func (m *Memory) Follow(ctx context.Context, rang func(account string)) {
	m.mu.Lock()
	m.follows[&rang] = true
	m.mu.Unlock()
	rang("")
	<-ctx.Done()
	m.mu.Lock()
	delete(m.follows, &rang)
	m.mu.Unlock()
}
