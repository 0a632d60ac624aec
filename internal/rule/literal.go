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
			if n, err := strconv.ParseInt(v.Raw, 10, 64); err == nil && int64(int32(n)) != n { // the library sees what has more
				addError(core.Message("Int cannot represent non 32-bit signed integer value: %d", n), core.At(v.Position))
			}
		}
	})
}
