// Package admission decides which operations are carried out now, which wait, and which
// are refused, so that those that are carried out take no longer than when there are few.
// It must not know what an operation does.
//
// An operation needs a processor at times, and waits for the upstream at others; a limit on
// how many are under way is too low for those that wait, or too high for those that do not.
// So there are turns, one for each processor: an operation has one while it works, gives it
// back while it waits (Pause), and gets it again. And operations are begun no faster than the
// processors can carry them, by the time that each has had a turn so far: else many would
// begin while all wait for the upstream, and come back together. Limiters that go by how
// long operations take (failsafe-go, go-concurrency-limits) take a slow upstream, or a dear
// query, for overload.
package admission

import (
	"context"
	"errors"
	"math"
	"runtime"
	"slices"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// ErrFull means that there is too much to do already.
var ErrFull = errors.New("too many operations under way")

// Config says how many operations are let in. Zero fields mean no limit.
type Config struct {
	InFlight int           // most under way at once, at work or waiting
	Queued   int           // most that wait to be let in
	Patience time.Duration // how long one waits to be let in; zero means one second
}

// BenchmarkOverload of test/overload shows what these figures come to.
const (
	// slack is how many operations are begun to those that can be carried out: the average
	// is known but roughly.
	slack = 1.2
	// firstGuess is for how many seconds an operation has a turn, before any has ended.
	firstGuess = 0.005
	// headroom is how many operations may be under way for each turn, beside half as many
	// again as usually are, when some of them lack a turn, or memory is short: what a sudden
	// crowd takes is known once some of it has ended.
	headroom = 4
	// usually is the time over which it is averaged how many are under way.
	usually = time.Second
	// weight of one operation in the average.
	weight = 0.05
	// standing is how long a queue may be there that came with a burst. One that is there
	// longer, or again and again, only makes everybody wait: it is kept to as many as there are turns.
	standing = 300 * time.Millisecond
)

// Controller lets operations in. Use New.
type Controller struct {
	cfg  Config
	most int // turns
	// ample is how many operations the memory is enough for, by a guess that is high for most.
	ample  int
	memory func() float64

	mu       sync.Mutex
	free     int             // turns
	underWay int             // operations
	back     []chan struct{} // operations that want a turn again, first come first served
	queue    fair            // those that are not let in yet
	crowd    float64         // the part of the recent time when there was a queue that the processors caused
	capped   bool            // whether all who are under way wait, and are as many as may be
	usual    float64         // how many operations were under way in the recent time
	seen     time.Time       // when these two were brought up to date
	ended    int             // how many operations have
	work     float64         // seconds that each had a turn, on average
	pace     *rate.Limiter
	timer    *time.Timer // for when pace allows the next
}

// New returns a controller.
func New(cfg Config) *Controller {
	if cfg.InFlight <= 0 {
		cfg.InFlight = math.MaxInt
	}
	if cfg.Queued <= 0 {
		cfg.Queued = math.MaxInt
	}
	if cfg.Patience <= 0 {
		cfg.Patience = time.Second
	}
	most, memory := runtime.GOMAXPROCS(0), newGauge()
	return &Controller{
		cfg: cfg, most: most, free: most, ample: int(memory.limit / memoryOfOne), memory: memory.read, queue: newFair(),
		work: firstGuess, pace: rate.NewLimiter(rate.Limit(float64(most)/firstGuess), most),
	}
}

// Enter lets an operation of a person in, at once or after a wait; ErrFull when it is not
// to be carried out, or ctx's error. What is returned is to be left when it is over.
func (c *Controller) Enter(ctx context.Context, who string) (*Operation, error) {
	c.mu.Lock()
	c.settle()
	if c.queue.len() == 0 && c.welcome() {
		c.begin()
		c.mu.Unlock()
		return c.operation(), nil
	}
	w, refused := c.queue.push(who, c.room())
	if refused != nil {
		refused.done <- ErrFull
	}
	c.mu.Unlock()
	if w == nil {
		return nil, ErrFull
	}
	patience := time.NewTimer(c.cfg.Patience)
	defer patience.Stop()
	var err error
	select {
	case err = <-w.done:
	case <-ctx.Done():
		err = c.giveUp(w, ctx.Err())
	case <-patience.C:
		err = c.giveUp(w, ErrFull)
	}
	if err != nil {
		return nil, err
	}
	return c.operation(), nil
}

// Full says whether an operation of a person would be refused now: it need not be read
// before it is.
func (c *Controller) Full(who string) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.settle()
	return c.queue.len() > 0 && !c.queue.takes(who, c.room())
}

// room is how many may wait to be let in.
func (c *Controller) room() int {
	if c.crowd > 1-1/math.E { // as it is when there has been one for as long as standing
		return min(c.cfg.Queued, c.most)
	}
	return c.cfg.Queued
}

// watch brings what is known of the recent time up to date.
func (c *Controller) watch() {
	now := time.Now()
	since := now.Sub(c.seen).Seconds()
	c.seen = now
	crowd := 0.0
	if c.queue.len() > 0 && !c.capped {
		crowd = 1
	}
	c.crowd = crowd + (c.crowd-crowd)*math.Exp(-since/standing.Seconds())
	c.usual = float64(c.underWay) + (c.usual-float64(c.underWay))*math.Exp(-since/usually.Seconds())
}

// giveUp takes a waiter out of the queue; nil when it has been let in meanwhile.
func (c *Controller) giveUp(w *waiter, why error) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.queue.remove(w) {
		return why
	}
	return <-w.done
}

// welcome says whether one more operation may begin. If that is a matter of time alone, it
// is asked again then.
func (c *Controller) welcome() bool {
	room := headroom*c.most + int(1.5*c.usual)
	taken := c.memory()
	if len(c.back) == 0 && taken <= roomy {
		room = max(room, c.ample)
	}
	most := min(c.cfg.InFlight, room)
	if taken > roomy {
		most = max(1, int(float64(most)*(full-taken)/(full-roomy)))
	}
	c.capped = c.free > 0 && c.underWay >= most
	if c.free == 0 {
		return false
	}
	c.pace.SetLimit(c.rate())
	if !c.capped && c.pace.Allow() {
		return true
	}
	if c.timer == nil {
		c.timer = time.AfterFunc(again, func() {
			c.mu.Lock()
			defer c.mu.Unlock()
			c.timer = nil
			c.settle()
		})
	}
	return false
}

// again is when it is asked anew whether one may begin who may not now, though there is a
// turn for it.
const again = 2 * time.Millisecond

// rate is how many operations may begin in a second: as many as the turns carry, by the time
// that one has a turn; fewer by the part of those under way that wait for theirs.
func (c *Controller) rate() rate.Limit {
	carried := slack * float64(c.most) / c.work
	return rate.Limit(carried * max(0.1, 1-float64(len(c.back))/float64(c.underWay+1)))
}

func (c *Controller) begin() {
	c.free--
	c.underWay++
}

// settle gives the turns that are free to those who want one. Those who begin are not
// put behind those who go on: pace sees to it that there are not too many, and if none
// began while there is much to do, there would be nothing to do soon after.
func (c *Controller) settle() {
	c.watch()
	defer c.trim()
	for c.free > 0 {
		switch {
		case c.queue.len() > 0 && c.welcome():
			c.begin()
			c.queue.pop().done <- nil
		case len(c.back) > 0:
			close(c.back[0])
			c.back = c.back[1:]
			c.free--
		default:
			return
		}
	}
}

// trim refuses those who are too many to wait.
func (c *Controller) trim() {
	for room := c.room(); c.queue.len() > room; {
		c.queue.drop().done <- ErrFull
	}
}

// take waits for a turn; false when ctx ended first.
func (c *Controller) take(ctx context.Context) bool {
	c.mu.Lock()
	if c.free > 0 && len(c.back) == 0 {
		c.free--
		c.mu.Unlock()
		return true
	}
	w := make(chan struct{})
	c.back = append(c.back, w)
	c.mu.Unlock()
	select {
	case <-w:
		return true
	case <-ctx.Done():
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if i := slices.Index(c.back, w); i >= 0 {
		c.back = slices.Delete(c.back, i, i+1)
		return false
	}
	return true // given meanwhile
}

// put gives a turn back.
func (c *Controller) put() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.free++
	c.settle()
}

// over ends an operation that has worked for so long.
func (c *Controller) over(worked time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.underWay--
	c.ended++
	took := min(worked.Seconds(), 5*c.work) // one that is unlike the others says little of the next
	c.work = max(1e-5, c.work+max(weight, 1/float64(c.ended+1))*(took-c.work))
	c.settle()
}
