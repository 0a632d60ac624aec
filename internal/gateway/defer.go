package gateway

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
)

// settleDefer makes of the parts that a document asks for those that the server library
// sends well. Every @defer that stands within another is dropped: its fields come with the
// outer part, for parts are sent as they are ready, and one that came before the part it
// belongs to would be lost by whoever puts them together. Of a mutation the library sends
// the first part alone, so there all are dropped, and so they are for a client that reads
// no parts. Those that are left get labels of their own.
func settleDefer(doc *ast.QueryDocument, inParts bool) {
	f := flattener{doc.Fragments, map[string]bool{}}
	for _, op := range doc.Operations {
		f.set(op.SelectionSet, !inParts || op.Operation != ast.Query)
	}
	for _, def := range doc.Fragments {
		f.set(def.SelectionSet, !inParts)
	}
	if !inParts {
		return
	}
	l := labeller{fragments: doc.Fragments}
	for _, op := range doc.Operations {
		l.set(op.SelectionSet)
	}
	for _, def := range doc.Fragments {
		l.set(def.SelectionSet)
	}
}

type flattener struct {
	fragments ast.FragmentDefinitionList
	within    map[string]bool // fragments that were found to be spread in a part
}

func (f flattener) set(set ast.SelectionSet, deferred bool) {
	for _, sel := range set {
		switch sel := sel.(type) {
		case *ast.Field:
			f.set(sel.SelectionSet, deferred)
		case *ast.InlineFragment:
			f.set(sel.SelectionSet, f.drop(&sel.Directives, deferred))
		case *ast.FragmentSpread:
			if f.drop(&sel.Directives, deferred) && !f.within[sel.Name] {
				f.within[sel.Name] = true
				if def := f.fragments.ForName(sel.Name); def != nil {
					f.set(def.SelectionSet, true)
				}
			}
		}
	}
}

// drop takes @defer off if it stands in a part; it reports whether what is below does.
func (f flattener) drop(ds *ast.DirectiveList, deferred bool) bool {
	var kept ast.DirectiveList
	for _, d := range *ds {
		switch {
		case d.Name != "defer":
			kept = append(kept, d)
		case !deferred:
			return true // the outermost stays
		}
	}
	*ds = kept
	return deferred
}

// labeller gives every @defer a label of its own, in which those of the client's are told
// that it stands for. The library takes parts of one object and one label for one, and gives
// a field that two parts of an object share to one of them; so those that share a field are
// one part here, and are sent under each of their labels.
type labeller struct {
	fragments ast.FragmentDefinitionList
	last      int
}

// part is what one @defer, or several that share fields, stand for.
type part struct {
	directives []*ast.Directive
	names      map[string]bool // of the fields in it
}

func (l *labeller) set(set ast.SelectionSet) {
	var parts []*part
	for _, sel := range set {
		var below ast.SelectionSet
		var d *ast.Directive
		switch sel := sel.(type) {
		case *ast.Field:
			l.set(sel.SelectionSet)
			continue
		case *ast.InlineFragment:
			below, d = sel.SelectionSet, sel.Directives.ForName("defer")
			l.set(below)
		case *ast.FragmentSpread:
			d = sel.Directives.ForName("defer")
			if def := l.fragments.ForName(sel.Name); def != nil {
				below = def.SelectionSet
			}
		}
		if d == nil {
			continue
		}
		p := &part{[]*ast.Directive{d}, map[string]bool{}}
		l.names(below, p.names, map[string]bool{})
		parts = joined(parts, p)
	}
	for _, p := range parts {
		l.label(p)
	}
}

// names gathers the names under which the fields of a selection answer.
func (l *labeller) names(set ast.SelectionSet, into, spread map[string]bool) {
	for _, sel := range set {
		switch sel := sel.(type) {
		case *ast.Field:
			into[sel.Alias] = true // its name, without an alias
		case *ast.InlineFragment:
			l.names(sel.SelectionSet, into, spread)
		case *ast.FragmentSpread:
			if def := l.fragments.ForName(sel.Name); def != nil && !spread[sel.Name] {
				spread[sel.Name] = true
				l.names(def.SelectionSet, into, spread)
			}
		}
	}
}

// joined adds p to parts, as one with those it shares a field and a condition with.
func joined(parts []*part, p *part) []*part {
	var apart []*part
	for _, other := range parts {
		shared := false
		for name := range other.names {
			shared = shared || p.names[name]
		}
		shared = shared && sameIf(other.directives[0], p.directives[0])
		if !shared {
			apart = append(apart, other)
			continue
		}
		p.directives = append(other.directives, p.directives...)
		for name := range other.names {
			p.names[name] = true
		}
	}
	return append(apart, p)
}

// sameIf says whether two parts come under one condition.
func sameIf(a, b *ast.Directive) bool {
	condition := func(d *ast.Directive) string {
		if arg := d.Arguments.ForName("if"); arg != nil {
			return arg.Value.String()
		}
		return ""
	}
	return condition(a) == condition(b)
}

func (l *labeller) label(p *part) {
	var theirs []string
	for _, d := range p.directives {
		label := ""
		if arg := d.Arguments.ForName("label"); arg != nil && arg.Value.Kind != ast.Variable {
			label = arg.Value.Raw
		}
		if !slices.Contains(theirs, label) {
			theirs = append(theirs, label)
		}
	}
	text, _ := json.Marshal(theirs) // texts can be written
	l.last++
	for _, d := range p.directives {
		label := &ast.Argument{Name: "label", Value: &ast.Value{Kind: ast.StringValue, Raw: fmt.Sprintf("%d %s", l.last, text)}}
		args := ast.ArgumentList{label}
		if arg := d.Arguments.ForName("if"); arg != nil {
			args = append(args, arg)
		}
		d.Arguments = args
	}
}

// labelsOf returns the client's labels that a label of labeller's tells; one that is empty
// for none.
func labelsOf(label string) []string {
	var theirs []string
	if _, text, ok := strings.Cut(label, " "); !ok || json.Unmarshal([]byte(text), &theirs) != nil {
		return []string{""}
	}
	return theirs
}
