package rule

import (
	"strconv"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/validator/core"
)

// literalsFit demands of values in a document what the library's rule lets through: an Int
// has 32 bits, and an object without fields is no scalar.
// Source: the specification, "Values of Correct Type", "Int".
func literalsFit(observers *core.Events, addError core.AddErrFunc) {
	observers.OnValue(func(_ *core.Walker, v *ast.Value) {
		if v.Definition == nil || v.ExpectedType == nil {
			return
		}
		switch {
		case v.Kind == ast.ObjectValue && len(v.Children) == 0 && v.Definition.IsLeafType():
			addError(core.Message(`Expected value of type "%s", found {}.`, v.ExpectedType), core.At(v.Position))
		case v.Kind == ast.IntValue && v.Definition.Name == "Int":
			if _, err := strconv.ParseInt(v.Raw, 10, 32); err != nil {
				addError(core.Message("Int cannot represent non 32-bit signed integer value: %.20s", v.Raw), core.At(v.Position))
			}
		}
	})
}
