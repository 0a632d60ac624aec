package gateway_test

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/ringql/ringql/internal/gateway"
)

// Each limit holds at the limit, is refused one beyond and a thousand times beyond,
// by an error that names it, at once and without an upstream call.
func TestLimits(t *testing.T) {
	s := newStack(t, func(c *gateway.Config) {
		c.Limits = gateway.Limits{Body: 20_000, Tokens: 400, Nesting: 20, Names: 100, Aliases: 30, Depth: 8, Fields: 120, Rows: 50}
	})
	nested := func(n int) string { // n fields within fields
		open, shut := "", ""
		for i := range n - 1 {
			open += []string{"account", "extensions", "nodes", "devices", "nodes", "extension", "devices", "nodes", "extension"}[min(i, 8)] + "{"
			shut += "}"
		}
		return "{" + open + "__typename" + shut + "}"
	}
	for _, tt := range []struct {
		name  string
		query func(n int) string
		most  int
		huge  int // how far beyond is tried, as a factor
	}{
		{"tokens", func(n int) string { return "{ account(id: [" + strings.Repeat("1 ", n-12) + "]) { id } }" }, 400, 1000},
		{"aliases", func(n int) string {
			var b strings.Builder
			for i := range n {
				fmt.Fprintf(&b, " a%d: __typename", i)
			}
			return "{" + b.String() + "}"
		}, 30, 1000},
		{"names", func(n int) string { return "{" + strings.Repeat(" __typename", n) + "}" }, 100, 1000},
		{"nesting", func(n int) string {
			return "{ account(id: " + strings.Repeat("[", n-2) + strings.Repeat("]", n-2) + ") { id } }"
		}, 20, 1000},
		{"depth", nested, 8, 0},
		{"fields", func(n int) string { // n fields out of two fragments
			return "{ ...F ...G } fragment F on Query {" + strings.Repeat(" __typename", n/2) + "} fragment G on Query { ...F" + strings.Repeat(" __typename", n%2) + " }"
		}, 120, 0},
		{"rows", func(n int) string { return fmt.Sprintf("{ account { extensions(first: %d) { totalCount } } }", n) }, 50, 1000},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if a := s.post(t, tt.query(tt.most)); a.code() == "QUERY_TOO_COSTLY" || tt.name == "rows" && a.code() != "" {
				t.Errorf("at the limit: %.200s", a.text)
			}
			s.sim.ResetCalls()
			for _, n := range []int{tt.most + 1, tt.most * max(1, tt.huge)} {
				if n == tt.most {
					continue
				}
				start := time.Now()
				a := s.post(t, tt.query(n))
				want := "QUERY_TOO_COSTLY"
				if tt.name == "rows" {
					want = "BAD_USER_INPUT"
				}
				if len(tt.query(n)) > 19_000 {
					want = "BAD_USER_INPUT" // the body is too large before all else
				}
				if a.code() != want || want == "QUERY_TOO_COSTLY" && !strings.Contains(a.text, fmt.Sprint(tt.most)) {
					t.Errorf("%d of %d: %s %.200s", n, tt.most, a.code(), a.text)
				}
				if d := time.Since(start); d > time.Second {
					t.Errorf("%d of %d: refused after %s", n, tt.most, d)
				}
			}
			if calls := s.sim.Calls(); len(calls) != 0 {
				t.Errorf("refused after %v", calls)
			}
		})
	}
}

// Requests that kill a server wired as the libraries' documentation has it.
func TestHostileDocuments(t *testing.T) {
	s := newStack(t, nil)
	for name, query := range map[string]string{
		"1 MB of lists":           "{a(x:" + strings.Repeat("[", 1_000_000),
		"1 MB of selections":      strings.Repeat("{a", 500_000),
		"1 MB of inline spreads":  strings.Repeat("{...", 250_000),
		"8,000 times one field":   "{" + strings.Repeat(" __typename", 8000) + "}",
		"5,000 unknown fields":    "{" + strings.Repeat(" x", 5000) + "}",
		"1,000 aliases":           "{" + strings.Repeat(" a: __typename", 1000) + "}",
		"a depth of 100":          strings.Repeat("{ account ", 100) + strings.Repeat("}", 100),
		"fragments that double":   doubling(26),
		"conditions that double":  strings.ReplaceAll(doubling(26), " }", " @include(if: true) }"),
		"an endless block string": `{ account(id: """` + strings.Repeat("x", 900_000),
		"unknown fields in turn":  "{" + strings.Repeat(" x{y", 400) + strings.Repeat("}", 400) + "}",
	} {
		t.Run(name, func(t *testing.T) {
			start := time.Now()
			a := s.post(t, query)
			if a.code() == "" || a.status >= 500 || len(a.text) > 30_000 {
				t.Errorf("%d %s, %d bytes: %.200s", a.status, a.code(), len(a.text), a.text)
			}
			if d := time.Since(start); d > time.Second {
				t.Errorf("took %s", d)
			}
		})
	}
	if calls := s.sim.Calls(); len(calls) != 0 {
		t.Errorf("upstream calls: %v", calls)
	}
	if a := s.post(t, "{ account { mainNumber } }"); a.code() != "" {
		t.Errorf("afterwards: %s", a.text)
	}
}

// doubling is a document whose fragments spread the next one twice.
func doubling(n int) string {
	var b strings.Builder
	b.WriteString("{ account { ...F0 } }")
	for i := range n {
		fmt.Fprintf(&b, " fragment F%d on Account { a%d: operator { x: __typename } ...F%d ...F%d }", i, i, i+1, i+1)
	}
	fmt.Fprintf(&b, " fragment F%d on Account { status }", n)
	return b.String()
}

func TestLargeBody(t *testing.T) {
	s := newStack(t, nil)
	text := `{"query":"` + strings.Repeat("x", 10<<20) + `"}`
	for name, body := range map[string]string{
		"of known length": fmt.Sprintf("Content-Length: %d\r\n\r\n%s", len(text), text),
		"of no length":    fmt.Sprintf("Transfer-Encoding: chunked\r\n\r\n%x\r\n%s\r\n0\r\n\r\n", len(text), text),
		"asked for first": fmt.Sprintf("Content-Length: %d\r\nExpect: 100-continue\r\n\r\n", len(text)),
	} {
		conn, err := new(net.Dialer).DialContext(t.Context(), "tcp", strings.TrimPrefix(s.url, "http://"))
		if err != nil {
			t.Fatal(err)
		}
		// All of it is sent before anything is read, as many clients do.
		if _, err := io.WriteString(conn, "POST /graphql HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"+body); err != nil {
			t.Fatalf("%s: the connection was closed while the body was sent: %v", name, err)
		}
		resp, err := http.ReadResponse(bufio.NewReader(conn), nil)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		got, _ := io.ReadAll(resp.Body)
		_, _ = resp.Body.Close(), conn.Close()
		if a := (answer{text: string(got)}); resp.StatusCode != http.StatusRequestEntityTooLarge || a.code() != "BAD_USER_INPUT" || !strings.Contains(a.text, "1048576") {
			t.Errorf("%s: %d %s", name, resp.StatusCode, got)
		}
	}
	if calls := s.sim.Calls(); len(calls) != 0 {
		t.Errorf("refused after %v", calls)
	}
}
