package rule

import (
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
	"github.com/vektah/gqlparser/v2/validator/core"
)

// private is a rule whose errors do not repeat objects and lists, nor what stands in place
// of an object: a secret may be in it.
func private(rule core.RuleFunc) core.RuleFunc {
	return func(observers *core.Events, addError core.AddErrFunc) {
		var at *ast.Value // the rule looks at it next
		observers.OnValue(func(_ *core.Walker, v *ast.Value) { at = v })
		rule(observers, func(options ...core.ErrorOption) {
			addError(append(options, func(err *gqlerror.Error) { hide(err, at) })...)
		})
	}
}

// hide drops the text of v from err, which is about it.
func hide(err *gqlerror.Error, v *ast.Value) {
	var mark string
	switch {
	case v == nil:
		return
	case v.Kind == ast.ObjectValue:
		mark = "an object"
	case v.Kind == ast.ListValue:
		mark = "a list"
	case v.Kind != ast.NullValue && v.Definition != nil && v.Definition.Kind == ast.InputObject:
		mark = "no object"
	default:
		return
	}
	err.Message = strings.ReplaceAll(err.Message, v.String(), mark)
}
