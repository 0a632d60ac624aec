package loader

import (
	"context"
	"fmt"
	"runtime/debug"
	"sync"
	"time"

	"github.com/graph-gophers/dataloader/v7"

	"github.com/ringql/ringql/internal/rest"
)

// window is how long a batch waits for more keys. It is only the net below: lists
// announce the keys that their rows will ask for, and such a batch leaves at once.
const window = time.Millisecond

// batch is a dataloader whose keys can be announced.
type batch[K comparable, V any] struct {
	fetch func(context.Context, []K) map[K]rest.Result[V]
	kept  *kept[K, V]
	dl    *dataloader.Loader[K, V]
}

// newBatch makes a batch of a function that is given all keys at once and says
// what each came to.
func newBatch[K comparable, V any](fetch func(context.Context, []K) map[K]rest.Result[V]) *batch[K, V] {
	b := &batch[K, V]{fetch: fetch, kept: &kept[K, V]{thunks: map[K]dataloader.Thunk[V]{}}}
	b.dl = dataloader.NewBatchedLoader(func(ctx context.Context, keys []K) []*dataloader.Result[V] {
		r := &run[K, V]{keys: keys, found: fetch(ctx, keys)}
		results := make([]*dataloader.Result[V], len(keys))
		for i, k := range keys {
			v, err := r.of(k)
			results[i] = &dataloader.Result[V]{Data: v, Error: err}
		}
		return results
	}, dataloader.WithWait[K, V](window), dataloader.WithCache[K, V](b.kept))
	return b
}

// each makes a batch function of a read that the upstream serves one by one.
func each[K comparable, V any](read func(context.Context, K) (V, error)) func(context.Context, []K) map[K]rest.Result[V] {
	return func(ctx context.Context, keys []K) map[K]rest.Result[V] {
		var mu sync.Mutex
		found := make(map[K]rest.Result[V], len(keys))
		rest.InParallel(len(keys), func(i int) {
			v, err := read(ctx, keys[i])
			mu.Lock()
			defer mu.Unlock()
			found[keys[i]] = rest.Result[V]{Value: v, Err: err}
		})
		return found
	}
}

// load returns what k came to; it may wait a moment for other keys to go with. Who
// wants the answer of now waits for nobody, for a batch is read for whoever came first.
func (b *batch[K, V]) load(ctx context.Context, k K) (V, error) {
	if rest.WantsFresh(ctx) {
		return b.now(ctx, k)
	}
	return b.dl.Load(ctx, k)()
}

// loadAll is load for several keys, which go together.
func (b *batch[K, V]) loadAll(ctx context.Context, keys []K) []rest.Result[V] {
	thunks := make([]dataloader.Thunk[V], len(keys))
	for i, k := range keys {
		thunks[i] = b.dl.Load(ctx, k)
	}
	out := make([]rest.Result[V], len(keys))
	for i, t := range thunks {
		v, err := t()
		out[i] = rest.Result[V]{Value: v, Err: err}
	}
	return out
}

// now is load for keys that the upstream serves one by one: there is nothing to
// wait for.
func (b *batch[K, V]) now(ctx context.Context, k K) (V, error) {
	if rest.WantsFresh(ctx) {
		b.dl.Clear(ctx, k)
	}
	if r := b.kept.claim(k); r != nil {
		r.start(ctx, b.fetch)
		return r.of(k)
	}
	return b.dl.Load(ctx, k)()
}

// nowAll is now for several keys, which go together.
func (b *batch[K, V]) nowAll(ctx context.Context, keys []K) []rest.Result[V] {
	if rest.WantsFresh(ctx) {
		for _, k := range keys {
			b.dl.Clear(ctx, k)
		}
	}
	if r := b.kept.claim(keys...); r != nil {
		r.start(ctx, b.fetch)
	}
	return b.loadAll(ctx, keys)
}

// announce starts one batch for those of keys that nobody asked for yet. Who loads
// them later finds them.
func (b *batch[K, V]) announce(ctx context.Context, keys []K) {
	if r := b.kept.claim(keys...); r != nil {
		go r.start(ctx, b.fetch)
	}
}

// has says whether k was asked for or announced.
func (b *batch[K, V]) has(k K) bool {
	_, ok := b.kept.Get(context.Background(), k)
	return ok
}

// under returns what was asked for or announced so far under keys that are meant.
func (b *batch[K, V]) under(meant func(K) bool) []dataloader.Thunk[V] {
	b.kept.mu.Lock()
	defer b.kept.mu.Unlock()
	var thunks []dataloader.Thunk[V]
	for k, t := range b.kept.thunks {
		if meant(k) {
			thunks = append(thunks, t)
		}
	}
	return thunks
}

// prime files what k comes to, unless it was asked for.
func (b *batch[K, V]) prime(ctx context.Context, k K, v V) { b.dl.Prime(ctx, k, v) }

// forget drops what was loaded.
func (b *batch[K, V]) forget() { b.kept.Clear() }

// run is one batch that was announced.
type run[K comparable, V any] struct {
	keys   []K
	found  map[K]rest.Result[V]
	failed error
	done   chan struct{}
}

// start fetches the keys. A panic is the error of each: nobody could recover from it
// in the goroutine that it happens in.
func (r *run[K, V]) start(ctx context.Context, fetch func(context.Context, []K) map[K]rest.Result[V]) {
	defer close(r.done)
	defer func() {
		if v := recover(); v != nil {
			r.failed = fmt.Errorf("panic: %v\n%s", v, debug.Stack())
		}
	}()
	r.found = fetch(ctx, r.keys)
}

func (r *run[K, V]) of(k K) (V, error) {
	f, ok := r.found[k]
	switch {
	case r.failed != nil:
		return f.Value, r.failed
	case !ok:
		return f.Value, fmt.Errorf("%v: %w", k, rest.ErrNotFound)
	}
	return f.Value, f.Err
}

// kept is what a dataloader remembers, with a way to be first.
type kept[K comparable, V any] struct {
	mu     sync.Mutex
	thunks map[K]dataloader.Thunk[V]
}

// claim files a run for those of keys that are not there; nil when all are.
func (c *kept[K, V]) claim(keys ...K) *run[K, V] {
	c.mu.Lock()
	defer c.mu.Unlock()
	var r *run[K, V]
	for _, k := range keys {
		if _, ok := c.thunks[k]; ok {
			continue
		}
		if r == nil {
			r = &run[K, V]{keys: make([]K, 0, len(keys)), done: make(chan struct{})}
		}
		r.keys = append(r.keys, k)
		c.thunks[k] = func() (V, error) { <-r.done; return r.of(k) }
	}
	return r
}

// Get is part of dataloader.Cache.
func (c *kept[K, V]) Get(_ context.Context, k K) (dataloader.Thunk[V], bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	t, ok := c.thunks[k]
	return t, ok
}

// Set is part of dataloader.Cache.
func (c *kept[K, V]) Set(_ context.Context, k K, t dataloader.Thunk[V]) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.thunks[k] = t
}

// Delete is part of dataloader.Cache.
func (c *kept[K, V]) Delete(_ context.Context, k K) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	_, ok := c.thunks[k]
	delete(c.thunks, k)
	return ok
}

// Clear is part of dataloader.Cache.
func (c *kept[K, V]) Clear() {
	c.mu.Lock()
	defer c.mu.Unlock()
	clear(c.thunks)
}
