package gateway_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/ringql/ringql/internal/gateway"
)

// TestTrapsOfVariables sends values that do not fit: they must be request errors.
func TestTrapsOfVariables(t *testing.T) { spring(t, variableTraps) }

var variableTraps = []trap{
	{name: "an Int out of range", stock: "it is carried out", check: misfit("query ($v: Int) { account { extensions(first: $v) { totalCount } } }", 3_000_000_000)},
	{name: "a fraction for an Int", stock: "it is carried out", check: misfit("query ($v: Int) { account { extensions(first: $v) { totalCount } } }", 1.5)},
	{name: "an enum in lower case", stock: "it is carried out", check: misfit("query ($v: ExtensionStatus!) { account { extensions(filter: {status: [$v]}) { totalCount } } }", "enabled")},
	{name: "an enum in lower case in an object", stock: "it is carried out", check: misfit("query ($v: ExtensionFilter) { account { extensions(filter: $v) { totalCount } } }", map[string]any{"status": []string{"enabled"}})},
	{name: "a number for a String", stock: "it is carried out", check: misfit("query ($v: String) { account { extensions(filter: {extensionNumber: $v}) { totalCount } } }", 101)},
	{name: "a number for a String in an object", stock: "it is carried out", check: misfit("query ($v: ExtensionFilter) { account { extensions(filter: $v) { totalCount } } }", map[string]any{"extensionNumber": 101})},
}

// misfit sends a query with a variable v that does not fit.
func misfit(query string, v any) func(target) error {
	return func(x target) error {
		a, err := x.postWith(query, map[string]any{"v": v}, "Accept", "application/graphql-response+json")
		if err != nil {
			return err
		}
		keys, err := a.keys()
		switch {
		case err != nil:
			return err
		case a.status != http.StatusBadRequest || keys["data"] != nil || keys["errors"] == nil:
			return fmt.Errorf("it is carried out: %d %s", a.status, brief(a.text))
		}
		return nil
	}
}

// TestTrapsOfSuggestions asks for what is nearly there while introspection is off.
func TestTrapsOfSuggestions(t *testing.T) {
	traps := make([]trap, len(suggestionTraps))
	for i, tr := range suggestionTraps {
		tr.stock = "the schema leaks"
		tr.wiring.closed = true
		tr.config = func(c *gateway.Config) { c.Introspection = false }
		traps[i] = tr
	}
	spring(t, traps)
}

// The library's own switch is on but for fields, which is all it is about.
var suggestionTraps = []trap{
	{name: "suggestions of fields", check: leaks(`{ accoun { id } }`)},
	{name: "suggestions of types for fields", check: leaks(`{ node(id: "1") { extensionNumber } }`)},
	{name: "suggestions of arguments", wiring: wiring{hush: true}, check: leaks(`{ extension(idd: "1") { name } }`)},
	{name: "suggestions of arguments of directives", wiring: wiring{hush: true}, check: leaks(`{ account { id @skip(iff: true) } }`)},
	{name: "suggestions of enums", wiring: wiring{hush: true}, check: leaks(`{ account { extensions(filter: {status: [ENABLE]}) { totalCount } } }`)},
	{name: "suggestions of enums for texts", wiring: wiring{hush: true}, check: leaks(`{ account { extensions(filter: {status: ["ENABLED"]}) { totalCount } } }`)},
	{name: "suggestions of types", wiring: wiring{hush: true}, check: leaks(`{ viewer { ...F } } fragment F on Extensio { name }`)},
	{name: "suggestions of fields of inputs", wiring: wiring{hush: true}, check: leaks(`{ account { extensions(filter: {statu: [ENABLED]}) { totalCount } } }`)},
}

// leaks sends a query with a slip; the answer must not help.
func leaks(query string) func(target) error {
	return func(x target) error {
		a, err := x.post(query)
		switch {
		case err != nil:
			return err
		case a.code() != "GRAPHQL_VALIDATION_FAILED":
			return fmt.Errorf("it is valid: %s", brief(a.text))
		case strings.Contains(a.text, "Did you mean"):
			return fmt.Errorf("the schema leaks: %s", a.text)
		}
		return nil
	}
}
