package gateway

import (
	"context"
	"fmt"
	"net/http"
	"sync/atomic"
	"time"
)

// readiness answers whether new requests are welcome.
type readiness struct{ draining atomic.Bool }

func (r *readiness) serve(w http.ResponseWriter, _ *http.Request) {
	if r.draining.Load() {
		writeText(w, http.StatusServiceUnavailable, `{"status":"draining"}`)
		return
	}
	writeText(w, http.StatusOK, `{"status":"ready"}`)
}

// healthy answers as long as the process does.
func healthy(w http.ResponseWriter, _ *http.Request) {
	writeText(w, http.StatusOK, `{"status":"ok"}`)
}

func writeText(w http.ResponseWriter, status int, body string) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_, _ = w.Write([]byte(body + "\n")) // a client that left is no concern here
}

// Check asks the gateway at addr whether it is alive.
func Check(ctx context.Context, addr string) error {
	ctx, cancel := context.WithTimeout(ctx, 3*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+addr+"/healthz", nil)
	if err != nil {
		return err
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer func() { _ = resp.Body.Close() }()
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("the gateway at %s answers %s", addr, resp.Status)
	}
	return nil
}
