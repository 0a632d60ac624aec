package gateway

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"sync"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/99designs/gqlgen/graphql/handler/transport"
	"github.com/coder/websocket"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"github.com/ringql/ringql/internal/admission"
	"github.com/ringql/ringql/internal/auth"
	"github.com/ringql/ringql/internal/limit"
)

// The close codes of graphql-transport-ws, which older clients get as well.
// Source: PROTOCOL.md of graphql-ws.
const (
	closeBadMessage   = websocket.StatusCode(4400)
	closeUnauthorized = websocket.StatusCode(4401)
	closeForbidden    = websocket.StatusCode(4403)
	closeSubprotocol  = websocket.StatusCode(4406)
	closeInitTimeout  = websocket.StatusCode(4408)
	closeDuplicate    = websocket.StatusCode(4409)
	closeTooMany      = websocket.StatusCode(4429)
)

// message is one message of the protocol, in either direction.
type message struct {
	ID      string          `json:"id,omitempty"`
	Type    string          `json:"type"`
	Payload json.RawMessage `json:"payload,omitempty"`
}

// socket is one connection. One goroutine reads; every operation has its own.
type socket struct {
	*sockets
	conn    *websocket.Conn
	speaks  dialect
	exec    graphql.GraphExecutor
	header  http.Header
	client  string // who asks, as rates tell them apart
	who     string // guarded by sockets.mu, as the next
	counted bool

	mu       sync.Mutex
	acked    bool
	running  map[string]*running // by the client's id
	under    int                 // operations that have not ended, given up or not
	leaving  bool
	finished sync.WaitGroup
}

// running is an operation under way. The client may use its id for another as soon as it
// has given this one up.
type running struct{ cancel context.CancelFunc }

// serve reads messages until the socket is closed.
func (k *socket) serve(ctx context.Context) {
	ctx, cancel := context.WithCancel(ctx)
	defer k.finished.Wait()
	defer cancel()
	timer := time.AfterFunc(initTimeout, func() {
		if !k.isAcked() {
			k.close(closeInitTimeout, "Connection initialisation timeout")
		}
	})
	defer timer.Stop()
	defer k.beats(ctx, cancel)()
	for started := false; ; {
		kind, body, err := k.conn.Read(ctx)
		if err != nil {
			_ = k.conn.CloseNow() // what it read was too large, or nothing: the library has said why
			return
		}
		var m message
		if kind != websocket.MessageText || decodeOne(body, &m) != nil {
			k.close(closeBadMessage, "Invalid message received")
			return
		}
		switch k.speaks.in[m.Type] {
		case "connection_init":
			if started {
				k.close(closeTooMany, "Too many initialisation requests")
				return
			}
			started = true
			if ctx = k.begin(ctx, m.Payload); ctx == nil {
				return
			}
		case "ping":
			k.send(ctx, message{Type: "pong", Payload: m.Payload})
		case "pong":
		case "complete":
			k.giveUp(m.ID)
		case "terminate":
			k.close(websocket.StatusNormalClosure, "")
			return
		case "subscribe":
			if !k.subscribe(ctx, m) {
				return
			}
		default:
			k.close(closeBadMessage, "Invalid message received")
			return
		}
	}
}

// beats looks from time to time whether the other side is alive, and ends the socket's
// context when it is not. Most sockets do nothing for most of the time: there is a goroutine
// only while it looks.
func (k *socket) beats(ctx context.Context, cancel context.CancelFunc) (stop func()) {
	var mu sync.Mutex
	var timer *time.Timer
	look := func() {
		if k.beat(ctx) != nil {
			cancel()
		}
		mu.Lock()
		defer mu.Unlock()
		if ctx.Err() == nil {
			timer.Reset(heartbeat)
		}
	}
	mu.Lock()
	defer mu.Unlock()
	timer = time.AfterFunc(heartbeat, look)
	return func() {
		mu.Lock()
		defer mu.Unlock()
		cancel()
		timer.Stop()
	}
}

func (k *socket) beat(ctx context.Context) error {
	k.send(ctx, message{Type: "alive"})
	look, done := context.WithTimeout(ctx, heartbeat)
	defer done()
	return k.conn.Ping(look)
}

func (k *socket) isAcked() bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.acked
}

// begin finds out who is there, and greets them. It returns the context of what they
// ask; nil when the socket was closed instead.
func (k *socket) begin(ctx context.Context, payload json.RawMessage) context.Context {
	var p transport.InitPayload
	if len(payload) > 0 && decodeOne(payload, &p) != nil {
		k.close(closeBadMessage, "Invalid message received")
		return nil
	}
	upgrade := ctx
	ctx, err := identified(ctx, k.cfg.Auth, p)
	if err != nil {
		f := notAdmitted(err)
		say, _ := json.Marshal(f.error()) // our own texts can be written
		k.send(ctx, message{Type: "refused", Payload: say})
		k.close(closeForbidden, f.say)
		return nil
	}
	if !k.welcome(k, auth.Key(ctx)) {
		k.close(closeTooMany, fmt.Sprintf("At most %d sockets for one person", k.cfg.Limits.Sockets))
		return nil
	}
	if p := auth.From(ctx); p != auth.From(upgrade) {
		k.client = p.Key // who has shown themselves in the first message
	}
	k.mu.Lock()
	k.acked = true
	k.mu.Unlock()
	k.send(ctx, message{Type: "connection_ack"})
	k.send(ctx, message{Type: "alive"})
	return ctx
}

// subscribe starts an operation; false when the socket was closed instead.
func (k *socket) subscribe(ctx context.Context, m message) bool {
	params, err := readParams(m.Payload)
	switch {
	case !k.isAcked():
		k.close(closeUnauthorized, "Unauthorized")
		return false
	case m.ID == "" || err != nil || params.Query == "" && !byName(params):
		k.close(closeBadMessage, "Invalid message received")
		return false
	}
	if k.speaks.before {
		k.giveUp(m.ID) // its clients may use an id anew
	}
	mine, cancel := context.WithCancel(ctx)
	o := &running{cancel}
	k.mu.Lock()
	_, taken := k.running[m.ID]
	full, leaving := k.under >= k.cfg.Limits.Operations, k.leaving
	if taken || full || leaving {
		cancel()
	} else {
		k.running[m.ID] = o
		k.under++
		k.finished.Add(1)
	}
	k.mu.Unlock()
	switch {
	case taken:
		k.close(closeDuplicate, fmt.Sprintf("Subscriber for %.64s already exists", m.ID))
		return false
	case leaving:
		k.send(ctx, failure(m.ID, refusal(codeBusy, "The gateway is stopping: connect again.")))
	case full:
		k.send(ctx, failure(m.ID, tooCostly(&limit.Error{What: "operations on one socket", Most: k.cfg.Limits.Operations})))
	default:
		params.Headers = k.header
		go k.run(mine, m.ID, o, params)
	}
	return true
}

// run carries out one operation. What fails before it starts is an error; else there are
// answers, and a complete unless the client has given it up.
func (k *socket) run(ctx context.Context, id string, o *running, params *graphql.RawParams) {
	defer k.ended(id, o)
	defer func() {
		if v := recover(); v != nil {
			k.last(ctx, id, o, failure(id, present(ctx, recovered(ctx, v))))
		}
	}()
	ctx, f := withWishes(ctx, params)
	if f != nil {
		k.last(ctx, id, o, failure(id, f.error()))
		return
	}
	if wait := k.rates.take(k.client); wait > 0 {
		k.last(ctx, id, o, failure(id, tooFast(wait).error()))
		return
	}
	if s := sessionFrom(ctx); s != nil {
		if err := s.Use(ctx); err != nil {
			k.last(ctx, id, o, failure(id, notAdmitted(err).error()))
			return
		}
	}
	let, err := k.admission.Enter(ctx, auth.Key(ctx))
	switch {
	case ctx.Err() != nil:
		if err == nil {
			let.Leave()
		}
		return // given up: nothing is said of this id
	case err != nil:
		k.last(ctx, id, o, failure(id, busy().error()))
		return
	}
	defer let.Leave()
	ctx = admission.With(ctx, let)
	op, refused := k.reader.operation(ctx, k.exec, params)
	if refused != nil {
		if ctx.Err() == nil {
			k.last(ctx, id, o, failure(id, refused.Errors...))
		}
		return
	}
	responses, within := k.exec.DispatchOperation(ctx, op)
	for n := 1; ; n++ {
		resp := responses(within)
		switch {
		case ctx.Err() != nil:
			return // given up: nothing more is said of this id
		case cutOff(within):
			return // the socket is closed when nothing is under way
		case resp == nil:
			k.last(ctx, id, o, message{ID: id, Type: "complete"})
			return
		case len(resp.Data) == 0 && resp.HasNext == nil:
			k.last(ctx, id, o, failure(id, resp.Errors...)) // it was refused as a whole
			return
		}
		k.send(ctx, message{ID: id, Type: "next", Payload: json.RawMessage(answerOrPart(resp, n))})
	}
}

// giveUp ends the operation with an id, if one is under way.
func (k *socket) giveUp(id string) {
	k.mu.Lock()
	o := k.running[id]
	delete(k.running, id)
	k.mu.Unlock()
	if o != nil {
		o.cancel()
	}
}

// last sends the last message of an operation. Its id is free before the client knows,
// for it may be used again at once.
func (k *socket) last(ctx context.Context, id string, o *running, m message) {
	k.mu.Lock()
	if k.running[id] == o {
		delete(k.running, id)
	}
	k.mu.Unlock()
	k.send(ctx, m)
}

// ended counts off an operation whose goroutine is done, and closes the socket if it was
// the last of one that is leaving.
func (k *socket) ended(id string, o *running) {
	defer k.finished.Done()
	o.cancel()
	k.mu.Lock()
	if k.running[id] == o {
		delete(k.running, id)
	}
	k.under--
	idle := k.leaving && k.under == 0
	k.mu.Unlock()
	if idle {
		k.close(websocket.StatusGoingAway, "The gateway is stopping.")
	}
}

// leave closes the socket as soon as nothing is under way.
func (k *socket) leave() {
	k.mu.Lock()
	k.leaving = true
	idle := k.under == 0
	k.mu.Unlock()
	if idle {
		k.close(websocket.StatusGoingAway, "The gateway is stopping.")
	}
}

// failure says that an operation came to nothing. Nothing follows for its id.
func failure(id string, errs ...*gqlerror.Error) message {
	payload, err := json.Marshal(errs)
	if err != nil {
		payload = []byte("[]") // our own errors can be written
	}
	return message{ID: id, Type: "error", Payload: payload}
}

// send sends one message, if the client's dialect has it. A client that does not take it
// is cut off.
func (k *socket) send(ctx context.Context, m message) {
	name, ok := k.speaks.out[m.Type]
	if !ok {
		return
	}
	m.Type = name
	b, err := json.Marshal(m)
	if err != nil {
		return // our own messages can be written
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), sendTimeout)
	defer cancel()
	resume := admission.Pause(ctx)
	defer func() { resume()() }()
	if k.conn.Write(ctx, websocket.MessageText, b) != nil {
		_ = k.conn.CloseNow()
	}
}

// close ends the socket with a code of the protocol's. Reasons are at most 123 bytes.
func (k *socket) close(code websocket.StatusCode, reason string) {
	_ = k.conn.Close(code, reason[:min(len(reason), 123)])
}
