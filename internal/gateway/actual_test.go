package gateway_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"regexp"
	"strings"
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

// told is what an answer, or a part of one, says of what it took.
type told struct {
	Incremental []struct {
		Extensions json.RawMessage
	}
	Extensions struct {
		Rest *struct {
			Calls []struct {
				Operation string
				Status    int
				MS        float64
				RequestID string
			}
			Spent  map[string]int
			Budget map[string]struct{ Limit, Left, WindowSeconds int }
		}
	}
}

// operations are the calls that s was told of.
func (s told) operations() string {
	if s.Extensions.Rest == nil {
		return "nothing"
	}
	var names []string
	for _, c := range s.Extensions.Rest.Calls {
		names = append(names, c.Operation)
	}
	return strings.Join(names, " ")
}

func readTold(t *testing.T, text string) (s told) {
	t.Helper()
	if err := json.Unmarshal([]byte(text), &s); err != nil {
		t.Fatalf("%v in %s", err, text)
	}
	return s
}

// Each part says what was spent since the one before it, and the last what is left.
func TestActualOfParts(t *testing.T) {
	s := newStack(t, nil)
	const query = `{ account { mainNumber ... @defer(label: "later") { extensions(first: 1) { totalCount } } } }`
	later := func() { s.sim.FailNext("listExtensions", 1, sim.Fault{Delay: 200 * time.Millisecond}) }
	check := func(t *testing.T, parts []string) {
		t.Helper()
		if len(parts) != 2 {
			t.Fatalf("%d parts: %q", len(parts), parts)
		}
		first, last := readTold(t, parts[0]), readTold(t, parts[1])
		if first.operations() != "readAccountInfo" || first.Extensions.Rest.Spent["light"] != 1 || first.Extensions.Rest.Budget != nil {
			t.Errorf("the first says %s", parts[0])
		}
		rest := last.Extensions.Rest
		if last.operations() != "listExtensions" || rest.Spent["light"] != 0 || rest.Spent["medium"] != 1 || rest.Budget["medium"].WindowSeconds != 60 {
			t.Fatalf("the last says %s", parts[1])
		}
		if c := rest.Calls[0]; c.MS < 200 || c.Status != 200 || c.RequestID == "" || last.Incremental[0].Extensions != nil {
			t.Errorf("the last says %s", parts[1])
		}
	}
	t.Run("multipart", func(t *testing.T) {
		later()
		a := s.post(t, query, "Accept", "multipart/mixed", "X-RingQL-Plan", "actual")
		check(t, regexp.MustCompile(`(?m)^\{.*\}\r$`).FindAllString(a.text, -1))
	})
	t.Run("events", func(t *testing.T) {
		later()
		a := s.post(t, query, "Accept", "text/event-stream", "X-RingQL-Plan", "actual")
		check(t, regexp.MustCompile(`(?m)\{.*\}$`).FindAllString(a.text, -1))
	})
	t.Run("socket", func(t *testing.T) {
		later()
		w := s.greeted(t)
		w.write(strings.Replace(subscribe("1", query), `"payload":{`, `"payload":{"extensions":{"plan":"actual"},`, 1))
		var parts []string
		for {
			text, code := w.read()
			if code != 0 || !strings.Contains(text, `"next"`) {
				break
			}
			var m struct{ Payload json.RawMessage }
			if err := json.Unmarshal([]byte(text), &m); err != nil {
				t.Fatal(err)
			}
			parts = append(parts, string(m.Payload))
		}
		check(t, parts)
	})
}

// A mode is taken by each way that a request comes; one that there is none of is refused.
func TestModes(t *testing.T) {
	s := newStack(t, nil)
	const query = "{ account { mainNumber } }"
	get := "/graphql?query=" + url.QueryEscape(query)
	for name, a := range map[string]answer{
		"POST":                    s.post(t, query, "X-RingQL-Plan", "actual"),
		"POST, extensions":        s.send(t, http.MethodPost, "/graphql", `{"query":"{ account { mainNumber } }","extensions":{"plan":"actual"}}`, "Content-Type", "application/json", "Authorization", "Bearer "+s.token),
		"POST, both":              s.send(t, http.MethodPost, "/graphql", `{"query":"{ account { mainNumber } }","extensions":{"plan":"actual"}}`, "Content-Type", "application/json", "Authorization", "Bearer "+s.token, "X-RingQL-Plan", "actual"),
		"GET":                     s.send(t, http.MethodGet, get, "", "Authorization", "Bearer "+s.token, "X-RingQL-Plan", "actual"),
		"GET, extensions":         s.send(t, http.MethodGet, get+"&extensions="+url.QueryEscape(`{"plan":"actual"}`), "", "Authorization", "Bearer "+s.token),
		"an extension that is no": s.send(t, http.MethodPost, "/graphql", `{"query":"{ account { mainNumber } }","extensions":{"plan":null}}`, "Content-Type", "application/json", "Authorization", "Bearer "+s.token),
		"usual":                   s.post(t, query),
	} {
		want := "readAccountInfo"
		if name == "usual" || name == "an extension that is no" {
			want = "nothing"
		}
		if got := readTold(t, a.text).operations(); a.status != http.StatusOK || got != want {
			t.Errorf("%s: told of %s: %s", name, got, a.text)
		}
	}
	s.sim.ResetCalls()
	for name, a := range map[string]answer{
		"unknown":       s.post(t, query, "X-RingQL-Plan", "Actual"),
		"empty":         s.post(t, query, "X-RingQL-Plan", ""),
		"by events":     s.post(t, query, "X-RingQL-Plan", "no", "Accept", "text/event-stream"),
		"by GET":        s.send(t, http.MethodGet, get, "", "X-RingQL-Plan", "no"),
		"no text":       s.send(t, http.MethodPost, "/graphql", `{"query":"{ __typename }","extensions":{"plan":1}}`, "Content-Type", "application/json"),
		"contradicting": s.send(t, http.MethodPost, "/graphql", `{"query":"{ __typename }","extensions":{"plan":"actual"}}`, "Content-Type", "application/json", "X-RingQL-Plan", "dry-run"),
	} {
		if a.status != http.StatusBadRequest || a.code() != "BAD_USER_INPUT" || !strings.Contains(a.text, "actual or dry-run") {
			t.Errorf("%s: %d %s", name, a.status, a.text)
		}
	}
	w := s.greeted(t)
	for _, plan := range []string{`"no"`, `["actual"]`} {
		w.write(strings.Replace(subscribe("1", query), `"payload":{`, `"payload":{"extensions":{"plan":`+plan+`},`, 1))
		w.expect(`{"id":"1","type":"error","payload":[{"message":"X-RingQL-Plan, or \"plan\"`)
	}
	if sent := s.sim.Calls(); len(sent) > 0 {
		t.Errorf("sent all the same: %v", sent)
	}
}

// What was waited for and what was spared is told in the log, and to who asks.
func TestWaitsAndHits(t *testing.T) {
	upstream, err := sim.New(sim.Config{Limits: unlimited})
	if err != nil {
		t.Fatal(err)
	}
	gate, telemetry := budget.NewGate(), gateway.NewTelemetry()
	remembering := func(next http.RoundTripper) http.RoundTripper {
		return roundTripper(func(r *http.Request) (*http.Response, error) {
			op := rest.OperationFrom(r.Context())
			hit := rest.Call{Operation: op, Cached: true}
			rest.Tell(r.Context(), hit)
			telemetry.Call(r.Context(), hit)
			waited := rest.Call{Operation: op, Group: op.Group, Status: http.StatusOK, Waited: 1500 * time.Millisecond}
			rest.Tell(r.Context(), waited)
			telemetry.Call(r.Context(), waited)
			return next.RoundTrip(r)
		})
	}
	s := newStack(t, func(cfg *gateway.Config) {
		cfg.REST = rest.New(rest.Config{BaseURL: "http://upstream", Who: auth.Key, Transport: rest.Chain(upstream.Transport(), remembering, auth.Transport(), budget.Transport(gate, auth.Key))})
		cfg.Gate, cfg.Telemetry = gate, telemetry
	})
	s.token = upstream.Token(sim.AdministratorID)
	a := s.post(t, "{ account { mainNumber } }", "X-RingQL-Plan", "actual")
	for _, want := range []string{`"cacheHits":1`, `"waitedMs":1500,"cacheHits"`, `"cached":true`, `"spent":{"heavy":0,"light":2,"medium":0}`} {
		if !strings.Contains(a.text, want) {
			t.Errorf("no %s in %s", want, a.text)
		}
	}
	for _, want := range []string{"budget_sum=1.5s", "cache_hits=1", "calls=map[light:1]"} {
		if !strings.Contains(s.log.String(), want) {
			t.Errorf("no %s in the log: %s", want, s.log)
		}
	}
	if m := s.send(t, http.MethodGet, "/metrics", ""); !strings.Contains(m.text, `ringql_upstream_calls_total{group="light",operation="readAccountInfo",status="200"} 1`) {
		t.Error("the metrics count a call that was spared")
	}
}

// Ids and tokens are no part of what is told.
func TestActualTellsNoIDs(t *testing.T) {
	s := newStack(t, nil)
	a := s.post(t, `{ extension(id: "401145624008") { name contact { email } } account { extensions(first: 3) { nodes { phoneNumbers { totalCount } } } } }`, "X-RingQL-Plan", "actual")
	i := strings.Index(a.text, `"extensions":{"rest"`)
	if i < 0 || strings.Contains(a.text[i:], "401145624008") || strings.Contains(a.text[i:], s.token) || !strings.Contains(a.text[i:], "{extensionId}") {
		t.Errorf("got %s", a.text)
	}
}

// What one person has spent is no concern of another's.
func TestBudgetsAreOnesOwn(t *testing.T) {
	check := newContract(t)
	synctest.Test(t, func(t *testing.T) {
		c := newCase(t, &txtar.Archive{}, check)
		const query = "{ budgets { used } }"
		c.post(t, "{ account { mainNumber } }", "")
		if text := c.post(t, query, ""); strings.Count(text, `"used": 0`) != 3 || strings.Count(text, `"used": 1`) != 1 {
			t.Errorf("one's own: %s", text)
		}
		c.header.Set("Authorization", "Bearer "+c.sim.Token(sim.StandardUserID))
		c.header.Set("X-RingQL-Plan", "actual")
		if text := c.post(t, query, ""); strings.Count(text, `"used": 0`) != 4 || strings.Contains(text, `"left": 49`) {
			t.Errorf("another's: %s", text)
		}
	})
}

// When the time is up, the last part still says what was sent, with or without an answer.
func TestActualOutOfTime(t *testing.T) {
	s := newStack(t, func(cfg *gateway.Config) { cfg.Timeout = 500 * time.Millisecond })
	s.sim.FailNext("listExtensions", 1, sim.Fault{Delay: 10 * time.Second})
	a := s.post(t, `{ account { mainNumber ... @defer { extensions(first: 1) { totalCount } } } }`, "Accept", "multipart/mixed", "X-RingQL-Plan", "actual")
	parts := regexp.MustCompile(`(?m)^\{.*\}\r$`).FindAllString(a.text, -1)
	if len(parts) != 2 {
		t.Fatalf("got %s", a.text)
	}
	last := readTold(t, parts[1])
	if last.operations() != "listExtensions" || !strings.Contains(parts[1], `"status":null`) || last.Extensions.Rest.Spent["medium"] != 1 || last.Extensions.Rest.Budget == nil {
		t.Errorf("the last says %s", parts[1])
	}
}
