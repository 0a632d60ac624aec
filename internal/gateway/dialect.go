package gateway

import (
	"strings"

	"github.com/coder/websocket"
)

// dialect is how a subprotocol names the messages of graphql-transport-ws; what it has no
// name for it does not have.
type dialect struct {
	name   string
	in     map[string]string // from its name to ours
	out    map[string]string // from our name to its own
	before bool              // whether it is the older one
}

// dialects are the subprotocols that are spoken, the better first.
var dialects = []dialect{
	// Source: PROTOCOL.md of graphql-ws.
	{
		name: "graphql-transport-ws",
		in: map[string]string{
			"connection_init": "connection_init", "ping": "ping", "pong": "pong", "subscribe": "subscribe", "complete": "complete",
		},
		out: map[string]string{"connection_ack": "connection_ack", "ping": "ping", "pong": "pong", "next": "next", "error": "error", "complete": "complete"},
	},
	// Source: PROTOCOL.md of subscriptions-transport-ws, which is kept no more.
	{
		name: "graphql-ws",
		in: map[string]string{
			"connection_init": "connection_init", "connection_terminate": "terminate", "start": "subscribe", "stop": "complete",
		},
		out: map[string]string{
			"connection_ack": "connection_ack", "refused": "connection_error", "alive": "ka", "next": "data", "error": "error", "complete": "complete",
		},
		before: true,
	},
}

// subprotocols are the names of all dialects.
func subprotocols() []string {
	names := make([]string, len(dialects))
	for i, d := range dialects {
		names[i] = d.name
	}
	return names
}

// spoken returns the dialect that was agreed on; false when none was.
func spoken(conn *websocket.Conn) (dialect, bool) {
	for _, d := range dialects {
		if strings.EqualFold(conn.Subprotocol(), d.name) {
			return d, true
		}
	}
	return dialect{}, false
}
