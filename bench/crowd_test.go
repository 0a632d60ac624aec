package bench

import (
	"context"
	"math/rand/v2"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/ringql/ringql/internal/auth"
	"github.com/ringql/ringql/internal/budget"
	"github.com/ringql/ringql/internal/rest"
	"github.com/ringql/ringql/internal/sim"
)

// crowd is people who ask for more than they may, by way of gateways, while another
// program may spend from the same budgets.
type crowd struct {
	people   int
	replicas int
	minutes  int
	demand   float64 // what they ask for, as a multiple of the limits
	burst    int     // requests that come at once; zero means one
	bulk     float64 // part of them that is bulk

	foreign float64 // part of the limits that the other program takes
	jitter  float64 // how unevenly, as a part of the time between two of its calls

	fastest, slowest time.Duration // of a call to the upstream and back

	during []event
}

// event is something that happens at a time after the start.
type event struct {
	at time.Duration
	do func(*scene)
}

// groups are those of the reads, with their limits and a read of each that everyone may do.
var groups = []struct {
	group budget.Group
	limit int
	path  string
}{
	{budget.Light, 50, "/restapi/v1.0/account/~"},
	{budget.Medium, 40, "/restapi/v1.0/account/~/extension?perPage=1"},
	{budget.Heavy, 10, "/restapi/v1.0/account/~/phone-number?perPage=1"},
}

// The programs, as the upstream tells them apart.
const (
	ours   = "RingQL"
	theirs = "Other"
)

// lose notes that a minute of so many people is lost, in one group or in all.
func (s *scene) lose(people int, group budget.Group) {
	for _, g := range groups {
		if group == "" || group == g.group {
			s.lost[string(g.group)] += people * g.limit
		}
	}
}

// person is one of the crowd.
type person struct {
	id, token string
	auth      *auth.Person
}

// waiter is one request of the crowd, and what became of it.
type waiter struct {
	person, group, replica int
	bulk                   bool
	came, deadline         time.Duration // since the start
	sent, ended            time.Duration // zero while it waits, and until it ends
	status                 int
}

// place is where w stands in the line: what is bulk, as if it had come a minute later.
func (w *waiter) place() time.Duration {
	if w.bulk {
		return w.came + time.Minute
	}
	return w.came
}

// scene is a crowd at work.
type scene struct {
	crowd
	t        *testing.T
	upstream *sim.Server
	persons  []person
	links    []http.RoundTripper // one of each replica
	start    time.Time
	before   []sim.Spent // at the start
	spent    []sim.Spent // at the end

	mu      sync.Mutex
	rng     *rand.Rand
	waiters []*waiter
	told    told
	lost    map[string]int // calls that a penalty allows nobody, by group
	work    sync.WaitGroup
}

// run has the crowd at work and returns the scene. It runs in a synctest bubble.
func (c crowd) run(t *testing.T, gate func(*testing.T) *budget.Gate) *scene {
	t.Helper()
	upstream, err := sim.New(sim.Config{Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	s := &scene{crowd: c, t: t, upstream: upstream, rng: rand.New(rand.NewPCG(1, 2)), told: told{until: map[budgetOf]time.Time{}}, lost: map[string]int{}}
	for range c.people {
		s.persons = append(s.persons, s.hire())
	}
	for range c.replicas {
		s.links = append(s.links, rest.Chain(roundTripper(s.wire), rest.Retry(), auth.Transport(), budget.Transport(gate(t), auth.Key)))
	}
	ctx, cancel := context.WithCancel(t.Context())
	s.start = time.Now().Add(time.Minute) // the other program has been at it for a while
	s.everyone(func(p, g int) { s.other(ctx, p, g) })
	time.Sleep(time.Minute)
	s.before = upstream.Spent()
	s.everyone(func(p, g int) { s.ask(ctx, p, g) })
	for _, e := range c.during {
		s.work.Go(func() {
			if pause(ctx, e.at) {
				e.do(s)
			}
		})
	}
	time.Sleep(time.Duration(c.minutes) * time.Minute)
	s.spent = upstream.Spent()
	cancel()
	s.work.Wait()
	return s
}

// hire adds a person to the company.
func (s *scene) hire() person {
	id := s.upstream.AddExtension(0, "Robin Reader")
	token := s.upstream.Token(id)
	who, err := new(auth.Authenticator).Identify("Bearer "+token, "")
	if err != nil {
		s.t.Fatal(err)
	}
	return person{id, token, who}
}

// everyone does something for each person and group, all at once.
func (s *scene) everyone(do func(person, group int)) {
	for p := range s.persons {
		for g := range groups {
			s.work.Go(func() { do(p, g) })
		}
	}
}

// other is the other program, which spends evenly and does as a 429 says.
func (s *scene) other(ctx context.Context, person, group int) {
	if s.foreign == 0 {
		return
	}
	gap := time.Duration(float64(time.Minute) / (float64(groups[group].limit) * s.foreign))
	next := time.Now().Add(s.random(gap))
	for pause(ctx, time.Until(next)) {
		next = next.Add(gap + time.Duration(s.jitter*float64(s.random(2*gap)-gap)))
		req := request(ctx, group)
		req.Header.Set("Authorization", "Bearer "+s.persons[person].token)
		req.Header.Set("User-Agent", theirs)
		if resp, err := s.wire(req); err == nil && resp.StatusCode == http.StatusTooManyRequests {
			next = time.Now().Add(61 * time.Second)
		}
	}
}

// ask has requests of one person in one group come in for as long as ctx lasts.
func (s *scene) ask(ctx context.Context, person, group int) {
	burst := max(s.burst, 1)
	gap := time.Duration(float64(time.Minute) * float64(burst) / (float64(groups[group].limit) * s.demand))
	for pause(ctx, time.Duration(float64(gap)*s.exponential())) {
		for range burst {
			w := s.newWaiter(person, group)
			s.work.Go(func() { s.wait(ctx, w) })
		}
	}
}

func (s *scene) newWaiter(person, group int) *waiter {
	s.mu.Lock()
	defer s.mu.Unlock()
	w := &waiter{
		person: person, group: group, replica: s.rng.IntN(s.replicas),
		bulk: s.rng.Float64() < s.bulk, came: time.Since(s.start),
	}
	w.deadline = w.came + time.Duration(30+s.rng.IntN(91))*time.Second
	s.waiters = append(s.waiters, w)
	return w
}

type waiterKey struct{}

// wait sends the request of w and notes what becomes of it.
func (s *scene) wait(ctx context.Context, w *waiter) {
	ctx, cancel := context.WithDeadline(ctx, s.start.Add(w.deadline))
	defer cancel()
	ctx = auth.With(context.WithValue(ctx, waiterKey{}, w), s.persons[w.person].auth)
	if w.bulk {
		ctx = budget.Bulk(ctx)
	}
	req := request(budget.With(ctx, groups[w.group].group, ""), w.group)
	req.Header.Set("User-Agent", ours)
	resp, err := s.links[w.replica].RoundTrip(req)
	w.ended = time.Since(s.start)
	if err != nil {
		return
	}
	_ = resp.Body.Close()
	w.status = resp.StatusCode
}

func request(ctx context.Context, group int) *http.Request {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://upstream"+groups[group].path, nil)
	if err != nil {
		panic(err) // the paths above are well formed
	}
	return req
}

// wire takes a request to the upstream and its answer back. What has left arrives, whether
// or not anyone waits for the answer.
func (s *scene) wire(req *http.Request) (*http.Response, error) {
	w, ok := req.Context().Value(waiterKey{}).(*waiter)
	if ok {
		s.leaves(w)
	}
	type answer struct {
		resp *http.Response
		err  error
	}
	there, back := s.trip(), s.trip()
	answers := make(chan answer, 1)
	s.work.Go(func() {
		time.Sleep(there)
		resp, err := s.upstream.Transport().RoundTrip(req.WithContext(context.WithoutCancel(req.Context())))
		time.Sleep(back)
		answers <- answer{resp, err}
	})
	select {
	case a := <-answers:
		if ok && a.err == nil {
			s.comes(w, a.resp)
		}
		return a.resp, a.err
	case <-req.Context().Done():
		return nil, req.Context().Err()
	}
}

// leaves notes that the call of w leaves.
func (s *scene) leaves(w *waiter) {
	s.mu.Lock()
	defer s.mu.Unlock()
	w.sent = time.Since(s.start)
	s.told.sent(budgetOf{w.replica, w.person, w.group}, time.Now())
}

// comes notes that the answer for w comes.
func (s *scene) comes(w *waiter, resp *http.Response) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.told.answered(budgetOf{w.replica, w.person, w.group}, time.Now(), resp)
}

func (s *scene) trip() time.Duration { return (s.fastest + s.random(s.slowest-s.fastest)) / 2 }

// random returns a time from zero to below d.
func (s *scene) random(d time.Duration) time.Duration {
	if d <= 0 {
		return 0
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return time.Duration(s.rng.Int64N(int64(d)))
}

func (s *scene) exponential() float64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.rng.ExpFloat64()
}

// pause waits for d, or says false when ctx ends before.
func pause(ctx context.Context, d time.Duration) bool {
	select {
	case <-time.After(d):
		return true
	case <-ctx.Done():
		return false
	}
}

type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }
