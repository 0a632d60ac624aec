package gateway_test

import (
	"encoding/json"
	"fmt"
	"net/http"
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
	"LicenseFilter":             `query(%s) { account { licenses(first: 5, %s) { nodes { rcId } } } }`,
	"CountryFilter":             `query(%s) { countries(first: 5, %s) { nodes { name } } }`,
	"CallQueueFilter":           `query(%s) { account { callQueues(first: 5, %s) { nodes { name } } } }`,
	"ForwardingNumberFilter":    `query(%s) { viewer { forwardingNumbers(first: 5, %s) { nodes { label } } } }`,
	"DeviceFilter":              `query(%s) { viewer { devices(first: 5, %s) { nodes { name } } } }`,
}

// A null in a filter is as good as nothing there, however it is written: answer and
// upstream calls are those without a filter.
func TestNullInFilters(t *testing.T) {
	schema, check := graph.NewExecutableSchema(graph.Config{}).Schema(), newContract(t)
	for name, def := range schema.Types {
		if def.Kind == ast.InputObject && strings.HasSuffix(name, "Filter") && filtered[name] == "" && name != searched {
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

// Values of variables are checked before anything is carried out: what does not fit is a
// request error that says which, where, and why.
func TestVariables(t *testing.T) {
	s := newStack(t, nil)
	const (
		number  = "query ($v: Int) { account { extensions(first: $v) { totalCount } } }"
		id      = "query ($v: ID!) { extension(id: $v) { name } }"
		status  = "query ($v: [ExtensionStatus!]) { account { extensions(filter: {status: $v}) { totalCount } } }"
		filter  = "query ($v: ExtensionFilter) { account { extensions(filter: $v) { totalCount } } }"
		flag    = "query ($v: Boolean!) { viewer { rcId name @skip(if: $v) } }"
		members = "mutation ($v: BulkAssignCallQueueMembersInput!) { bulkAssignCallQueueMembers(input: $v) { outcome } }"
	)
	for _, tt := range []struct{ query, value, path string }{ // path of the fault; "" for none
		{number, `3`, ""}, {number, `null`, ""},
		{number, `3000000000`, "variable,v"}, {number, `"3"`, "variable,v"}, {number, `1.5`, "variable,v"}, {number, `true`, "variable,v"}, {number, `[1]`, "variable,v"},
		{id, `"435068008"`, ""}, {id, `435068008`, ""},
		{id, `null`, "variable,v"}, {id, `true`, "variable,v"}, {id, `1.5`, "variable,v"}, {id, `1e3`, "variable,v"}, {id, `{}`, "variable,v"},
		{status, `["ENABLED","DISABLED"]`, ""}, {status, `"ENABLED"`, ""}, {status, `[]`, ""},
		{status, `["enabled"]`, "variable,v,0"}, {status, `["ENABLED",null]`, "variable,v,1"}, {status, `["ENABLED",1]`, "variable,v,1"},
		{filter, `{"extensionNumber":"101"}`, ""}, {filter, `{"status":null}`, ""}, {filter, `{}`, ""},
		{filter, `{"extensionNumber":101}`, "variable,v,extensionNumber"}, {filter, `{"nonsense":1}`, "variable,v,nonsense"}, {filter, `"x"`, "variable,v"}, {filter, `{"email":["a",2]}`, "variable,v,email,1"},
		{flag, `true`, ""}, {flag, `"true"`, "variable,v"}, {flag, `1`, "variable,v"},
		{members, `{"items":[{"callQueueId":"1","addedExtensionIds":[true]}]}`, "variable,v,items,0,addedExtensionIds,0"},
		{members, `{"items":[{}]}`, "variable,v,items,0"}, {members, `{"accountId":"~"}`, "variable,v"},
	} {
		s.sim.ResetCalls()
		body := fmt.Sprintf(`{"query":%q,"variables":{"v":%s}}`, tt.query, tt.value)
		a := s.send(t, http.MethodPost, "/graphql", body, "Content-Type", "application/json", "Accept", "application/graphql-response+json", "Authorization", "Bearer "+s.token)
		var got struct {
			Errors []struct {
				Path      []any
				Locations []any
			}
		}
		if err := json.Unmarshal([]byte(a.text), &got); err != nil {
			t.Fatal(err)
		}
		switch {
		case tt.path == "" && (a.status != 200 || len(got.Errors) > 0):
			t.Errorf("%s for %s: %d %s", tt.value, tt.query, a.status, a.text)
		case tt.path == "":
		case a.status != 400 || a.code() != "GRAPHQL_VALIDATION_FAILED" || strings.Contains(a.text, `"data"`) || len(s.sim.Calls()) > 0:
			t.Errorf("%s for %s: %d %s", tt.value, tt.query, a.status, a.text)
		default:
			var path []string
			for _, p := range got.Errors[0].Path {
				path = append(path, fmt.Sprint(p))
			}
			if !strings.HasPrefix(strings.Join(path, ","), tt.path) {
				t.Errorf("%s: path %v, want %s: %s", tt.value, path, tt.path, a.text)
			}
		}
	}
}
