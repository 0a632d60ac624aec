package rest

import (
	"context"
	"slices"
	"strings"
	"time"

	lru "github.com/hashicorp/golang-lru/v2"
)

// What is known of a person's rights, and for how long: a role may be changed meanwhile.
const (
	rightsLife = time.Minute
	mostRights = 10_000 // people
)

// Rights are what a person may do, as far as that is known.
type Rights struct {
	Scopes      []string // of the access token; nil if unknown
	Permissions []string // of the user; nil if unknown
}

// Lacks names what is needed and r has not: the scope of the app, and the permissions of the
// user, of which one would do. What is unknown is not lacking.
func (r Rights) Lacks(app string, user []string) (scope string, permissions []string) {
	if r.Scopes != nil && !covered(r.Scopes, app) {
		scope = app
	}
	has := func(p string) bool { return slices.Contains(r.Permissions, p) }
	if r.Permissions != nil && len(user) > 0 && !slices.ContainsFunc(user, has) {
		permissions = user
	}
	return scope, permissions
}

// includes lists which scopes hold others. Whether EditExtensions holds ReadAccounts
// RingCentral's pages do not agree: it is taken to, since nothing that may be allowed is to be
// refused.
var includes = map[string][]string{
	"ReadAccounts":   {"EditAccounts", "EditExtensions", "Accounts"},
	"EditExtensions": {"EditAccounts", "Accounts"},
	"EditAccounts":   {"Accounts"},
	// These are one, as different pages write it.
	"WebSocketsSubscription": {"WebSocket", "WebSocketSubscription", "WebSocketSubscriptions"},
}

// covered says whether scopes allow what takes one.
func covered(scopes []string, one string) bool {
	has := func(s string) bool { return slices.Contains(scopes, s) }
	return one == "" || has(one) || slices.ContainsFunc(includes[one], has)
}

// rights remembers what people may do.
type rights struct {
	profiles *lru.Cache[string, profile] // by person
}

// profile is the permissions of a user, and until when they are taken to be those.
type profile struct {
	permissions []string
	end         time.Time
}

func newRights() rights {
	c, err := lru.New[string, profile](mostRights)
	if err != nil {
		panic(err) // only for a size below one
	}
	return rights{c}
}

// learn notes what a profile of the signed-in user says.
func (r rights) learn(who string, p *AuthorizationProfile) {
	h := profile{make([]string, len(p.Permissions)), time.Now().Add(rightsLife)}
	for i, one := range p.Permissions {
		h.permissions[i] = string(one.Permission.RCID)
	}
	r.profiles.Add(who, h)
}

// Rights returns what is known of what the person of ctx may do; nothing is sent.
func (c *Client) Rights(ctx context.Context) Rights {
	var r Rights
	if c.cfg.Scopes != nil {
		r.Scopes = c.cfg.Scopes(ctx)
	}
	if h, ok := c.rights.profiles.Get(c.cfg.Who(ctx)); ok && time.Now().Before(h.end) {
		r.Permissions = h.permissions
	}
	return r
}

// preflight refuses what is known to be refused: the upstream would count the call.
func (c *Client) preflight(ctx context.Context, o *Operation) error {
	return c.May(ctx, o.ID, o.App, o.User)
}

// May returns an error if the person of ctx is known to lack what something with a name
// takes: a scope of the app, and any of some permissions of the user.
func (c *Client) May(ctx context.Context, name, app string, user []string) error {
	if c.cfg.NoPreflight || app == "" && len(user) == 0 {
		return nil
	}
	scope, permissions := c.Rights(ctx).Lacks(app, user)
	switch {
	case scope != "":
		return &Error{Op: name, Permission: scope, Lacks: LacksScope}
	case permissions != nil:
		return &Error{Op: name, Permission: strings.Join(permissions, " or "), Lacks: LacksPermission}
	}
	return nil
}

// Lack is a right that is known to be missing, so that nothing was sent.
type Lack string

// The rights that a call takes.
const (
	LacksScope      Lack = "scope"      // of the app
	LacksPermission Lack = "permission" // of the user
)
