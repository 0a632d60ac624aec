package gateway

import (
	"context"
	"slices"

	"github.com/99designs/gqlgen/graphql"
	"github.com/99designs/gqlgen/graphql/errcode"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
)

// nulls refuses a null where none is allowed. Validation sees to that but for one
// way: a variable with a default fits where null does not, and a request may give it
// null all the same. Source: the GraphQL specification, "Coercing Variable Values".
type nulls struct{}

func (nulls) ExtensionName() string                   { return "Nulls" }
func (nulls) Validate(graphql.ExecutableSchema) error { return nil }

// MutateOperationContext looks at nothing unless there is such a variable.
func (nulls) MutateOperationContext(_ context.Context, op *graphql.OperationContext) *gqlerror.Error {
	for _, v := range op.Operation.VariableDefinitions {
		given, ok := op.Variables[v.Variable]
		if !ok || given != nil || v.Type.NonNull || v.DefaultValue == nil {
			continue
		}
		if at := nonNull(op.Operation.SelectionSet, v.Variable, map[string]bool{}); at != nil {
			return refuseNull(at)
		}
	}
	return nil
}

func refuseNull(at *ast.Value) *gqlerror.Error {
	err := gqlerror.ErrorPosf(at.Position, "Variable %q cannot be null here.", "$"+at.Raw)
	errcode.Set(err, errcode.ValidationFailed)
	return err
}

// nonNull finds a place in set where a variable may not be null. seen holds the
// fragments that were looked through.
func nonNull(set ast.SelectionSet, variable string, seen map[string]bool) *ast.Value {
	for _, sel := range set {
		var below ast.SelectionSet
		var args ast.ArgumentList
		var directives ast.DirectiveList
		switch sel := sel.(type) {
		case *ast.Field:
			below, args, directives = sel.SelectionSet, sel.Arguments, sel.Directives
		case *ast.InlineFragment:
			below, directives = sel.SelectionSet, sel.Directives
		case *ast.FragmentSpread:
			directives = sel.Directives
			if !seen[sel.Name] && sel.Definition != nil {
				seen[sel.Name] = true
				below = sel.Definition.SelectionSet
			}
		}
		for _, d := range directives {
			args = append(slices.Clip(args), d.Arguments...)
		}
		for _, a := range args {
			if at := nonNullIn(a.Value, variable); at != nil {
				return at
			}
		}
		if at := nonNull(below, variable, seen); at != nil {
			return at
		}
	}
	return nil
}

func nonNullIn(v *ast.Value, variable string) *ast.Value {
	if v.Kind == ast.Variable && v.Raw == variable && v.ExpectedType != nil && v.ExpectedType.NonNull {
		return v
	}
	for _, child := range v.Children {
		if at := nonNullIn(child.Value, variable); at != nil {
			return at
		}
	}
	return nil
}

var _ graphql.OperationContextMutator = nulls{}
