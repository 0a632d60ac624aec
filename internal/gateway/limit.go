package gateway

import (
	"context"
	"fmt"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
	"github.com/vektah/gqlparser/v2/lexer"
)

// Limits bound what one request may ask of the gateway. Zero fields mean the
// defaults.
type Limits struct {
	Body    int64 // bytes of a request's body; 1 MiB
	Tokens  int   // tokens of a document; 5,000
	Nesting int   // brackets within brackets, before parsing; 60
	Names   int   // fields and fragments named in a document; 1,000
	Aliases int   // aliases in a document; 200
	Depth   int   // fields within fields, fragments spread; 25
	Fields  int   // fields after fragments are spread; 5,000
	Rows    int   // first and last of a list; 1,000

	Sockets    int // open WebSockets of one person; 500
	Operations int // operations under way on one WebSocket; 100
}

func (l Limits) orDefaults() Limits {
	def := func(v *int, d int) {
		if *v <= 0 {
			*v = d
		}
	}
	if l.Body <= 0 {
		l.Body = 1 << 20
	}
	def(&l.Tokens, 5000)
	def(&l.Nesting, 60)
	def(&l.Names, 1000)
	def(&l.Aliases, 200)
	def(&l.Depth, 25)
	def(&l.Fields, 5000)
	def(&l.Rows, 1000)
	def(&l.Sockets, 500)
	def(&l.Operations, 100)
	return l
}

// tooCostly refuses a document that goes beyond a limit.
func tooCostly(what string, most int) *gqlerror.Error {
	return &gqlerror.Error{
		Message:    fmt.Sprintf("The query has too many %s: at most %d are allowed.", what, most),
		Extensions: map[string]any{"code": codeTooCostly, "limit": most},
	}
}

// documentLimits are checked before and after a document is parsed: the parser
// recurses without a bound, and validation is quadratic in what a document names.
type documentLimits struct{ Limits }

func (documentLimits) ExtensionName() string                          { return "DocumentLimits" }
func (documentLimits) Validate(schema graphql.ExecutableSchema) error { return nil }

// MutateOperationParameters looks at the text alone, in one pass.
func (l documentLimits) MutateOperationParameters(_ context.Context, params *graphql.RawParams) *gqlerror.Error {
	lex := lexer.New(&ast.Source{Input: params.Query})
	tokens, nesting, parens, names, aliases := 0, 0, 0, 0, 0
	for {
		t, err := lex.ReadToken()
		if t.Kind == lexer.EOF || err != nil {
			return nil //nolint:nilerr // the parser says what is wrong, and where
		}
		tokens++
		switch t.Kind {
		case lexer.BraceL, lexer.BracketL:
			nesting++
		case lexer.ParenL:
			nesting++
			parens++
		case lexer.BraceR, lexer.BracketR:
			nesting--
		case lexer.ParenR:
			nesting--
			parens--
		case lexer.Name:
			if parens == 0 {
				names++
			}
		case lexer.Colon:
			if parens == 0 {
				aliases++
				names-- // an alias and its field are one
			}
		}
		switch {
		case tokens > l.Tokens:
			return tooCostly("tokens", l.Tokens)
		case nesting > l.Nesting:
			return tooCostly("levels of nesting", l.Nesting)
		case aliases > l.Aliases:
			return tooCostly("aliases", l.Aliases)
		case names > l.Names:
			return tooCostly("fields", l.Names)
		}
	}
}

// MutateOperationContext looks at the valid operation with its fragments spread.
// Each fragment is measured once, so that the work is linear in the document.
func (l documentLimits) MutateOperationContext(_ context.Context, op *graphql.OperationContext) *gqlerror.Error {
	m := measurer{op.Doc.Fragments, map[string]measure{}}
	size := m.set(op.Operation.SelectionSet)
	switch {
	case size.depth > l.Depth:
		return tooCostly("levels of fields", l.Depth)
	case size.fields > l.Fields:
		return tooCostly("fields, fragments spread", l.Fields)
	}
	return nil
}

// measure is the size of a selection.
type measure struct{ depth, fields int }

// enough stops counting before numbers overflow.
const enough = 1 << 30

func (m *measure) add(o measure) {
	m.depth, m.fields = max(m.depth, o.depth), min(m.fields+o.fields, enough)
}

type measurer struct {
	fragments ast.FragmentDefinitionList
	known     map[string]measure
}

func (m measurer) set(set ast.SelectionSet) measure {
	var sum measure
	for _, sel := range set {
		switch sel := sel.(type) {
		case *ast.Field:
			below := m.set(sel.SelectionSet)
			sum.add(measure{below.depth + 1, below.fields + 1})
		case *ast.InlineFragment:
			sum.add(m.set(sel.SelectionSet))
		case *ast.FragmentSpread:
			sum.add(m.fragment(sel.Name))
		}
	}
	return sum
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

var (
	_ graphql.OperationParameterMutator = documentLimits{}
	_ graphql.OperationContextMutator   = documentLimits{}
)
