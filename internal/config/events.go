package config

import (
	"errors"
	"fmt"
	"strings"
	"time"
)

// Events says how the gateway is told of what happens at RingCentral.
type Events struct {
	Via    string        `name:"via" env:"RINGQL_EVENTS" enum:"auto,webhook,websocket,off" default:"auto" help:"How RingCentral tells of events: webhook (it calls the gateway), websocket (the gateway calls it, which works without a public address), off (not at all), or auto (${default}): webhook if RINGQL_EVENTS_URL is set, else websocket. It is asked to when somebody subscribes."`
	URL    string        `name:"url" env:"RINGQL_EVENTS_URL" placeholder:"URL" help:"Where RingCentral reaches the gateway for webhooks: https://ringql.example.com. It calls /webhooks/ringcentral there."`
	Secret string        `env:"RINGQL_EVENTS_SECRET" placeholder:"SECRET" help:"What webhooks are known by to be RingCentral's, 32 characters or more, the same on all replicas: openssl rand -hex 32. By default a random one. Better given in the environment."`
	Life   time.Duration `env:"RINGQL_EVENTS_LIFE" default:"24h" help:"How long RingCentral is asked to tell by webhook (${default}); that is renewed at half the time."`
	Check  time.Duration `env:"RINGQL_EVENTS_CHECK" default:"5m" help:"How often RingCentral is asked whether it still tells by webhook (${default}), a Light call each time."`
	Linger time.Duration `env:"RINGQL_EVENTS_LINGER" default:"5m" help:"For how long RingCentral goes on telling after the last subscriber has left (${default}), so that who comes back has missed nothing."`
}

func (e Events) validate(redis string) error {
	if e.URL != "" && (!origin.MatchString(e.URL) || strings.HasPrefix(e.URL, "http:") && !Loopback(strings.TrimPrefix(e.URL, "http://"))) {
		return errors.New("RINGQL_EVENTS_URL must be like https://ringql.example.com; without HTTPS it can only be on loopback, for the simulator")
	}
	if e.Via == "webhook" && e.URL == "" {
		return errors.New("RINGQL_EVENTS_URL is missing: webhooks are sent there")
	}
	if e.Secret != "" && len(e.Secret) < 32 {
		return errors.New("RINGQL_EVENTS_SECRET must have 32 characters or more: openssl rand -hex 32") // it is a secret
	}
	if e.Secret == "" && e.How() == "webhook" && redis != "" {
		return errors.New("RINGQL_EVENTS_SECRET is missing: replicas know by it what is RingCentral's")
	}
	return errors.Join(
		atLeast("RINGQL_EVENTS_LIFE", e.Life, time.Minute), atLeast("RINGQL_EVENTS_CHECK", e.Check, 10*time.Second), atLeast("RINGQL_EVENTS_LINGER", e.Linger, time.Second))
}

// atLeast refuses what would have RingCentral be asked all the time.
func atLeast(name string, d, least time.Duration) error {
	if d < least {
		return fmt.Errorf("%s must be at least %s, not %s", name, least, d)
	}
	return nil
}

// How is how RingCentral tells of events: webhook, websocket, or "" for not at all.
func (e Events) How() string {
	switch {
	case e.Via == "off":
		return ""
	case e.Via != "auto":
		return e.Via
	case e.URL != "":
		return "webhook"
	}
	return "websocket"
}
