package model

import "github.com/99designs/gqlgen/graphql"

// FirstPart returns the values of an object without those of deferred fields, which come
// with a later part.
func FirstPart(all *graphql.FieldSet, fields []graphql.CollectedField) *graphql.FieldSet {
	first := graphql.NewFieldSet(nil)
	for i, f := range fields {
		if !f.IsDeferred() {
			first.AddField(f)
			first.Values[len(first.Values)-1] = all.Values[i]
		}
	}
	return first
}
