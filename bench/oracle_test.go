package bench

import (
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/validator/rules"
)

// oracle knows the company, and declares what a query needs of the upstream and every way
// there is to it.
type oracle struct {
	*problem
	w      *world
	schema *ast.Schema
	vars   map[string]any
	// listsDevices says that the account's list of devices may stand in for those of
	// extensions. Today's description does not list that operation.
	listsDevices bool
}

func loadSchema(t testing.TB) *ast.Schema {
	t.Helper()
	files, err := filepath.Glob("../graph/*.graphqls")
	if err != nil || len(files) == 0 {
		t.Fatal("no schema")
	}
	var sources []*ast.Source
	for _, f := range files {
		text, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		sources = append(sources, &ast.Source{Name: f, Input: string(text)})
	}
	schema, err := gqlparser.LoadSchema(sources...)
	if err != nil {
		t.Fatal(err)
	}
	return schema
}

// optimum returns the fewest calls that answer an example.
func (w *world) optimum(t testing.TB, schema *ast.Schema, e example, listsDevices bool) *solution {
	t.Helper()
	doc, err := gqlparser.LoadQueryWithRules(schema, e.query, rules.NewDefaultRules())
	if err != nil {
		t.Fatalf("%s: %v", e.name, err)
	}
	vars := e.vars
	if e.cursor != "" {
		vars = map[string]any{e.cursor: "a cursor"}
	}
	o := &oracle{problem: &problem{shows: map[call]map[fact]bool{}}, w: w, schema: schema, vars: vars, listsDevices: listsDevices}
	o.query(doc.Operations[0].SelectionSet)
	o.lookAhead()
	return o.solve()
}

// lookAhead adds that what is read by ids can also be read from the account's lists, from
// the first page up to any.
func (o *oracle) lookAhead() {
	for _, l := range []list{o.extensions(nil), o.numbers(nil)} {
		if !slices.ContainsFunc(o.wants, func(w want) bool { return w.operation == l.by }) && !o.anyWay(l.by) {
			continue
		}
		ways := []way{{}}
		for to := mostRows; ; to += mostRows {
			ways = append(ways, way{calls: o.pages(l, 0, min(to, len(l.rows)))})
			if to >= len(l.rows) {
				break
			}
		}
		o.needs = append(o.needs, need{ways: ways})
	}
}

func (o *oracle) anyWay(operation string) bool {
	for _, n := range o.needs {
		for _, w := range n.ways {
			if slices.ContainsFunc(w.wants, func(w want) bool { return w.operation == operation }) {
				return true
			}
		}
	}
	return false
}

// list is a list of the upstream's with all its rows.
type list struct {
	operation, filter string
	rows              []row
	facts             func(row) []fact // that a row tells
	by                string           // the operation that reads its rows by their ids
}

func (o *oracle) extensions(filter url.Values) list {
	return list{"listExtensions", filter.Encode(), o.w.list(v1+"/extension", filter),
		func(r row) []fact { return []fact{record(string(r.ID))} }, "readExtension"}
}

func (o *oracle) numbers(filter url.Values) list {
	l := list{"listAccountPhoneNumbers", filter.Encode(), nil,
		func(r row) []fact { return []fact{number(string(r.ID)), owner(string(r.ID))} }, "readAccountPhoneNumber"}
	if filter.Get("usageType") == "Inventory" { // v1.0 does not know it
		l.operation, l.rows = "listAccountPhoneNumbersV2", o.w.list(v2+"/phone-numbers", filter)
		l.facts = func(r row) []fact { return []fact{owner(string(r.ID))} }
		return l
	}
	l.rows = o.w.list(v1+"/phone-number", filter)
	return l
}

// record is what lists tell of an extension, whole what only its read by id does.
func record(id string) fact { return fact("extension " + id) }
func whole(id string) fact  { return fact("whole extension " + id) }

// number is all of a phone number, owner who has it.
func number(id string) fact { return fact("number " + id) }
func owner(id string) fact  { return fact("owner of number " + id) }

func device(id string) fact { return fact("device " + id) }

// pages are the calls for rows [from, to) of a list: one where a page can hold them, else
// the largest there are.
func (o *oracle) pages(l list, from, to int) (calls []call) {
	for size := max(to-from, 1); size <= mostRows; size++ {
		if start := from / size * size; start+size >= to {
			return []call{o.page(l, start, start+size)}
		}
	}
	return o.largest(l, from, to)
}

func (o *oracle) largest(l list, from, to int) (calls []call) {
	for start := from / mostRows * mostRows; start < max(to, from+1); start += mostRows {
		calls = append(calls, o.page(l, start, start+mostRows))
	}
	return calls
}

// page is the call for a page. Two that hold the same rows are one call.
func (o *oracle) page(l list, from, to int) call {
	from, to = min(from, len(l.rows)), min(to, len(l.rows))
	c := call(fmt.Sprintf("%s %s[%d:%d]", l.operation, l.filter, from, to))
	if _, known := o.shows[c]; !known && l.facts != nil {
		o.shows[c] = o.w.shown(c, l, from, to)
	}
	return c
}

// shown returns the rows of a list that a connection shows, and the ways to them. A list
// that is a part of another can be picked out of all of that.
func (o *oracle) shown(l list, f *ast.Field, of ...list) []row {
	from, to := o.window(f, len(l.rows))
	ways := []way{{calls: o.pages(l, from, to)}, {calls: o.largest(l, from, to)}}
	for _, all := range of {
		if all.operation == l.operation && all.filter != l.filter {
			ways = append(ways, way{calls: o.largest(all, 0, len(all.rows))})
		}
	}
	o.needs = append(o.needs, need{ways: ways})
	return l.rows[from:to]
}

// window says which of so many rows a connection shows. A cursor is that of the answer
// before: the same rows once more lie between it and the list's start, or end.
func (o *oracle) window(f *ast.Field, total int) (from, to int) {
	args := o.args(f)
	size := func(name string) (int, bool) {
		switch n := args[name].(type) {
		case int64:
			return int(n), true
		case float64:
			return int(n), true
		}
		return 0, false
	}
	if n, ok := size("last"); ok {
		to = total
		if args["before"] != nil {
			to = max(0, total-n)
		}
		return max(0, to-n), to
	}
	n, ok := size("first")
	if !ok {
		n = 100
	}
	if args["after"] != nil {
		from = min(n, total)
	}
	return from, min(from+n, total)
}

func (o *oracle) args(f *ast.Field) map[string]any { return f.ArgumentMap(o.vars) }

// texts reads an argument of a filter as the upstream writes it.
func texts(v any) (out []string) {
	switch v := v.(type) {
	case string:
		return []string{spelt(v)}
	case []any:
		for _, one := range v {
			out = append(out, texts(one)...)
		}
	}
	return out
}

// spelt writes an enumeration's value as the upstream does: DIRECT_NUMBER is DirectNumber.
func spelt(s string) string {
	if s != strings.ToUpper(s) || s == strings.ToLower(s) {
		return s // no enumeration
	}
	var b strings.Builder
	for word := range strings.SplitSeq(s, "_") {
		b.WriteString(word[:1] + strings.ToLower(word[1:]))
	}
	return b.String()
}

// filter returns the argument "filter" as the upstream's query.
func (o *oracle) filter(f *ast.Field) url.Values {
	given, _ := o.args(f)["filter"].(map[string]any)
	if len(given) == 0 {
		return nil
	}
	out := url.Values{}
	for name, v := range given {
		out[name] = texts(v)
	}
	return out
}

// each calls do with every field of a selection on an object of a type.
func (o *oracle) each(set ast.SelectionSet, typ string, do func(*ast.Field)) {
	for _, s := range set {
		switch s := s.(type) {
		case *ast.Field:
			if o.included(s.Directives) {
				do(s)
			}
		case *ast.InlineFragment:
			if o.included(s.Directives) && o.applies(s.TypeCondition, typ) {
				o.each(s.SelectionSet, typ, do)
			}
		case *ast.FragmentSpread:
			if o.included(s.Directives) && o.applies(s.Definition.TypeCondition, typ) {
				o.each(s.Definition.SelectionSet, typ, do)
			}
		}
	}
}

func (o *oracle) applies(condition, typ string) bool {
	return condition == "" || slices.ContainsFunc(o.schema.PossibleTypes[condition], func(d *ast.Definition) bool { return d.Name == typ })
}

func (o *oracle) included(ds ast.DirectiveList) bool {
	for _, d := range ds {
		if yes, is := d.ArgumentMap(o.vars)["if"].(bool); is && yes == (d.Name == "skip") {
			return false
		}
	}
	return true
}

// names are the fields of a selection on an object of a type.
func (o *oracle) names(set ast.SelectionSet, typ string) map[string]bool {
	out := map[string]bool{}
	o.each(set, typ, func(f *ast.Field) { out[f.Name] = true })
	return out
}

// rows is what a connection selects of its rows.
func (o *oracle) rows(f *ast.Field) (out ast.SelectionSet) {
	o.each(f.SelectionSet, f.Definition.Type.Name(), func(c *ast.Field) {
		switch c.Name {
		case "nodes":
			out = append(out, c.SelectionSet...)
		case "edges":
			o.each(c.SelectionSet, c.Definition.Type.Name(), func(n *ast.Field) {
				if n.Name == "node" {
					out = append(out, n.SelectionSet...)
				}
			})
		}
	})
	return out
}

// calls says that calls are needed whatever else is.
func (o *oracle) calls(operation string, ids ...string) {
	for _, id := range ids {
		o.problem.calls = append(o.problem.calls, call(operation+" "+id))
	}
}

// reads says that facts are needed, which an operation reads by ids.
func (o *oracle) reads(operation string, what func(string) fact, ids []string) {
	o.wants = append(o.wants, wantsOf(operation, what, ids)...)
}

func wantsOf(operation string, what func(string) fact, ids []string) []want {
	out := make([]want, len(ids))
	for i, id := range ids {
		out[i] = want{operation, id, what(id)}
	}
	return out
}
