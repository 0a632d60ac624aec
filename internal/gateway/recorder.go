package gateway

import "net/http"

// recorder remembers what was answered, for the log.
type recorder struct {
	http.ResponseWriter
	status  int
	bytes   int64
	written bool
}

// WriteHeader takes the first status: the library answers twice when a socket is
// refused.
func (r *recorder) WriteHeader(status int) {
	if r.written {
		return
	}
	r.status, r.written = status, true
	r.ResponseWriter.WriteHeader(status)
}

func (r *recorder) Write(b []byte) (int, error) {
	r.written = true
	n, err := r.ResponseWriter.Write(b)
	r.bytes += int64(n)
	return n, err
}

// Flush is for the streaming transports.
func (r *recorder) Flush() { _ = http.NewResponseController(r.ResponseWriter).Flush() }

// Unwrap is for http.ResponseController, and so for sockets.
func (r *recorder) Unwrap() http.ResponseWriter { return r.ResponseWriter }
