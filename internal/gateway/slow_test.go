package gateway_test

import (
	"fmt"
	"net"
	"runtime"
	"strings"
	"testing"
	"time"
)

// Clients that ask and do not read keep nobody else waiting, whatever is written to them.
func TestSlowReaders(t *testing.T) {
	for _, accept := range []string{"text/event-stream", "multipart/mixed", "application/json"} {
		t.Run(accept, func(t *testing.T) {
			s := newStack(t, nil)
			const body = `{"query":"{ nosuch }"}`
			flood := strings.Repeat(fmt.Sprintf("POST /graphql HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nAccept: %s\r\nContent-Length: %d\r\n\r\n%s",
				accept, len(body), body), 20_000)
			for range runtime.GOMAXPROCS(0) + 2 {
				conn, err := new(net.Dialer).DialContext(t.Context(), "tcp", strings.TrimPrefix(s.url, "http://"))
				if err != nil {
					t.Fatal(err)
				}
				t.Cleanup(func() { _ = conn.Close() })
				_ = conn.(*net.TCPConn).SetReadBuffer(1024)
				go func() { _, _ = conn.Write([]byte(flood)) }()
			}
			time.Sleep(time.Second) // until the answers are stuck
			start := time.Now()
			if a := s.post(t, "{ account { mainNumber } }"); a.status != 200 || !strings.Contains(a.text, "+18555440014") || time.Since(start) > 5*time.Second {
				t.Errorf("after %s: %d %s", time.Since(start), a.status, a.text)
			}
		})
	}
}
