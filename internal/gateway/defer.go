package gateway

import "github.com/vektah/gqlparser/v2/ast"

// flattenDefer drops every @defer that stands within another: its fields come with the
// outer part. The server library sends parts as they are ready, and one that came before
// the part it belongs to would be lost by whoever puts them together. Of a mutation the
// library sends the first part alone, so there every @defer is dropped, and so it is for a
// client that reads no parts.
func flattenDefer(doc *ast.QueryDocument, inParts bool) {
	f := flattener{doc.Fragments, map[string]bool{}}
	for _, op := range doc.Operations {
		f.set(op.SelectionSet, !inParts || op.Operation != ast.Query)
	}
	for _, def := range doc.Fragments {
		f.set(def.SelectionSet, !inParts)
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
