package auth

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"strings"
)

// unsent is a refusal by the gateway itself: nothing was sent.
type unsent struct{ error }

// NotSent marks e as a refusal by the gateway itself.
func (unsent) NotSent() {}

func (e unsent) Unwrap() error { return e.error }

type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// Transport is the link that adds the person's token. When the upstream refuses a
// token that can be replaced, a read is repeated once with a new one; anything else
// is not, though a refused token means that nothing was done.
func Transport() func(http.RoundTripper) http.RoundTripper {
	return func(next http.RoundTripper) http.RoundTripper {
		return roundTripper(func(req *http.Request) (*http.Response, error) {
			p := From(req.Context())
			if p == nil {
				return nil, refuse(req, ErrNobody)
			}
			t, err := p.tokens.token(req.Context())
			if err != nil {
				return nil, refuse(req, err)
			}
			resp, err := send(next, req, t)
			if err != nil || resp.StatusCode != http.StatusUnauthorized || !tokenIsBad(resp) {
				return resp, err
			}
			fresh, err := p.tokens.replace(req.Context(), t)
			if req.Method != http.MethodGet || fresh == nil && err == nil {
				return resp, nil // the upstream's answer tells more
			}
			_ = resp.Body.Close()
			if err != nil {
				return nil, unsent{err}
			}
			return send(next, req, fresh)
		})
	}
}

func send(next http.RoundTripper, req *http.Request, t *token) (*http.Response, error) {
	clone := req.Clone(req.Context())
	clone.Header.Set("Authorization", "Bearer "+t.text.Reveal())
	return next.RoundTrip(clone)
}

// mostRefusal bounds how much of a refusal is read to find out what it is about.
const mostRefusal = 64 << 10

// tokenIsBad says whether a 401 is about the token: a login without an extension, say,
// gets one too, and another token would fare no better. What the upstream itself did
// not write says nothing, and is taken to be. The body is left as it was.
func tokenIsBad(resp *http.Response) bool {
	head, err := io.ReadAll(io.LimitReader(resp.Body, mostRefusal))
	resp.Body = struct {
		io.Reader
		io.Closer
	}{io.MultiReader(bytes.NewReader(head), resp.Body), resp.Body}
	if err != nil {
		return false // whoever reads the body next meets the same
	}
	var body struct {
		code
		Errors []code `json:"errors"`
	}
	_ = json.Unmarshal(head, &body) // what is no envelope has no codes
	some := false
	for _, c := range append(body.Errors, body.code) {
		if strings.HasPrefix(c.ErrorCode, "OAU-") || strings.HasPrefix(c.ErrorCode, "Token") {
			return true
		}
		some = some || c.ErrorCode != ""
	}
	return !some
}

// code is an error as far as it matters here.
type code struct {
	ErrorCode string `json:"errorCode"`
}

func refuse(req *http.Request, err error) error {
	if req.Body != nil {
		_ = req.Body.Close() // a RoundTripper closes the body even when it refuses
	}
	return unsent{err}
}
