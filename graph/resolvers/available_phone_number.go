package resolvers

import (
	"context"

	"github.com/ringql/ringql/internal/loader"
	"github.com/ringql/ringql/internal/rest"
)

func (r *queryResolver) AvailablePhoneNumbers(ctx context.Context, filter rest.AvailablePhoneNumberFilter, first *int) ([]*rest.AvailablePhoneNumber, error) {
	most, err := r.offers(first)
	if err == nil {
		err = availableFilter(filter)
	}
	if err != nil || most == 0 {
		return []*rest.AvailablePhoneNumber{}, err
	}
	found, err := loader.Remember(ctx, "lookup "+filter.Query(most).Encode(), func(ctx context.Context) ([]rest.AvailablePhoneNumber, error) {
		return r.Change.REST.LookupPhoneNumbers(ctx, filter, most)
	})
	if err != nil {
		return nil, err
	}
	return pointers(found), loader.For(ctx).Answer(len(found))
}
