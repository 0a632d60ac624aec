package auth

import (
	"context"
	"errors"
	"time"
)

// breath is how long a session is left alone whose store was away.
const breath = time.Second

// renew has the pair of old's session replaced, by this replica or by another, unless it
// was already. It does not depend on who waits for it.
func (s *Sessions) renew(l *life, old *token) error {
	l.mu.Lock()
	done, resting := l.current != old, l.resting()
	l.mu.Unlock()
	if done || resting != nil {
		return resting
	}
	ctx, cancel := context.WithTimeout(context.Background(), leaseLife+patience)
	defer cancel()
	release, err := s.lease(ctx, l, old)
	if err != nil || release == nil {
		return err
	}
	defer release()
	return s.refresh(ctx, l, l.record())
}

// lease waits for the right to replace old. It returns nil if that was done meanwhile.
func (s *Sessions) lease(ctx context.Context, l *life, old *token) (release func(), err error) {
	for {
		release, held, err := tryLease(ctx, s.cfg.Store, l.key)
		if err == nil {
			err = s.reread(ctx, l)
		}
		l.mu.Lock()
		done := l.current != old
		l.mu.Unlock()
		switch {
		case err == nil && held && !done:
			return release, nil
		case held:
			release()
		}
		if err != nil {
			if errors.Is(err, ErrAway) {
				l.rest(err, breath)
			}
			return nil, err
		}
		if done {
			return nil, nil //nolint:nilnil // there is nothing left to do
		}
		select {
		case <-time.After(knock):
		case <-ctx.Done():
			return nil, away(ctx.Err())
		}
	}
}

// reread looks at what is stored of l now, and returns why it serves no more.
func (s *Sessions) reread(ctx context.Context, l *life) error {
	raw, err := s.cfg.Store.Load(ctx, l.key)
	if err != nil {
		return away(err)
	}
	if raw == nil {
		l.stop(&Over{Unknown})
	} else if err := l.see(raw); err != nil {
		return err
	}
	if over := l.ended(); over != nil {
		return over
	}
	return nil
}

// refresh makes the token call and stores what it gives before anybody uses it. Whatever
// cuts that off, the next call with the same refresh token gets the same pair.
func (s *Sessions) refresh(ctx context.Context, l *life, r *record) error {
	g, err := s.cfg.OAuth.refresh(ctx, s.payer(r), r.refresh)
	switch {
	case errors.Is(err, ErrGrant):
		return s.refused(ctx, l, r)
	case err == nil && g.Owner != r.Owner:
		err = ErrUnavailable // whosever it is, it is not for r
	}
	if err != nil {
		if s.reread(ctx, l) == nil && !l.record().same(r) {
			return nil // another replica fared better
		}
		l.rest(err, pause)
		return err
	}
	if err = s.store(ctx, l, r, g); err != nil {
		if errors.Is(err, ErrAway) {
			l.rest(err, breath)
		}
		return err
	}
	return nil
}

// store puts the pair of g in the place of that of r. A store that is away gets the time
// that is left.
func (s *Sessions) store(ctx context.Context, l *life, r *record, g *Grant) error {
	var last error
	for ctx.Err() == nil {
		if last = s.storeOnce(ctx, l, r, g); last == nil || !errors.Is(last, ErrAway) {
			return last
		}
		select {
		case <-time.After(breath):
		case <-ctx.Done():
		}
	}
	return last
}

func (s *Sessions) storeOnce(ctx context.Context, l *life, r *record, g *Grant) error {
	for range tries {
		if err := s.reread(ctx, l); err != nil {
			if _, over := errors.AsType[*Over](err); over {
				s.later(ctx, func(ctx context.Context) { s.revoke(ctx, l.key, g.access, g.refresh, s.payer(r)) })
			}
			return err
		}
		l.mu.Lock()
		raw, now := l.raw, *l.rec
		l.mu.Unlock()
		if !now.same(r) {
			return nil // another replica has stored the pair
		}
		now.take(g)
		ok, sealed, err := s.swap(ctx, l.key, raw, &now)
		if err != nil {
			return away(err)
		}
		if ok {
			return l.see(sealed)
		}
	}
	return away(errContended)
}

// refused ends a session whose refresh token the upstream does not know, unless another
// replica has replaced that: then this one was too late, and nothing is lost.
func (s *Sessions) refused(ctx context.Context, l *life, r *record) error {
	for range tries {
		if err := s.reread(ctx, l); err != nil {
			return err
		}
		l.mu.Lock()
		raw, now := l.raw, l.rec
		l.mu.Unlock()
		if !now.same(r) {
			return nil
		}
		if ok, err := s.bury(ctx, l.key, raw, now, Revoked); ok {
			return &Over{Revoked}
		} else if err != nil {
			return err
		}
	}
	return away(errContended)
}
