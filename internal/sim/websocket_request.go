package sim

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"sync"

	"github.com/coder/websocket"
)

// read serves what the client says until it leaves.
func (so *socket) read(ctx context.Context, wg *sync.WaitGroup) {
	for {
		kind, data, err := so.conn.Read(ctx)
		if err != nil {
			return
		}
		if !so.hear() {
			continue
		}
		in, ok := parseAsked(data)
		switch {
		case !ok || kind != websocket.MessageText:
			so.reply(failure("", http.StatusBadRequest, malformed, "Malformed message"))
		case in.Type == heartbeat:
			so.reply(frame{meta: frameMeta{Type: heartbeat, MessageID: in.MessageID}})
		case in.Type != clientRequest || in.MessageID == "":
			so.reply(failure(in.MessageID, http.StatusBadRequest, malformed, "Malformed message"))
		case !so.take():
			so.reply(failure(in.MessageID, http.StatusTooManyRequests, "WSG-429", "Too many active requests"))
		default:
			wg.Go(func() {
				defer so.giveBack()
				so.answer(ctx, in)
			})
		}
	}
}

// take counts a request under way, unless there are too many.
func (so *socket) take() bool {
	m := &so.server.sockets
	m.mu.Lock()
	defer m.mu.Unlock()
	if so.requests >= m.cfg.Requests {
		return false
	}
	so.requests++
	return true
}

func (so *socket) giveBack() {
	m := &so.server.sockets
	m.mu.Lock()
	defer m.mu.Unlock()
	so.requests--
}

// answer lets the handlers of the REST API serve a request: the same checks, budgets and faults.
func (so *socket) answer(ctx context.Context, in asked) {
	r, err := in.request(withSink(ctx, so.session), so.base)
	if err != nil {
		so.reply(failure(in.MessageID, http.StatusBadRequest, malformed, "Malformed message"))
		return
	}
	rec := &recorder{header: http.Header{}, status: http.StatusOK}
	if !so.serve(rec, r) {
		so.cut()
		return
	}
	if so.server.sockets.gone(so.session) {
		so.server.subscriptions.leave(so.session) // it ended while it subscribed
		return
	}
	so.reply(so.framed(in, rec))
}

// serve reports whether there is an answer: a fault may break the connection instead.
func (so *socket) serve(rec *recorder, r *http.Request) (answered bool) {
	defer func() {
		switch p := recover(); {
		case p == nil:
			answered = true
		case p != http.ErrAbortHandler: //nolint:errorlint // net/http compares it so
			panic(p)
		}
	}()
	if !strings.HasPrefix(r.URL.Path, "/restapi/") || strings.HasPrefix(r.URL.Path, "/restapi/oauth/") {
		so.server.unknown(rec, r) // signing in is for HTTP
		return
	}
	so.server.ServeHTTP(rec, r)
	return
}

func (so *socket) framed(in asked, rec *recorder) frame {
	f := frame{meta: frameMeta{Type: clientRequest, MessageID: in.MessageID, Status: rec.status, Headers: map[string]string{}}}
	if rec.status >= http.StatusBadRequest && so.server.cfg.WebSocket.ErrorAnswers {
		f.meta.Type = errorFrame
	}
	for name := range rec.header {
		f.meta.Headers[name] = rec.header.Get(name)
	}
	switch body := bytes.TrimSpace(rec.body.Bytes()); {
	case len(body) == 0:
	case json.Valid(body):
		f.body = json.RawMessage(body)
	default:
		f.body = string(body)
	}
	return f
}

// request turns what a client asked into a request for the REST API.
func (in asked) request(ctx context.Context, base string) (*http.Request, error) {
	if !strings.HasPrefix(in.Path, "/") {
		return nil, fmt.Errorf("path %q", in.Path)
	}
	r, err := http.NewRequestWithContext(ctx, strings.ToUpper(cmp.Or(in.Method, http.MethodGet)), base+in.Path, bytes.NewReader(in.body))
	if err != nil {
		return nil, err
	}
	query := r.URL.Query()
	for name, value := range in.Query {
		query[name] = texts(value)
	}
	r.URL.RawQuery = query.Encode()
	for name, value := range in.Headers {
		r.Header[http.CanonicalHeaderKey(name)] = texts(value)
	}
	if len(in.body) > 0 && r.Header.Get("Content-Type") == "" {
		r.Header.Set("Content-Type", "application/json")
	}
	r.RequestURI = r.URL.RequestURI()
	return r, nil
}

// texts returns the values of a parameter, which may be one or several.
func texts(value any) []string {
	several, ok := value.([]any)
	if !ok {
		several = []any{value}
	}
	out := make([]string, 0, len(several))
	for _, one := range several {
		out = append(out, fmt.Sprint(one))
	}
	return out
}

func (m *sockets) gone(ss *socketSession) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.sessions[ss.id] != ss
}

// holderOf returns whose connection a request came over, nil if it came as HTTP requests do.
func holderOf(ctx context.Context) *session {
	if ss, ok := sinkOf(ctx).(*socketSession); ok {
		return ss.holder
	}
	return nil
}

// appNeeds refuses an app without a scope. Who subscribes over a WebSocket is refused in other words.
func (c *call) appNeeds(scope string) *problem {
	if scope != webSocketScope || c.route.operation != "createSubscription" {
		return appNeeds(scope)
	}
	return &problem{status: http.StatusForbidden, ErrorCode: "SUB-528", PermissionName: scope,
		Message: fmt.Sprintf("[%s] application permission is required for [%s] transport", scope, webSocket)}
}
