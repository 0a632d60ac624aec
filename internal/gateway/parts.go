package gateway

import "github.com/99designs/gqlgen/graphql"

// parts answers as multipart/mixed: the first answer, then each part as it comes.
// Source: GraphQL over HTTP, "Incremental Delivery"; the boundary and deferSpec are those
// that Apollo Client asks for.
type parts struct {
	*pushed
	last int
}

// next writes one part, and the boundary behind it, so that the client need not wait for
// the next to know that it is whole.
func (p *parts) next(resp *graphql.Response) {
	p.last++
	p.write("\r\nContent-Type: " + typeJSON + "; charset=utf-8\r\n\r\n" + answerOrPart(resp, p.last) + "\r\n---")
}

func (p *parts) complete() { p.write("--\r\n") }
