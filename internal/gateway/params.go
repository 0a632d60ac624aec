package gateway

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"maps"
	"net/http"

	"github.com/99designs/gqlgen/graphql"
	jsonv2 "github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

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
		DocumentID    string         `json:"documentId"`
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
	return withDocument(p, in.DocumentID), nil
}

// withDocument notes which document p names; "" for none.
func withDocument(p *graphql.RawParams, id string) *graphql.RawParams {
	if id != "" {
		p.Extensions = maps.Clone(p.Extensions)
		if p.Extensions == nil {
			p.Extensions = map[string]any{}
		}
		p.Extensions[documentID] = id
	}
	return p
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
	return named(withDocument(p, q.Get(documentID)))
}

// named refuses parameters that name no query.
func named(p *graphql.RawParams) (*graphql.RawParams, error) {
	if p.Query == "" && !byName(p) {
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
