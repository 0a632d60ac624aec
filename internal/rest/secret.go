package rest

import (
	"errors"
	"log/slog"
	"regexp"
	"strings"
)

// Secret is a text that is sent and never shown: printed or logged, it is a mark.
type Secret string

const hidden = "(secret)"

// String hides the text from fmt.
func (Secret) String() string { return hidden }

// GoString hides the text from fmt's %#v.
func (Secret) GoString() string { return hidden }

// LogValue hides the text from logs.
func (Secret) LogValue() slog.Value { return slog.StringValue(hidden) }

// telling are the upstream's own words, which are no secret even where one is a part of
// them: a code, and what it calls a secret.
var telling = regexp.MustCompile(`^([A-Z]{3}-[0-9]{3,4}|password|ivrPin)$`)

// scrubbed is err without the secrets that were sent: the upstream may repeat what it
// refuses.
func scrubbed(err error, secrets ...Secret) error {
	e, ok := errors.AsType[*Error](err)
	if !ok {
		return err
	}
	for _, s := range secrets {
		if s == "" {
			continue
		}
		for _, text := range []*string{&e.Message, &e.Code, &e.Parameter, &e.Permission, &e.RequestID} {
			if !telling.MatchString(*text) {
				*text = strings.ReplaceAll(*text, string(s), hidden)
			}
		}
	}
	return err
}
