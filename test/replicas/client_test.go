package replicas_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/coder/websocket"
	"github.com/coder/websocket/wsjson"
)

// way is how a client is told of events.
type way string

const (
	socket way = "graphql-transport-ws"
	stream way = "server-sent events"
)

// subscription is what a client wants to be told.
type subscription struct {
	query  string // $after is the id of the last event, over a WebSocket
	bearer string // "" for nobody, who acts as the service
	after  string // of server-sent events it is in a header
}

// answer is one that a client is told.
type answer struct {
	ID     string // of server-sent events
	Data   json.RawMessage
	Errors []struct {
		Message    string
		Extensions struct{ Code string }
	}
}

// errComplete means that the gateway has ended a subscription as it should.
var errComplete = errors.New("complete")

// listen subscribes at the gateway with that address, and tells of each answer until it ends.
func (w way) listen(ctx context.Context, url string, s subscription, tell func(answer)) error {
	if w == stream {
		return listenToStream(ctx, url, s, tell)
	}
	return listenToSocket(ctx, url, s, tell)
}

func listenToStream(ctx context.Context, url string, s subscription, tell func(answer)) error {
	body, _ := json.Marshal(map[string]string{"query": s.query})
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, url+"/graphql", bytes.NewReader(body))
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Accept", "text/event-stream")
	if s.bearer != "" {
		req.Header.Set("Authorization", "Bearer "+s.bearer)
	}
	if s.after != "" {
		req.Header.Set("Last-Event-ID", s.after)
	}
	resp, err := unpooled.Do(req)
	if err != nil {
		return err
	}
	defer func() { _ = resp.Body.Close() }()
	if resp.StatusCode != http.StatusOK {
		return errors.New(resp.Status)
	}
	event, a := "", answer{}
	lines := bufio.NewScanner(resp.Body)
	for lines.Scan() {
		name, value, _ := strings.Cut(lines.Text(), ": ")
		switch {
		case name == "event":
			event = value
		case name == "id":
			a.ID = value
		case name == "data" && event == "next":
			if err := json.Unmarshal([]byte(value), &a); err != nil {
				return err
			}
		case lines.Text() == "" && event == "complete":
			return errComplete
		case lines.Text() == "" && event == "next":
			tell(a)
			event, a = "", answer{}
		}
	}
	return fmt.Errorf("the stream broke: %w", errors.Join(lines.Err(), io.ErrUnexpectedEOF))
}

// unpooled has a connection for each request: it ends with the gateway that it leads to.
var unpooled = &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}

// frame is one of the protocol.
type frame struct {
	Type    string          `json:"type"`
	ID      string          `json:"id,omitempty"`
	Payload json.RawMessage `json:"payload,omitempty"`
}

func listenToSocket(ctx context.Context, url string, s subscription, tell func(answer)) error {
	conn, _, err := websocket.Dial(ctx, strings.Replace(url, "http", "ws", 1)+"/graphql", &websocket.DialOptions{Subprotocols: []string{string(socket)}})
	if err != nil {
		return err
	}
	defer func() { _ = conn.CloseNow() }()
	init := map[string]string{}
	if s.bearer != "" {
		init["Authorization"] = "Bearer " + s.bearer
	}
	variables := map[string]string{}
	if s.after != "" {
		variables["after"] = s.after
	}
	greeting, _ := json.Marshal(init)
	request, _ := json.Marshal(map[string]any{"query": s.query, "variables": variables})
	if err := wsjson.Write(ctx, conn, frame{Type: "connection_init", Payload: greeting}); err != nil {
		return err
	}
	for {
		var f frame
		if err := wsjson.Read(ctx, conn, &f); err != nil {
			return err
		}
		var a answer
		switch f.Type {
		case "connection_ack":
			err = wsjson.Write(ctx, conn, frame{Type: "subscribe", ID: "1", Payload: request})
		case "ping":
			err = wsjson.Write(ctx, conn, frame{Type: "pong"})
		case "next":
			if err = json.Unmarshal(f.Payload, &a); err == nil {
				tell(a)
			}
		case "error":
			if err = json.Unmarshal(f.Payload, &a.Errors); err == nil {
				tell(a)
				return errComplete
			}
		case "complete":
			return errComplete
		}
		if err != nil {
			return err
		}
	}
}

// ask sends a query or a mutation, and reads what came of it.
func ask(t *testing.T, url, query string, into any) {
	t.Helper()
	body, _ := json.Marshal(map[string]string{"query": query})
	resp, err := unpooled.Post(url+"/graphql", "application/json", bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	b, err := io.ReadAll(resp.Body)
	var got struct {
		Data   json.RawMessage
		Errors json.RawMessage
	}
	if err = errors.Join(err, json.Unmarshal(b, &got)); err != nil || got.Errors != nil {
		t.Fatalf("%s: %v: %s", query, err, b)
	}
	if err := json.Unmarshal(got.Data, into); err != nil {
		t.Fatal(err)
	}
}
