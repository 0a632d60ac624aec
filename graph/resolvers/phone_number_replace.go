package resolvers

import (
	"context"

	"github.com/ringql/ringql/graph/model"
	"github.com/ringql/ringql/internal/change"
)

func (r *mutationResolver) ReplacePhoneNumber(ctx context.Context, input model.ReplacePhoneNumberInput) (*change.ReplaceResult, error) {
	id, err := model.ParsePhoneNumber(input.PhoneNumberID)
	if err != nil {
		return nil, in("phoneNumberId", err)
	}
	replacement, err := model.ParsePhoneNumber(input.ReplacementID)
	if err != nil {
		return nil, in("replacementId", err)
	}
	result, err := r.Change.ReplacePhoneNumber(ctx, id, replacement)
	return changed(ctx, result, err)
}
