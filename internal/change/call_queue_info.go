package change

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/ringql/ringql/internal/rest"
)

// alertTimers are the seconds that a call queue can wait before it tells its members.
var alertTimers = []int{5, 10, 15, 20, 30, 45, 60, 120, 180, 240, 300, 360, 420, 480, 540, 600}

// queueFields says which input field the upstream means by a parameter.
var queueFields = map[string]string{
	"groupId":                      "callQueueId",
	"extensionNumber":              "extensionNumber",
	"name":                         "name",
	"status":                       "status",
	"subType":                      "emergency",
	"site":                         "siteId",
	"site.id":                      "siteId",
	"serviceLevelSettings":         "serviceLevelSettings",
	"serviceLevelSettings.slaGoal": "serviceLevelSettings.slaGoal",
	"editableMemberStatus":         "editableMemberStatus",
	"alertTimer":                   "alertTimer",
	"serviceLevelSettings.slaThresholdSeconds":       "serviceLevelSettings.slaThresholdSeconds",
	"serviceLevelSettings.includeAbandonedCalls":     "serviceLevelSettings.includeAbandonedCalls",
	"serviceLevelSettings.abandonedThresholdSeconds": "serviceLevelSettings.abandonedThresholdSeconds",
}

// CallQueueResult is what became of a change of a call queue.
type CallQueueResult struct {
	CallQueue  *rest.CallQueue // as it is now; nil when it was not changed, or that is not known
	Outcome    MutationOutcome
	UserErrors []*UserError
}

// UpdateCallQueue changes a call queue.
func (c *Changer) UpdateCallQueue(ctx context.Context, id rest.CallQueueID, to rest.CallQueueUpdate) (*CallQueueResult, error) {
	if bad := impossible(to); bad != nil {
		return &CallQueueResult{Outcome: Rejected, UserErrors: []*UserError{bad}}, nil
	}
	account, err := accountID(ctx, id.Account)
	if err != nil {
		return nil, err
	}
	own := func(q *rest.CallQueue, err error) (*rest.CallQueue, error) {
		if err == nil && q.ID.Account == rest.Own {
			q = q.In(account)
		}
		return q, err
	}
	r, err := Carry(ctx, Step[rest.CallQueue]{
		Send: func(ctx context.Context) (*rest.CallQueue, error) {
			return own(c.REST.UpdateCallQueueInfo(ctx, id, to))
		},
		Look: func(ctx context.Context) (*rest.CallQueue, bool, error) {
			q, err := own(c.REST.ReadCallQueueInfo(ctx, id))
			return q, err == nil && to.SeenIn(q), err
		},
		Fields: queueFields,
	})
	if err != nil {
		return nil, err
	}
	return &CallQueueResult{r.Object, r.Outcome, r.UserErrors}, nil
}

// impossible refuses what the upstream is known to refuse.
func impossible(to rest.CallQueueUpdate) *UserError {
	switch {
	case to == rest.CallQueueUpdate{}:
		return &UserError{Code: Invalid, Message: "Nothing of the queue is to be changed."}
	case to.Status != nil && *to.Status == rest.Frozen:
		return invalid("status", "A call queue cannot be frozen.")
	case to.AlertTimer != nil && !slices.Contains(alertTimers, *to.AlertTimer):
		return invalid("alertTimer", fmt.Sprintf("It must be one of %v.", alertTimers))
	}
	return nil
}

// ExtensionCallQueuesResult is what became of an extension's call queues.
type ExtensionCallQueuesResult struct {
	Member     rest.ExtensionID // none when it was not changed, or that is not known
	Queues     []rest.CallQueue // ids and names
	Outcome    MutationOutcome
	UserErrors []*UserError
}

const mostUserQueues = 1000

// SetExtensionCallQueues makes an extension a member of queues, and of no others. account
// is the one they live in.
func (c *Changer) SetExtensionCallQueues(ctx context.Context, account string, ext rest.ExtensionID, queues []rest.ExtensionID) (*ExtensionCallQueuesResult, error) {
	wanted := map[string]bool{}
	for _, q := range queues {
		if wanted[q.RCID] {
			return refusedQueues(fmt.Sprintf("Queue %s stands there twice.", q.RCID)), nil
		}
		wanted[q.RCID] = true
	}
	if len(queues) > mostUserQueues {
		return refusedQueues(fmt.Sprintf("At most %d queues at once.", mostUserQueues)), nil
	}
	real, err := accountID(ctx, account)
	if err == nil {
		err = foreign("extensionId", real, ext)
	}
	if err == nil {
		err = foreign("callQueueIds", real, queues...)
	}
	if err != nil {
		return nil, err
	}
	ext.Account = account
	r, err := Carry(ctx, Step[[]rest.CallQueue]{
		Send: func(ctx context.Context) (*[]rest.CallQueue, error) {
			now, err := c.REST.UpdateUserCallQueues(ctx, ext, rcIDs(keys(queues)))
			return &now, err
		},
		Look: func(ctx context.Context) (*[]rest.CallQueue, bool, error) {
			now, err := c.queuesOf(ctx, ext)
			return &now, err == nil && maps.Equal(queueIDs(now), wanted), err
		},
		Fields: map[string]string{"extensionId": "extensionId", "records": "callQueueIds", "records.id": "callQueueIds"},
	})
	if err != nil {
		return nil, err
	}
	out := &ExtensionCallQueuesResult{Outcome: r.Outcome, UserErrors: r.UserErrors}
	if r.Object != nil {
		ext.Account = real
		out.Member, out.Queues = ext, append([]rest.CallQueue{}, *r.Object...)
		for i := range out.Queues {
			out.Queues[i] = *out.Queues[i].In(real)
		}
	}
	return out, nil
}

func refusedQueues(why string) *ExtensionCallQueuesResult {
	return &ExtensionCallQueuesResult{Outcome: Rejected, UserErrors: []*UserError{invalid("callQueueIds", why)}}
}

// queuesOf reads the call queues that an extension is a member of.
func (c *Changer) queuesOf(ctx context.Context, ext rest.ExtensionID) ([]rest.CallQueue, error) {
	all := []rest.CallQueue{}
	list := func(ctx context.Context, page, perPage int) (*rest.Page[rest.CallQueue], error) {
		return c.REST.ListCallQueues(ctx, ext.Account, ext.RCID, page, perPage)
	}
	for p, err := range rest.Pages(ctx, (*rest.CallQueue).RcID, list) {
		if err != nil {
			return nil, err
		}
		all = append(all, p.Records...)
	}
	return all, nil
}

func queueIDs(qs []rest.CallQueue) map[string]bool {
	ids := map[string]bool{}
	for i := range qs {
		ids[qs[i].RcID()] = true
	}
	return ids
}
