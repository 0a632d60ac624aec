// Package rest is the gateway's client for the RingCentral REST API: one
// exported method per upstream operation, named after its operationId, and the
// links of the transport chain that observe and retry. It hides the upstream's
// two generations and its many-ids answers, makes the same read of one person once
// while it is under way, and remembers what it came to until something changes; it
// must not know GraphQL, who is asking, or what a field costs. What its reads return
// is given to others as well: nobody may write to it.
package rest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptrace"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/go-json-experiment/json"

	"github.com/ringql/ringql/internal/admission"
	"github.com/ringql/ringql/internal/budget"
)

// Config says where the upstream is and how requests travel. Its zero value,
// but for BaseURL, is good.
type Config struct {
	BaseURL     string                         // scheme and host, no trailing slash
	Transport   http.RoundTripper              // nil means NewTransport
	Generation  Preference                     // which generation to call; zero means Auto
	Who         func(context.Context) string   // the person whose upstream answers are remembered; nil means one for all
	Scopes      func(context.Context) []string // what the app may do for the person, nil where that is unknown; may be nil
	NoPreflight bool                           // whether calls leave that are known to be refused
	Gate        *budget.Gate                   // is told of a refusal for rate within an answer to many ids; may be nil
	ManyIDs     int                            // most ids in one request; zero means 50
	MaxAnswer   int64                          // most bytes of one answer; zero means 64 MiB
	UserAgent   string                         // "RingQL/1.2.3"
	Cache       CacheConfig                    // what is remembered of answers; zero means nothing

	Report  func(context.Context, Call)   // is told of calls that were not needed; may be nil
	Changes func(context.Context, Change) // is told of changes, for other replicas; may be nil
}

// Client calls the upstream REST API. It is safe for concurrent use.
type Client struct {
	cfg    Config
	http   *http.Client
	served *served
	many   sync.Map // operation id -> *manyIDsState

	flights flights
	epochs  *epochs
	cache   *cache // nil if nothing is remembered
	rights  rights
}

// New returns a Client for cfg.
func New(cfg Config) *Client {
	if cfg.Transport == nil {
		cfg.Transport = NewTransport()
	}
	if cfg.Who == nil {
		cfg.Who = func(context.Context) string { return "" }
	}
	if cfg.ManyIDs <= 0 {
		cfg.ManyIDs = 50
	}
	if cfg.MaxAnswer <= 0 {
		cfg.MaxAnswer = 64 << 20
	}
	if cfg.UserAgent == "" {
		cfg.UserAgent = "RingQL"
	}
	cfg.BaseURL = strings.TrimRight(cfg.BaseURL, "/")
	return &Client{
		cfg:     cfg,
		http:    &http.Client{Transport: staying(cfg.Transport)},
		served:  newServed(),
		flights: flights{all: map[readKey]*flight{}},
		epochs:  newEpochs(),
		cache:   newCache(cfg.Cache),
		rights:  newRights(),
	}
}

// staying has a client follow no redirect: it would carry the token, and could turn a PUT
// into a GET. The client would also quote an address that it cannot read.
func staying(next http.RoundTripper) http.RoundTripper {
	return roundTripper(func(req *http.Request) (*http.Response, error) {
		resp, err := next.RoundTrip(req)
		if err == nil {
			resp.Header.Del("Location")
		}
		return resp, err
	})
}

// call sends r and decodes a 2xx answer into a T. A change whose answer cannot be
// read is a lost one: it was made, and nothing says what it came to.
func call[T any](ctx context.Context, c *Client, r request) (*T, error) {
	a, err := c.do(ctx, r)
	if err != nil {
		return nil, err
	}
	defer a.release()
	out := new(T)
	if err := decode(a.body.Bytes(), out); err != nil {
		return nil, a.invalid(err)
	}
	return out, nil
}

// act sends r and takes a 2xx answer for all there is to know.
func (c *Client) act(ctx context.Context, r request) error {
	a, err := c.do(ctx, r)
	if err == nil {
		a.release()
	}
	return err
}

// answer is a 2xx answer whose body lies in a pooled buffer until release.
type answer struct {
	op     *Operation
	status int
	header http.Header
	body   *bytes.Buffer
	token  Secret // that it was asked for with
	done   func() // gives the processor back, unless the operation works on
}

func (a *answer) release() {
	putBuffer(a.body)
	a.done()
}

func (a *answer) invalid(err error) error {
	return &Error{
		Op: a.op.ID, Status: a.status, RequestID: requestID(a.header), Lost: a.op.Method != http.MethodGet,
		cause: fmt.Errorf("%w: %w", ErrInvalid, err),
	}
}

// do sends r and reads its answer. The caller releases the answer.
func (c *Client) do(ctx context.Context, r request) (a *answer, err error) {
	if r.failed != nil {
		return nil, r.failed
	}
	if err := c.preflight(ctx, r.op); err != nil {
		return nil, err
	}
	if r.op.Method != http.MethodGet {
		End(ctx)
	}
	if !r.op.Reads && !r.op.OfEvents {
		end := c.changing(ctx, r)
		defer func() { end(err) }()
	}
	if err := ctx.Err(); err != nil {
		return nil, failed(ctx, r.op, err, false)
	}
	req, err := c.request(ctx, r)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", r.op.ID, err)
	}
	sent := alwaysSent
	if r.op.Method != http.MethodGet {
		req, sent = traceSent(req)
	}
	resume := admission.Pause(ctx)
	a, err = c.send(ctx, r, req, sent)
	done := resume() // to make something of the answer takes a processor
	if err != nil {
		done()
		return nil, err
	}
	if a.done = done; a.status/100 != 2 {
		defer a.release()
		return nil, c.refused(ctx, r.op, a)
	}
	return a, nil
}

// refused makes the error of an answer outside 2xx.
func (c *Client) refused(ctx context.Context, o *Operation, a *answer) error {
	e := refused(o, a.status, a.header, a.body.Bytes())
	_ = scrubbed(e, a.token)
	if errors.Is(e, ErrUnauthenticated) {
		c.forget(ctx)
	}
	if a.status == http.StatusTooManyRequests && c.cfg.Gate != nil {
		e.RetryAfter = max(e.RetryAfter, c.closed(ctx, o))
	}
	return e
}

// closed returns for how long the gate sends no call of o: after a refusal for rate longer
// than the upstream says, and also where that says nothing.
func (c *Client) closed(ctx context.Context, o *Operation) time.Duration {
	who := c.cfg.Who(ctx)
	wait, _ := c.cfg.Gate.WaitFor(who, c.cfg.Gate.Payer(who, o.Group, o.ID), 1)
	return wait
}

// send sends req and waits for the whole answer.
func (c *Client) send(ctx context.Context, r request, req *http.Request, sent func() bool) (*answer, error) {
	resp, err := c.http.Do(req)
	if err != nil {
		return nil, failed(ctx, r.op, err, sent())
	}
	defer func() { _ = resp.Body.Close() }()
	body, err := c.read(resp, allowed(ctx, r.op, resp.Body))
	if err != nil {
		return nil, failed(ctx, r.op, err, true)
	}
	return &answer{op: r.op, status: resp.StatusCode, header: resp.Header, body: body, token: tokenOf(resp)}, nil
}

// tokenOf returns the token that a link of the chain put to the request of resp.
func tokenOf(resp *http.Response) Secret {
	if resp.Request == nil {
		return ""
	}
	return Secret(strings.TrimPrefix(resp.Request.Header.Get("Authorization"), "Bearer "))
}

func alwaysSent() bool { return true }

// traceSent finds out whether any byte of req left: a request that got no
// connection was certainly not carried out. A transport that does not trace
// (the simulator's, in tests) counts as having sent.
func traceSent(req *http.Request) (*http.Request, func() bool) {
	var asked, wrote atomic.Bool
	trace := &httptrace.ClientTrace{
		GetConn:      func(string) { asked.Store(true) },
		WroteHeaders: func() { wrote.Store(true) },
	}
	return req.WithContext(httptrace.WithClientTrace(req.Context(), trace)),
		func() bool { return wrote.Load() || !asked.Load() }
}

func (c *Client) request(ctx context.Context, r request) (*http.Request, error) {
	var body io.Reader
	if r.body != nil {
		b, err := json.Marshal(r.body)
		if err != nil {
			return nil, fmt.Errorf("encode request: %w", err)
		}
		body = bytes.NewReader(b)
	}
	u := c.cfg.BaseURL + r.path
	if len(r.query) > 0 {
		u += "?" + r.query.Encode()
	}
	req, err := http.NewRequestWithContext(mark(ctx, r.op), r.op.Method, u, body)
	if err != nil {
		return nil, err
	}
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	req.Header.Set("Accept", "application/json")
	if r.many {
		req.Header.Set("Accept", manyIDsType)
	}
	req.Header.Set("Accept-Language", "en-US") // messages of the answers; codes are what we read
	req.Header.Set("User-Agent", c.cfg.UserAgent)
	return req, nil
}
