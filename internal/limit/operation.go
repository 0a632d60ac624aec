package limit

import (
	"encoding/json"
	"math"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
)

// What a field counts: a value as itself, an object for what it takes to make, a connection
// for what it takes to cut, whatever is asked of it, and a part that comes later for itself.
const (
	costOfObject     = 10
	costOfConnection = 25
	costOfPart       = 25
)

// usualRows is how many rows a list counts that is not told how many: `first` and `last`
// are left out, or it takes neither.
const usualRows = 20

// Operation looks at a valid operation with its fragments spread, and at its cost. The cost
// is what it takes to make the answer: a field counts 1, one with fields of its own 10, a
// connection 25 and a @defer 25; and what stands in a list counts as often as `first` or
// `last` ask for, or as there are ids in `ids`, or items in the lists of `input`, or 20 times
// where nothing is said. Each fragment is measured once, so the work is linear in the document.
func (l Limits) Operation(doc *ast.QueryDocument, op *ast.OperationDefinition, variables map[string]any) *Error {
	m := &measurer{fragments: doc.Fragments, variables: variables, mostRows: l.Rows, known: map[string]measure{}}
	for _, v := range variables {
		m.longest = max(m.longest, longest(v))
	}
	size := m.set(op.SelectionSet)
	switch {
	case m.longest > l.List:
		return &Error{"values in a list", l.List}
	case m.roots(op.SelectionSet) > l.Roots:
		return &Error{"root fields", l.Roots}
	case size.depth > l.Depth:
		return &Error{"levels of fields", l.Depth}
	case size.fields > l.Fields:
		return &Error{"fields, fragments spread", l.Fields}
	case size.once+times(usualRows, size.perRow) > l.Cost:
		return &Error{"values to make in its answer, by its cost", l.Cost}
	}
	return nil
}

// measure is the size of a selection. Of a connection's selection it depends on the
// connection how often `nodes` and `edges` come, so these are counted apart.
type measure struct {
	depth  int
	fields int
	once   int // values, but for those in lists right in it
	perRow int // values of these lists, for one row
}

// enough stops counting before numbers overflow.
const enough = 1 << 30

func (m *measure) add(o measure) {
	m.depth = max(m.depth, o.depth)
	m.fields = min(m.fields+o.fields, enough)
	m.once = min(m.once+o.once, enough)
	m.perRow = min(m.perRow+o.perRow, enough)
}

// roots is how many fields a selection has right in it, those of one name counted once.
func (m *measurer) roots(set ast.SelectionSet) int {
	names, spread := map[string]bool{}, map[string]bool{}
	var walk func(ast.SelectionSet)
	walk = func(set ast.SelectionSet) {
		for _, sel := range set {
			switch sel := sel.(type) {
			case *ast.Field:
				names[sel.Alias] = true // its name, without an alias
			case *ast.InlineFragment:
				walk(sel.SelectionSet)
			case *ast.FragmentSpread:
				if def := m.fragments.ForName(sel.Name); def != nil && !spread[sel.Name] {
					spread[sel.Name] = true
					walk(def.SelectionSet)
				}
			}
		}
	}
	walk(set)
	return len(names)
}

type measurer struct {
	fragments ast.FragmentDefinitionList
	variables map[string]any
	mostRows  int
	known     map[string]measure
	longest   int // of the lists in arguments
}

func (m *measurer) set(set ast.SelectionSet) measure {
	var sum measure
	for _, sel := range set {
		switch sel := sel.(type) {
		case *ast.Field:
			sum.add(m.field(sel))
		case *ast.InlineFragment:
			sum.add(m.set(sel.SelectionSet))
			sum.add(part(sel.Directives))
		case *ast.FragmentSpread:
			sum.add(m.fragment(sel.Name))
			sum.add(part(sel.Directives))
		}
	}
	return sum
}

// part is what it takes to send a fragment with these directives.
func part(ds ast.DirectiveList) measure {
	if ds.ForName("defer") == nil {
		return measure{}
	}
	return measure{once: costOfPart}
}

func (m *measurer) field(f *ast.Field) measure {
	below := m.set(f.SelectionSet)
	size := measure{depth: below.depth + 1, fields: min(below.fields+1, enough)}
	rows, told := m.rows(f)
	list := f.Definition != nil && f.Definition.Type.Elem != nil && len(f.SelectionSet) > 0
	switch values := weight(f) + below.once; {
	case list && told: // nodes(ids:)
		size.once = 1 + times(rows, values+times(usualRows, below.perRow))
	case list:
		size.once, size.perRow = 1, values+times(usualRows, below.perRow)
	default: // an object, perhaps a connection
		size.once = values + times(rows, below.perRow)
	}
	return size
}

// weight is what a field counts by itself.
func weight(f *ast.Field) int {
	switch {
	case len(f.SelectionSet) == 0, strings.HasPrefix(f.Name, "__"),
		f.ObjectDefinition != nil && strings.HasPrefix(f.ObjectDefinition.Name, "__"):
		return 1 // a value, or a part of the schema, which is there already
	case f.Definition != nil && f.Definition.Arguments.ForName("first") != nil:
		return costOfConnection
	}
	return costOfObject
}

func times(n, values int) int {
	if n > 0 && values > enough/n {
		return enough
	}
	return n * values
}

// rows is how many rows the arguments of f ask for, and whether they say.
func (m *measurer) rows(f *ast.Field) (n int, told bool) {
	n = usualRows
	for _, arg := range f.Arguments {
		value := arg.Value
		if value == nil {
			continue
		}
		m.longest = max(m.longest, longestIn(value))
		switch arg.Name {
		case "first", "last":
			if asked, ok := m.number(value); ok && !told {
				n, told = int(max(0, min(asked, int64(m.mostRows)))), true
			}
		case "ids":
			n, told = m.length(value), true
		case "input": // of a mutation, whose payload has a result for each item
			n = max(n, m.items(value))
		}
	}
	return n, told
}

func (m *measurer) number(v *ast.Value) (int64, bool) {
	raw, err := v.Value(m.variables)
	if err != nil {
		return 0, false
	}
	switch n := raw.(type) {
	case int64:
		return n, true
	case int:
		return int64(n), true
	case float64:
		return int64(min(n, math.MaxInt32)), true
	case json.Number:
		i, err := n.Int64()
		return i, err == nil
	}
	return 0, false
}

// longest is the length of the longest list in a value.
func longest(value any) int {
	n := 0
	switch v := value.(type) {
	case []any:
		n = len(v)
		for _, item := range v {
			n = max(n, longest(item))
		}
	case map[string]any:
		for _, item := range v {
			n = max(n, longest(item))
		}
	}
	return n
}

// longestIn is the same of a value in the document.
func longestIn(v *ast.Value) int {
	n := 0
	if v.Kind == ast.ListValue {
		n = len(v.Children)
	}
	for _, child := range v.Children {
		n = max(n, longestIn(child.Value))
	}
	return n
}

// length is how many values a list has; a value in place of a list is one.
func (m *measurer) length(v *ast.Value) int {
	raw, err := v.Value(m.variables)
	if err != nil {
		return usualRows
	}
	if list, ok := raw.([]any); ok {
		return len(list)
	}
	return 1
}

// items is how many values the longest list right in an input object has.
func (m *measurer) items(v *ast.Value) int {
	raw, err := v.Value(m.variables)
	if err != nil {
		return 0
	}
	n := 0
	fields, _ := raw.(map[string]any)
	for _, value := range fields {
		list, _ := value.([]any)
		n = max(n, len(list))
	}
	return n
}

func (m *measurer) fragment(name string) measure {
	if known, ok := m.known[name]; ok {
		return known
	}
	def := m.fragments.ForName(name)
	if def == nil {
		return measure{}
	}
	m.known[name] = measure{} // validation has refused cycles; this ends them all the same
	size := m.set(def.SelectionSet)
	m.known[name] = size
	return size
}
