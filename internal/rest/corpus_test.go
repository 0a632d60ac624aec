package rest_test

import (
	"bytes"
	"encoding/json"
	"maps"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"golang.org/x/tools/txtar"

	"github.com/ringql/ringql/internal/auth"
	"github.com/ringql/ringql/internal/budget"
	"github.com/ringql/ringql/internal/gateway"
	"github.com/ringql/ringql/internal/rest"
	"github.com/ringql/ringql/internal/sim"
)

// What is remembered is given to many at once and written to by none: each query of the
// gateway's golden files is asked twice at once, and twice again, of a gateway that
// remembers. The answers are those of one that does not, and what is remembered stays as
// it is, to the last bit. With the race detector, a write of what was there before is
// found as well.
func TestNobodyWritesToWhatIsShared(t *testing.T) {
	files, err := filepath.Glob("../gateway/testdata/*.txtar")
	if err != nil || len(files) < 100 {
		t.Fatalf("%d golden files", len(files))
	}
	var mu sync.Mutex
	read := map[string]bool{}
	t.Run("files", func(t *testing.T) {
		for _, f := range files {
			ar, err := txtar.ParseFile(f)
			if err != nil {
				t.Fatal(err)
			}
			q := parse(ar)
			if q == nil || strings.HasPrefix(filepath.Base(f), "error_") { // what is refused depends on what is left
				continue
			}
			t.Run(strings.TrimSuffix(filepath.Base(f), ".txtar"), func(t *testing.T) {
				t.Parallel()
				synctest.Test(t, func(t *testing.T) {
					ops := q.check(t)
					mu.Lock()
					defer mu.Unlock()
					maps.Copy(read, ops)
				})
			})
		}
	})
	for _, o := range rest.Operations() {
		if o.Method == http.MethodGet && !read[o.ID] && o.ID != seldom && !o.OfEvents {
			t.Errorf("no query reads %s", o.ID)
		}
	}
}

// seldom is read after a change alone.
const seldom = "getBulkAddTaskResultsV2"

// query is one of a golden file, and what it is asked of.
type query struct {
	body []byte
	api  string
	who  string
	sim  sim.Config
}

// parse reads a golden file; nil if it changes something, or has faults or settings that
// make an answer depend on what was asked before.
func parse(ar *txtar.Archive) *query {
	q := &query{who: sim.AdministratorID, sim: sim.Config{Limits: map[string]int{"light": 1e6, "medium": 1e6, "heavy": 1e6, "auth": 1e6}}}
	params := map[string]any{}
	for _, f := range ar.Files {
		text := strings.TrimSpace(string(f.Data))
		switch f.Name {
		case "query.graphql":
			params["query"] = text
			if strings.Contains(text, "mutation") || strings.Contains(text, "budgets") {
				return nil
			}
		case "variables.json":
			params["variables"] = json.RawMessage(text)
		case "before.graphql", "extensions.json", "header.txt":
			return nil
		case "gateway.txt":
			people := map[string]string{"as = standard user": sim.StandardUserID, "as = number manager": sim.NumberManagerID}
			api, ok := strings.CutPrefix(text, "api = ")
			who, known := people[text]
			switch {
			case known:
				q.who = who
			case ok && !strings.Contains(api, "\n"):
				q.api = api
			default:
				return nil
			}
		case "sim.txt":
			for line := range strings.Lines(text) {
				if !q.set(strings.TrimSpace(line)) {
					return nil
				}
			}
		}
	}
	q.body, _ = json.Marshal(params)
	return q
}

// set takes a setting of the simulator; false for one that is not for here.
func (q *query) set(line string) bool {
	name, value, _ := strings.Cut(line, " = ")
	n, _ := strconv.Atoi(value)
	switch name {
	case "extensions":
		q.sim.Extensions = n
		return n <= 200
	case "numbers":
		q.sim.Numbers = n
		return n <= 200
	case "groups":
		q.sim.Groups = value == "yes"
	case "fax":
		q.sim.Fax = value == "yes"
	case "many ids":
		q.sim.BulkIDs = n
	case "answer":
		q.sim.Bulk = map[string]sim.Bulk{"multipart": sim.BulkMultipart, "no many ids": sim.BulkNone}[value]
	case "generation":
		q.sim.Generation = map[string]sim.Generation{"legacy": sim.Legacy, "current": sim.Current}[value]
	default:
		return false
	}
	return true
}

// check asks q, and returns the operations whose answers were shared.
func (q *query) check(t *testing.T) map[string]bool {
	upstream, err := sim.New(q.sim)
	if err != nil {
		t.Fatal(err)
	}
	token := "Bearer " + upstream.Token(q.who)
	shared := map[string]bool{}
	made := func(cache rest.CacheConfig) (*rest.Client, func() string) {
		gate := budget.NewGate()
		c := rest.New(rest.Config{
			BaseURL: "http://upstream", Generation: rest.Preference(q.api), Who: auth.Key, Gate: gate, Cache: cache,
			Transport: rest.Chain(upstream.Transport(), rest.Retry(), auth.Transport(), budget.Transport(gate, auth.Key)),
		})
		g, err := gateway.New(gateway.Config{REST: c, Gate: gate, Introspection: true})
		if err != nil {
			t.Fatal(err)
		}
		return c, func() string {
			r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/graphql", bytes.NewReader(q.body))
			r.Header.Set("Content-Type", "application/json")
			r.Header.Set("Authorization", token)
			w := httptest.NewRecorder()
			g.ServeHTTP(w, r)
			return w.Body.String()
		}
	}
	_, ask := made(rest.CacheConfig{})
	want := ask()
	c, ask := made(rest.CacheConfig{TTL: time.Hour, DictionaryTTL: time.Hour})
	twice := func() {
		var wg sync.WaitGroup
		for range 2 {
			wg.Go(func() {
				if got := ask(); got != want && !strings.Contains(want, "rcRequestId") {
					t.Errorf("got\n%.2000s\nwant\n%.2000s", got, want)
				}
			})
		}
		wg.Wait()
	}
	twice()
	before := c.Remembered()
	twice()
	after := c.Remembered()
	for k, v := range before {
		if after[k] != v {
			t.Errorf("%s was\n%.2000s\nand is\n%.2000s", k, v, after[k])
		}
		for _, o := range rest.Operations() {
			if strings.Contains(k, o.ID+"/") {
				shared[o.ID] = true
			}
		}
	}
	return shared
}
