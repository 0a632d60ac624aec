package sim

func (s *Server) phoneNumberRoutes() []*route {
	const all, one = "/restapi/v1.0/account/{accountId}/phone-number", "/restapi/v1.0/account/{accountId}/phone-number/{phoneNumberId}"
	return []*route{
		{operation: "listAccountPhoneNumbers", pattern: "GET " + all, group: "heavy", scope: "ReadAccounts", permission: "ReadCompanyPhoneNumbers",
			filters: []string{"usageType", "paymentType", "status", "extensionStatus"}, do: s.listAccountPhoneNumbers},
		{operation: "readAccountPhoneNumber", pattern: "GET " + one, group: "light", scope: "ReadAccounts", permission: "ReadCompanyPhoneNumbers",
			many: "phoneNumberId", do: s.readAccountPhoneNumber},
		{operation: "provisionPhoneNumber", pattern: "POST " + all, group: "medium", scope: "EditAccounts", permission: "EditCompanyPhoneNumbers",
			era: legacyOnly, do: s.provisionPhoneNumber},
		{operation: "reassignPhoneNumberById", pattern: "PUT " + one, group: "medium", scope: "EditAccounts", permission: "EditCompanyPhoneNumbers",
			era: legacyOnly, do: s.reassignPhoneNumberByID},
		{operation: "deletePhoneNumberById", pattern: "DELETE " + one, group: "medium", scope: "EditAccounts", permission: "EditCompanyPhoneNumbers",
			era: legacyOnly, do: s.deletePhoneNumberByID},
		{operation: "listExtensionPhoneNumbers", pattern: "GET /restapi/v1.0/account/{accountId}/extension/{extensionId}/phone-number", group: "light",
			scope: "ReadAccounts", permission: "ReadUserPhoneNumbers", filters: []string{"status", "usageType"}, do: s.listExtensionPhoneNumbers},
	}
}

// accountPhoneNumber is a number as the account's list and the single read show it.
type accountPhoneNumber struct {
	URI                   string                 `json:"uri"`
	ID                    int64                  `json:"id"`
	PhoneNumber           string                 `json:"phoneNumber"`
	PaymentType           string                 `json:"paymentType"`
	Type                  string                 `json:"type,omitempty"`
	UsageType             string                 `json:"usageType"`
	Status                string                 `json:"status"`
	Location              string                 `json:"location,omitempty"`
	Label                 string                 `json:"label,omitempty"`
	Primary               bool                   `json:"primary,omitempty"`
	Extension             *extensionRef          `json:"extension,omitempty"`
	ContactCenterProvider *contactCenterProvider `json:"contactCenterProvider,omitempty"`
}

type contactCenterProvider struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

// usablePhoneNumber is a number as the list of one extension shows it: no uri, no extension, but a country and features.
type usablePhoneNumber struct {
	ID          int64    `json:"id"`
	PhoneNumber string   `json:"phoneNumber"`
	PaymentType string   `json:"paymentType"`
	Type        string   `json:"type,omitempty"`
	UsageType   string   `json:"usageType"`
	Status      string   `json:"status"`
	Location    string   `json:"location,omitempty"`
	Label       string   `json:"label,omitempty"`
	Primary     bool     `json:"primary,omitempty"`
	Country     country  `json:"country"`
	Features    []string `json:"features,omitzero"`
}

// legacyPhoneNumber is a number as the writes of the 2018 description answer it: there ids are strings.
type legacyPhoneNumber struct {
	ID          int64               `json:"id,string"`
	PhoneNumber string              `json:"phoneNumber"`
	PaymentType string              `json:"paymentType"`
	Type        string              `json:"type,omitempty"`
	UsageType   string              `json:"usageType"`
	Status      string              `json:"status"`
	Location    string              `json:"location,omitempty"`
	Label       string              `json:"label,omitempty"`
	Country     country             `json:"country"`
	Extension   *legacyExtensionRef `json:"extension,omitempty"`
}

type legacyExtensionRef struct {
	ID              int64  `json:"id,string"`
	URI             string `json:"uri"`
	ExtensionNumber string `json:"extensionNumber,omitempty"`
}

// visibleTo reports whether e may see a number in the lists of the account. Who does not manage them sees direct numbers alone,
// whatever is asked for.
func (p *phoneNumber) visibleTo(e *extension) bool {
	return p.usage == "DirectNumber" || e.seesAllNumbers()
}

func (p *phoneNumber) inStock() bool { return p.usage == "Inventory" }

// ownerStatus is what the extensionStatus filter looks at; company numbers have none.
func (p *phoneNumber) ownerStatus() string {
	if p.owner == nil {
		return ""
	}
	return p.owner.status
}

func (s *Server) listAccountPhoneNumbers(c *call) reply {
	var usages, payments, statuses, owners set
	if p := c.choose(
		choice{"usageType", &usages, usageTypes(), false},
		choice{"paymentType", &payments, paymentTypes(), false},
		choice{"status", &statuses, phoneNumberStatuses(), false},
		choice{"extensionStatus", &owners, extensionStatuses(), true},
	); p != nil {
		return refused(*p)
	}
	if !c.person.seesAllNumbers() {
		usages = nil
	}
	return paged(c, s.company.numbers, func(n *phoneNumber) bool {
		return !n.inStock() && n.visibleTo(c.person) && usages.has(n.usage) && payments.has(n.payment) && statuses.has(n.status) &&
			owners.has(n.ownerStatus())
	}, c.accountPhoneNumber)
}

func (s *Server) readAccountPhoneNumber(c *call) reply {
	n := s.company.number[parseID(c.pathValue("phoneNumberId"))]
	if n == nil || !n.visibleTo(c.person) && n.owner != c.person {
		return refused(*notFound("phoneNumberId"))
	}
	return found(c.accountPhoneNumber(n))
}

// listExtensionPhoneNumbers lists what the extension may use: its own numbers, those of the company, which it may show to whom
// it calls, and those of the queues it is in.
func (s *Server) listExtensionPhoneNumbers(c *call) reply {
	var statuses, usages set
	if p := c.choose(
		choice{"status", &statuses, phoneNumberStatuses(), true}, // unlike in the account's list
		choice{"usageType", &usages, usageTypes(), false},
	); p != nil {
		return refused(*p)
	}
	usable := make([]*phoneNumber, 0, len(s.company.shared)+len(c.extension.numbers))
	usable = append(append(usable, s.company.shared...), c.extension.numbers...)
	for _, queue := range c.extension.queues {
		for _, n := range queue.numbers {
			if n.usage == "DirectNumber" {
				usable = append(usable, n)
			}
		}
	}
	var keep func(*phoneNumber) bool
	if statuses != nil || usages != nil {
		keep = func(n *phoneNumber) bool { return statuses.has(n.status) && usages.has(n.usage) }
	}
	return paged(c, usable, keep, func(n *phoneNumber) usablePhoneNumber {
		return usablePhoneNumber{ID: n.id, PhoneNumber: n.number, PaymentType: n.payment, Type: n.kind, UsageType: n.usage, Status: n.status,
			Location: n.location, Label: n.label, Primary: n.usage == "MainCompanyNumber", Country: c.shortCountry(), Features: c.featuresOf(n)}
	})
}

// featuresOf says what the extension in the path may do with a number. Of others only administrators are told.
func (c *call) featuresOf(n *phoneNumber) []string {
	if c.extension != c.person && !c.person.isAdmin() {
		return nil
	}
	return n.featuresFor(c.extension)
}

// featuresFor says what an extension may do with a number. Sending texts belongs to its owner alone, and fax lines have none.
func (p *phoneNumber) featuresFor(e *extension) []string {
	switch {
	case p.payment == "External":
		return []string{}
	case p.owner != e || p.kind == "FaxOnly" || !e.isPerson():
		return []string{"CallerId"}
	case p.kind == "VoiceOnly" || p.payment == "TollFree":
		return []string{"CallerId", "SmsSender"}
	}
	return []string{"CallerId", "SmsSender", "MmsSender", "InternationalSmsSender"}
}

func (c *call) shortCountry() country {
	return country{ID: "1", URI: c.countryURI("1"), Name: "United States"}
}

func (c *call) accountPhoneNumber(n *phoneNumber) accountPhoneNumber {
	usage := n.usage
	if n.inStock() {
		usage = "NumberStorage" // the word of v1.0, in answers for one id only
	}
	return accountPhoneNumber{
		URI:         c.accountURI() + "/phone-number/" + formatID(n.id),
		ID:          n.id,
		PhoneNumber: n.number,
		PaymentType: n.payment,
		Type:        n.kind,
		UsageType:   usage,
		Status:      n.status,
		Location:    n.location,
		Label:       n.label,
		Primary:     n.usage == "MainCompanyNumber",
		Extension:   c.refTo(n.owner),

		ContactCenterProvider: n.provider,
	}
}

func (c *call) legacyPhoneNumber(n *phoneNumber) legacyPhoneNumber {
	out := legacyPhoneNumber{
		ID:          n.id,
		PhoneNumber: n.number,
		PaymentType: n.payment,
		Type:        n.kind,
		UsageType:   n.usage,
		Status:      n.status,
		Location:    n.location,
		Label:       n.label,
		Country:     c.shortCountry(),
	}
	if n.owner != nil {
		out.Extension = &legacyExtensionRef{n.owner.id, c.extensionURI(n.owner.id), n.owner.number}
	}
	return out
}

func (s *Server) provisionPhoneNumber(c *call) reply {
	var in struct {
		PhoneNumber string        `json:"phoneNumber"`
		UsageType   string        `json:"usageType"`
		Type        string        `json:"type"`
		Label       *string       `json:"label"`
		ExtensionID *extensionArg `json:"extensionId"` // as the 2018 description has it
		Extension   *extensionArg `json:"extension"`   // as scripts in the field have it

		ReservationID string `json:"reservationId"`
	}
	if p := c.decode(&in); p != nil {
		return refused(*p)
	}
	number, p := s.company.claim(in.PhoneNumber, in.ReservationID, c.holder(), c.start)
	if p != nil {
		return refused(*p)
	}
	n, p := s.company.newNumber(number)
	if p != nil {
		return refused(*p)
	}
	use := assignment{usage: in.UsageType, kind: in.Type, label: in.Label, extension: in.Extension, parameter: "extension.id"}
	if in.Extension == nil {
		use.extension, use.parameter = in.ExtensionID, "extensionId"
	}
	if use.usage == "" {
		use.usage = "DirectNumber"
	}
	if isForwarded(use.usage) {
		n.payment, n.location = "External", ""
	}
	if p := s.company.checkPurchase(n, &use); p != nil {
		return refused(*p)
	}
	s.company.addNumber(n)
	s.company.assign(n, use)
	s.company.pool.bought(n.number)
	return found(c.legacyPhoneNumber(n))
}

func (s *Server) reassignPhoneNumberByID(c *call) reply {
	var in struct {
		UsageType string        `json:"usageType"`
		Extension *extensionArg `json:"extension"`
		Label     *string       `json:"label"`
	}
	n := s.company.number[parseID(c.pathValue("phoneNumberId"))]
	if n == nil {
		return refused(*notFound("phoneNumberId"))
	}
	if p := c.decode(&in); p != nil {
		return refused(*p)
	}
	use := assignment{usage: in.UsageType, label: in.Label, extension: in.Extension, parameter: "extension.id"}
	if use.usage == "" { // a new label or a new owner leaves the use as it is
		if n.inStock() || in.Extension != nil && !isOwned(n.usage) {
			return refused(*missing("usageType"))
		}
		use.usage, use.keep = n.usage, in.Extension == nil
	}
	if p := s.company.checkReassign(n, &use, settableV1()); p != nil {
		return refused(*p)
	}
	s.company.assign(n, use)
	return found(c.legacyPhoneNumber(n))
}

func (s *Server) deletePhoneNumberByID(c *call) reply {
	n := s.company.number[parseID(c.pathValue("phoneNumberId"))]
	if n == nil {
		return refused(*notFound("phoneNumberId"))
	}
	if isFixed(n.usage) {
		return refused(*invalid("phoneNumberId"))
	}
	s.company.dropNumber(n)
	return done()
}
