package rule

import (
	"encoding/binary"
	"fmt"
	"slices"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/validator/core"
)

// mostCompared bounds how many fields are looked at to find out whether those of one name
// agree: a document can be made to have very many sets of fields that meet.
const mostCompared = 200_000

// overlappingFieldsCanBeMerged demands that fields which answer under one name are the same
// field with the same arguments, or at least of one shape where an object can have but one
// of them. The library's rule compares each with each, and takes all lists and all objects
// that are arguments for equal: of two mutations of one name only the first was carried out.
// Fields that meet are compared as a group with the first of them here, and each set of
// fields is looked at once.
// Source: the specification, "Field Selection Merging"; the way is that of S. Adameit,
// "A new algorithm for validating overlapping fields".
func overlappingFieldsCanBeMerged(observers *core.Events, addError core.AddErrFunc) {
	observers.OnOperation(func(walker *core.Walker, op *ast.OperationDefinition) {
		m := &merger{
			schema: walker.Schema, add: addError,
			ids: map[*ast.Field]uint32{}, seen: map[string]bool{}, told: map[*ast.Field]bool{},
		}
		all := m.expand([]ast.SelectionSet{op.SelectionSet})
		m.same(all)
		m.shapes(all)
		if m.left() < 0 {
			addError(core.Message("Fields of one name meet in too many ways: at most %d are compared.", mostCompared), core.At(op.Position))
		}
	})
}

type merger struct {
	schema   *ast.Schema
	add      core.AddErrFunc
	ids      map[*ast.Field]uint32
	seen     map[string]bool // sets of fields that were looked at
	told     map[*ast.Field]bool
	compared int
}

func (m *merger) left() int { return mostCompared - m.compared }

// expand returns the fields of some sets, fragments spread, each once.
func (m *merger) expand(sets []ast.SelectionSet) []*ast.Field {
	var fields []*ast.Field
	met, spread := map[*ast.Field]bool{}, map[string]bool{}
	var walk func(ast.SelectionSet)
	walk = func(set ast.SelectionSet) {
		for _, sel := range set {
			switch sel := sel.(type) {
			case *ast.Field:
				if !met[sel] {
					met[sel] = true
					fields = append(fields, sel)
				}
			case *ast.InlineFragment:
				walk(sel.SelectionSet)
			case *ast.FragmentSpread:
				if sel.Definition != nil && !spread[sel.Name] {
					spread[sel.Name] = true
					walk(sel.Definition.SelectionSet)
				}
			}
		}
	}
	for _, set := range sets {
		walk(set)
	}
	m.compared += len(fields)
	return fields
}

// first says whether a set of fields is looked at for the first time.
func (m *merger) first(kind byte, fields []*ast.Field) bool {
	ids := make([]uint32, len(fields))
	for i, f := range fields {
		id, ok := m.ids[f]
		if !ok {
			id = uint32(len(m.ids))
			m.ids[f] = id
		}
		ids[i] = id
	}
	slices.Sort(ids)
	key := []byte{kind}
	for _, id := range ids {
		key = binary.LittleEndian.AppendUint32(key, id)
	}
	if m.seen[string(key)] || m.left() < 0 {
		return false
	}
	m.seen[string(key)] = true
	return true
}

// groups are the fields of each response name, in the order of the document.
func groups(fields []*ast.Field) [][]*ast.Field {
	at := make(map[string]int, len(fields))
	var all [][]*ast.Field
	for _, f := range fields {
		name := responseName(f)
		i, ok := at[name]
		if !ok {
			i = len(all)
			at[name] = i
			all = append(all, nil)
		}
		all[i] = append(all[i], f)
	}
	return all
}

func responseName(f *ast.Field) string {
	if f.Alias != "" {
		return f.Alias
	}
	return f.Name
}

func (m *merger) below(fields []*ast.Field) []*ast.Field {
	sets := make([]ast.SelectionSet, len(fields))
	for i, f := range fields {
		sets[i] = f.SelectionSet
	}
	return m.expand(sets)
}

// shapes demands that fields of one name have answers of one shape, whatever objects they
// are fields of.
func (m *merger) shapes(fields []*ast.Field) {
	if !m.first('s', fields) {
		return
	}
	for _, group := range groups(fields) {
		for _, f := range group[1:] {
			a, b := typeOf(group[0]), typeOf(f)
			if a != nil && b != nil && m.differ(a, b) {
				m.conflict(f, fmt.Sprintf(`they return conflicting types "%s" and "%s"`, a, b))
			}
		}
		if below := m.below(group); len(below) > 0 {
			m.shapes(below)
		}
	}
}

// typeOf is the type of a field; nil when it is of none.
func typeOf(f *ast.Field) *ast.Type {
	switch {
	case f.Name == "__typename":
		return ast.NonNullNamedType("String", nil) // the library has it nullable
	case f.Definition == nil:
		return nil
	}
	return f.Definition.Type
}

// differ says whether answers of two types have different shapes.
func (m *merger) differ(a, b *ast.Type) bool {
	switch {
	case a.NonNull != b.NonNull, (a.Elem == nil) != (b.Elem == nil):
		return true
	case a.Elem != nil:
		return m.differ(a.Elem, b.Elem)
	}
	return a.NamedType != b.NamedType && (m.leaf(a) || m.leaf(b))
}

func (m *merger) leaf(t *ast.Type) bool {
	def := m.schema.Types[t.NamedType]
	return def == nil || def.IsLeafType()
}

// same demands that fields of one name are the same field, where one object may have both.
func (m *merger) same(fields []*ast.Field) {
	if !m.first('n', fields) {
		return
	}
	for _, group := range groups(fields) {
		for _, together := range byObject(group) {
			for _, f := range together[1:] {
				switch a := together[0]; {
				case a.Name != f.Name:
					m.conflict(f, fmt.Sprintf(`"%s" and "%s" are different fields`, a.Name, f.Name))
				case !sameArguments(a.Arguments, f.Arguments):
					m.conflict(f, "they have differing arguments")
				}
			}
			if below := m.below(together); len(below) > 0 {
				m.same(below)
			}
		}
	}
}

// byObject returns, for each type of object, the fields that an object of it has: its own,
// and those of interfaces, which it may have.
func byObject(group []*ast.Field) [][]*ast.Field {
	own, order := map[string][]*ast.Field{}, []string{}
	var shared []*ast.Field
	for _, f := range group {
		if f.ObjectDefinition == nil || f.ObjectDefinition.Kind != ast.Object {
			shared = append(shared, f)
			continue
		}
		name := f.ObjectDefinition.Name
		if own[name] == nil {
			order = append(order, name)
		}
		own[name] = append(own[name], f)
	}
	if len(order) == 0 {
		return [][]*ast.Field{shared}
	}
	all := make([][]*ast.Field, len(order))
	for i, name := range order {
		all[i] = slices.Concat(own[name], shared)
	}
	return all
}

func (m *merger) conflict(f *ast.Field, why string) {
	if m.told[f] {
		return
	}
	m.told[f] = true
	m.add(core.Message(`Fields "%s" conflict because %s. Use different aliases on the fields to fetch both if this was intentional.`,
		responseName(f), why), core.At(f.Position))
}

func sameArguments(a, b ast.ArgumentList) bool {
	if len(a) != len(b) {
		return false
	}
	for _, arg := range a {
		other := b.ForName(arg.Name)
		if other == nil || !sameValue(arg.Value, other.Value) {
			return false
		}
	}
	return true
}

// sameValue says whether two values are the same, in whatever order objects have their
// fields.
func sameValue(a, b *ast.Value) bool {
	if a.Kind != b.Kind || a.Raw != b.Raw || len(a.Children) != len(b.Children) {
		return false
	}
	for i, child := range a.Children {
		other := b.Children[i].Value
		if a.Kind == ast.ObjectValue {
			other = b.Children.ForName(child.Name)
		}
		if other == nil || !sameValue(child.Value, other) {
			return false
		}
	}
	return true
}
