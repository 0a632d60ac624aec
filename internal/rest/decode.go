package rest

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"sync"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// decode is the one place where upstream JSON becomes Go: decoding is the
// largest cost of a gateway over REST. encoding/json v2 was chosen by
// BenchmarkDecode; it copies strings, so the buffer may be reused.
// Duplicate names and broken UTF-8 are the upstream's sins, not reasons to
// withhold the answer.
func decode[T any](body []byte, out *T) error {
	if len(body) == 0 {
		return errors.New("the body is empty")
	}
	return json.Unmarshal(body, out, jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true))
}

var buffers = sync.Pool{New: func() any { return new(bytes.Buffer) }}

// keepBuffer is the largest buffer that goes back to the pool; one huge answer
// must not stay in memory for ever.
const keepBuffer = 4 << 20

func putBuffer(b *bytes.Buffer) {
	if b.Cap() <= keepBuffer {
		b.Reset()
		buffers.Put(b)
	}
}

// read returns the whole body in a pooled buffer, or an error when it is larger
// than allowed.
func (c *Client) read(resp *http.Response, body io.Reader) (*bytes.Buffer, error) {
	b, _ := buffers.Get().(*bytes.Buffer)
	limit := c.cfg.MaxAnswer
	if n := resp.ContentLength; n > 0 && n <= limit {
		b.Grow(int(n) + bytes.MinRead) // read in one go
	}
	n, err := b.ReadFrom(io.LimitReader(body, limit+1))
	switch {
	case err != nil:
		putBuffer(b)
		return nil, err
	case n > limit:
		putBuffer(b)
		return nil, fmt.Errorf("%w: answer of more than %d bytes", ErrInvalid, limit)
	}
	return b, nil
}
