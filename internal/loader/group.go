package loader

import (
	"context"

	"github.com/ringql/ringql/internal/rest"
)

// CallQueues returns one page of an account's call queues: all, or those that an extension
// is a member of.
func (l *Loaders) CallQueues(ctx context.Context, account, member string, page, perPage int) (*rest.Page[rest.CallQueue], error) {
	account = l.path(account)
	return RememberPage(ctx, "call queues "+account+" "+member, page, perPage, func(ctx context.Context, page, perPage int) (*rest.Page[rest.CallQueue], error) {
		p, err := l.c.ListCallQueues(ctx, account, member, page, perPage)
		if err != nil {
			return nil, err
		}
		return settled(ctx, l, account, p, func(q *rest.CallQueue) rest.Key { return q.ID.Key })
	})
}

// CallQueue returns a call queue with its settings.
func (l *Loaders) CallQueue(ctx context.Context, id rest.CallQueueID) (*rest.CallQueue, error) {
	id.Account = l.path(id.Account)
	return Remember(ctx, "call queue "+id.Account+" "+id.RCID, func(ctx context.Context) (*rest.CallQueue, error) {
		q, err := l.c.ReadCallQueueInfo(ctx, id)
		if err != nil {
			return nil, err
		}
		return settle(ctx, l, id.Account, q.ID.Account, q)
	})
}

// CallQueueMembers returns one page of the extensions that belong to a call queue.
func (l *Loaders) CallQueueMembers(ctx context.Context, queue rest.ExtensionID, page, perPage int) (*rest.Page[rest.ExtensionRef], error) {
	return l.members(ctx, "members", queue, page, perPage, func(ctx context.Context, id rest.ExtensionID, page, perPage int) (*rest.Page[rest.ExtensionRef], error) {
		return l.c.ListCallQueueMembers(ctx, id.Account, id.RCID, page, perPage)
	})
}

// PagingGroupUsers returns one page of the extensions that may page a group.
func (l *Loaders) PagingGroupUsers(ctx context.Context, group rest.ExtensionID, page, perPage int) (*rest.Page[rest.ExtensionRef], error) {
	return l.members(ctx, "users", group, page, perPage, l.c.ListPagingGroupUsers)
}

// ParkLocationUsers returns one page of the extensions that may use a park location.
func (l *Loaders) ParkLocationUsers(ctx context.Context, location rest.ExtensionID, page, perPage int) (*rest.Page[rest.ExtensionRef], error) {
	return l.members(ctx, "parkers", location, page, perPage, l.c.GetParkLocationUsers)
}

// members reads one page of a list of a group that is an extension itself.
func (l *Loaders) members(ctx context.Context, list string, group rest.ExtensionID, page, perPage int,
	fetch func(context.Context, rest.ExtensionID, int, int) (*rest.Page[rest.ExtensionRef], error),
) (*rest.Page[rest.ExtensionRef], error) {
	group.Account = l.path(group.Account)
	return RememberPage(ctx, list+" of "+group.Account+" "+group.RCID, page, perPage, func(ctx context.Context, page, perPage int) (*rest.Page[rest.ExtensionRef], error) {
		p, err := fetch(ctx, group, page, perPage)
		if err != nil {
			return nil, err
		}
		return settled(ctx, l, group.Account, p, func(m *rest.ExtensionRef) rest.Key { return m.ID.Key })
	})
}

// PagingGroupDevices returns one page of the devices of a paging group: their ids, links
// and names.
func (l *Loaders) PagingGroupDevices(ctx context.Context, group rest.ExtensionID, page, perPage int) (*rest.Page[rest.Device], error) {
	group.Account = l.path(group.Account)
	return RememberPage(ctx, "paging devices of "+group.Account+" "+group.RCID, page, perPage, func(ctx context.Context, page, perPage int) (*rest.Page[rest.Device], error) {
		p, err := l.c.ListPagingGroupDevices(ctx, group, page, perPage)
		if err != nil {
			return nil, err
		}
		return settled(ctx, l, group.Account, p, keyOfDevice)
	})
}

// ExtensionsEach reads extensions, together and with those that others ask for in the
// same moment, and says what each came to.
func (l *Loaders) ExtensionsEach(ctx context.Context, ids []rest.ExtensionID) []rest.Result[*rest.Extension] {
	var ask []rest.ExtensionID
	for _, id := range ids {
		if id = l.extensionID(id); !l.readsWhole(id) {
			ask = append(ask, id)
		}
	}
	l.extension.loadAll(ctx, ask) // remembered for the loop below
	out := make([]rest.Result[*rest.Extension], len(ids))
	for i, id := range ids {
		out[i].Value, out[i].Err = l.Extension(ctx, id)
	}
	return out
}
