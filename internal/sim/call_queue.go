package sim

import "fmt"

func (s *Server) callQueueRoutes() []*route {
	const v1 = "/restapi/v1.0/account/{accountId}"
	return []*route{
		{operation: "listDepartmentMembers", pattern: "GET " + v1 + "/department/{departmentId}/members", group: "light",
			scope: "ReadAccounts", permission: "ReadExtensions", do: s.listDepartmentMembers},
		{operation: "assignMultipleDepartmentMembers", pattern: "POST " + v1 + "/department/bulk-assign", group: "heavy",
			scope: "EditAccounts", permission: "UserGroups", do: s.assignMultipleDepartmentMembers},
		{operation: "listCallQueues", pattern: "GET " + v1 + "/call-queues", group: "medium",
			scope: "ReadAccounts", permission: "ReadExtensions", filters: []string{"memberExtensionId"}, do: s.listCallQueues},
		{operation: "listCallQueueMembers", pattern: "GET " + v1 + "/call-queues/{groupId}/members", group: "light",
			scope: "ReadAccounts", permission: "ReadExtensions", do: s.listCallQueueMembers},
		{operation: "assignMultipleCallQueueMembers", pattern: "POST " + v1 + "/call-queues/{groupId}/bulk-assign", group: "heavy",
			scope: "EditExtensions", permission: "Groups", do: s.assignMultipleCallQueueMembers},
		{operation: "readCallQueueInfo", pattern: "GET " + v1 + "/call-queues/{groupId}", group: "light",
			scope: "ReadAccounts", permission: "ReadExtensions", do: s.readCallQueueInfo},
		{operation: "updateCallQueueInfo", pattern: "PUT " + v1 + "/call-queues/{groupId}", group: "light",
			scope: "EditExtensions", permission: "EditUserInfo", do: s.updateCallQueueInfo},
		{operation: "updateUserCallQueues", pattern: "PUT " + v1 + "/extension/{extensionId}/call-queues", group: "medium",
			scope: "EditAccounts", permission: "EditCallQueuePresence", do: s.updateUserCallQueues},
	}
}

// departmentMember is an extensionRef with a name, which the newer list has not.
type departmentMember struct {
	extensionRef
	Name string `json:"name"`
}

// queue returns the queue with an id: queues are the extensions of type Department.
func (co *company) queue(id string) *extension {
	if e := co.extension[parseID(id)]; e != nil && e.kind == "Department" {
		return e
	}
	return nil
}

func (s *Server) listDepartmentMembers(c *call) reply {
	queue := s.company.queue(c.pathValue("departmentId"))
	if queue == nil {
		return refused(*notFound("departmentId"))
	}
	return paged(c, queue.members, nil, func(e *extension) departmentMember { return departmentMember{*c.refTo(e), e.name} })
}

func (s *Server) listCallQueueMembers(c *call) reply {
	queue := s.company.queue(c.pathValue("groupId"))
	if queue == nil {
		return refused(*notFound("groupId"))
	}
	return paged(c, queue.members, nil, func(e *extension) extensionRef { return *c.refTo(e) })
}

func (s *Server) listCallQueues(c *call) reply {
	queues := s.company.extensions
	if c.query.Has("memberExtensionId") {
		queues = nil
		if member := s.findExtension(c, c.query.Get("memberExtensionId")); member != nil {
			queues = member.queues
		}
	}
	return paged(c, queues, func(e *extension) bool { return e.kind == "Department" }, c.callQueueInfo)
}

// membership is a wish to change who is in a queue.
type membership struct {
	Added   []anyID `json:"addedExtensionIds"`
	Removed []anyID `json:"removedExtensionIds"`
}

// change is a wish that was checked.
type change struct {
	queue          *extension
	added, removed []*extension
}

func (s *Server) assignMultipleCallQueueMembers(c *call) reply {
	queue := s.company.queue(c.pathValue("groupId"))
	if queue == nil {
		return refused(*notFound("groupId"))
	}
	var in membership
	if p := c.decode(&in); p != nil {
		return refused(*p)
	}
	ch, p := s.company.checkMembership(queue, in)
	if p != nil {
		return refused(*p)
	}
	ch.apply(s.company)
	return done()
}

// assignMultipleDepartmentMembers changes several queues, all of them or none.
func (s *Server) assignMultipleDepartmentMembers(c *call) reply {
	var in struct {
		Items []struct {
			DepartmentID anyID `json:"departmentId"`
			membership
		} `json:"items"`
	}
	if p := c.decode(&in); p != nil {
		return refused(*p)
	}
	var changes []change
	for _, item := range in.Items {
		if item.DepartmentID == "" {
			return refused(*missing("departmentId"))
		}
		queue := s.company.queue(string(item.DepartmentID))
		if queue == nil {
			return refused(*notFound("departmentId"))
		}
		ch, p := s.company.checkMembership(queue, item.membership)
		if p != nil {
			return refused(*p)
		}
		changes = append(changes, ch)
	}
	for _, ch := range changes {
		ch.apply(s.company)
	}
	return done()
}

func (co *company) checkMembership(queue *extension, wish membership) (change, *problem) {
	out := change{queue: queue}
	for _, side := range []struct {
		parameter string
		ids       []anyID
		out       *[]*extension
	}{{"addedExtensionIds", wish.Added, &out.added}, {"removedExtensionIds", wish.Removed, &out.removed}} {
		for _, id := range side.ids {
			e := co.extension[parseID(string(id))]
			if e == nil {
				return change{}, notFound(side.parameter)
			}
			if side.out == &out.added && !e.isPerson() {
				return change{}, notQueueable(side.parameter, e)
			}
			*side.out = append(*side.out, e)
		}
	}
	return out, nil
}

func notQueueable(parameter string, e *extension) *problem {
	p := invalid(parameter)
	p.Message = fmt.Sprintf("Extension of type [%s] cannot be included into call queue", e.kind)
	return p
}

func (ch change) apply(co *company) {
	for _, e := range ch.added {
		co.join(ch.queue, e)
	}
	for _, e := range ch.removed {
		co.leave(ch.queue, e)
	}
}
