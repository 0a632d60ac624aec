package resolvers

import (
	"context"
	"fmt"
	"slices"

	"github.com/99designs/gqlgen/graphql"

	"github.com/ringql/ringql/graph/model"
	"github.com/ringql/ringql/internal/change"
	"github.com/ringql/ringql/internal/loader"
	"github.com/ringql/ringql/internal/paging"
	"github.com/ringql/ringql/internal/plan"
	"github.com/ringql/ringql/internal/rest"
)

// Call queues, paging groups and park locations are extensions of certain types. Their
// members are told by little more than their ids; more is read of those that are shown.

// groupArgument reads an argument or input field that names an extension of a type.
func groupArgument(field, id, typ, account string) (rest.ExtensionID, error) {
	ext, err := model.ParseGroup(id, typ)
	if err != nil {
		return ext, in(field, err)
	}
	return ext, sameAccount(field, ext.Key, account)
}

func groupArguments(field string, ids []string, typ, account string) ([]rest.ExtensionID, error) {
	return arguments(ids, func(_ int, id string) (rest.ExtensionID, error) { return groupArgument(field, id, typ, account) })
}

func deviceArguments(field string, ids []string, account string) ([]rest.DeviceID, error) {
	return arguments(ids, func(_ int, id string) (rest.DeviceID, error) {
		d, err := model.ParseDevice(id)
		if err != nil {
			return d, in(field, err)
		}
		return d, sameAccount(field, d.Key, account)
	})
}

// optionalMember reads a filter that may name a member; "" when it does not.
func optionalMember(filter *model.CallQueueFilter, account string) (string, error) {
	if filter == nil || filter.MemberExtensionID == nil {
		return "", nil
	}
	ext, err := extensionArgument("filter.memberExtensionId", *filter.MemberExtensionID, account)
	return ext.RCID, err
}

// pagingGroupChange reads the input for one paging group.
func pagingGroupChange(item *model.PagingGroupUsersAndDevicesInput, account string) (ch change.PagingGroupChange, err error) {
	if ch.Group, err = groupArgument("pagingGroupId", item.PagingGroupID, model.TypePagingGroup, account); err != nil {
		return ch, err
	}
	if ch.AddedUsers, err = extensionArguments("addedUserIds", item.AddedUserIds, account); err != nil {
		return ch, err
	}
	if ch.RemovedUsers, err = extensionArguments("removedUserIds", item.RemovedUserIds, account); err != nil {
		return ch, err
	}
	if ch.AddedDevices, err = deviceArguments("addedDeviceIds", item.AddedDeviceIds, account); err != nil {
		return ch, err
	}
	ch.RemovedDevices, err = deviceArguments("removedDeviceIds", item.RemovedDeviceIds, account)
	return ch, err
}

// parkLocationChange reads the input for one park location.
func parkLocationChange(item *model.ParkLocationUsersInput, account string) (ch change.ParkLocationChange, err error) {
	if ch.Location, err = groupArgument("parkLocationId", item.ParkLocationID, model.TypeParkLocation, account); err != nil {
		return ch, err
	}
	if ch.Added, err = extensionArguments("addedUserIds", item.AddedUserIds, account); err != nil {
		return ch, err
	}
	ch.Removed, err = extensionArguments("removedUserIds", item.RemovedUserIds, account)
	return ch, err
}

// callQueueUpdate reads what is to be changed of a call queue.
func callQueueUpdate(input model.UpdateCallQueueInput) rest.CallQueueUpdate {
	u := rest.CallQueueUpdate{
		ExtensionNumber: input.ExtensionNumber, Name: input.Name, Status: input.Status,
		EditableMemberStatus: input.EditableMemberStatus, AlertTimer: input.AlertTimer,
	}
	if input.Emergency != nil {
		kind := rest.UnknownSubType
		if *input.Emergency {
			kind = rest.EmergencySubType
		}
		u.SubType = &kind
	}
	if or(input.ServiceLevelSettings) != (rest.ServiceLevel{}) {
		u.ServiceLevelSettings = input.ServiceLevelSettings
	}
	if input.SiteID != nil {
		u.Site = &rest.ByID{ID: *input.SiteID}
	}
	return u
}

// The types of extensions that are groups: today's names first, then that of 2018.
var (
	pagingTypes = []rest.ExtensionType{"PagingOnly", "PagingOnlyGroup"}
	parkTypes   = []rest.ExtensionType{"ParkLocation"}
)

// asPagingGroup is an extension as a paging group; nil when it is none.
func asPagingGroup(e *rest.Extension) *model.PagingGroup {
	if !slices.Contains(pagingTypes, e.Type) {
		return nil
	}
	return &model.PagingGroup{Extension: e}
}

// asParkLocation is an extension as a park location; nil when it is none.
func asParkLocation(e *rest.Extension) *model.ParkLocation {
	if !slices.Contains(parkTypes, e.Type) {
		return nil
	}
	return &model.ParkLocation{Extension: e}
}

func pagingGroup(ctx context.Context, id rest.ExtensionID) (*model.PagingGroup, error) {
	return group(ctx, id, asPagingGroup)
}

func parkLocation(ctx context.Context, id rest.ExtensionID) (*model.ParkLocation, error) {
	return group(ctx, id, asParkLocation)
}

// group reads an extension that is to be a group. One that is none is not found.
func group[T any](ctx context.Context, id rest.ExtensionID, as func(*rest.Extension) *T) (*T, error) {
	e, err := loader.For(ctx).WholeExtension(ctx, id)
	if err != nil {
		return nil, err
	}
	if g := as(e); g != nil {
		return g, nil
	}
	return nil, fmt.Errorf("extension %s of type %.40q: %w", id.RCID, e.Type, rest.ErrNotFound)
}

// callQueueOf is what the record of an extension plan.Tells of it as a call queue.
func callQueueOf(e *rest.Extension) *rest.CallQueue {
	return &rest.CallQueue{
		ID: rest.CallQueueID(e.ID), ExtensionNumber: e.ExtensionNumber, Name: e.Name, Status: e.Status, SubType: e.SubType, Site: e.Site,
		Settings: rest.CallQueueSettings{ServiceLevelSettings: e.CallQueueInfo, AlertTimer: e.AlertTimer},
	}
}

// setting returns one of the settings of a call queue, which is read if it is not known.
func setting[T any](ctx context.Context, q *rest.CallQueue, of func(*rest.CallQueueSettings) *T) (*T, error) {
	if v := of(&q.Settings); v != nil || q.Whole {
		return v, nil
	}
	whole, err := loader.For(ctx).CallQueue(ctx, q.ID)
	if err != nil {
		return nil, err
	}
	return of(&whole.Settings), nil
}

// members is a list of extensions that is told by references to them.
func members(name string, id rest.ExtensionID, fetch func(ctx context.Context, id rest.ExtensionID, page, perPage int) (*rest.Page[rest.ExtensionRef], error)) *paging.List[rest.Extension] {
	return &paging.List[rest.Extension]{
		Name: func() string { return name + " of " + id.RCID },
		ID:   (*rest.Extension).RcID,
		Fetch: func(ctx context.Context, page, perPage int) (*rest.Page[rest.Extension], error) {
			p, err := fetch(ctx, id, page, perPage)
			if err != nil {
				return nil, err
			}
			out := &rest.Page[rest.Extension]{URI: p.URI, Paging: p.Paging, Navigation: p.Navigation, Records: make([]rest.Extension, len(p.Records))}
			for i := range p.Records {
				out.Records[i] = *stub(&p.Records[i])
			}
			return out, nil
		},
	}
}

// connectMembers cuts a window out of a list of members, whose rows tell the fields told.
// What else is asked for of those that are shown is read: where that fails, those fields
// alone are null, each with its error.
func connectMembers(ctx context.Context, r *Resolver, list *paging.List[rest.Extension], told map[string]bool, args paging.Args) (*model.Connection[rest.Extension], error) {
	c, err := connect(ctx, r, list, args)
	if err != nil {
		return nil, err
	}
	countMembers(ctx, c.Slice.Rows)
	r.extensionRows(ctx, c.Slice.Rows)
	n, vars := selected(ctx)
	lacks := func(field string) bool { return plan.Lacks(told, field) }
	if !plan.Selects(n.Rows(vars), vars, lacks) {
		return c, nil
	}
	rows := slices.Clone(c.Slice.Rows)
	ids, errs := make([]rest.ExtensionID, len(rows)), map[int]error{}
	for i := range rows {
		ids[i] = rows[i].ID
	}
	for i, found := range loader.For(ctx).ExtensionsEach(ctx, ids) {
		if found.Err != nil {
			errs[i] = found.Err
			continue
		}
		rows[i] = *found.Value
	}
	c.Slice.Rows = rows
	addRowErrors(ctx, n, vars, errs, lacks)
	return c, nil
}

// completePaged completes the devices of a paging group, as connectMembers does its users.
func completePaged(ctx context.Context, c *model.Connection[rest.Device]) {
	n, vars := selected(ctx)
	countPaged(ctx, c.Slice.Rows)
	lacks := func(field string) bool { return !plan.PagedFields[field] }
	if !plan.Selects(n.Rows(vars), vars, lacks) {
		return
	}
	rows, errs := loader.For(ctx).WholeDevices(ctx, c.Slice.Rows)
	c.Slice.Rows = rows
	addRowErrors(ctx, n, vars, errs, lacks)
	completeDevices(ctx, c, false)
}

// addRowErrors adds the error of each row that could not be read to those of its fields
// that are lacking.
func addRowErrors(ctx context.Context, n *plan.Node, vars map[string]any, errs map[int]error, lacks func(field string) bool) {
	for _, i := range firsts(errs) {
		eachRow(ctx, n, vars, i, func(ctx context.Context, row *plan.Node) {
			for f := range row.Select(vars) {
				if lacks(f.Field) {
					graphql.AddError(below(ctx, f.Key), errs[i])
				}
			}
		})
	}
}

// fromID is fromRef where nothing but the id is known.
func fromID(ctx context.Context, id rest.ExtensionID) (*rest.Extension, error) {
	node, vars := selected(ctx)
	if plan.Selects([]*plan.Node{node}, vars, func(field string) bool { return field == "extensionNumber" }) {
		return loader.For(ctx).Extension(ctx, id)
	}
	return fromRef(ctx, &rest.ExtensionRef{ID: id})
}

// fromNames returns call queues of which ids and names are known.
func fromNames(ctx context.Context, named []rest.CallQueue) ([]*rest.CallQueue, error) {
	n, vars := selected(ctx)
	queues := pointers(named)
	if !plan.Selects([]*plan.Node{n}, vars, func(field string) bool { return !plan.NamedFields[field] }) {
		return queues, nil
	}
	errs := make([]error, len(queues))
	rest.InParallel(len(queues), func(i int) { queues[i], errs[i] = loader.For(ctx).CallQueue(ctx, named[i].ID) })
	for _, err := range errs {
		if err != nil {
			return nil, err
		}
	}
	return queues, nil
}
