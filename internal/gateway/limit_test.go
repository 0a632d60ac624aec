package gateway_test

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/99designs/gqlgen/graphql/introspection"

	"github.com/ringql/ringql/internal/gateway"
	"github.com/ringql/ringql/internal/limit"
)

// Each limit holds at the limit, is refused one beyond and a thousand times beyond,
// by an error that names it, at once and without an upstream call.
func TestLimits(t *testing.T) {
	const deep = "account extensions nodes devices nodes extension devices nodes extension devices nodes extension"
	nested := func(n int) string { // n fields within fields
		names := strings.Fields(deep)
		return "{" + strings.Join(names[:min(n-1, len(names))], "{") + "{__typename" + strings.Repeat("}", min(n-1, len(names))) + "}"
	}
	roots := func(n, from int) string {
		var b strings.Builder
		for i := range n {
			fmt.Fprintf(&b, " a%d: __typename", from+i)
		}
		return b.String()
	}
	list := func(rows, more int) string { // cost 10 + 25 + 2 + 11 * rows + more
		return fmt.Sprintf("{ account { extensions(first: %d) { nodes { id } totalCount } %s } }", rows, strings.Repeat("id ", more))
	}
	for _, tt := range []struct {
		name  string
		limit limit.Limits
		query func(n int) string
		most  int
		far   int // what is tried far beyond
	}{
		{"body", limit.Limits{Body: 1000}, func(n int) string {
			return "{ account { id } }" + strings.Repeat(" ", n-len(`{"query":"{ account { id } }"}`))
		}, 1000, 1_000_000},
		{"tokens", limit.Limits{Tokens: 400}, func(n int) string { return "{ account(id: [" + strings.Repeat("1 ", n-12) + "]) { id } }" }, 400, 400_000},
		{"aliases", limit.Limits{Aliases: 30}, func(n int) string { return "{ account {" + strings.Repeat(" a: id", n) + "} }" }, 30, 30_000},
		{"names", limit.Limits{Names: 100}, func(n int) string { return "{ account {" + strings.Repeat(" id", n-1) + "} }" }, 100, 100_000},
		{"nesting", limit.Limits{Nesting: 20}, func(n int) string {
			return "{ account(id: " + strings.Repeat("[", n-2) + strings.Repeat("]", n-2) + ") { id } }"
		}, 20, 20_000},
		{"roots", limit.Limits{Roots: 40, Aliases: 1e6}, func(n int) string { return "{" + roots(n, 0) + "}" }, 40, 900},
		{"roots of fragments", limit.Limits{Roots: 40, Aliases: 1e6}, func(n int) string {
			return "{ ...F ...F ...G" + roots(n/2, 0) + " } fragment F on Query {" + roots(n/2, 0) + "} fragment G on Query {" + roots(n-n/2, n/2) + "}"
		}, 40, 500},
		{"depth", limit.Limits{Depth: 8}, nested, 8, 12},
		{"fields", limit.Limits{Fields: 120, Roots: 1e6}, func(n int) string { // n fields out of two fragments
			return "{" + strings.Repeat(" ...F", n/10) + strings.Repeat(" __typename", n%10) + "} fragment F on Query {" + strings.Repeat(" __typename", 10) + "}"
		}, 120, 9000},
		{"cost", limit.Limits{Cost: 2000}, func(n int) string { return list((n-50)/11, (n-50)%11+13) }, 2000, 2010},
		{"rows", limit.Limits{Rows: 50}, func(n int) string { return fmt.Sprintf("{ account { extensions(first: %d) { totalCount } } }", n) }, 50, 50_000},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := newStack(t, func(c *gateway.Config) { c.Limits = tt.limit })
			if a := s.post(t, tt.query(tt.most)); a.code() != "" && a.code() != "GRAPHQL_VALIDATION_FAILED" { // no error of limits
				t.Errorf("at the limit: %.200s", a.text)
			}
			s.sim.ResetCalls()
			for _, n := range []int{tt.most + 1, tt.far} {
				start := time.Now()
				a := s.post(t, tt.query(n))
				want := "QUERY_TOO_COSTLY"
				if tt.name == "rows" || tt.name == "body" || len(tt.query(n)) > 1<<20-20 {
					want = "BAD_USER_INPUT"
				}
				if a.code() != want || len(tt.query(n)) < 1<<20-20 && !strings.Contains(a.text, fmt.Sprint(tt.most)) {
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

// What tools ask for the schema with is within all limits.
func TestIntrospectionFits(t *testing.T) {
	s := newStack(t, nil)
	deep := strings.Replace(introspection.Query, "ofType {", "ofType { ofType { kind name ofType { kind name } }", 1) // newer tools go deeper
	for _, query := range []string{introspection.Query, deep} {
		if a := s.post(t, query); a.code() != "" || !strings.Contains(a.text, `"PhoneNumberConnection"`) {
			t.Errorf("%d %.300s", a.status, a.text)
		}
	}
}

// An answer lists so many errors, says how many there are more, and has its data.
func TestManyErrors(t *testing.T) {
	for n, want := range map[int]int{10: 10, 11: 11, 150: 11} {
		var b strings.Builder
		for i := range n {
			fmt.Fprintf(&b, ` e%d: extension(id: "%d") { name }`, i, i+1)
		}
		s := newStack(t, func(c *gateway.Config) { c.Limits = limit.Limits{Errors: 10, Roots: 1000} })
		var got struct {
			Data   map[string]any
			Errors []struct {
				Message    string
				Extensions struct{ Limit int }
			}
		}
		a := s.post(t, "{"+b.String()+"}")
		if err := json.Unmarshal([]byte(a.text), &got); err != nil || len(got.Data) != n || len(got.Errors) != want {
			t.Fatalf("%d errors: %d of them, %d fields: %.300s", n, len(got.Errors), len(got.Data), a.text)
		}
		if last := got.Errors[want-1]; want > 10 && (last.Extensions.Limit != 10 || !strings.Contains(last.Message, fmt.Sprintf("%d errors more", n-10))) {
			t.Errorf("%d errors: the last is %+v", n, last)
		}
	}
	s := newStack(t, nil)
	if a := s.post(t, "{"+strings.Repeat(" x", 900)+"}"); strings.Count(a.text, `"message"`) > 101 || a.code() != "GRAPHQL_VALIDATION_FAILED" {
		t.Errorf("%d faults of one document", strings.Count(a.text, `"message"`))
	}
}

// Lists within lists multiply the rows of the answer, however little is read for them.
func TestAllRows(t *testing.T) {
	s := newStack(t, func(c *gateway.Config) { c.Limits = limit.Limits{AllRows: 60} })
	const query = "{ account { mainNumber extensions(first: %d) { nodes { usablePhoneNumbers(first: 5) { nodes { id } } } } } }"
	if a := s.post(t, fmt.Sprintf(query, 5)); a.code() != "" {
		t.Errorf("within: %.300s", a.text)
	}
	if a := s.post(t, fmt.Sprintf(query, 25)); a.code() != "QUERY_TOO_COSTLY" || !strings.Contains(a.text, "+18555440014") {
		t.Errorf("beyond: %.300s", a.text)
	}
}

// RingCentral's answers to one operation may be so large, taken together.
func TestReadLimit(t *testing.T) {
	s := newStack(t, func(c *gateway.Config) { c.Limits = limit.Limits{Read: 4000} })
	if a := s.post(t, "{ account { mainNumber } }"); a.code() != "" {
		t.Errorf("within: %s", a.text)
	}
	if a := s.post(t, "{ account { mainNumber extensions { nodes { name } } } }"); a.code() != "QUERY_TOO_COSTLY" || !strings.Contains(a.text, "RINGQL_MAX_READ") {
		t.Errorf("beyond: %s", a.text)
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
