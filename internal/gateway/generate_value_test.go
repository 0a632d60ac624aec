package gateway_test

import (
	"encoding/json"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
)

// value writes a value of a type. A constant one holds no variables.
func (g *generator) value(t *ast.Type, depth int, constant bool) string {
	switch {
	case !constant && g.chance(60):
		return "$" + g.variable(t)
	case g.slip():
		return g.one("null", "1", "1.5", `"a"`, "true", "A", "[]", "{}", "[[]]", "[null]", "{a: 1}", "$v1", "$nothing", "2147483648", "-2147483649", "1.0", "1e3", "-0", "00", "0.", "1a", "9999999999999999999999")
	case !t.NonNull && g.chance(15):
		return "null"
	case t.Elem != nil:
		if g.chance(50) {
			return g.value(t.Elem, depth, constant) // one stands for a list of one
		}
		var items []string
		for range g.pick(3) {
			items = append(items, g.value(t.Elem, depth, constant))
		}
		return "[" + strings.Join(items, g.one(", ", " ")) + "]"
	}
	def := g.def(t.NamedType)
	switch def.Kind {
	case ast.Enum:
		name := def.EnumValues[g.pick(len(def.EnumValues))].Name
		if g.slip() {
			return g.one(`"`+name+`"`, strings.ToLower(name), name+"_", "__typename")
		}
		return name
	case ast.InputObject:
		return g.object(def, depth, constant)
	}
	switch def.Name {
	case "Int":
		if g.slip() {
			return g.one("2147483648", "-2147483649")
		}
		return g.one("1", "0", "-1", "2147483647", "-2147483648", "-0")
	case "Boolean":
		return g.one("true", "false")
	case "ID":
		return g.one(`"1"`, "1", `""`, "-1", "99999999999999999999", `"~"`, `"""1"""`)
	case "Float":
		return g.one("1", "1.5", "1e3", "-0.0")
	}
	return g.one(`"a"`, `""`, `"""block"""`, `"\u00e9\n\""`, `"\uD83D\uDE00"`, `"""a \""" b"""`, `"#"`, `"é"`, `"\u{1F600}"`, `"\b\f\n\r\t\/\\"`, "\"\"\"\n  a\n\t b\n\"\"\"")
}

func (g *generator) object(def *ast.Definition, depth int, constant bool) string {
	var fields []string
	for _, f := range def.Fields {
		if needed := f.Type.NonNull && f.DefaultValue == nil; needed != g.slip() || !needed && depth > 0 && g.chance(60) {
			fields = append(fields, f.Name+": "+g.value(f.Type, depth-1, constant))
		}
	}
	if g.slip() {
		fields = append(fields, "nothing: 1")
	}
	if g.slip() && len(fields) > 0 {
		fields = append(fields, fields[0])
	}
	return "{" + strings.Join(fields, g.one(", ", " ")) + "}"
}

// variable is the name of a variable that can stand where a type is wanted.
func (g *generator) variable(t *ast.Type) string {
	for _, v := range g.vars {
		if v.typ.String() == t.String() && g.chance(100) || g.slip() {
			return v.name
		}
	}
	typ := *t
	v := variable{name: g.name("v"), typ: &typ}
	switch {
	case g.slip():
		typ = *ast.NamedType(g.one("Int", "ID", "String", "Boolean", "Float", "ExtensionStatus"), nil)
	case g.slip():
		typ = *ast.ListType(t, nil)
	case g.slip() && t.Elem != nil:
		typ = *t.Elem
	case g.slip():
		typ.NonNull = false
	case t.NonNull && g.chance(60):
		v.def, typ.NonNull = true, false // unless its default is null, it can stand here
	case g.chance(60):
		typ.NonNull = true
	}
	g.vars = append(g.vars, v)
	return v.name
}

// values gives the variables values.
func (g *generator) values() map[string]any {
	out := map[string]any{}
	for _, v := range g.vars {
		if v.typ.NonNull != g.slip() || !v.typ.NonNull && g.chance(128) {
			out[v.name] = g.json(v.typ)
		}
	}
	if g.chance(10) {
		out["extra"] = 1
	}
	return out
}

// json makes the value of a variable.
func (g *generator) json(t *ast.Type) any {
	switch {
	case g.slip():
		return nil
	case g.slips > 0 && g.chance(3*g.slips): // a document has few variables
		return []any{nil, 1, 1.5, "a", true, []any{}, map[string]any{}, []any{nil}, map[string]any{"a": 1}, "2147483648", 2147483648, json.Number("-2147483649"),
			[]any{[]any{}}, json.Number("99999999999999999999"), "true", "1", json.Number("-0"), "", json.Number("1.0"), json.Number("1e2"), json.Number("1e400")}[g.pick(21)]
	case !t.NonNull && g.chance(20):
		return nil
	case t.Elem != nil:
		if g.chance(50) {
			return g.json(t.Elem)
		}
		items := []any{}
		for range g.pick(3) {
			items = append(items, g.json(t.Elem))
		}
		return items
	}
	def := g.def(t.NamedType)
	if def == nil {
		return 1
	}
	switch def.Kind {
	case ast.Enum:
		return def.EnumValues[g.pick(len(def.EnumValues))].Name
	case ast.InputObject:
		out := map[string]any{}
		for _, f := range def.Fields {
			if needed := f.Type.NonNull && f.DefaultValue == nil; needed != g.slip() || !needed && g.chance(60) {
				out[f.Name] = g.json(f.Type)
			}
		}
		if g.slip() {
			out["nothing"] = 1
		}
		return out
	}
	switch def.Name {
	case "Int":
		return []any{1, 0, -1, 2147483647, -2147483648}[g.pick(5)]
	case "Boolean":
		return g.chance(128)
	case "ID":
		return []any{"1", 1, "", -1, "~"}[g.pick(5)]
	case "Float":
		return []any{1, 1.5}[g.pick(2)]
	}
	return g.one("a", "", "é", "\U0001f600")
}
