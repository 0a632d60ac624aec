package gateway_test

import (
	"bytes"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/tools/txtar"

	"github.com/ringql/ringql/internal/auth"
	"github.com/ringql/ringql/internal/budget"
	"github.com/ringql/ringql/internal/gateway"
	"github.com/ringql/ringql/internal/rest"
	"github.com/ringql/ringql/internal/sim"
)

const (
	fuzzTimeout = 2 * time.Second // for one operation
	// fuzzSlack is what an answer may take beyond its operation's time: the machine is busy
	// with other things, and a mutation reads back for 5 s after its deadline.
	fuzzSlack = 6 * time.Second
	// fuzzRenew is how many requests one company takes: mutations change it for good.
	fuzzRenew = 1000
)

// fuzzed is a gateway in front of a small simulated company, in this process.
type fuzzed struct {
	g      *gateway.Gateway
	bearer string
	alarms *alarms
	served int
}

// alarms gathers what the gateway and the HTTP server log as their own fault.
type alarms struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (a *alarms) Write(b []byte) (int, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.text.Write(b)
}

func (a *alarms) check(t *testing.T) {
	t.Helper()
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.text.Len() > 0 {
		t.Errorf("the log tells of a bug: %s", &a.text)
		a.text.Reset()
	}
}

func newFuzzed(t *testing.T) *fuzzed {
	t.Helper()
	s, err := sim.New(sim.Config{Limits: unlimited, TaskTime: time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	f := &fuzzed{bearer: "Bearer " + s.Token(sim.AdministratorID), alarms: &alarms{}}
	gate := budget.NewGate()
	f.g, err = gateway.New(gateway.Config{
		REST: rest.New(rest.Config{BaseURL: "http://upstream", Who: auth.Key,
			Transport: rest.Chain(s.Transport(), rest.Retry(), auth.Transport(), budget.Transport(gate, auth.Key))}),
		Gate: gate, Introspection: true, Playground: true, Timeout: fuzzTimeout,
		Log: slog.New(slog.NewTextHandler(f.alarms, &slog.HandlerOptions{Level: slog.LevelError})),
	})
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// renewing returns a gateway that is made anew from time to time. What it starts for one
// request is over at the end.
func renewing(f *testing.F) func(*testing.T) *fuzzed {
	f.Cleanup(func() { noneLeft(f) })
	var current *fuzzed
	return func(t *testing.T) *fuzzed {
		if current == nil || current.served >= fuzzRenew {
			current = newFuzzed(t)
		}
		current.served++
		return current
	}
}

// noneLeft fails when goroutines of the gateway live on.
func noneLeft(f *testing.F) {
	stacks := make([]byte, 1<<20)
	for end := time.Now().Add(fuzzTimeout + fuzzSlack); ; time.Sleep(10 * time.Millisecond) {
		all := stacks[:runtime.Stack(stacks, true)]
		var ours []string
		for g := range strings.SplitSeq(string(all), "\n\n") {
			if strings.Contains(g, "ringql/internal/gateway.") || strings.Contains(g, "ringql/graph") {
				ours = append(ours, g)
			}
		}
		switch {
		case len(ours) == 0:
			return
		case time.Now().After(end):
			f.Errorf("%d goroutines are left:\n%s", len(ours), strings.Join(ours, "\n\n"))
			return
		}
	}
}

// goldenQueries calls add with every query of the golden files.
func goldenQueries(f *testing.F, add func(query, variables string)) {
	files, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(files) == 0 {
		f.Fatal("no golden files")
	}
	for _, name := range files {
		ar, err := txtar.ParseFile(name)
		if err != nil {
			f.Fatal(err)
		}
		add(section(ar, "query.graphql"), section(ar, "variables.json"))
	}
}

// kinds are the types of answers.
var kinds = []string{"application/graphql-response+json", "application/json", "multipart/mixed", "text/event-stream"}

// post sends a body and checks what can be said of any answer to it.
func (f *fuzzed) post(t *testing.T, body []byte, kind string) {
	r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/graphql", bytes.NewReader(body))
	r.Header = http.Header{"Content-Type": {"application/json"}, "Authorization": {f.bearer}, "Accept": {kind}}
	w := httptest.NewRecorder()
	start := time.Now()
	f.g.ServeHTTP(w, r)
	if took := time.Since(start); took > fuzzTimeout+fuzzSlack {
		t.Errorf("an answer after %s", took)
	}
	resp := w.Result()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	wellFormed(t, resp, text)
	inJSON := resp.StatusCode >= 400
	if got := mediaType(t, resp); got != kind && (!inJSON || got != "application/json") {
		t.Errorf("%s was asked for, and %s came", kind, got)
	}
	f.alarms.check(t)
}

// No document, whatever it says, does harm.
func FuzzDocument(f *testing.F) {
	goldenQueries(f, func(query, _ string) {
		f.Add(query, "", uint8(0))
		if strings.Contains(query, "@defer") {
			f.Add(query, "", uint8(2))
			f.Add(query, "", uint8(3))
		}
	})
	for _, query := range []string{
		"", " ", "{", "{}", "\ufeff{ __typename }", "#", "{ __typename } #", "query A { __typename } query B { viewer { id } }",
		"{ viewer { ...F } } fragment F on Extension { id ...F }",
		"{ a: __typename a: viewer { id } }",
		"{ viewer { id @skip(if: true) @include(if: false) } }",
		"{ viewer { id ... @defer(label: \"a\") { name ... @defer { contact { email } } } } }",
		"{ viewer { ...F @defer } } fragment F on Extension { name departments { id name } }",
		"mutation { a: deletePhoneNumber(input: {phoneNumberId: \"1\"}) { outcome ... @defer { userErrors { message } } } }",
		`mutation { provisionPhoneNumber(input: {phoneNumber: "+16505550199", usageType: INVENTORY}) { outcome phoneNumber { id } userErrors { code field } } }`,
		`mutation { bulkAssignCallQueueMembers(input: {items: [{callQueueId: "1", addedExtensionIds: ["1"]}]}) { outcome results { outcome } } }`,
		`{ node(id: "MTpFeHRlbnNpb246NDAxMTQ1NjI0MDA4OjQzNTA2ODAwOA") { id ... on Extension { name } } nodes(ids: ["", "~"]) { id __typename } }`,
		`{ account { extensions(first: 1, after: "", last: 1, before: "", filter: {status: [ENABLED], extensionNumber: "\u0000"}) { edges { cursor } } } }`,
		`{ __schema { types { name fields(includeDeprecated: true) { name args { name type { ofType { name } } } } } } __type(name: "Node") { possibleTypes { name } } }`,
		`{ account(id: """block""") { id } viewer { name(x: -0.0e+1) } }`,
		"subscription { viewer { id } }", "type Query { a: Int }", "{ viewer { id @nonsense } } directive @nonsense on FIELD",
		"query ($v: [[Int!]!]! = [[1]] @skip(if: true)) { viewer { id @include(if: $v) } }",
		`{ account { id status @skip(if: "x") ...on Node { id } ...on Extension { id } } }`,
	} {
		f.Add(query, "", uint8(0))
		f.Add(query, "A", uint8(3))
	}
	next := renewing(f)
	f.Fuzz(func(t *testing.T, query, operation string, kind uint8) {
		params := map[string]any{"query": query, "operationName": operation}
		if operation == "" {
			delete(params, "operationName")
		}
		body, err := json.Marshal(params)
		if err != nil {
			t.Fatal(err)
		}
		next(t).post(t, body, kinds[int(kind)%len(kinds)])
	})
}
