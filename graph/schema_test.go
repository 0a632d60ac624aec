package graph_test

import (
	"flag"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/formatter"

	"github.com/ringql/ringql/graph"
	"github.com/ringql/ringql/internal/rest"
)

var update = flag.Bool("update", false, "rewrite the snapshot of the schema, if nothing breaks")

func schema() *ast.Schema { return graph.NewExecutableSchema(graph.Config{}).Schema() }

// own returns the types that are ours, in order.
func own(s *ast.Schema) []*ast.Definition {
	var defs []*ast.Definition
	for name, def := range s.Types {
		if !def.BuiltIn && !strings.HasPrefix(name, "__") {
			defs = append(defs, def)
		}
	}
	slices.SortFunc(defs, func(a, b *ast.Definition) int { return strings.Compare(a.Name, b.Name) })
	return defs
}

func TestEverythingIsDescribed(t *testing.T) {
	check := func(name, text string) {
		if len(text) < 2 {
			t.Errorf("%s has no description", name)
		} else if last := text[len(text)-1]; last != '.' && last != '`' {
			t.Errorf("%s: its description is no sentence: %q", name, text)
		}
	}
	arguments := func(of string, args ast.ArgumentDefinitionList) {
		for _, a := range args {
			check(of+"("+a.Name+":)", a.Description)
		}
	}
	s := schema()
	for _, def := range own(s) {
		check(def.Name, def.Description)
		for _, f := range def.Fields {
			if !strings.HasPrefix(f.Name, "__") {
				check(def.Name+"."+f.Name, f.Description)
				arguments(def.Name+"."+f.Name, f.Arguments)
			}
		}
		for _, v := range def.EnumValues {
			check(def.Name+"."+v.Name, v.Description)
		}
	}
	for _, name := range []string{"rest", "requires"} {
		check("@"+name, s.Directives[name].Description)
		arguments("@"+name, s.Directives[name].Arguments)
	}
}

// What a field says it costs is what the client does: operation and group.
func TestRestDirectives(t *testing.T) {
	groups := map[string]string{}
	used := map[string]bool{}
	for _, o := range rest.Operations() {
		used[o.ID] = o.OfEvents // by the keeper of subscriptions, for no field
		groups[o.ID] = strings.ToUpper(string(o.Group))
	}
	for _, def := range own(schema()) {
		for _, f := range def.Fields {
			for _, d := range f.Directives.ForNames("rest") {
				op, group := d.Arguments.ForName("operation").Value.Raw, d.Arguments.ForName("group").Value.Raw
				used[op] = true
				if groups[op] != group {
					t.Errorf("%s.%s: %s is %q, not %q", def.Name, f.Name, op, groups[op], group)
				}
			}
			if f.Directives.ForName("rest") != nil && f.Directives.ForName("requires") == nil && f.Name != "id" && f.Name != "rcId" {
				t.Errorf("%s.%s does not say what it requires", def.Name, f.Name)
			}
		}
	}
	for op := range groups {
		if !used[op] && op != "getToken" && op != "revokeToken" {
			t.Errorf("no field says that it uses %s", op)
		}
	}
}

// A field that needs a call of its own is nullable: one refused call never empties
// its parent. An object without its id is none. A mutation is such a field: one that
// fails must not withhold what the others of its request have done.
func TestNullability(t *testing.T) {
	for _, def := range own(schema()) {
		for _, f := range def.Fields {
			if f.Directives.ForName("rest") != nil && f.Type.NonNull && f.Name != "id" && f.Name != "rcId" {
				t.Errorf("%s.%s costs a call and is not nullable", def.Name, f.Name)
			}
		}
	}
}

var (
	camel     = regexp.MustCompile(`^[a-z][A-Za-z0-9]*$`)
	pascal    = regexp.MustCompile(`^[A-Z][A-Za-z0-9]*$`)
	screaming = regexp.MustCompile(`^[A-Z][A-Z0-9_]*$`)
)

func TestConventions(t *testing.T) {
	s := schema()
	for _, def := range own(s) {
		if !pascal.MatchString(def.Name) {
			t.Errorf("%s is not named like a type", def.Name)
		}
		for _, v := range def.EnumValues {
			if !screaming.MatchString(v.Name) {
				t.Errorf("%s.%s is not named like a value", def.Name, v.Name)
			}
		}
		for _, f := range def.Fields {
			if !camel.MatchString(strings.TrimPrefix(f.Name, "__")) {
				t.Errorf("%s.%s is not named like a field", def.Name, f.Name)
			}
			// Beside a value that may be unknown stands its text.
			target := s.Types[f.Type.Name()]
			if def.Kind == ast.Object && target.Kind == ast.Enum && target.EnumValues.ForName("UNKNOWN") != nil && target.Name != "MutationOutcome" {
				raw := "raw" + strings.ToUpper(f.Name[:1]) + f.Name[1:]
				if def.Fields.ForName(raw) == nil {
					t.Errorf("%s.%s has no %s beside it", def.Name, f.Name, raw)
				}
			}
			if strings.HasSuffix(f.Type.Name(), "Connection") {
				for _, arg := range []string{"first", "after", "last", "before"} {
					if f.Arguments.ForName(arg) == nil {
						t.Errorf("%s.%s has no %s", def.Name, f.Name, arg)
					}
				}
			}
			if def.Name == "Mutation" {
				payload := s.Types[f.Type.Name()]
				if len(f.Arguments) != 1 || f.Arguments[0].Name != "input" || payload.Fields.ForName("outcome") == nil || payload.Fields.ForName("userErrors") == nil {
					t.Errorf("mutation %s does not take one input and return outcome and userErrors", f.Name)
				}
			}
		}
		if of, is := strings.CutSuffix(def.Name, "Connection"); is {
			for field, typ := range map[string]string{"edges": "[" + of + "Edge!]!", "pageInfo": "PageInfo!", "totalCount": "Int"} {
				if f := def.Fields.ForName(field); f == nil || f.Type.String() != typ {
					t.Errorf("%s.%s is not %s", def.Name, field, typ)
				}
			}
		}
		if def.Kind == ast.Object && slices.Contains(def.Interfaces, "Node") {
			if f := def.Fields.ForName("rcId"); f == nil || f.Type.String() != "String!" {
				t.Errorf("%s has no rcId: String!", def.Name)
			}
		} else if def.Kind == ast.Object && def.Fields.ForName("id") != nil && !slices.Contains(def.Interfaces, "AccountEvent") { // which is over
			t.Errorf("%s has an id and is no Node", def.Name)
		}
	}
}

// TestSnapshot holds the schema against the last one committed: nothing that a
// client may use goes away or changes its meaning. With -update, what was added
// becomes part of the snapshot.
func TestSnapshot(t *testing.T) {
	const file = "testdata/schema.graphql"
	var b strings.Builder
	formatter.NewFormatter(&b, formatter.WithIndent("  ")).FormatSchema(schema())
	text, err := os.ReadFile(file)
	if err != nil && !*update {
		t.Fatal(err)
	}
	if len(text) > 0 {
		old, err := gqlparser.LoadSchema(&ast.Source{Name: file, Input: string(text)})
		if err != nil {
			t.Fatal(err)
		}
		for _, fault := range breaks(old, schema()) {
			t.Error("breaking: " + fault)
		}
	}
	switch {
	case t.Failed() || string(text) == b.String():
	case *update:
		if err := os.WriteFile(file, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	default:
		t.Error("the schema has grown: take it into the snapshot with make update")
	}
}

// breaks lists what clients of the old schema could not do with the new one.
func breaks(before, after *ast.Schema) (faults []string) {
	fault := func(parts ...string) { faults = append(faults, strings.Join(parts, "")) }
	for _, was := range own(before) {
		is := after.Types[was.Name]
		if is == nil || is.Kind != was.Kind {
			fault(was.Name, " is gone")
			continue
		}
		for _, i := range was.Interfaces {
			if !slices.Contains(is.Interfaces, i) {
				fault(was.Name, " is no ", i, " any more")
			}
		}
		for _, v := range was.EnumValues {
			if is.EnumValues.ForName(v.Name) == nil {
				fault(was.Name, ".", v.Name, " is gone")
			}
		}
		for _, f := range was.Fields {
			now := is.Fields.ForName(f.Name)
			switch {
			case strings.HasPrefix(f.Name, "__"):
			case now == nil:
				fault(was.Name, ".", f.Name, " is gone")
			case was.Kind == ast.InputObject && !accepts(now.Type, f.Type), was.Kind != ast.InputObject && !gives(now.Type, f.Type):
				fault(was.Name, ".", f.Name, " was ", f.Type.String(), ", is ", now.Type.String())
			default:
				for _, a := range f.Arguments {
					if b := now.Arguments.ForName(a.Name); b == nil || !accepts(b.Type, a.Type) {
						fault(was.Name, ".", f.Name, "(", a.Name, ":) is gone or takes less")
					}
				}
				for _, a := range now.Arguments {
					if f.Arguments.ForName(a.Name) == nil && a.Type.NonNull && a.DefaultValue == nil {
						fault(was.Name, ".", f.Name, "(", a.Name, ":) is required now")
					}
				}
			}
		}
		for _, f := range is.Fields {
			if is.Kind == ast.InputObject && was.Fields.ForName(f.Name) == nil && f.Type.NonNull && f.DefaultValue == nil {
				fault(was.Name, ".", f.Name, " is required now")
			}
		}
	}
	return faults
}

// gives says whether an output of type now can stand where was was: null no more
// often than before.
func gives(now, was *ast.Type) bool {
	if was.NonNull && !now.NonNull || (now.Elem == nil) != (was.Elem == nil) {
		return false
	}
	if now.Elem != nil {
		return gives(now.Elem, was.Elem)
	}
	return now.NamedType == was.NamedType
}

// accepts says whether an input of type now takes all that was took.
func accepts(now, was *ast.Type) bool { return gives(was, now) }

// The comparison itself sees what breaks.
func TestBreaks(t *testing.T) {
	const base = `type Query { a(x: Int, y: [String!]): A b: A! } type A { f: String! e: E } enum E { ONE TWO } input I { p: Int! q: Int }`
	for change, breaking := range map[[2]string]bool{
		{"f: String!", "f: String! g: Int"}:                  false,
		{"ONE TWO", "ONE TWO THREE"}:                         false,
		{"p: Int!", "p: Int"}:                                false,
		{"q: Int", "q: Int r: Int! = 5"}:                     false,
		{"b: A!", "b: A! c: A"}:                              false,
		{"f: String! ", ""}:                                  true,
		{"f: String!", "f: String"}:                          true,
		{"f: String!", "f: [String!]!"}:                      true,
		{"e: E", "e: String"}:                                true,
		{"ONE TWO", "ONE"}:                                   true,
		{"x: Int,", "x: Int!,"}:                              true,
		{"x: Int, ", ""}:                                     true,
		{"x: Int,", "x: Int, z: Int!,"}:                      true,
		{"q: Int", "q: Int!"}:                                true,
		{"q: Int", "q: Int r: Int!"}:                         true,
		{"enum E { ONE TWO }", "type E { ONE: Int }"}:        true,
		{"input I { p: Int! q: Int }", "input J { p: Int }"}: true,
	} {
		changed := strings.Replace(base, change[0], change[1], 1)
		load := func(s string) *ast.Schema { return gqlparser.MustLoadSchema(&ast.Source{Input: s}) }
		if faults := breaks(load(base), load(changed)); (len(faults) > 0) != breaking {
			t.Errorf("%q for %q: %v", change[1], change[0], faults)
		}
	}
}
