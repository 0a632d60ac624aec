package sim

func (s *Server) blockedNumberRoutes() []*route {
	const at = "/restapi/v1.0/account/{accountId}/extension/{extensionId}/blocked-number"
	const one = at + "/{blockedNumberId}"
	const reads, edits = "ReadBlockedNumbers", "EditBlockedNumbers"
	return []*route{
		{operation: "listBlockedNumbers", pattern: "GET " + at, group: "light", era: legacyOnly,
			scope: "ReadAccounts", permission: reads, do: ofPeople(s.listBlockedNumbers)},
		{operation: "blockNumber", pattern: "POST " + at, group: "medium", era: legacyOnly,
			scope: "EditExtensions", permission: edits, do: ofPeople(s.blockNumber)},
		{operation: "loadBlockedNumber", pattern: "GET " + one, group: "light", era: legacyOnly, many: "blockedNumberId",
			scope: "ReadAccounts", permission: reads, do: ofPeople(s.loadBlockedNumber)},
		{operation: "updateBlockedNumber", pattern: "PUT " + one, group: "medium", era: legacyOnly,
			scope: "EditExtensions", permission: edits, do: ofPeople(s.updateBlockedNumber)},
		{operation: "unblockNumber", pattern: "DELETE " + one, group: "medium", era: legacyOnly, many: "blockedNumberId",
			scope: "EditExtensions", permission: edits, do: ofPeople(s.unblockNumber)},
	}
}

// blockedNumberInfo is an entry of the list of blocked numbers as the older operations show it. They are taken to show the same data,
// under the same ids: the description of 2018 types these as integers in the path and as text in answers.
type blockedNumberInfo struct {
	URI         string `json:"uri"`
	ID          string `json:"id"`
	Name        string `json:"name,omitempty"`
	PhoneNumber string `json:"phoneNumber"`
}

func (c *call) blockedNumberInfo(n *listedNumber) blockedNumberInfo {
	return blockedNumberInfo{c.extensionURI(c.extension.id) + "/blocked-number/" + n.id(), n.id(), n.label, n.number}
}

func (s *Server) listBlockedNumbers(c *call) reply {
	return paged(c, c.extension.blocking.numbers, (*listedNumber).blocked, c.blockedNumberInfo)
}

func (c *call) blockedNumber() *listedNumber {
	return c.extension.blocking.find(c.pathValue("blockedNumberId"), (*listedNumber).blocked)
}

func (s *Server) loadBlockedNumber(c *call) reply {
	n := c.blockedNumber()
	if n == nil {
		return refused(*notFound("blockedNumberId"))
	}
	return found(c.blockedNumberInfo(n))
}

// naming is the body of a change.
type naming struct {
	PhoneNumber *string `json:"phoneNumber"`
	Name        *string `json:"name"`
}

func (in naming) apply(n *listedNumber) *problem {
	if p := (listing{Label: in.Name}).apply(n); p != nil {
		return invalid("name")
	}
	return nil
}

func (s *Server) blockNumber(c *call) reply {
	var in naming
	if p := c.decode(&in); p != nil {
		return refused(*p)
	}
	n, p := c.extension.blocking.list(in.PhoneNumber, in.apply)
	if p != nil {
		return refused(*p)
	}
	return found(c.blockedNumberInfo(n))
}

// updateBlockedNumber changes the name, which is all that could be changed in 2018.
func (s *Server) updateBlockedNumber(c *call) reply {
	n := c.blockedNumber()
	if n == nil {
		return refused(*notFound("blockedNumberId"))
	}
	var in naming
	if p := c.decode(&in); p != nil {
		return refused(*p)
	}
	if p := in.apply(n); p != nil {
		return refused(*p)
	}
	return found(c.blockedNumberInfo(n))
}

func (s *Server) unblockNumber(c *call) reply { return c.unlist((*listedNumber).blocked) }
