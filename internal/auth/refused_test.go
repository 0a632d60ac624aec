package auth_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/ringql/ringql/internal/auth"
)

// pretender is an upstream whose tokens are called t1, t2 ...; what it thinks of them,
// the test says.
type pretender struct {
	api    func(token string) (status int, body string) // what a call with a token comes to
	expire any                                          // expires_in of the tokens
	fail   bool                                         // whether token calls fail

	mu     sync.Mutex
	tokens int // token calls
	calls  int
}

func (p *pretender) RoundTrip(r *http.Request) (*http.Response, error) {
	time.Sleep(100 * time.Millisecond)
	if !strings.HasSuffix(r.URL.Path, "/token") {
		p.mu.Lock()
		p.calls++
		p.mu.Unlock()
		return response(p.api(strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")))
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.tokens++
	if p.fail {
		return response(http.StatusServiceUnavailable, "")
	}
	expire := p.expire
	if expire == nil {
		expire = 3600
	}
	return response(http.StatusOK, fmt.Sprintf(`{"access_token":"t%d","token_type":"bearer","expires_in":%v}`, p.tokens, expire))
}

func response(status int, body string) (*http.Response, error) {
	return &http.Response{StatusCode: status, Header: http.Header{"Content-Type": {"application/json"}}, Body: io.NopCloser(strings.NewReader(body))}, nil
}

// call makes one call and tells its status and body.
type call func(method string) (int, string, error)

func (p *pretender) service(t *testing.T) call {
	t.Helper()
	ctx := auth.With(t.Context(), auth.NewService(credential(), p))
	link := auth.Transport()(p)
	return func(method string) (int, string, error) { return through(ctx, link, method) }
}

func through(ctx context.Context, link http.RoundTripper, method string) (int, string, error) {
	req, err := http.NewRequestWithContext(ctx, method, "http://upstream/x", nil)
	if err != nil {
		return 0, "", err
	}
	resp, err := link.RoundTrip(req)
	if err != nil {
		return 0, "", err
	}
	defer func() { _ = resp.Body.Close() }()
	b, err := io.ReadAll(resp.Body)
	return resp.StatusCode, string(b), err
}

const bad = `{"errors":[{"errorCode":"OAU-213","message":"Token not found"}]}`

// refusing takes no token but those given.
func refusing(body string, good ...string) func(string) (int, string) {
	return func(token string) (int, string) {
		if slices.Contains(good, token) {
			return http.StatusOK, "{}"
		}
		return http.StatusUnauthorized, body
	}
}

// Only a refusal that is about the token has it replaced, and whoever reads the answer
// finds it whole.
func TestWhatARefusalIsAbout(t *testing.T) {
	for body, replaced := range map[string]bool{
		bad: true,
		`{"errorCode":"TokenInvalid","message":"x"}`:                      true,
		`{"errorCode":"TokenExpired","errors":[{"errorCode":"OAU-128"}]}`: true,
		`{"error":"invalid_token"}`:                                       true,
		"":                                                                true,
		"<html>unauthorized</html>":                                       true,
		`[1]`:                                                             true,
		`{"errorCode":"CMN-405","errors":[{"errorCode":"CMN-405","message":"Login needed"}]}`: false,
		`{"errors":[{"errorCode":"CMN-405"}]}`:                                                false,
		`{"errorCode":"InsufficientPermissions","errors":[{"errorCode":"CMN-401"}]}`:          false,
		`{"errorCode":"CMN-405","errors":"none"}`:                                             false,
		`{"errorCode":"CMN-405","message":"` + strings.Repeat("x", 40<<10) + `"}`:             false,
		bad + strings.Repeat(" ", 1<<20):                                                      true,
	} {
		synctest.Test(t, func(t *testing.T) {
			p := &pretender{api: refusing(body)}
			get := p.service(t)
			_, _, _ = get(http.MethodGet)
			time.Sleep(2 * time.Minute)
			p.calls, p.tokens = 0, 0
			status, got, err := get(http.MethodGet)
			if status != http.StatusUnauthorized || got != body || err != nil {
				t.Errorf("%.80s: came out as %d %.80q, %v", body, status, got, err)
			}
			want := 0
			if replaced {
				want = 1
			}
			if p.tokens != want || p.calls != want+1 {
				t.Errorf("%.80s: %d token calls and %d tries, want %d and %d", body, p.tokens, p.calls, want, want+1)
			}
		})
	}
}

// However many calls are refused at once, and after, one token call is made.
func TestRefusedTogether(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &pretender{api: refusing(bad, "t1")}
		get := p.service(t)
		_, _, _ = get(http.MethodGet)
		time.Sleep(2 * time.Minute)
		p.api = refusing(bad, "t2")
		var wg sync.WaitGroup
		for i := range 100 {
			wg.Go(func() {
				time.Sleep(time.Duration(i) * 3 * time.Millisecond) // some are refused when the new one is there
				if status, _, err := get(http.MethodGet); status != http.StatusOK || err != nil {
					t.Errorf("%d, %v", status, err)
				}
			})
		}
		wg.Wait()
		if p.tokens != 2 {
			t.Errorf("%d token calls, want the first and one more", p.tokens)
		}
	})
}

// A new token that is refused too, or one that comes again with the same text, is no
// reason for token calls without end: there are five a minute, for all.
func TestRefusedForEver(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &pretender{api: refusing(bad)}
		get := p.service(t)
		for range 400 { // about three minutes
			if status, body, err := get(http.MethodGet); status != http.StatusUnauthorized || body != bad || err != nil {
				t.Fatalf("%d %q, %v", status, body, err)
			}
			time.Sleep(300 * time.Millisecond)
		}
		if p.tokens > 4 {
			t.Errorf("%d token calls in three minutes", p.tokens)
		}
	})
}

// A token call that fails leaves the token where it is: other calls may live with it.
func TestOldTokenIsKept(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &pretender{api: refusing(bad, "t1")}
		get := p.service(t)
		_, _, _ = get(http.MethodGet)
		time.Sleep(2 * time.Minute)
		p.fail = true
		p.api = refusing(bad)
		for range 3 {
			if _, _, err := get(http.MethodGet); err == nil || !strings.Contains(err.Error(), auth.ErrUnavailable.Error()) {
				t.Errorf("err = %v", err)
			}
		}
		if p.tokens != 2 {
			t.Errorf("%d token calls, want 2: one that failed is not tried again at once", p.tokens)
		}
		p.api = refusing(bad, "t1")
		if status, _, err := get(http.MethodGet); status != http.StatusOK || err != nil {
			t.Errorf("%d, %v: the old token was lost", status, err)
		}
	})
}

// A write that is refused keeps its answer, whatever becomes of the token; the next
// call finds the new one.
func TestRefusedWrite(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &pretender{api: refusing(bad, "t2")}
		do := p.service(t)
		_, _, _ = do(http.MethodGet)
		time.Sleep(2 * time.Minute)
		p.calls = 0
		if status, body, err := do(http.MethodPost); status != http.StatusUnauthorized || body != bad || err != nil || p.calls != 1 {
			t.Errorf("%d %q, %v, %d tries", status, body, err, p.calls)
		}
		if status, _, err := do(http.MethodPost); status != http.StatusOK || err != nil {
			t.Errorf("the next: %d, %v", status, err)
		}
		time.Sleep(2 * time.Minute)
		p.api, p.fail = refusing(bad), true
		if status, body, err := do(http.MethodPost); status != http.StatusUnauthorized || body != bad || err != nil {
			t.Errorf("without a new token: %d %q, %v", status, body, err)
		}
	})
}

// A life too short to be true does not make a token call of every call.
func TestShortLives(t *testing.T) {
	for _, expire := range []any{-5, 0, 1, 14, 20, 59, `"1"`} {
		synctest.Test(t, func(t *testing.T) {
			p := &pretender{expire: expire, api: func(string) (int, string) { return http.StatusOK, "{}" }}
			get := p.service(t)
			for range 100 {
				if status, _, err := get(http.MethodGet); status != http.StatusOK || err != nil {
					t.Fatalf("%v: %d, %v", expire, status, err)
				}
			}
			synctest.Wait()
			if p.tokens != 1 {
				t.Errorf("%v: %d token calls for 100 calls", expire, p.tokens)
			}
		})
	}
}

// The client's own token cannot be replaced: its refusal is the client's to read.
func TestOwnTokenRefused(t *testing.T) {
	p := &pretender{api: refusing(bad)}
	person, err := (&auth.Authenticator{}).Identify("Bearer own", "")
	if err != nil {
		t.Fatal(err)
	}
	status, body, err := through(auth.With(t.Context(), person), auth.Transport()(p), http.MethodGet)
	if status != http.StatusUnauthorized || body != bad || err != nil || p.calls != 1 || p.tokens != 0 {
		t.Errorf("%d %q, %v, %d calls, %d token calls", status, body, err, p.calls, p.tokens)
	}
}
