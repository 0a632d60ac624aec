package notify_test

import (
	"context"
	"errors"
	"math/rand/v2"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/ringql/ringql/internal/notify"
	"github.com/ringql/ringql/internal/rest"
	"github.com/ringql/ringql/internal/sim"
)

var errDead = errors.New("this replica is dead")

// replica is a gateway that can be killed: from then on it reaches nothing and nobody, so that it
// lets go of nothing.
type replica struct {
	*notify.Events
	w    *faulty
	life context.Context // it ends with the replica
	end  context.CancelFunc

	mu    sync.Mutex
	fuse  int       // steps until it dies; 0 for none
	armed int       // the fuse that is lit once it asks RingCentral to tell of events
	away  time.Time // until when it does not reach what all share
	mute  time.Time // until when it does not reach the log alone
}

// start adds a replica.
func (w *faulty) start() *replica {
	r := &replica{w: w}
	r.life, r.end = context.WithCancel(context.Background())
	r.Events = w.gateway(func(c *notify.Config) {
		c.Bus, c.Store, c.Via, c.Log, c.Life = reached{r, w.bus, w.store}, reached{r, w.bus, w.store}, w.via, nil, upstreamLife
		c.REST = rest.New(rest.Config{BaseURL: "http://sim", Transport: bearer{reaching{r, w.sim.Transport()}}, Cache: rest.CacheConfig{TTL: time.Hour}})
		c.Transport = reaching{r, w.network.dialer(r)}
	})
	w.mu.Lock()
	defer w.mu.Unlock()
	w.replicas = append(w.replicas, r)
	return r
}

func (r *replica) alive() bool { return r.life.Err() == nil }

// kill stops a replica at once.
func (r *replica) kill() {
	r.end()
	r.w.network.reset(r)
	go r.Close()
}

// step is before and after whatever a replica does outside; it may be its last.
func (r *replica) step() error {
	r.mu.Lock()
	last := r.fuse == 1
	r.fuse = max(0, r.fuse-1)
	r.mu.Unlock()
	if last {
		r.kill()
	}
	if !r.alive() {
		return errDead
	}
	return nil
}

// asks lights the fuse, if it is to burn.
func (r *replica) asks() {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.armed > 0 {
		r.armed, r.fuse = 0, r.armed
	}
}

// arm has the replica die some steps after it asks RingCentral to tell of events, the next time.
func (r *replica) arm(steps int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.armed = steps
}

// leave keeps a replica from the others for a while.
func (r *replica) leave(d time.Duration) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.away = time.Now().Add(d)
}

// silence keeps a replica from the log for a while.
func (r *replica) silence(d time.Duration) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.mute = time.Now().Add(d)
}

// logged says whether the replica reaches the log.
func (r *replica) logged() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if time.Now().Before(r.mute) {
		return errDown
	}
	return nil
}

// shared says whether the replica reaches what all share.
func (r *replica) shared() error {
	if err := r.step(); err != nil {
		return err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if time.Now().Before(r.away) {
		return errDown
	}
	return nil
}

// reached is what all replicas share, as one reaches it.
type reached struct {
	r     *replica
	bus   notify.Bus
	store notify.Store
}

func outside[T any](r *replica, do func() (T, error)) (T, error) {
	var none T
	if err := r.shared(); err != nil {
		return none, err
	}
	out, err := do()
	if err == nil {
		err = r.step()
	}
	return out, err
}

func (x reached) Publish(ctx context.Context, account string, events ...notify.Event) (int, error) {
	if err := x.r.logged(); err != nil {
		return 0, err
	}
	return outside(x.r, func() (int, error) { return x.bus.Publish(ctx, account, events...) })
}

func (x reached) Read(ctx context.Context, account string, from notify.Position, most int) (notify.Page, error) {
	if err := x.r.logged(); err != nil {
		return notify.Page{}, err
	}
	return outside(x.r, func() (notify.Page, error) { return x.bus.Read(ctx, account, from, most) })
}

func (x reached) Follow(ctx context.Context, rang func(string)) { x.bus.Follow(ctx, rang) }

func (x reached) Load(ctx context.Context, key string) ([]byte, error) {
	return outside(x.r, func() ([]byte, error) { return x.store.Load(ctx, key) })
}

func (x reached) Swap(ctx context.Context, key string, old, value []byte, life time.Duration) (bool, error) {
	return outside(x.r, func() (bool, error) { return x.store.Swap(ctx, key, old, value, life) })
}

// reaching is how a replica reaches RingCentral.
type reaching struct {
	r    *replica
	next http.RoundTripper
}

func (x reaching) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Method == http.MethodPost && strings.HasSuffix(r.URL.Path, "/subscription") || strings.HasSuffix(r.URL.Path, "/ws") {
		x.r.asks()
	}
	if err := x.r.step(); err != nil {
		return nil, err
	}
	resp, err := x.next.RoundTrip(r)
	if dead := x.r.step(); dead != nil && err == nil {
		_ = resp.Body.Close()
		return nil, dead
	}
	return resp, err
}

// RoundTrip leads webhooks to the replicas that live, one after the other.
func (w *faulty) RoundTrip(r *http.Request) (*http.Response, error) {
	if w.network.left() > 0 {
		return nil, errDown
	}
	one := w.anyone()
	if one == nil {
		return nil, errDown
	}
	d := door{to: one.Events}
	resp, err := d.RoundTrip(r)
	if !one.alive() {
		return nil, errReset
	}
	return resp, err
}

// anyone returns a replica that lives, each time another one.
func (w *faulty) anyone() *replica {
	w.mu.Lock()
	defer w.mu.Unlock()
	for range w.replicas {
		w.turn++
		if r := w.replicas[w.turn%len(w.replicas)]; r.alive() {
			return r
		}
	}
	return nil
}

// living returns the replicas that live.
func (w *faulty) living() (all []*replica) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, r := range w.replicas {
		if r.alive() {
			all = append(all, r)
		}
	}
	return all
}

// client is somebody who is told, by one replica after the other.
type client struct {
	w      *faulty
	random *rand.Rand
	person notify.Person
	pause  time.Duration // after each entry, on average
	stay   int           // entries for which it stays, on average

	mu   sync.Mutex
	last notify.Position
	told []notify.Entry

	visits atomic.Int64
}

// run reads until ctx ends, wherever it can.
func (c *client) run(ctx context.Context) {
	for ctx.Err() == nil {
		if r := c.w.anyone(); r != nil {
			c.visit(ctx, r)
		}
		away := time.Duration(c.random.ExpFloat64() * float64(time.Second))
		if c.stay > 0 && c.random.IntN(4) == 0 {
			away *= 100
		}
		sleepFor(ctx, away)
	}
}

// visit reads from a replica until it fails, or for long enough.
func (c *client) visit(ctx context.Context, r *replica) {
	here, leave := context.WithCancel(r.life)
	defer leave()
	defer context.AfterFunc(ctx, leave)()
	reader, err := r.Subscribe(here, notify.Subscription{Account: sim.AccountID, After: c.position().String(), Person: c.person})
	if err != nil {
		return
	}
	defer reader.Close()
	c.visits.Add(1)
	for n := 0; c.stay == 0 || c.random.IntN(c.stay) > 0 || n == 0; n++ {
		e, err := reader.Next(here)
		if err != nil {
			return
		}
		c.add(*e)
		if c.pause > 0 {
			sleepFor(here, time.Duration(c.random.ExpFloat64()*float64(c.pause)))
		}
	}
}

func (c *client) add(e notify.Entry) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.last, c.told = e.Position, append(c.told, e)
}

func (c *client) position() notify.Position {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.last
}

func sleepFor(ctx context.Context, d time.Duration) {
	select {
	case <-time.After(d):
	case <-ctx.Done():
	}
}
