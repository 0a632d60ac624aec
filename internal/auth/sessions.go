package auth

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	lru "github.com/hashicorp/golang-lru/v2"
	"golang.org/x/sync/singleflight"
)

// SessionsConfig says how sessions are kept. Its zero value, but for OAuth, is good.
type SessionsConfig struct {
	OAuth  *OAuth
	Store  Store         // nil: they end with the process
	Cipher *Cipher       // nil: a key that ends with the process
	Idle   time.Duration // how long a session may lie unused; zero means an hour
	Life   time.Duration // how long it may last; zero means twelve hours
	Log    *slog.Logger  // nil means slog.Default
}

const (
	// touch is how much use of a session may be ahead of what is stored of it, so that
	// not every request writes.
	touch = time.Minute
	// epitaph is how long it is told why a session is over.
	epitaph = time.Hour
	// atOnce bounds the sessions that are kept in memory beside the store.
	atOnce = 10_000
)

// Sessions are the sign-ins of people, whose tokens stay here. It is safe for concurrent use.
type Sessions struct {
	cfg    SessionsConfig
	lives  *lru.Cache[string, *life] // by key
	flight singleflight.Group        // token calls, by key
	work   sync.WaitGroup
}

// NewSessions returns the Sessions of cfg.
func NewSessions(cfg SessionsConfig) (*Sessions, error) {
	if cfg.Store == nil {
		cfg.Store = NewMemory()
	}
	if cfg.Cipher == nil {
		c, err := NewCipher("")
		if err != nil {
			return nil, err
		}
		cfg.Cipher = c
	}
	if cfg.Idle <= 0 {
		cfg.Idle = time.Hour
	}
	if cfg.Life <= 0 {
		cfg.Life = 12 * time.Hour
	}
	if cfg.Log == nil {
		cfg.Log = slog.Default()
	}
	return &Sessions{cfg: cfg, lives: newLRU[*life](atOnce)}, nil
}

// Wait returns when what goes on in the background has come to its end.
func (s *Sessions) Wait() { s.work.Wait() }

// Start keeps the grant of somebody who has signed in, and returns the handle of the new
// session. account and name are empty if they are not known.
func (s *Sessions) Start(ctx context.Context, g *Grant, account, name string) (handle string, err error) {
	now := time.Now()
	r := &record{facts: facts{Owner: g.Owner, Account: account, Name: name, Created: now, Used: now}, csrf: NewSecret(randomText())}
	r.take(g)
	handle, key := newHandle()
	ok, _, err := s.swap(ctx, key, nil, r)
	if err == nil && !ok {
		err = errors.New("a handle was given twice")
	}
	if err != nil { // nobody will use the grant
		s.later(ctx, func(ctx context.Context) { s.revoke(ctx, key, r.access, r.refresh, s.payer(r)) })
		return "", away(err)
	}
	if err = s.enlist(ctx, r, key); err != nil {
		return "", away(err)
	}
	s.cfg.Log.Info("a session begins", "session", idOf(key), "owner", r.Owner)
	return handle, nil
}

// Find returns the session of handle, and counts as use of it, or an error that says why
// there is none: *Over, or ErrAway if nobody knows for now.
func (s *Sessions) Find(ctx context.Context, handle string) (*Session, error) {
	found, err := s.Peek(ctx, handle)
	if err == nil {
		found.touch(ctx)
	}
	return found, err
}

// Peek is Find, but does not count as use.
func (s *Sessions) Peek(ctx context.Context, handle string) (*Session, error) {
	key, ok := keyOf(handle)
	if !ok {
		return nil, &Over{Unknown}
	}
	l, err := s.look(ctx, key)
	if err != nil {
		return nil, err
	}
	found := l.session()
	found.touch = func(ctx context.Context) { s.touch(ctx, l) }
	found.again = func(ctx context.Context) error {
		_, err := s.Find(ctx, handle)
		return err
	}
	return found, nil
}

// look returns the session of key as it is stored. While the store is away, what is in
// memory does as long as its token serves.
func (s *Sessions) look(ctx context.Context, key string) (*life, error) {
	l, known := s.lives.Get(key)
	raw, err := s.cfg.Store.Load(ctx, key)
	if err != nil {
		if known && l.serves() {
			return l, nil
		}
		return nil, away(err)
	}
	if raw == nil {
		if known {
			l.stop(&Over{Unknown})
		}
		return nil, &Over{Unknown}
	}
	if !known {
		l = s.life(key)
	}
	if err := l.see(raw); err != nil {
		s.cfg.Log.Warn("a session is lost", "session", idOf(key), "cause", err)
		return nil, &Over{Unknown}
	}
	r := l.record()
	if why := s.over(r); why != nil {
		if r.Over == "" {
			s.expire(ctx, l, raw, r, why)
		}
		return nil, why
	}
	return l, nil
}

// life returns what is in memory of the session of key.
func (s *Sessions) life(key string) *life {
	l := &life{s: s, key: key}
	if before, ok, _ := s.lives.PeekOrAdd(key, l); ok {
		return before
	}
	return l
}

// touch notes that l is used, once a minute at most. If another replica is quicker, it has
// noted the same.
func (s *Sessions) touch(ctx context.Context, l *life) {
	raw, before := l.touched()
	if before == nil {
		return
	}
	r := *before
	r.Used = time.Now()
	if ok, sealed, err := s.swap(ctx, l.key, raw, &r); ok && err == nil {
		_ = l.see(sealed)
	}
}

// End ends the session of handle, here and upstream. It is no error if there is none.
func (s *Sessions) End(ctx context.Context, handle string) error {
	key, ok := keyOf(handle)
	if !ok {
		return nil
	}
	return s.end(ctx, key, SignedOut)
}

// tries bounds how often what another replica was quicker to change is changed anew.
const tries = 50

var errContended = errors.New("a session changes too often")

// end ends the session of key, whatever becomes of it meanwhile.
func (s *Sessions) end(ctx context.Context, key string, why Reason) error {
	for range tries {
		raw, err := s.cfg.Store.Load(ctx, key)
		if err != nil || raw == nil {
			return away(err)
		}
		r, err := s.open(key, raw)
		if err != nil {
			_, err = s.cfg.Store.Swap(ctx, key, raw, nil, 0) // it is of use to nobody
			return away(err)
		}
		if r.Over != "" {
			return nil
		}
		if ok, err := s.bury(ctx, key, raw, r, why); ok || err != nil {
			return err
		}
	}
	return away(errContended)
}

// bury puts why r is over in its place, if r is what raw holds and still stands there. It
// is ended upstream in the background: the people who wait for it are safe already.
func (s *Sessions) bury(ctx context.Context, key string, raw []byte, r *record, why Reason) (bool, error) {
	ok, sealed, err := s.swap(ctx, key, raw, &record{facts: facts{Version: r.Version, Owner: r.Owner, Created: r.Created, Over: why}})
	if err != nil || !ok {
		return false, away(err)
	}
	_ = s.life(key).see(sealed)
	s.cfg.Log.Info("a session is over", "session", idOf(key), "owner", r.Owner, "reason", why)
	if why != Everywhere {
		s.delist(ctx, r.Owner, key)
	}
	if why != Revoked {
		s.later(ctx, func(ctx context.Context) { s.revoke(ctx, key, r.access, r.refresh, s.payer(r)) })
	}
	return true, nil
}

// revoke ends a session upstream. That it could not be is no reason to keep it here.
func (s *Sessions) revoke(ctx context.Context, key string, access, refresh Secret, p *Person) {
	token := refresh
	if token.Reveal() == "" {
		token = access
	}
	if err := s.cfg.OAuth.end(ctx, p, token); err != nil {
		s.cfg.Log.Warn("a session that is over could not be ended at RingCentral", "session", idOf(key), "cause", err)
	}
}

// afterwards bounds what goes on in the background: there are five token calls a minute.
const afterwards = 2 * time.Minute

// later does f in the background, where it may go on when ctx has ended.
func (s *Sessions) later(ctx context.Context, f func(context.Context)) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), afterwards)
	s.work.Go(func() {
		defer cancel()
		f(ctx)
	})
}

// expire ends a session whose time is over.
func (s *Sessions) expire(ctx context.Context, l *life, raw []byte, r *record, why *Over) {
	l.stop(why)
	s.later(ctx, func(ctx context.Context) { _, _ = s.bury(ctx, l.key, raw, r, why.Reason) }) // else the next who looks does
}

// payer is who a token call for r is made for.
func (s *Sessions) payer(r *record) *Person { return &Person{Key: r.person(s.app())} }

func (s *Sessions) app() string { return s.cfg.OAuth.app.ClientID }

// swap stores the next version of r in place of raw; nil for nothing. It returns what is
// stored then.
func (s *Sessions) swap(ctx context.Context, key string, raw []byte, r *record) (bool, []byte, error) {
	next := *r
	next.Version++
	plain, err := next.encode()
	if err != nil {
		return false, nil, err
	}
	sealed, last := s.cfg.Cipher.Seal(key, plain), epitaph
	if r.Over == "" {
		_, idle := s.ends(r)
		last += time.Until(idle) + touch
	}
	ok, err := s.cfg.Store.Swap(ctx, key, raw, sealed, last)
	return ok, sealed, err
}

func (s *Sessions) open(key string, raw []byte) (*record, error) {
	plain, err := s.cfg.Cipher.Open(key, raw)
	if err != nil {
		return nil, err
	}
	return decode(plain)
}

// away marks err as one of the store, nil as none.
func away(err error) error {
	if err == nil || errors.Is(err, ErrAway) {
		return err
	}
	return fmt.Errorf("%w: %w", ErrAway, err)
}
