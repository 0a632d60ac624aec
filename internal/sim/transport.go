package sim

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
)

// Transport reaches the server without a network. Like a connection it gives up when the request's context ends, and breaks
// with [io.ErrUnexpectedEOF] where a fault says so.
func (s *Server) Transport() http.RoundTripper { return transport{s} }

type transport struct{ s *Server }

func (t transport) RoundTrip(req *http.Request) (resp *http.Response, err error) {
	if req.Body != nil {
		defer func() { _ = req.Body.Close() }()
	}
	ctx := req.Context()
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	r := req.Clone(ctx) // the mux writes into the request it serves
	r.RequestURI = req.URL.RequestURI()
	if r.Host == "" {
		r.Host = req.URL.Host
	}
	if r.Body == nil {
		r.Body = http.NoBody
	}
	defer func() {
		switch p := recover(); {
		case p == nil:
		case p != http.ErrAbortHandler: //nolint:errorlint // net/http compares it so
			panic(p)
		case ctx.Err() != nil:
			err = ctx.Err()
		default:
			err = fmt.Errorf("sim: connection broke: %w", io.ErrUnexpectedEOF)
		}
	}()
	w := &recorder{header: http.Header{}, status: http.StatusOK}
	t.s.ServeHTTP(w, r)
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	return w.response(req), nil
}

// recorder keeps an answer; net/http/httptest has one too, but belongs in tests.
type recorder struct {
	header http.Header
	status int
	body   bytes.Buffer
}

func (w *recorder) Header() http.Header         { return w.header }
func (w *recorder) WriteHeader(status int)      { w.status = status }
func (w *recorder) Write(b []byte) (int, error) { return w.body.Write(b) }

func (w *recorder) response(req *http.Request) *http.Response {
	return &http.Response{
		Status:        fmt.Sprintf("%d %s", w.status, http.StatusText(w.status)),
		StatusCode:    w.status,
		Proto:         "HTTP/1.1",
		ProtoMajor:    1,
		ProtoMinor:    1,
		Header:        w.header,
		Body:          io.NopCloser(&w.body),
		ContentLength: int64(w.body.Len()),
		Request:       req,
	}
}
