package sim

import (
	"math/rand/v2"
	"slices"
)

func (s *Server) pagingGroupRoutes() []*route {
	const (
		group     = "/restapi/v1.0/account/{accountId}/paging-only-groups/{pagingOnlyGroupId}"
		canonical = "/restapi/v1.0/account/{accountId}/paging-only-group/{pagingOnlyGroupId}"
	)
	return []*route{
		{operation: "listPagingGroupUsers", pattern: "GET " + group + "/users", canonical: canonical + "/users", group: "light",
			scope: "ReadAccounts", permission: "ReadUserInfo", do: s.listPagingGroupUsers},
		{operation: "listPagingGroupDevices", pattern: "GET " + group + "/devices", canonical: canonical + "/devices", group: "light",
			scope: "ReadAccounts", permission: "ReadCompanyDevices", do: s.listPagingGroupDevices},
		{operation: "assignMultiplePagingGroupUsersDevices", pattern: "POST " + group + "/bulk-assign", group: "heavy",
			scope: "EditAccounts", permission: "Groups", do: s.assignMultiplePagingGroupUsersDevices},
	}
}

// group is who and what belongs to a paging group, or to a park location, which has users alone.
type group struct {
	users   []*extension
	devices []*device
}

// exampleGroups makes groups of the examples' people. They come behind all other extensions:
//
//	extension              id            number  is
//	Warehouse Paging       512094008     401     paging group of Jane and Maria, on John's desk phone
//	Office Paging          512095008     402     paging group of no one
//	Front Desk Park        512096008     501     park location of John and Jane
//	Garage Park            512097008     502     park location of no one
func (co *company) exampleGroups() []*extension {
	john, jane, maria := co.extension[systemExtension], co.extension[435068008], co.extension[512084008]
	groups := []*extension{
		{id: 512094008, number: "401", kind: "PagingOnly", name: "Warehouse Paging", group: group{[]*extension{jane, maria}, []*device{co.device[66420008]}}},
		{id: 512095008, number: "402", kind: "PagingOnly", name: "Office Paging"},
		{id: 512096008, number: "501", kind: "ParkLocation", name: "Front Desk Park", group: group{users: []*extension{john, jane}}},
		{id: 512097008, number: "502", kind: "ParkLocation", name: "Garage Park"},
	}
	for _, e := range groups {
		e.status, e.created = "Enabled", firstDay
		e.contact = contactInfo{FirstName: e.name, Company: companyName, Email: mailName(e.name) + "@" + mailDomain}
	}
	return groups
}

// staffGroups gives each invented group two to six users, and each paging group two devices. It draws from a source of its own,
// so that the rest of the company does not depend on it.
func (g *generator) staffGroups(invented []*extension) {
	var able []*device
	for _, d := range g.devices {
		if d.pages() {
			able = append(able, d)
		}
	}
	rng := rand.New(rand.NewPCG(uint64(len(g.extensions)), uint64(len(g.numbers))))
	for _, e := range invented {
		if e.kind != "PagingOnly" && e.kind != "ParkLocation" || len(g.people) == 0 {
			continue
		}
		for range 2 + rng.IntN(5) {
			e.group.users = with(e.group.users, pick(rng, g.people))
		}
		for range 2 {
			if e.kind == "PagingOnly" && len(able) > 0 {
				e.group.devices = with(e.group.devices, pick(rng, able))
			}
		}
	}
}

// pages reports whether a device can be rung by a paging group.
func (d *device) pages() bool {
	return d.kind == "Paging" || slices.Contains(d.model.features, "Paging")
}

// with returns list and one element, which stands in it once.
func with[T comparable](list []T, one T) []T {
	if slices.Contains(list, one) {
		return list
	}
	return append(list, one)
}

// leaveGroups takes an extension that goes away out of all groups, with its devices.
func (co *company) leaveGroups(e *extension) {
	for _, other := range co.extensions {
		other.group.users = without(other.group.users, e)
		for _, d := range e.devices {
			other.group.devices = without(other.group.devices, d)
		}
	}
}

// groupOf returns the extension of a kind with an id.
func (co *company) groupOf(kind, id string) *extension {
	if e := co.extension[parseID(id)]; e != nil && e.kind == kind {
		return e
	}
	return nil
}

// onlySelf reports whether the caller holds the permission for the own extension alone, and so for no group.
func (c *call) onlySelf() bool { return c.person.may(c.route.permission) == self }

// pagingUser has its id as a string, unlike members of call queues.
type pagingUser struct {
	ID              int64  `json:"id,string"`
	URI             string `json:"uri"`
	ExtensionNumber string `json:"extensionNumber"`
	Name            string `json:"name"`
}

type pagingDevice struct {
	ID   int64  `json:"id,string"`
	URI  string `json:"uri"`
	Name string `json:"name"`
}

func (s *Server) listPagingGroupUsers(c *call) reply {
	g := s.company.groupOf("PagingOnly", c.pathValue("pagingOnlyGroupId"))
	if g == nil {
		return refused(*notFound("pagingOnlyGroupId"))
	}
	if c.onlySelf() {
		return refused(*userNeeds(c.route.permission))
	}
	return paged(c, g.group.users, nil, func(e *extension) pagingUser {
		return pagingUser{e.id, c.extensionURI(e.id), e.number, e.name}
	})
}

func (s *Server) listPagingGroupDevices(c *call) reply {
	g := s.company.groupOf("PagingOnly", c.pathValue("pagingOnlyGroupId"))
	if g == nil {
		return refused(*notFound("pagingOnlyGroupId"))
	}
	return paged(c, g.group.devices, nil, func(d *device) pagingDevice {
		return pagingDevice{d.id, c.accountURI() + "/device/" + formatID(d.id), d.name}
	})
}

// assignMultiplePagingGroupUsersDevices changes all that it names, or nothing.
func (s *Server) assignMultiplePagingGroupUsersDevices(c *call) reply {
	g := s.company.groupOf("PagingOnly", c.pathValue("pagingOnlyGroupId"))
	if g == nil {
		return refused(*notFound("pagingOnlyGroupId"))
	}
	var in struct {
		groupUsers
		AddedDevices   []anyID `json:"addedDeviceIds"`
		RemovedDevices []anyID `json:"removedDeviceIds"`
	}
	if p := c.decode(&in); p != nil {
		return refused(*p)
	}
	users, p := s.company.changeUsers(g.group.users, in.groupUsers)
	if p != nil {
		return refused(*p)
	}
	devices, p := changeMembers(g.group.devices, s.company.device, (*device).pages,
		side{"addedDeviceIds", in.AddedDevices}, side{"removedDeviceIds", in.RemovedDevices})
	if p != nil {
		return refused(*p)
	}
	g.group = group{users, devices}
	return reply{status: 200} // the description says 200; an example of 2021 shows 204
}

// groupUsers are who joins a group and who leaves it.
type groupUsers struct {
	Added   []anyID `json:"addedUserIds"`
	Removed []anyID `json:"removedUserIds"`
}

func (co *company) changeUsers(now []*extension, wish groupUsers) ([]*extension, *problem) {
	return changeMembers(now, co.extension, (*extension).isPerson, side{"addedUserIds", wish.Added}, side{"removedUserIds", wish.Removed})
}

// side is who joins, or who leaves, as a parameter of the request.
type side struct {
	parameter string
	ids       []anyID
}

// changeMembers returns now with some added and others removed. It leaves now as it is.
func changeMembers[T any](now []*T, all map[int64]*T, may func(*T) bool, added, removed side) ([]*T, *problem) {
	now = slices.Clone(now)
	for _, s := range []side{added, removed} {
		for _, id := range s.ids {
			one := all[parseID(string(id))]
			switch {
			case one == nil:
				return nil, notFound(s.parameter)
			case s.parameter == removed.parameter:
				now = without(now, one)
			case !may(one):
				return nil, invalid(s.parameter)
			default:
				now = with(now, one)
			}
		}
	}
	return now, nil
}
