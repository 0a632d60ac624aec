package rule

import (
	"strconv"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
	"github.com/vektah/gqlparser/v2/lexer"
)

// Text looks at a document's text for what the library's parser is wrong about. It returns
// the text as the library understands it: descriptions of operations, fragments and
// variables, which it does not know, give way to blanks, so that places stay what they are.
// Faults are those it takes for good: a name right behind a number, quotes right behind a
// block string, and halves of characters.
// Source: the specification of September 2025, "Descriptions", "Int Value", "String Value".
func Text(query string) (string, *gqlerror.Error) {
	if !strings.ContainsRune(query, '"') && !strings.ContainsAny(query, "0123456789") {
		return query, nil // most documents have nothing of the kind
	}
	lex := lexer.New(&ast.Source{Input: query})
	text := []rune(query) // places are counted in characters
	described := false
	before, last := lexer.Token{Kind: lexer.Invalid}, lexer.Token{Kind: lexer.Invalid}
	depth, parens := 0, 0
	for {
		t, err := lex.ReadToken()
		if err != nil && described {
			return string(text), nil // the parser says what is wrong, and where
		}
		if err != nil {
			return query, nil //nolint:nilerr // likewise
		}
		if fault := behind(last, t); fault != "" {
			return query, gqlerror.ErrorPosf(&t.Pos, "%s", fault)
		}
		switch t.Kind {
		case lexer.EOF:
			if described {
				return string(text), nil
			}
			return query, nil
		case lexer.BraceL, lexer.BracketL:
			depth++
		case lexer.BraceR, lexer.BracketR:
			depth--
		case lexer.ParenL:
			parens++
		case lexer.ParenR:
			parens--
		case lexer.String, lexer.BlockString:
			if fault := badString(text, t); fault != "" {
				return query, gqlerror.ErrorPosf(&t.Pos, "%s", fault)
			}
		case lexer.Dollar: // a variable
			if depth == 0 && isString(last) && parens == 1 && before.Kind != lexer.Equals { // no default of another
				described = true
				blank(text, last)
			}
		case lexer.Name: // an operation or a fragment
			if depth == 0 && isString(last) && parens == 0 && (t.Value == "query" || t.Value == "mutation" || t.Value == "subscription" || t.Value == "fragment") {
				described = true
				blank(text, last)
			}
		}
		before, last = last, t
	}
}

func isString(t lexer.Token) bool { return t.Kind == lexer.String || t.Kind == lexer.BlockString }

// behind says what is wrong with a token that stands right behind another.
func behind(last, t lexer.Token) string {
	if last.Pos.End != t.Pos.Start || last.Kind != lexer.Int && last.Kind != lexer.Float {
		return ""
	}
	if t.Kind == lexer.Name {
		return "Invalid number: a name may not follow at once."
	}
	return ""
}

// badString says what is wrong with a string that the library takes.
func badString(all []rune, t lexer.Token) string {
	if t.Kind == lexer.BlockString {
		if t.Pos.End < len(all) && all[t.Pos.End] == '"' {
			return "Unterminated string behind a block string."
		}
		return ""
	}
	text := string(all[t.Pos.Start:t.Pos.End])
	for i := 0; i+1 < len(text); i++ {
		if text[i] != '\\' {
			continue
		}
		i++
		if text[i] != 'u' {
			continue
		}
		switch first := unit(text[i+1:]); {
		case first >= 0xDC00 && first < 0xE000:
			return "Invalid Unicode escape sequence: half a character."
		case first >= 0xD800 && first < 0xDC00:
			i += 4
			if !strings.HasPrefix(text[i+1:], `\u`) {
				return "Invalid Unicode escape sequence: half a character."
			}
			if second := unit(text[i+3:]); second < 0xDC00 || second >= 0xE000 {
				return "Invalid Unicode escape sequence: half a character."
			}
			i += 6
		}
	}
	return ""
}

// unit is the value of the four digits that text begins with; zero when there are none.
func unit(text string) uint64 {
	if len(text) < 4 {
		return 0
	}
	n, err := strconv.ParseUint(text[:4], 16, 32)
	if err != nil {
		return 0
	}
	return n
}

// blank puts blanks in place of a token, but for line breaks.
func blank(text []rune, t lexer.Token) {
	for i := t.Pos.Start; i < t.Pos.End; i++ {
		if text[i] != '\n' && text[i] != '\r' {
			text[i] = ' '
		}
	}
}
