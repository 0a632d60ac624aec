package gateway

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/99designs/gqlgen/graphql"
	"github.com/99designs/gqlgen/graphql/errcode"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
)

// variables are checked before anything is carried out, as the specification has it.
// The server library lets through what its own readers make something of, or fail on
// late. Source: the GraphQL specification, "Coercing Variable Values".
type variables struct{ schema *ast.Schema }

func (variables) ExtensionName() string                   { return "Variables" }
func (variables) Validate(graphql.ExecutableSchema) error { return nil }

// MutateOperationContext looks at the values, which the library has completed with
// defaults.
func (v variables) MutateOperationContext(_ context.Context, op *graphql.OperationContext) *gqlerror.Error {
	for _, def := range op.Operation.VariableDefinitions {
		value, given := op.Variables[def.Variable]
		if !given {
			continue
		}
		if f := v.check(def.Type, value); f != nil {
			return unusable(def, f)
		}
		// A variable with a default fits where null does not, and may be given null all
		// the same: the only way that validation leaves open.
		if value == nil && def.DefaultValue != nil {
			if at := nonNull(op.Operation.SelectionSet, def.Variable, map[string]bool{}); at != nil {
				return refuseNull(at)
			}
		}
	}
	return nil
}

// explain says what is wrong with the values given, where the library has only refused
// them; nil when nothing is.
func (v variables) explain(op *ast.OperationDefinition, given map[string]any) *gqlerror.Error {
	for _, def := range op.VariableDefinitions {
		value, ok := given[def.Variable]
		switch {
		case ok:
			if f := v.check(def.Type, value); f != nil {
				return unusable(def, f)
			}
		case def.Type.NonNull && def.DefaultValue == nil:
			return unusable(def, misfits("a value of type %s is needed", def.Type))
		}
	}
	return nil
}

// unusable refuses the value of a variable.
func unusable(def *ast.VariableDefinition, f *misfit) *gqlerror.Error {
	err := gqlerror.ErrorPosf(def.Position, "Variable %q cannot be used: %s.", "$"+def.Variable, f.say)
	err.Path = append(ast.Path{ast.PathName("variable"), ast.PathName(def.Variable)}, f.path...)
	errcode.Set(err, errcode.ValidationFailed)
	return err
}

// misfit is a value that does not fit its type, and where it stands.
type misfit struct {
	path ast.Path
	say  string
}

// in says that f stands under p.
func (f *misfit) in(p ast.PathElement) *misfit {
	if f != nil {
		f.path = append(ast.Path{p}, f.path...)
	}
	return f
}

// shown is a value as it was written, in short.
func shown(value any) string {
	text, err := json.Marshal(value)
	if err != nil {
		return "this"
	}
	if short := []rune(string(text)); len(short) > 40 {
		return string(short[:40]) + "…"
	}
	return string(text)
}

func misfits(format string, args ...any) *misfit { return &misfit{say: fmt.Sprintf(format, args...)} }

// check says what keeps a value from being of a type; nil for nothing.
func (v variables) check(t *ast.Type, value any) *misfit {
	switch {
	case value == nil && t.NonNull:
		return misfits("null is no %s", t)
	case value == nil:
		return nil
	case t.Elem != nil:
		list := reflect.ValueOf(value) // of what type it is depends on what the library made of it
		if list.Kind() != reflect.Slice {
			return v.check(t.Elem, value) // one value stands for a list of one
		}
		for i := range list.Len() {
			if f := v.check(t.Elem, list.Index(i).Interface()); f != nil {
				return f.in(ast.PathIndex(i))
			}
		}
		return nil
	}
	def := v.schema.Types[t.NamedType]
	switch def.Kind {
	case ast.Enum:
		if s, ok := value.(string); !ok || def.EnumValues.ForName(s) == nil {
			return misfits("%s is no %s", shown(value), def.Name)
		}
		return nil
	case ast.InputObject:
		return v.checkObject(def, value)
	}
	switch {
	case scalar(def.Name, value):
		return nil
	case def.Name == "Secret":
		return misfits("it is no %s", def.Name) // what it is nobody is to see
	default:
		return misfits("%s is no %s", shown(value), def.Name)
	}
}

func (v variables) checkObject(def *ast.Definition, value any) *misfit {
	object, ok := value.(map[string]any)
	if !ok {
		return misfits("this is no %s", def.Name) // a secret may be in it
	}
	for _, name := range slices.Sorted(maps.Keys(object)) {
		field := def.Fields.ForName(name)
		if field == nil {
			return misfits("%s has no field %.40q", def.Name, name).in(ast.PathName(name))
		}
		if f := v.check(field.Type, object[name]); f != nil {
			return f.in(ast.PathName(name))
		}
	}
	if def.Directives.ForName("oneOf") != nil {
		for _, value := range object {
			if len(object) == 1 && value != nil {
				return nil
			}
		}
		return misfits("%s takes exactly one of its fields, and no null", def.Name)
	}
	for _, field := range def.Fields {
		if _, given := object[field.Name]; !given && field.Type.NonNull && field.DefaultValue == nil {
			return misfits("%s lacks the field %q", def.Name, field.Name).in(ast.PathName(field.Name))
		}
	}
	return nil
}

// scalar says whether a value, as JSON has it, is one of a scalar type: nothing is
// turned into something else.
func scalar(name string, value any) bool {
	_, isText := value.(string)
	number := fmt.Sprint(value) // as it was written
	_, isBool := value.(bool)
	isNumber := !isText && !isBool && jsonNumber.MatchString(number)
	switch name {
	case "Int":
		_, err := strconv.ParseInt(number, 10, 32)
		return isNumber && err == nil
	case "Float":
		return isNumber
	case "Boolean":
		return isBool
	case "ID":
		return isText || isNumber && !strings.ContainsAny(number, ".eE")
	}
	return isText // String, and scalars of our own
}

var jsonNumber = regexp.MustCompile(`^-?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)?$`)

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

var _ graphql.OperationContextMutator = variables{}
