// Package plan reads a validated operation and tells what it asks of the
// upstream: which relations of which objects, with which arguments. It is free
// of the server library's types, so that price, dry run and executor can stand on
// it. It must not know the upstream or who is asking.
package plan

import (
	"iter"
	"slices"

	"github.com/vektah/gqlparser/v2/ast"
)

// Node is one field of an operation after its fragments are spread: all
// selections that share its response key are merged.
type Node struct {
	Field    string // schema field
	Key      string // response key
	Type     string // the object type that the field is selected on
	Children []*Node

	uses []use
}

// use is one place in the document where a node is selected.
type use struct {
	field *ast.Field
	when  []*ast.Directive // every @skip and @include on the way; all must agree
}

// Plan is an operation compiled. Its variables stay open: a Plan serves every
// request of the same document.
type Plan struct {
	Root     *Node
	Deferred bool // whether parts of the answer may come later

	byField map[*ast.Field]*Node
}

// Compile reads an operation. The document must be valid, and its size after
// spreading bounded, before this is called.
func Compile(doc *ast.QueryDocument, op *ast.OperationDefinition) *Plan {
	p := &Plan{Root: &Node{Field: string(op.Operation)}, byField: map[*ast.Field]*Node{}}
	c := compiler{p, doc.Fragments}
	c.collect(p.Root, op.SelectionSet, nil, map[string]bool{})
	return p
}

// Of returns the node that a field of the document became. A field of a fragment
// that is spread in several places became several nodes, alike but for what else
// is selected beside it; any of them may be returned. It is nil for a field that
// is not part of the operation.
func (p *Plan) Of(f *ast.Field) *Node { return p.byField[f] }

type compiler struct {
	plan      *Plan
	fragments ast.FragmentDefinitionList
}

// collect adds the fields of set to n. seen holds the fragments already spread
// without a condition into n: a second spread adds nothing.
func (c compiler) collect(n *Node, set ast.SelectionSet, when []*ast.Directive, seen map[string]bool) {
	for _, sel := range set {
		switch sel := sel.(type) {
		case *ast.Field:
			c.add(n, sel, conditions(when, sel.Directives))
		case *ast.InlineFragment:
			c.deferred(sel.Directives)
			c.collect(n, sel.SelectionSet, conditions(when, sel.Directives), seen)
		case *ast.FragmentSpread:
			c.deferred(sel.Directives)
			conds := conditions(when, sel.Directives)
			def := c.fragments.ForName(sel.Name)
			if def == nil || seen[sel.Name] {
				continue
			}
			if len(conds) == 0 {
				seen[sel.Name] = true
			}
			c.collect(n, def.SelectionSet, conds, seen)
		}
	}
}

func (c compiler) deferred(ds ast.DirectiveList) {
	c.plan.Deferred = c.plan.Deferred || ds.ForName("defer") != nil
}

func (c compiler) add(n *Node, f *ast.Field, when []*ast.Directive) {
	on := ""
	if f.ObjectDefinition != nil {
		on = f.ObjectDefinition.Name
	}
	var child *Node
	for _, known := range n.Children {
		if known.Key == f.Alias && known.Type == on {
			child = known
		}
	}
	if child == nil {
		child = &Node{Field: f.Name, Key: f.Alias, Type: on}
		n.Children = append(n.Children, child)
	}
	child.uses = append(child.uses, use{f, when})
	c.plan.byField[f] = child
	c.collect(child, f.SelectionSet, nil, map[string]bool{})
}

// conditions appends the @skip and @include among ds to when.
func conditions(when []*ast.Directive, ds ast.DirectiveList) []*ast.Directive {
	for _, d := range ds {
		if d.Name == "skip" || d.Name == "include" {
			when = append(slices.Clip(when), d)
		}
	}
	return when
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
