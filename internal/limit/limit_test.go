package limit

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"
)

var schema = gqlparser.MustLoadSchema(&ast.Source{Input: `
	type Query { name: String tags: [String] person: Person people(first: Int, last: Int): People nodes(ids: [ID!]!): [Person] all: [Person] }
	type People { total: Int nodes: [Person] edges: [Edge] }
	type Edge { cursor: ID node: Person }
	type Person { name: String friends(first: Int, last: Int): People }
	type Mutation { change(input: Change!): Changed }
	input Change { name: String items: [Item!] }
	input Item { id: ID }
	type Changed { results: [Person] }
`})

// cost is the least limit that an operation passes.
func cost(t *testing.T, query string, variables map[string]any) int {
	t.Helper()
	doc, errs := gqlparser.LoadQueryWithRules(schema, query, nil)
	if errs != nil {
		t.Fatal(errs)
	}
	l := Limits{Rows: 1000}.OrDefaults()
	low, high := 0, 2*enough
	for low < high {
		l.Cost = (low + high) / 2
		if l.Operation(doc, doc.Operations[0], variables) == nil {
			high = l.Cost
		} else {
			low = l.Cost + 1
		}
	}
	return low
}

func TestCost(t *testing.T) {
	for _, tt := range []struct {
		query     string
		variables map[string]any
		want      int
	}{
		{"{ name }", nil, 1},
		{"{ name tags person { name } }", nil, 1 + 1 + 11},
		{"{ people { total } }", nil, 26},
		{"{ people(first: 7) { nodes { name } } }", nil, 26 + 7*11}, // the list itself counts 1
		{"{ people(last: 7) { edges { cursor node { name } } } }", nil, 26 + 7*(10+1+11)},
		{"{ people { nodes { name } } }", nil, 26 + 20*11},
		{"{ people(first: 0) { nodes { name } } }", nil, 26},
		{"{ people(first: -7) { nodes { name } } }", nil, 26},
		{"{ people(first: 5000) { nodes { name } } }", nil, 26 + 1000*11}, // refused when it is carried out
		{"{ people(first: null, last: 3) { nodes { name } } }", nil, 26 + 3*11},
		{"query($n: Int) { people(first: $n) { nodes { name } } }", map[string]any{"n": int64(9)}, 26 + 9*11},
		{"query($n: Int) { people(first: $n) { nodes { name } } }", nil, 26 + 20*11},
		{"query($n: Int = 4) { people(first: $n) { nodes { name } } }", nil, 26 + 4*11},
		{"{ people(first: 10) { total nodes { friends(first: 5) { nodes { name } } } } }", nil, 27 + 10*(10+26+5*11)},
		{"{ people(first: 10) { ...P } } fragment P on People { nodes { ...Q } nodes { ...Q } } fragment Q on Person { name }", nil, 27 + 10*22},
		{`{ nodes(ids: ["1", "2", "3"]) { name } }`, nil, 1 + 3*11},
		{`query($i: [ID!]!) { nodes(ids: $i) { name } }`, map[string]any{"i": []any{"1", "2"}}, 1 + 2*11},
		{`{ nodes(ids: "1") { name } }`, nil, 1 + 11},
		{"{ all { friends { nodes { name } } } }", nil, 1 + 20*(10+26+20*11)},
		{"mutation($i: [Item!]) { change(input: {items: $i}) { results { name } } }", map[string]any{"i": make([]any, 500)}, 10 + 1 + 500*11},
		{"mutation($i: Change!) { change(input: $i) { results { name } } }", map[string]any{"i": map[string]any{"items": make([]any, 500)}}, 10 + 1 + 500*11},
		{"mutation { change(input: {items: {id: 1}}) { results { name } } }", nil, 10 + 1 + 20*11},
		{"{ person { ... @defer { name } } }", nil, 10 + 25 + 1},
		{"{ a: people(first: 1000) { nodes { friends(first: 1000) { nodes { friends(first: 1000) { nodes { name } } } } } } }", nil, enough},
	} {
		if got := cost(t, tt.query, tt.variables); got != tt.want {
			t.Errorf("%s: %d, want %d", tt.query, got, tt.want)
		}
	}
}

// The work is linear in the document: each fragment is measured once.
func TestLinear(t *testing.T) {
	var b strings.Builder
	b.WriteString("{ person { ...F0 } }")
	const n = 300
	for i := range n {
		fmt.Fprintf(&b, " fragment F%d on Person { ...F%d ...F%d }", i, i+1, i+1)
	}
	fmt.Fprintf(&b, " fragment F%d on Person { name }", n)
	doc, err := gqlparser.LoadQueryWithRules(schema, "{ name }", nil)
	if err != nil {
		t.Fatal(err)
	}
	parsed, err := gqlparser.LoadQueryWithRules(schema, b.String(), nil)
	if parsed == nil {
		t.Fatal(err)
	}
	doc.Fragments, doc.Operations = parsed.Fragments, parsed.Operations
	start := time.Now()
	e := Limits{}.OrDefaults().Operation(doc, doc.Operations[0], nil)
	if e == nil || e.What != "fields, fragments spread" {
		t.Errorf("2^%d fields: %v", n, e)
	}
	if took := time.Since(start); took > time.Second {
		t.Errorf("measured in %s", took)
	}
}

// Text stops where the parser would begin to suffer, and leaves what is no GraphQL to it.
func TestText(t *testing.T) {
	l := Limits{Name: 9, Tokens: 100, Nesting: 10, Names: 20, Aliases: 5}
	for _, tt := range []struct{ name, query, want string }{
		{"plain", "{ a b: c(x: [1]) }", ""},
		{"nothing", "", ""},
		{"no GraphQL", "\x00\xff {{{", ""},
		{"tokens", strings.Repeat("! ", 100), ""},
		{"tokens, one more", strings.Repeat("! ", 101), "tokens"},
		{"tokens, a thousand times", strings.Repeat("! ", 100_000), "tokens"},
		{"nesting", strings.Repeat("{", 10), ""},
		{"nesting, one more", strings.Repeat("{", 11), "levels of nesting"},
		{"nesting of all kinds", strings.Repeat("[({", 1000), "levels of nesting"},
		{"names", strings.Repeat("a ", 20), ""},
		{"names, one more", strings.Repeat("a ", 21), "fields"},
		{"names of arguments are none", "a(" + strings.Repeat("b ", 90) + ")", ""},
		{"aliases", strings.Repeat("a:b ", 5), ""},
		{"aliases, one more", strings.Repeat("a:b ", 6), "aliases"},
		{"a name", "abcdefghi", ""},
		{"a name, one more", "abcdefghij", "characters in a name"},
		{"a name, a thousand times", strings.Repeat("a", 9000), "characters in a name"},
		{"an endless string", `"` + strings.Repeat("x", 1_000_000), ""},
		{"an endless block", `"""` + strings.Repeat("x", 1_000_000), ""},
	} {
		e := l.Text(tt.query)
		if got := ""; e != nil && e.What != tt.want || e == nil && got != tt.want {
			t.Errorf("%s: %v, want %q", tt.name, e, tt.want)
		}
	}
}

func TestLists(t *testing.T) {
	l := Limits{List: 3}.OrDefaults()
	for _, tt := range []struct {
		query     string
		variables map[string]any
		good      bool
	}{
		{`{ nodes(ids: [1, 2, 3]) { name } }`, nil, true},
		{`{ nodes(ids: [1, 2, 3, 4]) { name } }`, nil, false},
		{`query($i: [ID!]!) { nodes(ids: $i) { name } }`, map[string]any{"i": make([]any, 3)}, true},
		{`query($i: [ID!]!) { nodes(ids: $i) { name } }`, map[string]any{"i": make([]any, 4)}, false},
		{`query($i: [ID!]!) { nodes(ids: $i) { name } }`, map[string]any{"i": map[string]any{"x": []any{make([]any, 3000)}}}, false},
	} {
		doc, errs := gqlparser.LoadQueryWithRules(schema, tt.query, nil)
		if errs != nil {
			t.Fatal(errs)
		}
		if e := l.Operation(doc, doc.Operations[0], tt.variables); (e == nil) != tt.good {
			t.Errorf("%s with %d values: %v", tt.query, len(tt.variables), e)
		}
	}
}

func BenchmarkOperation(b *testing.B) {
	doc, err := gqlparser.LoadQueryWithRules(schema, "{ people(first: 10) { total nodes { name friends(first: 5) { nodes { ...P } } } } } fragment P on Person { name friends { total } }", nil)
	if err != nil {
		b.Fatal(err)
	}
	l := Limits{}.OrDefaults()
	b.ReportAllocs()
	for b.Loop() {
		if l.Operation(doc, doc.Operations[0], nil) != nil {
			b.Fatal("refused")
		}
	}
}
