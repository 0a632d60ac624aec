package gateway

import (
	jsonv2 "github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"github.com/ringql/ringql/internal/admission"
)

// httpTransport answers GraphQL over HTTP, by POST and GET, in one piece, in parts or as
// events. The server library's own repeat a body they cannot read in their error, decode
// it once more, and copy the whole answer.
type httpTransport struct{ reader }

// Supports takes whatever no other transport took: the edge has checked it.
func (httpTransport) Supports(*http.Request) bool { return true }

// sink takes answers as they come.
type sink interface {
	next(resp *graphql.Response)
	complete()
}

func (t httpTransport) Do(w http.ResponseWriter, r *http.Request, exec graphql.GraphExecutor) {
	ctx, op, refused, ok := t.prepare(w, r, exec)
	if !ok {
		return
	}
	kinds := requestFrom(ctx).kinds
	var out sink
	switch {
	case kinds.whole == typeEvents: // begun at once, for it may take long
		s := newStream(ctx, w)
		defer s.keepAlive(ctx)()
		out = s
	case kinds.whole == typeParts && refused != nil:
		out = newParts(ctx, w)
	}
	if refused != nil {
		if out == nil {
			admission.Leave(ctx)
			writeResponse(w, r, http.StatusBadRequest, refused)
			return
		}
		send(ctx, out, refused)
		aside(ctx, out.complete)
		return
	}
	responses, ctx := exec.DispatchOperation(ctx, op)
	if out == nil {
		first := responses(ctx)
		switch {
		case first != nil && first.HasNext != nil && kinds.parts == typeEvents:
			s := newStream(ctx, w)
			defer s.keepAlive(ctx)()
			out = s
		case kinds.whole == typeParts, first != nil && first.HasNext != nil:
			out = newParts(ctx, w)
		default:
			admission.Leave(ctx) // the client may be slow to read
			writeResponse(w, r, http.StatusOK, first)
			return
		}
		send(ctx, out, given(first))
	}
	for {
		resp := responses(ctx)
		switch {
		case r.Context().Err() != nil:
			return // the client has left
		case resp == nil:
			aside(ctx, out.complete)
			return
		}
		send(ctx, out, resp)
	}
}

// send sends one answer of many.
func send(ctx context.Context, out sink, resp *graphql.Response) {
	aside(ctx, func() { out.next(resp) })
}

// aside writes to the client while others have the processor: it may be slow to read.
func aside(ctx context.Context, write func()) {
	resume := admission.Pause(ctx)
	defer func() { resume()() }()
	write()
}

// prepare finds out what r asks for. refused is what there is to say of a request that is
// not carried out. It is not ok when everything has been said.
func (t httpTransport) prepare(w http.ResponseWriter, r *http.Request, exec graphql.GraphExecutor) (ctx context.Context, op *graphql.OperationContext, refused *graphql.Response, ok bool) {
	ctx = r.Context()
	op, refused = t.operation(ctx, exec, requestFrom(ctx).params)
	switch {
	case refused != nil:
		return ctx, op, refused, true
	case r.Method == http.MethodGet && op.Operation.Operation == ast.Mutation:
		admission.Leave(ctx)
		w.Header().Set("Allow", "POST")
		writeErrors(w, r, http.StatusMethodNotAllowed, refusal(codeBadInput, "A mutation is not taken by GET: send it by POST."))
		return ctx, op, nil, false
	case op.Operation.Operation == ast.Subscription && requestFrom(ctx).kinds.whole != typeEvents:
		return ctx, op, &graphql.Response{Errors: gqlerror.List{refusal(codeBadInput,
			"A subscription has many answers: send Accept: text/event-stream, or use a WebSocket.")}}, true
	}
	return ctx, op, nil, true
}

// writeResponse writes resp. Clients that take the newer media type get the status
// of a request error; others get 200, as they expect.
func writeResponse(w http.ResponseWriter, r *http.Request, status int, resp *graphql.Response) {
	kind := requestFrom(r.Context()).kinds.whole
	if kind != typeResponse {
		kind = typeJSON
		if status == http.StatusBadRequest {
			status = http.StatusOK
		}
	}
	w.Header().Set("Content-Type", kind+"; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	if err := encode(w, given(resp)); err != nil {
		eventFrom(r.Context()).fail(codeInternal, err)
	}
	_, _ = io.WriteString(w, "\n")
}

// given is resp, or what is said when there is none.
func given(resp *graphql.Response) *graphql.Response {
	if resp == nil {
		resp = &graphql.Response{Errors: gqlerror.List{refusal(codeTimeout, "The request was given up.")}}
	}
	return resp
}

// encode writes resp without copying its data, which is valid JSON already. A
// request error has no data at all.
func encode(w io.Writer, resp *graphql.Response) error {
	return encodeIn(w, resp, "{")
}

// encodePart writes a part that follows the first, once for each label of the client's.
// Source: the incremental delivery of the GraphQL working group, as of 2022-08-24.
func encodePart(w io.Writer, resp *graphql.Response) error {
	once := *resp
	once.HasNext = nil
	path, err := json.Marshal(append(ast.Path{}, resp.Path...))
	if err != nil {
		return err
	}
	_, _ = io.WriteString(w, `{"incremental":[`)
	for i, label := range labelsOf(resp.Label) {
		head := `{"path":` + string(path)
		if i > 0 {
			head = "," + head
		}
		if label != "" {
			text, _ := json.Marshal(label) // text can be written
			head += `,"label":` + string(text)
		}
		if i > 0 {
			once.Errors = nil // they were told
		}
		if err := encodeIn(w, &once, head+","); err != nil {
			return err
		}
	}
	_, _ = fmt.Fprintf(w, `],"hasNext":%t}`, resp.HasNext != nil && *resp.HasNext)
	return nil
}

func encodeIn(w io.Writer, resp *graphql.Response, start string) error {
	var head, tail bytes.Buffer
	head.WriteString(start)
	for _, part := range []struct {
		name string
		v    any
		skip bool
	}{
		{"errors", resp.Errors, len(resp.Errors) == 0},
		{"extensions", resp.Extensions, len(resp.Extensions) == 0},
		{"hasNext", resp.HasNext, resp.HasNext == nil},
	} {
		if part.skip {
			continue
		}
		b, err := json.Marshal(part.v)
		if err != nil {
			return err
		}
		tail.WriteString(`,"` + part.name + `":`)
		tail.Write(b)
	}
	if resp.Data != nil {
		head.WriteString(`"data":`)
	} else if tail.Len() > 0 {
		tail.Next(1) // no comma before the first
	}
	tail.WriteByte('}')
	for _, b := range [][]byte{head.Bytes(), resp.Data, tail.Bytes()} {
		if _, err := w.Write(b); err != nil {
			return nil //nolint:nilerr // the client has left
		}
	}
	return nil
}

// writeErrors answers with errors alone.
func writeErrors(w http.ResponseWriter, r *http.Request, status int, errs ...*gqlerror.Error) {
	for _, err := range errs {
		code, _ := err.Extensions["code"].(string)
		eventFrom(r.Context()).fail(code, nil)
	}
	w.Header().Set("Content-Type", typeJSON+"; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_ = encode(w, &graphql.Response{Errors: errs}) // made of our own texts
	_, _ = io.WriteString(w, "\n")
}

// request is what the edge found a request to ask for.
type request struct {
	params *graphql.RawParams
	kinds  kinds
}

type requestKey struct{}

func withRequest(ctx context.Context, r *request) context.Context {
	return context.WithValue(ctx, requestKey{}, r)
}

// requestFrom returns the request that ctx belongs to; an empty one on a socket.
func requestFrom(ctx context.Context) *request {
	if r, ok := ctx.Value(requestKey{}).(*request); ok {
		return r
	}
	return &request{}
}

// readPost reads the parameters out of a body.
func readPost(body []byte) (*graphql.RawParams, error) {
	p, err := readParams(body)
	if err != nil { // not said: the decoder repeats the body
		return nil, badRequest(`The request is not valid: the body must be a JSON object with "query", and optionally "variables", "operationName" and "extensions", each once.`)
	}
	return named(p)
}

// readParams reads parameters by their exact names: a member that is there twice, or in
// other letters, could be read as one thing by a firewall and as another here.
func readParams(text []byte) (*graphql.RawParams, error) {
	var in struct {
		Query         string         `json:"query"`
		OperationName string         `json:"operationName"`
		Variables     jsontext.Value `json:"variables"`
		Extensions    jsontext.Value `json:"extensions"`
	}
	if err := jsonv2.Unmarshal(text, &in); err != nil {
		return nil, err
	}
	p := &graphql.RawParams{Query: in.Query, OperationName: in.OperationName}
	for _, part := range []struct {
		from jsontext.Value
		into *map[string]any
	}{{in.Variables, &p.Variables}, {in.Extensions, &p.Extensions}} {
		if len(part.from) == 0 {
			continue
		}
		if err := decodeOne(part.from, part.into); err != nil {
			return nil, err
		}
	}
	return p, nil
}

// readGet reads the parameters out of a URL.
func readGet(r *http.Request) (*graphql.RawParams, error) {
	q := r.URL.Query()
	p := &graphql.RawParams{Query: q.Get("query"), OperationName: q.Get("operationName")}
	if v := q.Get("variables"); v != "" && decodeOne([]byte(v), &p.Variables) != nil {
		return nil, badRequest("variables must be a JSON object.")
	}
	if v := q.Get("extensions"); v != "" && decodeOne([]byte(v), &p.Extensions) != nil {
		return nil, badRequest("extensions must be a JSON object.")
	}
	return named(p)
}

// named refuses parameters that name no query.
func named(p *graphql.RawParams) (*graphql.RawParams, error) {
	if p.Query == "" && !byHash(p) {
		return nil, badRequest("There is no query.")
	}
	return p, nil
}

// decodeOne decodes exactly one JSON value, keeping numbers as they were written.
func decodeOne(b []byte, into any) error {
	d := json.NewDecoder(bytes.NewReader(b))
	d.UseNumber()
	if err := d.Decode(into); err != nil {
		return err
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return errors.New("something follows")
	}
	return nil
}
