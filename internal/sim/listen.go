package sim

import (
	"context"
	"net"
	"net/http"
	"time"
)

// Listen serves s at addr until ctx ends, and returns its URL. With ctx the server is closed too.
func (s *Server) Listen(ctx context.Context, addr string) (url string, err error) {
	l, err := new(net.ListenConfig).Listen(ctx, "tcp", addr)
	if err != nil {
		return "", err
	}
	srv := &http.Server{Handler: s, ReadHeaderTimeout: 5 * time.Second}
	context.AfterFunc(ctx, func() {
		_ = srv.Close()
		s.Close()
	})
	go func() { _ = srv.Serve(l) }() // it ends with ctx
	return "http://" + l.Addr().String(), nil
}

// Unlimited are limits that nobody reaches; whoever learns limits from answers learns these.
func Unlimited() map[string]int {
	return map[string]int{"light": 1_000_000, "medium": 1_000_000, "heavy": 1_000_000, "auth": 1_000_000}
}
