package rest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Result is what one id of a many-ids request came to.
type Result[T any] struct {
	Value T
	Err   error
}

// manyIDsType asks for the answer as one JSON array. An upstream that does not
// know it answers multipart/mixed, which is read as well.
const manyIDsType = "application/vnd.ringcentral.multipart+json"

// manyIDsState is what was learned about one operation's many-ids requests.
type manyIDsState struct {
	setting int
	mu      sync.Mutex
	most    int       // most ids the upstream takes; 1 when it does not answer 207
	learned time.Time // when; zero while nothing is known
}

// now returns how many ids to send, and whether the upstream has shown that it
// takes them. What was learned is tried anew after a while.
func (s *manyIDsState) now() (most int, known bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if known = !s.learned.IsZero() && time.Since(s.learned) < remember; !known {
		s.most = s.setting
	}
	return s.most, known
}

// learn files that the upstream takes up to n ids.
func (s *manyIDsState) learn(n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if n < s.most || s.learned.IsZero() || time.Since(s.learned) >= remember {
		s.most, s.learned = min(n, s.most), time.Now() // that fewer work is no news
	}
}

// InOneCall returns how many ids one request of the operation may name, as far as is
// known; it is for operations that take many.
func (c *Client) InOneCall(operation string) int {
	if o := OperationNamed(operation); o != nil {
		return c.manyIDs(o)
	}
	return 1
}

// manyIDs returns how many ids one request of the operation may name, as far as
// is known: the setting, less what the upstream's refusals taught.
func (c *Client) manyIDs(o *Operation) int {
	most, _ := c.manyState(o).now()
	return most
}

func (c *Client) manyState(o *Operation) *manyIDsState {
	kept, _ := c.many.LoadOrStore(o.ID, &manyIDsState{setting: c.cfg.ManyIDs, most: c.cfg.ManyIDs})
	return kept.(*manyIDsState) //nolint:forcetypeassert // only these are stored
}

// asked says what an answer, or part of one, is about.
type asked struct {
	id    string
	alone bool // no other id was asked for beside it
}

// callMany fetches ids with as few requests of o as the upstream takes, several
// at once. names are the path's other ids, with theIDs where the many stand. finish
// makes of an answer, or part of one, all that is to be made of it, or says what is wrong
// with it. A part that failed is the error of its id alone; a request that failed is the
// error of the ids it named.
func callMany[T any](ctx context.Context, c *Client, o *Operation, ids []string, query url.Values, finish func(asked, *T) error, names ...string) map[string]Result[*T] {
	ids = slices.Compact(slices.Sorted(slices.Values(ids)))
	m := &manyRun[T]{
		c: c, op: o, state: c.manyState(o), query: query, names: names, finish: finish,
		out: make(map[string]Result[*T], len(ids)),
	}
	ids = m.recall(ctx, ids)
	most, known := m.state.now()
	if !known && len(ids) > most && o.Method == http.MethodGet {
		// The first request finds out how many ids the upstream takes; sent all at
		// once, each would be refused for the same reason.
		m.fetch(ctx, ids[:most])
		ids = ids[most:]
		most, _ = m.state.now()
	}
	m.fetchAll(ctx, slices.Collect(slices.Chunk(ids, most)))
	return m.out
}

// manyRun is one use of callMany.
type manyRun[T any] struct {
	c      *Client
	op     *Operation
	state  *manyIDsState
	query  url.Values
	names  []string
	finish func(asked, *T) error

	mu  sync.Mutex
	out map[string]Result[*T]
}

func (m *manyRun[T]) set(id string, r Result[*T]) {
	m.mu.Lock()
	m.out[id] = r
	m.mu.Unlock()
}

// fetchAll fetches several lots of ids. Changes end where those do that take a call each.
func (m *manyRun[T]) fetchAll(ctx context.Context, lots [][]string) {
	if m.op.Method == http.MethodGet || len(lots) < 2 {
		InParallel(len(lots), func(i int) { m.fetch(ctx, lots[i]) })
		return
	}
	begun := make([]bool, len(lots))
	for i, err := range m.c.each(ctx, m.op, len(lots), func(ctx context.Context, i int) error {
		begun[i] = true
		m.fetch(ctx, lots[i])
		return m.trouble(lots[i])
	}) {
		for _, id := range lots[i] {
			if !begun[i] {
				m.set(id, Result[*T]{Err: err})
			}
		}
	}
}

// trouble is the error of one of ids that the next would meet as well, if there is any.
func (m *manyRun[T]) trouble(ids []string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, id := range ids {
		if err := m.out[id].Err; ofAll(err) {
			return err
		}
	}
	return nil
}

// fetch asks for ids in one request, or in smaller ones once the upstream has
// said that they are too many.
func (m *manyRun[T]) fetch(ctx context.Context, ids []string) {
	if most, _ := m.state.now(); len(ids) > most {
		m.fetchAll(ctx, slices.Collect(slices.Chunk(ids, most)))
		return
	}
	r := m.op.atMany(ids, m.names...).where(m.query)
	if len(ids) == 1 {
		v, err := m.one(ctx, r, ids[0])
		m.set(ids[0], Result[*T]{v, err})
		return
	}
	parts, err := m.once(ctx, r, ids)
	smaller := tooMany(err, len(ids))
	switch {
	case err == nil:
		for id, part := range parts {
			m.set(id, part)
		}
		m.state.learn(m.state.setting) // it takes many; not that it takes no more than these
	case smaller > 0:
		m.state.learn(smaller)
		m.fetch(ctx, ids)
	case m.takenForOne(err):
		m.singly(ctx, ids)
	default:
		for _, id := range ids {
			m.set(id, Result[*T]{Err: err})
		}
	}
}

// actMany is callMany for a change whose answer holds nothing: it returns what became of
// each id. It is sent for an id once more only after a refusal of all that it stood among.
func actMany(ctx context.Context, c *Client, o *Operation, ids []string, names ...string) map[string]error {
	out := make(map[string]error, len(ids))
	for id, r := range callMany(ctx, c, o, ids, nil, func(asked, *struct{}) error { return nil }, names...) {
		out[id] = r.Err
	}
	return out
}

// silent says that a part that went well tells nothing.
func (m *manyRun[T]) silent() bool { return m.op.Method == http.MethodDelete }

// one sends r, which names one id.
func (m *manyRun[T]) one(ctx context.Context, r request, id string) (*T, error) {
	if m.silent() {
		return new(T), m.c.act(ctx, r)
	}
	return read(ctx, m.c, r, func(v *T) error { return m.finish(asked{id, true}, v) })
}

// parts are what each id of one request came to.
type parts[T any] map[string]Result[*T]

// fly sends r and takes its answer apart. What follows may wait for more answers, so this
// one has been released.
func (m *manyRun[T]) fly(ctx context.Context, r request, ids []string) (parts[T], error) {
	a, err := m.c.do(ctx, r)
	if err != nil {
		return nil, err
	}
	defer a.release()
	out := make(parts[T], len(ids))
	if err := m.split(ctx, a, ids, out); err != nil {
		return nil, err
	}
	return out, nil
}

// errNoParts means that the upstream's answer to many ids is not 207.
var errNoParts = errors.New("no parts in the answer to many ids")

// tooMany returns how many of n ids an upstream that answered err will take; zero
// when err says nothing about that.
func tooMany(err error, n int) int {
	e, ok := errors.AsType[*Error](err)
	if !ok || e.Code != "CMN-106" {
		return 0
	}
	// "Batch request is limited to 20 entries": the number is only a hint.
	for word := range strings.FieldsSeq(e.Message) {
		if limit, err := strconv.Atoi(word); err == nil && limit > 0 && limit < n {
			return limit
		}
	}
	return max(n/2, 1)
}

// takenForOne says whether an upstream that answered err may have taken the ids for
// one odd id.
func (m *manyRun[T]) takenForOne(err error) bool {
	if errors.Is(err, errNoParts) {
		return true
	}
	e, ok := errors.AsType[*Error](err)
	about := ok && (e.Parameter == "" || e.Parameter == m.op.parameter(slices.Index(m.names, theIDs)))
	return about && e.Code != "" && (e.Is(ErrNotFound) || e.Is(ErrBadRequest))
}

// singly asks for each of ids alone. That the upstream takes no more than one is
// learned when it answers one that it refused among many.
func (m *manyRun[T]) singly(ctx context.Context, ids []string) {
	m.fetchAll(ctx, slices.Collect(slices.Chunk(ids, 1)))
	m.mu.Lock()
	defer m.mu.Unlock()
	if slices.ContainsFunc(ids, func(id string) bool { return m.out[id].Err == nil }) {
		m.state.learn(1)
	}
}

// part is one element of a many-ids answer in its JSON form. Value and error lie
// side by side, so that a part is decoded once whichever it is.
type part[T any] struct {
	ResourceID ID  `json:"resourceId"`
	Status     int `json:"status"`
	Body       struct {
		Value T        `json:",embed"`
		Error envelope `json:",embed"`
	} `json:"body"`
}

func (m *manyRun[T]) split(ctx context.Context, a *answer, ids []string, out parts[T]) error {
	kind, params, err := mime.ParseMediaType(a.header.Get("Content-Type"))
	switch {
	case a.status != http.StatusMultiStatus && m.silent():
		for _, id := range ids { // all went well
			out[id] = Result[*T]{Value: new(T)}
		}
		return nil
	case a.status != http.StatusMultiStatus:
		return errNoParts
	case err != nil:
		return a.invalid(err)
	case kind == "multipart/mixed":
		return m.splitMultipart(ctx, a, ids, params["boundary"], out)
	}
	var all []part[T]
	if err := decode(a.body.Bytes(), &all); err != nil {
		return a.invalid(err)
	}
	if len(all) != len(ids) {
		return a.invalid(fmt.Errorf("%d parts for %d ids", len(all), len(ids)))
	}
	for i := range all {
		id := ids[i]
		if named := string(all[i].ResourceID); named != "" {
			id = named
		}
		if _, seen := out[id]; seen || !slices.Contains(ids, id) {
			return a.invalid(fmt.Errorf("a part for %.40q, which was not asked for, or twice", id))
		}
		v := all[i].Body.Value // one that is kept must not keep the others
		out[id] = m.part(ctx, a, id, all[i].Status, &v, &all[i].Body.Error)
	}
	return nil
}

// part is what one part comes to; env is what its body says if it is an error.
func (m *manyRun[T]) part(ctx context.Context, a *answer, id string, status int, v *T, env *envelope) Result[*T] {
	if status/100 == 2 {
		if err := m.finish(asked{id: id}, v); err != nil {
			return Result[*T]{Err: err}
		}
		return Result[*T]{Value: v}
	}
	e := &Error{Op: m.op.ID, Status: status, RequestID: requestID(a.header), RetryAfter: retryAfter(a.header)}
	e.judge(m.op, env.fill(e))
	_ = scrubbed(e, a.token)
	if status == http.StatusTooManyRequests && m.c.cfg.Gate != nil {
		// No link of the chain sees it: the answer as a whole was well.
		who := m.c.cfg.Who(ctx)
		m.c.cfg.Gate.Refused(who, m.op.Group, m.op.ID, e.Code, a.header)
		e.RetryAfter = m.c.closed(ctx, m.op)
	}
	return Result[*T]{Err: e}
}

// splitMultipart reads the documented default form: an index part, then one part
// per id, in order, without ids of their own.
func (m *manyRun[T]) splitMultipart(ctx context.Context, a *answer, ids []string, boundary string, out parts[T]) error {
	r := multipart.NewReader(bytes.NewReader(a.body.Bytes()), boundary)
	var index struct {
		Response []struct {
			Status int `json:"status"`
		} `json:"response"`
	}
	if err := nextPart(r, &index); err != nil {
		return a.invalid(err)
	}
	if len(index.Response) != len(ids) {
		return a.invalid(fmt.Errorf("%d parts for %d ids", len(index.Response), len(ids)))
	}
	for i, entry := range index.Response {
		var v T
		var env envelope
		var err error
		switch {
		case entry.Status/100 != 2:
			err = nextPart(r, &env)
		case m.silent():
			_, err = r.NextPart()
		default:
			err = nextPart(r, &v)
		}
		if err != nil {
			return a.invalid(err)
		}
		out[ids[i]] = m.part(ctx, a, ids[i], entry.Status, &v, &env)
	}
	return nil
}

// nextPart decodes the next part of r.
func nextPart[T any](r *multipart.Reader, out *T) error {
	p, err := r.NextPart()
	if err != nil {
		return fmt.Errorf("next part: %w", err)
	}
	body, err := io.ReadAll(p) // bounded by the answer it lies in
	if err != nil {
		return fmt.Errorf("read part: %w", err)
	}
	return decode(body, out)
}
