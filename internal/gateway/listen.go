package gateway

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"time"
)

// Listening says where and how a gateway is served.
type Listening struct {
	Addr       string
	HealthAddr string          // of health and metrics; "" for the same
	Base       context.Context //nolint:containedctx // of all requests, as http.Server has it
	Timeout    time.Duration   // of one operation
	H2C        bool            // whether HTTP/2 is spoken without TLS, to clients that begin with it
	Log        *slog.Logger
}

// Listener is a gateway being served.
type Listener struct {
	URL    string
	Failed <-chan error // tells when it cannot go on

	g            *Gateway
	main, health *http.Server
}

// Listen serves g. Its errors name the settings.
func Listen(ctx context.Context, g *Gateway, how Listening) (*Listener, error) {
	failed := make(chan error, 2)
	l := &Listener{Failed: failed, g: g, main: newHTTPServer(g, how), health: newHTTPServer(g.health, how)}
	open := func(setting, addr string, srv *http.Server) (url string, err error) {
		at, err := new(net.ListenConfig).Listen(ctx, "tcp", addr)
		if err != nil {
			return "", fmt.Errorf("%s: %w", setting, err)
		}
		go func() { failed <- srv.Serve(at) }()
		return "http://" + at.Addr().String(), nil
	}
	var err error
	if how.HealthAddr != "" {
		if _, err = open("RINGQL_HEALTH_ADDR", how.HealthAddr, l.health); err != nil {
			return nil, err
		}
	}
	l.URL, err = open("RINGQL_ADDR", how.Addr, l.main)
	return l, err
}

// Stop takes no more requests, and returns when those under way have ended, or ctx has.
// Health tells so to the last.
func (l *Listener) Stop(ctx context.Context) error {
	l.g.Drain()
	return errors.Join(l.main.Shutdown(ctx), l.g.Wait(ctx), l.health.Close())
}

// newHTTPServer returns a server that gives up slow clients: 5 s for the head of a request,
// 20 s for all of it, and 15 s more than an operation takes for its answer.
func newHTTPServer(h http.Handler, how Listening) *http.Server {
	protocols := new(http.Protocols)
	protocols.SetHTTP1(true)
	protocols.SetUnencryptedHTTP2(how.H2C)
	return &http.Server{
		Handler: h, BaseContext: func(net.Listener) context.Context { return how.Base }, Protocols: protocols,
		ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 20 * time.Second, WriteTimeout: how.Timeout + 15*time.Second, IdleTimeout: 2 * time.Minute,
		MaxHeaderBytes: 64 << 10, ErrorLog: slog.NewLogLogger(how.Log.Handler(), slog.LevelDebug),
	}
}
