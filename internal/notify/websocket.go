package notify

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"

	"github.com/coder/websocket"

	"github.com/ringql/ringql/internal/rest"
)

// sockets have RingCentral tell over a connection that the gateway makes. One that broke is taken
// up again, and RingCentral tells what it kept meanwhile; where it did not keep all, a gap is
// written.
//
// At any time one connection of an account is current, as the record says from before RingCentral
// is asked to tell over it. What comes over another one is not taken: for a moment two replicas may
// have one, and RingCentral tells each of the same with a uuid of its own.
type sockets struct {
	*Events
	client *http.Client
}

// broken is what is known of a connection that broke.
type broken struct {
	context *recovery
	doubt   bool      // whether something may be lost though it is taken up again
	left    int       // how many of what was kept were not told yet, when it broke over telling them; 0 if it did not
	until   time.Time // when it is not to be taken up any more
}

func (s *sockets) hold(ctx context.Context, k *keep, p Person) error {
	call, cancel := acting(ctx, p)
	token, err := s.cfg.REST.AuthWSToken(call)
	cancel()
	if err != nil {
		return err
	}
	l, err := open(ctx, s.client, s.cfg.Upstream, token, &k.broken)
	if err != nil {
		if errors.Is(err, errFrame) || time.Now().After(k.broken.until) {
			k.broken = broken{} // it would be refused again, and again
		}
		return err
	}
	defer func() { _ = l.conn.CloseNow() }()
	was, replayed := k.broken, 0
	if was.context != nil && l.details.RecoveryState == "Successful" {
		if was.doubt {
			err = k.gap(ctx, Interrupted)
		}
		replayed = cmp.Or(was.left, l.details.RecoveryBuffer)
	} else {
		k.broken = broken{}
		err = s.begin(ctx, k, p, l)
	}
	if err != nil {
		return err
	}
	k.broken = broken{}
	k.set(Active)
	return s.listen(ctx, k, l, replayed)
}

// begin asks for events over a new connection.
func (s *sockets) begin(ctx context.Context, k *keep, p Person, l *line) error {
	before, err := k.records.load(ctx, k.account)
	if err != nil {
		return err
	}
	call, cancel := acting(ctx, p)
	defer cancel()
	if err := s.cfg.REST.CountSubscription(call); err != nil {
		return err
	}
	r := &record{Line: rand.Text(), Who: sum(p.Key), Told: before.why() == Interrupted}
	if err := k.save(ctx, r); err != nil {
		return err
	}
	k.line = r.Line
	sub, err := l.subscribe(ctx)
	switch {
	case err != nil:
		return err
	case len(sub.DisabledFilters) > 0:
		return disabled(sub)
	}
	why := r.why()
	r.ID, r.Told = sub.ID, true
	if err := k.save(ctx, r); err != nil {
		return err
	}
	return k.gap(ctx, why)
}

// listen takes what is told until the connection breaks. Of what broke so many are told first
// at most.
func (s *sockets) listen(ctx context.Context, k *keep, l *line, replayed int) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	k.done.Go(func() { l.beat(ctx, s.cfg.Beat, func() { cancel(errSilent) }) })
	for waited := time.Duration(0); ; { // for what is told; not for the log
		began := time.Now()
		f, err := l.next(ctx)
		if waited += time.Since(began); waited >= replayTime {
			replayed = 0
		}
		if err != nil {
			return s.broke(ctx, k, l, replayed, err)
		}
		k.broken.context = l.context
		if f.Type != "ServerNotification" {
			continue
		}
		if replayed == 1 {
			err = k.gap(ctx, Interrupted) // as many as are kept: there may have been more
		}
		replayed = max(0, replayed-1)
		if err == nil {
			err = s.surely(ctx, k, f.body)
		}
		if err != nil {
			k.broken = broken{} // that it may be lost is not written yet
			return err
		}
	}
}

// broke notes how a connection ended, when so many might still have been told again.
func (s *sockets) broke(ctx context.Context, k *keep, l *line, left int, err error) error {
	k.broken = broken{context: l.context, left: left, until: time.Now().Add(l.details.keeps())}
	switch {
	case errors.Is(context.Cause(ctx), errSilent): // what was sent into it is lost
		k.broken.doubt = true
		return errSilent
	case ctx.Err() != nil:
		_ = l.conn.Close(websocket.StatusNormalClosure, "")
		return ctx.Err()
	case errors.Is(err, errFrame), websocket.CloseStatus(err) == websocket.StatusMessageTooBig, errors.Is(err, websocket.ErrMessageTooBig):
		k.broken = broken{} // it would be told again, and again
	case errors.Is(err, errAmid), websocket.CloseStatus(err) < 0 && !errors.Is(err, io.EOF):
		k.broken.doubt = true // it was cut off, with what was on its way
	}
	return err
}

// surely writes what is told, however long the bus is away: over a connection nothing is told
// again. It does not once another replica may be told of the same, or another connection is
// current: then this replica gives the account up.
func (s *sockets) surely(ctx context.Context, k *keep, b []byte) error {
	for {
		err := s.current(ctx, k)
		if err == nil {
			var outcome Outcome
			if outcome, err = s.take(ctx, k.account, b); outcome == Invalid {
				return k.gap(ctx, Interrupted)
			}
		}
		switch {
		case err == nil:
			return nil
		case errors.Is(err, errLease):
			k.broken = broken{}
			return err
		case ctx.Err() != nil:
			k.broken = broken{}
			return fmt.Errorf("%w: %w", rest.ErrUnavailable, err)
		}
		sleep(ctx, pause)
	}
}

// current returns nil while what the connection tells is what counts, and errLease once that is
// another replica's to see to.
func (s *sockets) current(ctx context.Context, k *keep) error {
	if err := k.lease.sure(ctx); err != nil {
		return err
	}
	r, err := k.records.load(ctx, k.account)
	if err == nil && !r.over(k.line) {
		k.lost()
		return errLease
	}
	return err
}

// end has nothing to do but to forget: what is told over a connection ends with it.
func (s *sockets) end(ctx context.Context, k *keep, _ Person) error {
	return k.save(ctx, nil)
}
