package gateway

import (
	"net/http"

	"github.com/klauspost/compress/gzhttp"
	"github.com/klauspost/compress/gzip"
)

// leastCompressed is the smallest answer that is compressed: a packet or two are not
// worth it.
const leastCompressed = 4 << 10

// compressed wraps a handler so that large answers in one piece are sent as
// gzip or zstd, as the client wants. What other sites can make a browser send is
// refused before, so nobody can learn from the length what they cannot read.
func compressed(h http.Handler) (http.Handler, error) {
	wrap, err := gzhttp.NewWrapper(
		gzhttp.MinSize(leastCompressed),
		gzhttp.CompressionLevel(gzip.BestSpeed),
		gzhttp.ContentTypes([]string{typeJSON, typeResponse}),
	)
	if err != nil {
		return nil, err
	}
	return wrap(h), nil
}
