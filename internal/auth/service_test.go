package auth_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/ringql/ringql/internal/auth"
	"github.com/ringql/ringql/internal/sim"
)

// upstream is a simulator and a way to it that counts token calls.
type upstream struct {
	sim    *sim.Server
	tokens atomic.Int32
	next   http.RoundTripper // the API, with the service's tokens
	ctx    context.Context   // of the service's person
}

func newUpstream(t *testing.T, cred auth.Credential) *upstream {
	t.Helper()
	s, err := sim.New(sim.Config{})
	if err != nil {
		t.Fatal(err)
	}
	u := &upstream{sim: s}
	counted := roundTripper(func(r *http.Request) (*http.Response, error) {
		u.tokens.Add(1)
		return s.Transport().RoundTrip(r)
	})
	u.ctx = auth.With(t.Context(), auth.NewService(cred, counted))
	u.next = auth.Transport()(s.Transport())
	return u
}

type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func credential() auth.Credential {
	return auth.Credential{ServerURL: "http://upstream", ClientID: sim.ClientID, ClientSecret: auth.NewSecret(sim.ClientSecret), JWT: auth.NewSecret(sim.JWT(sim.AdministratorID))}
}

func (u *upstream) get() (int, error) {
	req, err := http.NewRequestWithContext(u.ctx, http.MethodGet, "http://upstream/restapi/v1.0/account/~", nil)
	if err != nil {
		return 0, err
	}
	resp, err := u.next.RoundTrip(req)
	if err != nil {
		return 0, err
	}
	_, _ = io.Copy(io.Discard, resp.Body)
	_ = resp.Body.Close()
	return resp.StatusCode, nil
}

// All who wait for the first token share one call.
func TestOneTokenForAll(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		u := newUpstream(t, credential())
		u.sim.FailNext("getToken", 1, sim.Fault{Delay: time.Second})
		var wg sync.WaitGroup
		for range 40 {
			wg.Go(func() {
				if status, err := u.get(); status != http.StatusOK || err != nil {
					t.Errorf("%d, %v", status, err)
				}
			})
		}
		wg.Wait()
		if n := u.tokens.Load(); n != 1 {
			t.Errorf("%d token calls, want 1", n)
		}
	})
}

// A token is replaced ahead of its end, while the old one serves.
func TestRefreshAhead(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		u := newUpstream(t, credential())
		if _, err := u.get(); err != nil {
			t.Fatal(err)
		}
		time.Sleep(56 * time.Minute)
		u.sim.FailNext("getToken", 1, sim.Fault{Delay: 5 * time.Second})
		start := time.Now()
		if status, err := u.get(); status != http.StatusOK || err != nil || time.Since(start) != 0 {
			t.Errorf("%d, %v after %s: nobody should have waited", status, err, time.Since(start))
		}
		time.Sleep(10 * time.Second)
		if n := u.tokens.Load(); n != 2 {
			t.Errorf("%d token calls, want 2", n)
		}
		time.Sleep(10 * time.Minute) // the first token has ended by now
		if status, err := u.get(); status != http.StatusOK || err != nil || u.tokens.Load() != 2 {
			t.Errorf("%d, %v, %d token calls", status, err, u.tokens.Load())
		}
	})
}

// A token that the upstream has ended is replaced; a read is repeated, a write is not.
func TestRefusedToken(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		u := newUpstream(t, credential())
		if _, err := u.get(); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Minute) // a token that has just come is not replaced
		u.sim.FailNext("readAccountInfo", 1, sim.Fault{Status: http.StatusUnauthorized, Body: `{"errors":[{"errorCode":"OAU-213"}]}`})
		if status, err := u.get(); status != http.StatusOK || err != nil || u.tokens.Load() != 2 {
			t.Errorf("read: %d, %v, %d token calls", status, err, u.tokens.Load())
		}
		calls := len(u.sim.Calls())
		u.sim.FailNext("readAccountInfo", 1, sim.Fault{Status: http.StatusUnauthorized})
		req, _ := http.NewRequestWithContext(u.ctx, http.MethodPut, "http://upstream/restapi/v1.0/account/~/phone-number/723455008", strings.NewReader("{}"))
		u.sim.FailNext("reassignPhoneNumberById", 1, sim.Fault{Status: http.StatusUnauthorized})
		resp, err := u.next.RoundTrip(req)
		if err != nil || resp.StatusCode != http.StatusUnauthorized || len(u.sim.Calls()) != calls+1 {
			t.Errorf("write: %v, %v, %v", resp, err, u.sim.Calls()[calls:])
		}
	})
}

// A credential that is refused is not tried again at once: there are five token
// calls a minute. Nothing secret is in the error.
func TestRefusedCredential(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		bad := credential()
		bad.JWT = auth.NewSecret("canary-jwt")
		bad.ClientSecret = auth.NewSecret("canary-secret")
		u := newUpstream(t, bad)
		for range 20 {
			_, err := u.get()
			if !errors.Is(err, auth.ErrCredential) || strings.Contains(err.Error(), "canary") {
				t.Fatalf("err = %v", err)
			}
		}
		if n := u.tokens.Load(); n != 1 {
			t.Errorf("%d token calls, want 1", n)
		}
		time.Sleep(13 * time.Second)
		_, _ = u.get()
		if n := u.tokens.Load(); n != 2 {
			t.Errorf("%d token calls after a pause, want 2", n)
		}
	})
}

func TestUpstreamWithoutTokens(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for _, f := range []sim.Fault{{Drop: true}, {Status: 503, Body: "<html>"}, {Status: 429}} {
			u := newUpstream(t, credential())
			u.sim.FailNext("getToken", 1, f)
			if _, err := u.get(); !errors.Is(err, auth.ErrUnavailable) {
				t.Errorf("%+v: %v", f, err)
			}
		}
	})
}

// Who gives up does not wait on, and takes nothing from those who do.
func TestGivingUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		u := newUpstream(t, credential())
		u.sim.FailNext("getToken", 1, sim.Fault{Delay: 5 * time.Second})
		patient := make(chan int, 1)
		go func() {
			status, _ := u.get()
			patient <- status
		}()
		synctest.Wait()
		ctx, cancel := context.WithTimeout(u.ctx, time.Second)
		defer cancel()
		hasty := &upstream{sim: u.sim, next: u.next, ctx: ctx}
		start := time.Now()
		if _, err := hasty.get(); !errors.Is(err, context.DeadlineExceeded) || time.Since(start) != time.Second {
			t.Errorf("%v after %s", err, time.Since(start))
		}
		if status := <-patient; status != http.StatusOK {
			t.Errorf("who waited got %d", status)
		}
	})
}

// What the app may do is known when a token has come that tells it, and not before; where
// nothing is told, nothing is known.
func TestScopes(t *testing.T) {
	for answer, want := range map[string][]string{
		`"scope":"ReadAccounts EditExtensions",`: {"ReadAccounts", "EditExtensions"},
		`"scope":"",`:                            nil,
		``:                                       nil,
		`"scope":["ReadAccounts"],`:              nil,
	} {
		service := auth.NewService(credential(), roundTripper(func(*http.Request) (*http.Response, error) {
			return response(http.StatusOK, `{`+answer+`"access_token":"t1","token_type":"bearer","expires_in":3600}`)
		}))
		ctx := auth.With(t.Context(), service)
		if got := auth.Scopes(ctx); got != nil {
			t.Errorf("before a token came: %q", got)
		}
		if err := service.Check(ctx); err != nil {
			t.Fatal(err)
		}
		if got := auth.Scopes(ctx); !slices.Equal(got, want) || (got == nil) != (want == nil) {
			t.Errorf("%s: %q", answer, got)
		}
	}
}
