package gateway_test

import (
	"encoding/json"
	"testing"
	"testing/synctest"

	"golang.org/x/tools/txtar"

	"github.com/ringql/ringql/graph"
)

// A query for each type of Node, whose answer has one object of the type, under "it".
var nodeQueries = map[string]string{
	"Account":          `{ it: account { id } }`,
	"Extension":        `{ it: extension(id: "435068008") { id } }`,
	"PhoneNumber":      `{ it: phoneNumber(id: "723455008") { id } }`,
	"Device":           `{ it: device(id: "66420008") { id } }`,
	"License":          `{ it: license(id: "71230008") { id } }`,
	"CallQueue":        `{ it: callQueue(id: "512090008") { id } }`,
	"PagingGroup":      `{ it: pagingGroup(id: "512094008") { id } }`,
	"ParkLocation":     `{ it: parkLocation(id: "512096008") { id } }`,
	"DeviceOrder":      `{ it: deviceOrder(id: "74510008") { id } }`,
	"ForwardingNumber": `{ viewer { forwardingNumbers(first: 1) { nodes { it: id } } } }`,

	"CallerBlockingNumber": `{ viewer { callerBlockingNumbers(first: 1) { nodes { it: id } } } }`,
	"BlockedNumber":        `{ viewer { blockedNumbers(first: 1) { nodes { it: id } } } }`,
}

// Every type of Node is found again by its global id, and says that it is what it was.
func TestNodesAreFoundAgain(t *testing.T) {
	schema := graph.NewExecutableSchema(graph.Config{}).Schema()
	for _, def := range schema.PossibleTypes["Node"] {
		query := nodeQueries[def.Name]
		if query == "" {
			t.Errorf("%s: no query in nodeQueries finds one", def.Name)
			continue
		}
		synctest.Test(t, func(t *testing.T) {
			c := newCase(t, txtar.Parse([]byte("-- sim.txt --\ngroups = yes\n")), nil)
			id := it(t, c.post(t, query, ""))
			variables, _ := json.Marshal(map[string]string{"id": id}) //nolint:errchkjson // texts
			answer := c.post(t, `query ($id: ID!) { it: node(id: $id) { __typename id } }`, string(variables))
			var found struct {
				Data struct {
					It struct {
						Typename string `json:"__typename"`
						ID       string `json:"id"`
					} `json:"it"`
				} `json:"data"`
			}
			if err := json.Unmarshal([]byte(answer), &found); err != nil {
				t.Fatal(err)
			}
			if got := found.Data.It; got.Typename != def.Name || got.ID != id {
				t.Errorf("%s %s is found again as %s", def.Name, id, answer)
			}
		})
	}
}

// it returns the id that stands in an answer under "it", or under an id of it.
func it(t *testing.T, answer string) string {
	t.Helper()
	var all any
	if err := json.Unmarshal([]byte(answer), &all); err != nil {
		t.Fatal(err)
	}
	var find func(v any) string
	find = func(v any) string {
		switch v := v.(type) {
		case []any:
			for _, one := range v {
				if id := find(one); id != "" {
					return id
				}
			}
		case map[string]any:
			switch it := v["it"].(type) {
			case string:
				return it
			case map[string]any:
				id, _ := it["id"].(string)
				return id
			}
			for _, one := range v {
				if id := find(one); id != "" {
					return id
				}
			}
		}
		return ""
	}
	id := find(all)
	if id == "" {
		t.Fatalf("no id in %s", answer)
	}
	return id
}
