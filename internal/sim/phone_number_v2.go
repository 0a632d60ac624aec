package sim

import (
	"regexp"
	"slices"
	"strings"
)

func (s *Server) phoneNumberV2Routes() []*route {
	const all = "/restapi/v2/accounts/{accountId}/phone-numbers"
	return []*route{
		{operation: "listAccountPhoneNumbersV2", pattern: "GET " + all, group: "heavy", scope: "ReadAccounts", permission: "ReadCompanyPhoneNumbers",
			era: v2, do: s.listAccountPhoneNumbersV2},
		{operation: "assignPhoneNumberV2", pattern: "PATCH " + all + "/{phoneNumberId}", group: "medium", scope: "EditAccounts",
			permission: "EditCompanyPhoneNumbers", era: v2, do: s.assignPhoneNumberV2},
		{operation: "deleteNumbersFromInventoryV2", pattern: "DELETE " + all, group: "medium", scope: "EditAccounts",
			permission: "EditCompanyPhoneNumbers", era: v2, do: s.deleteNumbersFromInventoryV2},
	}
}

// phoneNumberV2 is a number as v2 shows it: ids are strings, stock has a name, and there is no uri.
type phoneNumberV2 struct {
	ID               int64  `json:"id,string"`
	PhoneNumber      string `json:"phoneNumber"`
	Type             string `json:"type,omitempty"`
	TollType         string `json:"tollType"`
	UsageType        string `json:"usageType"`
	ByocNumber       bool   `json:"byocNumber"`
	MobileNumber     bool   `json:"mobileNumber"`
	Status           string `json:"status"`
	ActivationStatus string `json:"activationStatus,omitempty"`
	Label            string `json:"label,omitempty"`
	Primary          bool   `json:"primary,omitempty"`

	Extension             *extensionRefV2        `json:"extension,omitempty"`
	ContactCenterProvider *contactCenterProvider `json:"contactCenterProvider,omitempty"`
}

type extensionRefV2 struct {
	ID              int64  `json:"id,string"`
	ExtensionNumber string `json:"extensionNumber,omitempty"`
}

func newPhoneNumberV2(n *phoneNumber) phoneNumberV2 {
	out := phoneNumberV2{
		ID:               n.id,
		PhoneNumber:      n.number,
		Type:             n.kind,
		TollType:         n.tollType(),
		UsageType:        n.usage,
		ByocNumber:       n.byoc,
		Status:           n.status,
		ActivationStatus: "Active",
		Label:            n.label,
		Primary:          n.usage == "MainCompanyNumber",

		ContactCenterProvider: n.provider,
	}
	if n.suspended {
		out.ActivationStatus = "Inactive"
	}
	if n.owner != nil {
		out.Extension = &extensionRefV2{n.owner.id, n.owner.number}
	}
	return out
}

func (p *phoneNumber) tollType() string {
	if isTollFree(p.number) {
		return "TollFree"
	}
	return "Toll"
}

func (s *Server) listAccountPhoneNumbersV2(c *call) reply {
	f, p := c.numberFilterV2()
	if p != nil {
		return refused(*p)
	}
	if !c.person.seesAllNumbers() {
		f.usages = nil
	}
	return paged(c, s.company.numbers, func(n *phoneNumber) bool { return n.visibleTo(c.person) && f.holds(n) }, newPhoneNumberV2)
}

// numberFilterV2 is what a list of v2 numbers was narrowed to.
type numberFilterV2 struct {
	kinds, usages, statuses, tolls, owners set
	byoc, mobile                           *bool
	pattern                                string
}

var dialPattern = regexp.MustCompile(`^\+?[0-9*]{1,17}$`)

func (c *call) numberFilterV2() (f numberFilterV2, p *problem) {
	if p = c.choose(
		choice{"type", &f.kinds, phoneNumberTypes(), false},
		choice{"usageType", &f.usages, usageTypesV2(), false},
		choice{"status", &f.statuses, phoneNumberStatuses(), true},
		choice{"tollType", &f.tolls, []string{"Toll", "TollFree"}, true},
		choice{"extensionStatus", &f.owners, extensionStatuses(), true},
	); p != nil {
		return f, p
	}
	if f.byoc, p = c.flag("byocNumber"); p != nil {
		return f, p
	}
	if f.mobile, p = c.flag("mobileNumber"); p != nil {
		return f, p
	}
	if c.query.Has("phoneNumber") {
		f.pattern = c.query.Get("phoneNumber")
		if !dialPattern.MatchString(f.pattern) { // a plus that was not escaped arrives as a blank
			return f, invalid("phoneNumber")
		}
		f.pattern = "+" + strings.TrimPrefix(f.pattern, "+")
	}
	return f, nil
}

func (f numberFilterV2) holds(n *phoneNumber) bool {
	return f.kinds.has(n.kind) && f.usages.has(n.usage) && f.statuses.has(n.status) && (f.tolls == nil || f.tolls.has(n.tollType())) &&
		f.owners.has(n.ownerStatus()) && (f.byoc == nil || *f.byoc == n.byoc) && (f.mobile == nil || !*f.mobile) && matches(f.pattern, n.number)
}

// matches compares a number with a pattern in which each * stands for one digit. The empty pattern matches all.
func matches(pattern, number string) bool {
	if pattern == "" {
		return true
	}
	if len(pattern) != len(number) {
		return false
	}
	for i := range pattern {
		if pattern[i] != '*' && pattern[i] != number[i] {
			return false
		}
	}
	return true
}

func (s *Server) assignPhoneNumberV2(c *call) reply {
	var in struct {
		Type      string                 `json:"type"`
		UsageType string                 `json:"usageType"`
		Extension *extensionArg          `json:"extension"`
		Provider  *contactCenterProvider `json:"contactCenterProvider"`
	}
	n := s.company.number[parseID(c.pathValue("phoneNumberId"))]
	if n == nil {
		return refused(*notFound("phoneNumberId"))
	}
	if p := c.decode(&in); p != nil {
		return refused(*p)
	}
	if in.UsageType == "" {
		return refused(*missing("usageType"))
	}
	use := assignment{usage: in.UsageType, kind: in.Type, extension: in.Extension, parameter: "extension.id", provider: in.Provider}
	if use.provider == nil {
		use.provider = &contactCenterProvider{"1", "InContact/North America"}
	}
	if p := s.company.checkReassign(n, &use, settableV2()); p != nil {
		return refused(*p)
	}
	s.company.assign(n, use)
	return found(newPhoneNumberV2(n))
}

// bulkItem is the outcome for one number of a v2 request for many.
type bulkItem struct {
	Successful  bool        `json:"bulkItemSuccessful"`
	Errors      []bulkError `json:"bulkItemErrors,omitempty"`
	ID          string      `json:"id,omitempty"`
	PhoneNumber string      `json:"phoneNumber,omitempty"`
}

type bulkError struct {
	Code    string `json:"errorCode"`
	Message string `json:"message"`
}

func (b bulkItem) failed(p *problem) bulkItem {
	b.Errors = append(b.Errors, bulkError{p.ErrorCode, p.Message})
	return b
}

type bulkItems struct {
	Records []bulkItem `json:"records"`
}

// deleteNumbersFromInventoryV2 deletes what it can, and answers 200 with an outcome for each number.
func (s *Server) deleteNumbersFromInventoryV2(c *call) reply {
	type item struct {
		ID          anyID  `json:"id"`
		PhoneNumber string `json:"phoneNumber"`
	}
	var in struct {
		Records []item `json:"records"`
	}
	if p := c.decode(&in); p != nil {
		return refused(*p)
	}
	if len(in.Records) == 0 {
		return refused(*missing("records"))
	}
	byID := in.Records[0].ID != ""
	if slices.ContainsFunc(in.Records, func(i item) bool { return (i.ID != "") != byID || (i.PhoneNumber != "") == byID }) {
		return refused(*invalid("records")) // all by id or all by number
	}
	var out bulkItems
	for _, i := range in.Records {
		result := bulkItem{ID: string(i.ID), PhoneNumber: i.PhoneNumber}
		n, parameter := s.company.number[parseID(string(i.ID))], "id"
		if !byID {
			n, parameter = s.company.dialable["+"+strings.TrimPrefix(i.PhoneNumber, "+")], "phoneNumber"
		}
		if n == nil {
			out.Records = append(out.Records, result.failed(notFound(parameter)))
			continue
		}
		result.ID, result.PhoneNumber = formatID(n.id), n.number
		if !n.inStock() && !isForwarded(n.usage) {
			out.Records = append(out.Records, result.failed(invalid(parameter)))
			continue
		}
		s.company.dropNumber(n)
		result.Successful = true
		out.Records = append(out.Records, result)
	}
	return found(out)
}
