package notify

import (
	"context"
	"errors"
	"sync"
	"time"
)

const (
	// knock is how often a replica looks whether it is the one to look after an account.
	knock = 3 * time.Second
	// wantedLife is for how long it is known that another replica would.
	wantedLife = 4 * knock
	// firstRetry and lastRetry are between tries when RingCentral does not answer.
	firstRetry, lastRetry = time.Second, time.Minute
	// refusedFor is for how long somebody is not asked for again whom RingCentral refused.
	refusedFor = 30 * time.Second
)

var (
	errIdle  = errors.New("nobody is told any more")
	errLease = errors.New("another replica looks after it")
	// errRefused means that RingCentral refuses all who want to be told.
	errRefused = errors.New("nobody may be told")
)

// State says how far it is that RingCentral tells of an account.
type State string

// The states.
const (
	Waiting  State = "waiting"  // another replica looks after it
	Starting State = "starting" // it is asked to
	Active   State = "active"   // it does
	Broken   State = "broken"   // it did, or should; it is asked again
)

// States lists them all.
var States = []State{Waiting, Starting, Active, Broken}

// way is how RingCentral tells of an account.
type way interface {
	// hold has it do so with the credentials of p, until that fails or ctx ends.
	hold(ctx context.Context, k *keep, p Person) error
	// end has it stop, after nobody wants to be told any more.
	end(ctx context.Context, k *keep, p Person) error
}

// keeper sees to it that RingCentral tells of each account that somebody here has subscribed
// to: one replica does for all.
type keeper struct {
	cfg     *Config
	hub     *Hub
	way     way
	records records

	ctx  context.Context //nolint:containedctx // it ends with the keeper
	stop context.CancelFunc
	done sync.WaitGroup

	mu    sync.Mutex
	keeps map[string]*keep
}

func newKeeper(cfg *Config, hub *Hub, w way) *keeper {
	k := &keeper{cfg: cfg, hub: hub, way: w, records: records{cfg.Store}, keeps: map[string]*keep{}}
	k.ctx, k.stop = context.WithCancel(context.Background())
	return k
}

// keep is one account that is looked after.
type keep struct {
	*keeper
	account string
	lease   *lease
	nudge   chan struct{} // holds one: who wants to be told has changed

	// These are of the goroutine that holds.
	lost   func() // gives the account up, for another replica to take
	line   string // the name of the WebSocket
	broken broken

	// All of it is guarded by keeper.mu.
	people []*supporter
	empty  time.Time // since when there is nobody
	state  State
	since  time.Time
	barred error     // why RingCentral tells nobody, whoever asks
	until  time.Time // and until when that is taken to be so
}

// join counts somebody who wants to be told of an account. Who was refused just now is again.
func (k *keeper) join(account string, p Person) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.ctx.Err() != nil {
		return ErrClosed
	}
	kp, ok := k.keeps[account]
	if !ok {
		kp = &keep{keeper: k, account: account, lease: newLease(k.cfg.Store, "events:"+sum(account)), nudge: make(chan struct{}, 1), state: Starting, since: time.Now()}
		k.keeps[account] = kp
		k.done.Go(func() { kp.run(k.ctx) })
	}
	if kp.barred != nil && time.Now().Before(kp.until) && kp.state == Broken {
		return kp.barred
	}
	s := kp.supporter(p.id())
	switch {
	case s == nil:
		s = &supporter{Person: p}
		kp.people = append(kp.people, s)
	case s.refused != nil && time.Now().Before(s.until) && kp.state == Broken:
		return s.refused
	}
	s.Person, s.readers = p, s.readers+1 // the newest credentials
	kp.poke()
	return nil
}

// leave counts somebody off.
func (k *keeper) leave(account, id string) {
	k.mu.Lock()
	defer k.mu.Unlock()
	kp := k.keeps[account]
	if kp == nil {
		return
	}
	if s := kp.supporter(id); s != nil && s.readers > 0 {
		s.readers--
	}
	if kp.prune(); !kp.wanted() {
		kp.empty = time.Now()
		kp.poke()
	}
}

func (k *keep) poke() {
	select {
	case k.nudge <- struct{}{}:
	default:
	}
}

func (k *keep) set(s State) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.is(s)
}

// is sets the state. The keeper is locked.
func (k *keep) is(s State) {
	if k.state != s {
		k.state, k.since = s, time.Now()
	}
}

// run looks after the account while somebody here wants to be told, when it is this replica's
// turn.
func (k *keep) run(ctx context.Context) {
	for ctx.Err() == nil {
		if _, idle := k.idle(); idle {
			if k.gone() {
				return
			}
			k.pause(ctx, knock)
			continue
		}
		held, err := k.lease.take(ctx)
		switch {
		case held:
			err = k.hold(ctx)
			k.lease.release()
		case err == nil:
			k.set(Waiting)
			k.want(ctx)
		}
		if !errors.Is(err, errIdle) {
			k.pause(ctx, knock)
		}
	}
}

// want tells the replica that looks after the account that this one would.
func (k *keep) want(ctx context.Context) {
	key := "wanted:" + recordKey(k.account)
	old, err := k.cfg.Store.Load(ctx, key)
	if err == nil {
		_, _ = k.cfg.Store.Swap(ctx, key, old, k.lease.holder, wantedLife) // it is tried again soon
	}
}

// elsewhere says whether another replica would look after the account.
func (k *keep) elsewhere(ctx context.Context) bool {
	by, err := k.cfg.Store.Load(ctx, "wanted:"+recordKey(k.account))
	return err == nil && by != nil && string(by) != string(k.lease.holder)
}

// pause waits, until who wants to be told changes.
func (k *keep) pause(ctx context.Context, d time.Duration) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
	case <-k.nudge:
	case <-t.C:
	}
}

// hold has RingCentral tell of the account, while the lease is held and somebody wants to be
// told, with the credentials of one of them after the other.
func (k *keep) hold(ctx context.Context) error {
	ctx, cancel := context.WithCancelCause(ctx)
	k.lost = func() { cancel(errLease) }
	var beat sync.WaitGroup
	beat.Go(func() { k.lease.keep(ctx, func() { cancel(errLease) }, k.known) })
	defer beat.Wait() // or it could take the lease that is let go of
	defer cancel(nil)
	k.done.Go(func() { k.watch(ctx, cancel) })
	for {
		p, err := k.pick()
		if err != nil {
			return err
		}
		err = k.holdAs(ctx, p)
		if cause := context.Cause(ctx); cause != nil {
			if errors.Is(cause, errIdle) && !k.elsewhere(context.WithoutCancel(ctx)) || k.cfg.Alone && errors.Is(cause, context.Canceled) {
				k.finish(p)
			}
			return cause
		}
		if errors.Is(err, errLease) {
			return err
		}
		k.cfg.Log.Warn("RingCentral does not tell somebody of events who wants to be told", "cause", err)
		k.refuse(p, err)
	}
}

// known says whether the replicas still know how RingCentral tells of the account: a store that
// was emptied has forgotten it, and what comes by webhook is not taken any more.
func (k *keep) known(ctx context.Context) bool {
	r, err := k.records.load(ctx, k.account)
	return r != nil || err != nil
}

// holdAs has RingCentral tell of the account with the credentials of p, until ctx ends or it
// refuses to.
func (k *keep) holdAs(ctx context.Context, p Person) error {
	k.broken = broken{} // it was another's, or another replica has told since
	for wait := firstRetry; ; {
		began := time.Now()
		err := k.way.hold(ctx, k, p)
		if ctx.Err() != nil || errors.Is(err, errLease) || k.refused(err) {
			return err
		}
		k.set(Broken)
		if time.Since(began) > lastRetry {
			wait = firstRetry
		}
		k.cfg.Log.Warn("RingCentral does not tell of events for now: it is asked again", "cause", err, "in", wait)
		sleep(ctx, wait)
		wait = min(3*wait, lastRetry)
	}
}

// watch ends ctx with errIdle when nobody has wanted to be told for a while.
func (k *keep) watch(ctx context.Context, cancel context.CancelCauseFunc) {
	for ctx.Err() == nil {
		left, idle := k.idle()
		switch {
		case !idle:
			left = time.Hour // it is nudged before
		case left <= 0:
			cancel(errIdle)
			return
		}
		k.pause(ctx, left)
	}
}

// finish has RingCentral tell no more.
func (k *keep) finish(p Person) {
	ctx, cancel := context.WithTimeout(p.Context, leaseLife)
	defer cancel()
	if err := k.way.end(ctx, k, p); err != nil {
		k.cfg.Log.Warn("RingCentral tells of events that nobody wants to be told: that ends by itself", "cause", err)
	}
}

func sleep(ctx context.Context, d time.Duration) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
	case <-t.C:
	}
}
