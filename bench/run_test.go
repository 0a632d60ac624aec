package bench

import (
	"bytes"
	"encoding/json"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/ringql/ringql/internal/auth"
	"github.com/ringql/ringql/internal/budget"
	"github.com/ringql/ringql/internal/gateway"
	"github.com/ringql/ringql/internal/rest"
	"github.com/ringql/ringql/internal/sim"
)

// sizes are the companies that the corpus is run on, in extensions.
var sizes = []int{10, 100, 1000, 5000}

// company is the simulated one of a size: more numbers than people, and every kind of group.
// It takes a moment, so that what a query asks for at once is under way at once.
func company(extensions int) sim.Config {
	return sim.Config{Extensions: extensions, Numbers: extensions * 16 / 10, Groups: true, Latency: 100 * time.Millisecond}
}

// example is one query of the corpus.
type example struct {
	name, about, query string
	vars               map[string]any
	cursor, from       string // the variable that takes a cursor, and where the answer before shows it
}

// cursorLine says which variable takes a cursor of the first run: "# $after = account.extensions.pageInfo.endCursor".
var cursorLine = regexp.MustCompile(`(?m)^# \$(\w+) = (\S+)$`)

// examples reads the corpus.
func examples(t testing.TB) []example {
	t.Helper()
	files, err := filepath.Glob("corpus/*.graphql")
	if err != nil || len(files) == 0 {
		t.Fatal("no corpus")
	}
	var out []example
	for _, f := range files {
		text, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		e := example{name: strings.TrimSuffix(filepath.Base(f), ".graphql"), query: string(text), vars: map[string]any{}}
		about, _, _ := strings.Cut(e.query, "\n")
		if e.about = strings.TrimPrefix(about, "# "); e.about == about {
			t.Fatalf("%s does not begin with what it is for", f)
		}
		if m := cursorLine.FindStringSubmatch(e.query); m != nil {
			e.cursor, e.from = m[1], m[2]
		}
		switch text, err := os.ReadFile(strings.TrimSuffix(f, ".graphql") + ".json"); {
		case err == nil:
			if err := json.Unmarshal(text, &e.vars); err != nil {
				t.Fatalf("%s: %v", f, err)
			}
		case !os.IsNotExist(err):
			t.Fatal(err)
		}
		out = append(out, e)
	}
	return out
}

// stand is a whole gateway in front of a simulated company, as its administrator sees it.
type stand struct {
	sim    *sim.Server
	h      http.Handler
	bearer string
}

func newStand(t testing.TB, extensions int) *stand {
	t.Helper()
	return newStandOf(t, company(extensions))
}

func newStandOf(t testing.TB, cfg sim.Config) *stand {
	t.Helper()
	upstream, err := sim.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	gate := budget.NewGate()
	g, err := gateway.New(gateway.Config{Gate: gate, Auth: &auth.Authenticator{}, REST: rest.New(rest.Config{
		BaseURL: "http://upstream", Who: auth.Key, Gate: gate,
		Transport: rest.Chain(upstream.Transport(), rest.Retry(), auth.Transport(), budget.Transport(gate, auth.Key)),
	})})
	if err != nil {
		t.Fatal(err)
	}
	return &stand{sim: upstream, h: g, bearer: "Bearer " + upstream.Token(sim.AdministratorID)}
}

// response is what the gateway answers.
type response struct {
	Data       any            `json:"data"`
	Errors     []any          `json:"errors"`
	Extensions map[string]any `json:"extensions"`
}

// ask sends a query, and returns the answer with the calls it took, as the simulator saw them.
func (s *stand) ask(t testing.TB, query string, vars map[string]any, header http.Header) (response, []string) {
	t.Helper()
	s.sim.ResetCalls()
	answer := s.post(t, query, vars, header)
	var out response
	if err := json.Unmarshal(answer, &out); err != nil {
		t.Fatalf("%v in %.200s", err, answer)
	}
	return out, s.sim.Calls()
}

// post sends a query, and returns the answer as it came.
func (s *stand) post(t testing.TB, query string, vars map[string]any, header http.Header) []byte {
	t.Helper()
	body, err := json.Marshal(map[string]any{"query": query, "variables": vars})
	if err != nil {
		t.Fatal(err)
	}
	r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/graphql", bytes.NewReader(body))
	maps.Copy(r.Header, header)
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Authorization", s.bearer)
	w := httptest.NewRecorder()
	s.h.ServeHTTP(w, r)
	return w.Body.Bytes()
}

// run asks a query of a gateway that knows how long the company's lists are, with its
// whole budget left: it has answered the same query two minutes before. header is sent
// with the second.
func run(t *testing.T, extensions int, e example, header http.Header) (out response, calls []string) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		s := newStand(t, extensions)
		first, _ := s.ask(t, e.query, e.vars, nil)
		time.Sleep(2 * time.Minute)
		out, calls = s.ask(t, e.query, e.second(t, first), header)
	})
	return out, calls
}

// second returns the variables of the second run: those of the first, and the cursor that it showed.
func (e example) second(t testing.TB, first response) map[string]any {
	if e.cursor == "" {
		return e.vars
	}
	at := first.Data
	for key := range strings.SplitSeq(e.from, ".") {
		at = at.(map[string]any)[key]
	}
	if at == nil {
		t.Fatalf("%s: no cursor at %s", e.name, e.from)
	}
	return map[string]any{e.cursor: at}
}
