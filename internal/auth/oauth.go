package auth

import (
	"context"
	"crypto/rand"
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
	Scopes       []string
}

// OAuth makes the token calls of people's sessions.
type OAuth struct {
	app    App
	client *http.Client
}

// NewOAuth returns an OAuth for app that calls by transport.
func NewOAuth(app App, transport http.RoundTripper) *OAuth {
	app.ServerURL = strings.TrimRight(app.ServerURL, "/")
	return &OAuth{app: app, client: tokenClient(transport)}
}

// config is made when it is needed: it holds the secret in clear. redirect is where the
// upstream sends people back to.
func (o *OAuth) config(redirect string) *oauth2.Config {
	style := oauth2.AuthStyleInHeader
	if o.public() {
		style = oauth2.AuthStyleInParams
	}
	return &oauth2.Config{
		ClientID: o.app.ClientID, ClientSecret: o.app.ClientSecret.Reveal(), RedirectURL: redirect, Scopes: o.app.Scopes,
		Endpoint: oauth2.Endpoint{AuthURL: o.at("authorize"), TokenURL: o.at("token"), AuthStyle: style},
	}
}

func (o *OAuth) at(name string) string { return o.app.ServerURL + "/restapi/oauth/" + name }

// public says whether the app has no secret.
func (o *OAuth) public() bool { return o.app.ClientSecret.Reveal() == "" }

// tokenClient follows no redirect: it would carry secrets elsewhere.
func tokenClient(transport http.RoundTripper) *http.Client {
	return &http.Client{Transport: roundTripper(func(req *http.Request) (*http.Response, error) {
		resp, err := transport.RoundTrip(req)
		if err == nil {
			resp.Header.Del("Location") // the client quotes one that it cannot read
		}
		return resp, err
	})}
}

// Verifier returns the secret of one attempt to sign in (RFC 7636).
func Verifier() string { return oauth2.GenerateVerifier() }

// URL returns where a person signs in, to come back to redirect.
func (o *OAuth) URL(redirect, state, verifier string) string {
	return o.config(redirect).AuthCodeURL(state, oauth2.S256ChallengeOption(verifier))
}

// Grant is what the upstream gives a session: a pair of tokens, and whose it is.
type Grant struct {
	Owner           string // the upstream's id of the person
	Scopes          []string
	access, refresh Secret
	since, end      time.Time // of the access token
	refreshEnd      time.Time // zero if not told
}

// Exchange takes the code that a person came back to redirect with. It does not stop when ctx ends:
// a code works only once.
func (o *OAuth) Exchange(ctx context.Context, redirect, code, verifier string) (*Grant, error) {
	// Who the person is, nobody knows yet: each attempt has a budget of its own.
	ctx, cancel := o.context(context.WithoutCancel(ctx), &Person{Key: "login:" + rand.Text()})
	defer cancel()
	t, err := o.config(redirect).Exchange(ctx, code, oauth2.VerifierOption(verifier))
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
	t, err := o.config("").TokenSource(ctx, &oauth2.Token{RefreshToken: refreshToken.Reveal()}).Token()
	if err != nil {
		return nil, refusal(err)
	}
	return newGrant(t)
}

// end ends the session of a token upstream, and takes as long as ctx allows.
func (o *OAuth) end(ctx context.Context, p *Person, token Secret) error {
	ctx = With(ctx, p)
	form := url.Values{"token": {token.Reveal()}}
	if o.public() {
		form.Set("client_id", o.app.ClientID)
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, o.at("revoke"), strings.NewReader(form.Encode()))
	if err != nil {
		return unavailable(err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	if !o.public() {
		req.SetBasicAuth(url.QueryEscape(o.app.ClientID), url.QueryEscape(o.app.ClientSecret.Reveal()))
	}
	resp, err := o.client.Do(req)
	if err != nil {
		return unavailable(err)
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
		return nil, errNonsense
	}
	kept := newToken(t)
	g := &Grant{
		Owner: owner, Scopes: kept.scope,
		access: NewSecret(t.AccessToken), refresh: NewSecret(t.RefreshToken),
		since: kept.since, end: kept.end.Add(leeway),
	}
	if life, ok := t.Extra("refresh_token_expires_in").(float64); ok && life > 0 {
		g.refreshEnd = g.since.Add(time.Duration(min(life, 1e9)) * time.Second)
	}
	return g, nil
}
