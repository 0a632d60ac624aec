package auth

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"golang.org/x/oauth2"
	"golang.org/x/oauth2/clientcredentials"
	"golang.org/x/sync/singleflight"
)

// Credential is the operator's own: an app, and a JWT that stands for a person.
type Credential struct {
	ServerURL    string // scheme and host of the upstream
	ClientID     string
	ClientSecret string
	JWT          string
}

// jwtBearer is the grant of RFC 7523.
const jwtBearer = "urn:ietf:params:oauth:grant-type:jwt-bearer"

const (
	// early is how long before its end a token is replaced in the background.
	early = 5 * time.Minute
	// leeway is how long before its end a token is not used any more.
	leeway = 15 * time.Second
	// patience bounds one token call.
	patience = 15 * time.Second
	// pause is how long no other token call is made after one failed: there are
	// five a minute.
	pause = 12 * time.Second
)

// NewService returns the person that cred stands for. Its token is fetched when it
// is first needed, kept, and replaced ahead of its end, once for all who wait.
func NewService(cred Credential, transport http.RoundTripper) *Person {
	p := &Person{Key: "service"}
	s := &service{}
	s.config = clientcredentials.Config{
		ClientID:     cred.ClientID,
		ClientSecret: cred.ClientSecret,
		TokenURL:     strings.TrimRight(cred.ServerURL, "/") + "/restapi/oauth/token",
		AuthStyle:    oauth2.AuthStyleInHeader,
		// The library lets the grant be another than its own.
		EndpointParams: url.Values{"grant_type": {jwtBearer}, "assertion": {cred.JWT}},
	}
	s.base = context.WithValue(With(context.Background(), p), oauth2.HTTPClient, &http.Client{
		Transport:     transport,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	})
	p.tokens = s
	return p
}

// service keeps the access token of a credential.
type service struct {
	config clientcredentials.Config
	base   context.Context //nolint:containedctx // carries the HTTP client, as the library wants it
	flight singleflight.Group

	mu      sync.Mutex
	current *oauth2.Token
	failed  error // of the last token call
	again   time.Time
}

func (s *service) token(ctx context.Context) (string, error) {
	s.mu.Lock()
	t, failed, again := s.current, s.failed, s.again
	s.mu.Unlock()
	left := time.Duration(0)
	if t != nil {
		left = time.Until(t.Expiry)
	}
	resting := failed != nil && time.Now().Before(again)
	switch {
	case left > early, left > leeway && resting:
		return t.AccessToken, nil
	case resting:
		return "", failed
	case left > leeway:
		s.flight.DoChan("", s.fetch) // in the background: the old token serves meanwhile
		return t.AccessToken, nil
	}
	select {
	case r := <-s.flight.DoChan("", s.fetch):
		if r.Err != nil {
			return "", r.Err
		}
		fresh, _ := r.Val.(*oauth2.Token)
		return fresh.AccessToken, nil
	case <-ctx.Done():
		return "", ctx.Err()
	}
}

// fetch makes one token call. It does not depend on who waits for it.
func (s *service) fetch() (any, error) {
	ctx, cancel := context.WithTimeout(s.base, patience)
	defer cancel()
	t, err := s.config.Token(ctx)
	if err == nil && t.Expiry.IsZero() {
		t.Expiry = time.Now().Add(10 * time.Minute) // the shortest life the upstream gives
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if err != nil {
		s.failed, s.again = classify(err), time.Now().Add(pause)
		return nil, s.failed
	}
	s.current, s.failed = t, nil
	return t, nil
}

func (s *service) refused(token string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.current != nil && s.current.AccessToken == token {
		s.current = nil
	}
	return true
}

// classify keeps the upstream's body, which could repeat the credential, out of
// the error.
func classify(err error) error {
	refusal, refused := errors.AsType[*oauth2.RetrieveError](err)
	switch {
	case !refused:
		return fmt.Errorf("%w: %w", ErrUnavailable, stripURL(err))
	case refusal.Response.StatusCode == http.StatusTooManyRequests, refusal.Response.StatusCode >= 500:
		return fmt.Errorf("%w: status %d", ErrUnavailable, refusal.Response.StatusCode)
	}
	return fmt.Errorf("%w: status %d, %.64q", ErrCredential, refusal.Response.StatusCode, refusal.ErrorCode)
}

// stripURL drops the request from an error of the HTTP client.
func stripURL(err error) error {
	if u, ok := errors.AsType[*url.Error](err); ok {
		return u.Err
	}
	return err
}
