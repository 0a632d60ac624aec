package gateway_test

import (
	"context"
	"net"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/ringql/ringql/internal/auth"
	"github.com/ringql/ringql/internal/budget"
	"github.com/ringql/ringql/internal/gateway"
	"github.com/ringql/ringql/internal/rest"
	"github.com/ringql/ringql/internal/sim"
)

// pipes is a network without a system: a server on it can live in pretend time.
type pipes struct {
	conns chan net.Conn
	done  chan struct{}
	once  sync.Once
}

func (p *pipes) Accept() (net.Conn, error) {
	select {
	case c := <-p.conns:
		return c, nil
	case <-p.done:
		return nil, net.ErrClosed
	}
}

func (p *pipes) Close() error {
	p.once.Do(func() { close(p.done) })
	return nil
}

func (p *pipes) Addr() net.Addr { return &net.TCPAddr{} }

func (p *pipes) dial(context.Context, string, string) (net.Conn, error) {
	here, there := net.Pipe()
	select {
	case p.conns <- there:
		return here, nil
	case <-p.done:
		return nil, net.ErrClosed
	}
}

// piped serves h, in front of s, without a port.
func piped(t *testing.T, s *sim.Server, h http.Handler) target {
	t.Helper()
	p := &pipes{conns: make(chan net.Conn), done: make(chan struct{})}
	srv := &http.Server{Handler: h, ReadHeaderTimeout: time.Minute}
	go func() { _ = srv.Serve(p) }()
	tr := &http.Transport{DialContext: p.dial}
	t.Cleanup(func() {
		tr.CloseIdleConnections()
		_ = srv.Close()
	})
	x := target{ctx: t.Context(), url: "http://gateway", token: s.Token(sim.AdministratorID), client: &http.Client{Transport: tr}}
	x.over(s)
	return x
}

func pipedStock(t *testing.T, w wiring) target {
	t.Helper()
	s, err := sim.New(sim.Config{Limits: unlimited})
	if err != nil {
		t.Fatal(err)
	}
	return piped(t, s, stockHandler(s, w))
}

func ourPiped(t *testing.T) target {
	t.Helper()
	s, err := sim.New(sim.Config{Limits: unlimited})
	if err != nil {
		t.Fatal(err)
	}
	g, err := gateway.New(gateway.Config{Gate: budget.NewGate(), Timeout: time.Minute, REST: rest.New(rest.Config{
		BaseURL: "http://upstream", Who: auth.Key, Transport: rest.Chain(s.Transport(), auth.Transport()),
	})})
	if err != nil {
		t.Fatal(err)
	}
	return piped(t, s, g)
}
