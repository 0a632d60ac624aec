package budget

import (
	"context"
	"sync"
	"time"

	lru "github.com/hashicorp/golang-lru/v2"
)

// Key says whose book it is.
type Key struct {
	Person, App string
	Group       Group
}

// Store keeps books.
type Store interface {
	// Update has f change the book of key, as one step that no other Update of it falls
	// into. A book that is not kept is a zero one. f may be called again, with another book.
	Update(ctx context.Context, key Key, f func(now time.Time, b *Book)) error
	// Look has f read the book of key, which may be a moment old, or zero. f must not
	// change it.
	Look(ctx context.Context, key Key, f func(now time.Time, b *Book)) error
}

// mostBooks bounds the memory of a process; the least recently used is forgotten first.
const mostBooks = 100_000

// Memory is a Store of one process. It is safe for concurrent use.
type Memory struct {
	mu    sync.Mutex
	books *lru.Cache[Key, *Book]
}

// NewMemory returns a Memory without books.
func NewMemory() *Memory { return &Memory{books: newLRU[Key, *Book]()} }

func newLRU[K comparable, V any]() *lru.Cache[K, V] {
	c, err := lru.New[K, V](mostBooks)
	if err != nil {
		panic(err) // only for a size below one
	}
	return c
}

// Update implements Store.
func (m *Memory) Update(_ context.Context, key Key, f func(now time.Time, b *Book)) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	b, ok := m.books.Get(key)
	if !ok {
		b = new(Book)
		m.books.Add(key, b)
	}
	f(time.Now(), b)
	return nil
}

// Look implements Store. Who only asks is not remembered for it.
func (m *Memory) Look(_ context.Context, key Key, f func(now time.Time, b *Book)) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	b, ok := m.books.Get(key)
	if !ok {
		b = new(Book)
	}
	f(time.Now(), b)
	return nil
}
