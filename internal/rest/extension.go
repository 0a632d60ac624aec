package rest

import (
	"context"
	"net/url"
	"slices"

	"github.com/ringql/ringql/internal/budget"
)

// Extension is a user or a service line of an account.
type Extension struct {
	ID              ExtensionID          `json:"id"`
	URI             string               `json:"uri"`
	ExtensionNumber string               `json:"extensionNumber"`
	Name            string               `json:"name"`
	Type            ExtensionType        `json:"type"`
	SubType         ExtensionSubType     `json:"subType"`
	Status          ExtensionStatus      `json:"status"`
	Contact         *Contact             `json:"contact"`
	Hidden          *bool                `json:"hidden"`
	PartnerID       string               `json:"partnerId"`
	Permissions     *ExtensionPermission `json:"permissions"`
	ProfileImage    *ProfileImage        `json:"profileImage"`
	References      []Reference          `json:"references"`
	Roles           []Role               `json:"roles"`
	Site            *Site                `json:"site"`
	AssignedCountry *Country             `json:"assignedCountry"`
	CostCenter      *CostCenter          `json:"costCenter"`
	CreationTime    DateTime             `json:"creationTime"`
	CallQueueInfo   *CallQueueInfo       `json:"callQueueInfo"`
	AlertTimer      *int                 `json:"alertTimer"`

	// Details are complete only in the read by id: Whole says so, and Single that no
	// other id stood beside it, for then alone the departments are told.
	Details ExtensionDetails `json:",embed"`
	Whole   bool             `json:"-"`
	Single  bool             `json:"-"`
}

// RcID is the upstream's own id.
func (e *Extension) RcID() string { return e.ID.RCID }

func (e *Extension) home() string { return AccountOf(e.URI) }

// RawType is Type as the upstream wrote it.
func (e *Extension) RawType() string { return string(e.Type) }

// RawSubType is SubType as the upstream wrote it.
func (e *Extension) RawSubType() string { return string(e.SubType) }

// RawStatus is Status as the upstream wrote it.
func (e *Extension) RawStatus() string { return string(e.Status) }

// ExtensionDetails are the fields that the list leaves out.
type ExtensionDetails struct {
	Departments      []ExtensionRef            `json:"departments"`
	ServiceFeatures  []ExtensionServiceFeature `json:"serviceFeatures"`
	RegionalSettings *RegionalSettings         `json:"regionalSettings"`
	SetupWizardState SetupWizardState          `json:"setupWizardState"`
	StatusInfo       *ExtensionStatusInfo      `json:"statusInfo"`
	CustomFields     []CustomField             `json:"customFields"`
	ExtensionNumbers []string                  `json:"extensionNumbers"`
	SiteAccess       SiteAccess                `json:"siteAccess"`
}

// ExtensionRef is an extension as other records mention it.
type ExtensionRef struct {
	ID              ExtensionID   `json:"id"`
	URI             string        `json:"uri"`
	ExtensionNumber string        `json:"extensionNumber"`
	Name            string        `json:"name"`
	Type            ExtensionType `json:"type"`
	PartnerID       string        `json:"partnerId"`
}

// Contact is a person's or a department's contact data.
type Contact struct {
	FirstName        string          `json:"firstName"`
	LastName         string          `json:"lastName"`
	Name             string          `json:"name"`
	Company          string          `json:"company"`
	JobTitle         string          `json:"jobTitle"`
	Email            string          `json:"email"`
	BusinessPhone    string          `json:"businessPhone"`
	MobilePhone      string          `json:"mobilePhone"`
	BusinessAddress  *ContactAddress `json:"businessAddress"`
	EmailAsLoginName *bool           `json:"emailAsLoginName"`
	PronouncedName   *PronouncedName `json:"pronouncedName"`
	Department       string          `json:"department"`
}

// ContactAddress is a business address.
type ContactAddress struct {
	Country string `json:"country"`
	State   string `json:"state"`
	City    string `json:"city"`
	Street  string `json:"street"`
	Zip     string `json:"zip"`
}

// PronouncedName is how the system says a name.
type PronouncedName struct {
	Type   string                `json:"type"`
	Text   string                `json:"text"`
	Prompt *PronouncedNamePrompt `json:"prompt"`
}

// PronouncedNamePrompt is a recording of a name.
type PronouncedNamePrompt struct {
	RCID        ID     `json:"id"`
	ContentURI  string `json:"contentUri"`
	ContentType string `json:"contentType"`
}

// ExtensionPermission says what the extension may do.
type ExtensionPermission struct {
	Admin                *Permission `json:"admin"`
	InternationalCalling *Permission `json:"internationalCalling"`
}

// Permission is granted or not.
type Permission struct {
	Enabled bool `json:"enabled"`
}

// ProfileImage says where the picture is. It needs the upstream's token.
type ProfileImage struct {
	URI          string       `json:"uri"`
	ETag         string       `json:"etag"`
	LastModified DateTime     `json:"lastModified"`
	ContentType  string       `json:"contentType"`
	Scales       []ImageScale `json:"scales"`
}

// ImageScale is one size of a picture.
type ImageScale struct {
	URI string `json:"uri"`
}

// Reference ties the extension to a system outside.
type Reference struct {
	Ref      string        `json:"ref"`
	Type     ReferenceType `json:"type"`
	RefAccID string        `json:"refAccId"`
}

// RawType is Type as the upstream wrote it.
func (r *Reference) RawType() string { return string(r.Type) }

// Role is a set of user permissions.
type Role struct {
	RCID           ID     `json:"id"`
	URI            string `json:"uri"`
	DisplayName    string `json:"displayName"`
	AutoAssigned   *bool  `json:"autoAssigned"`
	SiteCompatible *bool  `json:"siteCompatible"`
	SiteRestricted *bool  `json:"siteRestricted"`
}

// Site is a branch of the company.
type Site struct {
	RCID ID     `json:"id"`
	URI  string `json:"uri"`
	Name string `json:"name"`
	Code string `json:"code"`
}

// CostCenter is who pays for the extension.
type CostCenter struct {
	RCID ID     `json:"id"`
	Name string `json:"name"`
}

// CallQueueInfo is the service level of a call queue, for extensions of type Department.
type CallQueueInfo struct {
	SLAGoal                   *int  `json:"slaGoal"`
	SLAThresholdSeconds       *int  `json:"slaThresholdSeconds"`
	IncludeAbandonedCalls     *bool `json:"includeAbandonedCalls"`
	AbandonedThresholdSeconds *int  `json:"abandonedThresholdSeconds"`
}

// ExtensionServiceFeature is a feature, whether this extension has it, and why not.
type ExtensionServiceFeature struct {
	FeatureName string `json:"featureName"`
	Enabled     bool   `json:"enabled"`
	Reason      string `json:"reason"`
}

// ExtensionStatusInfo says why an extension is not in use.
type ExtensionStatusInfo struct {
	Comment string                `json:"comment"`
	Reason  ExtensionStatusReason `json:"reason"`
}

// RawReason is Reason as the upstream wrote it.
func (i *ExtensionStatusInfo) RawReason() string { return string(i.Reason) }

// CustomField is a field of the company's own making.
type CustomField struct {
	RCID        ID     `json:"id"`
	Value       string `json:"value"`
	DisplayName string `json:"displayName"`
}

// ExtensionFilter narrows an extension list; values of one field mean "or".
type ExtensionFilter struct {
	ExtensionNumber string
	Email           []string
	Status          []ExtensionStatus
	Type            []ExtensionType
}

// Key tells filters apart.
func (f ExtensionFilter) Key() string { return f.query().Encode() }

func (f ExtensionFilter) query() url.Values {
	q := url.Values{}
	if f.ExtensionNumber != "" {
		q.Set("extensionNumber", f.ExtensionNumber)
	}
	texts(q, "email", f.Email)
	texts(q, "status", f.Status)
	texts(q, "type", f.Type)
	return q
}

var listExtensions = op("listExtensions",
	"GET /restapi/v1.0/account/{accountId}/extension", budget.Medium, V1, "ReadAccounts", "ReadExtensions").
	shows(ExtensionInfo, AccountInfo)

// ListExtensions returns one page of an account's extensions, of all types. The
// records are a part of what ReadExtensions returns.
func (c *Client) ListExtensions(ctx context.Context, account string, f ExtensionFilter, page, perPage int) (*Page[Extension], error) {
	return read(ctx, c, listExtensions.at(account).where(paged(f.query(), page, perPage)), func(p *Page[Extension]) error {
		for i := range p.Records {
			p.Records[i].place(account, p.URI)
		}
		return checked(listExtensions, p, (*Extension).RcID)
	})
}

var readExtension = op("readExtension",
	"GET /restapi/v1.0/account/{accountId}/extension/{extensionId}", budget.Light, V1, "ReadAccounts", "ReadExtensions").alone().
	shows(ExtensionInfo, AccountInfo).showsOfAll(CallQueueMembers)

// ManyExtensions is how many ids one request of ReadExtensions names.
func (c *Client) ManyExtensions() int { return c.manyIDs(readExtension) }

// ReadExtensions returns the whole records of ids, as many in one request as the upstream takes.
func (c *Client) ReadExtensions(ctx context.Context, account string, ids []string) map[string]Result[*Extension] {
	return callMany(ctx, c, readExtension, ids, nil, func(which asked, e *Extension) error {
		e.place(account, "")
		e.Whole, e.Single = true, which.alone
		return named(readExtension, (*Extension).RcID)(which.id, e)
	}, account, theIDs)
}

// place says which account e belongs to: what its own uri says, else what the
// list's does, else what was asked for.
func (e *Extension) place(account, uri string) {
	e.settle(first(AccountOf(e.URI), first(AccountOf(uri), account)))
}

// settle says which account e belongs to.
func (e *Extension) settle(account string) {
	e.ID.Account = account
	for i := range e.Details.Departments {
		e.Details.Departments[i].ID.Account = account
	}
}

// In returns e, with its departments, as one of an account.
func (e *Extension) In(account string) *Extension {
	out := *e
	out.Details.Departments = slices.Clone(e.Details.Departments)
	out.settle(account)
	return &out
}
