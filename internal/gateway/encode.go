package gateway

import (
	"bytes"
	"encoding/json"
	"io"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
)

// encode writes resp without copying its data, which is valid JSON already. A
// request error has no data at all.
func encode(w io.Writer, resp *graphql.Response) error {
	return encodeIn(w, resp, "{")
}

// encodePart writes a part that follows the first, once for each label of the client's.
// Its extensions are of the whole of it, as those of the first are.
// Source: the incremental delivery of the GraphQL working group, as of 2022-08-24.
func encodePart(w io.Writer, resp *graphql.Response) error {
	once := *resp
	once.HasNext, once.Extensions = nil, nil
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
	_, _ = io.WriteString(w, "],")
	return encodeIn(w, &graphql.Response{Extensions: resp.Extensions, HasNext: resp.HasNext}, "")
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

// answerOrPart returns the JSON of the n-th response to an operation.
func answerOrPart(resp *graphql.Response, n int) string {
	var b bytes.Buffer
	write := encode
	if n > 1 && resp.HasNext != nil {
		write = encodePart
	}
	if write(&b, resp) != nil {
		return `{"errors":[{"message":"Something went wrong in the gateway.","extensions":{"code":"` + codeInternal + `"}}]}`
	}
	return b.String()
}
