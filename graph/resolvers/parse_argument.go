package resolvers

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/ringql/ringql/graph/model"
	"github.com/ringql/ringql/internal/rest"
)

// parseArguments checks what the upstream is known to refuse, or to leave out of its
// answer, whose order tells what is about what. It returns each text once.
func parseArguments(numbers []string, home *string) ([]string, error) {
	if len(numbers) == 0 || len(numbers) > rest.MostParsed {
		return nil, in("numbers", &model.InputError{Reason: fmt.Sprintf("must be 1 to %d", rest.MostParsed)})
	}
	if iso := or(home); home != nil && (len(iso) != 2 || strings.Trim(iso, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") != "") {
		return nil, in("homeCountry", &model.InputError{Reason: "must be two capital letters, as in ISO 3166"})
	}
	var unique []string
	seen := map[string]bool{}
	for i, n := range numbers {
		if strings.TrimSpace(n) == "" || utf8.RuneCountInString(n) > rest.MostParsed {
			return nil, in(fmt.Sprintf("numbers[%d]", i), &model.InputError{Reason: fmt.Sprintf("must be 1 to %d characters", rest.MostParsed)})
		}
		if !seen[n] {
			seen[n] = true
			unique = append(unique, n)
		}
	}
	return unique, nil
}

// inPlaces puts what was found of each text in every place where it was asked for.
func inPlaces(numbers []string, parsed []rest.ParsedPhoneNumber) []*rest.ParsedPhoneNumber {
	of := map[string]*rest.ParsedPhoneNumber{}
	for i := range parsed {
		of[parsed[i].OriginalString] = &parsed[i]
	}
	out := make([]*rest.ParsedPhoneNumber, len(numbers))
	for i, n := range numbers {
		out[i] = of[n]
	}
	return out
}
