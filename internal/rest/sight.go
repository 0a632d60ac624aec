package rest

import (
	"context"
	"sync"
	"time"
)

type sightKey struct{}

// Sight is what the reads of one context have told so far. Somebody who asks for the same
// reads now may be given what they came to as long as it holds.
type Sight struct {
	c   *Client
	who string
	at  uint64 // when it began

	mu    sync.Mutex
	over  bool
	until time.Time // when the first of the answers expires; zero for none so far
}

// Watch returns a context whose reads are watched, and what they tell.
func (c *Client) Watch(ctx context.Context) (context.Context, *Sight) {
	s := &Sight{c: c, who: c.cfg.Who(ctx)}
	s.at = c.epochs.view(s.who, request{op: getToken}).at
	return context.WithValue(ctx, sightKey{}, s), s
}

// Holds says whether the same reads by the same person, begun now, would be given the
// same answers, or join the same calls.
func (s *Sight) Holds() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return !s.over && (s.until.IsZero() || time.Now().Before(s.until)) && s.c.epochs.unchanged(s.who, s.at)
}

// End says that what is told from now on is about this moment.
func End(ctx context.Context) {
	if s, ok := ctx.Value(sightKey{}).(*Sight); ok {
		s.mu.Lock()
		s.over = true
		s.mu.Unlock()
	}
}

// sees says that ctx was given an answer that nobody is to be given after end.
func sees(ctx context.Context, end time.Time) {
	s, ok := ctx.Value(sightKey{}).(*Sight)
	if !ok {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.until.IsZero() || end.Before(s.until) {
		s.until = end
	}
}

// sawCall says that ctx was given what a call came to that was under way.
func (c *Client) sawCall(ctx context.Context, o *Operation, err error) {
	if err != nil || WantsFresh(ctx) {
		End(ctx)
		return
	}
	sees(ctx, time.Now().Add(c.cache.ttl(o)))
}
