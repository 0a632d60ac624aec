package gateway

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
)

// httpTransport answers GraphQL over HTTP, by POST and GET, in one piece. The
// server library's own repeats a body it cannot read in its error, decodes it once
// more, and copies the whole answer.
type httpTransport struct{}

// Supports takes whatever no other transport took: the edge has checked it.
func (httpTransport) Supports(*http.Request) bool { return true }

func (httpTransport) Do(w http.ResponseWriter, r *http.Request, exec graphql.GraphExecutor) {
	ctx, op, refused, ok := prepare(w, r, exec)
	switch {
	case !ok:
	case refused != nil:
		writeResponse(w, r, http.StatusBadRequest, refused)
	default:
		responses, ctx := exec.DispatchOperation(ctx, op)
		writeResponse(w, r, http.StatusOK, responses(ctx))
	}
}

// prepare finds out what r asks for. refused is what there is to say of a request that is
// not carried out. It is not ok when everything has been said.
func prepare(w http.ResponseWriter, r *http.Request, exec graphql.GraphExecutor) (ctx context.Context, op *graphql.OperationContext, refused *graphql.Response, ok bool) {
	ctx = r.Context()
	op, errs := exec.CreateOperationContext(ctx, paramsFrom(ctx))
	switch {
	case len(errs) > 0:
		return ctx, op, exec.DispatchError(graphql.WithOperationContext(ctx, op), errs[:min(len(errs), mostErrors)]), true
	case r.Method == http.MethodGet && op.Operation.Operation != ast.Query:
		w.Header().Set("Allow", "POST")
		writeErrors(w, r, http.StatusMethodNotAllowed, refusal(codeBadInput, "Only queries are taken by GET: send it by POST."))
		return ctx, op, nil, false
	}
	return ctx, op, nil, true
}

// mostErrors bounds how many faults of one document are listed.
const mostErrors = 50

// writeResponse writes resp. Clients that take the newer media type get the status
// of a request error; others get 200, as they expect.
func writeResponse(w http.ResponseWriter, r *http.Request, status int, resp *graphql.Response) {
	kind := r.Header.Get("Accept") // the edge has left one there
	if kind != typeResponse && status == http.StatusBadRequest {
		status = http.StatusOK
	}
	w.Header().Set("Content-Type", kind+"; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	if resp == nil {
		resp = &graphql.Response{Errors: gqlerror.List{refusal(codeTimeout, "The request was given up.")}}
	}
	if err := encode(w, resp); err != nil {
		eventFrom(r.Context()).fail(codeInternal, err)
	}
}

// encode writes resp without copying its data, which is valid JSON already. A
// request error has no data at all.
func encode(w io.Writer, resp *graphql.Response) error {
	var head, tail bytes.Buffer
	head.WriteByte('{')
	for _, part := range []struct {
		name string
		v    any
		skip bool
	}{
		{"errors", resp.Errors, len(resp.Errors) == 0},
		{"extensions", resp.Extensions, len(resp.Extensions) == 0},
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
	tail.WriteString("}\n")
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
}

type paramsKey struct{}

func withParams(ctx context.Context, p *graphql.RawParams) context.Context {
	return context.WithValue(ctx, paramsKey{}, p)
}

func paramsFrom(ctx context.Context) *graphql.RawParams {
	p, _ := ctx.Value(paramsKey{}).(*graphql.RawParams)
	return p
}

var errParams = errors.New(`the body must be a JSON object with "query", and optionally "variables", "operationName" and "extensions"`)

// readPost reads the parameters out of a body.
func readPost(body []byte) (*graphql.RawParams, error) {
	var p graphql.RawParams
	if err := decodeOne(body, &p); err != nil {
		return nil, errParams // not what the decoder says: it repeats the body
	}
	return &p, nil
}

// readGet reads the parameters out of a URL.
func readGet(r *http.Request) (*graphql.RawParams, error) {
	q := r.URL.Query()
	p := &graphql.RawParams{Query: q.Get("query"), OperationName: q.Get("operationName")}
	if v := q.Get("variables"); v != "" && decodeOne([]byte(v), &p.Variables) != nil {
		return nil, errors.New("variables must be a JSON object")
	}
	if v := q.Get("extensions"); v != "" && decodeOne([]byte(v), &p.Extensions) != nil {
		return nil, errors.New("extensions must be a JSON object")
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
