package gateway_test

import (
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	"golang.org/x/tools/txtar"
)

// newPriced is a gateway in front of a small company with groups, for prices of queries.
func newPriced(t *testing.T) *goldenCase {
	t.Helper()
	return newCase(t, txtar.Parse([]byte("-- sim.txt --\ngroups = yes\n")), nil)
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
			c := newPriced(t)
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
