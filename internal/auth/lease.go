package auth

import (
	"context"
	"crypto/rand"
	"time"
)

const (
	// leaseLife is after what time a lease passes to another although nobody let go of it.
	// It is longer than a token call may take.
	leaseLife = patience + 5*time.Second
	// knock is how often who waits for a lease looks whether it is free.
	knock = 50 * time.Millisecond
)

// tryLease takes the lease of name unless another replica holds it. A holder that is cut
// off loses it in time, and may not know: what it does under the lease has to be safe
// against that, by Swap.
func tryLease(ctx context.Context, s Store, name string) (release func(), held bool, err error) {
	key, holder := "lease:"+name, []byte(rand.Text())
	held, err = s.Swap(ctx, key, nil, holder, leaseLife)
	if err != nil || !held {
		return nil, false, err
	}
	return func() {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
		defer cancel()
		_, _ = s.Swap(ctx, key, holder, nil, 0) // if it fails, the lease ends by itself
	}, true, nil
}
