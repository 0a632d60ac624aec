package gateway_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/vektah/gqlparser/v2/ast"

	"github.com/ringql/ringql/graph"
	"github.com/ringql/ringql/internal/auth"
	"github.com/ringql/ringql/internal/budget"
	"github.com/ringql/ringql/internal/gateway"
	"github.com/ringql/ringql/internal/rest"
)

// clients is where the npm packages are that test/npm-ci.sh installs.
const clients = "../../test/clients"

// verdict says whether a request is fit to be carried out.
type verdict struct {
	Valid   bool   `json:"valid"`
	Stage   string `json:"stage"`
	Message string `json:"message"`
}

// judges are the gateway, with nothing behind it, and graphql-js, the specification's own
// implementation.
type judges struct {
	schema *ast.Schema
	h      http.Handler
	in     io.Writer
	out    *bufio.Scanner
}

// newJudges starts graphql-js. Without it a test is skipped, unless RINGQL_NODE says that
// it has to be there.
func newJudges(tb testing.TB) *judges {
	tb.Helper()
	missing := tb.Skipf
	if os.Getenv("RINGQL_NODE") != "" {
		missing = tb.Fatalf
	}
	if _, err := os.Stat(clients + "/node_modules/graphql"); err != nil {
		missing("graphql-js is not installed (make clients does it): %v", err)
	}
	cmd := exec.CommandContext(tb.Context(), "node", "verdict.mjs")
	cmd.Dir, cmd.Stderr = clients, os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		tb.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		tb.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		missing("Node.js cannot be started: %v", err)
	}
	tb.Cleanup(func() {
		_ = in.Close()
		_ = cmd.Wait()
	})
	j := &judges{schema: graph.NewExecutableSchema(graph.Config{}).Schema(), in: in, out: bufio.NewScanner(out)}
	gate := budget.NewGate()
	j.h, err = gateway.New(gateway.Config{REST: rest.New(rest.Config{BaseURL: "http://upstream", Who: auth.Key, Transport: nothing{}}), Gate: gate, Introspection: true})
	if err != nil {
		tb.Fatal(err)
	}
	// The schema as it is served leaves out what the library knows by itself.
	j.write(tb, map[string]string{"schema": gateway.Schema()})
	return j
}

// nothing is an upstream that knows no object.
type nothing struct{}

func (nothing) RoundTrip(*http.Request) (*http.Response, error) {
	body := `{"errorCode":"CMN-102","message":"not found"}`
	return &http.Response{StatusCode: http.StatusNotFound, Header: http.Header{"Content-Type": {"application/json"}}, Body: io.NopCloser(strings.NewReader(body))}, nil
}

func (j *judges) write(tb testing.TB, message any) {
	tb.Helper()
	b, err := json.Marshal(message)
	if err == nil {
		_, err = j.in.Write(append(b, '\n'))
	}
	if err != nil {
		tb.Fatal(err)
	}
}

// reference is graphql-js's verdict.
func (j *judges) reference(tb testing.TB, r request) (v verdict) {
	tb.Helper()
	j.write(tb, r)
	if !j.out.Scan() {
		tb.Fatalf("graphql-js has ended: %v", j.out.Err())
	}
	if err := json.Unmarshal(j.out.Bytes(), &v); err != nil {
		tb.Fatal(err)
	}
	return v
}

// errLimit is no verdict: a limit of the gateway's was met.
var errLimit = errors.New("too costly")

// ours is the gateway's verdict.
func (j *judges) ours(tb testing.TB, r request) (verdict, error) {
	tb.Helper()
	body, err := json.Marshal(r)
	if err != nil {
		tb.Fatal(err)
	}
	req := httptest.NewRequestWithContext(tb.Context(), http.MethodPost, "/graphql", bytes.NewReader(body))
	req.Header = http.Header{"Content-Type": {"application/json"}, "Authorization": {"Bearer token"}, "Accept": {"application/graphql-response+json"}}
	w := httptest.NewRecorder()
	j.h.ServeHTTP(w, req)
	a := answer{w.Code, w.Header(), w.Body.String()}
	switch {
	case strings.Contains(a.text, `"INTERNAL"`) || a.status >= 500:
		return verdict{Stage: "INTERNAL", Message: a.text}, nil // it is neither
	case a.status == http.StatusOK:
		return verdict{Valid: true}, nil
	case a.code() == "QUERY_TOO_COSTLY":
		return verdict{}, errLimit
	}
	var got struct{ Errors []struct{ Message string } }
	if err := json.Unmarshal(w.Body.Bytes(), &got); err != nil || len(got.Errors) == 0 {
		tb.Fatalf("%v in %s", err, a.text)
	}
	return verdict{Stage: a.code(), Message: got.Errors[0].Message}, nil
}

// compare fails when the verdicts differ, and there is no reason known for it.
func (j *judges) compare(tb testing.TB, r request) (valid bool) {
	tb.Helper()
	got, err := j.ours(tb, r)
	if err != nil {
		return false
	}
	want := j.reference(tb, r)
	if (got.Valid != want.Valid || got.Stage == "INTERNAL") && excuse(got, want) == "" {
		b, _ := json.Marshal(r)
		tb.Errorf("the gateway: %+v, graphql-js: %+v\n%s", got, want, b)
	}
	return want.Valid
}

// made is the request that bytes stand for.
func (j *judges) made(b []byte) request { return newGenerator(j.schema, b).request() }

// The gateway and graphql-js agree on which requests are fit to be carried out.
func TestVerdict(t *testing.T) {
	j := newJudges(t)
	random := rand.New(rand.NewPCG(1, 2))
	valid := 0
	const requests = 2000
	for range requests {
		b := make([]byte, 300)
		for i := range b {
			b[i] = byte(random.Uint32())
		}
		if j.compare(t, j.made(b)) {
			valid++
		}
	}
	if t.Logf("%d of %d requests are valid", valid, requests); valid < requests/4 || valid > requests*3/4 {
		t.Errorf("%d of %d requests are valid: the others are tried too little", valid, requests)
	}
}

// The same for requests of the fuzzer's choice: from bytes, or as text.
func FuzzVerdict(f *testing.F) {
	goldenQueries(f, func(query, _ string) { f.Add([]byte{}, query) })
	random := rand.New(rand.NewPCG(3, 4))
	for range 20 {
		b := make([]byte, 300)
		for i := range b {
			b[i] = byte(random.Uint32())
		}
		f.Add(b, "")
	}
	j := newJudges(f)
	f.Fuzz(func(t *testing.T, b []byte, text string) {
		r := j.made(b)
		if text != "" {
			r.Query = text
		}
		if utf8.ValidString(r.Query) {
			j.compare(t, r)
		}
	})
}
