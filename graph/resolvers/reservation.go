package resolvers

import (
	"context"

	"github.com/ringql/ringql/graph/model"
	"github.com/ringql/ringql/internal/change"
)

func (r *mutationResolver) ReservePhoneNumbers(ctx context.Context, input model.ReservePhoneNumbersInput) (*change.ReservationsResult, error) {
	result, err := r.Change.ReservePhoneNumbers(ctx, reserves(input.Items))
	return changed(ctx, result, err)
}

func (r *mutationResolver) UnreservePhoneNumbers(ctx context.Context, input model.UnreservePhoneNumbersInput) (*change.ReservationsResult, error) {
	result, err := r.Change.UnreservePhoneNumbers(ctx, unreserves(input.Items))
	return changed(ctx, result, err)
}
