package sim

import (
	"slices"
	"strings"
)

// callQueueInfo has its id as a string, its members theirs as numbers.
type callQueueInfo struct {
	URI             string    `json:"uri"`
	ID              int64     `json:"id,string"`
	ExtensionNumber string    `json:"extensionNumber"`
	Name            string    `json:"name"`
	Status          string    `json:"status"`
	SubType         string    `json:"subType,omitempty"`
	Site            *siteInfo `json:"site,omitempty"`
}

// callQueueDetail is what the single read adds to a record of the list.
type callQueueDetail struct {
	callQueueInfo
	ServiceLevelSettings callQueueSettings `json:"serviceLevelSettings"`
	EditableMemberStatus bool              `json:"editableMemberStatus"`
	AlertTimer           int               `json:"alertTimer"`
}

type siteInfo struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

// The company has one site.
const mainSite = "main-site"

// queueSettings are what can be set of a call queue, beside what every extension has.
type queueSettings struct {
	level      callQueueSettings
	editable   bool
	alertTimer int
	subType    string
}

// asQueue returns a copy of the settings of a call queue.
func (e *extension) asQueue() queueSettings {
	if e.queue != nil {
		return *e.queue
	}
	return queueSettings{alertTimer: 20, editable: true,
		level: callQueueSettings{SLAGoal: 80, SLAThresholdSeconds: 20, AbandonedThresholdSeconds: 5}}
}

func (c *call) callQueueInfo(e *extension) callQueueInfo {
	return callQueueInfo{URI: c.accountURI() + "/call-queues/" + formatID(e.id), ID: e.id, ExtensionNumber: e.number, Name: e.name,
		Status: e.status, SubType: e.asQueue().subType, Site: &siteInfo{mainSite, "Main Site"}}
}

func (c *call) callQueueDetail(e *extension) callQueueDetail {
	q := e.asQueue()
	return callQueueDetail{c.callQueueInfo(e), q.level, q.editable, q.alertTimer}
}

func (s *Server) readCallQueueInfo(c *call) reply {
	queue := s.company.queue(c.pathValue("groupId"))
	if queue == nil {
		return refused(*notFound("groupId"))
	}
	return found(c.callQueueDetail(queue))
}

// callQueueUpdate is a wish to change a call queue: what is left out stays.
type callQueueUpdate struct {
	ExtensionNumber      *string               `json:"extensionNumber"`
	Name                 *string               `json:"name"`
	Status               *string               `json:"status"`
	SubType              *string               `json:"subType"`
	Site                 *struct{ ID string }  `json:"site"`
	ServiceLevelSettings *serviceLevelSettings `json:"serviceLevelSettings"`
	EditableMemberStatus *bool                 `json:"editableMemberStatus"`
	AlertTimer           *int                  `json:"alertTimer"`
}

type serviceLevelSettings struct {
	SLAGoal                   *int  `json:"slaGoal"`
	SLAThresholdSeconds       *int  `json:"slaThresholdSeconds"`
	IncludeAbandonedCalls     *bool `json:"includeAbandonedCalls"`
	AbandonedThresholdSeconds *int  `json:"abandonedThresholdSeconds"`
}

func alertTimers() []int {
	return []int{5, 10, 15, 20, 30, 45, 60, 120, 180, 240, 300, 360, 420, 480, 540, 600}
}

func (s *Server) updateCallQueueInfo(c *call) reply {
	queue := s.company.queue(c.pathValue("groupId"))
	if queue == nil {
		return refused(*notFound("groupId"))
	}
	if c.onlySelf() {
		return refused(*userNeeds(c.route.permission))
	}
	var in callQueueUpdate
	if p := c.decode(&in); p != nil {
		return refused(*p)
	}
	if wrong := s.company.wrongIn(queue, in); wrong != "" {
		return refused(*invalid(wrong))
	}
	s.company.touchExtension(queue)
	in.apply(queue)
	return found(c.callQueueDetail(queue))
}

// wrongIn names the first parameter of an update that cannot be. The ranges of the service level are a guess: none are published.
func (co *company) wrongIn(queue *extension, in callQueueUpdate) string {
	level := serviceLevelSettings{}
	if in.ServiceLevelSettings != nil {
		level = *in.ServiceLevelSettings
	}
	out := func(n *int, most int) bool { return n != nil && (*n < 0 || *n > most) }
	switch {
	case in.ExtensionNumber != nil && !co.freeNumber(*in.ExtensionNumber, queue):
		return "extensionNumber"
	case in.Name != nil && (*in.Name == "" || len(*in.Name) > 129):
		return "name"
	case in.Status != nil && !slices.Contains([]string{"Enabled", "Disabled", "NotActivated", "Unassigned"}, *in.Status):
		return "status"
	case in.SubType != nil && *in.SubType != "Emergency" && *in.SubType != "Unknown":
		return "subType"
	case in.Site != nil && in.Site.ID != mainSite:
		return "site.id"
	case out(level.SLAGoal, 100):
		return "serviceLevelSettings.slaGoal"
	case out(level.SLAThresholdSeconds, 3600):
		return "serviceLevelSettings.slaThresholdSeconds"
	case out(level.AbandonedThresholdSeconds, 3600):
		return "serviceLevelSettings.abandonedThresholdSeconds"
	case in.AlertTimer != nil && !slices.Contains(alertTimers(), *in.AlertTimer):
		return "alertTimer"
	}
	return ""
}

// freeNumber reports whether e may have a number within the company.
func (co *company) freeNumber(number string, e *extension) bool {
	if number == "" || len(number) > 8 || strings.Trim(number, "0123456789") != "" {
		return false
	}
	return !slices.ContainsFunc(co.extensions, func(other *extension) bool { return other != e && other.number == number })
}

func (in callQueueUpdate) apply(queue *extension) {
	q := queue.asQueue()
	replace(&queue.number, in.ExtensionNumber)
	replace(&queue.name, in.Name)
	replace(&queue.status, in.Status)
	replace(&q.subType, in.SubType)
	if level := in.ServiceLevelSettings; level != nil {
		replace(&q.level.SLAGoal, level.SLAGoal)
		replace(&q.level.SLAThresholdSeconds, level.SLAThresholdSeconds)
		replace(&q.level.IncludeAbandonedCalls, level.IncludeAbandonedCalls)
		replace(&q.level.AbandonedThresholdSeconds, level.AbandonedThresholdSeconds)
	}
	replace(&q.editable, in.EditableMemberStatus)
	replace(&q.alertTimer, in.AlertTimer)
	queue.queue = &q
}

// replace writes what was given over what is there.
func replace[T any](there, given *T) {
	if given != nil {
		*there = *given
	}
}

// userCallQueues are the call queues of an extension, in the request by their ids alone.
type userCallQueues struct {
	Records []queueShort `json:"records"`
}

type queueShort struct {
	ID   anyID  `json:"id"`
	Name string `json:"name"`
}

// updateUserCallQueues has the extension leave what it does not name.
func (s *Server) updateUserCallQueues(c *call) reply {
	var in userCallQueues
	if p := c.decode(&in); p != nil {
		return refused(*p)
	}
	if in.Records == nil {
		return refused(*missing("records"))
	}
	if !c.extension.isPerson() {
		return refused(*notQueueable("extensionId", c.extension))
	}
	var queues []*extension
	for _, r := range in.Records {
		queue := s.company.queue(string(r.ID))
		if queue == nil {
			return refused(*notFound("records.id"))
		}
		queues = append(queues, queue)
	}
	for _, queue := range slices.Clone(c.extension.queues) {
		if !slices.Contains(queues, queue) {
			s.company.leave(queue, c.extension)
		}
	}
	for _, queue := range queues {
		s.company.join(queue, c.extension)
	}
	out := userCallQueues{Records: []queueShort{}}
	for _, queue := range c.extension.queues {
		out.Records = append(out.Records, queueShort{anyID(formatID(queue.id)), queue.name})
	}
	return found(out)
}
