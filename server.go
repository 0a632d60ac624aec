// Command ringql serves a GraphQL API in front of the RingCentral REST API.
package main

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/ringql/ringql/internal/auth"
	"github.com/ringql/ringql/internal/budget"
	"github.com/ringql/ringql/internal/cluster"
	"github.com/ringql/ringql/internal/config"
	"github.com/ringql/ringql/internal/gateway"
	"github.com/ringql/ringql/internal/limit"
	"github.com/ringql/ringql/internal/rest"
	"github.com/ringql/ringql/internal/sim"
)

//go:generate go run ./graph/model/gen
//go:generate go tool gqlgen generate
//go:generate sed -i -f graph/patch.sed graph/generated.go
//go:generate gofmt -w graph/generated.go

var version = "dev" // stamped by the build

func main() {
	config.Tune()
	cli, cmd := config.Parse(os.Args[1:], version)
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	var err error
	switch cmd.Command() {
	case "sim":
		log := cli.Sim.Log.Logger(os.Stderr)
		if err = simulate(ctx, cli.Sim.Company, new(config.Upstream), log); err == nil {
			<-ctx.Done()
		}
	case "healthcheck":
		err = gateway.Check(ctx, cli.Healthcheck.Addr)
	default:
		err = serve(ctx, cli.Serve, cli.Serve.Log.Logger(os.Stderr))
	}
	cmd.FatalIfErrorf(err)
}

// simulate starts a simulated RingCentral and fills in how to reach it.
func simulate(ctx context.Context, c config.Company, up *config.Upstream, log *slog.Logger) error {
	cfg := sim.Config{Extensions: c.Extensions, Numbers: c.Numbers, Seed: c.Seed, Groups: true, Fax: true, Latency: c.Latency, Log: log}
	if !c.Limits {
		cfg.Limits = sim.Unlimited()
	}
	s, err := sim.New(cfg)
	if err != nil {
		return err
	}
	if up.ServerURL, err = s.Listen(ctx, c.Addr); err != nil {
		return fmt.Errorf("RINGQL_SIM_ADDR: %w", err)
	}
	up.ClientID, up.ClientSecret, up.JWT = sim.ClientID, sim.ClientSecret, sim.JWT(sim.AdministratorID)
	extensions, numbers := s.Size()
	log.Info("simulated RingCentral", "url", up.ServerURL, "extensions", extensions, "numbers", numbers, "client_id", up.ClientID, "client_secret", up.ClientSecret, "jwt", up.JWT)
	return nil
}

// serve runs the gateway until ctx ends.
func serve(ctx context.Context, cfg config.Serve, log *slog.Logger) error {
	base, cut := context.WithCancel(context.WithoutCancel(ctx)) // outlives ctx: what is under way is finished
	defer cut()
	if cfg.Upstream.Simulated() {
		if err := simulate(base, cfg.Sim, &cfg.Upstream, log); err != nil {
			return err
		}
		log.Info("no upstream is set: requests without credentials act as the simulator's administrator")
	} else if cfg.Upstream.ServerURL == "" {
		cfg.Upstream.ServerURL = "https://platform.ringcentral.com"
	}
	g, err := assemble(cfg, log)
	if err != nil {
		return err
	}
	slog.SetDefault(log) // what libraries log goes the same way
	l, err := gateway.Listen(ctx, g, gateway.Listening{
		Addr: cfg.Addr, HealthAddr: cfg.HealthAddr, Base: base, Timeout: cfg.Timeout, H2C: cfg.H2C, Log: log,
	})
	if err != nil {
		return err
	}
	log.Info("ringql is up", "version", version, "url", l.URL, "upstream", cfg.Upstream.ServerURL)
	select {
	case err := <-l.Failed:
		return err
	case <-ctx.Done():
	}
	log.Info("stopping")
	patience, cancel := context.WithTimeout(base, cfg.Timeout+5*time.Second)
	defer cancel()
	return l.Stop(patience)
}

// assemble wires the gateway: the only place that knows all parts.
func assemble(cfg config.Serve, log *slog.Logger) (*gateway.Gateway, error) {
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
	return gateway.New(gateway.Config{
		REST: replica.Follow(rest.New(rest.Config{
			BaseURL: up.ServerURL, Generation: rest.Preference(up.API), Who: auth.Key, Scopes: auth.Scopes, NoPreflight: up.NoPreflight, Gate: replica.Gate, ManyIDs: up.ManyIDs, MaxAnswer: up.MaxAnswer, UserAgent: "RingQL/" + version,
			Transport: rest.Chain(base, rest.Retry(), auth.Transport(), spend, observe), Cache: rest.CacheConfig(cfg.Cache), Report: telemetry.Call, Changes: replica.Tell,
		})),
		Gate: replica.Gate, Auth: who, Telemetry: telemetry, Log: log, Audit: audit, Limits: limit.Limits(cfg.Limits),
		Timeout: cfg.Timeout, Introspection: *cfg.Introspection, Playground: cfg.Playground, Web: gateway.Web(cfg.Web), HealthApart: cfg.HealthAddr != "",
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
