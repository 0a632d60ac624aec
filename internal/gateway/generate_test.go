package gateway_test

import (
	"fmt"
	"slices"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
)

// generator makes requests out of bytes: each choice takes one, and where there are none
// left the first and simplest is taken. Most requests are valid; the others nearly are.
type generator struct {
	schema *ast.Schema
	types  []string // all names, in order
	bytes  []byte
	slips  int // chance, of 256, of a fault wherever one can be made

	vars      []variable // of the operation that is being made
	fragments []fragment
	made      int // names so far
}

type variable struct {
	name string
	typ  *ast.Type
	def  bool // it needs a default
}

type fragment struct {
	name, on, text string
	done           bool
}

// request is what a client asks.
type request struct {
	Query         string         `json:"query"`
	Variables     map[string]any `json:"variables,omitempty"`
	OperationName string         `json:"operationName,omitempty"`
}

func newGenerator(schema *ast.Schema, bytes []byte) *generator {
	g := &generator{schema: schema, bytes: bytes}
	for name := range schema.Types {
		g.types = append(g.types, name)
	}
	slices.Sort(g.types)
	g.slips = []int{0, 0, 2, 4, 10}[g.pick(5)]
	return g
}

func (g *generator) next() int {
	if len(g.bytes) == 0 {
		return 0
	}
	b := g.bytes[0]
	g.bytes = g.bytes[1:]
	return int(b)
}

func (g *generator) pick(n int) int                  { return g.next() % n }
func (g *generator) chance(of256 int) bool           { return g.next() > 255-of256 }
func (g *generator) slip() bool                      { return g.slips > 0 && g.chance(g.slips) }
func (g *generator) one(all ...string) string        { return all[g.pick(len(all))] }
func (g *generator) name(prefix string) string       { g.made++; return fmt.Sprint(prefix, g.made) }
func (g *generator) def(name string) *ast.Definition { return g.schema.Types[name] }

// request makes one.
func (g *generator) request() request {
	var r request
	var text []string
	mutates := g.chance(40)
	count := 1
	if g.chance(30) {
		count = 2
	}
	for i := range count {
		name := ""
		if count > 1 && !g.slip() || g.chance(100) {
			name = string(rune('A' + i))
			if g.slip() {
				name = "A"
			}
			if i == 0 {
				r.OperationName = name
			}
		}
		g.vars = nil
		text = append(text, g.operation(name, mutates && i == 0))
		if i == 0 {
			r.Variables = g.values()
		}
	}
	switch {
	case count == 1 && g.chance(128):
		r.OperationName = ""
	case g.slip():
		r.OperationName = g.one("", "B", "Z", "F1")
	}
	for _, f := range g.fragments {
		text = append(text, f.text)
	}
	if g.slip() {
		text = append(text, g.one("fragment Unused on Query { __typename }", "fragment F1 on Query { __typename }", "type X { a: Int }",
			"extend type Query { a: Int }", "directive @x on FIELD", "fragment on on Query { __typename }", "schema { query: Query }", `"described" fragment Said on Query { __typename }`, "query A { __typename }", "{ __typename }"))
	}
	if g.chance(60) {
		slices.Reverse(text)
	}
	r.Query = strings.Join(text, g.one(" ", "\n", ",", "\n# a comment\n", "\ufeff"))
	if g.slips > 0 && g.chance(40) {
		r.Query = g.spoiled(r.Query)
	}
	return r
}

// spoiled changes a few bytes of a text.
func (g *generator) spoiled(text string) string {
	for range 1 + g.pick(2) {
		at := (g.next()<<8 + g.next()) % (len(text) + 1)
		end := min(len(text), at+g.pick(4))
		text = text[:at] + g.one("", "", "{", "}", "(", ")", "[", "]", "$", "!", "@", ":", "=", "|", "&", "...", "..", ".", "\"", "\"\"\"", "\\", "0", "1", "-", "1.", "1e", "00", "0x1", "1a", "é", "\x00", "\ufeff", "\\u{1F600}", "\\uD83D", "#", "\r", ",", " ", "_", "on", "null", "true", "query") + text[end:]
	}
	return strings.ToValidUTF8(text, "")
}

func (g *generator) operation(name string, mutates bool) string {
	kind, root := "query", g.schema.Query
	if mutates {
		kind, root = "mutation", g.schema.Mutation
	}
	set := g.selection(root, 4)
	if g.slip() {
		kind = g.one("subscription", "mutation", "query", "Query", "fragment")
	}
	if name == "" && len(g.vars) == 0 && kind == "query" && g.chance(128) {
		return set
	}
	var defs []string
	for _, v := range g.vars {
		defs = append(defs, g.definition(v))
	}
	if g.slip() {
		defs = append(defs, g.one("$unused: Int", "$v1: Int", "$v1: ID", "$o: Extension", "$n: Nothing", "$r: RateLimitGroup", "$d: Int @deprecated", "$s: [Int!]! = [1, null]"))
	}
	if g.slip() && len(defs) > 0 {
		defs = defs[1:]
	}
	out := g.described() + kind + " " + name
	if len(defs) > 0 {
		out += "(" + strings.Join(defs, g.one(", ", " ")) + ")"
	}
	if g.slip() {
		out += g.one(" @skip(if: true)", " @nothing", " @include(if: $v1)", " @deprecated", " @rest(operation: \"a\", group: LIGHT)", "()", " @defer")
	}
	return out + " " + set
}

// definition defines a variable.
func (g *generator) definition(v variable) string {
	out := g.described() + "$" + v.name + ": " + v.typ.String()
	if v.def || g.chance(40) || g.slip() {
		vars := g.vars
		g.vars = nil
		value := g.value(v.typ, 2, true)
		g.vars = vars
		out += " = " + value
	}
	if g.slip() {
		out += g.one(" @skip(if: true)", " @nothing", " = 1", "!", "]")
	}
	return out
}

// described is a description: documents may have them since September 2025.
func (g *generator) described() string {
	if g.slip() {
		return g.one(`"described" `, `"""described""" `)
	}
	return ""
}

func composite(def *ast.Definition) bool { return def != nil && def.IsCompositeType() }

// selection selects of a type.
func (g *generator) selection(def *ast.Definition, depth int) string {
	if g.slip() {
		return g.one("{}", "{ __typename }", "{ nothing }", "{ ... }", "{ on }", "{ , }")
	}
	var out []string
	used := map[string]bool{}
	for range 1 + g.pick(3) {
		switch {
		case depth > 0 && g.chance(25):
			on := g.on(def)
			head := "... on " + on
			if on == def.Name && g.chance(100) {
				head = "..."
			}
			out = append(out, head+g.directives(true)+" "+g.selection(g.orSome(on), depth-1))
		case depth > 0 && g.chance(25):
			out = append(out, "..."+g.spread(def, depth-1)+g.directives(true))
		case g.chance(12):
			out = append(out, "__typename"+g.directives(false))
		default:
			out = append(out, g.field(def, depth, used))
		}
	}
	return "{ " + strings.Join(out, g.one(" ", ", ", "\n")) + " }"
}

// on is a type that a fragment within another type can be on.
func (g *generator) on(def *ast.Definition) string {
	if g.slip() {
		return g.types[g.pick(len(g.types))]
	}
	fit := []string{def.Name}
	for _, t := range g.schema.GetPossibleTypes(def) {
		fit = append(fit, t.Name)
		for _, i := range g.schema.GetImplements(t) {
			fit = append(fit, i.Name)
		}
	}
	return g.one(fit...)
}

// orSome is a type to select of, even where a fault has named one that has no fields.
func (g *generator) orSome(name string) *ast.Definition {
	if def := g.def(name); composite(def) {
		return def
	}
	return g.schema.Query
}

// spread is the name of a fragment, made here or before.
func (g *generator) spread(def *ast.Definition, depth int) string {
	if g.slip() {
		return g.one("Nothing", "F1", "F2", " on", "on Query")
	}
	for _, f := range g.fragments {
		if f.on == def.Name && f.done && g.chance(128) {
			return f.name
		}
	}
	name, on, at := g.name("F"), g.on(def), len(g.fragments)
	g.fragments = append(g.fragments, fragment{name: name, on: on})
	text := g.described() + "fragment " + name + " on " + on + " "
	if g.slip() {
		text = "fragment " + g.one("on", "F1", name+" on Extension @skip(if: true)", name+" on "+on+" @nothing", name) + " on " + on + " "
	}
	text += g.selection(g.orSome(on), depth)
	g.fragments[at].text, g.fragments[at].done = text, true
	return name
}

// field selects a field; used are the names that the selection has already.
func (g *generator) field(def *ast.Definition, depth int, used map[string]bool) string {
	if g.slip() {
		return g.one("nothing", "__schema", "__type", "__schema { types { name } }", `__type(name: "Node") { name fields(includeDeprecated: true) { name } }`, "a: b: id", "id: __typename", "1", "$v1", "__nothing")
	}
	var fit ast.FieldList
	for _, f := range def.Fields {
		if !strings.HasPrefix(f.Name, "__") && (depth > 0 || !composite(g.def(f.Type.Name()))) {
			fit = append(fit, f)
		}
	}
	if len(fit) == 0 {
		return "__typename"
	}
	f := fit[g.pick(len(fit))]
	out, answer := f.Name, f.Name
	switch {
	case g.chance(12):
		answer = g.one("a", "b") // which may clash with another
		out = answer + ": " + f.Name
	case used[f.Name] && !g.slip():
		answer = g.name("x")
		out = answer + ": " + f.Name
	}
	used[answer] = true
	out += g.arguments(f.Arguments) + g.directives(false)
	if composite(g.def(f.Type.Name())) != g.slip() {
		out += " " + g.selection(g.orSome(f.Type.Name()), depth-1)
	}
	return out
}

func (g *generator) arguments(defs ast.ArgumentDefinitionList) string {
	var out []string
	for _, d := range defs {
		if needed := d.Type.NonNull && d.DefaultValue == nil; needed != g.slip() || !needed && g.chance(70) {
			out = append(out, d.Name+": "+g.value(d.Type, 3, false))
		}
	}
	if g.slip() {
		out = append(out, g.one("nothing: 1", "id: 1", "first: 1", "input: null", "filter: {}"))
	}
	if len(out) == 0 {
		return ""
	}
	return "(" + strings.Join(out, g.one(", ", " ")) + ")"
}

func (g *generator) directives(inParts bool) string {
	out := ""
	if g.chance(20) {
		out += " @" + g.one("skip", "include") + "(if: " + g.value(ast.NonNullNamedType("Boolean", nil), 0, false) + ")"
	}
	if inParts && g.chance(20) || g.slip() {
		out += " @defer" + g.one("", "(if: true)", `(label: "a")`, "(if: $v1)", "(label: $v1)", "(if: null)", `(label: "a", if: false)`)
	}
	if g.slip() {
		out += g.one(" @skip", " @skip(if: 1)", " @nothing", " @deprecated", ` @rest(operation: "a", group: LIGHT)`, " @skip(if: true) @skip(if: true)", " @include(if: true, unless: 1)", " @skip(if: null)", " @oneOf", ` @specifiedBy(url: "")`)
	}
	return out
}
