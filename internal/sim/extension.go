package sim

import (
	"strings"
	"time"
)

func (s *Server) extensionRoutes() []*route {
	return []*route{
		{operation: "listExtensions", pattern: "GET /restapi/v1.0/account/{accountId}/extension", group: "medium",
			scope: "ReadAccounts", permission: "ReadExtensions",
			filters: []string{"extensionNumber", "email", "status", "type"}, do: s.listExtensions},
		{operation: "readExtension", pattern: "GET /restapi/v1.0/account/{accountId}/extension/{extensionId}", group: "light",
			scope: "ReadAccounts", permission: "ReadExtensions", many: "extensionId", do: s.readExtension},
	}
}

// extensionInfo is a record of the list; extensionDetail what the single read adds to it.
type extensionInfo struct {
	URI             string               `json:"uri"`
	ID              int64                `json:"id"`
	ExtensionNumber string               `json:"extensionNumber,omitempty"`
	Name            string               `json:"name,omitempty"`
	Type            string               `json:"type"`
	SubType         string               `json:"subType,omitempty"`
	Status          string               `json:"status"`
	PartnerID       string               `json:"partnerId,omitempty"`
	Contact         contactInfo          `json:"contact"`
	Permissions     extensionPermissions `json:"permissions"`
	ProfileImage    link                 `json:"profileImage"`
	References      []outerReference     `json:"references,omitempty"`
	Roles           []roleInfo           `json:"roles,omitempty"`
	Site            *siteInfo            `json:"site,omitempty"`
	CostCenter      *costCenter          `json:"costCenter,omitempty"`
	CallQueueInfo   *callQueueSettings   `json:"callQueueInfo,omitempty"`
	AlertTimer      int                  `json:"alertTimer,omitempty"`
	Hidden          bool                 `json:"hidden"`
	CreationTime    string               `json:"creationTime"`
}

type extensionDetail struct {
	extensionInfo
	Account          accountRef       `json:"account"`
	StatusInfo       *statusInfo      `json:"statusInfo,omitempty"`
	CustomFields     []customField    `json:"customFields,omitempty"`
	Departments      []departmentRef  `json:"departments,omitempty"`
	ServiceFeatures  []serviceFeature `json:"serviceFeatures,omitempty"`
	RegionalSettings regionalSettings `json:"regionalSettings"`
	SetupWizardState string           `json:"setupWizardState"`
}

type accountRef struct {
	ID  string `json:"id"`
	URI string `json:"uri"`
}

type departmentRef struct {
	ID              int64  `json:"id,string"`
	URI             string `json:"uri"`
	ExtensionNumber string `json:"extensionNumber"`
}

type statusInfo struct {
	Comment string `json:"comment,omitempty"`
	Reason  string `json:"reason,omitempty"`
}

type roleInfo struct {
	ID          string `json:"id"`
	URI         string `json:"uri"`
	DisplayName string `json:"displayName"`
}

type contactInfo struct {
	FirstName       string           `json:"firstName,omitempty"`
	LastName        string           `json:"lastName,omitempty"`
	Company         string           `json:"company,omitempty"`
	JobTitle        string           `json:"jobTitle,omitempty"`
	Email           string           `json:"email,omitempty"`
	BusinessPhone   string           `json:"businessPhone,omitempty"`
	MobilePhone     string           `json:"mobilePhone,omitempty"`
	Department      string           `json:"department,omitempty"`
	BusinessAddress *businessAddress `json:"businessAddress,omitempty"`

	EmailAsLoginName *bool           `json:"emailAsLoginName,omitempty"`
	PronouncedName   *pronouncedName `json:"pronouncedName,omitempty"`
}

// businessAddress is never changed once a contact points at it, so that answers may share it.
type businessAddress struct {
	Country string `json:"country,omitempty"`
	State   string `json:"state,omitempty"`
	City    string `json:"city,omitempty"`
	Street  string `json:"street,omitempty"`
	Zip     string `json:"zip,omitempty"`
}

type extensionPermissions struct {
	Admin                permissionInfo `json:"admin"`
	InternationalCalling permissionInfo `json:"internationalCalling"`
}

type permissionInfo struct {
	Enabled bool `json:"enabled"`
}

type callQueueSettings struct {
	SLAGoal                   int  `json:"slaGoal"`
	SLAThresholdSeconds       int  `json:"slaThresholdSeconds"`
	IncludeAbandonedCalls     bool `json:"includeAbandonedCalls"`
	AbandonedThresholdSeconds int  `json:"abandonedThresholdSeconds"`
}

func (s *Server) listExtensions(c *call) reply {
	var statuses, types, emails set
	if p := c.choose(choice{"status", &statuses, extensionStatuses(), false}, choice{"type", &types, extensionTypes(), false}); p != nil {
		return refused(*p)
	}
	for _, email := range c.query["email"] {
		emails = append(emails, strings.ToLower(email))
	}
	var keep func(*extension) bool
	if number := c.query.Get("extensionNumber"); number != "" || statuses != nil || types != nil || emails != nil {
		keep = func(e *extension) bool {
			return (number == "" || e.number == number) && statuses.has(e.status) && types.has(e.kind) &&
				(emails == nil || emails.has(strings.ToLower(e.contact.Email)))
		}
	}
	return paged(c, s.company.extensions, keep, c.extensionInfo)
}

func (s *Server) readExtension(c *call) reply { return found(c.extensionDetail(c.extension)) }

// extensionDetail has more about the caller's own extension than about others; administrators see it all.
func (c *call) extensionDetail(e *extension) extensionDetail {
	out := extensionDetail{
		extensionInfo:    c.extensionInfo(e),
		Account:          accountRef{AccountID, c.accountURI()},
		RegionalSettings: c.regionalSettingsOf(e),
		SetupWizardState: "Completed",
		CustomFields:     e.settings.custom,
	}
	switch {
	case e.settings.wizard != "":
		out.SetupWizardState = e.settings.wizard
	case e.status == "NotActivated" || e.status == "Unassigned":
		out.SetupWizardState = "NotStarted"
	}
	switch {
	case e.status == "Enabled":
	case e.settings.why != nil:
		out.StatusInfo = e.settings.why
	case e.status == "Disabled":
		out.StatusInfo = &statusInfo{e.comment, "Voluntarily"}
	}
	if e == c.person || c.person.isAdmin() {
		out.ServiceFeatures = e.serviceFeatures()
	}
	if !c.among {
		for _, queue := range e.queues {
			out.Departments = append(out.Departments, departmentRef{queue.id, c.extensionURI(queue.id), queue.number})
		}
	}
	return out
}

// serviceFeatures lists what is switched on for an extension.
func (e *extension) serviceFeatures() []serviceFeature {
	all := serviceFeatures(e.isPerson())
	for i := range all {
		if f := &all[i]; f.Name == "InternationalCalling" && e.domestic {
			f.Enabled, f.Reason = false, "ExtensionLimitation"
		}
	}
	return all
}

func (c *call) extensionInfo(e *extension) extensionInfo {
	uri := c.extensionURI(e.id)
	out := extensionInfo{
		URI:             uri,
		ID:              e.id,
		ExtensionNumber: e.number,
		Name:            e.name,
		Type:            e.kind,
		SubType:         e.settings.subType,
		Status:          e.status,
		Contact:         e.contact,
		Permissions:     extensionPermissions{permissionInfo{e.isAdmin()}, permissionInfo{e.callsAbroad()}},
		ProfileImage:    link{uri + "/profile-image"},
		References:      e.settings.references,
		Site:            e.settings.site,
		CostCenter:      e.settings.costCenter,
		Hidden:          e.hidden,
		CreationTime:    timestamp(e.created),
	}
	if e.settings.partner {
		out.PartnerID = e.partner
	}
	if e.isPerson() && e.status != "Unassigned" {
		r := e.effectiveRole()
		out.Roles = []roleInfo{{r.id, c.accountURI() + "/user-role/" + r.id, r.name}}
	}
	if e.kind == "Department" {
		q := e.asQueue()
		out.CallQueueInfo, out.AlertTimer = &q.level, q.alertTimer
	}
	return out
}

// timestamp writes a time as the upstream does, always with milliseconds.
func timestamp(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000Z") }
