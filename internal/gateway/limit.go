package gateway

import (
	"context"
	"fmt"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"github.com/ringql/ringql/internal/limit"
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
	return refused(l.Text(params.Query))
}

// MutateOperationContext looks at the valid operation.
func (l documentLimits) MutateOperationContext(_ context.Context, op *graphql.OperationContext) *gqlerror.Error {
	return refused(l.Operation(op.Doc, op.Operation, op.Variables))
}

func refused(e *limit.Error) *gqlerror.Error {
	if e == nil {
		return nil
	}
	return tooCostly(e)
}

var (
	_ graphql.OperationParameterMutator = documentLimits{}
	_ graphql.OperationContextMutator   = documentLimits{}
)

// shortened leaves out the errors beyond the limit, and says so in their place.
func shortened(errs gqlerror.List, most int) gqlerror.List {
	if len(errs) <= most {
		return errs
	}
	more := &gqlerror.Error{
		Message:    fmt.Sprintf("There are %d errors more: an answer lists at most %d.", len(errs)-most, most),
		Extensions: map[string]any{"code": codeTooCostly, "limit": most},
	}
	return append(errs[:most:most], more)
}
