// Command ringql serves a GraphQL API in front of the RingCentral REST API.
package main

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/ringql/ringql/internal/config"
	"github.com/ringql/ringql/internal/gateway"
	"github.com/ringql/ringql/internal/sim"
	"github.com/ringql/ringql/internal/wiring"
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
	if err == nil {
		up.ServerURL, err = s.Listen(ctx, c.Addr)
	}
	if err != nil {
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
	g, err := wiring.Gateway(cfg, version, log)
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
