package gateway_test

import (
	"compress/gzip"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/klauspost/compress/zstd"

	"github.com/ringql/ringql/internal/gateway"
	"github.com/ringql/ringql/internal/sim"
)

func TestEvents(t *testing.T) {
	s := newStack(t, nil)
	get := func(query string) answer {
		return s.send(t, http.MethodGet, "/graphql?query="+url.QueryEscape(query), "", "Accept", "text/event-stream", "Authorization", "Bearer "+s.token)
	}
	const query = "{ account { mainNumber } }"
	const want = ":\n\nid: 1\nevent: next\ndata: {\"data\":{\"account\":{\"mainNumber\":\"+18555440014\"}}}\n\nevent: complete\ndata:\n\n"
	for name, a := range map[string]answer{"POST": s.post(t, query, "Accept", "text/event-stream"), "GET": get(query)} {
		if a.status != 200 || !strings.HasPrefix(a.header.Get("Content-Type"), "text/event-stream") || a.text != want {
			t.Errorf("%s: %d %s %q", name, a.status, a.header.Get("Content-Type"), a.text)
		}
	}
	parts := s.post(t, "{ account { mainNumber ... @defer { status } } }", "Accept", "text/event-stream")
	if strings.Count(parts.text, "event: next") != 2 || !strings.Contains(parts.text, "id: 2\n") || !strings.HasSuffix(parts.text, "event: complete\ndata:\n\n") {
		t.Errorf("parts: %q", parts.text)
	}
	bad := s.post(t, "{ nonsense }", "Accept", "text/event-stream")
	if bad.status != 200 || !strings.Contains(bad.text, "event: next\ndata: {\"errors\":[") || !strings.HasSuffix(bad.text, "event: complete\ndata:\n\n") {
		t.Errorf("not valid: %d %q", bad.status, bad.text)
	}
	s.sim.ResetCalls()
	change := get(`mutation { deletePhoneNumber(input: {phoneNumberId: "723455008"}) { outcome } }`)
	if change.status != http.StatusMethodNotAllowed || len(s.sim.Calls()) > 0 {
		t.Errorf("a mutation by GET: %d %s", change.status, change.text)
	}
}

// A connection where nothing happens is kept alive, and given up when the client leaves.
func TestEventsKeepAlive(t *testing.T) {
	t.Parallel()
	s := newStack(t, nil)
	s.sim.FailNext("readAccountInfo", 1, sim.Fault{Delay: 17 * time.Second})
	a := s.post(t, "{ account { mainNumber } }", "Accept", "text/event-stream")
	if !strings.HasPrefix(a.text, ":\n\n:\n\nid: 1\n") {
		t.Errorf("got %q", a.text)
	}
}

// Parts are told from the first answer, which leaves out what is to come.
func TestMultipart(t *testing.T) {
	s := newStack(t, nil)
	const query = `{ account { mainNumber ... @defer(label: "later") { status } } }`
	const first, later = `{"data":{"account":{"mainNumber":"+18555440014"}},"hasNext":true}`,
		`{"incremental":[{"path":["account"],"label":"later","data":{"status":"CONFIRMED"}}],"hasNext":false}`
	const head = "\r\nContent-Type: application/json; charset=utf-8\r\n\r\n"
	a := s.post(t, query, "Accept", "multipart/mixed;deferSpec=20220824, application/json", "Accept-Encoding", "gzip")
	if a.header.Get("Content-Type") != `multipart/mixed;boundary="-";deferSpec=20220824` || a.text != "---"+head+first+"\r\n---"+head+later+"\r\n-----\r\n" {
		t.Errorf("%d %s %q", a.status, a.header, a.text)
	}
	for _, header := range [][]string{{"Accept-Encoding", "gzip"}, {}} {
		a = s.post(t, query, append(header, "Accept", "text/event-stream")...)
		if a.text != ":\n\nid: 1\nevent: next\ndata: "+first+"\n\nid: 2\nevent: next\ndata: "+later+"\n\nevent: complete\ndata:\n\n" {
			t.Errorf("events: %q", a.text)
		}
	}
	for query, want := range map[string]string{
		"{ account { mainNumber ... @defer(if: false) { status } } }": `{"data":{"account":{"mainNumber":"+18555440014","status":"CONFIRMED"}}}` + "\n",
		"{ account { mainNumber status } }":                           `{"data":{"account":{"mainNumber":"+18555440014","status":"CONFIRMED"}}}` + "\n",
	} {
		if a := s.post(t, query, "Accept", "multipart/mixed, application/json"); !strings.HasPrefix(a.header.Get("Content-Type"), "application/json") || a.text != want {
			t.Errorf("%s: %s %q", query, a.header, a.text)
		}
	}
	if a := s.post(t, "{ account { mainNumber } }", "Accept", "multipart/mixed"); a.text != "---"+head+`{"data":{"account":{"mainNumber":"+18555440014"}}}`+"\r\n-----\r\n" {
		t.Errorf("one part alone: %q", a.text)
	}
	if a := s.post(t, "{ nonsense }", "Accept", "multipart/mixed"); !strings.Contains(a.text, "GRAPHQL_VALIDATION_FAILED") || strings.Contains(a.text, `"data"`) {
		t.Errorf("not valid: %d %q", a.status, a.text)
	}
}

// Large answers are compressed as the client wants, small ones and parts are not.
func TestCompression(t *testing.T) {
	s := newStack(t, nil)
	const large = "{ account { a: extensions(first: 25) { nodes { id name uri contact { email } profileImage { uri } } } b: extensions(first: 25) { nodes { id uri } } } }"
	plain := s.post(t, large, "Accept-Encoding", "identity")
	if len(plain.text) < 4<<10 || plain.header.Get("Content-Encoding") != "" {
		t.Fatalf("%d bytes as %q", len(plain.text), plain.header.Get("Content-Encoding"))
	}
	for accept, want := range map[string]string{"gzip": "gzip", "zstd": "zstd", "gzip, zstd": "zstd", "br": "", "gzip;q=0": ""} {
		a := s.post(t, large, "Accept-Encoding", accept)
		got := decompressed(t, a)
		if a.header.Get("Content-Encoding") != want || got != plain.text || !strings.Contains(a.header.Get("Vary"), "Accept-Encoding") {
			t.Errorf("%s: %v, %.80q", accept, a.header, got)
		}
		if want != "" && len(a.text) > len(plain.text)/3 {
			t.Errorf("%s: %d bytes for %d", accept, len(a.text), len(plain.text))
		}
	}
	if a := s.post(t, "{ account { mainNumber } }", "Accept-Encoding", "gzip"); a.header.Get("Content-Encoding") != "" {
		t.Errorf("a small answer came as %q", a.header.Get("Content-Encoding"))
	}
	if a := s.post(t, large, "Accept-Encoding", "gzip", "Accept", "multipart/mixed"); a.header.Get("Content-Encoding") != "" || !strings.Contains(a.text, "profileImage") {
		t.Errorf("parts came as %q", a.header.Get("Content-Encoding"))
	}
}

func decompressed(t *testing.T, a answer) string {
	t.Helper()
	var r io.Reader = strings.NewReader(a.text)
	var err error
	switch a.header.Get("Content-Encoding") {
	case "gzip":
		r, err = gzip.NewReader(r)
	case "zstd":
		r, err = zstd.NewReader(r)
	}
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// Parts that do not come in time are not waited for: the answer ends, and says why.
func TestPartsEnd(t *testing.T) {
	t.Parallel()
	s := newStack(t, func(c *gateway.Config) { c.Timeout = time.Second })
	const query = `{ extension(id: "435068008") { rcId ... @defer { usablePhoneNumbers { totalCount } } } }`
	for _, accept := range []string{"text/event-stream", "multipart/mixed"} {
		for range 4 {
			s.sim.FailNext("listExtensionPhoneNumbers", 1, sim.Fault{Delay: 2 * time.Second})
			start := time.Now()
			a := s.post(t, query, "Accept", accept)
			if took := time.Since(start); took > 6*time.Second || !strings.Contains(a.text, "UPSTREAM_TIMEOUT") || !strings.Contains(a.text, `"hasNext":false`) {
				t.Fatalf("%s after %s: %s", accept, took, a.text)
			}
			time.Sleep(time.Until(start.Add(2100 * time.Millisecond))) // the fault has passed
		}
	}
}

// A client that leaves between two parts leaves nothing behind.
func TestPartsLeft(t *testing.T) {
	s := newStack(t, nil)
	w := s.greeted(t)
	for i := range 20 {
		s.sim.FailNext("listExtensionPhoneNumbers", 1, sim.Fault{Delay: 100 * time.Millisecond})
		id := fmt.Sprint(i)
		w.write(subscribe(id, fmt.Sprintf(`{ extension(id: "435068008") { rcId ... @defer { usablePhoneNumbers(first: %d) { totalCount } } } }`, i+1)))
		w.expect(`"hasNext":true`)
		w.write(`{"type":"complete","id":"` + id + `"}`)
	}
	_ = w.conn.CloseNow()
	s.g.Drain()
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
	defer cancel()
	if err := s.g.Wait(ctx); err != nil {
		t.Errorf("operations hang: %v", err)
	}
}

// A mutation is answered in one piece, all of it.
func TestMutationInParts(t *testing.T) {
	s := newStack(t, nil)
	a := s.post(t, `mutation { reassignPhoneNumber(input: {phoneNumberId: "723455008", extensionId: "512084008"}) {
		outcome phoneNumber { rcId ... @defer { extension { name } } } } }`, "Accept", "multipart/mixed")
	if !strings.Contains(a.text, "Maria Lopez") || strings.Contains(a.text, `"hasNext":true`) {
		t.Errorf("got %s", a.text)
	}
}

// A part within a part comes with it: parts come as they are ready, and one before the
// part that it belongs to would be lost.
func TestPartWithinPart(t *testing.T) {
	s := newStack(t, nil)
	for _, query := range []string{
		`{ extension(id: "435068008") { rcId ... @defer { phoneNumbers { nodes { rcId ... @defer { features } } } } } }`,
		`{ extension(id: "435068008") { rcId ...F @defer } } fragment F on Extension { phoneNumbers { nodes { rcId ...G @defer } } } fragment G on PhoneNumber { features }`,
	} {
		for range 5 {
			a := s.post(t, query, "Accept", "multipart/mixed")
			if n := strings.Count(a.text, `"path":["extension"]`); n != 1 || strings.Count(a.text, `"incremental"`) != 1 || !strings.Contains(a.text, "SMS_SENDER") {
				t.Fatalf("%d parts: %s", n, a.text)
			}
		}
	}
}

// A query whose client has left is given up; what it would have asked is not sent.
func TestClientLeaves(t *testing.T) {
	s := newStack(t, nil)
	s.sim.FailNext("listExtensions", 1, sim.Fault{Delay: 5 * time.Second})
	ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
	defer cancel()
	req, _ := http.NewRequestWithContext(ctx, http.MethodPost, s.url+"/graphql", strings.NewReader(`{"query":"{ account { extensions(first: 2) { nodes { devices { totalCount } } } } }"}`))
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Authorization", "Bearer "+s.token)
	if _, err := http.DefaultClient.Do(req); err == nil {
		t.Fatal("answered")
	}
	time.Sleep(300 * time.Millisecond)
	if calls := s.sim.Calls(); len(calls) != 1 {
		t.Errorf("calls %v", calls)
	}
}
