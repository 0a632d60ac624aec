package rest

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
)

// No redirect is followed, of whatever kind and method, to wherever it leads: it would carry
// the token along, or make a read of a change.
func TestRedirectsAreNotFollowed(t *testing.T) {
	elsewhere := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		t.Errorf("%s %s was sent elsewhere, with %v", r.Method, r.URL, r.Header)
	}))
	defer elsewhere.Close()
	for _, status := range []int{300, 301, 302, 303, 307, 308} {
		for _, to := range []string{elsewhere.URL + "/restapi/v1.0/account/~", "/restapi/v1.0/account/1", "//" + elsewhere.Listener.Addr().String(), "%zz"} {
			calls := 0
			base := NewTransport()
			cfg := Config{Transport: Chain(roundTripper(func(r *http.Request) (*http.Response, error) {
				r = r.Clone(r.Context())
				r.Header.Set("Authorization", "Bearer x")
				return base.RoundTrip(r)
			}), Retry())}
			c := upstream(t, cfg, func(w http.ResponseWriter, _ *http.Request) {
				calls++
				w.Header().Set("Location", to)
				w.WriteHeader(status)
				_, _ = io.WriteString(w, `{"id":1}`)
			})
			for name, send := range map[string]func(context.Context) error{
				"a read": func(ctx context.Context) error { _, err := c.ReadAccountInfo(ctx, Own); return err },
				"a change": func(ctx context.Context) error {
					_, err := c.UpdateExtension(ctx, ExtensionID{Key: Key{Account: Own, RCID: "5"}}, ExtensionUpdate{})
					return err
				},
			} {
				calls = 0
				if err := send(t.Context()); !errors.Is(err, ErrInvalid) || calls != 1 {
					t.Errorf("%s, %d to %s: %d calls, %v", name, status, to, calls, err)
				}
			}
		}
	}
}
