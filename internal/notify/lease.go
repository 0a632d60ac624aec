package notify

import (
	"context"
	"crypto/rand"
	"sync/atomic"
	"time"
)

// Store keeps values that expire, for one process or for all replicas. It is safe for
// concurrent use.
type Store interface {
	// Load returns the value of key; nil if there is none. It must not be changed.
	Load(ctx context.Context, key string) ([]byte, error)
	// Swap puts value in place of old as one step, and forgets it after life. nil stands
	// for no value, before and after. It says whether old was what stood there.
	Swap(ctx context.Context, key string, old, value []byte, life time.Duration) (bool, error)
}

const (
	// leaseLife is after what time a lease passes to another replica although nobody let go
	// of it.
	leaseLife = 15 * time.Second
	// leaseBeat is how often its holder says that it lives.
	leaseBeat = 4 * time.Second
)

// lease is what one replica at a time may hold. It may be lost without notice; what is done
// under it is done once more then, which has to be safe.
type lease struct {
	store  Store
	key    string
	holder []byte
	until  atomic.Int64 // nobody else can have it before, in nanoseconds
}

func newLease(s Store, name string) *lease {
	return &lease{store: s, key: "lease:" + name, holder: []byte(rand.Text())}
}

// take takes the lease, or says that it is still held; false if another one holds it.
func (l *lease) take(ctx context.Context) (bool, error) {
	held, err := l.renew(ctx, l.holder)
	if !held && err == nil {
		held, err = l.renew(ctx, nil)
	}
	return held, err
}

// renew takes the lease if it is still as it was.
func (l *lease) renew(ctx context.Context, was []byte) (bool, error) {
	began := time.Now()
	held, err := l.store.Swap(ctx, l.key, was, l.holder, leaseLife)
	if held && err == nil {
		l.until.Store(began.Add(leaseLife).UnixNano())
	}
	return held, err
}

// sure returns nil while nobody else can have the lease, and errLease once another one has it.
func (l *lease) sure(ctx context.Context) error {
	if time.Now().UnixNano() < l.until.Load() {
		return nil
	}
	held, err := l.take(ctx)
	if !held && err == nil {
		return errLease
	}
	return err
}

// keep holds on to the lease, and calls lost once another one has it. When the store is away
// for this replica alone, another one may have it before that is known. When it had ended, and
// nobody took it, known says whether the store has kept the rest; if not, the lease is lost as
// well.
func (l *lease) keep(ctx context.Context, lost func(), known func(context.Context) bool) {
	tick := time.NewTicker(leaseBeat)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		held, err := l.renew(ctx, l.holder)
		if !held && err == nil {
			held, err = l.renew(ctx, nil)
			held = held && known(ctx)
		}
		if !held && err == nil {
			lost()
			return
		}
	}
}

// release lets go of the lease. If that fails, it ends by itself.
func (l *lease) release() {
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	l.until.Store(0)
	_, _ = l.store.Swap(ctx, l.key, l.holder, nil, 0)
}
