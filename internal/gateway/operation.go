package gateway

import (
	"context"

	"github.com/99designs/gqlgen/graphql"
	"github.com/99designs/gqlgen/graphql/errcode"
	"github.com/vektah/gqlparser/v2/gqlerror"
)

// reader makes operations of what clients ask for.
type reader struct {
	variables  variables
	mostErrors int
}

// operation reads what params ask for. refused is what there is to say of a request that
// cannot be carried out.
func (p reader) operation(ctx context.Context, exec graphql.GraphExecutor, params *graphql.RawParams) (op *graphql.OperationContext, refused *graphql.Response) {
	op, errs := exec.CreateOperationContext(ctx, params)
	switch {
	case len(errs) == 0:
		return op, nil
	case op.Doc != nil && op.Operation == nil && params.OperationName == "":
		err := gqlerror.Errorf("There are several operations: say which, in operationName.")
		errcode.Set(err, errcode.ValidationFailed)
		errs = gqlerror.List{err}
	case op.Operation != nil && op.Variables == nil:
		if err := p.variables.explain(op.Operation, params.Variables); err != nil {
			errs = gqlerror.List{err}
		}
	}
	return op, exec.DispatchError(graphql.WithOperationContext(ctx, op), shortened(errs, p.mostErrors))
}
