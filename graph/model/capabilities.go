package model

// Capabilities are what a session may do.
type Capabilities struct {
	Scopes      []string // nil if they are unknown
	Permissions []string
}
