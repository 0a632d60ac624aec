package model

import (
	"fmt"

	"github.com/99designs/gqlgen/graphql"

	"github.com/ringql/ringql/internal/rest"
)

// MarshalString writes a text; one that is empty was left out by the upstream and
// is null. A non-null field that meets one is an error, as it should be.
func MarshalString(s string) graphql.Marshaler {
	if s == "" {
		return graphql.Null
	}
	return graphql.MarshalString(s)
}

// UnmarshalString reads a text. The generated code hands a null through where Go has
// no pointer: it means that nothing is given.
func UnmarshalString(v any) (string, error) {
	if v == nil {
		return "", nil
	}
	s, ok := v.(string)
	if !ok {
		return "", fmt.Errorf("%T is not a string", v)
	}
	return s, nil
}

// MarshalText writes an id of the upstream's.
func MarshalText(id rest.ID) graphql.Marshaler { return MarshalString(string(id)) }

// UnmarshalText reads an id of the upstream's.
func UnmarshalText(v any) (rest.ID, error) {
	s, err := UnmarshalString(v)
	return rest.ID(s), err
}

// MarshalDateTime writes a time as the upstream wrote it.
func MarshalDateTime(t rest.DateTime) graphql.Marshaler { return MarshalString(string(t)) }

// UnmarshalDateTime reads a time.
func UnmarshalDateTime(v any) (rest.DateTime, error) {
	s, err := UnmarshalString(v)
	return rest.DateTime(s), err
}
