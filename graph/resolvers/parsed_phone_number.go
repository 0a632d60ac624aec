package resolvers

import (
	"context"
	"fmt"

	"github.com/ringql/ringql/internal/loader"
	"github.com/ringql/ringql/internal/rest"
)

func (r *queryResolver) ParsePhoneNumbers(ctx context.Context, numbers []string, homeCountry *string, nationalAsPriority *bool) ([]*rest.ParsedPhoneNumber, error) {
	texts, err := parseArguments(numbers, homeCountry)
	if err != nil {
		return nil, err
	}
	how := rest.Parse{HomeCountry: or(homeCountry), NationalAsPriority: or(nationalAsPriority)}
	parsed, err := loader.Remember(ctx, fmt.Sprintf("parse %+v %q", how, texts), func(ctx context.Context) ([]rest.ParsedPhoneNumber, error) {
		return r.Change.REST.ParsePhoneNumbers(ctx, texts, how)
	})
	if err != nil {
		return nil, err
	}
	return inPlaces(numbers, parsed), loader.For(ctx).Answer(len(numbers))
}
