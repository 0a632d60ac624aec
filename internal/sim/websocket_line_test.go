package sim_test

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/coder/websocket"

	"github.com/ringql/ringql/internal/sim"
)

// patience is for what comes; what does not come is waited for much shorter. Within a moment a busy machine gets something done.
const (
	patience = 10 * time.Second
	moment   = 500 * time.Millisecond
	lull     = 50 * time.Millisecond
)

// served is a simulator behind a real listener.
func served(t *testing.T, cfg sim.Config) (*sim.Server, caller) {
	t.Helper()
	s := newServer(t, cfg)
	ts := httptest.NewServer(s)
	t.Cleanup(ts.Close)
	t.Cleanup(s.Close)
	return s, caller{t, ts.Client(), ts.URL, s.Token(sim.AdministratorID)}
}

func overSockets(cfg sim.WebSocket) sim.Config {
	c := unlimited()
	c.WebSocket = cfg
	return c
}

type wire struct {
	Type      string            `json:"type"`
	MessageID string            `json:"messageId"`
	Status    int               `json:"status"`
	Headers   map[string]string `json:"headers"`
	WSC       *struct {
		Token    string `json:"token"`
		Sequence int    `json:"sequence"`
	} `json:"wsc"`
	body json.RawMessage
}

func (f wire) into(t *testing.T, v any) {
	t.Helper()
	if err := json.Unmarshal(f.body, v); err != nil {
		t.Fatalf("%v in %s", err, f.body)
	}
}

// code returns the errorCode of a body.
func (f wire) code(t *testing.T) string {
	t.Helper()
	var body struct{ ErrorCode string }
	f.into(t, &body)
	return body.ErrorCode
}

type details struct {
	CreationTime                                                  string
	MaxConnectionsPerSession, RecoveryBufferSize, RecoveryTimeout int
	IdleTimeout, AbsoluteTimeout, MaxActiveRequests               int
	RecoveryState, RecoveryErrorCode                              string
}

// line is a client's end of a WebSocket. What arrives is read all the time, so pings are answered.
type line struct {
	t      *testing.T
	conn   *websocket.Conn
	frames chan []byte
	broken chan error
	wsc    string
	details
}

func (c caller) ticket() (uri, token string) {
	c.t.Helper()
	var info struct {
		URI   string `json:"uri"`
		Token string `json:"ws_access_token"`
	}
	c.send(http.MethodPost, "/restapi/oauth/wstoken", nil).want(http.StatusOK).into(&info)
	return info.URI, info.Token
}

func dial(t *testing.T, url string) *line {
	t.Helper()
	conn, resp, err := websocket.Dial(t.Context(), url, nil)
	if err != nil {
		t.Fatalf("%v, %+v", err, resp)
	}
	conn.SetReadLimit(1 << 20)
	l := &line{t: t, conn: conn, frames: make(chan []byte, 1000), broken: make(chan error, 1)}
	go func() {
		for {
			_, data, err := conn.Read(context.Background()) //nolint:usetesting // ends with the connection
			if err != nil {
				l.broken <- err
				return
			}
			l.frames <- data
		}
	}()
	t.Cleanup(func() { _ = conn.CloseNow() })
	return l
}

// connect opens a WebSocket, recovering the session of wsc if one is given.
func (c caller) connect(t *testing.T, wsc string) *line {
	t.Helper()
	uri, token := c.ticket()
	url := uri + "?access_token=" + token
	if wsc != "" {
		url += "&wsc=" + wsc
	}
	l := dial(t, url)
	f := l.want("ConnectionDetails")
	if f.Status != http.StatusOK || f.WSC == nil || f.WSC.Sequence != 1 {
		t.Fatalf("first frame %+v", f)
	}
	l.wsc = f.WSC.Token
	f.into(t, &l.details)
	return l
}

func (l *line) raw() []byte {
	l.t.Helper()
	select {
	case data := <-l.frames:
		return data
	case <-time.After(patience):
		l.t.Fatal("nothing came")
		return nil
	}
}

func (l *line) want(kind string) wire {
	l.t.Helper()
	data := l.raw()
	var parts []json.RawMessage
	if err := json.Unmarshal(data, &parts); err != nil || len(parts) == 0 || len(parts) > 2 {
		l.t.Fatalf("frame %s: %v", data, err)
	}
	var f wire
	if err := json.Unmarshal(parts[0], &f); err != nil || f.Type != kind || f.MessageID == "" {
		l.t.Fatalf("frame %s, want type %s", data, kind)
	}
	if len(parts) == 2 {
		f.body = parts[1]
	}
	return f
}

// silent fails when anything comes.
func (l *line) silent() {
	l.t.Helper()
	select {
	case data := <-l.frames:
		l.t.Fatalf("came %s", data)
	case err := <-l.broken:
		l.t.Fatalf("broke with %v", err)
	case <-time.After(lull):
	}
}

// ends waits for the connection to end and returns the code it was closed with, -1 for none.
func (l *line) ends() websocket.StatusCode {
	l.t.Helper()
	select {
	case err := <-l.broken:
		return websocket.CloseStatus(err)
	case <-time.After(patience):
		l.t.Fatal("still open")
		return 0
	}
}

func (l *line) say(parts ...any) {
	l.t.Helper()
	data, err := json.Marshal(parts)
	if err != nil {
		l.t.Fatal(err)
	}
	l.shout(string(data))
}

func (l *line) shout(text string) {
	l.t.Helper()
	if err := l.conn.Write(l.t.Context(), websocket.MessageText, []byte(text)); err != nil {
		l.t.Fatal(err)
	}
}

// ask sends a request and returns its answer.
func (l *line) ask(method, path string, body ...any) wire {
	l.t.Helper()
	l.say(append([]any{map[string]any{"type": "ClientRequest", "messageId": "m-1", "method": method, "path": path}}, body...)...)
	f := l.want("ClientRequest")
	if f.MessageID != "m-1" {
		l.t.Fatalf("answer to %q", f.MessageID)
	}
	return f
}

// becomes waits until get returns want.
func becomes[T comparable](t *testing.T, want T, get func() T) {
	t.Helper()
	for end := time.Now().Add(patience); get() != want; time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("got %v, want %v", get(), want)
		}
	}
}
