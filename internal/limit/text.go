package limit

import (
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/lexer"
)

// Text looks at a document before it is parsed, in one pass: the parser recurses without
// a bound, and validation is quadratic in what a document names. What is no GraphQL is left
// to the parser to describe.
func (l Limits) Text(query string) *Error {
	lex := lexer.New(&ast.Source{Input: query})
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
			if len(t.Value) > l.Name {
				return &Error{"characters in a name", l.Name}
			}
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
			return &Error{"tokens", l.Tokens}
		case nesting > l.Nesting:
			return &Error{"levels of nesting", l.Nesting}
		case aliases > l.Aliases:
			return &Error{"aliases", l.Aliases}
		case names > l.Names:
			return &Error{"fields", l.Names}
		}
	}
}
