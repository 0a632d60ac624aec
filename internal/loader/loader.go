// Package loader batches the upstream reads of one response, remembers them for
// its duration, and chooses for each batch the way that costs the least of what
// is left in the budget. It must not know the schema or how lists are cut into
// connections.
package loader

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"

	"github.com/ringql/ringql/internal/budget"
	"github.com/ringql/ringql/internal/plan"
	"github.com/ringql/ringql/internal/rest"
)

// Config is what loaders need. Memory is shared by all responses.
type Config struct {
	REST   *rest.Client
	Memory *Memory
	Gate   *budget.Gate                 // what each person may still send
	Who    func(context.Context) string // the person who asks

	MostRows int64 // of all lists of one answer; zero means no limit
}

// Loaders are the batches of one response. They remember what they loaded, so
// they live for one response, never longer.
type Loaders struct {
	c    *rest.Client
	me   *person
	who  string
	gate *budget.Gate
	once sync.Once // the first announcement

	mu    sync.Mutex
	paths map[string]string // how accounts are written in this response
	self  string            // the real id of one's own extension when the response began; "" if not known
	lists bool              // whether the account's list of devices may stand in for those of extensions

	mostRows int64
	rows     atomic.Int64 // that the answer is to have

	filters sync.Map // filterKey -> the filter

	choices map[string]int           // of ways, made when the operation was priced
	counted map[list]map[string]bool // what was counted one by one

	account     *batch[string, *rest.Account]
	serviceInfo *batch[string, *rest.ServiceInfo]

	extensionList *batch[listKey, *rest.Page[rest.Extension]]
	extension     *batch[rest.ExtensionID, *rest.Extension]
	whole         *batch[rest.ExtensionID, *rest.Extension]
	single        *batch[rest.ExtensionID, *rest.Extension]

	phoneNumberList *batch[listKey, *rest.Page[rest.PhoneNumber]]
	phoneNumber     *batch[rest.PhoneNumberID, *rest.PhoneNumber]
	assigned        *batch[AssignedKey, []rest.PhoneNumber]
	usable          *batch[pageKey, *rest.Page[rest.PhoneNumber]]
	usableAhead     *batch[pageKey, *rest.Page[rest.PhoneNumber]]
	forwarding      *batch[pageKey, *rest.Page[rest.ForwardingNumber]]

	callerBlockingNumber *batch[rest.CallerBlockingNumberID, *rest.CallerBlockingNumber]
	forwardingNumber     *batch[rest.ForwardingNumberID, *rest.ForwardingNumber]

	deviceList  *batch[listKey, *rest.Page[rest.Device]]
	device      *batch[rest.DeviceID, *rest.Device]
	devices     *batch[pageKey, *rest.Page[rest.Device]]
	deviceAhead *batch[pageKey, *rest.Page[rest.Device]]

	reads sync.Map // name -> what reads it
	other *batch[string, any]
}

// New returns empty loaders for whoever ctx says.
func New(ctx context.Context, cfg Config) *Loaders {
	who := cfg.Who(ctx)
	l := &Loaders{
		c:        cfg.REST,
		me:       cfg.Memory.of(who),
		who:      who,
		gate:     cfg.Gate,
		paths:    map[string]string{},
		mostRows: cfg.MostRows,
		counted:  map[list]map[string]bool{},
	}
	l.choices, _ = ctx.Value(choicesKey{}).(map[string]int)
	l.self = l.me.ownExtension()
	l.lists = l.c.Preference() == rest.OnlyV1 || l.left(budget.Light) < plan.Pages(rest.MostPerPage, l.c.ManyExtensionDevices())
	l.account = newBatch(each(l.readAccount))
	l.serviceInfo = newBatch(each(l.c.ReadAccountServiceInfo))
	l.extensionList = newBatch(each(l.listExtensions))
	l.extension = newBatch(l.readRecords)
	l.whole = newBatch(l.readWhole)
	l.single = newBatch(paid(l, "readExtension", each(l.readSingle)))
	l.phoneNumberList = newBatch(each(l.listPhoneNumbers))
	l.phoneNumber = newBatch(l.readPhoneNumbers)
	l.assigned = newBatch(l.listAssigned)
	l.usable = newBatch(paid(l, "listExtensionPhoneNumbers", each(l.listUsable)))
	l.usableAhead = newBatch(l.listUsableAhead)
	l.forwarding = newBatch(paid(l, "listForwardingNumbers", each(l.listForwarding)))
	l.callerBlockingNumber = newBatch(l.readCallerBlockingNumbers)
	l.forwardingNumber = newBatch(each(l.readForwardingNumber))
	l.deviceList = newBatch(each(l.listAccountDevices))
	l.device = newBatch(l.readDevices)
	l.devices = newBatch(l.listDevices)
	l.deviceAhead = newBatch(l.listDevicesAhead)
	l.other = newBatch(each(l.readOther))
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

// Forget drops all that was loaded: a change was made, and what was true before it may
// not be now.
func (l *Loaders) Forget() {
	for _, b := range []interface{ forget() }{
		l.account, l.serviceInfo, l.extensionList, l.extension, l.whole, l.single, l.phoneNumberList, l.phoneNumber,
		l.assigned, l.usable, l.usableAhead, l.forwarding, l.deviceList, l.device, l.devices, l.deviceAhead, l.other,
		l.callerBlockingNumber, l.forwardingNumber,
	} {
		b.forget()
	}
}

// Once calls f, unless it was called before in this response, and returns when it is
// done.
func (l *Loaders) Once(f func()) { l.once.Do(f) }

// byAccount groups ids by the account they lie in.
func byAccount[K any](keys []K, of func(K) (account, id string)) map[string][]string {
	groups := map[string][]string{}
	for _, k := range keys {
		account, id := of(k)
		groups[account] = append(groups[account], id)
	}
	return groups
}

// listKey names a page of a list of an account.
type listKey struct {
	account, filter string
	page, perPage   int
}

// keepWhole files a page that shows all of a list as the first of the largest pages too,
// which whoever needs the whole list asks for.
func keepWhole[T any](ctx context.Context, b *batch[listKey, *rest.Page[T]], k listKey, p *rest.Page[T]) {
	if end, err := p.End(k.page, k.perPage); k.page > 1 || !end || err != nil {
		return
	}
	whole := *p
	k.perPage, whole.Paging.PerPage = rest.MostPerPage, rest.MostPerPage
	b.prime(ctx, k, &whole)
}

// pageKey names a page of a list that lies under an extension.
type pageKey struct {
	ext           rest.ExtensionID
	filter        string
	page, perPage int
	told          bool // devices: what the account's list tells of them is enough
}

// filterKey is a key of a filter, told apart by its type.
type filterKey[F any] struct{ key string }

// keep files a filter under its key and returns the key.
func keep[F any](l *Loaders, key string, f F) string {
	if key != "" {
		l.filters.LoadOrStore(filterKey[F]{key}, f)
	}
	return key
}

// filterOf returns the filter filed under key.
func filterOf[F any](l *Loaders, key string) F {
	v, _ := l.filters.Load(filterKey[F]{key})
	f, _ := v.(F)
	return f
}

// ErrTooManyRows means that the lists of one answer have more rows than are allowed.
var ErrTooManyRows = errors.New("too many rows in one answer")

// Answer counts rows that the answer is to have. They may be the same ones again and again:
// lists within lists multiply, however little was read.
func (l *Loaders) Answer(rows int) error {
	if l.rows.Add(int64(rows)) > l.mostRows && l.mostRows > 0 {
		return ErrTooManyRows
	}
	return nil
}
