package gateway_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/coder/websocket"
)

// line is the client's end of a socket of any server.
type line struct {
	ctx  context.Context
	conn *websocket.Conn
}

// dial opens a socket; it is closed with the target's context.
func (x target) dial(protocols ...string) (*line, error) {
	conn, resp, err := websocket.Dial(x.ctx, "ws"+strings.TrimPrefix(x.url, "http")+"/graphql", &websocket.DialOptions{
		HTTPClient: &http.Client{Transport: x.client.Transport}, Subprotocols: protocols,
		HTTPHeader: http.Header{"Authorization": {"Bearer " + x.token}},
	})
	if err != nil {
		return nil, err
	}
	if resp.Body != nil {
		_ = resp.Body.Close()
	}
	context.AfterFunc(x.ctx, func() { _ = conn.CloseNow() })
	return &line{x.ctx, conn}, nil
}

// greeted opens a socket and says who is there.
func (x target) greeted() (*line, error) {
	l, err := x.dial("graphql-transport-ws")
	if err != nil {
		return nil, err
	}
	if err := l.say(`{"type":"connection_init"}`); err != nil {
		return nil, err
	}
	return l, l.hears(`"connection_ack"`)
}

func (l *line) say(text string) error {
	return l.conn.Write(l.ctx, websocket.MessageText, []byte(text))
}

func (l *line) hear() (string, error) {
	_, b, err := l.conn.Read(l.ctx)
	if c, ok := errors.AsType[websocket.CloseError](err); ok {
		return "", fmt.Errorf("closed with %d: %w", c.Code, err)
	}
	return string(b), err
}

// hears says what is wrong with the next message.
func (l *line) hears(want string) error {
	text, err := l.hear()
	if err == nil && !strings.Contains(text, want) {
		err = fmt.Errorf("got %s, want %s", text, want)
	}
	return err
}

// closes says what is wrong with how a misuse ends. A ping follows it: who answers has
// not closed the socket.
func (l *line) closes(want websocket.StatusCode) error {
	_ = l.say(`{"type":"ping"}`) // it may be closed by now
	for {
		text, err := l.hear()
		switch {
		case websocket.CloseStatus(err) == want:
			return nil
		case err != nil:
			return err
		case strings.Contains(text, `"pong"`):
			return errors.New("it stays open")
		}
	}
}

// TestTrapsOfSockets is about graphql-transport-ws.
func TestTrapsOfSockets(t *testing.T) { spring(t, socketTraps) }

var socketTraps = []trap{
	{name: "4400 for no JSON", stock: "closed with 1000", check: misuse(4400, "hello")},
	{name: "4400 for a type that is none", stock: "closed with 1000", check: misuse(4400, `{"type":"start","id":"1"}`)},
	{name: "4400 for no query", stock: "it stays open", check: misuse(4400, `{"type":"subscribe","id":"1","payload":5}`)},
	{name: "4401 before the greeting", stock: "closed with 1002", check: func(x target) error {
		l, err := x.dial("graphql-transport-ws")
		if err != nil {
			return err
		}
		if err := l.say(subscribe("1", "{ __typename }")); err != nil {
			return err
		}
		return l.closes(4401)
	}},
	{name: "4409 for an id that is taken", stock: "it stays open", check: func(x target) error {
		x.slow(1, 20*time.Second)
		slow := subscribe("1", "{ account { mainNumber } }")
		return misuse(4409, slow, slow)(x)
	}},
	{name: "4429 for a second greeting", stock: "closed with 1002", check: misuse(4429, `{"type":"connection_init"}`)},
	{name: "nothing follows an error", stock: `"complete"`, check: func(x target) error {
		for _, query := range []string{"{ nonsense }", "{"} {
			l, err := x.greeted()
			if err != nil {
				return err
			}
			if err := l.say(subscribe("1", query)); err != nil {
				return err
			}
			if err := l.hears(`"type":"error"`); err != nil && !strings.Contains(err.Error(), `"error"`) {
				return err
			}
			if err := l.say(`{"type":"ping"}`); err != nil {
				return err
			}
			if err := l.hears(`"pong"`); err != nil {
				return err
			}
		}
		return nil
	}},
	{name: "today's protocol before yesterday's", stock: `"graphql-ws"`, check: func(x target) error {
		for _, offer := range [][]string{{"graphql-transport-ws", "graphql-ws"}, {"graphql-ws", "graphql-transport-ws"}} {
			l, err := x.dial(offer...)
			if err != nil {
				return err
			}
			if got := l.conn.Subprotocol(); got != "graphql-transport-ws" {
				return fmt.Errorf("of %q it takes %q", offer, got)
			}
		}
		return nil
	}},
	{name: "loaders do not outlive a response", stock: "the second answer is that of the first", check: func(x target) error {
		l, err := x.greeted()
		if err != nil {
			return err
		}
		var total []int
		for range 2 {
			if err := l.say(subscribe("1", "{ account { extensions(first: 1) { totalCount } } }")); err != nil {
				return err
			}
			text, err := l.hear()
			if err != nil {
				return err
			}
			var m struct {
				Payload struct {
					Data struct {
						Account struct {
							Extensions struct{ TotalCount int }
						}
					}
				}
			}
			if err := json.Unmarshal([]byte(text), &m); err != nil {
				return err
			}
			total = append(total, m.Payload.Data.Account.Extensions.TotalCount)
			if err := l.hears(`"complete"`); err != nil {
				return err
			}
			x.change()
		}
		if total[0] == 0 || total[1] != total[0]+1 {
			return fmt.Errorf("the second answer is that of the first: %d extensions, and %d with one more", total[0], total[1])
		}
		return nil
	}},
}

// misuse says things on a socket that must be closed for it.
func misuse(want websocket.StatusCode, texts ...string) func(target) error {
	return func(x target) error {
		l, err := x.greeted()
		if err != nil {
			return err
		}
		for _, text := range texts {
			if err := l.say(text); err != nil {
				return err
			}
		}
		return l.closes(want)
	}
}

// TestTrapsOfTime is about what takes its time, which is pretend here.
func TestTrapsOfTime(t *testing.T) {
	for _, tr := range timeTraps {
		t.Run(tr.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) { wants(t, tr, tr.check(pipedStock(t, tr.wiring))) })
			synctest.Test(t, func(t *testing.T) {
				if err := tr.check(ourPiped(t)); err != nil {
					t.Error(err)
				}
			})
		})
	}
}

var timeTraps = []trap{
	{name: "4408 for silence", stock: "context deadline exceeded", check: silence},
	{name: "4408 for silence with the library's remedy", wiring: wiring{init: 10 * time.Second}, stock: "closed with 1002", check: silence},
	{name: "events keep a quiet connection alive", stock: "nothing for 40s", check: func(x target) error {
		x.slow(1, 40*time.Second)
		a, err := x.post("{ account { mainNumber } }", "Accept", "text/event-stream")
		if err != nil {
			return err
		}
		before, _, _ := strings.Cut(a.text, "event:")
		if strings.Count(before, ":") < 3 {
			return fmt.Errorf("nothing for 40s: %q", a.text)
		}
		return nil
	}},
}

// silence waits for the end of a socket on which nothing is said.
func silence(x target) error {
	ctx, cancel := context.WithTimeout(x.ctx, time.Minute)
	defer cancel()
	x.ctx = ctx
	l, err := x.dial("graphql-transport-ws")
	if err != nil {
		return err
	}
	if _, err = l.hear(); websocket.CloseStatus(err) == 4408 {
		return nil
	}
	return err
}
