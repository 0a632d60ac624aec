package gateway_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"golang.org/x/tools/txtar"
)

// timed writes down when each piece of an answer came.
type timed struct {
	*httptest.ResponseRecorder
	start time.Time
	came  map[string]time.Duration // by what it holds
}

func (w timed) Write(b []byte) (int, error) {
	for text := range w.came {
		if w.came[text] < 0 && strings.Contains(string(b), text) {
			w.came[text] = time.Since(w.start)
		}
	}
	return w.ResponseRecorder.Write(b)
}

// A screen shows at once what is cheap, while a part that takes more than a minute's budget
// waits for it; and a part for which there is no time is refused alone.
func TestDeferredPartsWaitForTheirBudget(t *testing.T) {
	const query = `{"query":"{ account { mainNumber extensions(first: 60) { nodes { name } } ... @defer { dear: extensions(first: 60) { nodes { forwardingNumbers { nodes { label } } } } } } }"}`
	for _, tt := range []struct {
		timeout string
		text    string // that the later part holds
		least   time.Duration
		calls   int
	}{
		{"3m", "Work", 59 * time.Second, 62},
		{"30s", "BUDGET_EXCEEDED", 0, 2},
	} {
		t.Run(tt.timeout, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				c := newCase(t, txtar.Parse([]byte("-- sim.txt --\nextensions = 120\n-- gateway.txt --\ntimeout = "+tt.timeout+"\n")), newContract(t))
				r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/graphql", strings.NewReader(query))
				r.Header = c.header.Clone()
				r.Header.Set("Content-Type", "application/json")
				r.Header.Set("Accept", "multipart/mixed")
				w := timed{httptest.NewRecorder(), time.Now(), map[string]time.Duration{"mainNumber": -1, tt.text: -1}}
				c.h.ServeHTTP(w, r)
				if w.came["mainNumber"] != 0 || w.came[tt.text] < tt.least {
					t.Errorf("parts came %v after\n%.500s", w.came, w.Body)
				}
				if calls := c.sim.Calls(); len(calls) != tt.calls {
					t.Errorf("%d calls, want %d: %v", len(calls), tt.calls, calls)
				}
			})
		})
	}
}
