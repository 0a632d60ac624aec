package rest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

// upstream starts a server and returns a client of it.
func upstream(t *testing.T, cfg Config, h http.HandlerFunc) *Client {
	t.Helper()
	srv := httptest.NewServer(h)
	t.Cleanup(srv.Close)
	cfg.BaseURL = srv.URL
	return New(cfg)
}

func TestErrors(t *testing.T) {
	v1 := `{"errorCode":"InsufficientPermissions","message":"needs [EditAccounts]","permissionName":"EditAccounts",
		"errors":[{"errorCode":"CMN-401","message":"needs [EditAccounts]","permissionName":"EditAccounts"}]}`
	for _, tt := range []struct {
		name, body string
		status     int
		class      error
		want       Error
	}{
		{"v1.0 with a word at the top", v1, 403, ErrForbidden, Error{Code: "CMN-401", Permission: "EditAccounts"}},
		{"v2", `{"errors":[{"errorCode":"CMN-102","message":"no","parameterName":"phoneNumberId"}]}`, 404, ErrNotFound, Error{Code: "CMN-102", Parameter: "phoneNumberId"}},
		{"top level alone", `{"errorCode":"CMN-101","message":"no","parameterName":"page"}`, 400, ErrBadRequest, Error{Code: "CMN-101", Parameter: "page"}},
		{"bad value with 403", `{"errors":[{"errorCode":"CMN-101"}]}`, 403, ErrBadRequest, Error{Code: "CMN-101"}},
		{"missing with 400", `{"errors":[{"errorCode":"CMN-102"}]}`, 400, ErrNotFound, Error{Code: "CMN-102"}},
		{"no such operation", `{"errors":[{"errorCode":"CMN-120"}]}`, 404, ErrNotServed, Error{Code: "CMN-120"}},
		{"not implemented", ``, 501, ErrNotServed, Error{}},
		{"token", `{"errorCode":"TokenInvalid","errors":[{"errorCode":"OAU-213"}]}`, 401, ErrUnauthenticated, Error{Code: "OAU-213"}},
		{"login without extension", `{"errors":[{"errorCode":"CMN-405"}]}`, 401, ErrForbidden, Error{Code: "CMN-405"}},
		{"rate", `{"errors":[{"errorCode":"CMN-301"}]}`, 429, ErrRateLimited, Error{Code: "CMN-301", RetryAfter: 7 * time.Second}},
		{"a proxy's page", `<html>bad gateway</html>`, 502, ErrUnavailable, Error{}},
		{"a redirect", ``, 302, ErrInvalid, Error{}},
		{"200 that is no JSON", `<html>welcome</html>`, 200, ErrInvalid, Error{}},
		{"200 of the wrong shape", `{"id": {}}`, 200, ErrInvalid, Error{}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c := upstream(t, Config{}, func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("RCRequestId", "r-1")
				w.Header().Set("Retry-After", "7")
				w.Header().Set("Location", "http://127.0.0.1:1/elsewhere")
				w.WriteHeader(tt.status)
				_, _ = io.WriteString(w, tt.body)
			})
			_, err := c.ReadAccountInfo(t.Context(), Own)
			var e *Error
			if !errors.As(err, &e) || !errors.Is(err, tt.class) {
				t.Fatalf("err = %v, want %v", err, tt.class)
			}
			if e.Status != tt.status || e.Code != tt.want.Code || e.Parameter != tt.want.Parameter || e.Permission != tt.want.Permission || e.RequestID != "r-1" {
				t.Errorf("got %+v", e)
			}
			if tt.want.RetryAfter != 0 && e.RetryAfter != tt.want.RetryAfter {
				t.Errorf("retry after %s", e.RetryAfter)
			}
			if errors.Is(err, ErrLost) {
				t.Error("a read cannot be lost")
			}
		})
	}
}

func TestErrorTextsAreBounded(t *testing.T) {
	c := upstream(t, Config{}, func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusBadRequest)
		_, _ = fmt.Fprintf(w, `{"errors":[{"errorCode":"CMN-\n1","message":%q}]}`, strings.Repeat("x", 100_000))
	})
	_, err := c.ReadAccountInfo(t.Context(), Own)
	if n := len(err.Error()); n > 1000 || strings.Contains(err.Error(), "\n") {
		t.Errorf("an error of %d bytes: %.100q", n, err)
	}
}

func TestAnswerLimit(t *testing.T) {
	for _, chunked := range []bool{false, true} {
		c := upstream(t, Config{MaxAnswer: 1000}, func(w http.ResponseWriter, _ *http.Request) {
			if !chunked {
				w.Header().Set("Content-Length", "2000")
			}
			_, _ = io.WriteString(w, `{"cfid":"`+strings.Repeat("x", 1989)+`"}`)
		})
		if _, err := c.ReadAccountInfo(t.Context(), Own); !errors.Is(err, ErrInvalid) {
			t.Errorf("chunked %v: err = %v, want ErrInvalid", chunked, err)
		}
	}
}

// Answers that are small enough each are refused when they are too large together, but
// for answers to changes.
func TestAllowance(t *testing.T) {
	c := upstream(t, Config{Generation: OnlyV1}, func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, `{"id":1,"cfid":"`+strings.Repeat("x", 982)+`"}`)
	})
	ctx := WithAllowance(t.Context(), 3000)
	for range 3 {
		if _, err := c.ReadAccountInfo(ctx, Own); err != nil {
			t.Fatalf("within: %v", err)
		}
	}
	if _, err := c.ReadAccountInfo(ctx, Own); !errors.Is(err, ErrTooMuch) || errors.Is(err, ErrUnavailable) {
		t.Errorf("beyond: %v", err)
	}
	if _, err := c.ReassignPhoneNumber(ctx, PhoneNumberID{Key{Own, "1"}}, Assignment{}); err != nil {
		t.Errorf("a change: %v", err)
	}
	if _, err := c.ReadAccountInfo(WithAllowance(t.Context(), 1000), Own); err != nil {
		t.Errorf("another operation: %v", err)
	}
}

// What becomes of a write without an answer is unknown, unless it never left.
func TestLost(t *testing.T) {
	cut := func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		panic(http.ErrAbortHandler)
	}
	id := PhoneNumberID{Key{Own, "1"}}
	c := upstream(t, Config{Generation: OnlyV2}, cut)
	if _, err := c.ReassignPhoneNumber(t.Context(), id, Assignment{}); !errors.Is(err, ErrLost) || !errors.Is(err, ErrUnavailable) {
		t.Errorf("connection cut: %v, want ErrLost", err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	slow := upstream(t, Config{Generation: OnlyV2}, func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		<-r.Context().Done()
	})
	if _, err := slow.ReassignPhoneNumber(ctx, id, Assignment{}); !errors.Is(err, ErrLost) || !errors.Is(err, ErrTimeout) {
		t.Errorf("no answer in time: %v, want ErrLost", err)
	}
	for status, lost := range map[int]bool{500: true, 502: true, 504: true, 400: false, 429: false, 403: false} {
		c := upstream(t, Config{Generation: OnlyV2}, func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(status)
			_, _ = io.WriteString(w, `{"errors":[{"errorCode":"CMN-203"}]}`)
		})
		if _, err := c.ReassignPhoneNumber(t.Context(), id, Assignment{}); errors.Is(err, ErrLost) != lost {
			t.Errorf("status %d: lost is %v", status, !lost)
		}
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	_ = l.Close()
	nobody := New(Config{BaseURL: "http://" + l.Addr().String(), Generation: OnlyV2})
	if _, err := nobody.ReassignPhoneNumber(t.Context(), id, Assignment{}); errors.Is(err, ErrLost) || !errors.Is(err, ErrUnavailable) {
		t.Errorf("nobody listens: %v, nothing was sent", err)
	}
}

// A write leaves once, whatever becomes of it; a read is tried again when that may help.
func TestRetry(t *testing.T) {
	for _, tt := range []struct {
		name   string
		status int
		read   int // how often a read is sent
	}{
		{"unavailable", 503, 3}, {"bad gateway", 502, 3}, {"rate", 429, 1}, {"internal", 500, 1}, {"missing", 404, 1},
	} {
		t.Run(tt.name, func(t *testing.T) {
			sent := map[string]int{}
			base := roundTripper(func(r *http.Request) (*http.Response, error) {
				sent[r.Method]++
				return &http.Response{StatusCode: tt.status, Header: http.Header{"Retry-After": {"0"}}, Body: http.NoBody, Request: r}, nil
			})
			c := New(Config{Transport: Chain(base, Retry()), Generation: OnlyV2})
			_, _ = c.ReadAccountInfo(t.Context(), Own)
			_, _ = c.ReassignPhoneNumber(t.Context(), PhoneNumberID{Key{Own, "1"}}, Assignment{})
			_ = deleteOne(t.Context(), c, "1")
			if sent["GET"] != tt.read || sent["PATCH"] != 1 || sent["DELETE"] != 1 {
				t.Errorf("sent %v, want %d reads and one of each write", sent, tt.read)
			}
		})
	}
}

func TestRetryMindsTheDeadline(t *testing.T) {
	sent := 0
	base := roundTripper(func(r *http.Request) (*http.Response, error) {
		sent++
		return &http.Response{StatusCode: http.StatusServiceUnavailable, Header: http.Header{"Retry-After": {"60"}}, Body: http.NoBody, Request: r}, nil
	})
	ctx, cancel := context.WithTimeout(t.Context(), time.Second)
	defer cancel()
	start := time.Now()
	_, err := New(Config{Transport: Chain(base, Retry())}).ReadAccountInfo(ctx, Own)
	if !errors.Is(err, ErrUnavailable) || sent != 1 || time.Since(start) > 500*time.Millisecond {
		t.Errorf("%v after %s and %d tries", err, time.Since(start), sent)
	}
}

// What the upstream does not serve is asked once for each person and account.
func TestGenerations(t *testing.T) {
	who := "a"
	for _, tt := range []struct {
		prefer Preference
		want   string
	}{
		{Auto, "PATCH PUT PUT"},
		{OnlyV1, "PUT PUT"},
		{OnlyV2, "PATCH"},
	} {
		var sent []string
		base := roundTripper(func(r *http.Request) (*http.Response, error) {
			sent = append(sent, r.Method)
			if r.Method == http.MethodPatch {
				return answerWith(r, 404, `{"errors":[{"errorCode":"CMN-120"}]}`), nil
			}
			return answerWith(r, 200, `{"id":"1"}`), nil
		})
		c := New(Config{Transport: base, Generation: tt.prefer, Who: func(context.Context) string { return who }})
		for range 2 {
			_, err := c.ReassignPhoneNumber(t.Context(), PhoneNumberID{Key{"5", "1"}}, Assignment{})
			if (tt.prefer == OnlyV2) != errors.Is(err, ErrNotServed) {
				t.Errorf("%s: %v", tt.prefer, err)
			}
		}
		if got := strings.Join(sent, " "); got != tt.want {
			t.Errorf("%s: sent %s, want %s", tt.prefer, got, tt.want)
		}
		if tt.prefer == Auto {
			who, sent = "b", nil
			_, _ = c.ReassignPhoneNumber(t.Context(), PhoneNumberID{Key{"5", "1"}}, Assignment{})
			if sent[0] != "PATCH" {
				t.Error("what one person may not use was taken for another's")
			}
			who = "a"
		}
	}
}

func answerWith(r *http.Request, status int, body string) *http.Response {
	return &http.Response{StatusCode: status, Header: http.Header{"Content-Type": {"application/json;charset=UTF-8"}},
		Body: io.NopCloser(strings.NewReader(body)), Request: r, ContentLength: int64(len(body))}
}

func TestIDsAreText(t *testing.T) {
	for body, want := range map[string]string{
		`{"id": 401145624008}`:            "401145624008",
		`{"id": "401145624008"}`:          "401145624008",
		`{"id": 99999999999999999999}`:    "99999999999999999999",
		`{"id": null}`:                    "",
		`{"id": "a\u0062c", "uri": "x"}`:  "abc",
		`{"uri": "/account/5/extension"}`: "",
	} {
		var e Extension
		if err := decode([]byte(body), &e); err != nil || e.ID.RCID != want {
			t.Errorf("%s: %q, %v", body, e.ID.RCID, err)
		}
	}
	if err := decode([]byte(`{"id": []}`), new(Extension)); err == nil {
		t.Error("an array is no id")
	}
}

func TestAccountOf(t *testing.T) {
	for uri, want := range map[string]string{
		"https://x/restapi/v1.0/account/401/extension/5":   "401",
		"https://x/restapi/v2/accounts/402/phone-numbers":  "402",
		"https://x/restapi/v1.0/account/403?page=1":        "403",
		"https://x/restapi/v1.0/account/~/extension/5":     "",
		"https://x/restapi/v1.0/account/1%2F2/extension/5": "",
		"":                            "",
		"https://x/account/":          "",
		"/account/4 OR 1=1/extension": "",
	} {
		if got := AccountOf(uri); got != want {
			t.Errorf("%s: %q, want %q", uri, got, want)
		}
	}
}

// An upstream that repeats the token it was sent, in whatever it says of a refusal, does not
// get it into an error.
func TestRefusalsShowNoToken(t *testing.T) {
	const token = "the-token-1"
	said := `{"errorCode":"X-the-token-1","message":"[the-token-1] is bad","parameterName":"the-token-1","permissionName":"the-token-1"}`
	for name, answer := range map[string]struct {
		status int
		body   string
	}{
		"whole":  {http.StatusBadRequest, said},
		"a part": {http.StatusMultiStatus, `[{"resourceId":"1","status":404,"body":` + said + `},{"resourceId":"2","status":404,"body":` + said + `}]`},
	} {
		base := NewTransport()
		cfg := Config{Transport: roundTripper(func(r *http.Request) (*http.Response, error) {
			r = r.Clone(r.Context())
			r.Header.Set("Authorization", "Bearer "+token)
			return base.RoundTrip(r)
		})}
		c := upstream(t, cfg, func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			w.Header().Set("RCRequestId", r.Header.Get("Authorization"))
			w.WriteHeader(answer.status)
			_, _ = io.WriteString(w, answer.body)
		})
		for _, r := range c.ReadExtensions(t.Context(), Own, []string{"1", "2"}) {
			e := asError(r.Err)
			if e == nil || e.Status == 0 {
				t.Fatalf("%s: %v", name, r.Err)
			}
			if text := fmt.Sprintf("%v %+v", e, *e); strings.Contains(text, token) || !strings.Contains(text, hidden) {
				t.Errorf("%s: %s", name, text)
			}
		}
	}
}
