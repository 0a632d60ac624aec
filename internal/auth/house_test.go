package auth_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/ringql/ringql/internal/auth"
	"github.com/ringql/ringql/internal/sim"
)

// house is a simulator, and replicas of a gateway before it.
type house struct {
	t         *testing.T
	sim       *sim.Server
	way       http.RoundTripper // to the simulator
	store     *faulty
	refreshes atomic.Int32
	revokes   atomic.Int32
	log       syncBuffer
	came      func() // is called when a new pair has come, and before anybody has it
}

func newHouse(t *testing.T, store auth.Store) *house {
	t.Helper()
	s, err := sim.New(sim.Config{Limits: map[string]int{"light": 100_000, "medium": 100_000, "heavy": 100_000, "auth": 100_000}})
	if err != nil {
		t.Fatal(err)
	}
	return &house{t: t, sim: s, way: s.Transport(), store: &faulty{Store: store}}
}

// syncBuffer is a log that many write to.
type syncBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (s *syncBuffer) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(p)
}

func (s *syncBuffer) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.String()
}

// faulty is a store that can be away.
type faulty struct {
	auth.Store
	away  atomic.Bool
	late  atomic.Int64 // how long the next load takes to come back
	slow  atomic.Int64 // how long each swap takes
	stall atomic.Int64 // how long that takes which comes after the next lease
	swaps atomic.Int32
	hook  atomic.Pointer[func()] // is called before the next swap
}

var errFaulty = errors.New("the store is away")

func (f *faulty) Load(ctx context.Context, key string) ([]byte, error) {
	if f.away.Load() {
		return nil, errFaulty
	}
	v, err := f.Store.Load(ctx, key)
	time.Sleep(time.Duration(f.late.Swap(0)))
	return v, err
}

func (f *faulty) Swap(ctx context.Context, key string, old, value []byte, life time.Duration) (bool, error) {
	if f.away.Load() {
		return false, errFaulty
	}
	f.swaps.Add(1)
	if hook := f.hook.Swap(nil); hook != nil {
		(*hook)()
	}
	time.Sleep(time.Duration(f.slow.Load()))
	if strings.HasPrefix(key, "lease:") {
		f.late.Store(f.stall.Swap(0))
	}
	return f.Store.Swap(ctx, key, old, value, life)
}

// tokens is the way of token calls. A code is the id of who it signs in, and after a comma
// the scopes: that there are codes at all is the simulator's own test.
func (h *house) tokens(r *http.Request) (*http.Response, error) {
	body, _ := io.ReadAll(r.Body)
	form, _ := url.ParseQuery(string(body))
	switch {
	case strings.HasSuffix(r.URL.Path, "/revoke"):
		h.revokes.Add(1)
	case form.Get("grant_type") == "refresh_token":
		h.refreshes.Add(1)
	case form.Get("grant_type") == "authorization_code":
		id, scope, _ := strings.Cut(form.Get("code"), ",")
		form.Set("grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer")
		form.Set("assertion", sim.JWT(id))
		form.Set("scope", scope)
	}
	r = r.Clone(r.Context())
	text := form.Encode()
	r.Body, r.ContentLength = io.NopCloser(strings.NewReader(text)), int64(len(text))
	resp, err := h.way.RoundTrip(r)
	if f := h.came; f != nil && form.Get("grant_type") == "refresh_token" {
		h.came = nil
		f()
	}
	return resp, err
}

func (h *house) oauth() *auth.OAuth {
	return auth.NewOAuth(auth.App{ServerURL: "http://upstream", ClientID: sim.ClientID, ClientSecret: auth.NewSecret(sim.ClientSecret)}, roundTripper(h.tokens))
}

// replica is one process of the gateway.
type replica struct {
	*auth.Sessions
	h *house
}

func (h *house) replica() *replica {
	h.t.Helper()
	return h.replicaWith(newCipher(h.t, sessionKey(1)))
}

func (h *house) replicaWith(c *auth.Cipher) *replica {
	h.t.Helper()
	s, err := auth.NewSessions(auth.SessionsConfig{
		OAuth: h.oauth(), Store: h.store, Cipher: c, Idle: 3 * time.Hour,
		Log: slog.New(slog.NewTextHandler(&h.log, nil)),
	})
	if err != nil {
		h.t.Fatal(err)
	}
	return &replica{s, h}
}

func (r *replica) signIn(code string) (handle string) {
	r.h.t.Helper()
	g, err := r.h.oauth().Exchange(r.h.t.Context(), "", code, auth.Verifier())
	if err == nil {
		handle, err = r.Start(r.h.t.Context(), g, "37439510", "Jane")
	}
	if err != nil {
		r.h.t.Fatal(err)
	}
	return handle
}

func (r *replica) find(handle string) *auth.Session {
	r.h.t.Helper()
	s, err := r.Find(r.h.t.Context(), handle)
	if err != nil {
		r.h.t.Fatal(err)
	}
	return s
}

// get reads something for the session of handle.
func (r *replica) get(ctx context.Context, handle string) (int, error) {
	s, err := r.Find(ctx, handle)
	if err != nil {
		return 0, err
	}
	return r.h.call(auth.With(ctx, s.Person))
}

func (h *house) call(ctx context.Context) (int, error) {
	u := &upstream{ctx: ctx, next: auth.Transport()(h.way)}
	return u.get()
}

func (r *replica) wants(handle string, want error) {
	r.h.t.Helper()
	if s, err := r.Find(r.h.t.Context(), handle); !errors.Is(err, want) || (err == nil) != (s != nil) {
		r.h.t.Errorf("%v, %v, want %v", s, err, want)
	}
}
