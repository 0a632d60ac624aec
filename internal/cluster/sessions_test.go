package cluster_test

import (
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/ringql/ringql/internal/auth"
	"github.com/ringql/ringql/internal/cluster"
	"github.com/ringql/ringql/internal/cluster/redistest"
	"github.com/ringql/ringql/internal/sim"
)

// signingIn is a simulator whose sign-in page is left out: a code is who it is for. It
// counts refreshes.
type signingIn struct {
	next      http.RoundTripper
	refreshes atomic.Int32
}

func (s *signingIn) RoundTrip(r *http.Request) (*http.Response, error) {
	body, _ := io.ReadAll(r.Body)
	form, _ := url.ParseQuery(string(body))
	switch form.Get("grant_type") {
	case "refresh_token":
		s.refreshes.Add(1)
	case "authorization_code":
		form = url.Values{"grant_type": {"urn:ietf:params:oauth:grant-type:jwt-bearer"}, "assertion": {sim.JWT(form.Get("code"))}}
	}
	r = r.Clone(r.Context())
	r.Body = io.NopCloser(strings.NewReader(form.Encode()))
	r.ContentLength = int64(len(form.Encode()))
	return s.next.RoundTrip(r)
}

// 500 requests at the end of a token, on three replicas that share nothing but Redis, are
// one token call, and none fails.
func TestSessionsShareOneRefresh(t *testing.T) {
	redis := redistest.Start(t)
	for _, after := range []time.Duration{58 * time.Minute, time.Hour} {
		synctest.Test(t, func(t *testing.T) {
			upstream, err := sim.New(sim.Config{Limits: map[string]int{"light": 10_000, "auth": 100}})
			if err != nil {
				t.Fatal(err)
			}
			way := &signingIn{next: upstream.Transport()}
			replicas := make([]*auth.Sessions, 3)
			for i := range replicas {
				replicas[i] = newSessions(t, redis.URL, way)
			}
			handle := signIn(t, replicas[0], way)
			time.Sleep(after)
			upstream.FailNext("getToken", 1, sim.Fault{Delay: 300 * time.Millisecond})
			var all sync.WaitGroup
			for i := range 500 {
				all.Go(func() { ask(t, replicas[i%3], handle, upstream) })
			}
			all.Wait()
			if n := way.refreshes.Load(); n != 1 {
				t.Errorf("%d token calls", n)
			}
			if err := replicas[2].End(t.Context(), handle); err != nil {
				t.Error(err)
			}
			if _, err := replicas[1].Find(t.Context(), handle); err == nil {
				t.Error("a session that was ended elsewhere goes on")
			}
			replicas[2].Wait()
		})
	}
}

// signingKey is 32 bytes in base64.
const signingKey = "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="

func newSessions(t *testing.T, redisURL string, way http.RoundTripper) *auth.Sessions {
	t.Helper()
	v, err := cluster.OpenValues(cluster.Config{URL: redisURL, Timeout: 10 * time.Second, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = v.Close() })
	c, err := auth.NewCipher(signingKey)
	if err != nil {
		t.Fatal(err)
	}
	s, err := auth.NewSessions(auth.SessionsConfig{OAuth: oauthBy(way), Store: v, Cipher: c, Idle: 2 * time.Hour})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func oauthBy(way http.RoundTripper) *auth.OAuth {
	return auth.NewOAuth(auth.App{ServerURL: "http://upstream", ClientID: sim.ClientID, ClientSecret: auth.NewSecret(sim.ClientSecret)}, way)
}

func signIn(t *testing.T, s *auth.Sessions, way http.RoundTripper) string {
	t.Helper()
	g, err := oauthBy(way).Exchange(t.Context(), "", sim.AdministratorID, auth.Verifier())
	if err != nil {
		t.Fatal(err)
	}
	handle, err := s.Start(t.Context(), g, "", "")
	if err != nil {
		t.Fatal(err)
	}
	return handle
}

func ask(t *testing.T, s *auth.Sessions, handle string, upstream *sim.Server) {
	found, err := s.Find(t.Context(), handle)
	if err != nil {
		t.Error(err)
		return
	}
	req, _ := http.NewRequestWithContext(auth.With(t.Context(), found.Person), http.MethodGet, "http://upstream/restapi/v1.0/account/~", nil)
	resp, err := auth.Transport()(upstream.Transport()).RoundTrip(req)
	if err != nil {
		t.Error(err)
		return
	}
	_ = resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		t.Errorf("status %d", resp.StatusCode)
	}
}
