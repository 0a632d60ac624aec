package gateway_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/ringql/ringql/internal/auth"
	"github.com/ringql/ringql/internal/budget"
	"github.com/ringql/ringql/internal/gateway"
	"github.com/ringql/ringql/internal/rest"
	"github.com/ringql/ringql/internal/sim"
)

// company is a gateway in front of a generated company, in one process.
type company struct {
	sim *sim.Server
	*goldenCase
}

func newCompany(t testing.TB, cfg sim.Config) *company {
	t.Helper()
	s, err := sim.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	gate := budget.NewGate()
	g, err := gateway.New(gateway.Config{Gate: gate, REST: rest.New(rest.Config{
		BaseURL: "http://upstream", Who: auth.Key,
		Transport: rest.Chain(s.Transport(), auth.Transport(), budget.Transport(gate, auth.Key)),
	})})
	if err != nil {
		t.Fatal(err)
	}
	c := &goldenCase{sim: s, h: g, header: http.Header{}}
	c.header.Set("Authorization", "Bearer "+s.Token(sim.AdministratorID))
	return &company{s, c}
}

// page asks for extensions and returns their names, the cursors of the page's ends
// and the calls it took.
func (c *company) page(t *testing.T, args string) (names []string, start, end string, calls []string) {
	t.Helper()
	c.sim.ResetCalls()
	var out struct {
		Data struct {
			Account struct {
				Extensions struct {
					Nodes    []struct{ RcID string }
					PageInfo struct{ StartCursor, EndCursor string }
				}
			}
		}
		Errors []json.RawMessage
	}
	text := c.post(t, fmt.Sprintf("{ account { extensions(%s) { nodes { rcId } pageInfo { startCursor endCursor } } } }", args), "")
	if err := json.Unmarshal([]byte(text), &out); err != nil || len(out.Errors) > 0 {
		t.Fatalf("%s: %v %s", args, err, text)
	}
	for _, n := range out.Data.Account.Extensions.Nodes {
		names = append(names, n.RcID)
	}
	info := out.Data.Account.Extensions.PageInfo
	return names, info.StartCursor, info.EndCursor, c.sim.Calls()
}

// Ten of 50,000 extensions, deep in the list, cost one call, forwards and backwards.
func TestDeepCursor(t *testing.T) {
	c := newCompany(t, sim.Config{Extensions: 50_000, Numbers: 1, Limits: unlimited})
	last, start, _, calls := c.page(t, "last: 20")
	if len(last) != 20 || len(calls) != 2 {
		t.Fatalf("the end of the list: %d rows, %v", len(last), calls)
	}
	before, start, end, calls := c.page(t, fmt.Sprintf("last: 10, before: %q", start))
	if len(before) != 10 || len(calls) != 1 {
		t.Errorf("10 before: %d rows, %v", len(before), calls)
	}
	after, _, _, calls := c.page(t, fmt.Sprintf("first: 10, after: %q", end))
	if strings.Join(after, " ") != strings.Join(last[:10], " ") || len(calls) != 1 {
		t.Errorf("10 after: %v, want %v, with %v", after, last[:10], calls)
	}
	_ = start
}

// The whole of a list, page by page: every extension once, two calls a page at the most.
func TestWalk(t *testing.T) {
	c := newCompany(t, sim.Config{Extensions: 3210, Numbers: 1, Limits: unlimited})
	seen, total, args := map[string]bool{}, 0, "first: 400"
	for {
		names, _, end, calls := c.page(t, args)
		for _, n := range names {
			if seen[n] {
				t.Fatalf("%s is shown twice", n)
			}
			seen[n] = true
		}
		if total += len(calls); len(calls) > 2 {
			t.Errorf("%s: %v", args, calls)
		}
		if len(names) < 400 {
			break
		}
		args = fmt.Sprintf("first: 400, after: %q", end)
	}
	if len(seen) != 3210 {
		t.Errorf("%d extensions, want 3210", len(seen))
	}
	t.Logf("%d calls for 9 pages of 400", total)
}

// Extensions come and go between the pages of a client.
func TestCursorsOverTheGateway(t *testing.T) {
	c := newCompany(t, sim.Config{Extensions: 60, Numbers: 1, Limits: unlimited})
	first, _, end, _ := c.page(t, "first: 10")
	c.sim.RemoveExtension(first[9]) // the very row of the cursor
	c.sim.RemoveExtension(first[2])
	c.sim.AddExtension(1, "New")
	c.sim.AddExtension(5, "Newer")
	c.sim.AddExtension(5, "Newest")
	second, _, _, _ := c.page(t, fmt.Sprintf("first: 10, after: %q", end))
	all, _, _, _ := c.page(t, "first: 100")
	shown := map[string]bool{}
	for _, n := range append(first, second...) {
		if shown[n] {
			t.Errorf("%s is shown twice", n)
		}
		shown[n] = true
	}
	at := 0
	for i, n := range all {
		if n == second[0] {
			at = i
		}
	}
	if all[at-1] != first[8] {
		t.Errorf("the second page starts behind %s, want behind %s", all[at-1], first[8])
	}
}
