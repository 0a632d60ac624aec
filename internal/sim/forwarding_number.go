package sim

import "strconv"

func (s *Server) forwardingNumberRoutes() []*route {
	const all = "/restapi/v1.0/account/{accountId}/extension/{extensionId}/forwarding-number"
	const one = all + "/{forwardingNumberId}"
	return []*route{
		{operation: "listForwardingNumbers", pattern: "GET " + all, group: "light",
			scope: "ReadAccounts", permission: "ReadUserForwardingFlipNumbers", extended: true, do: s.listForwardingNumbers},
		{operation: "readForwardingNumber", pattern: "GET " + one, group: "light",
			scope: "ReadAccounts", permission: "ReadUserForwardingFlipNumbers", extended: true, do: s.readForwardingNumber},
		{operation: "createForwardingNumber", pattern: "POST " + all, group: "medium",
			scope: "EditExtensions", permission: "EditUserForwardingFlipNumbers", do: s.createForwardingNumber},
		{operation: "updateForwardingNumber", pattern: "PUT " + one, group: "medium",
			scope: "EditExtensions", permission: "EditUserForwardingFlipNumbers", do: s.updateForwardingNumber},
		{operation: "deleteForwardingNumber", pattern: "DELETE " + one, group: "medium",
			scope: "EditExtensions", permission: "EditUserForwardingFlipNumbers", do: s.deleteForwardingNumber},
		{operation: "deleteForwardingNumbers", pattern: "DELETE " + all, group: "medium",
			scope: "EditExtensions", permission: "EditUserForwardingFlipNumbers", do: s.deleteForwardingNumbers},
	}
}

// forwardingNumberInfo is a record; in the list it has no uri.
type forwardingNumberInfo struct {
	ID          int64         `json:"id,string"`
	URI         string        `json:"uri,omitempty"`
	PhoneNumber string        `json:"phoneNumber"`
	Label       string        `json:"label"`
	Type        string        `json:"type"`
	Features    []string      `json:"features"`
	FlipNumber  string        `json:"flipNumber,omitempty"`
	Device      *deviceRef    `json:"device,omitempty"`
	Extension   *extensionFor `json:"extension,omitempty"`
}

type deviceRef struct {
	ID int64 `json:"id,string"`
}

// extensionFor is the extension that a forwarding number of a colleague's leads to.
type extensionFor struct {
	ID              int64  `json:"id,string"`
	Name            string `json:"name"`
	ExtensionNumber string `json:"extensionNumber"`
}

func (s *Server) listForwardingNumbers(c *call) reply {
	if !c.extension.isPerson() {
		return refused(*wrongExtensionType())
	}
	return paged(c, c.extension.forwarding, nil, func(f *forwardingNumber) forwardingNumberInfo { return s.forwardingNumberInfo(c, f) })
}

func (s *Server) forwardingNumberInfo(c *call, f *forwardingNumber) forwardingNumberInfo {
	out := forwardingNumberInfo{ID: f.id, PhoneNumber: f.number, Label: f.label, Type: f.kind, Features: f.features}
	if f.flip > 0 {
		out.FlipNumber = strconv.Itoa(f.flip)
	}
	if f.device != nil {
		out.Device = &deviceRef{f.device.id}
	}
	if n := s.company.dialable[f.number]; n != nil && n.owner != nil && n.owner != c.extension {
		out.Extension = &extensionFor{n.owner.id, n.owner.name, n.owner.number}
	}
	return out
}

// forwardingNumberDetail is the answer about one number.
func (s *Server) forwardingNumberDetail(c *call, f *forwardingNumber) reply {
	out := s.forwardingNumberInfo(c, f)
	out.URI = c.extensionURI(c.extension.id) + "/forwarding-number/" + formatID(f.id)
	return found(out)
}

func (e *extension) forwardingNumber(id string) *forwardingNumber {
	for _, f := range e.forwarding {
		if formatID(f.id) == id {
			return f
		}
	}
	return nil
}

func (s *Server) readForwardingNumber(c *call) reply {
	if !c.extension.isPerson() {
		return refused(*wrongExtensionType())
	}
	f := c.extension.forwardingNumber(c.pathValue("forwardingNumberId"))
	if f == nil {
		return refused(*notFound("forwardingNumberId"))
	}
	return s.forwardingNumberDetail(c, f)
}

func (s *Server) createForwardingNumber(c *call) reply {
	switch {
	case c.extension.kind == "FaxUser":
		return refused(*problemOf("AWR-180", "Call handling settings not available for Fax tiers"))
	case !c.extension.isPerson():
		return refused(*wrongExtensionType())
	}
	var wish forwardingWish
	if p := c.decode(&wish); p != nil {
		return refused(*p)
	}
	f, p := s.company.newForwardingNumber(c.extension, wish)
	if p != nil {
		return refused(*p)
	}
	f.id = s.company.ids.next()
	c.extension.forwarding = append(c.extension.forwarding, f)
	return s.forwardingNumberDetail(c, f)
}

func (s *Server) updateForwardingNumber(c *call) reply {
	f := c.extension.forwardingNumber(c.pathValue("forwardingNumberId"))
	if f == nil {
		return refused(*notFound("forwardingNumberId"))
	}
	var wish forwardingWish
	if p := c.decode(&wish); p != nil {
		return refused(*p)
	}
	changed, p := s.company.changedForwardingNumber(c.extension, f, wish)
	if p != nil {
		return refused(*p)
	}
	*f = *changed
	return s.forwardingNumberDetail(c, f)
}

func (s *Server) deleteForwardingNumber(c *call) reply {
	f, p := c.extension.removable(c.pathValue("forwardingNumberId"))
	if p != nil {
		return refused(*p)
	}
	c.extension.forwarding = without(c.extension.forwarding, f)
	return done()
}

// deleteForwardingNumbers removes several, all of them or none.
func (s *Server) deleteForwardingNumbers(c *call) reply {
	var in struct {
		Records []struct {
			ID anyID `json:"forwardingNumberId"`
		} `json:"records"`
	}
	if p := c.decode(&in); p != nil {
		return refused(*p)
	}
	if len(in.Records) == 0 {
		return refused(*missing("records"))
	}
	var gone []*forwardingNumber
	for _, r := range in.Records {
		if r.ID == "" {
			return refused(*missing("forwardingNumberId"))
		}
		f, p := c.extension.removable(string(r.ID))
		if p != nil {
			return refused(*p)
		}
		gone = append(gone, f)
	}
	for _, f := range gone {
		c.extension.forwarding = without(c.extension.forwarding, f)
	}
	return done()
}

// removable returns the number with an id. Those that stand in the list by themselves, since the extension has their device, stay.
func (e *extension) removable(id string) (*forwardingNumber, *problem) {
	f := e.forwardingNumber(id)
	switch {
	case f == nil:
		return nil, notFound("forwardingNumberId")
	case !f.forwards():
		p := problemOf("FPN-107", "Device number cannot be deleted from the forwarding number list")
		p.status = 403
		return nil, p
	}
	return f, nil
}
