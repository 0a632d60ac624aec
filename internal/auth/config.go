package auth

import (
	"cmp"
	"fmt"
	"log/slog"
	"net/http"
)

// Config says which ways there are to show who one is, beside a token of one's own. Its zero
// value is none.
type Config struct {
	App    App               // the operator's, for the two that follow
	Tokens http.RoundTripper // the way of their token calls
	JWT    Secret            // the credential of the person that others act for; empty for nobody
	Keys   []string          // who may act for that person; none: whoever reaches the gateway. See NewKeys
	Door   *DoorConfig       // how people sign in with a browser; nil: not at all
	Log    *slog.Logger      // nil means slog.Default
}

// New returns the Authenticator of cfg.
func New(cfg Config) (*Authenticator, error) {
	a, log := new(Authenticator), cmp.Or(cfg.Log, slog.Default())
	if cfg.JWT.Reveal() != "" {
		cred := Credential{ServerURL: cfg.App.ServerURL, ClientID: cfg.App.ClientID, ClientSecret: cfg.App.ClientSecret, JWT: cfg.JWT}
		a.Service = NewService(cred, cfg.Tokens)
		go a.Service.Announce(log) // better told now than to the first who asks
		keys, err := NewKeys(cfg.Keys)
		if err != nil {
			return nil, fmt.Errorf("RINGQL_KEYS: %w", err)
		}
		a.Keys = keys
	}
	if cfg.Door != nil {
		door, err := NewDoor(cfg.App, cfg.Tokens, *cfg.Door, log)
		if err != nil {
			return nil, err
		}
		a.Door = door
	}
	return a, nil
}
