package sim

import (
	"slices"
	"time"
)

func (s *Server) extensionWriteRoutes() []*route {
	const all = "/restapi/v1.0/account/{accountId}/extension"
	return []*route{
		{operation: "createExtension", pattern: "POST " + all, group: "medium", scope: "EditAccounts", permission: "AddRemoveUsers",
			do: s.createExtension},
		{operation: "updateExtension", pattern: "PUT " + all + "/{extensionId}", group: "medium", scope: "EditExtensions",
			permission: "EditUserInfo|EditUserCredentials", extended: true, do: s.updateExtension},
		{operation: "deleteExtension", pattern: "DELETE " + all + "/{extensionId}", group: "medium", scope: "EditAccounts",
			permission: "AddRemoveUsers", many: "extensionId", do: s.deleteExtension},
		{operation: "bulkDeleteUsersV2", pattern: "DELETE /restapi/v2/accounts/{accountId}/extensions", group: "heavy", scope: "EditAccounts",
			permission: "Users", era: v2, do: s.bulkDeleteUsersV2},
	}
}

// extensionSettings is what of an extension only its creation and its updates set. The examples have none of it. What it points
// at is never changed, so that answers may share it.
type extensionSettings struct {
	subType    string
	wizard     string
	why        *statusInfo
	regional   regionalArgs
	references []outerReference
	custom     []customField
	costCenter *costCenter
	site       *siteInfo
	partner    bool // the partner's id was given by the app that asks, which therefore sees it
}

type outerReference struct {
	Ref      string `json:"ref,omitempty"`
	Type     string `json:"type,omitempty"`
	RefAccID string `json:"refAccId,omitempty"`
}

type customField struct {
	ID          string `json:"id"`
	Value       string `json:"value,omitempty"`
	DisplayName string `json:"displayName"`
}

type costCenter struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

// The company's own lists, from which extensions choose.
var (
	customFields = []customField{{ID: "1", DisplayName: "Badge"}, {ID: "2", DisplayName: "Room"}}
	costCenters  = []costCenter{{"10001", "Sales"}, {"10002", "Operations"}}
)

// extensionArgs is the body of both requests. What is nil was not given.
type extensionArgs struct {
	Type             *string          `json:"type"`
	SubType          *string          `json:"subType"`
	Name             *string          `json:"name"`
	ExtensionNumber  *string          `json:"extensionNumber"`
	Status           *string          `json:"status"`
	StatusInfo       *statusInfo      `json:"statusInfo"`
	Contact          *contactArgs     `json:"contact"`
	RegionalSettings *regionalArgs    `json:"regionalSettings"`
	SetupWizardState *string          `json:"setupWizardState"`
	References       []outerReference `json:"references"`
	CustomFields     []customArgs     `json:"customFields"`
	CostCenter       *entryArgs       `json:"costCenter"`
	Site             *entryArgs       `json:"site"`
	CallQueueInfo    *callQueueArgs   `json:"callQueueInfo"`
	PartnerID        *string          `json:"partnerId"`
	Hidden           *bool            `json:"hidden"`
	Password         *string          `json:"password"`
	IVRPin           *string          `json:"ivrPin"`
}

type entryArgs struct {
	ID anyID `json:"id"`
}

type customArgs struct {
	ID    anyID  `json:"id"`
	Value string `json:"value"`
}

type callQueueArgs struct {
	SLAGoal                   *int  `json:"slaGoal"`
	SLAThresholdSeconds       *int  `json:"slaThresholdSeconds"`
	IncludeAbandonedCalls     *bool `json:"includeAbandonedCalls"`
	AbandonedThresholdSeconds *int  `json:"abandonedThresholdSeconds"`
}

// createExtension answers 200, with a user that has yet to sign in.
func (s *Server) createExtension(c *call) reply {
	var in extensionArgs
	if p := c.decode(&in); p != nil {
		return refused(*p)
	}
	e := &extension{created: time.Now()}
	if p := s.company.write(e, in, true); p != nil {
		return refused(*p)
	}
	e.id = s.company.ids.next()
	s.company.addExtension(e)
	return found(c.extensionDetail(e))
}

// updateExtension changes what is given, all of it or nothing.
func (s *Server) updateExtension(c *call) reply {
	var in extensionArgs
	if p := c.decode(&in); p != nil {
		return refused(*p)
	}
	next := *c.extension
	if p := s.company.write(&next, in, false); p != nil {
		return refused(*p)
	}
	s.company.touchExtension(c.extension)
	delete(s.company.partner, c.extension.partner)
	*c.extension = next
	if next.partner != "" {
		s.company.partner[next.partner] = c.extension
	}
	return found(c.extensionDetail(c.extension))
}

// write makes of e what in says. The steps come in the order in which one needs what another has found out; a number is given
// out last, when nothing can be refused any more.
func (co *company) write(e *extension, in extensionArgs, made bool) *problem {
	was := e.status
	for _, step := range []func(*extension, *extensionArgs, bool) *problem{
		co.writeKind, co.writeStatus, co.writeNumber, co.writeContact, co.writeSecrets, co.writeSettings, co.writePlace,
	} {
		if p := step(e, &in, made); p != nil {
			return p
		}
	}
	if p := e.nameless(made || in.Contact != nil || was == "Unassigned"); p != nil {
		return p
	}
	if e.number == "" && e.status != "Unassigned" {
		e.number = co.nextNumber()
	}
	return nil
}

func creatableTypes() []string {
	return []string{"User", "VirtualUser", "DigitalUser", "FlexibleUser", "Department", "Announcement", "Voicemail", "SharedLinesGroup",
		"PagingOnly", "ParkLocation", "Limited"}
}

// writeKind sets what e is. A person cannot become a thing, nor a thing another one.
func (co *company) writeKind(e *extension, in *extensionArgs, made bool) *problem {
	if made {
		e.kind = "User"
	}
	if in.Type != nil && *in.Type != e.kind {
		next := extension{kind: *in.Type}
		people := e.isPerson() && next.isPerson()
		if !slices.Contains(creatableTypes(), *in.Type) || !made && !people {
			return invalid("type")
		}
		e.kind = *in.Type
	}
	if in.SubType != nil {
		known := []string{"VideoPro", "VideoProPlus", "DigitalSignageOnlyRooms", "Unknown", "Emergency"}
		if !slices.Contains(known, *in.SubType) || !e.isPerson() {
			return invalid("subType")
		}
		e.settings.subType = *in.SubType
	}
	return nil
}

// writeStatus sets whether e is in use. Only what is new can be unassigned, and no queue can be frozen.
func (co *company) writeStatus(e *extension, in *extensionArgs, made bool) *problem {
	if made && e.isPerson() {
		e.status = "NotActivated"
	} else if made {
		e.status = "Enabled"
	}
	if in.Status != nil {
		unassigned := *in.Status == "Unassigned" && !made
		frozen := *in.Status == "Frozen" && e.kind == "Department"
		if !slices.Contains(extensionStatuses(), *in.Status) || unassigned || frozen {
			return invalid("status")
		}
		e.status = *in.Status
	}
	if in.StatusInfo != nil {
		if !slices.Contains([]string{"", "Voluntarily", "Involuntarily"}, in.StatusInfo.Reason) {
			return invalid("statusInfo.reason")
		}
		e.settings.why = in.StatusInfo
	}
	if made {
		e.hidden = e.status == "Unassigned"
	}
	if in.Hidden != nil {
		e.hidden = *in.Hidden
	}
	return nil
}

func (co *company) writeNumber(e *extension, in *extensionArgs, _ bool) *problem {
	if in.ExtensionNumber == nil || *in.ExtensionNumber == e.number {
		return nil
	}
	// That it is taken has no code of its own: the usual shape is this.
	if number := *in.ExtensionNumber; !shortNumber.MatchString(number) || len(number) > limitsOfAccount().MaxExtensionNumberLength ||
		co.isTaken(number) {
		return invalid("extensionNumber")
	}
	e.number = *in.ExtensionNumber
	return nil
}

func (co *company) isTaken(number string) bool {
	return slices.ContainsFunc(co.extensions, func(e *extension) bool { return e.number == number })
}
