package main

import (
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"
)

// Clients that send slowly, or nothing, are not waited for. A server as net/http has it
// waits for ever; this is checked for as long as ours takes to give up.
func TestTrapSlowClients(t *testing.T) {
	t.Parallel()
	stock := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { _, _ = io.Copy(io.Discard, r.Body) }))
	t.Cleanup(stock.Close)
	ours := start(t)
	for _, tt := range []struct {
		name, begin, drip string
		within            time.Duration
	}{
		{"a silent connection", "", "", 7 * time.Second},
		{"a slow header", "POST /graphql HTTP/1.1\r\nHost: localhost\r\nX: ", "x", 7 * time.Second},
		{"a slow body", "POST /graphql HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n", " ", 22 * time.Second},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if testing.Short() && tt.within > 10*time.Second {
				t.Skip("it takes its time")
			}
			found := make(chan error, 1)
			go func() { found <- givenUp(t, stock.URL, tt.begin, tt.drip, tt.within) }()
			if err := givenUp(t, ours.url, tt.begin, tt.drip, tt.within); err != nil {
				t.Error(err)
			}
			if err := <-found; err == nil || !strings.Contains(err.Error(), "is still open") {
				t.Errorf("a server as net/http has it: %v", err)
			}
		})
	}
}

// givenUp says what is wrong with a connection on which a client sends drip each 200 ms:
// it must be closed in time, whether with or without an answer.
func givenUp(t *testing.T, url, begin, drip string, within time.Duration) error {
	conn, err := new(net.Dialer).DialContext(t.Context(), "tcp", strings.TrimPrefix(url, "http://"))
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close() }()
	if _, err := io.WriteString(conn, begin); err != nil {
		return err
	}
	_ = conn.SetReadDeadline(time.Now().Add(within))
	done := make(chan struct{})
	defer close(done)
	go func() {
		for {
			select {
			case <-done:
				return
			case <-time.After(200 * time.Millisecond):
				_, _ = io.WriteString(conn, drip) // fails once it is closed
			}
		}
	}()
	if _, err = io.Copy(io.Discard, conn); errors.Is(err, os.ErrDeadlineExceeded) {
		return fmt.Errorf("it is still open after %s", within)
	}
	return nil // closed, or reset for what was sent after that
}
