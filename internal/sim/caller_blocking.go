package sim

import (
	"encoding/base64"
	"slices"
	"strings"
	"unicode/utf8"
)

func (s *Server) callerBlockingRoutes() []*route {
	const at = "/restapi/v1.0/account/{accountId}/extension/{extensionId}/caller-blocking"
	const one = at + "/phone-numbers/{blockedNumberId}"
	const reads, edits = "ReadBlockedNumbers", "EditBlockedNumbers"
	return []*route{
		{operation: "readCallerBlockingSettings", pattern: "GET " + at, group: "light",
			scope: "ReadAccounts", permission: reads, do: ofPeople(s.readCallerBlockingSettings)},
		{operation: "updateCallerBlockingSettings", pattern: "PUT " + at, group: "light",
			scope: "EditExtensions", permission: edits, do: ofPeople(s.updateCallerBlockingSettings)},
		{operation: "listBlockedAllowedNumbers", pattern: "GET " + at + "/phone-numbers", group: "light",
			scope: "ReadAccounts", permission: reads, filters: []string{"status"}, do: ofPeople(s.listBlockedAllowedNumbers)},
		{operation: "createBlockedAllowedNumber", pattern: "POST " + at + "/phone-numbers", group: "medium",
			scope: "EditExtensions", permission: edits, do: ofPeople(s.createBlockedAllowedNumber)},
		{operation: "readBlockedAllowedNumber", pattern: "GET " + one, group: "light", many: "blockedNumberId",
			scope: "ReadAccounts", permission: reads, do: ofPeople(s.readBlockedAllowedNumber)},
		{operation: "updateBlockedAllowedNumber", pattern: "PUT " + one, group: "medium",
			scope: "EditExtensions", permission: edits, do: ofPeople(s.updateBlockedAllowedNumber)},
		{operation: "deleteBlockedAllowedNumber", pattern: "DELETE " + one, group: "medium", many: "blockedNumberId",
			scope: "EditExtensions", permission: edits, do: ofPeople(s.deleteBlockedAllowedNumber)},
	}
}

// ofPeople refuses calls for extensions that nobody uses. The descriptions speak of the blocking of a user; what the others answer
// is not told, so they get the general code for it.
func ofPeople(do func(*call) reply) func(*call) reply {
	return func(c *call) reply {
		if !c.extension.isPerson() {
			return refused(*wrongExtensionType())
		}
		return do(c)
	}
}

// callerBlocking is whom an extension does not let in. Empty settings are the upstream's defaults.
type callerBlocking struct {
	mode, noCallerID, payPhones string
	greetings                   map[string]string // reason -> preset; nil for the first ones
	numbers                     []*listedNumber
}

// listedNumber is on the list of blocked numbers, or on that of allowed ones: there is one entry for a number.
type listedNumber struct{ number, label, status string }

func (n *listedNumber) blocked() bool { return n.status == "Blocked" }

// id is base64 of the digits, as in every example of the vendor's.
func (n *listedNumber) id() string {
	return base64.RawStdEncoding.EncodeToString([]byte(strings.TrimPrefix(n.number, "+")))
}

func addExampleBlocking(john, jane *extension) {
	john.blocking.numbers = []*listedNumber{
		{"+17179665004", "Car warranty", "Blocked"},
		{"+16503456789", "", "Blocked"},
		{"+12053320032", "Doctor", "Allowed"},
	}
	jane.blocking.mode, jane.blocking.noCallerID = "Specific", "BlockFaxes"
	jane.blocking.numbers = []*listedNumber{{"+16505550177", "Survey", "Blocked"}}
}

// reasons are why a caller may be blocked; each has its greetings.
var reasons = []string{"BlockedCallersAll", "BlockedNoCallerId", "BlockedPayPhones", "BlockedCallersSpecific"}

// greetingPresets are what may be chosen for each reason, and the first of them what is played until another is.
var greetingPresets = []presetInfo{
	{ID: "66816", Name: "Number Disconnected"},
	{ID: "67072", Name: "Not Accepting Calls"},
	{ID: "67328", Name: "Hang Up"},
}

func (b *callerBlocking) preset(reason string) presetInfo {
	for _, p := range greetingPresets {
		if p.ID == b.greetings[reason] {
			return p
		}
	}
	return greetingPresets[0]
}

type callerBlockingInfo struct {
	Mode       string         `json:"mode"`
	NoCallerID string         `json:"noCallerId"`
	PayPhones  string         `json:"payPhones"`
	Greetings  []greetingInfo `json:"greetings"`
}

type greetingInfo struct {
	Type   string     `json:"type"`
	Preset presetInfo `json:"preset"`
}

type presetInfo struct {
	URI  string `json:"uri"`
	ID   string `json:"id"`
	Name string `json:"name"`
}

func (s *Server) readCallerBlockingSettings(c *call) reply {
	b := &c.extension.blocking
	out := callerBlockingInfo{Mode: orElse(b.mode, "Specific"), NoCallerID: orElse(b.noCallerID, "Allow"), PayPhones: orElse(b.payPhones, "Allow")}
	for _, reason := range reasons {
		p := b.preset(reason)
		p.URI = c.base + "/restapi/v1.0/dictionary/greeting/" + p.ID
		out.Greetings = append(out.Greetings, greetingInfo{reason, p})
	}
	return found(out)
}

func orElse(value, otherwise string) string {
	if value == "" {
		return otherwise
	}
	return value
}

// blockingUpdate is the body of a change of settings; what it does not name stays.
type blockingUpdate struct {
	Mode       *string `json:"mode"`
	NoCallerID *string `json:"noCallerId"`
	PayPhones  *string `json:"payPhones"`
	Greetings  []struct {
		Type   string `json:"type"`
		Preset struct {
			ID anyID `json:"id"`
		} `json:"preset"`
	} `json:"greetings"`
}

// apply checks a change and makes it in b, a copy of the settings there are. Greetings are changed one by one, by their type.
func (in blockingUpdate) apply(b *callerBlocking) *problem {
	for _, f := range []struct {
		name   string
		asked  *string
		into   *string
		values []string
	}{
		{"mode", in.Mode, &b.mode, []string{"Specific", "All"}},
		{"noCallerId", in.NoCallerID, &b.noCallerID, []string{"BlockCallsAndFaxes", "BlockFaxes", "Allow"}},
		{"payPhones", in.PayPhones, &b.payPhones, []string{"Block", "Allow"}},
	} {
		if f.asked == nil {
			continue
		}
		if !slices.Contains(f.values, *f.asked) {
			return invalid(f.name)
		}
		*f.into = *f.asked
	}
	chosen := map[string]string{}
	for _, reason := range reasons {
		chosen[reason] = b.preset(reason).ID
	}
	for _, g := range in.Greetings {
		known := slices.ContainsFunc(greetingPresets, func(p presetInfo) bool { return p.ID == string(g.Preset.ID) })
		if !known || !slices.Contains(reasons, g.Type) {
			return invalid("greetings")
		}
		chosen[g.Type] = string(g.Preset.ID)
	}
	b.greetings = chosen
	return nil
}

func (s *Server) updateCallerBlockingSettings(c *call) reply {
	var in blockingUpdate
	if p := c.decode(&in); p != nil {
		return refused(*p)
	}
	b := c.extension.blocking
	if p := in.apply(&b); p != nil {
		return refused(*p)
	}
	c.extension.blocking = b
	return s.readCallerBlockingSettings(c)
}

type listedNumberInfo struct {
	URI         string `json:"uri"`
	ID          string `json:"id"`
	PhoneNumber string `json:"phoneNumber"`
	Label       string `json:"label,omitempty"`
	Status      string `json:"status"`
}

func (c *call) listedNumberInfo(n *listedNumber) listedNumberInfo {
	uri := c.extensionURI(c.extension.id) + "/caller-blocking/phone-numbers/" + n.id()
	return listedNumberInfo{uri, n.id(), n.number, n.label, n.status}
}

func (s *Server) listBlockedAllowedNumbers(c *call) reply {
	if !c.query.Has("status") {
		c.query.Set("status", "Blocked")
	}
	var status set
	if p := c.choose(choice{"status", &status, []string{"Blocked", "Allowed"}, true}); p != nil {
		return refused(*p)
	}
	return paged(c, c.extension.blocking.numbers, func(n *listedNumber) bool { return status.has(n.status) }, c.listedNumberInfo)
}

// find returns the entry with an id, if keep holds for it; nil holds for all.
func (b *callerBlocking) find(id string, keep func(*listedNumber) bool) *listedNumber {
	for _, n := range b.numbers {
		if n.id() == id && (keep == nil || keep(n)) {
			return n
		}
	}
	return nil
}

func (s *Server) readBlockedAllowedNumber(c *call) reply {
	n := c.extension.blocking.find(c.pathValue("blockedNumberId"), nil)
	if n == nil {
		return refused(*notFound("blockedNumberId"))
	}
	return found(c.listedNumberInfo(n))
}

// listing is the body of a change; of a field that is left out nothing changes.
type listing struct {
	PhoneNumber *string `json:"phoneNumber"`
	Label       *string `json:"label"`
	Status      *string `json:"status"`
}

const maxListedLabel = 60

// apply checks a change and carries it out on n, an entry or what is to be one.
func (in listing) apply(n *listedNumber) *problem {
	switch {
	case in.Label != nil && utf8.RuneCountInString(*in.Label) > maxListedLabel:
		return invalid("label")
	case in.Status != nil && *in.Status != "Blocked" && *in.Status != "Allowed":
		return invalid("status")
	}
	if in.Label != nil {
		n.label = *in.Label
	}
	if in.Status != nil {
		n.status = *in.Status
	}
	return nil
}

// newListed checks a number that is to be listed. With "+" or without, it is kept with. That a number is listed once is implied by
// the form of the ids; how the upstream refuses a second time is not told.
func (b *callerBlocking) newListed(phoneNumber *string) (*listedNumber, *problem) {
	if phoneNumber == nil || *phoneNumber == "" {
		return nil, missing("phoneNumber")
	}
	n := &listedNumber{number: "+" + strings.TrimPrefix(*phoneNumber, "+"), status: "Blocked"}
	if !e164.MatchString(n.number) || n.number[1] == '1' && !nanp.MatchString(n.number) || b.find(n.id(), nil) != nil {
		return nil, invalid("phoneNumber")
	}
	return n, nil
}

// list adds a number, unless what else is said of it is refused.
func (b *callerBlocking) list(number *string, apply func(*listedNumber) *problem) (*listedNumber, *problem) {
	n, p := b.newListed(number)
	if p == nil {
		p = apply(n)
	}
	if p != nil {
		return nil, p
	}
	b.numbers = append(b.numbers, n)
	return n, nil
}

func (s *Server) createBlockedAllowedNumber(c *call) reply {
	var in listing
	if p := c.decode(&in); p != nil {
		return refused(*p)
	}
	n, p := c.extension.blocking.list(in.PhoneNumber, in.apply)
	if p != nil {
		return refused(*p)
	}
	return found(c.listedNumberInfo(n))
}

// updateBlockedAllowedNumber changes an entry. Its number is its id, and stays.
func (s *Server) updateBlockedAllowedNumber(c *call) reply {
	n := c.extension.blocking.find(c.pathValue("blockedNumberId"), nil)
	if n == nil {
		return refused(*notFound("blockedNumberId"))
	}
	var in listing
	if p := c.decode(&in); p != nil {
		return refused(*p)
	}
	if in.PhoneNumber != nil && "+"+strings.TrimPrefix(*in.PhoneNumber, "+") != n.number {
		return refused(*invalid("phoneNumber"))
	}
	if p := in.apply(n); p != nil {
		return refused(*p)
	}
	return found(c.listedNumberInfo(n))
}

func (s *Server) deleteBlockedAllowedNumber(c *call) reply {
	return c.unlist(nil)
}

// unlist removes the entry that the path names, if keep holds for it.
func (c *call) unlist(keep func(*listedNumber) bool) reply {
	b := &c.extension.blocking
	n := b.find(c.pathValue("blockedNumberId"), keep)
	if n == nil {
		return refused(*notFound("blockedNumberId"))
	}
	b.numbers = without(b.numbers, n)
	return done()
}
