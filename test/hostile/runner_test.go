package hostile_test

import (
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/ringql/ringql/test/program"
)

// stub answers as the path of a request says.
func stub(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	switch r.URL.Path {
	case "/right":
		_, _ = io.WriteString(w, `{"data": {"a": [1, 1.0]}}`)
	case "/refusal":
		w.WriteHeader(http.StatusBadRequest)
		_, _ = io.WriteString(w, `{"errors": [{"message": "no", "extensions": {"code": "BAD_USER_INPUT"}}]}`)
	case "/refusal-with-data":
		w.WriteHeader(http.StatusBadRequest)
		_, _ = io.WriteString(w, `{"data": null, "errors": [{"message": "no", "extensions": {"code": "BAD_USER_INPUT"}}]}`)
	case "/no-code":
		_, _ = io.WriteString(w, `{"errors": [{"message": "no"}]}`)
	case "/no-place":
		_, _ = io.WriteString(w, `{"errors": [{"message": "no", "extensions": {"code": "GRAPHQL_PARSE_FAILED"}}]}`)
	case "/fault":
		w.WriteHeader(http.StatusBadGateway)
	case "/bad-id":
		w.Header().Set("X-Request-Id", "a b")
	case "/cut":
		panic(http.ErrAbortHandler)
	case "/slow":
		<-r.Context().Done()
	}
}

// A runner that finds nothing would find everything harmless.
func TestRunner(t *testing.T) {
	srv := httptest.NewServer(http.HandlerFunc(stub))
	defer srv.Close()
	const right = "200\nContent-Type: application/json\n\n{\"data\": {\"a\": [1, 1.0]}}"
	const refusal = `{"errors": [{"message": "n*", "extensions": {"code": "BAD_USER_INPUT"}}]}`
	for _, tt := range []struct{ name, path, answer, wrong string }{
		{"right", "/right", right, ""},
		{"any value", "/right", "200\n\n{\"data\": {\"a\": \"*\"}}", ""},
		{"counted", "/right", "200\n\n{\"data\": {\"a\": [\"2 of\", \"*\"]}}", ""},
		{"miscounted", "/right", "200\n\n{\"data\": {\"a\": [\"3 of\", \"*\"]}}", "body"},
		{"status", "/right", strings.Replace(right, "200", "400", 1), "status 200, want 400"},
		{"header", "/right", strings.Replace(right, "/json", "/xml", 1), "Content-Type"},
		{"header that is missing", "/right", "200\nX-Other: 1\n\n*", "X-Other"},
		{"header that must be missing", "/right", "200\nContent-Type:\n\n*", "Content-Type"},
		{"value", "/right", strings.Replace(right, "1.0", "1", 1), "body"},
		{"element", "/right", strings.Replace(right, ", 1.0", "", 1), "body"},
		{"member", "/right", strings.Replace(right, "\"a\"", "\"b\"", 1), "body"},
		{"no JSON", "/right", "200\n\nx", "body"},
		{"nothing wanted", "/right", "200\n", "body"},
		{"answer too many", "/right", right + "\n-- then --\n" + right + "\n-- patience --\n100ms", "answer 2: status no answer in time"},
		{"no cut", "/right", "closed", "status 200, want closed"},
		{"refusal", "/refusal", "400\n\n" + refusal, ""},
		{"another message", "/refusal", "400\n\n" + strings.Replace(refusal, "n*", "m*", 1), "body"},
		{"another code", "/refusal", "400\n\n" + strings.Replace(refusal, "BAD", "GOOD", 1), "body"},
		{"data in a refusal", "/refusal-with-data", "400\n\n*", "refusal with data"},
		{"error without a code", "/no-code", "200\n\n*", `code ""`},
		{"error without a place", "/no-place", "200\n\n*", "without a place"},
		{"fault", "/fault", "502\n", "its own"},
		{"id", "/bad-id", "200\n", "X-Request-Id"},
		{"cut", "/cut", "closed", ""},
		{"cut unasked", "/cut", "200\n", "status closed"},
		{"slow", "/slow", "200\n\n-- patience --\n100ms", "no answer in time"},
		{"no answer in the file", "/right", "", "no answer"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			text := "Tried.\n-- request --\nGET " + tt.path + " HTTP/1.1\nHost: {{host}}\n\n"
			if tt.answer != "" {
				text += "-- answer --\n" + tt.answer + "\n"
			}
			c, err := parse(tt.name, []byte(text))
			if err != nil {
				t.Fatal(err)
			}
			addr := srv.Listener.Addr().String()
			got, err := c.send(addr)
			if err != nil {
				t.Fatal(err)
			}
			wrong := c.compare(addr, got)
			if (wrong == "") != (tt.wrong == "") || !strings.Contains(wrong, tt.wrong) {
				t.Errorf("found %q, want %q", wrong, tt.wrong)
			}
		})
	}
}

// An answer that nobody asked for is one to a request that was smuggled in.
func TestRunnerSmuggled(t *testing.T) {
	srv := httptest.NewServer(http.HandlerFunc(stub))
	defer srv.Close()
	addr := srv.Listener.Addr().String()
	c, err := parse("smuggled", []byte("Tried.\n-- request --\nGET /right HTTP/1.1\nHost: x\nContent-Length: 0\n\n{{\"GET /right HTTP/1.1\\r\\nHost: x\\r\\n\\r\\n\"}}\n-- answer --\n200\n\n*\n"))
	if err != nil {
		t.Fatal(err)
	}
	got, err := c.send(addr)
	if err != nil {
		t.Fatal(err)
	}
	if wrong := c.compare(addr, got); !strings.Contains(wrong, "without a question") {
		t.Errorf("found %q", wrong)
	}
}

func TestRunnerTranscripts(t *testing.T) {
	ack := `{"type":"connection_ack"}`
	next, done := `{"id":"%","type":"next","payload":1}`, `{"id":"%","type":"complete"}`
	of := func(text, id string) string { return strings.ReplaceAll(text, "%", id) }
	lines := func(all ...string) string { return strings.Join(all, "\n") }
	for _, tt := range []struct{ name, want, got, wrong string }{
		{"same", lines(ack, "close 4400 *"), lines(ack, "close 4400 Bad"), ""},
		{"other code", lines(ack, "close 4400 *"), lines(ack, "close 4401 Bad"), "messages"},
		{"side by side", lines(ack, of(next, "1"), of(done, "1"), of(next, "2")), lines(ack, of(next, "1"), of(next, "2"), of(done, "1")), ""},
		{"out of order", lines(of(next, "1"), of(done, "1")), lines(of(done, "1"), of(next, "1")), "messages"},
		{"some", lines(ack, "some "+of(done, "*"), "ends 2"), lines(ack, of(done, "1"), of(done, "2")), ""},
		{"too few", lines(ack, "some "+of(done, "*"), "ends 2"), lines(ack, of(done, "1")), "1 operations ended"},
		{"twice", lines(ack, "some "+of(done, "*"), "ends 1"), lines(ack, of(done, "1"), of(done, "1")), "ended 2 times"},
		{"another", lines(ack, "some "+of(done, "*"), "ends 1"), lines(ack, of(done, "1"), "closed"), "messages"},
	} {
		if wrong := compareTranscripts(tt.want, tt.got); (wrong == "") != (tt.wrong == "") || !strings.Contains(wrong, tt.wrong) {
			t.Errorf("%s: found %q, want %q", tt.name, wrong, tt.wrong)
		}
	}
}

// What is measured moves.
func TestRunnerMeasures(t *testing.T) {
	p := &program.Program{PID: os.Getpid()}
	before, resident := spent(t, p)
	for after := before; after < before+3*tick; after, _ = spent(t, p) {
		_ = strings.Repeat("x", 1<<20)
	}
	if resident < 1<<20 {
		t.Errorf("this test takes %d bytes", resident)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	addr := l.Addr().String()
	conn, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	if n := connections(t, addr); n != 1 {
		t.Errorf("%d connections, want 1", n)
	}
	other, err := l.Accept()
	if err != nil {
		t.Fatal(err)
	}
	_, _ = conn.Close(), other.Close()
	for start := time.Now(); connections(t, addr) != 0; {
		if time.Since(start) > 5*time.Second {
			t.Fatal("a connection that is closed counts")
		}
	}
}
