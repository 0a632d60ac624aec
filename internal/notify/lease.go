package notify

import (
	"context"
	"crypto/rand"
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
}

func newLease(s Store, name string) *lease {
	return &lease{s, "lease:" + name, []byte(rand.Text())}
}

// take takes the lease, or says that it is still held; false if another one holds it.
func (l *lease) take(ctx context.Context) (bool, error) {
	held, err := l.store.Swap(ctx, l.key, l.holder, l.holder, leaseLife)
	if held || err != nil {
		return held, err
	}
	return l.store.Swap(ctx, l.key, nil, l.holder, leaseLife)
}

// keep holds on to the lease, and calls lost once another one has it. Nobody can take it while
// the store is away. When it had ended, and nobody took it, known says whether the store has kept
// the rest; if not, the lease is lost as well.
func (l *lease) keep(ctx context.Context, lost func(), known func(context.Context) bool) {
	tick := time.NewTicker(leaseBeat)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		held, err := l.store.Swap(ctx, l.key, l.holder, l.holder, leaseLife)
		if !held && err == nil {
			held, err = l.take(ctx)
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
	_, _ = l.store.Swap(ctx, l.key, l.holder, nil, 0)
}
