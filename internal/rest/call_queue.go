package rest

import (
	"context"

	"github.com/ringql/ringql/internal/budget"
)

// QueueChange adds extensions to a call queue and removes others from it.
type QueueChange struct {
	Queue   string
	Added   []string
	Removed []string
}

var (
	listDepartmentMembers = op("listDepartmentMembers",
		"GET /restapi/v1.0/account/{accountId}/department/{departmentId}/members", budget.Light, V1, "ReadAccounts", "ReadExtensions").
		shows(CallQueueMembers, ExtensionInfo)
	listCallQueueMembers = op("listCallQueueMembers",
		"GET /restapi/v1.0/account/{accountId}/call-queues/{groupId}/members", budget.Light, V1, "ReadAccounts", "ReadExtensions").
		shows(CallQueueMembers, ExtensionInfo)
	assignMultipleDepartmentMembers = op("assignMultipleDepartmentMembers",
		"POST /restapi/v1.0/account/{accountId}/department/bulk-assign", budget.Heavy, V1, "EditAccounts", "UserGroups")
	assignMultipleCallQueueMembers = op("assignMultipleCallQueueMembers",
		"POST /restapi/v1.0/account/{accountId}/call-queues/{groupId}/bulk-assign", budget.Heavy, V1, "EditExtensions", "Groups")
)

// ListCallQueueMembers returns one page of a queue's members.
func (c *Client) ListCallQueueMembers(ctx context.Context, account, queue string, page, perPage int) (*Page[ExtensionRef], error) {
	list := func(o *Operation) way[*Page[ExtensionRef]] {
		return way[*Page[ExtensionRef]]{o, func() (*Page[ExtensionRef], error) {
			return c.listRefs(ctx, o, ExtensionID{Key{account, queue}}, page, perPage)
		}}
	}
	if c.cfg.Generation == OnlyV1 {
		return either(ctx, c, account, list(listDepartmentMembers), list(listCallQueueMembers))
	}
	return either(ctx, c, account, list(listCallQueueMembers), list(listDepartmentMembers))
}

// AssignCallQueueMembers applies changes and returns what became of each queue's
// call, in order. One call serves one queue with the newer operation, many with
// the older one; calls of this kind are Heavy, so many queues take the older one.
func (c *Client) AssignCallQueueMembers(ctx context.Context, account string, changes []QueueChange) []error {
	each := way[[]error]{assignMultipleCallQueueMembers, func() ([]error, error) { return c.assignEach(ctx, account, changes) }}
	once := way[[]error]{assignMultipleDepartmentMembers, func() ([]error, error) { return c.assignOnce(ctx, account, changes) }}
	ways := []way[[]error]{each, once}
	if c.cfg.Generation == OnlyV1 || c.cfg.Generation != OnlyV2 && len(changes) > 1 {
		ways = []way[[]error]{once, each}
	}
	errs, err := either(ctx, c, account, ways...)
	if err != nil {
		return repeat(err, len(changes))
	}
	return errs
}

func (c *Client) assignOnce(ctx context.Context, account string, changes []QueueChange) ([]error, error) {
	type item struct {
		Department string   `json:"departmentId"`
		Added      []string `json:"addedExtensionIds,omitzero"`
		Removed    []string `json:"removedExtensionIds,omitzero"`
	}
	type items struct {
		Items []item `json:"items"`
	}
	body := items{make([]item, len(changes))}
	for i, ch := range changes {
		body.Items[i] = item{ch.Queue, ch.Added, ch.Removed}
	}
	err := c.act(ctx, assignMultipleDepartmentMembers.at(account).send(body))
	if unserved(err, assignMultipleDepartmentMembers) {
		return nil, err
	}
	return repeat(err, len(changes)), nil
}

func (c *Client) assignEach(ctx context.Context, account string, changes []QueueChange) ([]error, error) {
	type body struct {
		Added   []string `json:"addedExtensionIds,omitzero"`
		Removed []string `json:"removedExtensionIds,omitzero"`
	}
	return c.by(ctx, assignMultipleCallQueueMembers, len(changes), func(ctx context.Context, i int) error {
		return c.act(ctx, assignMultipleCallQueueMembers.at(account, changes[i].Queue).
			send(body{changes[i].Added, changes[i].Removed}))
	})
}

func repeat(err error, n int) []error {
	errs := make([]error, n)
	for i := range errs {
		errs[i] = err
	}
	return errs
}
