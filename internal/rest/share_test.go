package rest

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/ringql/ringql/internal/admission"
	"github.com/ringql/ringql/internal/budget"
)

// slow answers after a time, unless the request ends before. It counts requests.
type slow struct {
	takes time.Duration
	body  string
	calls atomic.Int64
	ended atomic.Int64 // requests that were broken off
}

func (s *slow) RoundTrip(r *http.Request) (*http.Response, error) {
	s.calls.Add(1)
	select {
	case <-time.After(s.takes):
		return answerWith(r, 200, s.body), nil
	case <-r.Context().Done():
		s.ended.Add(1)
		return nil, r.Context().Err()
	}
}

const oneAccount = `{"id":1,"uri":"https://u/restapi/v1.0/account/1","mainNumber":"+1"}`

func TestSameReadsAreOneCall(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		up := &slow{takes: time.Second, body: oneAccount}
		var shared atomic.Int64
		c := New(Config{Transport: up, Report: func(_ context.Context, call Call) {
			if call.Shared && call.Operation == readAccountInfo {
				shared.Add(1)
			}
		}})
		got := make([]*Account, 100)
		var wg sync.WaitGroup
		for i := range got {
			wg.Go(func() { got[i], _ = c.ReadAccountInfo(t.Context(), Own) })
		}
		wg.Wait()
		for _, a := range got {
			if a == nil || a != got[0] {
				t.Fatalf("got %p, another got %p", a, got[0])
			}
		}
		if up.calls.Load() != 1 || shared.Load() != 99 {
			t.Errorf("%d calls, %d told of", up.calls.Load(), shared.Load())
		}
		if _, err := c.ReadAccountInfo(t.Context(), Own); err != nil || up.calls.Load() != 2 {
			t.Errorf("later: %d calls, %v", up.calls.Load(), err)
		}
	})
}

// What differs in anything that the answer depends on is a call of its own.
func TestOtherReadsAreOtherCalls(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		up := &slow{takes: time.Second, body: `{"id":1,"records":[],"paging":{"totalElements":0}}`}
		who := func(name string) context.Context { return context.WithValue(t.Context(), testPerson{}, name) }
		c := New(Config{Transport: up, Who: personOf})
		var wg sync.WaitGroup
		for _, f := range []func(){
			func() { _, _ = c.ReadAccountInfo(who("a"), Own) },
			func() { _, _ = c.ReadAccountInfo(who("b"), Own) },
			func() { _, _ = c.ReadAccountInfo(who("a"), "1") },
			func() { _, _ = c.ReadAccountServiceInfo(who("a"), Own) },
			func() { _, _ = c.ListExtensions(who("a"), Own, ExtensionFilter{}, 1, 10) },
			func() { _, _ = c.ListExtensions(who("a"), Own, ExtensionFilter{}, 2, 10) },
			func() { _, _ = c.ListExtensions(who("a"), Own, ExtensionFilter{Email: []string{"x"}}, 1, 10) },
			func() { _, _ = c.ReadAccountInfo(Fresh(who("a")), Own) },
			func() { c.ReadExtensions(who("a"), Own, []string{"1", "2"}) },
			func() { c.ReadExtensions(who("a"), Own, []string{"1"}) },
		} {
			wg.Go(f)
			synctest.Wait()
		}
		if n := up.calls.Load(); n != 10 {
			t.Errorf("%d calls in place of 10", n)
		}
		wg.Wait()
	})
}

type testPerson struct{}

func personOf(ctx context.Context) string { who, _ := ctx.Value(testPerson{}).(string); return who }

// A call goes on for those who wait when whoever began it leaves, and ends with the last.
func TestWhoBeganLeaves(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		up := &slow{takes: time.Second, body: oneAccount}
		c := New(Config{Transport: up})
		ask := func() (leave func(), came chan error) {
			ctx, leave := context.WithCancel(t.Context())
			came = make(chan error, 1)
			go func() { _, err := c.ReadAccountInfo(ctx, Own); came <- err }()
			synctest.Wait()
			return leave, came
		}
		leave, first := ask()
		_, second := ask()
		leave()
		if err := <-first; !errors.Is(err, context.Canceled) || !errors.Is(err, ErrTimeout) {
			t.Errorf("the first: %v", err)
		}
		if err := <-second; err != nil || up.calls.Load() != 1 || up.ended.Load() != 0 {
			t.Errorf("the second: %v after %d calls, %d broken off", err, up.calls.Load(), up.ended.Load())
		}
		leave, third := ask()
		leaveToo, fourth := ask()
		leave()
		leaveToo()
		if <-third == nil || <-fourth == nil {
			t.Error("who left was given an answer")
		}
		synctest.Wait()
		if up.ended.Load() != 1 {
			t.Error("a call went on that nobody waits for")
		}
		if _, fifth := ask(); <-fifth != nil {
			t.Error("a call that was given up was joined")
		}
	})
}

// That the time of whoever began a call is up, or too short for the budget, is no answer
// to those who have more.
func TestTimeOfWhoBegan(t *testing.T) {
	for _, tt := range []struct {
		name  string
		up    http.RoundTripper
		calls int64
		ends  time.Duration
	}{
		{"deadline", &slow{takes: 2 * time.Second, body: oneAccount}, 2, 3 * time.Second},
		{"budget", roundTripper(func(r *http.Request) (*http.Response, error) {
			if end, ok := r.Context().Deadline(); ok && time.Until(end) < 5*time.Second {
				time.Sleep(time.Second / 2)
				return nil, &budget.Error{Group: budget.Light, RetryAfter: 5 * time.Second}
			}
			time.Sleep(time.Second)
			return answerWith(r, 200, oneAccount), nil
		}), 2, 3 * time.Second / 2},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var calls atomic.Int64
				c := New(Config{Transport: roundTripper(func(r *http.Request) (*http.Response, error) {
					calls.Add(1)
					return tt.up.RoundTrip(r)
				})})
				start := time.Now()
				ask := func(patience time.Duration) error {
					ctx, cancel := context.WithTimeout(t.Context(), patience)
					defer cancel()
					_, err := c.ReadAccountInfo(ctx, Own)
					return err
				}
				var wg sync.WaitGroup
				wg.Go(func() {
					if ask(time.Second) == nil {
						t.Error("who began it had time enough")
					}
				})
				synctest.Wait()
				for range 50 {
					wg.Go(func() {
						if err := ask(10 * time.Second); err != nil {
							t.Error(err)
						}
					})
				}
				wg.Go(func() {
					if ask(time.Second+worthwhile/2) == nil {
						t.Error("who has hardly more time asked again")
					}
				})
				wg.Wait()
				if calls.Load() != tt.calls || time.Since(start) != tt.ends {
					t.Errorf("%d calls, %s", calls.Load(), time.Since(start))
				}
			})
		})
	}
}

// An answer that several have counts against the allowance of each, and is refused to
// those alone whom it is too much for.
func TestSharedAllowance(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		up := &slow{takes: time.Second, body: `{"id":1,"cfid":"` + strings.Repeat("x", 982) + `"}`}
		c := New(Config{Transport: up, Cache: CacheConfig{TTL: time.Minute}})
		poor, rich := WithAllowance(t.Context(), 500), WithAllowance(t.Context(), 2500)
		var wg sync.WaitGroup
		ask := func(name string, ctx context.Context, want error) {
			wg.Go(func() {
				if _, err := c.ReadAccountInfo(ctx, Own); !errors.Is(err, want) {
					t.Errorf("%s: %v, want %v", name, err, want)
				}
			})
			synctest.Wait()
		}
		ask("poor", poor, ErrTooMuch)
		ask("rich", rich, nil)
		ask("endless", t.Context(), nil)
		wg.Wait()
		ask("remembered", rich, nil)
		ask("remembered, and too much", rich, ErrTooMuch)
		ask("endless", t.Context(), nil)
		wg.Wait()
		if n := up.calls.Load(); n != 1 {
			t.Errorf("%d calls", n)
		}
		ask("alone", Fresh(WithAllowance(t.Context(), 500)), ErrTooMuch)
		wg.Wait()
	})
}

// Who comes late has read what was read before, and has more time for the rest than those
// who could read no more.
func TestAllowanceOfWhoComesLate(t *testing.T) {
	f := &flight{done: make(chan struct{}), cancel: func() {}}
	poor, late := WithAllowance(t.Context(), 10), WithAllowance(t.Context(), 100)
	f.enterAs(poor)
	if !f.spend(10) {
		t.Error("within the allowance of the only one")
	}
	if !f.enter(late) || purseOf(late).left.Load() != 90 {
		t.Errorf("who came late has %d left", purseOf(late).left.Load())
	}
	if !f.spend(10) || !purseOf(poor).spent() {
		t.Error("one may read on, the other not")
	}
	f.leave(late)
	if f.spend(1) {
		t.Error("nobody is left who may read on")
	}
	if !f.enter(t.Context()) || !f.spend(1) {
		t.Error("who has no bound may")
	}
}

// A failure is that of all, and is not remembered.
func TestSharedFailure(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var calls atomic.Int64
		c := New(Config{Cache: CacheConfig{TTL: time.Minute}, Transport: roundTripper(func(r *http.Request) (*http.Response, error) {
			calls.Add(1)
			time.Sleep(time.Second)
			switch r.URL.Path {
			case "/restapi/v1.0/account/1":
				panic("it is broken")
			case "/restapi/v1.0/account/2":
				return answerWith(r, 404, `{"errors":[{"errorCode":"CMN-102","parameterName":"accountId"}]}`), nil
			case "/restapi/v1.0/account/3":
				runtime.Goexit()
			}
			return answerWith(r, 200, oneAccount), nil // of another account
		})})
		for _, tt := range []struct {
			account, want string
			broken        bool
		}{
			{"1", "it is broken", true},
			{"2", "CMN-102", false},
			{"3", "it came to no end", true},
			{"4", `record "1" in place of "4"`, false},
		} {
			for range 2 {
				var wg sync.WaitGroup
				for range 3 {
					wg.Go(func() {
						err, broken := caught(func() error { _, err := c.ReadAccountInfo(t.Context(), tt.account); return err })
						if err == nil || !strings.Contains(err.Error(), tt.want) || broken != tt.broken {
							t.Errorf("account %s: %v", tt.account, err)
						}
					})
				}
				wg.Wait()
			}
		}
		if calls.Load() != 8 {
			t.Errorf("%d calls in place of 8", calls.Load())
		}
		if len(c.flights.all) != 0 {
			t.Errorf("%d are under way", len(c.flights.all))
		}
	})
}

func caught(f func() error) (err error, broken bool) {
	defer func() {
		if v := recover(); v != nil {
			err, broken = fmt.Errorf("%v", v), true
		}
	}()
	return f(), false
}

// Those who wait for a call of somebody else have no turn meanwhile, and one again when it
// is there.
func TestWaitingTakesNoTurn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		up := &slow{takes: time.Second, body: oneAccount}
		c := New(Config{Transport: up})
		turns := admission.New(admission.Config{InFlight: 1000, Patience: time.Minute})
		enter := func() (context.Context, *admission.Operation) {
			o, err := turns.Enter(t.Context(), "me")
			if err != nil {
				t.Fatal(err)
			}
			return admission.With(t.Context(), o), o
		}
		var wg sync.WaitGroup
		start := time.Now()
		for range 4 * runtime.GOMAXPROCS(0) {
			ctx, o := enter()
			wg.Go(func() {
				defer o.Leave()
				if _, err := c.ReadAccountInfo(ctx, Own); err != nil {
					t.Error(err)
				}
			})
			synctest.Wait()
		}
		if time.Since(start) >= up.takes {
			t.Error("who waits keeps others out")
		}
		wg.Wait()
		if up.calls.Load() != 1 {
			t.Errorf("%d calls", up.calls.Load())
		}
		var all []*admission.Operation
		for range runtime.GOMAXPROCS(0) {
			_, o := enter()
			all = append(all, o)
		}
		if time.Since(start) > 2*time.Second {
			t.Error("a turn was lost")
		}
		for _, o := range all {
			o.Leave()
		}
		time.Sleep(time.Second) // timers of turns
	})
}

// Requests for many ids are joined as well; what each part came to is everybody's.
func TestSameManyIDsAreOneCall(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		up := &bulk{most: 50, form: manyIDsType, parts: jsonParts}
		c := New(Config{Transport: roundTripper(func(r *http.Request) (*http.Response, error) {
			time.Sleep(time.Second)
			return up.RoundTrip(r)
		})})
		var wg sync.WaitGroup
		for range 20 {
			wg.Go(func() {
				found := c.ReadExtensions(t.Context(), Own, []string{"12", "11", "13"})
				if found["11"].Value.Name != "n11" || found["12"].Err != nil || !errors.Is(found["13"].Err, ErrNotFound) {
					t.Errorf("found %v", found)
				}
			})
		}
		wg.Wait()
		if len(up.sent) != 1 {
			t.Errorf("%d calls", len(up.sent))
		}
	})
}
