// Package plan reads a validated operation and tells what it asks of the upstream: which
// relations of which objects, with which arguments, in which ways they can be read, and
// what that costs. It is free of the server library's types, so that price, dry run and
// executor can stand on it; and it decides by what it is told, so that the price before
// the run and the loaders' choices cannot disagree. It must not know how calls are made,
// nor who is asking.
package plan

import (
	"iter"
	"slices"

	"github.com/vektah/gqlparser/v2/ast"

	"github.com/ringql/ringql/internal/rest"
)

// Node is one field of an operation after its fragments are spread: all
// selections that share its response key are merged.
type Node struct {
	Field    string // schema field
	Key      string // response key
	Type     string // the object type that the field is selected on
	Children []*Node

	within     *Node
	uses       []use
	operations []*rest.Operation // that reading it may call
}

// use is one place in the document where a node is selected.
type use struct {
	field *ast.Field
	when  []*ast.Directive // every @skip and @include on the way; all must agree
	later bool             // it comes in a part of its own
}

// Plan is an operation compiled. Its variables stay open: a Plan serves every
// request of the same document.
type Plan struct {
	Root *Node

	byField map[*ast.Field][]*Node
}

// Compile reads an operation. The document must be valid, and its size after
// spreading bounded, before this is called.
func Compile(doc *ast.QueryDocument, op *ast.OperationDefinition) *Plan {
	p := &Plan{Root: &Node{Field: string(op.Operation)}, byField: map[*ast.Field][]*Node{}}
	c := compiler{p, doc.Fragments}
	c.collect(p.Root, op.SelectionSet, scope{seen: map[string]bool{}})
	return p
}

// Of returns the node that a field of the document became; nil for a field that is
// not part of the operation. A field of a fragment that is spread in several places
// became several nodes, beside which other things are selected: parent is then asked
// for the node of the field that this one lies in.
func (p *Plan) Of(f *ast.Field, parent func() *Node) *Node {
	nodes := p.byField[f]
	if len(nodes) > 1 {
		in := parent()
		if i := slices.IndexFunc(nodes, func(n *Node) bool { return n.within == in }); i >= 0 {
			return nodes[i]
		}
	}
	if len(nodes) == 0 {
		return nil
	}
	return nodes[0]
}

type compiler struct {
	plan      *Plan
	fragments ast.FragmentDefinitionList
}

// scope is where fields are collected.
type scope struct {
	when []*ast.Directive // every @skip and @include on the way
	base int              // how many of them lie outside of the selection
	// later says that a fragment on the way is deferred.
	later bool
	seen  map[string]bool // fragments spread into it without a condition of its own: a second spread adds nothing
}

// under is s below a selection with directives ds.
func (s scope) under(ds ast.DirectiveList) scope {
	s.later = s.later || ds.ForName("defer") != nil
	for _, d := range ds {
		if d.Name == "skip" || d.Name == "include" {
			s.when = append(slices.Clip(s.when), d)
		}
	}
	return s
}

// collect adds the fields of set to n.
func (c compiler) collect(n *Node, set ast.SelectionSet, s scope) {
	for _, sel := range set {
		switch sel := sel.(type) {
		case *ast.Field:
			c.add(n, sel, s.under(sel.Directives))
		case *ast.InlineFragment:
			c.collect(n, sel.SelectionSet, s.under(sel.Directives))
		case *ast.FragmentSpread:
			in := s.under(sel.Directives)
			def := c.fragments.ForName(sel.Name)
			if def == nil || s.seen[sel.Name] {
				continue
			}
			if len(in.when) == s.base {
				s.seen[sel.Name] = true
			}
			c.collect(n, def.SelectionSet, in)
		}
	}
}

func (c compiler) add(n *Node, f *ast.Field, s scope) {
	on := ""
	if f.ObjectDefinition != nil {
		on = f.ObjectDefinition.Name
	}
	i := slices.IndexFunc(n.Children, func(known *Node) bool { return known.Key == f.Alias && known.Type == on })
	if i < 0 {
		i = len(n.Children)
		n.Children = append(n.Children, &Node{Field: f.Name, Key: f.Alias, Type: on, within: n, operations: operationsOf(f)})
	}
	child := n.Children[i]
	child.uses = append(child.uses, use{f, s.when, s.later})
	if !slices.Contains(c.plan.byField[f], child) {
		c.plan.byField[f] = append(c.plan.byField[f], child)
	}
	// What is selected on a field is there if that use of the field is.
	c.collect(child, f.SelectionSet, scope{when: s.when, base: len(s.when), later: s.later, seen: map[string]bool{}})
}

// operationsOf returns the operations that a field of the schema says it may call.
func operationsOf(f *ast.Field) []*rest.Operation {
	if f.Definition == nil {
		return nil
	}
	var ops []*rest.Operation
	for _, d := range f.Definition.Directives.ForNames("rest") {
		if arg := d.Arguments.ForName("operation"); arg != nil {
			if o := rest.OperationNamed(arg.Value.Raw); o != nil {
				ops = append(ops, o)
			}
		}
	}
	return ops
}

// Free says whether no field of the answer calls anything, with these variables.
func (p *Plan) Free(vars map[string]any) bool { return p.Root.free(vars) }

func (n *Node) free(vars map[string]any) bool {
	for c := range n.Select(vars) {
		if len(c.operations) > 0 || !c.free(vars) {
			return false
		}
	}
	return true
}

// Path says where n stands in the query, by the keys of the answer.
func (n *Node) Path() string {
	if n.within == nil || n.within.within == nil {
		return n.Key
	}
	return n.within.Path() + "." + n.Key
}

// Deferred says whether n comes in a part of the answer that is sent later.
func (n *Node) Deferred() bool {
	for _, u := range n.uses {
		if !u.later {
			return false
		}
	}
	return len(n.uses) > 0
}

// Included says whether n is part of the answer, with these variables.
func (n *Node) Included(vars map[string]any) bool {
	for _, u := range n.uses {
		if u.included(vars) {
			return true
		}
	}
	return false
}

func (u use) included(vars map[string]any) bool {
	for _, d := range u.when {
		arg := d.Arguments.ForName("if")
		if arg == nil {
			continue
		}
		v, err := arg.Value.Value(vars)
		if yes, ok := v.(bool); err == nil && ok && yes == (d.Name == "skip") {
			return false
		}
	}
	return true
}

// Args returns the field's arguments with their variables filled in.
func (n *Node) Args(vars map[string]any) map[string]any {
	if len(n.uses) == 0 {
		return nil
	}
	return n.uses[0].field.ArgumentMap(vars)
}

// Select returns the children of n that are part of the answer.
func (n *Node) Select(vars map[string]any) iter.Seq[*Node] {
	return func(yield func(*Node) bool) {
		for _, c := range n.Children {
			if c.Included(vars) && !yield(c) {
				return
			}
		}
	}
}

// Rows returns the selections on the rows of the connection that n is: those
// under nodes and those under edges and node.
func (n *Node) Rows(vars map[string]any) []*Node {
	var rows []*Node
	for c := range n.Select(vars) {
		switch c.Field {
		case "nodes":
			rows = append(rows, c)
		case "edges":
			for e := range c.Select(vars) {
				if e.Field == "node" {
					rows = append(rows, e)
				}
			}
		}
	}
	return rows
}
