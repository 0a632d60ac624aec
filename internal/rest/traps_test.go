package rest

import (
	"bytes"
	"context"
	v1 "encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/cenkalti/backoff/v5"

	"github.com/ringql/ringql/internal/budget"
	"github.com/ringql/ringql/internal/sim"
)

// Each test here holds a trap of clients: its check must fail for what a client does by
// default, so that it is known to be able to, and pass for ours.

// backingOff is a retry helper as its documentation has it: whatever fails is tried again.
func backingOff(next http.RoundTripper) http.RoundTripper {
	return roundTripper(func(r *http.Request) (*http.Response, error) {
		return backoff.Retry(r.Context(), func() (*http.Response, error) {
			resp, err := next.RoundTrip(r)
			if err == nil && resp.StatusCode >= 500 {
				return nil, errors.New(resp.Status)
			}
			return resp, err
		}, backoff.WithMaxTries(3))
	})
}

// A change is sent once, whatever helps with reads.
func TestTrapRetriedWrites(t *testing.T) {
	check := func(t *testing.T, link Link) (err error) {
		synctest.Test(t, func(t *testing.T) {
			for _, method := range []string{http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete} {
				for _, status := range []int{0, 500, 502, 503, 504} {
					sent := 0
					base := roundTripper(func(r *http.Request) (*http.Response, error) {
						sent++
						if status == 0 {
							return nil, io.ErrUnexpectedEOF
						}
						return answerWith(r, status, ""), nil
					})
					req, _ := http.NewRequestWithContext(t.Context(), method, "http://upstream", http.NoBody)
					if resp, err := Chain(base, link).RoundTrip(req); err == nil {
						_ = resp.Body.Close()
					}
					if sent != 1 && err == nil {
						err = fmt.Errorf("a %s that met %d was sent %d times", method, status, sent)
					}
				}
			}
		})
		return err
	}
	if err := check(t, backingOff); err == nil || !strings.Contains(err.Error(), "sent 3 times") {
		t.Errorf("a helper that retries by default: %v", err)
	}
	if err := check(t, Retry()); err != nil {
		t.Error(err)
	}
}

// groupByURL guesses the group of a request by what its URL looks like without ids.
func groupByURL(r *http.Request) budget.Group {
	shape := func(method, path string) string {
		var words []string
		for word := range strings.SplitSeq(path, "/") {
			if !strings.ContainsAny(word, "{~,") && strings.Trim(word, "0123456789") != "" {
				words = append(words, word)
			}
		}
		return method + " " + strings.Join(words, "/")
	}
	for _, o := range Operations() {
		if shape(o.Method, o.Path) == shape(r.Method, r.URL.Path) {
			return o.Group
		}
	}
	return ""
}

// The group that pays for a call is the operation's.
func TestTrapGuessedGroups(t *testing.T) {
	check := func(t *testing.T, group func(*http.Request) budget.Group) error {
		s, err := sim.New(sim.Config{})
		if err != nil {
			t.Fatal(err)
		}
		var wrong []error
		calls := 0
		c := New(Config{BaseURL: "http://upstream", Generation: OnlyV1, Transport: roundTripper(func(r *http.Request) (*http.Response, error) {
			r.Header.Set("Authorization", "Bearer "+s.Token(sim.AdministratorID))
			resp, err := s.Transport().RoundTrip(r)
			if err != nil {
				return nil, err
			}
			calls++
			if told := resp.Header.Get("X-Rate-Limit-Group"); !strings.EqualFold(told, string(group(r))) {
				wrong = append(wrong, fmt.Errorf("%s %s is %s, not %s", r.Method, r.URL.Path, told, group(r)))
			}
			return resp, nil
		})})
		ctx, me := t.Context(), ExtensionID{Key{Own, Own}}
		_, _ = c.ReadAccountInfo(ctx, Own)
		_, _ = c.ListExtensions(ctx, Own, ExtensionFilter{}, 1, 10)
		_ = c.ReadExtensions(ctx, Own, []string{sim.AdministratorID})
		_ = c.ReadExtensions(ctx, Own, []string{sim.AdministratorID, sim.StandardUserID})
		_, _ = c.ListAccountPhoneNumbers(ctx, Own, PhoneNumberFilter{}, 1, 10)
		_, _ = c.ListExtensionPhoneNumbers(ctx, me, UsablePhoneNumberFilter{}, 1, 10)
		_ = c.ReadAccountPhoneNumbers(ctx, Own, []string{"723455008"})
		_, _ = c.ListAccountDevices(ctx, Own, 1, 10)
		_ = c.ListExtensionDevices(ctx, Own, []string{sim.AdministratorID}, DeviceFilter{}, 1, 10)
		_ = deleteOne(ctx, c, "1")
		if calls < 10 {
			t.Fatalf("%d calls", calls)
		}
		return errors.Join(wrong...)
	}
	if err := check(t, groupByURL); err == nil || !strings.Contains(err.Error(), "extension") {
		t.Errorf("guessed by URLs: %v", err)
	}
	ours := func(r *http.Request) budget.Group {
		group, _ := budget.From(r.Context())
		return group
	}
	if err := check(t, ours); err != nil {
		t.Error(err)
	}
}

// An error whose body is no JSON is told by its status.
func TestTrapErrorBodies(t *testing.T) {
	bodies := map[string]string{"a page": "<html>bad gateway</html>", "nothing": "", "a list": "[]", "half": `{"errors":[`}
	check := func(t *testing.T, read func(ctx context.Context, url string) error) error {
		for name, body := range bodies {
			srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				w.WriteHeader(http.StatusBadGateway)
				_, _ = io.WriteString(w, body)
			}))
			err := read(t.Context(), srv.URL)
			srv.Close()
			if err == nil || !strings.Contains(err.Error(), "502") {
				return fmt.Errorf("%s: the status is lost: %w", name, err)
			}
		}
		return nil
	}
	plain := func(ctx context.Context, url string) error { // decodes first, looks at the status then
		req, _ := http.NewRequestWithContext(ctx, http.MethodGet, url, http.NoBody)
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			return err
		}
		defer func() { _ = resp.Body.Close() }()
		var e envelope
		if err := v1.NewDecoder(resp.Body).Decode(&e); err != nil {
			return err
		}
		return fmt.Errorf("%s: %s", resp.Status, e.Message)
	}
	if err := check(t, plain); err == nil || !strings.Contains(err.Error(), "the status is lost") {
		t.Errorf("a plain client: %v", err)
	}
	ours := func(ctx context.Context, url string) error {
		_, err := New(Config{BaseURL: url}).ReadAccountInfo(ctx, Own)
		if err != nil && !errors.Is(err, ErrUnavailable) {
			return errors.New("it is of another class: " + err.Error())
		}
		return err
	}
	if err := check(t, ours); err != nil {
		t.Error(err)
	}
}

// Decoding is the largest cost of a gateway over REST. Times vary from run to run, and
// BenchmarkDecode has them; what is allocated does not.
func TestTrapDecoding(t *testing.T) {
	body := page1000()
	check := func(read func() error) error {
		n := testing.AllocsPerRun(3, func() {
			if err := read(); err != nil {
				t.Fatal(err)
			}
		})
		if n > 14_000 {
			return fmt.Errorf("a page of 1,000 extensions takes %.0f allocations", n)
		}
		return nil
	}
	stock := func() error { return v1.NewDecoder(bytes.NewReader(body)).Decode(new(Page[v1Extension])) } // fewer fields than ours
	if err := check(stock); err == nil {
		t.Error("encoding/json is as good: the check cannot fail")
	}
	if err := check(func() error { return decode(body, new(Page[Extension])) }); err != nil {
		t.Error(err)
	}
}
