package model

import (
	"context"
	"io"
	"slices"

	"github.com/99designs/gqlgen/graphql"
)

// Deferred stands for the value of a field that comes with a later part.
var Deferred graphql.Marshaler = deferred{}

type deferred struct{}

func (deferred) MarshalGQL(io.Writer) { panic("a deferred value is written") }

// FirstPart returns the values of an object that come at once. A fragment comes as a whole:
// of one that has to be waited for, what is known already is left to the part that all the
// rest of it comes with.
func FirstPart(all *graphql.FieldSet, fields []graphql.CollectedField, later *graphql.FieldSet, parts map[string]*graphql.FieldSetView) *graphql.FieldSet {
	first := graphql.NewFieldSet(nil)
	for i, f := range fields {
		value := all.Values[i]
		if value == Deferred {
			continue
		}
		now := !f.IsDeferred()
		at := -1
		for _, d := range Distinct(f.Deferrables) {
			part := parts[d.Label]
			switch {
			case !f.IsDeferred():
			case part == nil:
				now = true // nothing of its fragment has to be waited for
			default:
				if at < 0 {
					later.AddField(f)
					at = len(later.Values) - 1
					later.Concurrently(at, func(context.Context) graphql.Marshaler { return value })
				}
				part.AddIndices(at)
			}
		}
		if now {
			first.AddField(f)
			first.Values[len(first.Values)-1] = value
		}
	}
	return first
}

// Distinct returns fragments of different labels.
func Distinct(ds []*graphql.Deferrable) []*graphql.Deferrable {
	if len(ds) < 2 {
		return ds
	}
	var out []*graphql.Deferrable
	for _, d := range ds {
		if !slices.ContainsFunc(out, func(o *graphql.Deferrable) bool { return o.Label == d.Label }) {
			out = append(out, d)
		}
	}
	return out
}
