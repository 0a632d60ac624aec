package gateway

import (
	"context"
	"errors"
	"math/rand/v2"
	"sync"
	"time"

	"github.com/ringql/ringql/internal/admission"
)

const (
	// laneWidth is how many events of one person ask to be let in at once: an event that
	// thousands of their screens wait for must not take the places of all others.
	laneWidth = 8
	// laneRetry is after how long, about, an event that was not let in asks again: it is not
	// dropped.
	laneRetry = 50 * time.Millisecond
)

// lanes let events in: each is an operation, and none is refused.
type lanes struct {
	in *admission.Controller

	mu  sync.Mutex
	all map[string]*lane
}

// lane is the events of one person.
type lane struct {
	places chan struct{}
	users  int
}

func newLanes(in *admission.Controller) *lanes { return &lanes{in: in, all: map[string]*lane{}} }

// enter waits until an event of a person is let in, or ctx ends. What it returns is to be left.
func (l *lanes) enter(ctx context.Context, who string) (*admission.Operation, error) {
	at := l.join(who)
	defer l.leave(who, at)
	select {
	case at.places <- struct{}{}:
		defer func() { <-at.places }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	for {
		op, err := l.in.Enter(ctx, who)
		if !errors.Is(err, admission.ErrFull) {
			return op, err
		}
		again := time.NewTimer(laneRetry/2 + rand.N(laneRetry))
		select {
		case <-again.C:
		case <-ctx.Done():
			again.Stop()
			return nil, ctx.Err()
		}
	}
}

func (l *lanes) join(who string) *lane {
	l.mu.Lock()
	defer l.mu.Unlock()
	at := l.all[who]
	if at == nil {
		at = &lane{places: make(chan struct{}, laneWidth)}
		l.all[who] = at
	}
	at.users++
	return at
}

func (l *lanes) leave(who string, at *lane) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if at.users--; at.users == 0 {
		delete(l.all, who)
	}
}
