package gateway_test

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
)

func quoted(s string) []byte {
	b, _ := json.Marshal(s) // any text can be written
	return b
}

// listening returns gateways that a real HTTP server serves, and what to dial them with. A
// Unix socket has no ports that could run out.
func listening(f *testing.F) func(*testing.T) (*fuzzed, *net.Dialer, string) {
	next := renewing(f)
	var (
		current *fuzzed
		srv     *http.Server
		path    string
	)
	stop := func() {
		if srv != nil {
			_ = srv.Close()
		}
	}
	f.Cleanup(stop)
	dir, n := f.TempDir(), 0
	return func(t *testing.T) (*fuzzed, *net.Dialer, string) {
		t.Helper()
		if now := next(t); now != current {
			stop()
			n++
			current, path = now, filepath.Join(dir, strconv.Itoa(n))
			l, err := net.Listen("unix", path)
			if err != nil {
				t.Fatal(err)
			}
			srv = &http.Server{Handler: current.g, ErrorLog: log.New(panics{current.alarms}, "", 0), ReadHeaderTimeout: fuzzTimeout}
			go func(srv *http.Server) { _ = srv.Serve(l) }(srv) // until it is closed
		}
		return current, &net.Dialer{Timeout: fuzzTimeout}, path
	}
}

// panics keeps what the HTTP server logs of panics, and nothing else.
type panics struct{ w io.Writer }

func (p panics) Write(b []byte) (int, error) {
	if strings.Contains(string(b), "panic") {
		return p.w.Write(b)
	}
	return len(b), nil
}

// exchange sends one request as it is written, and reads the answer and all of its body.
func exchange(t *testing.T, d *net.Dialer, path, head, body string) (*http.Response, []byte) {
	t.Helper()
	conn, err := d.DialContext(t.Context(), "unix", path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	if err := conn.SetDeadline(time.Now().Add(fuzzTimeout + fuzzSlack)); err != nil {
		t.Fatal(err)
	}
	lower := strings.ToLower(head)
	framed := strings.Contains(lower, "content-length") || strings.Contains(lower, "transfer-encoding")
	if !framed {
		head += fmt.Sprintf("Content-Length: %d\r\n", len(body))
	}
	go func() {
		_, _ = io.WriteString(conn, head+"\r\n"+body) // the server may answer before it has read all
		if framed {
			_ = conn.(*net.UnixConn).CloseWrite() // so that it does not wait for what was promised
		}
	}()
	method, _, _ := strings.Cut(head, " ")
	in := bufio.NewReader(conn)
	for {
		resp, err := http.ReadResponse(in, &http.Request{Method: method})
		if err != nil {
			t.Fatalf("no answer: %v", err)
		}
		if resp.StatusCode == http.StatusSwitchingProtocols {
			return resp, nil
		}
		if resp.StatusCode < 200 {
			continue
		}
		text, err := unpacked(resp)
		ours := resp.Header.Get("X-Request-Id") != "" // the HTTP server itself reads no more of what makes no sense to it
		if err != nil && ours {
			t.Fatalf("an answer of %d breaks off: %v", resp.StatusCode, err)
		}
		return resp, text
	}
}

func unpacked(resp *http.Response) ([]byte, error) {
	switch resp.Header.Get("Content-Encoding") {
	case "gzip":
		r, err := gzip.NewReader(resp.Body)
		if err != nil {
			return nil, err
		}
		return io.ReadAll(r)
	case "zstd":
		r, err := zstd.NewReader(resp.Body)
		if err != nil {
			return nil, err
		}
		defer r.Close()
		return io.ReadAll(r)
	}
	return io.ReadAll(resp.Body)
}

// taken says, roughly, whether a client takes a type: it is named, or JSON and a wildcard is.
func taken(accept []string, kind string) bool {
	all := strings.ToLower(strings.Join(accept, ","))
	return strings.Trim(all, ", \t") == "" && kind == "application/json" || strings.Contains(all, kind) ||
		kind == "application/json" && (strings.Contains(all, "application/*") || strings.Contains(all, "*/*"))
}

// No request does harm, whatever its method, address, headers and body are.
func FuzzRequest(f *testing.F) {
	const (
		asJSON = "Content-Type: application/json\nAuthorization: TOKEN"
		query  = "/graphql?query=%7B%20viewer%20%7B%20name%20%7D%20%7D"
	)
	for _, s := range [][4]string{
		{"POST", "/graphql", asJSON, small},
		{"POST", "/graphql", asJSON + "\nAccept: application/graphql-response+json;q=0.5, */*;q=0.1", `{"query":"{ nonsense }"}`},
		{"POST", "/graphql", asJSON + "\nAccept: multipart/mixed; deferSpec=20220824", `{"query":"{ viewer { name ... @defer { status } } }"}`},
		{"POST", "/graphql", asJSON + "\nAccept: text/event-stream\nAccept-Encoding: gzip", `{"query":"{ viewer { name ... @defer { status } } }"}`},
		{"POST", "/graphql", asJSON + "\nAccept-Encoding: zstd;q=1, gzip", `{"query":"{ __schema { types { name description fields { name description } } } }"}`},
		{"POST", "/graphql", asJSON + "\nAccept-Encoding: gzip\nAccept: application/json", `{"query":"{ __schema { types { name description } } }"}`},
		{"POST", "/graphql", asJSON + "\nTransfer-Encoding: chunked", "5\r\n{\"que\r\n3\r\nry\"\r\n0\r\n\r\n"},
		{"POST", "/graphql", asJSON + "\nContent-Length: 10000", small},
		{"POST", "/graphql", asJSON + "\nContent-Length: 3000000\nExpect: 100-continue", small},
		{"POST", "/graphql", asJSON + "\nExpect: 100-continue", small},
		{"POST", "/graphql", "Content-Type: application/json; charset=\"UTF-8\"\nAuthorization: Basic eDp5", small},
		{"POST", "/graphql", "Content-Type: text/plain", small},
		{"POST", "/graphql", asJSON, `{"query":"{ viewer { name } }","extensions":{"persistedQuery":{"version":1,"sha256Hash":"00"}}}`},
		{"POST", "/graphql", asJSON, `{"extensions":{"persistedQuery":{"version":"1","sha256Hash":7}},"variables":null,"operationName":null}`},
		{"POST", "/graphql", asJSON, `{"query":"{ a }","Query":"{ __typename }","variables":{"a":{"b":[1e999,-0,{"":null}]}}}`},
		{"POST", "/graphql", asJSON + "\nX-Request-Id: a b\nOrigin: null\nSec-Fetch-Site: cross-site", "\xff\xfe{}"},
		{"GET", query, "GraphQL-Require-Preflight: 1\nAuthorization: TOKEN", ""},
		{"GET", query + "&variables=%7B%7D&extensions=%5B%5D&operationName=", "Authorization: TOKEN\nAccept: text/event-stream", ""},
		{"GET", "/graphql?query=mutation%7BdeletePhoneNumber(input:%7BphoneNumberId:1%7D)%7Boutcome%7D%7D", "Authorization: TOKEN", ""},
		{"GET", "/graphql?extensions=%7B%22persistedQuery%22:%7B%22version%22:1,%22sha256Hash%22:%22%22%7D%7D;a=%zz", "Authorization: TOKEN", ""},
		{"GET", "/graphql", "Upgrade: websocket\nConnection: Upgrade\nSec-WebSocket-Version: 13\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\nSec-WebSocket-Protocol: graphql-transport-ws", ""},
		{"GET", "/graphql", "Upgrade: websocket\nConnection: Upgrade\nSec-WebSocket-Protocol: graphql-ws", ""},
		{"POST", "/graphql", asJSON + "\nUpgrade: h2c\nConnection: Upgrade, HTTP2-Settings\nHTTP2-Settings: AAMAAABkAAQAAP__", small},
		{"OPTIONS", "/graphql", "Origin: https://evil.example\nAccess-Control-Request-Method: POST", ""},
		{"HEAD", "/graphql", "", ""}, {"PUT", "/graphql/", asJSON, small}, {"POST", "//graphql/../graphql", asJSON, small},
		{"GET", "/", "If-None-Match: \"x\"\nRange: bytes=0-0", ""}, {"GET", "/playground/graphiql.js", "Accept-Encoding: gzip", ""}, {"GET", "/schema.graphql", "", ""},
		{"GET", "/healthz", "", ""}, {"GET", "/readyz", "", ""}, {"GET", "/metrics", "Accept: application/openmetrics-text\nAccept-Encoding: zstd", ""},
		{"GET", "*", "", ""}, {"CONNECT", "localhost:1", "", ""}, {"POST", "http://other/graphql", asJSON, small},
	} {
		f.Add(s[0], s[1], s[2], []byte(s[3]))
	}
	next := listening(f)
	f.Fuzz(func(t *testing.T, method, target, headers string, body []byte) {
		if strings.ContainsAny(method+target, "\r\n") {
			t.Skip("more than one request")
		}
		g, dial, path := next(t)
		head := method + " " + target + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
		for line := range strings.SplitSeq(headers, "\n") {
			if line = strings.TrimRight(line, "\r"); line != "" {
				head += strings.ReplaceAll(line, "TOKEN", g.bearer) + "\r\n"
			}
		}
		start := time.Now()
		resp, text := exchange(t, dial, path, head, string(body))
		if took := time.Since(start); took > fuzzTimeout+fuzzSlack {
			t.Errorf("an answer after %s", took)
		}
		g.alarms.check(t)
		switch {
		case resp.StatusCode == http.StatusNotImplemented && strings.Contains(string(text), "transfer encoding"):
			return // the HTTP server's own
		case resp.StatusCode >= 500:
			t.Fatalf("%d %s", resp.StatusCode, text)
		case method == http.MethodHead || resp.Header.Get("X-Request-Id") == "" || resp.StatusCode == http.StatusSwitchingProtocols || !strings.Contains(resp.Header.Get("Content-Type"), "/"):
			return // not of /graphql, or not of GraphQL
		}
		kind := mediaType(t, resp)
		if kind == "text/plain" && strings.Contains(strings.ToLower(head), "websocket") {
			return // a handshake that failed
		}
		wellFormed(t, resp, text)
		if req, err := http.ReadRequest(bufio.NewReader(strings.NewReader(head + "\r\n"))); err == nil && resp.StatusCode == http.StatusOK && !taken(req.Header["Accept"], kind) {
			t.Errorf("an answer of type %s for Accept %q", kind, req.Header["Accept"])
		}
		if resp.StatusCode == http.StatusMethodNotAllowed && resp.Header.Get("Allow") == "" {
			t.Error("405 without Allow")
		}
		if vary := resp.Header.Values("Vary"); resp.Header.Get("Content-Encoding") != "" && !slices.ContainsFunc(vary, func(v string) bool { return strings.EqualFold(v, "Accept-Encoding") }) {
			t.Errorf("compressed, and Vary is %q", vary)
		}
	})
}
