package gateway

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/99designs/gqlgen/graphql/handler/transport"

	"github.com/ringql/ringql/internal/auth"
)

// webSocket serves graphql-transport-ws. A browser lets any page open a socket
// anywhere, so the page's origin must be this gateway; the library checks that.
func webSocket(cfg Config) graphql.Transport {
	limit := cfg.Limits.Body
	return socketTransport{transport.Websocket{
		InitTimeout:           10 * time.Second,
		KeepAlivePingInterval: 15 * time.Second,
		PingPongInterval:      15 * time.Second,
		PayloadReadLimit:      &limit,
		InitFunc: func(ctx context.Context, payload transport.InitPayload) (context.Context, *transport.InitPayload, error) {
			return identified(ctx, cfg.Auth, payload)
		},
	}}
}

// identified takes a token out of the first message: browsers cannot send headers
// with a socket.
func identified(ctx context.Context, a *auth.Authenticator, payload transport.InitPayload) (context.Context, *transport.InitPayload, error) {
	header := payload.Authorization()
	if header == "" {
		return ctx, nil, nil
	}
	person, err := a.Identify(header)
	if err != nil {
		return ctx, nil, errors.New(sayOf(err))
	}
	return auth.With(ctx, person), nil, nil
}

// socketTransport is the library's, but for requests that ask for an upgrade to
// something else: they are no sockets.
type socketTransport struct{ transport.Websocket }

func (t socketTransport) Supports(r *http.Request) bool { return isSocket(r) }
