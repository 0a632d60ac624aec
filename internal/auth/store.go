package auth

import (
	"bytes"
	"context"
	"slices"
	"sync"
	"time"

	lru "github.com/hashicorp/golang-lru/v2"
)

// Store keeps values that expire, for one process or for all replicas. It knows nothing
// of what it keeps: keys are hashes, values are sealed. It is safe for concurrent use.
type Store interface {
	// Load returns the value of key; nil if there is none. It must not be changed.
	Load(ctx context.Context, key string) ([]byte, error)
	// Swap puts value in place of old as one step, and forgets it after life. nil stands
	// for no value, before and after. It says whether old was what stood there.
	//
	// Two values that were sealed are never the same, so who swaps has seen the last one.
	Swap(ctx context.Context, key string, old, value []byte, life time.Duration) (bool, error)
}

// mostValues bounds a Memory: with sessions of 2 kB it is 40 MB.
const mostValues = 20_000

// Memory is a Store of one process. When it is full, the value that was used least
// recently is forgotten.
type Memory struct {
	mu     sync.Mutex
	values *lru.Cache[string, expiring]
}

type expiring struct {
	value []byte
	end   time.Time
}

// NewMemory returns a Memory without values.
func NewMemory() *Memory { return &Memory{values: newLRU[expiring](mostValues)} }

func newLRU[V any](most int) *lru.Cache[string, V] {
	c, err := lru.New[string, V](most)
	if err != nil {
		panic(err) // only for a size below one
	}
	return c
}

// Load implements Store.
func (m *Memory) Load(ctx context.Context, key string) ([]byte, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.load(key), ctx.Err()
}

func (m *Memory) load(key string) []byte {
	v, ok := m.values.Get(key)
	if !ok {
		return nil
	}
	if !time.Now().Before(v.end) {
		m.values.Remove(key)
		return nil
	}
	return v.value
}

// Swap implements Store.
func (m *Memory) Swap(ctx context.Context, key string, old, value []byte, life time.Duration) (bool, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if ctx.Err() != nil || !bytes.Equal(m.load(key), old) {
		return false, ctx.Err()
	}
	if len(value) == 0 {
		m.values.Remove(key)
	} else {
		m.values.Add(key, expiring{slices.Clone(value), time.Now().Add(life)})
	}
	return true, nil
}
