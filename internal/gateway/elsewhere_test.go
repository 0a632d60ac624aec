package gateway_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"sync/atomic"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/ringql/ringql/internal/auth"
	"github.com/ringql/ringql/internal/budget"
	"github.com/ringql/ringql/internal/gateway"
	"github.com/ringql/ringql/internal/rest"
	"github.com/ringql/ringql/internal/sim"
)

// hosts fails the test for each call to another host than one.
type hosts struct {
	t     *testing.T
	one   string
	calls atomic.Int64
	next  http.RoundTripper
}

func (h *hosts) RoundTrip(r *http.Request) (*http.Response, error) {
	h.calls.Add(1)
	if r.URL.Host != h.one || r.Host != "" && r.Host != h.one || r.URL.User != nil {
		h.t.Errorf("%s is called", r.URL)
	}
	resp, err := h.next.RoundTrip(r)
	if err == nil {
		for _, name := range []string{"Location", "Content-Location", "Link", "Refresh", "Alt-Svc"} {
			resp.Header.Set(name, "https://elsewhere.example/restapi/v1.0/account/1")
		}
	}
	return resp, err
}

// Whatever addresses stand in its answers, all calls go to the upstream that was set: each
// golden query is asked of one whose links all lead elsewhere.
func TestLinksAreNotFollowed(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatal("no golden files")
	}
	calls := int64(0)
	for _, f := range files {
		ar, err := txtar.ParseFile(f)
		if err != nil {
			t.Fatal(err)
		}
		s, err := sim.New(sim.Config{Limits: unlimited, BaseURL: "https://elsewhere.example", Extensions: 25, Numbers: 40, Seed: 1, Groups: true})
		if err != nil {
			t.Fatal(err)
		}
		only, gate := &hosts{t: t, one: "upstream.example", next: s.Transport()}, budget.NewGate()
		g, err := gateway.New(gateway.Config{Gate: gate, REST: rest.New(rest.Config{
			BaseURL: "https://upstream.example", Who: auth.Key, Transport: rest.Chain(only, rest.Retry(), auth.Transport(), budget.Transport(gate, auth.Key)),
		})})
		if err != nil {
			t.Fatal(err)
		}
		st := &stack{token: s.Token(sim.AdministratorID), g: g}
		srv := httptest.NewServer(g)
		st.url = srv.URL
		body := map[string]any{"query": section(ar, "query.graphql")}
		if v := section(ar, "variables.json"); v != "" {
			body["variables"] = json.RawMessage(v)
		}
		text, err := json.Marshal(body)
		if err != nil {
			t.Fatal(err)
		}
		st.send(t, http.MethodPost, "/graphql", string(text), "Content-Type", "application/json", "Authorization", "Bearer "+st.token)
		srv.Close()
		calls += only.calls.Load()
	}
	if calls < int64(len(files)) {
		t.Errorf("%d calls for %d queries", calls, len(files))
	}
}
