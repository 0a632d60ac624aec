package rest

import (
	"context"

	"github.com/ringql/ringql/internal/budget"
)

// Members are who joins a group and who leaves it.
type Members struct{ Added, Removed []string }

// PagingGroupChange is who and what joins a paging group and leaves it.
type PagingGroupChange struct {
	Group          string
	Users, Devices Members
}

// ParkLocationChange is who may use a park location from now on, and who not any more.
type ParkLocationChange struct {
	Location string
	Users    Members
}

var (
	listPagingGroupUsers = op("listPagingGroupUsers",
		"GET /restapi/v1.0/account/{accountId}/paging-only-groups/{pagingOnlyGroupId}/users", budget.Light, V1, "ReadAccounts", "ReadUserInfo").
		shows(ExtensionInfo)
	listPagingGroupDevices = op("listPagingGroupDevices",
		"GET /restapi/v1.0/account/{accountId}/paging-only-groups/{pagingOnlyGroupId}/devices", budget.Light, V1, "ReadAccounts", "ReadCompanyDevices").
		shows(Devices)
	assignMultiplePagingGroupUsersDevices = op("assignMultiplePagingGroupUsersDevices",
		"POST /restapi/v1.0/account/{accountId}/paging-only-groups/{pagingOnlyGroupId}/bulk-assign", budget.Heavy, V1, "EditAccounts", "Groups")
	getParkLocationUsers = op("getParkLocationUsers",
		"GET /restapi/v1.0/account/{accountId}/park-locations/{parkLocationId}/users", budget.Light, Legacy, "ReadAccounts", "ReadExtensions").
		shows(ExtensionInfo)
	updateParkLocationUsers = op("updateParkLocationUsers",
		"POST /restapi/v1.0/account/{accountId}/park-locations/{parkLocationId}/bulk-assign", budget.Heavy, Legacy, "EditExtensions", "EditExtensions")
)

// In returns r as one of an account; nil for nil.
func (r *ExtensionRef) In(account string) *ExtensionRef {
	if r == nil {
		return nil
	}
	out := *r
	out.ID.Account = account
	return &out
}

// ListPagingGroupUsers returns one page of the extensions that may page a group.
func (c *Client) ListPagingGroupUsers(ctx context.Context, group ExtensionID, page, perPage int) (*Page[ExtensionRef], error) {
	return c.listRefs(ctx, listPagingGroupUsers, group, page, perPage)
}

// GetParkLocationUsers returns one page of the extensions that may use a park location.
// Today's description does not list the operation.
func (c *Client) GetParkLocationUsers(ctx context.Context, location ExtensionID, page, perPage int) (*Page[ExtensionRef], error) {
	return onlyWay(ctx, c, location.Account, getParkLocationUsers, func() (*Page[ExtensionRef], error) {
		return c.listRefs(ctx, getParkLocationUsers, location, page, perPage)
	})
}

// listRefs returns one page of the extensions that belong to a group.
func (c *Client) listRefs(ctx context.Context, o *Operation, group ExtensionID, page, perPage int) (*Page[ExtensionRef], error) {
	return read(ctx, c, o.at(group.Account, group.RCID).where(paged(nil, page, perPage)), func(p *Page[ExtensionRef]) error {
		for i := range p.Records {
			r := &p.Records[i]
			r.ID.Account = first(AccountOf(r.URI), first(AccountOf(p.URI), group.Account))
		}
		return checked(o, p, func(m *ExtensionRef) string { return m.ID.RCID })
	})
}

// ListPagingGroupDevices returns one page of the devices of a paging group, of which it
// tells the names alone.
func (c *Client) ListPagingGroupDevices(ctx context.Context, group ExtensionID, page, perPage int) (*Page[Device], error) {
	r := listPagingGroupDevices.at(group.Account, group.RCID).where(paged(nil, page, perPage))
	return read(ctx, c, r, func(p *Page[Device]) error {
		for i := range p.Records {
			p.Records[i].settle(first(AccountOf(p.Records[i].URI), first(AccountOf(p.URI), group.Account)))
		}
		return checked(listPagingGroupDevices, p, (*Device).RcID)
	})
}

// AssignPagingGroupUsersDevices has users and devices join paging groups, and others
// leave them, with a call for each group. It returns what became of each.
func (c *Client) AssignPagingGroupUsersDevices(ctx context.Context, account string, changes []PagingGroupChange) []error {
	type body struct {
		AddedUsers     []string `json:"addedUserIds,omitzero"`
		RemovedUsers   []string `json:"removedUserIds,omitzero"`
		AddedDevices   []string `json:"addedDeviceIds,omitzero"`
		RemovedDevices []string `json:"removedDeviceIds,omitzero"`
	}
	return c.each(ctx, assignMultiplePagingGroupUsersDevices, len(changes), func(ctx context.Context, i int) error {
		ch := changes[i]
		return c.act(ctx, assignMultiplePagingGroupUsersDevices.at(account, ch.Group).
			send(body{ch.Users.Added, ch.Users.Removed, ch.Devices.Added, ch.Devices.Removed}))
	})
}

// UpdateParkLocationUsers has users join park locations, and others leave them, with a call
// for each location. It returns what became of each. Today's description does not list the
// operation.
func (c *Client) UpdateParkLocationUsers(ctx context.Context, account string, changes []ParkLocationChange) []error {
	type body struct {
		Added   []string `json:"addedUserIds,omitzero"`
		Removed []string `json:"removedUserIds,omitzero"`
	}
	errs, err := onlyWay(ctx, c, account, updateParkLocationUsers, func() ([]error, error) {
		return c.by(ctx, updateParkLocationUsers, len(changes), func(ctx context.Context, i int) error {
			return c.act(ctx, updateParkLocationUsers.at(account, changes[i].Location).send(body(changes[i].Users)))
		})
	})
	if err != nil {
		return repeat(err, len(changes))
	}
	return errs
}
