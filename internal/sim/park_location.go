package sim

func (s *Server) parkLocationRoutes() []*route {
	const location = "/restapi/v1.0/account/{accountId}/park-locations/{parkLocationId}"
	return []*route{
		{operation: "getParkLocationUsers", pattern: "GET " + location + "/users", group: "light",
			scope: "ReadAccounts", permission: "ReadExtensions", era: legacyOnly, do: s.getParkLocationUsers},
		{operation: "updateParkLocationUsers", pattern: "POST " + location + "/bulk-assign", group: "heavy",
			scope: "EditExtensions", permission: "EditExtensions", era: legacyOnly, do: s.updateParkLocationUsers},
	}
}

// parkLocationUser has no name, and its id is a string.
type parkLocationUser struct {
	ID              int64  `json:"id,string"`
	URI             string `json:"uri"`
	ExtensionNumber string `json:"extensionNumber"`
	PartnerID       string `json:"partnerId,omitempty"`
}

func (s *Server) getParkLocationUsers(c *call) reply {
	location := s.company.groupOf("ParkLocation", c.pathValue("parkLocationId"))
	if location == nil {
		return refused(*notFound("parkLocationId"))
	}
	return paged(c, location.group.users, nil, func(e *extension) parkLocationUser {
		return parkLocationUser{e.id, c.extensionURI(e.id), e.number, e.partner}
	})
}

func (s *Server) updateParkLocationUsers(c *call) reply {
	location := s.company.groupOf("ParkLocation", c.pathValue("parkLocationId"))
	if location == nil {
		return refused(*notFound("parkLocationId"))
	}
	var in groupUsers
	if p := c.decode(&in); p != nil {
		return refused(*p)
	}
	users, p := s.company.changeUsers(location.group.users, in)
	if p != nil {
		return refused(*p)
	}
	location.group.users = users
	return done()
}
