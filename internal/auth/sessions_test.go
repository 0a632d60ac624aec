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
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/ringql/ringql/internal/auth"
	"github.com/ringql/ringql/internal/sim"
)

// house is a simulator, and replicas of a gateway before it.
type house struct {
	t         *testing.T
	sim       *sim.Server
	store     *faulty
	refreshes atomic.Int32
	revokes   atomic.Int32
	log       bytes.Buffer
	lost      func() // is called when a new pair has come, and before anybody has it
}

func newHouse(t *testing.T, store auth.Store) *house {
	t.Helper()
	s, err := sim.New(sim.Config{})
	if err != nil {
		t.Fatal(err)
	}
	return &house{t: t, sim: s, store: &faulty{Store: store}}
}

// faulty is a store that can be away.
type faulty struct {
	auth.Store
	away atomic.Bool
}

var errFaulty = errors.New("the store is away")

func (f *faulty) Load(ctx context.Context, key string) ([]byte, error) {
	if f.away.Load() {
		return nil, errFaulty
	}
	return f.Store.Load(ctx, key)
}

func (f *faulty) Swap(ctx context.Context, key string, old, value []byte, life time.Duration) (bool, error) {
	if f.away.Load() {
		return false, errFaulty
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
	resp, err := h.sim.Transport().RoundTrip(r)
	if h.lost != nil && form.Get("grant_type") == "refresh_token" {
		h.lost()
	}
	return resp, err
}

func (h *house) oauth() *auth.OAuth {
	return auth.NewOAuth(auth.App{ServerURL: "http://upstream", ClientID: sim.ClientID, ClientSecret: sim.ClientSecret}, roundTripper(h.tokens))
}

// replica is one process of the gateway.
type replica struct {
	*auth.Sessions
	h *house
}

func (h *house) replica() *replica {
	h.t.Helper()
	s, err := auth.NewSessions(auth.SessionsConfig{
		OAuth: h.oauth(), Store: h.store, Cipher: newCipher(h.t, sessionKey(1)),
		Log: slog.New(slog.NewTextHandler(&h.log, nil)),
	})
	if err != nil {
		h.t.Fatal(err)
	}
	return &replica{s, h}
}

func (r *replica) signIn(code string) (handle string) {
	r.h.t.Helper()
	g, err := r.h.oauth().Exchange(r.h.t.Context(), code, auth.Verifier())
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
	u := &upstream{ctx: ctx, next: auth.Transport()(h.sim.Transport())}
	return u.get()
}

func (r *replica) wants(handle string, want error) {
	r.h.t.Helper()
	if s, err := r.Find(r.h.t.Context(), handle); !errors.Is(err, want) || (err == nil) != (s != nil) {
		r.h.t.Errorf("%v, %v, want %v", s, err, want)
	}
}

// Who has signed in is known by the handle, on each replica, until signing out.
func TestSessionFromStartToEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHouse(t, auth.NewMemory())
		a, b := h.replica(), h.replica()
		handle := a.signIn(sim.AdministratorID)
		if status, err := b.get(t.Context(), handle); status != http.StatusOK || err != nil {
			t.Fatal(status, err)
		}
		s := b.find(handle)
		if s.Owner != sim.AdministratorID || s.Name != "Jane" || s.Account == "" || len(s.Scopes) == 0 || s.End.Sub(s.Created) != 12*time.Hour {
			t.Errorf("%+v", s)
		}
		if !s.Trusts(s.CSRF.Reveal()) || s.Trusts("") || s.Trusts(handle) {
			t.Error("the CSRF token is not what it should be")
		}
		if err := a.End(t.Context(), handle); err != nil {
			t.Fatal(err)
		}
		a.Wait()
		for _, r := range []*replica{a, b} {
			r.wants(handle, auth.ErrEnded)
		}
		if status, err := h.call(auth.With(t.Context(), s.Person)); status != http.StatusUnauthorized && err == nil {
			t.Errorf("the tokens live on: %d", status)
		}
		if h.revokes.Load() != 1 {
			t.Errorf("%d revocations", h.revokes.Load())
		}
		if err := a.End(t.Context(), handle); err != nil || h.revokes.Load() != 1 {
			t.Errorf("signing out twice: %v", err)
		}
	})
}
