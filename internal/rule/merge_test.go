package rule

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"
)

var schema = gqlparser.MustLoadSchema(&ast.Source{Input: `
	type Query { a(id: ID, in: In, ids: [ID], n: Int): A either: Either pet: Pet }
	input In { id: ID other: ID }
	type A { name(of: Int): String size: Int a: A tags: [String!] notes: [String] strict: String! }
	type B { name: Int other: String a: B strict: String }
	union Either = A | B
	interface Pet { name(of: Int): String }
	type Dog implements Pet { name(of: Int): String toy: String }
	type Cat implements Pet { name(of: Int): String toy: Int }
`})

func validate(query string) (texts []string) {
	_, errs := gqlparser.LoadQueryWithRules(schema, query, Rules(false))
	for _, err := range errs {
		texts = append(texts, err.Message)
	}
	return texts
}

// Examples of the specification's, and of what the library lets through.
func TestOverlappingFields(t *testing.T) {
	for _, tt := range []struct{ query, want string }{ // the text that an error contains; "" for none
		{`{ a { name name } }`, ""},
		{`{ a { x: name x: name } }`, ""},
		{`{ a { x: name x: size } }`, `"name" and "size" are different fields`},
		{`{ a { name name(of: 1) } }`, "differing arguments"},
		{`{ a { name(of: 1) name(of: 2) } }`, "differing arguments"},
		{`query ($v: Int $w: Int) { a { name(of: $v) name(of: $w) } }`, "differing arguments"},
		{`query ($v: Int) { a { name(of: $v) name(of: $v) } }`, ""},
		{`{ a(in: {id: 1}) { name } a(in: {id: 2}) { name } }`, "differing arguments"},
		{`{ a(in: {id: 1}) { name } a(in: {}) { name } }`, "differing arguments"},
		{`{ a(in: {id: 1, other: 2}) { name } a(in: {other: 2, id: 1}) { name } }`, ""},
		{`{ a(ids: [1, 2]) { name } a(ids: [1, 2]) { size } }`, ""},
		{`{ a(ids: [1, 2]) { name } a(ids: [2, 1]) { size } }`, "differing arguments"},
		{`{ a(id: 1, n: 2) { name } a(n: 2, id: 1) { name } }`, ""},
		{`{ a { a { x: name } } a { a { x: size } } }`, "different fields"},
		{`{ ...F a { a { x: size } } } fragment F on Query { a { a { x: name } } }`, "different fields"},
		{`{ ...F ...G } fragment F on Query { a { x: name } } fragment G on Query { a { x: size } }`, "different fields"},
		{`{ either { ... on A { x: __typename } ... on B { x: strict } } }`, `conflicting types "String!" and "String"`},
		{`{ either { ... on A { x: strict } ... on B { x: __typename } } }`, ""},
		// An object has the fields of one type.
		{`{ either { ... on A { x: size } ... on B { x: name } } }`, ""},
		{`{ either { ... on A { name } ... on B { x: name } } }`, ""},
		{`{ either { ... on A { name } ... on B { name } } }`, `conflicting types "String" and "Int"`},
		{`{ either { ... on A { strict } ... on B { strict } } }`, `conflicting types "String!" and "String"`},
		{`{ either { ... on A { x: name } ... on B { x: a { other } } } }`, `conflicting types "String" and "B"`},
		{`{ either { ... on A { x: tags } ... on B { x: other } } }`, "conflicting types"},
		{`{ either { ... on A { a { x: name } } ... on B { a { x: name } } } }`, `conflicting types "String" and "Int"`},
		{`{ either { ... on A { a { x: name(of: 1) } } ... on B { a { x: other } } } }`, ""},
		{`{ pet { name ... on Dog { name(of: 1) } } }`, "differing arguments"},
		{`{ pet { ... on Dog { name(of: 1) } ... on Cat { name(of: 2) } } }`, ""},
		{`{ pet { ... on Dog { toy } ... on Cat { toy } } }`, "conflicting types"},
		{`{ pet { ... on Dog { x: name } ... on Cat { x: name(of: 1) } ... on Pet { x: name } } }`, "differing arguments"},
		// Cycles are another rule's; this one ends.
		{`{ a { ...F } } fragment F on A { a { ...F } }`, "Cannot spread fragment"},
	} {
		got := strings.Join(validate(tt.query), "\n")
		if !strings.Contains(got, tt.want) || tt.want == "" && got != "" {
			t.Errorf("%s: %q, want %q", tt.query, got, tt.want)
		}
	}
}

// The time does not grow with the square of the document, nor do fragments multiply it.
func TestOverlappingFieldsCost(t *testing.T) {
	bomb, meet := "{ a { ...F0 } }", "{ a { ...F0 ...G0 } }"
	for i := range 100 {
		bomb += fmt.Sprintf(" fragment F%d on A { x: a { ...F%d ...F%d } y: a { ...F%d } }", i, i+1, i+1, i+1)
		meet += fmt.Sprintf(" fragment F%d on A { x: a { ...F%d } y: a { ...G%d } } fragment G%d on A { x: a { ...G%d ...F%d } y: a { ...F%d } }", i, i+1, i+1, i, i+1, i+1, i+1)
	}
	bomb += " fragment F100 on A { name }"
	meet += " fragment F100 on A { name } fragment G100 on A { name }"
	var sets strings.Builder // of fields: which of them meet differs by the way there
	for i := range 60 {
		fmt.Fprintf(&sets, " fragment S%d on A { x: a { ...S%d } y: a { ...S%d ...S%d } z: a { ...S%d ...S%d } }", i, i+1, i+1, i+2, i+1, i+3)
	}
	subsets := "{ a { ...S0 ...S1 ...S2 } }" + sets.String() + " fragment S60 on A { name } fragment S61 on A { size } fragment S62 on A { tags }"
	for name, query := range map[string]string{
		"one field 20,000 times":        "{ a {" + strings.Repeat(" name", 20_000) + "} }",
		"20,000 fields":                 "{ a {" + strings.Repeat(" a { name }", 20_000) + "} }",
		"fragments that double":         bomb,
		"fragments that meet crosswise": meet,
		"fragments that meet in sets":   subsets,
	} {
		start := time.Now()
		got := validate(query)
		if len(got) > 1 {
			t.Errorf("%s: %.300q", name, got)
		}
		if took := time.Since(start); took > time.Second {
			t.Errorf("%s: %s", name, took)
		}
	}
}

func TestLiterals(t *testing.T) {
	for query, want := range map[string]string{
		`{ a(n: 2147483647) { name } }`:                      "",
		`{ a(n: -2147483648) { name } }`:                     "",
		`{ a(n: 2147483648) { name } }`:                      "32-bit",
		`{ a(n: {}) { name } }`:                              `Expected value of type "Int", found {}.`,
		`{ a(id: {}) { name } }`:                             `Expected value of type "ID", found {}.`,
		`{ a(in: {}) { name } }`:                             "",
		`{ a(in: {id: {}}) { name } }`:                       `Expected value of type "ID", found {}.`,
		`{ a(ids: [{}]) { name } }`:                          `Expected value of type "ID", found {}.`,
		`query ($n: Int = 2147483648) { a(n: $n) { name } }`: "32-bit",
	} {
		if got := strings.Join(validate(query), "\n"); !strings.Contains(got, want) || want == "" && got != "" {
			t.Errorf("%s: %q, want %q", query, got, want)
		}
	}
}

// Without suggestions no error names what was not asked for.
func TestSuggestions(t *testing.T) {
	for _, query := range []string{
		`{ a { nam } }`, `{ a(ids2: 1) { name } }`, `{ a(in: {idd: 1}) { name } }`, `{ a }`, `{ ...F } fragment F on Quer { a { name } }`, `{ pet { toy } }`,
	} {
		if got := validate(query); len(got) == 0 || strings.Contains(strings.Join(got, " "), "Did you mean") {
			t.Errorf("%s: %q", query, got)
		}
		if _, errs := gqlparser.LoadQueryWithRules(schema, query, Rules(true)); len(errs) == 0 {
			t.Errorf("%s is valid with suggestions", query)
		}
	}
}
