package rest

import (
	"context"

	"github.com/ringql/ringql/internal/budget"
)

// NewAccount is what an account is to be created with. The upstream's description takes
// its models of answers for the parts; what partners' scripts send beyond those is here
// too.
type NewAccount struct {
	MainNumber    string             `json:"mainNumber,omitzero"`
	Operator      *NewOperator       `json:"operator,omitzero"`
	PartnerID     string             `json:"partnerId,omitzero"`
	PromotionCode string             `json:"promotionCode,omitzero"`
	ReservationID string             `json:"reservationId,omitzero"`
	ServiceInfo   *NewServiceInfo    `json:"serviceInfo,omitzero"`
	Status        AccountStatus      `json:"status,omitzero"`
	SignupInfo    *SignupInfoRequest `json:"signupInfo,omitzero"`
}

// SignupInfoRequest is what somebody who signs up agrees to.
type SignupInfoRequest struct {
	MarketingAccepted *bool `json:"marketingAccepted,omitzero"`
}

// NewServiceInfo is what an account is to buy.
type NewServiceInfo struct {
	ServicePlanName   string              `json:"servicePlanName,omitzero"`
	Brand             *ByID               `json:"brand,omitzero"`
	TargetServicePlan *ByID               `json:"targetServicePlan,omitzero"`
	ServiceFeatures   []NewServiceFeature `json:"serviceFeatures,omitzero"`
	Limits            *NewAccountLimits   `json:"limits,omitzero"`
}

// NewServiceFeature switches a feature on or off.
type NewServiceFeature struct {
	FeatureName string `json:"featureName"`
	Enabled     bool   `json:"enabled"`
}

// NewAccountLimits are the numbers an account is not to exceed.
type NewAccountLimits struct {
	FreeSoftPhoneLinesPerExtension *int `json:"freeSoftPhoneLinesPerExtension,omitzero"`
	MeetingSize                    *int `json:"meetingSize,omitzero"`
	MaxMonitoredExtensionsPerUser  *int `json:"maxMonitoredExtensionsPerUser,omitzero"`
	MaxExtensionNumberLength       *int `json:"maxExtensionNumberLength,omitzero"`
}

// NewOperator is the extension that an account starts with.
type NewOperator struct {
	Contact          *NewContact          `json:"contact,omitzero"`
	ExtensionNumber  string               `json:"extensionNumber,omitzero"`
	Name             string               `json:"name,omitzero"`
	PartnerID        string               `json:"partnerId,omitzero"`
	Permissions      *NewPermissions      `json:"permissions,omitzero"`
	References       []NewReference       `json:"references,omitzero"`
	RegionalSettings *NewRegionalSettings `json:"regionalSettings,omitzero"`
	SetupWizardState SetupWizardState     `json:"setupWizardState,omitzero"`
	Status           ExtensionStatus      `json:"status,omitzero"`
	Type             ExtensionType        `json:"type,omitzero"`
}

// NewContact is the contact data of an operator.
type NewContact struct {
	FirstName       string      `json:"firstName,omitzero"`
	LastName        string      `json:"lastName,omitzero"`
	Company         string      `json:"company,omitzero"`
	Email           string      `json:"email,omitzero"`
	BusinessPhone   string      `json:"businessPhone,omitzero"`
	BusinessAddress *NewAddress `json:"businessAddress,omitzero"`
}

// NewAddress is a business address.
type NewAddress struct {
	Country string `json:"country,omitzero"`
	State   string `json:"state,omitzero"`
	City    string `json:"city,omitzero"`
	Street  string `json:"street,omitzero"`
	Zip     string `json:"zip,omitzero"`
}

// NewPermissions are what an operator may do.
type NewPermissions struct {
	Admin                *Switch `json:"admin,omitzero"`
	InternationalCalling *Switch `json:"internationalCalling,omitzero"`
}

// Switch is a thing that is on or off.
type Switch struct {
	Enabled bool `json:"enabled"`
}

// NewReference is the name of an extension in another system.
type NewReference struct {
	Ref  string        `json:"ref"`
	Type ReferenceType `json:"type"`
}

// NewRegionalSettings are place, language and clock of an operator, by their ids.
type NewRegionalSettings struct {
	HomeCountry      *ByID      `json:"homeCountry,omitzero"`
	Timezone         *ByID      `json:"timezone,omitzero"`
	Language         *ByID      `json:"language,omitzero"`
	GreetingLanguage *ByID      `json:"greetingLanguage,omitzero"`
	FormattingLocale *ByID      `json:"formattingLocale,omitzero"`
	TimeFormat       TimeFormat `json:"timeFormat,omitzero"`
}

// createAccount is for partners' apps only.
var createAccount = op("createAccount", "POST /restapi/v1.0/account", budget.Medium, Legacy, "Accounts")

// CreateAccount creates an account, and returns what the answer tells of it.
func (c *Client) CreateAccount(ctx context.Context, in NewAccount) (*Account, error) {
	a, err := onlyCall[Account](ctx, c, Own, createAccount.at().send(in))
	if err != nil {
		return nil, err
	}
	if !known(a.ID.RCID) {
		return nil, nonsense(createAccount, "no id of an account")
	}
	if in.MainNumber != "" && a.MainNumber != "" && !SameNumber(in.MainNumber, a.MainNumber) {
		return nil, nonsense(createAccount, "an account with another main number")
	}
	a.settle()
	return a, nil
}
