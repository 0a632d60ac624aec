package auth

import (
	"bytes"
	"context"
	"math/rand/v2"
	"sync"
	"time"
)

const (
	// calm is how long who could do with the old token waits for the new one: while a
	// token is replaced, the old one may die any moment.
	calm = time.Second
	// glance is how old what is known of a session may be when a token of it is used. Each
	// request looks; a socket may go on for hours after its session was ended elsewhere.
	glance = 15 * time.Second
	// spread is by how much replicas differ in when they replace a token.
	spread = time.Minute
)

// life is a session in the memory of this process, and where its tokens come from.
type life struct {
	s   *Sessions
	key string

	mu      sync.Mutex
	raw     []byte  // what was stored when it was last looked at
	rec     *record // what it says; nil before it was looked at
	current *token
	over    *Over // why it serves no more
	seen    time.Time
	wrote   time.Time // when it was last noted that it is used
	failed  error     // of the last token call
	again   time.Time // when another may be made
}

// see takes notice of what is stored. Whatever is newer than what was known has its token
// take the old one's place.
func (l *life) see(raw []byte) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.seen = time.Now()
	if bytes.Equal(l.raw, raw) {
		return nil
	}
	r, err := l.s.open(l.key, raw)
	if err != nil {
		return err
	}
	if l.rec != nil && r.Version < l.rec.Version {
		return nil // who read it was slower than others
	}
	if l.rec == nil || !l.rec.same(r) {
		l.current = r.token()
	}
	l.raw, l.rec, l.over = raw, r, nil
	if r.Over != "" {
		l.over = &Over{r.Over}
	}
	return nil
}

// token returns the access token of r, which is replaced a little earlier in one process
// than in another.
func (r *record) token() *token {
	life := r.End.Sub(r.Since)
	ahead := min(early, life/2)
	ahead += rand.N(min(spread, life/10) + 1)
	return &token{text: r.access, since: r.Since, renew: r.End.Add(-ahead), end: r.End.Add(-leeway)}
}

func (l *life) scopes() []string { return l.record().Scopes }

func (l *life) record() *record {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.rec
}

func (l *life) stored() []byte {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.raw
}

// stop has l serve no more.
func (l *life) stop(why *Over) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.over = why
}

// ended says why l serves no more; nil if it does.
func (l *life) ended() *Over {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.over == nil && l.rec != nil {
		l.over = l.s.over(l.rec)
	}
	return l.over
}

// serves says whether l does without the store.
func (l *life) serves() bool {
	if l.ended() != nil {
		return false
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.current != nil && time.Now().Before(l.current.end)
}

// touched returns what is stored of l if it is time to note that l is used, and nil
// otherwise, or if somebody does so already.
func (l *life) touched() (raw []byte, r *record) {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := time.Now()
	touch := min(touch, l.s.cfg.Idle/10)
	due := now.Sub(l.rec.Used) >= touch || !l.s.cfg.Cipher.current(l.raw)
	if !due || now.Sub(l.wrote) < touch {
		return nil, nil
	}
	l.wrote = now
	return l.raw, l.rec
}

// session tells l to others.
func (l *life) session() *Session {
	r := l.record()
	end, idle := l.s.ends(r)
	return &Session{
		ID: idOf(l.key), Owner: r.Owner, Account: r.Account, Name: r.Name, Scopes: r.Scopes,
		Created: r.Created, Used: r.Used, IdleEnd: idle, End: end, CSRF: r.csrf,
		Person: &Person{Key: r.person(l.s.app()), tokens: l},
	}
}

// token implements source.
func (l *life) token(ctx context.Context) (*token, error) {
	l.glance(ctx)
	if over := l.ended(); over != nil {
		return nil, over
	}
	l.mu.Lock()
	t, resting, now := l.current, l.resting(), time.Now()
	l.mu.Unlock()
	usable := now.Before(t.end)
	switch {
	case usable && (now.Before(t.renew) || resting != nil || l.unrenewable()):
		return t, nil
	case resting != nil:
		return nil, resting
	case usable:
		short, cancel := context.WithTimeout(ctx, calm)
		defer cancel()
		if fresh, err := l.wait(short, t); err == nil {
			return fresh, nil
		} else if over := l.ended(); over != nil {
			return nil, over
		}
		return t, ctx.Err()
	}
	return l.wait(ctx, t)
}

func (l *life) unrenewable() bool { return l.record().refresh.Reveal() == "" }

// replace implements source. Another replica may have replaced refused already.
func (l *life) replace(ctx context.Context, refused *token) (*token, error) {
	_ = l.s.reread(ctx, l) // what is known has to do, if it fails
	if over := l.ended(); over != nil {
		return nil, over
	}
	l.mu.Lock()
	current := l.current
	l.mu.Unlock()
	switch {
	case current != refused:
		return current, nil
	case l.unrenewable(), time.Since(refused.since) < settled:
		return nil, nil //nolint:nilnil // no better one is to be had
	}
	return l.wait(ctx, refused)
}

// glance looks at what is stored if nobody has for a while.
func (l *life) glance(ctx context.Context) {
	l.mu.Lock()
	due := time.Since(l.seen) >= glance
	if due {
		l.seen = time.Now() // one is enough
	}
	l.mu.Unlock()
	if due {
		_ = l.s.reread(ctx, l) // if the store is away, l goes on without it
	}
}

// wait returns the token that comes after old, or gives up when ctx ends.
func (l *life) wait(ctx context.Context, old *token) (*token, error) {
	select {
	case r := <-l.s.flight.DoChan(l.key, func() (any, error) { return l, l.s.renew(l, old) }):
		if r.Err != nil {
			return nil, r.Err
		}
		if done, _ := r.Val.(*life); done != l { // l was forgotten, but goes on in a socket
			_ = l.see(done.stored())
		}
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	l.mu.Lock()
	fresh := l.current
	l.mu.Unlock()
	if fresh != old {
		return fresh, nil
	}
	return nil, ErrUnavailable
}

// resting returns why no token call is made for now; nil if one may be.
func (l *life) resting() error {
	if time.Now().Before(l.again) {
		return l.failed
	}
	return nil
}

// rest has l make no token call for a while.
func (l *life) rest(err error, pause time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.failed, l.again = err, time.Now().Add(pause)
}
