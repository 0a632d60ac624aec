package rest

import (
	"context"

	"github.com/ringql/ringql/internal/budget"
)

// ExtensionCreation is an extension to be made. What is left out the upstream chooses.
type ExtensionCreation struct {
	Type             ExtensionType                   `json:"type,omitzero"`
	Name             *string                         `json:"name,omitzero"`
	ExtensionNumber  *string                         `json:"extensionNumber,omitzero"`
	Status           ExtensionStatus                 `json:"status,omitzero"`
	StatusInfo       *ExtensionStatusInfoInput       `json:"statusInfo,omitzero"`
	Contact          *ExtensionContactInput          `json:"contact,omitzero"`
	RegionalSettings *ExtensionRegionalSettingsInput `json:"regionalSettings,omitzero"`
	SetupWizardState SetupWizardState                `json:"setupWizardState,omitzero"`
	References       []ExtensionReferenceInput       `json:"references,omitzero"`
	CustomFields     []ExtensionCustomFieldInput     `json:"customFields,omitzero"`
	CostCenter       *EntryInput                     `json:"costCenter,omitzero"`
	Site             *EntryInput                     `json:"site,omitzero"`
	PartnerID        *string                         `json:"partnerId,omitzero"`
	Hidden           *bool                           `json:"hidden,omitzero"`
	Password         Secret                          `json:"password,omitzero"`
	IVRPin           Secret                          `json:"ivrPin,omitzero"`
}

// ExtensionUpdate is what is to become of an extension. What is left out stays.
type ExtensionUpdate struct {
	Type             ExtensionType                   `json:"type,omitzero"`
	SubType          ExtensionSubType                `json:"subType,omitzero"`
	ExtensionNumber  *string                         `json:"extensionNumber,omitzero"`
	Status           ExtensionStatus                 `json:"status,omitzero"`
	StatusInfo       *ExtensionStatusInfoInput       `json:"statusInfo,omitzero"`
	Transition       *ExtensionTransitionInput       `json:"transition,omitzero"`
	Contact          *ExtensionContactInput          `json:"contact,omitzero"`
	RegionalSettings *ExtensionRegionalSettingsInput `json:"regionalSettings,omitzero"`
	SetupWizardState SetupWizardState                `json:"setupWizardState,omitzero"`
	References       []ExtensionReferenceInput       `json:"references,omitzero"`
	CustomFields     []ExtensionCustomFieldInput     `json:"customFields,omitzero"`
	CallQueueInfo    *ExtensionCallQueueInfoInput    `json:"callQueueInfo,omitzero"`
	Site             *EntryInput                     `json:"site,omitzero"`
	PartnerID        *string                         `json:"partnerId,omitzero"`
	Password         Secret                          `json:"password,omitzero"`
	IVRPin           Secret                          `json:"ivrPin,omitzero"`
}

// EntryInput names an entry of a list of the upstream's, such as a country or a site.
type EntryInput struct {
	RCID string `json:"id"`
}

// ExtensionStatusInfoInput says why an extension is not in use.
type ExtensionStatusInfoInput struct {
	Comment *string               `json:"comment,omitzero"`
	Reason  ExtensionStatusReason `json:"reason,omitzero"`
}

// ExtensionTransitionInput says who is told of a change of status.
type ExtensionTransitionInput struct {
	SendWelcomeEmailsToUsers *bool `json:"sendWelcomeEmailsToUsers,omitzero"`
	SendWelcomeEmail         *bool `json:"sendWelcomeEmail,omitzero"`
}

// ExtensionContactInput is contact data to be set. An empty text clears.
type ExtensionContactInput struct {
	FirstName        *string                       `json:"firstName,omitzero"`
	LastName         *string                       `json:"lastName,omitzero"`
	Company          *string                       `json:"company,omitzero"`
	JobTitle         *string                       `json:"jobTitle,omitzero"`
	Email            *string                       `json:"email,omitzero"`
	BusinessPhone    *string                       `json:"businessPhone,omitzero"`
	MobilePhone      *string                       `json:"mobilePhone,omitzero"`
	BusinessAddress  *ExtensionAddressInput        `json:"businessAddress,omitzero"`
	EmailAsLoginName *bool                         `json:"emailAsLoginName,omitzero"`
	PronouncedName   *ExtensionPronouncedNameInput `json:"pronouncedName,omitzero"`
	Department       *string                       `json:"department,omitzero"`
}

// ExtensionAddressInput is a business address to be set.
type ExtensionAddressInput struct {
	Country *string `json:"country,omitzero"`
	State   *string `json:"state,omitzero"`
	City    *string `json:"city,omitzero"`
	Street  *string `json:"street,omitzero"`
	Zip     *string `json:"zip,omitzero"`
}

// ExtensionPronouncedNameInput is how the system is to say a name.
type ExtensionPronouncedNameInput struct {
	Type PronouncedNameType `json:"type,omitzero"`
	Text *string            `json:"text,omitzero"`
}

// PronouncedNameType says where the sound of a name comes from.
type PronouncedNameType string

// ExtensionRegionalSettingsInput is place, language and clock to be set. The currency
// cannot be set when an extension is made.
type ExtensionRegionalSettingsInput struct {
	HomeCountry      *EntryInput `json:"homeCountry,omitzero"`
	Timezone         *EntryInput `json:"timezone,omitzero"`
	Language         *EntryInput `json:"language,omitzero"`
	GreetingLanguage *EntryInput `json:"greetingLanguage,omitzero"`
	FormattingLocale *EntryInput `json:"formattingLocale,omitzero"`
	Currency         *EntryInput `json:"currency,omitzero"`
	TimeFormat       TimeFormat  `json:"timeFormat,omitzero"`
}

// ExtensionReferenceInput ties an extension to a system outside.
type ExtensionReferenceInput struct {
	Ref      *string       `json:"ref,omitzero"`
	Type     ReferenceType `json:"type,omitzero"`
	RefAccID *string       `json:"refAccId,omitzero"`
}

// ExtensionCustomFieldInput is what is to stand in a field of the company's own making.
type ExtensionCustomFieldInput struct {
	RCID        string  `json:"id"`
	Value       *string `json:"value,omitzero"`
	DisplayName *string `json:"displayName,omitzero"`
}

// ExtensionCallQueueInfoInput is the service level of a call queue to be set.
type ExtensionCallQueueInfoInput struct {
	SLAGoal                   *int  `json:"slaGoal,omitzero"`
	SLAThresholdSeconds       *int  `json:"slaThresholdSeconds,omitzero"`
	IncludeAbandonedCalls     *bool `json:"includeAbandonedCalls,omitzero"`
	AbandonedThresholdSeconds *int  `json:"abandonedThresholdSeconds,omitzero"`
}

var (
	createExtension = op("createExtension",
		"POST /restapi/v1.0/account/{accountId}/extension", budget.Medium, V1, "EditAccounts", "AddRemoveUsers")
	updateExtension = op("updateExtension",
		"PUT /restapi/v1.0/account/{accountId}/extension/{extensionId}", budget.Medium, V1, "EditExtensions", "EditUserInfo", "EditUserCredentials")
)

// CreateExtension makes an extension.
func (c *Client) CreateExtension(ctx context.Context, account string, in ExtensionCreation) (*Extension, error) {
	e, err := call[Extension](ctx, c, createExtension.at(account).send(in))
	if err != nil {
		return nil, scrubbed(err, in.Password, in.IVRPin)
	}
	if e.ID.RCID == "" {
		return nil, nonsense(createExtension, "an extension without id")
	}
	return e.written(account), nil
}

// UpdateExtension changes an extension.
func (c *Client) UpdateExtension(ctx context.Context, id ExtensionID, in ExtensionUpdate) (*Extension, error) {
	e, err := call[Extension](ctx, c, updateExtension.at(id.Account, id.RCID).send(in))
	if err != nil {
		return nil, scrubbed(err, in.Password, in.IVRPin)
	}
	if err := named(updateExtension, (*Extension).RcID)(id.RCID, e); err != nil {
		return nil, err
	}
	return e.written(id.Account), nil
}

// written is e as the answer to a change of it in an account, which may leave the
// departments out.
func (e *Extension) written(account string) *Extension {
	e.place(account, "")
	e.Whole = true
	return e
}
