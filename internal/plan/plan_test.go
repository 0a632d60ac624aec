package plan

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"
)

var schema = gqlparser.MustLoadSchema(&ast.Source{Input: `
	interface Node { id: ID! }
	type Query { account: Account node: Node }
	type Account implements Node { id: ID! extensions(first: Int, filter: [String!]): Connection }
	type Connection { nodes: [Extension!]! edges: [Edge!]! totalCount: Int }
	type Edge { cursor: String! node: Extension! }
	type Extension implements Node { id: ID! name: String devices(first: Int): Connection }
`})

func compile(t testing.TB, query string) *Plan {
	t.Helper()
	doc, err := gqlparser.LoadQueryWithRules(schema, query, nil)
	if err != nil {
		t.Fatal(err)
	}
	return Compile(doc, doc.Operations[0])
}

// show writes a plan's selection: fields by their keys, what is not included left out.
func show(n *Node, vars map[string]any) string {
	var parts []string
	for c := range n.Select(vars) {
		s := c.Key
		if len(c.Children) > 0 {
			s += "{" + show(c, vars) + "}"
		}
		parts = append(parts, s)
	}
	return strings.Join(parts, " ")
}

func TestCompile(t *testing.T) {
	for _, tt := range []struct {
		name, query, want string
		vars              map[string]any
	}{
		{"fields and aliases", `{ a: account { id } account { id } }`, "a{id} account{id}", nil},
		{"one key is one field", `{ account { id extensions { totalCount } extensions { nodes { id } } } }`,
			"account{id extensions{totalCount nodes{id}}}", nil},
		{"fragments", `{ account { ...F ...F ... on Account { extensions { nodes { ...E } } } } } fragment F on Account { id } fragment E on Extension { name }`,
			"account{id extensions{nodes{name}}}", nil},
		{"skip", `query($no: Boolean!) { account { id @skip(if: $no) extensions @include(if: $no) { totalCount } } }`,
			"account{id}", map[string]any{"no": false}},
		{"include", `query($yes: Boolean!) { account { id @skip(if: $yes) ... @include(if: $yes) { extensions { totalCount } } } }`,
			"account{extensions{totalCount}}", map[string]any{"yes": true}},
		{"one of two is enough", `query($no: Boolean!) { account { id @include(if: $no) ...F } } fragment F on Account { id }`,
			"account{id}", map[string]any{"no": false}},
		{"a condition on one spread is not on another", `query($no: Boolean!) { account { ...F @include(if: $no) ...F } } fragment F on Account { id }`,
			"account{id}", map[string]any{"no": false}},
		{"what is selected on a field that is left out is not there", `query($no: Boolean!) { account @include(if: $no) { extensions { totalCount } } account { id } }`,
			"account{id}", map[string]any{"no": false}},
		{"a spread within a condition", `query($no: Boolean!) { account { ...G ...F @skip(if: $no) ...F } } fragment F on Account { id } fragment G on Account { ...F @include(if: $no) }`,
			"account{id}", map[string]any{"no": false}},
		{"types apart", `{ node { ... on Account { x: extensions { totalCount } } ... on Extension { x: devices { nodes { id } } } } }`,
			"node{x{totalCount} x{nodes{id}}}", nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := show(compile(t, tt.query).Root, tt.vars); got != tt.want {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
		})
	}
}

func TestRows(t *testing.T) {
	p := compile(t, `{ account { extensions(first: 2, filter: ["a"]) { nodes { id } edges { cursor node { name } } n: nodes { devices { totalCount } } } } }`)
	list := p.Root.Children[0].Children[0]
	var keys []string
	for _, row := range list.Rows(nil) {
		keys = append(keys, row.Children[0].Key)
	}
	if !slices.Equal(keys, []string{"id", "name", "devices"}) {
		t.Errorf("rows select %v", keys)
	}
	if args := list.Args(nil); args["first"] != int64(2) || len(args["filter"].([]any)) != 1 {
		t.Errorf("args %v", args)
	}
}

func TestArgsTakeVariables(t *testing.T) {
	p := compile(t, `query($n: Int = 5) { account { extensions(first: $n) { totalCount } } }`)
	list := p.Root.Children[0].Children[0]
	if got := list.Args(map[string]any{"n": 7})["first"]; got != 7 {
		t.Errorf("first = %v", got)
	}
}

// A field of a fragment is one node in each place that the fragment is spread in.
func TestOf(t *testing.T) {
	doc, err := gqlparser.LoadQueryWithRules(schema, `{
		a: account { extensions { nodes { name } } ...F }
		b: account { ...F }
	} fragment F on Account { extensions { totalCount ...C } } fragment C on Connection { nodes { id } }`, nil)
	if err != nil {
		t.Fatal(err)
	}
	p := Compile(doc, doc.Operations[0])
	f, _ := doc.Fragments[0].SelectionSet[0].(*ast.Field)
	for i, want := range []string{"nodes{name id} totalCount", "totalCount nodes{id}"} {
		in := p.Root.Children[i]
		if n := p.Of(f, func() *Node { return in }); n == nil || show(n, nil) != want {
			t.Errorf("%s: got %v, want %s", in.Key, n, want)
		}
	}
	if p.Of(&ast.Field{}, nil) != nil {
		t.Error("a field of nowhere has a node")
	}
}

// A fragment spread again and again into one selection is collected once.
func TestRepeatedSpreads(t *testing.T) {
	query := "{ account { ...F0 ...F0 } }"
	for i := range 40 {
		query += fmt.Sprintf(" fragment F%d on Account { id ...F%d ...F%d }", i, i+1, i+1)
	}
	p := compile(t, query+" fragment F40 on Account { id }")
	if got := show(p.Root, nil); got != "account{id}" {
		t.Errorf("got %s", got)
	}
}

func BenchmarkCompile(b *testing.B) {
	doc, err := gqlparser.LoadQueryWithRules(schema, `{ account { id extensions(first: 100) { nodes { id name devices(first: 5) { nodes { id name } } } } } }`, nil)
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		Compile(doc, doc.Operations[0])
	}
}
