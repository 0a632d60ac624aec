package gateway_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"

	"github.com/ringql/ringql/internal/gateway"
	"github.com/ringql/ringql/internal/sim"
)

// wire is the client's end of a socket.
type wire struct {
	t    *testing.T
	ctx  context.Context
	conn *websocket.Conn
}

func (s *stack) dial(t *testing.T, protocol string) *wire {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	t.Cleanup(cancel)
	conn, resp, err := websocket.Dial(ctx, "ws"+strings.TrimPrefix(s.url, "http")+"/graphql", &websocket.DialOptions{Subprotocols: []string{protocol}})
	if err != nil {
		t.Fatal(err)
	}
	if resp.Body != nil {
		_ = resp.Body.Close()
	}
	t.Cleanup(func() { _ = conn.CloseNow() })
	return &wire{t, ctx, conn}
}

func (w *wire) write(text string) {
	w.t.Helper()
	if err := w.conn.Write(w.ctx, websocket.MessageText, []byte(text)); err != nil {
		w.t.Fatal(err)
	}
}

// read returns the next message, or the code that the socket was closed with.
func (w *wire) read() (text string, code websocket.StatusCode) {
	w.t.Helper()
	_, b, err := w.conn.Read(w.ctx)
	if closed, ok := errors.AsType[websocket.CloseError](err); ok {
		return closed.Reason, closed.Code
	}
	if err != nil {
		w.t.Fatal(err)
	}
	return string(b), 0
}

func (w *wire) expect(want string) {
	w.t.Helper()
	if got, code := w.read(); code != 0 || !strings.Contains(got, want) {
		w.t.Fatalf("got %d %s, want %s", code, got, want)
	}
}

func (w *wire) expectClose(want websocket.StatusCode) {
	w.t.Helper()
	for {
		if got, code := w.read(); code != 0 {
			if code != want {
				w.t.Errorf("closed with %d %s, want %d", code, got, want)
			}
			return
		}
	}
}

// greeted is a socket whose first message was taken.
func (s *stack) greeted(t *testing.T) *wire {
	t.Helper()
	w := s.dial(t, "graphql-transport-ws")
	w.write(fmt.Sprintf(`{"type":"connection_init","payload":{"Authorization":"Bearer %s"}}`, s.token))
	w.expect(`"connection_ack"`)
	return w
}

func subscribe(id, query string) string {
	q, _ := json.Marshal(query)
	return fmt.Sprintf(`{"type":"subscribe","id":%q,"payload":{"query":%s}}`, id, q)
}

func TestWebSocket(t *testing.T) {
	s := newStack(t, nil)
	w := s.greeted(t)
	w.write(subscribe("1", "{ account { mainNumber } }"))
	w.expect(`{"id":"1","type":"next","payload":{"data":{"account":{"mainNumber":"+18555440014"}}}}`)
	w.expect(`{"id":"1","type":"complete"}`)
	w.write(`{"type":"ping","payload":{"at":1}}`)
	w.expect(`{"type":"pong","payload":{"at":1}}`)
	w.write(`{"type":"pong"}`)
	w.write(`{"type":"complete","id":"nobody"}`)

	// What is refused as a whole is an error, and nothing follows for its id.
	w.write(subscribe("2", "{ nonsense }"))
	w.expect(`{"id":"2","type":"error","payload":[{"message":"Cannot query field`)
	// What fails in part is an answer.
	w.write(subscribe("2", `{ extension(id: "1") { name } }`))
	w.expect(`"errors":[{"message":"There is no such object`)
	w.expect(`{"id":"2","type":"complete"}`)
	// An answer in parts comes as several.
	w.write(subscribe("3", "{ account { mainNumber ... @defer { status } } }"))
	w.expect(`"hasNext":true`)
	w.expect(`"hasNext":false`)
	w.expect(`{"id":"3","type":"complete"}`)
	_ = w.conn.Close(websocket.StatusNormalClosure, "")
}

// Every misuse of the protocol has its own close code.
func TestWebSocketCloseCodes(t *testing.T) {
	s := newStack(t, nil)
	slow := func(w *wire) {
		s.sim.FailNext("readAccountInfo", 1, sim.Fault{Delay: 5 * time.Second})
		w.write(subscribe("1", "{ account { mainNumber } }"))
	}
	for name, tt := range map[string]struct {
		code websocket.StatusCode
		do   func(*wire)
	}{
		"no JSON":               {4400, func(w *wire) { w.write("hello") }},
		"not an object":         {4400, func(w *wire) { w.write(`[1]`) }},
		"no type":               {4400, func(w *wire) { w.write(`{}`) }},
		"a type that is none":   {4400, func(w *wire) { w.write(`{"type":"start"}`) }},
		"a server's type":       {4400, func(w *wire) { w.write(`{"type":"next","id":"1"}`) }},
		"two messages in one":   {4400, func(w *wire) { w.write(`{"type":"ping"}{"type":"ping"}`) }},
		"no id":                 {4400, func(w *wire) { w.write(`{"type":"subscribe","payload":{"query":"{ __typename }"}}`) }},
		"no payload":            {4400, func(w *wire) { w.write(`{"type":"subscribe","id":"1"}`) }},
		"no query":              {4400, func(w *wire) { w.write(`{"type":"subscribe","id":"1","payload":{}}`) }},
		"a query of wrong type": {4400, func(w *wire) { w.write(`{"type":"subscribe","id":"1","payload":{"query":1}}`) }},
		"a second greeting":     {4429, func(w *wire) { w.write(`{"type":"connection_init"}`) }},
		"an id that is taken":   {4409, func(w *wire) { slow(w); w.write(subscribe("1", "{ __typename }")) }},
		"too large a message":   {1009, func(w *wire) { w.write(`{"type":"ping","payload":{"x":"` + strings.Repeat("x", 1<<20) + `"}}`) }},
		"binary": {4400, func(w *wire) {
			if err := w.conn.Write(w.ctx, websocket.MessageBinary, []byte(`{"type":"ping"}`)); err != nil {
				t.Fatal(err)
			}
		}},
	} {
		t.Run(name, func(t *testing.T) {
			w := s.greeted(t)
			tt.do(w)
			w.expectClose(tt.code)
		})
	}
	t.Run("before the greeting", func(t *testing.T) {
		w := s.dial(t, "graphql-transport-ws")
		w.write(subscribe("1", "{ __typename }"))
		w.expectClose(4401)
	})
	t.Run("a token that makes no sense", func(t *testing.T) {
		w := s.dial(t, "graphql-transport-ws")
		w.write(`{"type":"connection_init","payload":{"Authorization":"Basic x"}}`)
		w.expectClose(4403)
	})
	t.Run("a greeting of the wrong type", func(t *testing.T) {
		w := s.dial(t, "graphql-transport-ws")
		w.write(`{"type":"connection_init","payload":[]}`)
		w.expectClose(4400)
	})
}

// Who does not say who they are is not waited for.
func TestWebSocketInitTimeout(t *testing.T) {
	t.Parallel()
	w := newStack(t, nil).dial(t, "graphql-transport-ws")
	w.write(`{"type":"ping"}`)
	w.expect(`"pong"`)
	w.expectClose(4408)
}

// An operation that the client gives up is stopped, and its id is free.
func TestWebSocketGivenUp(t *testing.T) {
	s := newStack(t, nil)
	w := s.greeted(t)
	s.sim.FailNext("readAccountInfo", 1, sim.Fault{Delay: 5 * time.Second})
	w.write(subscribe("1", "{ account { mainNumber } }"))
	time.Sleep(100 * time.Millisecond)
	w.write(`{"type":"complete","id":"1"}`)
	w.write(subscribe("1", "{ viewer { name } }"))
	w.expect(`"John Smith"`)
	w.expect(`{"id":"1","type":"complete"}`)
}

func TestWebSocketLimits(t *testing.T) {
	s := newStack(t, func(c *gateway.Config) { c.Limits.Sockets, c.Limits.Operations = 2, 3 })
	first, second := s.greeted(t), s.greeted(t)
	third := s.dial(t, "graphql-transport-ws")
	third.write(fmt.Sprintf(`{"type":"connection_init","payload":{"Authorization":"Bearer %s"}}`, s.token))
	third.expectClose(4429)
	_ = second.conn.Close(websocket.StatusNormalClosure, "")
	for room := false; !room; time.Sleep(20 * time.Millisecond) { // as soon as it is gone
		next := s.dial(t, "graphql-transport-ws")
		next.write(fmt.Sprintf(`{"type":"connection_init","payload":{"Authorization":"Bearer %s"}}`, s.token))
		_, code := next.read()
		room = code == 0
	}

	s.sim.FailNext("readAccountInfo", 3, sim.Fault{Delay: 3 * time.Second})
	for i := range 3 {
		first.write(subscribe(fmt.Sprint(i), "{ account { mainNumber } }"))
	}
	first.write(subscribe("one too many", "{ __typename }"))
	first.expect(`"QUERY_TOO_COSTLY"`)
	first.write(`{"type":"complete","id":"0"}`)
	for room := false; !room; time.Sleep(20 * time.Millisecond) { // it counts until it has ended
		first.write(subscribe("again", "{ __typename }"))
		text, _ := first.read()
		room = strings.Contains(text, `{"data":{"__typename":"Query"}}`)
	}
}

// A gateway that stops closes its sockets, when what they wait for has come.
func TestWebSocketDrain(t *testing.T) {
	s := newStack(t, nil)
	idle, busy := s.greeted(t), s.greeted(t)
	s.sim.FailNext("readAccountInfo", 1, sim.Fault{Delay: 500 * time.Millisecond})
	busy.write(subscribe("1", "{ account { mainNumber } }"))
	time.Sleep(100 * time.Millisecond)
	s.g.Drain()
	idle.expectClose(websocket.StatusGoingAway)
	busy.write(subscribe("2", "{ __typename }"))
	busy.expect(`"UNAVAILABLE"`)
	busy.expect("+18555440014")
	busy.expect(`{"id":"1","type":"complete"}`)
	busy.expectClose(websocket.StatusGoingAway)
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
	defer cancel()
	if err := s.g.Wait(ctx); err != nil {
		t.Errorf("waited in vain: %v", err)
	}
	s.dial(t, "graphql-transport-ws").expectClose(websocket.StatusGoingAway)
}

// Clients of the protocol before are served as well.
func TestWebSocketLegacy(t *testing.T) {
	s := newStack(t, nil)
	w := s.dial(t, "graphql-ws")
	w.write(fmt.Sprintf(`{"type":"connection_init","payload":{"Authorization":"Bearer %s"}}`, s.token))
	w.expect(`"connection_ack"`)
	w.expect(`"ka"`)
	start := func(id, query string) { w.write(strings.Replace(subscribe(id, query), `"subscribe"`, `"start"`, 1)) }
	start("1", "{ account { mainNumber } }")
	w.expect(`{"id":"1","type":"data","payload":{"data":{"account":{"mainNumber":"+18555440014"}}}}`)
	w.expect(`{"id":"1","type":"complete"}`)
	start("2", "{ nonsense }")
	w.expect(`{"id":"2","type":"error","payload":[{"message":"Cannot query field`)

	// An id that is in use is given to the newer operation, one that is stopped is silent.
	s.sim.FailNext("readAccountInfo", 2, sim.Fault{Delay: time.Second})
	start("3", "{ account { mainNumber } }")
	start("4", "{ account { mainNumber } }")
	start("3", "{ __typename }")
	w.expect(`{"id":"3","type":"data","payload":{"data":{"__typename":"Query"}}}`)
	w.expect(`{"id":"3","type":"complete"}`)
	w.write(`{"type":"stop","id":"4"}`)
	s.g.Drain()
	w.expectClose(websocket.StatusGoingAway)

	s = newStack(t, nil)
	w = s.dial(t, "graphql-ws")
	w.write(`{"type":"connection_init","payload":{"Authorization":"Basic nonsense"}}`)
	w.expect(`{"type":"connection_error","payload":{"message":"The Authorization header makes no sense`)
	w.expectClose(4403)
	w = s.dial(t, "graphql-ws")
	w.write(`{"type":"ping"}`) // not a word of this dialect
	w.expectClose(4400)
	w = s.dial(t, "graphql-ws")
	w.write(`{"type":"connection_terminate"}`)
	w.expectClose(websocket.StatusNormalClosure)
	s.dial(t, "mqtt").expectClose(4406)
}

// A browser lets any page open a socket: one of another site is turned away.
func TestWebSocketOrigin(t *testing.T) {
	s := newStack(t, nil)
	for _, protocol := range []string{"graphql-transport-ws", "graphql-ws"} {
		_, resp, err := websocket.Dial(t.Context(), "ws"+strings.TrimPrefix(s.url, "http")+"/graphql", &websocket.DialOptions{
			Subprotocols: []string{protocol}, HTTPHeader: http.Header{"Origin": {"https://evil.example"}},
		})
		if err == nil || resp == nil || resp.StatusCode != http.StatusForbidden {
			t.Errorf("%s: %v, %v", protocol, resp, err)
		}
	}
}
