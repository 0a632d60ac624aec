package gateway_test

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"golang.org/x/tools/txtar"

	"github.com/ringql/ringql/internal/auth"
	"github.com/ringql/ringql/internal/budget"
	"github.com/ringql/ringql/internal/gateway"
	"github.com/ringql/ringql/internal/limit"
	"github.com/ringql/ringql/internal/rest"
	"github.com/ringql/ringql/internal/sim"
)

// A thousand who ask for the same at once are one call, though not all are let in at once,
// and some are told to come again.
func TestSameQueriesAreOneCall(t *testing.T) {
	const many = 1000
	synctest.Test(t, func(t *testing.T) {
		upstream, err := sim.New(sim.Config{Extensions: 100, Latency: 100 * time.Millisecond})
		if err != nil {
			t.Fatal(err)
		}
		gate, telemetry := budget.NewGate(), gateway.NewTelemetry()
		g, err := gateway.New(gateway.Config{
			Gate: gate, Telemetry: telemetry, Limits: limit.Limits{InFlight: many, Queued: many},
			REST: rest.New(rest.Config{
				BaseURL: "http://upstream", Who: auth.Key, Gate: gate, Cache: rest.CacheConfig{TTL: time.Minute}, Report: telemetry.Call,
				Transport: rest.Chain(upstream.Transport(), rest.Retry(), auth.Transport(), budget.Transport(gate, auth.Key), rest.Observe(telemetry.Call)),
			}),
		})
		if err != nil {
			t.Fatal(err)
		}
		body, _ := json.Marshal(map[string]string{"query": `{ account { extensions(first: 100) { totalCount nodes { name extensionNumber } } } }`})
		token := "Bearer " + upstream.Token(sim.AdministratorID)
		ask := func() *httptest.ResponseRecorder {
			r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/graphql", bytes.NewReader(body))
			r.Header.Set("Content-Type", "application/json")
			r.Header.Set("Authorization", token)
			for {
				w := httptest.NewRecorder()
				again := r.Clone(t.Context())
				again.Body = io.NopCloser(bytes.NewReader(body))
				if g.ServeHTTP(w, again); w.Code != http.StatusServiceUnavailable {
					return w
				}
				time.Sleep(time.Second) // as it is told
			}
		}
		answers := make([]*httptest.ResponseRecorder, many)
		var wg sync.WaitGroup
		for i := range answers {
			wg.Go(func() { answers[i] = ask() })
		}
		wg.Wait()
		for _, w := range answers {
			if w.Code != http.StatusOK || !bytes.Equal(w.Body.Bytes(), answers[0].Body.Bytes()) || strings.Contains(w.Body.String(), "errors") {
				t.Fatalf("%d: %.200s", w.Code, w.Body)
			}
		}
		if made := upstream.Calls(); len(made) != 1 {
			t.Errorf("calls: %v", made)
		}
		w := httptest.NewRecorder()
		g.ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/metrics", nil))
		spared := 0.0
		for line := range strings.Lines(w.Body.String()) {
			if strings.HasPrefix(line, "ringql_cache_hits_total{") {
				var n float64
				if err := json.Unmarshal([]byte(line[strings.LastIndex(line, " ")+1:]), &n); err != nil {
					t.Fatal(err)
				}
				spared += n
			}
		}
		if spared != many-1 || !strings.Contains(w.Body.String(), "ringql_cache_answers 1\n") || !strings.Contains(w.Body.String(), "ringql_cache_misses_total 1\n") {
			t.Errorf("%v calls were spared by the metrics:\n%s", spared, w.Body)
		}
		time.Sleep(time.Second) // timers of turns
	})
}

// Whatever is remembered, and for however long, the answers are those of the golden files:
// changes are seen by the queries that follow.
func TestGoldenRemembered(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatal("no golden files")
	}
	check := newContract(t)
	for _, f := range files {
		t.Run(strings.TrimSuffix(filepath.Base(f), ".txtar"), func(t *testing.T) {
			t.Parallel()
			text, err := os.ReadFile(f)
			if err != nil {
				t.Fatal(err)
			}
			ar := txtar.Parse(text)
			if set(ar, "gateway.txt", section(ar, "gateway.txt")+"\ncache = 1h\n"); section(ar, "counts.txt") != "" {
				t.Skip("its answer is not in the file")
			}
			if strings.Contains(section(ar, "response.json"), `"BUDGET_EXCEEDED"`) {
				t.Skip("what is remembered needs no budget")
			}
			if strings.HasPrefix(filepath.Base(f), "device_order_async_") {
				t.Skip("the simulated order gets on each time it is looked at")
			}
			synctest.Test(t, func(t *testing.T) {
				c := newCase(t, ar, check)
				if got, want := c.run(t, ar), section(ar, "response.json"); got != want {
					t.Errorf("got\n%s\nwant\n%s", got, want)
				}
			})
		})
	}
}
