package auth

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"golang.org/x/oauth2"
)

// App is the operator's app as people sign in to it.
type App struct {
	ServerURL    string // scheme and host of the upstream
	ClientID     string
	ClientSecret Secret // empty for a public client, which PKCE alone protects
	RedirectURL  string // where the upstream sends people back to
	Scopes       []string
}

// OAuth makes the token calls of people's sessions.
type OAuth struct {
	config *oauth2.Config
	revoke string // its address
	client *http.Client
}

// NewOAuth returns an OAuth for app that calls by transport.
func NewOAuth(app App, transport http.RoundTripper) *OAuth {
	base := strings.TrimRight(app.ServerURL, "/") + "/restapi/oauth/"
	style := oauth2.AuthStyleInHeader
	if app.ClientSecret.Reveal() == "" {
		style = oauth2.AuthStyleInParams
	}
	return &OAuth{
		config: &oauth2.Config{
			ClientID: app.ClientID, ClientSecret: app.ClientSecret.Reveal(), RedirectURL: app.RedirectURL, Scopes: app.Scopes,
			Endpoint: oauth2.Endpoint{AuthURL: base + "authorize", TokenURL: base + "token", AuthStyle: style},
		},
		revoke: base + "revoke",
		client: tokenClient(transport),
	}
}

// tokenClient follows no redirect: it would carry secrets elsewhere.
func tokenClient(transport http.RoundTripper) *http.Client {
	return &http.Client{
		Transport:     transport,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// Verifier returns the secret of one attempt to sign in (RFC 7636).
func Verifier() string { return oauth2.GenerateVerifier() }

// URL returns where a person signs in.
func (o *OAuth) URL(state, verifier string) string {
	return o.config.AuthCodeURL(state, oauth2.S256ChallengeOption(verifier))
}

// Grant is what the upstream gives a session: a pair of tokens, and whose it is.
type Grant struct {
	Owner           string // the upstream's id of the person
	Scopes          []string
	access, refresh Secret
	since, end      time.Time // of the access token
	refreshEnd      time.Time // zero if not told
}

// Exchange takes the code that a person came back with. It does not stop when ctx ends:
// a code works only once.
func (o *OAuth) Exchange(ctx context.Context, code, verifier string) (*Grant, error) {
	// Who the person is, nobody knows yet: each attempt has a budget of its own.
	ctx, cancel := o.context(context.WithoutCancel(ctx), &Person{Key: "login:" + rand.Text()})
	defer cancel()
	t, err := o.config.Exchange(ctx, code, oauth2.VerifierOption(verifier))
	if err != nil {
		return nil, refusal(err)
	}
	return newGrant(t)
}

// refresh gets the pair that comes after refreshToken. Should its answer be lost, the same
// call gets the same pair, for a while.
func (o *OAuth) refresh(ctx context.Context, p *Person, refreshToken Secret) (*Grant, error) {
	ctx, cancel := o.context(ctx, p)
	defer cancel()
	t, err := o.config.TokenSource(ctx, &oauth2.Token{RefreshToken: refreshToken.Reveal()}).Token()
	if err != nil {
		return nil, refusal(err)
	}
	return newGrant(t)
}

// end ends the session of a token upstream, and takes as long as ctx allows.
func (o *OAuth) end(ctx context.Context, p *Person, token Secret) error {
	ctx = With(ctx, p)
	form := url.Values{"token": {token.Reveal()}}
	if o.config.ClientSecret == "" {
		form.Set("client_id", o.config.ClientID)
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, o.revoke, strings.NewReader(form.Encode()))
	if err != nil {
		return stripURL(err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	if o.config.ClientSecret != "" {
		req.SetBasicAuth(url.QueryEscape(o.config.ClientID), url.QueryEscape(o.config.ClientSecret))
	}
	resp, err := o.client.Do(req)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrUnavailable, stripURL(err))
	}
	defer func() { _ = resp.Body.Close() }()
	_, _ = io.CopyN(io.Discard, resp.Body, mostRefusal)
	if resp.StatusCode/100 != 2 {
		return fmt.Errorf("%w: status %d", ErrUnavailable, resp.StatusCode)
	}
	return nil
}

func (o *OAuth) context(ctx context.Context, p *Person) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithTimeout(With(ctx, p), patience)
	return context.WithValue(ctx, oauth2.HTTPClient, o.client), cancel
}

// newGrant reads what the upstream gave. What names nobody cannot be kept apart from
// other people's, and what is no token could be a header of its own.
func newGrant(t *oauth2.Token) (*Grant, error) {
	owner, _ := t.Extra("owner_id").(string)
	if owner == "" || len(owner) > 64 || !wellFormed(t.AccessToken) || len(t.RefreshToken) > longest {
		return nil, fmt.Errorf("%w: its answer makes no sense", ErrUnavailable)
	}
	scope, _ := t.Extra("scope").(string)
	kept := newToken(t)
	g := &Grant{
		Owner: owner, Scopes: strings.Fields(scope),
		access: NewSecret(t.AccessToken), refresh: NewSecret(t.RefreshToken),
		since: kept.since, end: kept.end.Add(leeway),
	}
	if life, ok := t.Extra("refresh_token_expires_in").(float64); ok && life > 0 {
		g.refreshEnd = g.since.Add(time.Duration(min(life, 1e9)) * time.Second)
	}
	return g, nil
}

// refusal is classify, but that a grant may be refused which is not the operator's.
func refusal(err error) error {
	e, ok := errors.AsType[*oauth2.RetrieveError](err)
	if ok && e.ErrorCode == "invalid_grant" && e.Response.StatusCode/100 == 4 {
		return ErrGrant
	}
	return classify(err)
}
