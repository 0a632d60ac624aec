package gateway

import (
	"context"
	"fmt"
	"strings"

	"github.com/99designs/gqlgen/graphql"
	"github.com/99designs/gqlgen/graphql/errcode"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"github.com/ringql/ringql/internal/limit"
	"github.com/ringql/ringql/internal/rule"
)

// tooCostly refuses what goes beyond a limit.
func tooCostly(e *limit.Error) *gqlerror.Error {
	return &gqlerror.Error{
		Message:    fmt.Sprintf("The query has too many %s: at most %d are allowed.", e.What, e.Most),
		Extensions: map[string]any{"code": codeTooCostly, "limit": e.Most},
	}
}

// documentLimits are checked before a document is parsed, and before its operation is
// carried out.
type documentLimits struct{ limit.Limits }

func (documentLimits) ExtensionName() string                   { return "DocumentLimits" }
func (documentLimits) Validate(graphql.ExecutableSchema) error { return nil }

// MutateOperationParameters looks at the text alone.
func (l documentLimits) MutateOperationParameters(_ context.Context, params *graphql.RawParams) *gqlerror.Error {
	if e := l.Text(params.Query); e != nil {
		return tooCostly(e)
	}
	query, err := rule.Text(params.Query)
	if err != nil {
		errcode.Set(err, errcode.ParseFailed)
		return err
	}
	params.Query = query
	return nil
}

// MutateOperationContext looks at the valid operation.
func (l documentLimits) MutateOperationContext(_ context.Context, op *graphql.OperationContext) *gqlerror.Error {
	if e := l.Operation(op.Doc, op.Operation, op.Variables); e != nil {
		return tooCostly(e)
	}
	return nil
}

var (
	_ graphql.OperationParameterMutator = documentLimits{}
	_ graphql.OperationContextMutator   = documentLimits{}
)

// longestMessage is how many bytes of an error's text are told: it may quote the query.
const longestMessage = 500

// shortened leaves out the errors beyond the limit, and says so in their place.
func shortened(errs gqlerror.List, most int) gqlerror.List {
	for _, err := range errs[:min(len(errs), most)] {
		if len(err.Message) > longestMessage {
			err.Message = strings.ToValidUTF8(err.Message[:longestMessage], "") + "…"
		}
	}
	if len(errs) <= most {
		return errs
	}
	more := &gqlerror.Error{
		Message:    fmt.Sprintf("There are %d errors more: an answer lists at most %d.", len(errs)-most, most),
		Extensions: map[string]any{"code": codeTooCostly, "limit": most},
	}
	return append(errs[:most:most], more)
}
