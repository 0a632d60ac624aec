package gateway_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/ringql/ringql/internal/auth"
	"github.com/ringql/ringql/internal/budget"
	"github.com/ringql/ringql/internal/gateway"
	"github.com/ringql/ringql/internal/rest"
	"github.com/ringql/ringql/internal/sim"
)

// screens is a gateway with the program's default limits, in front of an upstream that takes
// a tenth of a second for an answer.
type screens struct {
	http.Handler
	upstream *sim.Server
	tokens   sync.Map // by person
}

func newScreens(t *testing.T, ttl time.Duration) *screens {
	t.Helper()
	upstream, err := sim.New(sim.Config{Extensions: 100, Latency: 100 * time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	gate, telemetry := budget.NewGate(), gateway.NewTelemetry()
	g, err := gateway.New(gateway.Config{
		Gate: gate, Telemetry: telemetry,
		REST: rest.New(rest.Config{
			BaseURL: "http://upstream", Who: auth.Key, Gate: gate, Cache: rest.CacheConfig{TTL: ttl, DictionaryTTL: ttl}, Report: telemetry.Call,
			Transport: rest.Chain(upstream.Transport(), rest.Retry(), auth.Transport(), budget.Transport(gate, auth.Key), rest.Observe(telemetry.Call)),
		}),
	})
	if err != nil {
		t.Fatal(err)
	}
	return &screens{Handler: g, upstream: upstream}
}

func (s *screens) ask(ctx context.Context, person, query string, headers ...string) *httptest.ResponseRecorder {
	body, _ := json.Marshal(map[string]string{"query": query})
	r := httptest.NewRequestWithContext(ctx, http.MethodPost, "/graphql", bytes.NewReader(body))
	r.Header.Set("Content-Type", "application/json")
	token, known := s.tokens.Load(person)
	if !known {
		token, _ = s.tokens.LoadOrStore(person, s.upstream.Token(person))
	}
	r.Header.Set("Authorization", fmt.Sprint("Bearer ", token))
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	return w
}

// joined is how many were given the answer to another request.
func (s *screens) joined(t *testing.T) (n int) {
	t.Helper()
	w := httptest.NewRecorder()
	s.ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/metrics", nil))
	_, after, _ := strings.Cut(w.Body.String(), "\nringql_requests_joined_total ")
	if _, err := fmt.Sscan(after, &n); err != nil {
		t.Fatal(err)
	}
	return n
}

const oneQuery = `{ account { mainNumber extensions(first: 100) { totalCount nodes { name extensionNumber } } } }`

// slowQuery reads twice, one after the other.
const slowQuery = `{ account { mainNumber extensions(first: 2, filter: {type: USER}) { nodes { name forwardingNumbers { nodes { label } } } } } }`

// failingQuery is slowQuery with a part that fails.
var failingQuery = strings.Replace(slowQuery, "filter: {type: USER}", "", 1)

// A thousand who ask for the same at once are one call for each read, though no more than a
// hundred may wait to be let in; nobody is told to come again.
func TestSameQueriesAreOneCall(t *testing.T) {
	const many = 1000
	synctest.Test(t, func(t *testing.T) {
		s := newScreens(t, 5*time.Second)
		answers := make([]*httptest.ResponseRecorder, many)
		var wg sync.WaitGroup
		for i := range answers {
			wg.Go(func() { answers[i] = s.ask(t.Context(), sim.AdministratorID, oneQuery) })
		}
		wg.Wait()
		ids := map[string]bool{}
		for _, w := range answers {
			if w.Code != http.StatusOK || w.Body.String() != answers[0].Body.String() || !strings.Contains(w.Body.String(), "totalCount") || strings.Contains(w.Body.String(), "errors") {
				t.Fatalf("%d: %.200s", w.Code, w.Body)
			}
			if w.Header().Get("Content-Type") != answers[0].Header().Get("Content-Type") {
				t.Errorf("headers %v", w.Header())
			}
			ids[w.Header().Get("X-Request-Id")] = true
		}
		if made := s.upstream.Calls(); len(made) != 2 || len(ids) != many || s.joined(t) != many-1 {
			t.Errorf("%d joined, %d requests have ids of their own, calls: %v", s.joined(t), len(ids), made)
		}
		time.Sleep(time.Second) // timers of turns
	})
}

// Who is to be carried out alone is: changes, other people, other wishes, and who comes when
// what another one has read would not do any more.
func TestWhoJoinsNobody(t *testing.T) {
	const change = `mutation { updateExtension(input: {extensionId: "435068008", contact: {firstName: "Janet"}}) { outcome } }`
	for _, tt := range []struct {
		name   string
		query  string
		other  string // whose the second request is, if not the administrator's
		header string
		ttl    time.Duration
		later  time.Duration
		joined int
	}{
		{name: "the same", query: oneQuery, ttl: time.Minute, joined: 1},
		{name: "a moment later", query: slowQuery, ttl: time.Minute, later: 150 * time.Millisecond, joined: 1},
		{name: "one who fails", query: failingQuery, ttl: time.Minute, joined: 1},
		{name: "one who failed for a reason of then", query: failingQuery, ttl: time.Minute, later: 150 * time.Millisecond},
		{name: "when what was read has expired", query: slowQuery, ttl: 10 * time.Millisecond, later: 150 * time.Millisecond},
		{name: "nothing is remembered", query: slowQuery, later: 150 * time.Millisecond},
		{name: "nothing is remembered, but nothing was read yet", query: oneQuery, later: 50 * time.Millisecond, joined: 1},
		{name: "another person", query: oneQuery, ttl: time.Minute, other: sim.StandardUserID},
		{name: "one wants to know the calls", query: oneQuery, ttl: time.Minute, header: "X-RingQL-Plan"},
		{name: "a change", query: change, ttl: time.Minute},
		{name: "what is left now", query: `{ budgets { left } account { mainNumber } }`, ttl: time.Minute, later: 50 * time.Millisecond},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := newScreens(t, tt.ttl)
				person, headers := sim.AdministratorID, []string{}
				if tt.other != "" {
					person = tt.other
				}
				if tt.header != "" {
					headers = append(headers, tt.header, "actual")
				}
				var wg sync.WaitGroup
				wg.Go(func() { s.ask(t.Context(), sim.AdministratorID, tt.query, headers...) })
				synctest.Wait()
				time.Sleep(tt.later)
				s.ask(t.Context(), person, tt.query, headers...)
				wg.Wait()
				if n := s.joined(t); n != tt.joined {
					t.Errorf("%d joined, want %d", n, tt.joined)
				}
				time.Sleep(time.Second)
			})
		})
	}
}

// Who asks after a change is told of it, though another one who asked before is still
// waited for.
func TestChangeWhileAnotherIsUnderWay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newScreens(t, time.Minute)
		change := func(name string) time.Duration {
			begin := time.Now()
			w := s.ask(t.Context(), sim.AdministratorID, fmt.Sprintf(`mutation { updateExtension(input: {extensionId: "435068008", contact: {firstName: %q}}) { outcome userErrors { message } } }`, name))
			if !strings.Contains(w.Body.String(), "APPLIED") {
				t.Fatal(w.Body)
			}
			return time.Since(begin)
		}
		change("Before") // whose account it is, is known now
		takes := change("Then")
		var wg sync.WaitGroup
		wg.Go(func() {
			time.Sleep(takes - 50*time.Millisecond)
			s.ask(t.Context(), sim.AdministratorID, oneQuery)
		})
		change("Now")
		synctest.Wait()
		if w := s.ask(t.Context(), sim.AdministratorID, oneQuery); !strings.Contains(w.Body.String(), "Now") || s.joined(t) != 0 {
			t.Errorf("%d joined and are told %.300s", s.joined(t), w.Body)
		}
		wg.Wait()
		time.Sleep(time.Second)
	})
}

// Who is waited for may leave; who waits may, too.
func TestWhoIsJoinedLeaves(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newScreens(t, time.Minute)
		var wg sync.WaitGroup
		first, leave := context.WithCancel(t.Context())
		second, leaveToo := context.WithCancel(t.Context())
		answers := make([]*httptest.ResponseRecorder, 3)
		for i, ctx := range []context.Context{first, second, t.Context()} {
			wg.Go(func() { answers[i] = s.ask(ctx, sim.AdministratorID, oneQuery) })
			synctest.Wait()
		}
		time.Sleep(50 * time.Millisecond)
		leave()
		leaveToo()
		wg.Wait()
		if answers[2].Code != http.StatusOK || strings.Contains(answers[2].Body.String(), "errors") || len(s.upstream.Calls()) != 2 {
			t.Errorf("%d %.200s after %v", answers[2].Code, answers[2].Body, s.upstream.Calls())
		}
		alone, leaveAlone := context.WithCancel(t.Context())
		wg.Go(func() { s.ask(alone, sim.AdministratorID, slowQuery) })
		synctest.Wait()
		leaveAlone()
		begin := time.Now()
		if wg.Wait(); time.Since(begin) > 0 {
			t.Error("it is carried out though nobody waits")
		}
		time.Sleep(time.Second)
	})
}
