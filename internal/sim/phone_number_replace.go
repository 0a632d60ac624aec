package sim

func (s *Server) phoneNumberReplaceRoutes() []*route {
	return []*route{
		{operation: "replacePhoneNumberV2", pattern: "POST /restapi/v2/accounts/{accountId}/phone-numbers/{phoneNumberId}/replace",
			group: "medium", scope: "EditAccounts", permission: "EditCompanyPhoneNumbers", era: v2, action: "replace", do: s.replacePhoneNumberV2},
	}
}

// replacePhoneNumberV2 puts a number of the stock in the place of one in use, which goes to the stock. The description does not
// say which of the two stands in the path, so both ways are right here.
func (s *Server) replacePhoneNumberV2(c *call) reply {
	var in struct {
		Target anyID `json:"targetPhoneNumberId"`
	}
	named := s.company.number[parseID(c.pathValue("phoneNumberId"))]
	if named == nil {
		return refused(*notFound("phoneNumberId"))
	}
	if p := c.decode(&in); p != nil {
		return refused(*p)
	}
	if in.Target == "" {
		return refused(*missing("targetPhoneNumberId"))
	}
	target := s.company.number[parseID(string(in.Target))]
	switch {
	case target == nil:
		return refused(*notFound("targetPhoneNumberId"))
	case named.inStock() && isReplaceable(target.usage):
		s.company.replace(target, named)
	case target.inStock() && isReplaceable(named.usage):
		s.company.replace(named, target)
	case named.inStock() || isReplaceable(named.usage):
		return refused(*invalid("targetPhoneNumberId"))
	default:
		return refused(*invalid("phoneNumberId"))
	}
	return found(newPhoneNumberV2(named))
}

// isReplaceable reports whether a number of this usage can change places with one of the stock.
func isReplaceable(usage string) bool {
	return isFixed(usage) && usage != "AdditionalCompanyNumber" || usage == "CompanyNumber" || usage == "DirectNumber"
}

// replace moves everything that old is to fresh: the use, the owner, the label and the lines of devices.
func (co *company) replace(old, fresh *phoneNumber) {
	usage, owner := old.usage, old.owner
	fresh.kind, fresh.label = old.kind, old.label
	old.kind, old.label = "", ""
	co.place(old, "Inventory", nil)
	co.place(fresh, usage, owner)
	if owner == nil {
		return
	}
	for _, d := range owner.devices {
		for i := range d.lines {
			if d.lines[i].number == old {
				d.lines[i].number = fresh
			}
		}
	}
}
