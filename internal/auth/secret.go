package auth

// Secret holds a text that must not be seen. Since it holds it by its address, neither
// fmt nor slog nor JSON shows it, not even as a field of something else.
type Secret struct{ text *string }

// NewSecret returns s as a Secret.
func NewSecret(s string) Secret { return Secret{&s} }

// Reveal returns the text.
func (s Secret) Reveal() string {
	if s.text == nil {
		return ""
	}
	return *s.text
}

// String keeps the text to itself.
func (Secret) String() string { return "[secret]" }
