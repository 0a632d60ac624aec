package auth

import (
	"context"
	"log/slog"
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
	ClientSecret Secret
	JWT          Secret
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
	// settled is how old a token must be to be replaced because it was refused. A new
	// one that is refused would be refused again: token calls are not the way out.
	settled = time.Minute
	// shortest is the shortest life that the upstream gives, and what a token gets
	// whose life is not told, or told to be too short to be true.
	shortest = 10 * time.Minute
)

// serviceKey is the key of the person whom the operator's credential stands for.
const serviceKey = "service"

// NewService returns the person that cred stands for. Its token is fetched when it
// is first needed, kept, and replaced ahead of its end, once for all who wait.
func NewService(cred Credential, transport http.RoundTripper) *Person {
	p := &Person{Key: serviceKey}
	s := &service{cred: cred}
	s.base = context.WithValue(With(context.Background(), p), oauth2.HTTPClient, tokenClient(transport))
	p.tokens = s
	return p
}

// Announce says in the log if the operator's credential gets no token.
func (p *Person) Announce(log *slog.Logger) {
	if err := p.Check(context.Background()); err != nil {
		log.Error("RingCentral gives no token for RINGCENTRAL_CLIENT_ID, _CLIENT_SECRET and _JWT", "cause", err)
	}
}

// service keeps the access token of a credential.
type service struct {
	cred   Credential
	base   context.Context //nolint:containedctx // carries the HTTP client, as the library wants it
	flight singleflight.Group

	mu      sync.Mutex
	current *token
	failed  error // of the last token call
	again   time.Time
}

// config is made when it is needed: it holds the secrets in clear.
func (s *service) config() *clientcredentials.Config {
	return &clientcredentials.Config{
		ClientID:     s.cred.ClientID,
		ClientSecret: s.cred.ClientSecret.Reveal(),
		TokenURL:     strings.TrimRight(s.cred.ServerURL, "/") + "/restapi/oauth/token",
		AuthStyle:    oauth2.AuthStyleInHeader,
		// The library lets the grant be another than its own.
		EndpointParams: url.Values{"grant_type": {jwtBearer}, "assertion": {s.cred.JWT.Reveal()}},
	}
}

func (s *service) token(ctx context.Context) (*token, error) {
	s.mu.Lock()
	t, resting := s.current, s.resting()
	s.mu.Unlock()
	now := time.Now()
	usable := t != nil && now.Before(t.end)
	switch {
	case usable && (now.Before(t.renew) || resting != nil):
		return t, nil //nolint:nilerr // why there is no newer one for now does not matter
	case resting != nil:
		return nil, resting
	case usable:
		s.flight.DoChan("", s.fetch(t)) // in the background: the old token serves meanwhile
		return t, nil
	}
	return s.wait(ctx, t)
}

func (s *service) scopes() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.current == nil {
		return nil
	}
	return s.current.scope
}

// replace leaves the old token where it is until a new one has come: the upstream may
// take it for other calls, and the token call may fail.
func (s *service) replace(ctx context.Context, refused *token) (*token, error) {
	s.mu.Lock()
	current := s.current
	s.mu.Unlock()
	switch {
	case current != refused:
		return current, nil // it came after the request was sent
	case time.Since(refused.since) < settled:
		return nil, nil //nolint:nilnil // no better one is to be had
	}
	return s.wait(ctx, refused)
}

// wait returns the token that comes after old, or gives up when ctx ends.
func (s *service) wait(ctx context.Context, old *token) (*token, error) {
	select {
	case r := <-s.flight.DoChan("", s.fetch(old)):
		fresh, _ := r.Val.(*token)
		return fresh, r.Err
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// fetch makes one token call, unless there is a newer token than old already, or a call
// failed just now: who asks may have looked before that. It does not depend on who
// waits for it.
func (s *service) fetch(old *token) func() (any, error) {
	return func() (any, error) {
		s.mu.Lock()
		current, resting := s.current, s.resting()
		s.mu.Unlock()
		if current != old {
			return current, nil
		}
		if resting != nil {
			return nil, resting
		}
		ctx, cancel := context.WithTimeout(s.base, patience)
		defer cancel()
		t, err := s.config().Token(ctx)
		s.mu.Lock()
		defer s.mu.Unlock()
		if err != nil {
			s.failed, s.again = classify(err), time.Now().Add(pause)
			return nil, s.failed
		}
		s.current, s.failed = newToken(t), nil
		return s.current, nil
	}
}

// resting returns why no token call is made for now; nil if one may be.
func (s *service) resting() error {
	if time.Now().Before(s.again) {
		return s.failed
	}
	return nil
}

func newToken(t *oauth2.Token) *token {
	now := time.Now()
	life := t.Expiry.Sub(now)
	if life < time.Minute { // not told, or a token call for every call
		life = shortest
	}
	var scopes []string // unknown, where it is not told
	if told, _ := t.Extra("scope").(string); told != "" {
		scopes = strings.Fields(told)
	}
	return &token{
		text: NewSecret(t.AccessToken), scope: scopes,
		since: now, renew: now.Add(life - min(early, life/2)), end: now.Add(life - leeway),
	}
}
