package limit

import (
	"encoding/json"
	"math"

	"github.com/vektah/gqlparser/v2/ast"
)

// usualRows is how many rows a list counts that is not told how many: `first` and `last`
// are left out, or it takes neither.
const usualRows = 20

// Operation looks at a valid operation with its fragments spread, and at its cost. The cost
// is the number of values that the answer may have: a field counts one, and what stands in a
// list counts as often as `first` or `last` ask for, or as there are ids in `ids`, or 20 times
// where nothing is said. Each fragment is measured once, so the work is linear in the document.
func (l Limits) Operation(doc *ast.QueryDocument, op *ast.OperationDefinition, variables map[string]any) *Error {
	m := measurer{doc.Fragments, variables, l.Rows, map[string]measure{}}
	size := m.set(op.SelectionSet)
	switch {
	case size.top > l.Roots:
		return &Error{"root fields", l.Roots}
	case size.depth > l.Depth:
		return &Error{"levels of fields", l.Depth}
	case size.fields > l.Fields:
		return &Error{"fields, fragments spread", l.Fields}
	case size.once+times(usualRows, size.perRow) > l.Cost:
		return &Error{"values in its answer", l.Cost}
	}
	return nil
}

// measure is the size of a selection. Of a connection's selection it depends on the
// connection how often `nodes` and `edges` come, so these are counted apart.
type measure struct {
	top    int // fields right in it
	depth  int
	fields int
	once   int // values, but for those in lists right in it
	perRow int // values of these lists, for one row
}

// enough stops counting before numbers overflow.
const enough = 1 << 30

func (m *measure) add(o measure) {
	m.depth = max(m.depth, o.depth)
	m.top = min(m.top+o.top, enough)
	m.fields = min(m.fields+o.fields, enough)
	m.once = min(m.once+o.once, enough)
	m.perRow = min(m.perRow+o.perRow, enough)
}

type measurer struct {
	fragments ast.FragmentDefinitionList
	variables map[string]any
	mostRows  int
	known     map[string]measure
}

func (m measurer) set(set ast.SelectionSet) measure {
	var sum measure
	for _, sel := range set {
		switch sel := sel.(type) {
		case *ast.Field:
			sum.add(m.field(sel))
		case *ast.InlineFragment:
			sum.add(m.set(sel.SelectionSet))
		case *ast.FragmentSpread:
			sum.add(m.fragment(sel.Name))
		}
	}
	return sum
}

func (m measurer) field(f *ast.Field) measure {
	below := m.set(f.SelectionSet)
	size := measure{top: 1, depth: below.depth + 1, fields: min(below.fields+1, enough)}
	rows, told := m.rows(f)
	list := f.Definition != nil && f.Definition.Type.Elem != nil && len(f.SelectionSet) > 0
	switch values := 1 + below.once; {
	case list && told: // nodes(ids:)
		size.once = 1 + times(rows, values+times(usualRows, below.perRow))
	case list:
		size.once, size.perRow = 1, values+times(usualRows, below.perRow)
	default: // an object, perhaps a connection
		size.once = values + times(rows, below.perRow)
	}
	return size
}

func times(n, values int) int {
	if n > 0 && values > enough/n {
		return enough
	}
	return n * values
}

// rows is how many rows the arguments of f ask for, and whether they say.
func (m measurer) rows(f *ast.Field) (n int, told bool) {
	for _, arg := range f.Arguments {
		value := arg.Value
		if value == nil {
			continue
		}
		switch arg.Name {
		case "first", "last":
			if asked, ok := m.number(value); ok {
				return int(max(0, min(asked, int64(m.mostRows)))), true
			}
		case "ids":
			return m.length(value), true
		}
	}
	return usualRows, false
}

func (m measurer) number(v *ast.Value) (int64, bool) {
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

// length is how many values a list has; a value in place of a list is one.
func (m measurer) length(v *ast.Value) int {
	raw, err := v.Value(m.variables)
	if err != nil {
		return usualRows
	}
	if list, ok := raw.([]any); ok {
		return len(list)
	}
	return 1
}

func (m measurer) fragment(name string) measure {
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
