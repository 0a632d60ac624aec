// Package wiring puts the parts of the gateway together: the only place that knows them
// all. It must not do anything itself.
package wiring

import (
	"fmt"
	"log/slog"
	"net/http"

	"github.com/ringql/ringql/internal/auth"
	"github.com/ringql/ringql/internal/budget"
	"github.com/ringql/ringql/internal/cluster"
	"github.com/ringql/ringql/internal/config"
	"github.com/ringql/ringql/internal/gateway"
	"github.com/ringql/ringql/internal/limit"
	"github.com/ringql/ringql/internal/notify"
	"github.com/ringql/ringql/internal/rest"
)

// Gateway returns the gateway that the settings ask for.
func Gateway(cfg config.Serve, version string, log *slog.Logger) (*gateway.Gateway, error) {
	telemetry, up, b := gateway.NewTelemetry(), cfg.Upstream, cfg.Budget
	replica, err := cluster.Join(cluster.Config{URL: b.RedisURL, Log: log, Up: telemetry.StoreUp}, budget.Config{
		App: up.ClientID, Others: b.Others, Unnamed: budget.Scope(b.Unnamed), Queue: b.Waiting, Meter: telemetry,
		Limits: map[budget.Group]int{budget.Light: b.Light, budget.Medium: b.Medium, budget.Heavy: b.Heavy, budget.Auth: b.Auth},
	})
	if err != nil {
		return nil, err
	}
	base, spend, observe := rest.NewTransport(), budget.Transport(replica.Gate, auth.Key), rest.Observe(telemetry.Call)
	who, err := authenticate(cfg, rest.Chain(base, rest.ForTokens(), spend, observe), log)
	if err != nil {
		return nil, err
	}
	audit, err := cfg.AuditTo(log)
	if err != nil {
		return nil, err
	}
	client := replica.Follow(rest.New(rest.Config{
		BaseURL: up.ServerURL, Generation: rest.Preference(up.API), Who: auth.Key, Scopes: auth.Scopes, NoPreflight: up.NoPreflight, Gate: replica.Gate, ManyIDs: up.ManyIDs, MaxAnswer: up.MaxAnswer, UserAgent: "RingQL/" + version,
		Transport: rest.Chain(base, rest.Retry(), auth.Transport(), spend, observe), Cache: rest.CacheConfig(cfg.Cache), Report: telemetry.Call, Changes: replica.Tell,
	}))
	events, err := listen(cfg, client, base, log)
	if err != nil {
		return nil, err
	}
	return gateway.New(gateway.Config{
		REST: client, Events: events, Gate: replica.Gate, Auth: who, Telemetry: telemetry, Log: log, Audit: audit, Limits: limit.Limits(cfg.Limits),
		Timeout: cfg.Timeout, Introspection: *cfg.Introspection, Playground: cfg.Playground, Web: gateway.Web(cfg.Web), HealthApart: cfg.HealthAddr != "",
	})
}

// listen wires how RingCentral tells of events.
func listen(cfg config.Serve, client *rest.Client, base http.RoundTripper, log *slog.Logger) (*notify.Events, error) {
	shared, how := cluster.Config{URL: cfg.Budget.RedisURL, Log: log.With("shared", "events")}, cfg.Events
	bus, err := cluster.OpenBus(shared)
	if err != nil {
		return nil, err
	}
	store, err := cluster.OpenStore(shared, "")
	if err != nil {
		return nil, err
	}
	return notify.New(notify.Config{
		REST: client, Bus: bus, Store: store, Alone: shared.URL == "", Log: log, Via: notify.Via(how.How()), URL: how.URL, Secret: rest.Secret(how.Secret),
		Upstream: cfg.Upstream.ServerURL, Transport: base, Life: how.Life, Check: how.Check, Linger: how.Linger, Denied: auth.Denied,
	})
}

// authenticate wires the ways to show who one is.
func authenticate(cfg config.Serve, tokens http.RoundTripper, log *slog.Logger) (*auth.Authenticator, error) {
	up, how := cfg.Upstream, auth.Config{Tokens: tokens, JWT: auth.NewSecret(cfg.Upstream.JWT), Keys: cfg.Keys, Log: log}
	how.App = auth.App{ServerURL: up.ServerURL, ClientID: up.ClientID, ClientSecret: auth.NewSecret(up.ClientSecret), Scopes: cfg.Session.Scopes}
	if cfg.SignsIn() {
		store, err := cluster.OpenStore(cluster.Config{URL: cfg.SharedSessions(), Log: log.With("shared", "sessions")}, cfg.Session.File)
		if err != nil {
			return nil, fmt.Errorf("RINGQL_SESSION_FILE: %w", err)
		}
		how.Door = &auth.DoorConfig{Store: store, Key: cfg.Session.Key, OldKeys: []string{cfg.Session.OldKey},
			Idle: cfg.Session.Idle, Life: cfg.Session.Life, URL: cfg.Session.URL, Origins: cfg.Web.Origins}
	}
	if up.JWT != "" && len(cfg.Keys) == 0 && !config.Loopback(cfg.Addr) {
		log.Warn("whoever reaches this address acts as the person of RINGCENTRAL_JWT: see RINGQL_KEYS", "addr", cfg.Addr)
	}
	return auth.New(how)
}
