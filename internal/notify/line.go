package notify

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/coder/websocket"
	"golang.org/x/net/publicsuffix"

	"github.com/ringql/ringql/internal/rest"
)

const (
	// mostFrame bounds one frame, in bytes.
	mostFrame = 1 << 20
	// pongTime is how long the other side may take to show that it is alive.
	pongTime = 10 * time.Second
	// sayEvery is how often something is said: RingCentral closes what says nothing for half
	// an hour.
	sayEvery = 10 * time.Minute
	// greetTime is how long a connection, and an answer over it, may take.
	greetTime = 20 * time.Second
	// mostReplayed is how many notifications RingCentral keeps for a connection that broke,
	// unless it says another number.
	mostReplayed = 100
	// recoveryTime is for how long it keeps them, unless it says another time.
	recoveryTime = 3 * time.Minute
	// replayTime is within what time it tells these.
	replayTime = 10 * time.Second
)

var (
	errFrame  = errors.New("a frame that makes no sense")
	errSilent = errors.New("the connection is dead")
	errAmid   = errors.New("the connection ended amid a frame")
)

// line is one connection to RingCentral.
// https://developers.ringcentral.com/guide/notifications/websockets/overview
type line struct {
	conn    *websocket.Conn
	tokens  []rest.Secret // that it was opened with
	details details
	context *recovery // what the connection is taken up again with, once it breaks; nil for nothing
}

// recovery is the token that a connection is taken up again with.
type recovery struct {
	Token rest.Secret `json:"token"`
}

// details are what a connection begins with.
type details struct {
	RecoveryBuffer  int    `json:"recoveryBufferSize"`
	RecoveryState   string `json:"recoveryState"`
	RecoveryTimeout int    `json:"recoveryTimeout"` // in seconds
}

// keeps is for how long a connection can be taken up again once it is broken.
func (d *details) keeps() time.Duration {
	if d.RecoveryTimeout <= 0 || d.RecoveryTimeout > int(time.Hour/time.Second) {
		return recoveryTime
	}
	return time.Duration(d.RecoveryTimeout) * time.Second
}

// frame is one message: an array of what it is, and its body.
type frame struct {
	Type      string    `json:"type"`
	MessageID string    `json:"messageId"`
	Status    int       `json:"status"`
	Context   *recovery `json:"wsc"`
	body      json.RawMessage
}

// open connects with the token that RingCentral has given, and takes up what broke if there is
// something. When it fails, that may have been taken up, and what was kept be sent to nobody.
func open(ctx context.Context, client *http.Client, upstream string, t *rest.WSToken, was *broken) (*line, error) {
	u, err := address(upstream, t.URI)
	if err != nil {
		return nil, err
	}
	q, tokens := u.Query(), []rest.Secret{t.Token}
	q.Set("access_token", string(t.Token))
	if was.context != nil {
		q.Set("wsc", string(was.context.Token))
		tokens = append(tokens, was.context.Token)
	}
	u.RawQuery = q.Encode()
	ctx, cancel := context.WithTimeout(ctx, greetTime)
	defer cancel()
	conn, resp, err := websocket.Dial(ctx, u.String(), &websocket.DialOptions{HTTPClient: client}) //nolint:bodyclose // it is read and closed already
	if err != nil {
		if resp != nil {
			return nil, fmt.Errorf("%w: WebSocket: status %d", rest.ErrUnavailable, resp.StatusCode)
		}
		was.doubt = was.doubt || !unconnected(err)
		return nil, fmt.Errorf("%w: WebSocket: %w", rest.ErrUnavailable, withoutURL(err))
	}
	conn.SetReadLimit(mostFrame)
	l := &line{conn: conn, tokens: tokens}
	f, err := l.next(ctx)
	if err == nil && (f.Type != "ConnectionDetails" || f.Status >= http.StatusBadRequest || json.Unmarshal(f.body, &l.details) != nil) {
		err = fmt.Errorf("%w: %w: it does not begin with what it is, status %d", rest.ErrUnavailable, errFrame, f.Status)
	}
	if err != nil {
		was.doubt = true
		_ = conn.CloseNow()
		return nil, err
	}
	if l.details.RecoveryBuffer <= 0 {
		l.details.RecoveryBuffer = mostReplayed
	}
	return l, nil
}

// unconnected says whether nothing was sent before an error.
func unconnected(err error) bool {
	e, ok := errors.AsType[*net.OpError](err)
	return ok && e.Op == "dial"
}

// address reads where a WebSocket is. The token is taken nowhere but to RingCentral: to the host
// of its API, or over TLS to another of the same owner.
func address(upstream, text string) (*url.URL, error) {
	api, err1 := url.Parse(upstream)
	u, err2 := url.Parse(text)
	if err := errors.Join(err1, err2); err != nil {
		return nil, fmt.Errorf("%w: no address of a WebSocket", rest.ErrInvalid)
	}
	secure := u.Scheme == "wss"
	switch {
	case u.User != nil, u.Host == "", !secure && u.Scheme != "ws":
	case u.Host == api.Host && secure == (api.Scheme == "https"):
		return u, nil
	case secure && owned(u.Hostname()) == owned(api.Hostname()):
		return u, nil
	}
	return nil, fmt.Errorf("%w: the WebSocket is at %.100q, which is not RingCentral's", rest.ErrInvalid, u.Scheme+"://"+u.Host)
}

// owned is the part of a name that somebody can own: example.com, example.co.uk. An address is
// all its own.
func owned(host string) string {
	host = strings.ToLower(host)
	if _, err := netip.ParseAddr(host); err == nil {
		return host
	}
	if name, err := publicsuffix.EffectiveTLDPlusOne(host); err == nil {
		return name
	}
	return host
}

// withoutURL keeps the address of a connection, which has the token, out of an error.
func withoutURL(err error) error {
	if e, ok := errors.AsType[*url.Error](err); ok {
		return e.Err
	}
	return errors.New("it failed") //nolint:err113 // what else there is may quote the address
}

// next waits for the next frame.
func (l *line) next(ctx context.Context) (*frame, error) {
	_, r, err := l.conn.Reader(ctx)
	if err != nil {
		return nil, fmt.Errorf("%w: WebSocket: %w", rest.ErrUnavailable, hushed{err, l.hush(err.Error())})
	}
	b, err := io.ReadAll(r)
	if err != nil {
		return nil, fmt.Errorf("%w: WebSocket: %w: %w", rest.ErrUnavailable, errAmid, err)
	}
	var parts []json.RawMessage
	f := new(frame)
	if json.Unmarshal(b, &parts) != nil || len(parts) == 0 || json.Unmarshal(parts[0], f) != nil {
		return nil, errFrame
	}
	if len(parts) > 1 {
		f.body = parts[1]
	}
	if f.Context != nil && f.Context.Token != "" {
		l.context = f.Context
	}
	return f, nil
}

// hushed is an error without what it quoted.
type hushed struct {
	error
	text string
}

// Error implements error.
func (h hushed) Error() string { return h.text }

// Unwrap tells what it is.
func (h hushed) Unwrap() error { return h.error }

// hush takes the tokens out of what RingCentral says.
func (l *line) hush(text string) string {
	tokens := l.tokens
	if l.context != nil {
		tokens = append(slices.Clip(tokens), l.context.Token)
	}
	for _, t := range tokens {
		if t != "" {
			text = strings.ReplaceAll(text, string(t), t.String())
		}
	}
	return text
}

// write sends a frame.
func (l *line) write(ctx context.Context, parts ...any) error {
	b, err := json.Marshal(parts)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, greetTime)
	defer cancel()
	return l.conn.Write(ctx, websocket.MessageText, b)
}

// subscribe asks to be told of events over the connection.
func (l *line) subscribe(ctx context.Context) (*rest.Subscription, error) {
	ctx, cancel := context.WithTimeout(ctx, greetTime)
	defer cancel()
	id := rand.Text()
	err := l.write(ctx,
		map[string]string{"type": "ClientRequest", "messageId": id, "method": http.MethodPost, "path": "/restapi/v1.0/subscription"},
		&rest.SubscriptionRequest{EventFilters: filters, DeliveryMode: rest.DeliveryMode{TransportType: "WebSocket"}})
	if err != nil {
		return nil, err
	}
	for {
		f, err := l.next(ctx)
		switch {
		case err != nil:
			return nil, err
		case f.MessageID != id:
			continue // of nothing that was asked for
		case f.Status/100 != 2:
			return nil, l.refusal(f)
		}
		sub := new(rest.Subscription)
		if json.Unmarshal(f.body, sub) != nil || sub.ID == "" {
			return nil, fmt.Errorf("%w: %w", rest.ErrInvalid, errFrame)
		}
		return sub, nil
	}
}

// refusal is the error of an answer.
func (l *line) refusal(f *frame) error {
	var said struct {
		Code    string `json:"errorCode"`
		Message string `json:"message"`
		Errors  []struct {
			Code string `json:"errorCode"`
		} `json:"errors"`
	}
	_ = json.Unmarshal(f.body, &said) // what is no error has no code
	if said.Code == "" && len(said.Errors) > 0 {
		said.Code = said.Errors[0].Code
	}
	return &rest.Error{Op: "createSubscription", Status: f.Status, Code: l.hush(said.Code), Message: l.hush(said.Message)}
}

// beat shows from time to time that the gateway is there, and calls dead when nobody else is.
func (l *line) beat(ctx context.Context, every time.Duration, dead func()) {
	tick := time.NewTicker(every)
	defer tick.Stop()
	for said := time.Now(); ; {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		look, cancel := context.WithTimeout(ctx, min(pongTime, every))
		err := l.conn.Ping(look)
		cancel()
		if err != nil && ctx.Err() == nil {
			dead()
			return
		}
		if time.Since(said) > sayEvery {
			said = time.Now()
			_ = l.write(ctx, map[string]string{"type": "Heartbeat", "messageId": rand.Text()})
		}
	}
}
