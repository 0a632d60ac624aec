// Package auth knows who is asking and with which token upstream calls are made: the
// client's own, that of the session a person has signed in to, or the one that the
// operator's credential was exchanged for.
// It must not know GraphQL or the operations of the upstream. Tokens never enter
// an error, a log or a key.
package auth

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"net/http"
	"strings"
	"time"
)

// Classes of failure, for errors.Is.
var (
	// ErrNobody means that the request comes from nobody in particular.
	ErrNobody = errors.New("nobody is signed in")
	// ErrMalformed means that the Authorization header makes no sense.
	ErrMalformed = errors.New("authorization is malformed")
	// ErrCredential means that the upstream refused the operator's credential.
	ErrCredential = errors.New("the gateway's own credential was refused")
	// ErrUnavailable means that the upstream gives no tokens for now.
	ErrUnavailable = errors.New("no token to be had for now")
)

// Person is whoever a request acts for.
type Person struct {
	Key    string // tells people apart in budgets and caches; never holds a token
	Client string // the name of the client's gateway key, if there is one
	tokens source
}

// token is an access token. Two tokens are the same only if they are the same
// pointer: a new one may have the text of the old.
type token struct {
	text  Secret
	since time.Time // when it came
	renew time.Time // from when on another is fetched while it serves
	end   time.Time // from when on it is not used any more
	scope []string  // what the app may do with it; nil if that is unknown
}

// Shown says whether p is known by something that the request showed.
func (p *Person) Shown() bool { return p != nil && (p.Client != "" || p.Key != serviceKey) }

// Check says whether a token is to be had for p now.
func (p *Person) Check(ctx context.Context) error {
	_, err := p.tokens.token(ctx)
	return err
}

// source is where a person's tokens come from.
type source interface {
	// token returns an access token.
	token(ctx context.Context) (*token, error)
	// replace returns another token in place of one that the upstream refused; nil if
	// it is not to be replaced.
	replace(ctx context.Context, refused *token) (*token, error)
	// scopes is what the app may do with the tokens; nil if that is unknown.
	scopes() []string
}

// own is the client's own token.
type own token

func (t *own) token(context.Context) (*token, error) { return (*token)(t), nil }

func (*own) scopes() []string { return nil }

func (*own) replace(context.Context, *token) (*token, error) {
	return nil, nil //nolint:nilnil // only the client can get another
}

type personKey struct{}

// With returns a context that acts for p.
func With(ctx context.Context, p *Person) context.Context {
	return context.WithValue(ctx, personKey{}, p)
}

// From returns who ctx acts for; nil for nobody.
func From(ctx context.Context) *Person {
	p, _ := ctx.Value(personKey{}).(*Person)
	return p
}

// Key returns the key of who ctx acts for; "" for nobody.
func Key(ctx context.Context) string {
	if p := From(ctx); p != nil {
		return p.Key
	}
	return ""
}

// Scopes returns what the app may do for who ctx acts for; nil if that is unknown.
func Scopes(ctx context.Context) []string {
	if p := From(ctx); p != nil {
		return p.tokens.scopes()
	}
	return nil
}

// Authenticator finds out who is asking.
type Authenticator struct {
	// Service is who requests without credentials act for; nil for nobody.
	Service *Person
	// Keys are who may act for it; nil for whoever reaches the gateway.
	Keys *Keys
	// Door is where people sign in; nil for nowhere.
	Door *Door
}

// Admit returns who r acts for: whose token or key it shows, else whose session its cookie
// stands for, else the service's own person, or nobody. A page cannot send headers with a
// socket: of one that shows no CSRF token yet there is a session and no person, until its
// first message shows it.
func (a *Authenticator) Admit(r *http.Request, socket bool) (*Person, *Session, error) {
	header, key := r.Header.Get("Authorization"), r.Header.Get(KeyHeader)
	if header == "" && key == "" && a.Door != nil {
		s, err := a.Door.Visit(r)
		token := r.Header.Get(CSRFHeader)
		switch {
		case err != nil:
			return nil, nil, err
		case s.Trusts(token):
			s.touch(r.Context())
			return s.Person, s, nil
		case s != nil && socket && token == "":
			return nil, s, nil
		case s != nil:
			return nil, nil, ErrCSRF
		case token != "":
			// Whoever shows a token means to act for a session, and for nobody else.
			return nil, nil, &Over{Unknown}
		}
	}
	p, err := a.Identify(header, key)
	return p, nil, err
}

// longest bounds what is taken for a token.
const longest = 4096

// Identify reads an Authorization header, and what stands in KeyHeader. Without a token,
// a key, or that none is needed, means the service's own person; nothing means nobody.
func (a *Authenticator) Identify(header, key string) (*Person, error) {
	if header == "" {
		return a.service(key)
	}
	scheme, text, _ := strings.Cut(header, " ")
	text = strings.TrimSpace(text)
	if !strings.EqualFold(scheme, "Bearer") || !wellFormed(text) {
		return nil, ErrMalformed
	}
	sum := sha256.Sum256([]byte(text))
	return &Person{Key: "bearer:" + hex.EncodeToString(sum[:16]), tokens: &own{text: NewSecret(text)}}, nil
}

// service returns the service's own person as the client with key acts for it.
func (a *Authenticator) service(key string) (*Person, error) {
	switch {
	case a.Service == nil || a.Keys == nil:
		return a.Service, nil
	case key == "":
		return nil, nil //nolint:nilnil // nobody
	}
	name, ok := a.Keys.name(key)
	if !ok {
		return nil, ErrKey
	}
	p := *a.Service
	p.Client = name
	return &p, nil
}

// wellFormed says whether s has the form of a bearer token (RFC 6750, b64token).
func wellFormed(s string) bool {
	if s == "" || len(s) > longest {
		return false
	}
	for _, r := range s {
		switch {
		case 'a' <= r && r <= 'z', 'A' <= r && r <= 'Z', '0' <= r && r <= '9', strings.ContainsRune("-._~+/=", r):
		default:
			return false
		}
	}
	return true
}
