package change

import (
	"context"

	"github.com/ringql/ringql/internal/rest"
)

// PagingGroupMemberResult is what became of one user or device of a paging group.
type PagingGroupMemberResult struct {
	PagingGroupID rest.PagingGroupID
	UserID        *rest.ExtensionID // or
	DeviceID      *rest.DeviceID
	Action        MemberAction
	Outcome       MutationOutcome
	UserErrors    []*UserError
}

// PagingGroupMembersResult is what became of changes to many paging groups.
type PagingGroupMembersResult struct {
	Results    []*PagingGroupMemberResult
	Outcome    MutationOutcome
	UserErrors []*UserError
	Calls      []*UpstreamCall
}

// PagingGroupChange is who and what joins a paging group and leaves it.
type PagingGroupChange struct {
	Group                        rest.ExtensionID
	AddedUsers, RemovedUsers     []rest.ExtensionID
	AddedDevices, RemovedDevices []rest.DeviceID
}

// The lists of a paging group.
const (
	groupUsers = iota
	groupDevices
)

func userList(added, removed []rest.ExtensionID) memberList {
	return memberList{of: "extension", addedField: "addedUserIds", removeField: "removedUserIds", added: keys(added), removed: keys(removed)}
}

func (ch PagingGroupChange) group() groupChange {
	return groupChange{ch.Group.Key, []memberList{
		groupUsers: userList(ch.AddedUsers, ch.RemovedUsers),
		groupDevices: {
			of: "device", addedField: "addedDeviceIds", removeField: "removedDeviceIds",
			added: keys(ch.AddedDevices), removed: keys(ch.RemovedDevices),
		},
	}}
}

func (c *Changer) pagingGroups() groupKind {
	return groupKind{
		noun: "paging group", field: "pagingGroupId",
		fields: map[string]string{
			"pagingOnlyGroupId": "pagingGroupId", "addedUserIds": "addedUserIds", "removedUserIds": "removedUserIds",
			"addedDeviceIds": "addedDeviceIds", "removedDeviceIds": "removedDeviceIds",
		},
		send: func(ctx context.Context, account string, changes []groupChange) []error {
			out := make([]rest.PagingGroupChange, len(changes))
			for i, ch := range changes {
				out[i] = rest.PagingGroupChange{Group: ch.id.RCID, Users: members(ch.lists[groupUsers]), Devices: members(ch.lists[groupDevices])}
			}
			return c.REST.AssignPagingGroupUsersDevices(ctx, account, out)
		},
		read: func(ctx context.Context, group rest.ExtensionID, list int) (map[string]bool, error) {
			if list == groupDevices {
				return allOf(ctx, (*rest.Device).RcID, func(ctx context.Context, page, perPage int) (*rest.Page[rest.Device], error) {
					return c.REST.ListPagingGroupDevices(ctx, group, page, perPage)
				})
			}
			return allOf(ctx, refID, func(ctx context.Context, page, perPage int) (*rest.Page[rest.ExtensionRef], error) {
				return c.REST.ListPagingGroupUsers(ctx, group, page, perPage)
			})
		},
	}
}

// AssignPagingGroupUsersDevices has users and devices join paging groups and leave others,
// and reads back who and what belongs to them now.
func (c *Changer) AssignPagingGroupUsersDevices(ctx context.Context, account string, asked []PagingGroupChange) (*PagingGroupMembersResult, error) {
	changes := make([]groupChange, len(asked))
	for i, ch := range asked {
		changes[i] = ch.group()
	}
	r, err := c.assignMembers(ctx, account, c.pagingGroups(), changes)
	if err != nil {
		return nil, err
	}
	out := &PagingGroupMembersResult{Outcome: r.outcome, UserErrors: r.errors, Calls: r.calls}
	for _, m := range r.members {
		one := &PagingGroupMemberResult{
			PagingGroupID: rest.PagingGroupID{Key: m.group}, Action: m.action, Outcome: m.outcome, UserErrors: m.errors,
		}
		if m.list == groupDevices {
			one.DeviceID = &rest.DeviceID{Key: m.id}
		} else {
			one.UserID = &rest.ExtensionID{Key: m.id}
		}
		out.Results = append(out.Results, one)
	}
	return out, nil
}

// ParkLocationUserResult is what became of one user of a park location.
type ParkLocationUserResult struct {
	ParkLocationID rest.ParkLocationID
	UserID         rest.ExtensionID
	Action         MemberAction
	Outcome        MutationOutcome
	UserErrors     []*UserError
}

// ParkLocationUsersResult is what became of changes to many park locations.
type ParkLocationUsersResult struct {
	Results    []*ParkLocationUserResult
	Outcome    MutationOutcome
	UserErrors []*UserError
	Calls      []*UpstreamCall
}

// ParkLocationChange is who may use a park location from now on, and who not any more.
type ParkLocationChange struct {
	Location       rest.ExtensionID
	Added, Removed []rest.ExtensionID
}

func (c *Changer) parkLocations() groupKind {
	return groupKind{
		noun: "park location", field: "parkLocationId",
		fields: map[string]string{"parkLocationId": "parkLocationId", "addedUserIds": "addedUserIds", "removedUserIds": "removedUserIds"},
		send: func(ctx context.Context, account string, changes []groupChange) []error {
			out := make([]rest.ParkLocationChange, len(changes))
			for i, ch := range changes {
				out[i] = rest.ParkLocationChange{Location: ch.id.RCID, Users: members(ch.lists[groupUsers])}
			}
			return c.REST.UpdateParkLocationUsers(ctx, account, out)
		},
		read: func(ctx context.Context, location rest.ExtensionID, _ int) (map[string]bool, error) {
			return allOf(ctx, refID, func(ctx context.Context, page, perPage int) (*rest.Page[rest.ExtensionRef], error) {
				return c.REST.GetParkLocationUsers(ctx, location, page, perPage)
			})
		},
	}
}

// UpdateParkLocationUsers lets users use park locations and others not any more, and reads
// back who may now.
func (c *Changer) UpdateParkLocationUsers(ctx context.Context, account string, asked []ParkLocationChange) (*ParkLocationUsersResult, error) {
	changes := make([]groupChange, len(asked))
	for i, ch := range asked {
		changes[i] = groupChange{ch.Location.Key, []memberList{groupUsers: userList(ch.Added, ch.Removed)}}
	}
	r, err := c.assignMembers(ctx, account, c.parkLocations(), changes)
	if err != nil {
		return nil, err
	}
	out := &ParkLocationUsersResult{Outcome: r.outcome, UserErrors: r.errors, Calls: r.calls}
	for _, m := range r.members {
		out.Results = append(out.Results, &ParkLocationUserResult{
			rest.ParkLocationID{Key: m.group}, rest.ExtensionID{Key: m.id}, m.action, m.outcome, m.errors,
		})
	}
	return out, nil
}
