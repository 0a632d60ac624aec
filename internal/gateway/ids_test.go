package gateway_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/vektah/gqlparser/v2/ast"

	"github.com/ringql/ringql/graph"
	"github.com/ringql/ringql/graph/model"
)

// Nothing that is no id of the type asked for is sent upstream, by whatever field it comes.
func TestOddIDsAreNotSent(t *testing.T) {
	s := newStack(t, nil)
	bad := []string{
		"", " ", "..", "../~", "5/..", "5%2F..", "%2e%2e", "5?x=1", "5#x", "5,6", "5;6", "5\n6", "\x005", "~~", "-1", "0x5", "5.0", "٥", "05", strings.Repeat("9", 21), "*",
		model.GlobalID{Type: model.TypeLicense, Account: "401145624008", RCID: ".."}.String(), model.GlobalID{Type: "Nothing", Account: "401145624008", RCID: "5"}.String(),
		model.GlobalID{Type: model.TypePhoneNumber, Account: "../401145624008", RCID: "5"}.String(), model.GlobalID{Type: model.TypeExtension, Account: "401145624008", RCID: "5,6"}.String(),
	}
	schema := graph.NewExecutableSchema(graph.Config{}).Schema()
	asked := 0
	for _, root := range []*ast.Definition{schema.Query, schema.Mutation} {
		for _, f := range root.Fields {
			for _, id := range bad {
				given, ids := argumentsOf(schema, f.Arguments, id)
				if ids == 0 || f.Name == "shippingOptions" { // whose ids stand in no path
					continue
				}
				asked++
				s.sim.ResetCalls()
				keyword := map[bool]string{true: "mutation", false: "query"}[root == schema.Mutation]
				a := s.post(t, fmt.Sprintf("%s { %s%s { __typename } }", keyword, f.Name, given))
				calls := slices.DeleteFunc(s.sim.Calls(), func(c string) bool {
					return strings.HasSuffix(c, "/authz-profile") || strings.HasSuffix(c, "/account/~")
				})
				if len(calls) > 0 || a.status != http.StatusOK {
					t.Errorf("%s with %q: %v, answered %d %.300s", f.Name, id, calls, a.status, a.text)
				}
			}
		}
	}
	if asked < 20*len(bad) {
		t.Errorf("%d were asked", asked)
	}
}

// argumentsOf writes the arguments that must be given, with id for each id among them; ids
// counts those.
func argumentsOf(schema *ast.Schema, args ast.ArgumentDefinitionList, id string) (text string, ids int) {
	var out []string
	for _, a := range args {
		if a.Type.NonNull || a.Type.Name() == "ID" {
			v, n := valueOf(schema, a.Type, id)
			out, ids = append(out, a.Name+": "+v), ids+n
		}
	}
	if len(out) == 0 {
		return "", 0
	}
	return "(" + strings.Join(out, ", ") + ")", ids
}

func valueOf(schema *ast.Schema, typ *ast.Type, id string) (text string, ids int) {
	if typ.Elem != nil {
		text, ids = valueOf(schema, typ.Elem, id)
		return "[" + text + "]", ids
	}
	switch def := schema.Types[typ.Name()]; {
	case typ.Name() == "ID":
		return written(id), 1
	case def.Kind == ast.InputObject:
		var out []string
		for _, f := range def.Fields {
			if f.Type.NonNull && f.DefaultValue == nil || f.Type.Name() == "ID" {
				v, n := valueOf(schema, f.Type, id)
				out, ids = append(out, f.Name+": "+v), ids+n
			}
		}
		return "{" + strings.Join(out, ", ") + "}", ids
	case def.Kind == ast.Enum:
		return def.EnumValues[0].Name, 0
	}
	return map[string]string{"Int": "1", "Float": "1", "Boolean": "true", "String": `"x"`}[typ.Name()], 0
}

// written is s as GraphQL writes it.
func written(s string) string {
	b, _ := json.Marshal(s) // texts always encode
	return string(b)
}
