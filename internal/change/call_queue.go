package change

import (
	"context"

	"github.com/ringql/ringql/internal/rest"
)

// CallQueueMemberResult is what became of one member.
type CallQueueMemberResult struct {
	CallQueueID rest.ExtensionID
	ExtensionID rest.ExtensionID
	Action      MemberAction
	Outcome     MutationOutcome
	UserErrors  []*UserError
}

// CallQueueMembersResult is what became of changes to many queues.
type CallQueueMembersResult struct {
	Results    []*CallQueueMemberResult
	Outcome    MutationOutcome
	UserErrors []*UserError
	Calls      []*UpstreamCall
}

// QueueChange adds extensions to a call queue and removes others from it.
type QueueChange struct {
	Queue          rest.ExtensionID
	Added, Removed []rest.ExtensionID
}

func (ch QueueChange) group() groupChange {
	return groupChange{ch.Queue.Key, []memberList{{
		of: "extension", addedField: "addedExtensionIds", removeField: "removedExtensionIds",
		added: keys(ch.Added), removed: keys(ch.Removed),
	}}}
}

func (c *Changer) callQueues() groupKind {
	return groupKind{
		noun: "queue", field: "callQueueId",
		fields: map[string]string{
			"departmentId": "callQueueId", "groupId": "callQueueId",
			"addedExtensionIds": "addedExtensionIds", "removedExtensionIds": "removedExtensionIds",
		},
		send: func(ctx context.Context, account string, changes []groupChange) []error {
			out := make([]rest.QueueChange, len(changes))
			for i, ch := range changes {
				m := members(ch.lists[0])
				out[i] = rest.QueueChange{Queue: ch.id.RCID, Added: m.Added, Removed: m.Removed}
			}
			return c.REST.AssignCallQueueMembers(ctx, account, out)
		},
		read: func(ctx context.Context, queue rest.ExtensionID, _ int) (map[string]bool, error) {
			return allOf(ctx, refID, func(ctx context.Context, page, perPage int) (*rest.Page[rest.ExtensionRef], error) {
				return c.REST.ListCallQueueMembers(ctx, queue.Account, queue.RCID, page, perPage)
			})
		},
	}
}

// AssignCallQueueMembers adds members to queues and removes others, and reads back
// who is a member now. account is the one they live in.
func (c *Changer) AssignCallQueueMembers(ctx context.Context, account string, asked []QueueChange) (*CallQueueMembersResult, error) {
	changes := make([]groupChange, len(asked))
	for i, ch := range asked {
		changes[i] = ch.group()
	}
	r, err := c.assignMembers(ctx, account, c.callQueues(), changes)
	if err != nil {
		return nil, err
	}
	out := &CallQueueMembersResult{Outcome: r.outcome, UserErrors: r.errors, Calls: r.calls}
	for _, m := range r.members {
		out.Results = append(out.Results, &CallQueueMemberResult{
			rest.ExtensionID{Key: m.group}, rest.ExtensionID{Key: m.id}, m.action, m.outcome, m.errors,
		})
	}
	return out, nil
}
