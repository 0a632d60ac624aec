package model

import (
	"github.com/99designs/gqlgen/graphql"

	"github.com/ringql/ringql/internal/rest"
)

// CreateExtensionInput is an extension to be made, and where.
type CreateExtensionInput struct {
	AccountID *string
	rest.ExtensionCreation
}

// UpdateExtensionInput is what is to become of an extension, and of which.
type UpdateExtensionInput struct {
	ExtensionID string
	rest.ExtensionUpdate
}

// MarshalSecret writes a mark: a secret is only ever read.
func MarshalSecret(s rest.Secret) graphql.Marshaler { return MarshalString(s.String()) }

// UnmarshalSecret reads a secret. An error does not repeat it.
func UnmarshalSecret(v any) (rest.Secret, error) {
	if v == nil {
		return "", nil
	}
	s, ok := v.(string)
	if !ok {
		return "", &InputError{"Secret must be a string"}
	}
	return rest.Secret(s), nil
}
