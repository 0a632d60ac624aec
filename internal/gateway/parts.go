package gateway

import (
	"bytes"
	"context"
	"io"
	"net/http"

	"github.com/99designs/gqlgen/graphql"
)

// parts answers as multipart/mixed: the first answer, then each part as it comes.
// Source: GraphQL over HTTP, "Incremental Delivery"; the boundary and deferSpec are those
// that Apollo Client asks for.
type parts struct {
	w     io.Writer
	flush func() error
	last  int
}

// newParts begins an answer in parts.
func newParts(ctx context.Context, w http.ResponseWriter) *parts {
	w.Header().Set("Content-Type", typeParts+`;boundary="-";deferSpec=20220824`)
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("X-Accel-Buffering", "no") // proxies hold nothing back
	p := &parts{w: w, flush: http.NewResponseController(w).Flush}
	aside(ctx, func() {
		w.WriteHeader(http.StatusOK)
		p.write("---")
	})
	return p
}

// write writes text. A client that left ends the request's context.
func (p *parts) write(text string) {
	_, _ = io.WriteString(p.w, text)
	_ = p.flush()
}

// next writes one part, and the boundary behind it, so that the client need not wait for
// the next to know that it is whole.
func (p *parts) next(resp *graphql.Response) {
	p.last++
	p.write("\r\nContent-Type: " + typeJSON + "; charset=utf-8\r\n\r\n" + answerOrPart(resp, p.last) + "\r\n---")
}

func (p *parts) complete() { p.write("--\r\n") }

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
