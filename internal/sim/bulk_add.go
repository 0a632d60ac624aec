package sim

import (
	"slices"
	"strings"
	"time"
)

func (s *Server) bulkAddRoutes() []*route {
	const add = "/restapi/v2/accounts/{accountId}/phone-numbers/bulk-add"
	return []*route{
		{operation: "addNumbersToInventoryV2", pattern: "POST " + add, group: "heavy", scope: "EditAccounts",
			permission: "EditCompanyPhoneNumbers", era: v2, do: s.addNumbersToInventoryV2},
		{operation: "getBulkAddTaskResultsV2", pattern: "GET " + add + "/{taskId}", group: "heavy", scope: "EditAccounts",
			permission: "EditCompanyPhoneNumbers", era: v2, do: s.getBulkAddTaskResultsV2},
	}
}

// syncAdds is how many numbers are added while the client waits. The upstream's own rule is not published.
const syncAdds = 10

// tasks are things that go on after their request was answered. They need no goroutine: whoever calls next finds them done.
type tasks struct {
	byID    map[string]*task
	waiting []*task // oldest first
}

type task struct {
	id      string
	created time.Time
	due     time.Time
	finish  func()
	result  *bulkItems // of a bulk-add; nil while it runs
}

// later begins a task. All take the same time, so they end in the order they began.
func (s *Server) later(t *task) {
	t.due = t.created.Add(s.cfg.TaskTime)
	s.tasks.waiting = append(s.tasks.waiting, t)
}

type taskInfo struct {
	ID           string `json:"id"`
	CreationTime string `json:"creationTime"`
	Status       string `json:"status"`
}

func (t *task) info(status string) taskInfo { return taskInfo{t.id, timestamp(t.created), status} }

// addition is one number to take into stock.
type addition struct {
	PhoneNumber      string `json:"phoneNumber"`
	UsageType        string `json:"usageType"`
	ProviderID       anyID  `json:"providerId"`
	ActivationStatus string `json:"activationStatus"`

	holder string // of reservations: who asks
}

func (s *Server) addNumbersToInventoryV2(c *call) reply {
	var in struct {
		Records []addition `json:"records"`
	}
	if p := c.decode(&in); p != nil {
		return refused(*p)
	}
	if len(in.Records) == 0 {
		return refused(*missing("records"))
	}
	adds, p := expand(in.Records)
	if p != nil {
		return refused(*p)
	}
	for i := range adds {
		adds[i].holder = c.holder()
	}
	if !s.cfg.AsyncBulkAdd && len(adds) <= syncAdds {
		return found(s.company.addAll(adds))
	}
	t := &task{id: formatID(s.company.ids.next()), created: c.start}
	t.finish = func() {
		result := s.company.addAll(adds)
		t.result = &result
	}
	s.tasks.byID[t.id] = t
	s.later(t)
	return accepted(t.info("Accepted"))
}

// maxStars allows blocks of up to a thousand numbers.
const maxStars = 3

// expand replaces a block, whose last digits are stars, by its numbers. A block comes alone.
func expand(records []addition) ([]addition, *problem) {
	isBlock := func(a addition) bool { return strings.Contains(a.PhoneNumber, "*") }
	if !slices.ContainsFunc(records, isBlock) {
		return records, nil
	}
	if len(records) > 1 {
		return nil, invalid("records")
	}
	block := records[0]
	stem := strings.TrimRight(block.PhoneNumber, "*")
	if strings.Contains(stem, "*") || len(block.PhoneNumber)-len(stem) > maxStars {
		return nil, invalid("phoneNumber")
	}
	stems := []string{stem}
	for range len(block.PhoneNumber) - len(stem) {
		var longer []string
		for _, stem := range stems {
			for digit := '0'; digit <= '9'; digit++ {
				longer = append(longer, stem+string(digit))
			}
		}
		stems = longer
	}
	out := make([]addition, len(stems))
	for i, number := range stems {
		out[i] = block
		out[i].PhoneNumber = number
	}
	return out, nil
}

func (co *company) addAll(adds []addition) bulkItems {
	var out bulkItems
	for _, a := range adds {
		result := bulkItem{PhoneNumber: a.PhoneNumber}
		n, p := co.add(a)
		if p == nil {
			result.Successful, result.ID, result.PhoneNumber = true, formatID(n.id), n.number
		} else {
			result = result.failed(p)
		}
		out.Records = append(out.Records, result)
	}
	return out
}

func (co *company) add(a addition) (*phoneNumber, *problem) {
	if a.UsageType != "" && a.UsageType != "Inventory" { // the other kinds of stock need carriers this company has not
		return nil, invalid("usageType")
	}
	if a.ActivationStatus != "" && a.ActivationStatus != "Active" && a.ActivationStatus != "Inactive" {
		return nil, invalid("activationStatus")
	}
	number, p := co.claim(a.PhoneNumber, "", a.holder, time.Now())
	if p != nil {
		return nil, p
	}
	n, p := co.newNumber(number)
	if p != nil {
		return nil, p
	}
	n.byoc, n.suspended = a.ProviderID != "", a.ActivationStatus == "Inactive"
	co.addNumber(n)
	co.pool.bought(n.number)
	return n, nil
}

// settle finishes the tasks whose time has come.
func (s *Server) settle(now time.Time) {
	s.mu.RLock()
	due := len(s.tasks.waiting) > 0 && !now.Before(s.tasks.waiting[0].due)
	s.mu.RUnlock()
	if !due {
		return
	}
	s.mu.Lock()
	defer s.unlock()
	for len(s.tasks.waiting) > 0 && !now.Before(s.tasks.waiting[0].due) {
		t := s.tasks.waiting[0]
		s.tasks.waiting = s.tasks.waiting[1:]
		t.finish()
		t.finish = nil
	}
}

func (s *Server) getBulkAddTaskResultsV2(c *call) reply {
	t := s.tasks.byID[c.pathValue("taskId")]
	switch {
	case t == nil:
		return refused(*notFound("taskId"))
	case t.result == nil:
		return found(t.info("InProgress"))
	}
	return found(*t.result)
}
