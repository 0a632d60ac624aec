package resolvers

import (
	"context"

	"github.com/ringql/ringql/graph/model"
	"github.com/ringql/ringql/internal/change"
)

func (r *mutationResolver) BulkAssignCallQueueMembers(ctx context.Context, input model.BulkAssignCallQueueMembersInput) (*change.CallQueueMembersResult, error) {
	account, err := accountArgument(input.AccountID)
	if err != nil {
		return nil, err
	}
	changes := make([]change.QueueChange, len(input.Items))
	for i, item := range input.Items {
		if changes[i], err = queueChange(item, account); err != nil {
			return nil, err
		}
	}
	result, err := r.Change.AssignCallQueueMembers(ctx, account, changes)
	return changed(ctx, result, err)
}
