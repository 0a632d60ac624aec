package gateway_test

import (
	"fmt"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/vektah/gqlparser/v2/ast"
	"golang.org/x/tools/txtar"

	"github.com/ringql/ringql/graph"
)

// filtered says where each filter of the schema is used.
var filtered = map[string]string{
	"ExtensionFilter":           `query(%s) { account { extensions(first: 5, %s) { nodes { name } } } }`,
	"PhoneNumberFilter":         `query(%s) { account { phoneNumbers(first: 5, %s) { nodes { phoneNumber } } } }`,
	"AssignedPhoneNumberFilter": `query(%s) { viewer { phoneNumbers(first: 5, %s) { nodes { phoneNumber } } } }`,
	"UsablePhoneNumberFilter":   `query(%s) { viewer { usablePhoneNumbers(first: 5, %s) { nodes { phoneNumber } } } }`,
	"DeviceFilter":              `query(%s) { viewer { devices(first: 5, %s) { nodes { name } } } }`,
}

// A null in a filter is as good as nothing there, however it is written: answer and
// upstream calls are those without a filter.
func TestNullInFilters(t *testing.T) {
	schema, check := graph.NewExecutableSchema(graph.Config{}).Schema(), newContract(t)
	for name, def := range schema.Types {
		if def.Kind == ast.InputObject && strings.HasSuffix(name, "Filter") && filtered[name] == "" {
			t.Errorf("%s is tried nowhere", name)
		}
	}
	for name, query := range filtered {
		def := schema.Types[name]
		var all []string
		for _, f := range def.Fields {
			all = append(all, f.Name+": null")
		}
		tries := []struct{ what, defs, arg, vars string }{
			{"null", "", "filter: null", ""},
			{"variable null", "$f: " + name, "filter: $f", `{"f": null}`},
			{"variable not given", "$f: " + name, "filter: $f", `{}`},
			{"all null", "", "filter: {" + strings.Join(all, ", ") + "}", ""},
		}
		for _, f := range def.Fields {
			tries = append(tries, []struct{ what, defs, arg, vars string }{
				{f.Name + " null", "", "filter: {" + f.Name + ": null}", ""},
				{f.Name + " variable null", "$v: " + f.Type.String(), "filter: {" + f.Name + ": $v}", `{"v": null}`},
				{f.Name + " variable not given", "$v: " + f.Type.String(), "filter: {" + f.Name + ": $v}", `{}`},
				{f.Name + " null in a variable", "$f: " + name, "filter: $f", `{"f": {"` + f.Name + `": null}}`},
			}...)
		}
		want := ask(t, check, strings.Replace(fmt.Sprintf(query, "", ""), "query()", "query", 1), "")
		for _, tt := range tries {
			q := fmt.Sprintf(query, tt.defs, tt.arg)
			if got := ask(t, check, strings.Replace(q, "query()", "query", 1), tt.vars); got != want {
				t.Errorf("%s, %s:\ngot\n%s\nwant\n%s", name, tt.what, got, want)
			}
		}
	}
}

// A variable with a default that is given null fits where null does not. It must not
// come to the upstream as an empty value.
func TestNullWhereNoneIsAllowed(t *testing.T) {
	check := newContract(t)
	ext := filtered["ExtensionFilter"]
	for query, refused := range map[string]bool{
		fmt.Sprintf(ext, "$v: ExtensionStatus = ENABLED", "filter: {status: [$v]}"):                          true,
		fmt.Sprintf(ext, `$v: String = "a@b.c"`, "filter: {email: [$v]}"):                                    true,
		fmt.Sprintf(ext, `$v: [ExtensionStatus!] = [ENABLED]`, "filter: {status: $v}"):                       false,
		fmt.Sprintf(ext, `$v: String = "101"`, "filter: {extensionNumber: $v}"):                              false,
		`query($v: ID = "5") { extension(id: $v) { name } }`:                                                 true,
		`query($v: ID = "~") { account(id: $v) { rcId } }`:                                                   false,
		`query($v: Boolean = true) { viewer { name @skip(if: $v) extensionNumber } }`:                        true,
		`query($v: ID = "5") { ...F } fragment F on Query { x: viewer { name } extension(id: $v) { name } }`: true,
		`mutation($v: String = "+1") { provisionPhoneNumber(input: {phoneNumber: $v}) { outcome } }`:         true,
	} {
		got := ask(t, check, query, `{"v": null}`)
		if was := strings.Contains(got, "cannot be null here") && strings.Contains(got, "calls: 0"); was != refused {
			t.Errorf("%s:\n%s", query, got)
		}
		if !refused && strings.Contains(got, `"errors"`) {
			t.Errorf("%s:\n%s", query, got)
		}
		if got := ask(t, check, query, `{}`); strings.Contains(got, "cannot be null") {
			t.Errorf("its default:\n%s", got)
		}
	}
}

// ask sends one query to a gateway of its own; it tells the answer and the upstream calls.
func ask(t *testing.T, check *contract, query, variables string) (got string) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		c := newCase(t, &txtar.Archive{}, check)
		got = c.post(t, query, variables) + calls(c.sim.Calls())
	})
	return got
}
