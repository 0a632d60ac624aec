package resolvers

import (
	"context"

	"github.com/ringql/ringql/graph/model"
	"github.com/ringql/ringql/internal/change"
)

func (r *mutationResolver) BulkAssignCallQueueMembers(ctx context.Context, input model.BulkAssignCallQueueMembersInput) (*change.CallQueueMembersResult, error) {
	account, changes, err := itemsOf(input.AccountID, input.Items, queueChange)
	if err != nil {
		return nil, err
	}
	result, err := r.Change.AssignCallQueueMembers(ctx, account, changes)
	return changed(ctx, result, err)
}
