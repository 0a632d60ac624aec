package rest

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// What the reads of somebody told holds as long as each would be answered the same again.
func TestSight(t *testing.T) {
	for _, tt := range []struct {
		name  string
		do    func(t *testing.T, c *Client, ctx context.Context)
		holds time.Duration // how long it holds after that
	}{
		{"nothing was read", func(*testing.T, *Client, context.Context) {}, time.Hour},
		{"one read", func(t *testing.T, c *Client, ctx context.Context) { mustRead(t, c, ctx) }, testTTL},
		{"a read of what is remembered", func(t *testing.T, c *Client, ctx context.Context) {
			mustRead(t, c, t.Context())
			time.Sleep(testTTL / 2)
			mustRead(t, c, ctx)
		}, testTTL / 2},
		{"of many, some of which are remembered", func(t *testing.T, c *Client, ctx context.Context) {
			c.ReadExtensions(t.Context(), Own, []string{"11"})
			time.Sleep(testTTL / 2)
			c.ReadExtensions(ctx, Own, []string{"11", "12"})
		}, testTTL / 2},
		{"a read that wants to know what is now", func(t *testing.T, c *Client, ctx context.Context) { mustRead(t, c, Fresh(ctx)) }, 0},
		{"a read that failed", func(_ *testing.T, c *Client, ctx context.Context) { _, _ = c.ReadAccountServiceInfo(ctx, Own) }, 0},
		{"a POST that reads", func(_ *testing.T, c *Client, ctx context.Context) {
			_, _ = c.ParsePhoneNumbers(ctx, []string{"1"}, Parse{})
		}, 0},
		{"somebody's change", func(t *testing.T, c *Client, _ context.Context) { _ = change(t, c, "another", "9") }, 0},
		{"a token that was refused", func(_ *testing.T, c *Client, _ context.Context) { c.epochs.shut("me") }, 0},
		{"changes that were missed", func(_ *testing.T, c *Client, _ context.Context) { c.Missed() }, 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				c := New(Config{Generation: OnlyV1, Cache: CacheConfig{TTL: testTTL}, Transport: roundTripper(func(r *http.Request) (*http.Response, error) {
					id := r.URL.Path[strings.LastIndex(r.URL.Path, "/")+1:]
					switch {
					case strings.HasSuffix(id, "service-info"):
						return answerWith(r, 404, `{}`), nil
					case id == "~":
						id = "1"
					case id == "parse":
						return answerWith(r, 200, `{}`), nil
					}
					return answerWith(r, 200, `{"id":`+id+`}`), nil
				}), Who: func(ctx context.Context) string {
					if who := personOf(ctx); who != "" {
						return who
					}
					return "me"
				}})
				ctx, s := c.Watch(t.Context())
				if tt.do(t, c, ctx); tt.holds > 0 && !s.Holds() {
					t.Error("it does not hold")
				}
				if time.Sleep(tt.holds); s.Holds() && tt.holds < time.Hour {
					t.Error("it holds for ever")
				}
			})
		})
	}
}

func mustRead(t *testing.T, c *Client, ctx context.Context) { //nolint:revive // t first, as everywhere
	t.Helper()
	if _, err := c.ReadAccountInfo(ctx, Own); err != nil {
		t.Fatal(err)
	}
}
