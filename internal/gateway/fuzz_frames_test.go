package gateway_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/coder/websocket"
)

// frame is one message of either protocol.
type frame struct {
	ID      *string         `json:"id"`
	Type    string          `json:"type"`
	Payload json.RawMessage `json:"payload"`
}

// protocols are what a socket may speak, and how an operation is asked for.
var protocols = []struct {
	name, start string
	say         []string               // what the gateway may say
	close       []websocket.StatusCode // and how it may close
}{
	{"graphql-transport-ws", "subscribe", []string{"connection_ack", "ping", "pong", "next", "error", "complete"},
		[]websocket.StatusCode{4400, 4401, 4403, 4409, 4429, websocket.StatusMessageTooBig}},
	{"graphql-ws", "start", []string{"connection_ack", "connection_error", "ka", "data", "error", "complete"},
		[]websocket.StatusCode{1000, 1002, 4400, 4401, 4403, 4409, 4429, websocket.StatusMessageTooBig}},
}

// last is the id of an operation that shows, once it is done, that all was read before.
const last = "the last one"

// No messages on a socket, whatever they say in what order, do harm. Each is a line; one
// that begins with a NUL is sent as binary.
func FuzzFrames(f *testing.F) {
	const greeting = `{"type":"connection_init","payload":{"Authorization":"TOKEN"}}`
	for _, lines := range []string{
		"", "hello", greeting, greeting + "\n" + greeting, `{"type":"ping","payload":{"at":1}}`, `{"type":"pong"}` + "\n" + `{"type":"ping"}`,
		`{"type":"connection_init","payload":{"Authorization":"Basic x"}}`, `{"type":"connection_init","payload":[1]}`, `{"type":"connection_init","payload":null}`,
		greeting + "\n" + subscribe("1", "{ viewer { name } }"),
		greeting + "\n" + subscribe("1", "{ viewer { name ... @defer { status } } }") + "\n" + `{"type":"complete","id":"1"}` + "\n" + subscribe("1", "{ nonsense }"),
		greeting + "\n" + subscribe("1", "{ viewer { name } }") + "\n" + subscribe("2", "{ account { extensions { totalCount } } }") + "\n" + subscribe("3", "{"),
		greeting + "\n" + subscribe("1", `mutation { deletePhoneNumber(input: {phoneNumberId: "1"}) { outcome } }`),
		greeting + "\n" + subscribe("1", "subscription { viewer { name } }"),
		greeting + "\n" + `{"type":"subscribe","id":"1","payload":{"query":"query A($n: Int) { account { extensions(first: $n) { totalCount } } } query B { __typename }","operationName":"A","variables":{"n":"x"},"extensions":{}}}`,
		greeting + "\n" + `{"type":"subscribe","id":"1","payload":{"extensions":{"persistedQuery":{"version":1,"sha256Hash":"0"}}}}`,
		greeting + "\n" + `{"type":"subscribe","id":"","payload":{"query":"{ __typename }"}}`,
		greeting + "\n" + `{"type":"subscribe","id":7,"payload":{"query":"{ __typename }"}}`,
		greeting + "\n\x00" + subscribe("1", "{ __typename }"), greeting + "\n" + `{"type":"next","id":"1"}`, `{"type":"ping"}{"type":"ping"}`,
		greeting + "\n" + `{"type":"start","id":"1","payload":{"query":"{ viewer { name } }"}}` + "\n" + `{"type":"stop","id":"1"}`,
		greeting + "\n" + `{"type":"start","id":"1","payload":{"query":"{ nonsense }"}}` + "\n" + `{"type":"connection_terminate"}`,
	} {
		f.Add(false, lines)
		f.Add(true, lines)
	}
	next := listening(f)
	f.Fuzz(func(t *testing.T, legacy bool, lines string) {
		g, dial, path := next(t)
		protocol := protocols[0]
		if legacy {
			protocol = protocols[1]
		}
		ctx, cancel := context.WithTimeout(t.Context(), fuzzTimeout+fuzzSlack)
		defer cancel()
		one := &http.Transport{DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) { return dial.DialContext(ctx, "unix", path) }}
		defer one.CloseIdleConnections()
		conn, _, err := websocket.Dial(ctx, "ws://gateway/graphql", &websocket.DialOptions{HTTPClient: &http.Client{Transport: one}, Subprotocols: []string{protocol.name}})
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = conn.CloseNow() }()
		conn.SetReadLimit(16 << 20)

		sent := strings.Split(lines, "\n")
		go func() {
			for _, line := range append(sent, fmt.Sprintf(`{"type":%q,"id":%q,"payload":{"query":"{ __typename }"}}`, protocol.start, last)) {
				kind := websocket.MessageText
				if after, ok := strings.CutPrefix(line, "\x00"); ok {
					kind, line = websocket.MessageBinary, after
				}
				if conn.Write(ctx, kind, []byte(strings.ReplaceAll(line, "TOKEN", g.bearer))) != nil {
					return // the gateway has closed it
				}
			}
		}()
		ids := map[string]int{last: 1} // how often each was asked for
		for _, line := range sent {
			var m frame
			if json.Unmarshal([]byte(line), &m) == nil && m.ID != nil {
				ids[*m.ID]++
			}
		}
		for done := false; !done; {
			_, b, err := conn.Read(ctx)
			if closed, ok := errors.AsType[websocket.CloseError](err); ok {
				if !slices.Contains(protocol.close, closed.Code) {
					t.Errorf("closed with %d %s", closed.Code, closed.Reason)
				}
				break
			}
			if err != nil {
				t.Fatalf("%v", err)
			}
			done = heard(t, protocol.say, ids, b)
		}
		g.alarms.check(t)
	})
}

// heard checks one message of the gateway's, and says whether it is the end of the last
// operation. ids counts what may still come to an end.
func heard(t *testing.T, say []string, ids map[string]int, b []byte) bool {
	t.Helper()
	var m frame
	if err := json.Unmarshal(b, &m); err != nil {
		t.Fatalf("%v in %s", err, b)
	}
	if !slices.Contains(say, m.Type) {
		t.Errorf("a message of type %q: %s", m.Type, b)
	}
	var id string
	if m.ID != nil {
		id = *m.ID
	}
	switch m.Type {
	case "next", "data":
		r := readResult(t, m.Payload)
		if _, part := r.keys["hasNext"]; !part {
			r.whole(t)
			if !r.hasData && m.Type == "next" {
				t.Errorf("a request error is no answer: %s", b)
			}
		}
	case "error", "complete":
		if ids[id]--; ids[id] < 0 {
			t.Errorf("%q ends once more: %s", id, b)
		}
		if m.Type == "error" && slices.Contains(say, "pong") {
			readResult(t, fmt.Appendf(nil, `{"errors":%s}`, m.Payload))
		}
		return id == last
	default:
		return false
	}
	if ids[id] <= 0 {
		t.Errorf("an answer for %q, which is over: %s", id, b)
	}
	return false
}
