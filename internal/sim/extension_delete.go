package sim

import (
	"net/http"
	"slices"
)

// deleteExtension removes one extension: by default its direct numbers become the company's, and its digital lines go, each
// phone with its number.
func (s *Server) deleteExtension(c *call) reply {
	saveNumbers, p := c.flag("savePhoneNumbers")
	if p != nil {
		return refused(*p)
	}
	saveLines, p := c.flag("savePhoneLines")
	if p != nil {
		return refused(*p)
	}
	if p := s.company.checkDelete(c.extension, "extensionId"); p != nil {
		return refused(*p)
	}
	if saveLines != nil && *saveLines {
		s.company.detachLines(c.extension)
	}
	s.company.dropLineNumbers(c.extension)
	if saveNumbers != nil && !*saveNumbers {
		s.company.dropNumbersOf(c.extension)
	}
	s.company.dropExtension(c.extension)
	return done()
}

// checkDelete says why e stays: the account cannot be without its system extension, nor a group of shared lines without a phone.
func (co *company) checkDelete(e *extension, parameter string) *problem {
	if e.id == systemExtension {
		return invalid(parameter)
	}
	for _, d := range e.devices {
		if d.sharedBy != nil && !slices.ContainsFunc(co.devices, func(other *device) bool {
			return other.sharedBy == d.sharedBy && other.owner != e
		}) {
			return &problem{status: http.StatusBadRequest, ErrorCode: "JWS-1736", Message: "This mailbox has last device of SLG"}
		}
	}
	return nil
}

// linesOf returns the numbers of d's lines that are its owner's still.
func linesOf(d *device) (out []*phoneNumber) {
	for _, line := range d.lines {
		if line.number != nil && line.number.owner == d.owner {
			out = append(out, line.number)
		}
	}
	return out
}

// detachLines makes an unassigned extension of each digital line of e, with its phone and its number.
func (co *company) detachLines(e *extension) {
	for _, d := range slices.Clone(e.devices) {
		numbers := linesOf(d)
		if numbers == nil {
			continue
		}
		rest := &extension{id: co.ids.next(), kind: "User", status: "Unassigned", hidden: true, created: e.created, devices: []*device{d}}
		co.addExtension(rest)
		e.devices = without(e.devices, d)
		d.owner = rest
		for _, n := range numbers {
			co.place(n, "DirectNumber", rest)
		}
	}
}

// dropLineNumbers removes the numbers of the digital lines that e still has.
func (co *company) dropLineNumbers(e *extension) {
	for _, d := range e.devices {
		for _, n := range linesOf(d) {
			co.dropNumber(n)
		}
	}
}

func (co *company) dropNumbersOf(e *extension) {
	for _, n := range slices.Clone(e.numbers) {
		co.dropNumber(n)
	}
}

// mostDeleted is how many users one call may remove.
const mostDeleted = 50

// bulkDeleteUsersV2 removes what it can, and answers 200 with an outcome for each. Which code a bad item has is not documented.
func (s *Server) bulkDeleteUsersV2(c *call) reply {
	var in struct {
		Keep    *bool       `json:"keepAssetsInInventory"`
		Records []entryArgs `json:"records"`
	}
	if p := c.decode(&in); p != nil {
		return refused(*p)
	}
	switch {
	case len(in.Records) == 0:
		return refused(*missing("records"))
	case len(in.Records) > mostDeleted:
		return refused(*invalid("records"))
	}
	var out bulkItems
	for _, item := range in.Records {
		result := bulkItem{ID: string(item.ID)}
		e := s.company.extension[parseID(string(item.ID))]
		p := notFound("id")
		switch {
		case e != nil && e.kind != "User" && e.kind != "Limited":
			p = invalid("id")
		case e != nil:
			p = s.company.checkDelete(e, "id")
		}
		if p != nil {
			out.Records = append(out.Records, result.failed(p))
			continue
		}
		s.company.release(e, in.Keep == nil || *in.Keep)
		result.Successful = true
		out.Records = append(out.Records, result)
	}
	return found(out)
}

// release removes e. What it had goes into stock, but for phones of its own; or it is given up.
func (co *company) release(e *extension, keep bool) {
	if keep {
		for _, n := range slices.Clone(e.numbers) {
			if !isForwarded(n.usage) {
				co.place(n, "Inventory", nil)
			}
		}
		for _, d := range slices.Clone(e.devices) {
			if d.kind != "OtherPhone" {
				co.takeBack(d)
			}
		}
	} else {
		co.dropNumbersOf(e)
	}
	co.dropExtension(e)
}

// ShareLine makes a phone the one device of a group of shared lines, behind every client's back: who has it cannot be removed.
// An unknown id changes nothing.
func (s *Server) ShareLine(deviceID string) {
	s.mu.Lock()
	defer s.unlock()
	if d := s.company.device[parseID(deviceID)]; d != nil {
		d.sharedBy = &extension{id: s.company.ids.next(), number: s.company.nextNumber(), kind: "SharedLinesGroup", status: "Enabled",
			name: "Front Desk", created: firstDay}
		s.company.addExtension(d.sharedBy)
	}
}
