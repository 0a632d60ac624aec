package auth

import (
	"net/http"
)

// unsent is a refusal by the gateway itself: nothing was sent.
type unsent struct{ error }

// NotSent marks e as a refusal by the gateway itself.
func (unsent) NotSent() {}

func (e unsent) Unwrap() error { return e.error }

type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// Transport is the link that adds the person's token. When the upstream refuses a
// token that can be replaced, a read is repeated with a new one; anything else is
// not, though a refused token means that nothing was done.
func Transport() func(http.RoundTripper) http.RoundTripper {
	return func(next http.RoundTripper) http.RoundTripper {
		return roundTripper(func(req *http.Request) (*http.Response, error) {
			p := From(req.Context())
			if p == nil {
				return nil, refuse(req, ErrNobody)
			}
			resp, token, err := send(next, req, p)
			if err != nil || resp.StatusCode != http.StatusUnauthorized {
				return resp, err
			}
			if !p.tokens.refused(token) || req.Method != http.MethodGet {
				return resp, nil
			}
			_ = resp.Body.Close()
			resp, _, err = send(next, req, p)
			return resp, err
		})
	}
}

func send(next http.RoundTripper, req *http.Request, p *Person) (*http.Response, string, error) {
	token, err := p.tokens.token(req.Context())
	if err != nil {
		return nil, "", refuse(req, err)
	}
	clone := req.Clone(req.Context())
	clone.Header.Set("Authorization", "Bearer "+token)
	resp, err := next.RoundTrip(clone)
	return resp, token, err
}

func refuse(req *http.Request, err error) error {
	if req.Body != nil {
		_ = req.Body.Close() // a RoundTripper closes the body even when it refuses
	}
	return unsent{err}
}
