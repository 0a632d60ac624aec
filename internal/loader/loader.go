// Package loader batches the upstream reads of one response, remembers them for
// its duration, and chooses for each batch the way that costs the least of what
// is left in the budget. It must not know the schema or how lists are cut into
// connections.
package loader

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/graph-gophers/dataloader/v7"

	"github.com/ringql/ringql/internal/budget"
	"github.com/ringql/ringql/internal/rest"
)

// Config is what loaders need. Memory is shared by all responses.
type Config struct {
	REST   *rest.Client
	Memory *Memory
	Gate   *budget.Gate                 // what each person may still send
	Who    func(context.Context) string // the person who asks
}

// Loaders are the batches of one response. They remember what they loaded, so
// they live for one response, never longer.
type Loaders struct {
	c    *rest.Client
	me   *person
	who  string
	gate *budget.Gate

	filters sync.Map // key of a filter -> the filter

	account     *batch[string, *rest.Account]
	serviceInfo *batch[string, *rest.ServiceInfo]
	extension   *batch[rest.ExtensionID, *rest.Extension]
	whole       *batch[rest.ExtensionID, *rest.Extension]
	phoneNumber *batch[rest.PhoneNumberID, *rest.PhoneNumber]
	assigned    *batch[AssignedKey, []rest.PhoneNumber]
	usable      *batch[pageKey, *rest.Page[rest.PhoneNumber]]
	forwarding  *batch[pageKey, *rest.Page[rest.ForwardingNumber]]
	devices     *batch[pageKey, *rest.Page[rest.Device]]
	device      *batch[rest.DeviceID, *rest.Device]
}

// New returns empty loaders for whoever ctx says.
func New(ctx context.Context, cfg Config) *Loaders {
	who := cfg.Who(ctx)
	l := &Loaders{
		c:    cfg.REST,
		me:   cfg.Memory.of(who),
		who:  who,
		gate: cfg.Gate,
	}
	l.account = newBatch(each(l.readAccount))
	l.serviceInfo = newBatch(each(l.c.ReadAccountServiceInfo))
	l.extension = newBatch(l.readRecords)
	l.whole = newBatch(l.readWhole)
	l.phoneNumber = newBatch(l.readPhoneNumbers)
	l.assigned = newBatch(l.listAssigned)
	l.usable = newBatch(each(l.listUsable))
	l.forwarding = newBatch(each(l.listForwarding))
	l.devices = newBatch(l.listDevices)
	l.device = newBatch(l.readDevices)
	return l
}

// left tells how many calls of a group the person may still send.
func (l *Loaders) left(g budget.Group) int { return l.gate.Left(l.who, g) }

type key struct{}

// With returns a context that carries fresh loaders.
func With(ctx context.Context, cfg Config) context.Context {
	return context.WithValue(ctx, key{}, New(ctx, cfg))
}

// For returns the loaders of the response being built. It panics outside of one.
func For(ctx context.Context) *Loaders {
	l, ok := ctx.Value(key{}).(*Loaders)
	if !ok {
		panic("loader: no response is being built")
	}
	return l
}

// window is how long a batch waits for more keys. It is only the net below:
// lists announce the keys that their rows will ask for, and such a batch leaves
// at once.
const window = time.Millisecond

// batch is a dataloader whose keys can be announced.
type batch[K comparable, V any] struct{ dl *dataloader.Loader[K, V] }

// newBatch makes a batch of a function that is given all keys at once and says
// what each came to.
func newBatch[K comparable, V any](fetch func(context.Context, []K) map[K]rest.Result[V]) *batch[K, V] {
	return &batch[K, V]{dataloader.NewBatchedLoader(func(ctx context.Context, keys []K) []*dataloader.Result[V] {
		found := fetch(ctx, keys)
		results := make([]*dataloader.Result[V], len(keys))
		for i, k := range keys {
			r, ok := found[k]
			if !ok {
				r.Err = fmt.Errorf("%v: %w", k, rest.ErrNotFound)
			}
			results[i] = &dataloader.Result[V]{Data: r.Value, Error: r.Err}
		}
		return results
	}, dataloader.WithWait[K, V](window))}
}

func (b *batch[K, V]) load(ctx context.Context, k K) (V, error) { return b.dl.Load(ctx, k)() }

// announce starts one batch for keys, at once. Who loads them later finds them.
func (b *batch[K, V]) announce(ctx context.Context, keys []K) {
	if len(keys) == 0 {
		return
	}
	for _, k := range keys {
		b.dl.Load(ctx, k)
	}
	b.dl.Flush()
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

// byAccount groups ids by the account they lie in.
func byAccount[K any](keys []K, of func(K) (account, id string)) map[string][]string {
	groups := map[string][]string{}
	for _, k := range keys {
		account, id := of(k)
		groups[account] = append(groups[account], id)
	}
	return groups
}

// pageKey names a page of a list that lies under an extension.
type pageKey struct {
	ext           rest.ExtensionID
	filter        string
	page, perPage int
}

// keep files a filter under its key and returns the key.
func (l *Loaders) keep(key string, filter any) string {
	if key != "" {
		l.filters.LoadOrStore(key, filter)
	}
	return key
}

// filterOf returns the filter filed under key.
func filterOf[F any](l *Loaders, key string) F {
	f, _ := l.filters.Load(key)
	filter, _ := f.(F)
	return filter
}
