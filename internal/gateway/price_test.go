package gateway_test

import (
	"encoding/json"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	"golang.org/x/tools/txtar"
)

// newPriced is a gateway in front of a small company with groups, for prices of queries.
func newPriced(t *testing.T, sim string) *goldenCase {
	t.Helper()
	return newCase(t, txtar.Parse([]byte("-- sim.txt --\ngroups = yes\n"+sim)), nil)
}

// foretell sends a query in one of the modes of planning.
func (c *goldenCase) foretell(t *testing.T, mode, query, vars string) string {
	t.Helper()
	c.header.Set("X-RingQL-Plan", mode)
	defer c.header.Del("X-RingQL-Plan")
	return c.post(t, query, vars)
}

// An id written as a number, as GraphQL allows, is announced and priced like a text.
func TestPriceOfNumberedIDs(t *testing.T) {
	const query = `{
		a: extension(id: "435068008") { name devices(first: 2) { nodes { name } } }
		none: extension(id: "1999") { name devices(first: 2) { nodes { name } } }
		device(id: "66420008") { name } other: device(id: "66421008") { name }
		forwardingNumber(id: "53514008", extensionId: "435068008") { label }
		forwardingNumber2: forwardingNumber(id: "53516008", extensionId: "435068008") { label }
	}`
	ask := func(query string) (plan, calls string) {
		synctest.Test(t, func(t *testing.T) {
			c := newPriced(t, "")
			plan = c.foretell(t, "dry-run", query, "")
			c.post(t, query, "")
			sent := c.sim.Calls()
			slices.Sort(sent)
			calls = strings.Join(sent, "\n")
		})
		return plan, calls
	}
	wantPlan, want := ask(query)
	plan, got := ask(strings.NewReplacer(`: "`, ": ", `")`, ")", `",`, ",").Replace(query))
	if plan != wantPlan || got != want {
		t.Errorf("as numbers %s\n%s\nas texts %s\n%s", plan, got, wantPlan, want)
	}
}

// foretold is what a dry run says, and spent what the run itself does.
type foretold struct {
	Extensions struct {
		Rest struct {
			Plan *struct {
				Least, Expected, Most map[string]int
				Exact                 bool
			}
			Spent map[string]int
		}
	}
}

// refused are answers of a query that could not be paid.
var refused = regexp.MustCompile(`"(BUDGET_EXCEEDED|RATE_LIMITED)"`)

// compare prices a query, which sends nothing, and carries it out, which must agree.
func (c *goldenCase) compare(t *testing.T, query, vars string) (spent map[string]int) {
	t.Helper()
	c.sim.ResetCalls()
	text := c.foretell(t, "dry-run", query, vars)
	if n := len(c.sim.Calls()); n > 0 {
		t.Fatalf("a dry run sent %d calls", n)
	}
	var dry, run foretold
	answer := c.foretell(t, "actual", query, vars)
	if err := json.Unmarshal([]byte(text), &dry); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal([]byte(answer), &run); err != nil {
		t.Fatal(err)
	}
	spent = run.Extensions.Rest.Spent
	if refused.MatchString(answer) {
		return spent // with what is left, not with the price
	}
	p := dry.Extensions.Rest.Plan
	if p == nil { // the query is not valid, or refused
		if n := len(c.sim.Calls()); n > 0 {
			t.Errorf("took %d calls without a price", n)
		}
		return spent
	}
	for _, g := range []string{"light", "medium", "heavy"} {
		if p.Least[g] > p.Expected[g] || p.Expected[g] > p.Most[g] {
			t.Errorf("%s: %d to %d calls, %d expected\n%s", g, p.Least[g], p.Most[g], p.Expected[g], text)
		}
		if n := spent[g]; n < p.Least[g] || n > p.Most[g] || p.Exact && !strings.Contains(answer, `"errors"`) && n != p.Expected[g] {
			t.Errorf("took %d %s calls, foretold %d (exact: %v), %d to %d\n%s\n%s", n, g, p.Expected[g], p.Exact, p.Least[g], p.Most[g], strings.Join(c.sim.Calls(), "\n"), text)
		}
	}
	return spent
}

// either of two ways is taken, whichever answer comes first.
const either = -1

// priced are queries whose price is not what it seems, with the calls that they take.
var priced = []struct {
	name, sim, query     string
	light, medium, heavy int
}{
	{"a field of an interface", "", `{ node(id: "MTpBY2NvdW50OjQwMTE0NTYyNDAwOA") { ... on Node { id } } }`, 1, 0, 0},
	{"the end of a list of unknown length", "extensions = 2500", `{ account { extensions(last: 2) { nodes { name } } } }`, 0, 2, 0},
	{"windows of one answer", "", `{ a: deviceCatalog(first: 1) { pageInfo { endCursor } } b: deviceCatalog(last: 1) { pageInfo { endCursor } } c: deviceCatalog(first: 0) { totalCount } }`, 1, 0, 0},
	{"windows that are refused", "", `{ deviceCatalog(first: -1) { totalCount } viewer { blockedNumbers(last: -1) { totalCount } } }`, 1, 0, 0},
	{"what lies below an id that is of nobody", "", `{ extension(id: "1999") { name callerBlocking { mode } devices { nodes { name } } } callQueue(id: "1998") { members { nodes { name } } } }`, either, 0, 0},
	{"ids that are none", "", `{ extension(id: "x y") { name } device(id: "x") { name } node(id: "x") { id } account(id: "x/y") { status } brand(id: "") { name } }`, 0, 0, 0},
	{"one that is none among many", "", `{ nodes(ids: ["MTpFeHRlbnNpb246NDAxMTQ1NjI0MDA4OjQzNTA2ODAwOA", "x"]) { id ... on Extension { name } } }`, 0, 0, 0},
	{"objects of two accounts", "", `{ nodes(ids: ["MTpFeHRlbnNpb246NDAxMTQ1NjI0MDA4OjQzNTA2ODAwOA", "MTpFeHRlbnNpb246NDAwOjQzNTA2ODAwOA"]) { id ... on Extension { name } } }`, 2, 0, 0},
	{"numbers to buy, so many", "", `{ a: availablePhoneNumbers(filter: {npa: "650"}, first: 2) { rank } b: availablePhoneNumbers(filter: {npa: "650"}, first: 3) { rank } c: availablePhoneNumbers(filter: {npa: "650"}, first: 0) { rank } }`, 0, 2, 0},
	{"one list for several", "", `{ a: extension(id: "435068008") { devices(first: 5) { nodes { name } } } b: extension(id: "512084008") { devices(first: 5) { nodes { name } } } }`, 2, 0, 0},
	{"a page that is the whole list", "", `{ account { phoneNumbers(first: 50) { nodes { extension { phoneNumbers { nodes { rcId } } } } } } }`, 0, 0, 1},
	{"objects that a list tells besides", "", `{ account { extensions(first: 100) { nodes { name } } phoneNumbers(first: 20) { nodes { extension { name } } } } }`, either, 1, 1},
	{"a brand that is not there", "", `{ brand(id: "2") { name contractedCountries { totalCount } } }`, 1, 0, 0},
	{"a change that is refused", "", `mutation { setExtensionCallQueues(input: {extensionId: "1999", callQueueIds: []}) { outcome extension { id name } callQueues { id name } } }`, 1, 1, 0},
}

func TestPrices(t *testing.T) {
	for _, tt := range priced {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				c := newPriced(t, tt.sim)
				spent := c.compare(t, tt.query, "")
				if tt.light != either && spent["light"] != tt.light || spent["medium"] != tt.medium || spent["heavy"] != tt.heavy {
					t.Errorf("took %v", spent)
				}
			})
		})
	}
}
