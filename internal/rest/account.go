package rest

import (
	"context"

	"github.com/ringql/ringql/internal/budget"
)

// Account is a company.
type Account struct {
	ID                 AccountID                `json:"id"`
	URI                string                   `json:"uri"`
	MainNumber         string                   `json:"mainNumber"`
	Operator           *ExtensionRef            `json:"operator"`
	PartnerID          string                   `json:"partnerId"`
	ServiceInfo        *ServiceInfo             `json:"serviceInfo"`
	SetupWizardState   SetupWizardState         `json:"setupWizardState"`
	Status             AccountStatus            `json:"status"`
	StatusInfo         *AccountStatusInfo       `json:"statusInfo"`
	RegionalSettings   *AccountRegionalSettings `json:"regionalSettings"`
	Federated          *bool                    `json:"federated"`
	OutboundCallPrefix *int                     `json:"outboundCallPrefix"`
	CFID               string                   `json:"cfid"`
	BSID               string                   `json:"bsid"`
	SignupInfo         *SignupInfo              `json:"signupInfo"`
	Limits             *AccountLimits           `json:"limits"`
}

// RcID is the upstream's own id.
func (a *Account) RcID() string { return a.ID.RCID }

// AccountStatusInfo says why an account is not in use.
type AccountStatusInfo struct {
	Reason  AccountStatusReason `json:"reason"`
	Comment string              `json:"comment"`
	Till    DateTime            `json:"till"`
}

// RawReason is Reason as the upstream wrote it.
func (i *AccountStatusInfo) RawReason() string { return string(i.Reason) }

// RawStatus is Status as the upstream wrote it.
func (a *Account) RawStatus() string { return string(a.Status) }

// RawSetupWizardState is SetupWizardState as the upstream wrote it.
func (a *Account) RawSetupWizardState() string { return string(a.SetupWizardState) }

// SignupInfo says how an account came to be.
type SignupInfo struct {
	TosAccepted        *bool                    `json:"tosAccepted"`
	SignupState        []SignupState            `json:"signupState"`
	VerificationReason SignupVerificationReason `json:"verificationReason"`
	MarketingAccepted  *bool                    `json:"marketingAccepted"`
	CreationTime       DateTime                 `json:"creationTime"`
}

// A step of signing up, and why the vendor looks at a sign-up again.
type (
	SignupState              string
	SignupVerificationReason string
)

// RawSignupState are the steps as the upstream wrote them.
func (i *SignupInfo) RawSignupState() []string { return raw(i.SignupState) }

// RawVerificationReason is VerificationReason as the upstream wrote it.
func (i *SignupInfo) RawVerificationReason() string { return string(i.VerificationReason) }

// ServiceInfo is what an account has bought. The account read holds the brand and
// the plans; ReadAccountServiceInfo adds PlanName, ServiceFeatures, AccountLimits and Package.
type ServiceInfo struct {
	Account           string           `json:"-"`
	URI               string           `json:"uri"`
	PlanName          string           `json:"servicePlanName"`
	Brand             *Brand           `json:"brand"`
	UBrand            *UBrand          `json:"uBrand"`
	ContractedCountry *Country         `json:"contractedCountry"`
	ServicePlan       *ServicePlan     `json:"servicePlan"`
	TargetServicePlan *ServicePlan     `json:"targetServicePlan"`
	BillingPlan       *BillingPlan     `json:"billingPlan"`
	ServiceFeatures   []ServiceFeature `json:"serviceFeatures"`
	AccountLimits     *AccountLimits   `json:"limits"`
	BillingPackage    *Package         `json:"package"`
}

// Brand is the name a service is sold under.
type Brand struct {
	RCID        ID       `json:"id"`
	Name        string   `json:"name"`
	HomeCountry *Country `json:"homeCountry"`

	Entry BrandEntry `json:",embed"`
	Told  bool       `json:"-"` // its dictionary told all of it
}

// UBrand is the unified brand.
type UBrand struct {
	RCID ID     `json:"id"`
	Name string `json:"name"`
}

// Country is a country as the upstream's dictionary names it.
type Country struct {
	RCID        ID     `json:"id"`
	URI         string `json:"uri"`
	Name        string `json:"name"`
	ISOCode     string `json:"isoCode"`
	CallingCode string `json:"callingCode"`

	Entry CountryEntry `json:",embed"`
}

// ServicePlan is a plan of the brand's.
type ServicePlan struct {
	RCID                ID     `json:"id"`
	Name                string `json:"name"`
	Edition             string `json:"edition"`
	FreemiumProductType string `json:"freemiumProductType"`

	Entry ServicePlanEntry `json:",embed"`
	Told  bool             `json:"-"` // its dictionary told all of it
}

// BillingPlan says how often the account pays.
type BillingPlan struct {
	RCID               ID              `json:"id"`
	Name               string          `json:"name"`
	DurationUnit       BillingPlanUnit `json:"durationUnit"`
	Duration           ID              `json:"duration"` // a number, in the 2018 description a string
	Type               BillingPlanType `json:"type"`
	IncludedPhoneLines *int            `json:"includedPhoneLines"`
}

// RawDurationUnit is DurationUnit as the upstream wrote it.
func (p *BillingPlan) RawDurationUnit() string { return string(p.DurationUnit) }

// RawType is Type as the upstream wrote it.
func (p *BillingPlan) RawType() string { return string(p.Type) }

// ServiceFeature is a feature of the service, and whether the account has it.
type ServiceFeature struct {
	FeatureName string                  `json:"featureName"`
	Enabled     bool                    `json:"enabled"`
	Reason      FeatureLimitationReason `json:"reason"`
}

// AccountLimits are the numbers an account may not exceed.
type AccountLimits struct {
	FreeSoftPhoneLinesPerExtension *int `json:"freeSoftPhoneLinesPerExtension"`
	MeetingSize                    *int `json:"meetingSize"`
	CloudRecordingStorage          *int `json:"cloudRecordingStorage"`
	MaxMonitoredExtensionsPerUser  *int `json:"maxMonitoredExtensionsPerUser"`
	MaxExtensionNumberLength       *int `json:"maxExtensionNumberLength"`
	SiteCodeLength                 *int `json:"siteCodeLength"`
	ShortExtensionNumberLength     *int `json:"shortExtensionNumberLength"`
	MaxFreeDigitalLines            *int `json:"maxFreeDigitalLines"` // of a service plan
}

// Package is what the account was sold as.
type Package struct {
	RCID    ID     `json:"id"`
	Version string `json:"version"`
}

// RegionalSettings are place, language and clock of an account or extension.
type RegionalSettings struct {
	HomeCountry      *Country   `json:"homeCountry"`
	Timezone         *Timezone  `json:"timezone"`
	Language         *Locale    `json:"language"`
	GreetingLanguage *Locale    `json:"greetingLanguage"`
	FormattingLocale *Locale    `json:"formattingLocale"`
	TimeFormat       TimeFormat `json:"timeFormat"`
}

// RawTimeFormat is TimeFormat as the upstream wrote it.
func (s *RegionalSettings) RawTimeFormat() string { return string(s.TimeFormat) }

// AccountRegionalSettings adds the currency.
type AccountRegionalSettings struct {
	RegionalSettings `json:",embed"`
	Currency         *Currency `json:"currency"`
}

// Timezone is a time zone as the upstream's dictionary names it.
type Timezone struct {
	RCID        ID     `json:"id"`
	URI         string `json:"uri"`
	Name        string `json:"name"`
	Description string `json:"description"`
	Bias        ID     `json:"bias"`
}

// Locale is a language, or a way to write dates and numbers.
type Locale struct {
	RCID       ID     `json:"id"`
	LocaleCode string `json:"localeCode"`
	Name       string `json:"name"`
}

// Currency is a currency as the upstream's dictionary names it.
type Currency struct {
	RCID        ID     `json:"id"`
	Code        string `json:"code"`
	Name        string `json:"name"`
	Symbol      string `json:"symbol"`
	MinorSymbol string `json:"minorSymbol"`
}

var readAccountInfo = op("readAccountInfo",
	"GET /restapi/v1.0/account/{accountId}", budget.Light, V1, "ReadAccounts", "ReadCompanyInfo").
	shows(AccountInfo, ExtensionInfo, PhoneNumbers)

// ReadAccountInfo returns one account.
func (c *Client) ReadAccountInfo(ctx context.Context, account string) (*Account, error) {
	return read(ctx, c, readAccountInfo.at(account), func(a *Account) error {
		a.settle()
		return named(readAccountInfo, (*Account).RcID)(account, a)
	})
}

func (a *Account) home() string { return a.ID.RCID }

// settle says of which account the parts of a are.
func (a *Account) settle() {
	a.ID.Account = a.ID.RCID
	if a.Operator != nil {
		a.Operator.ID.Account = a.ID.RCID
	}
	if a.ServiceInfo != nil {
		a.ServiceInfo.Account = a.ID.RCID
	}
}

var readAccountServiceInfo = op("readAccountServiceInfo",
	"GET /restapi/v1.0/account/{accountId}/service-info", budget.Light, V1, "ReadAccounts", "ReadCompanyInfo").
	shows(AccountInfo)

// ReadAccountServiceInfo returns what an account has bought, with features and limits.
func (c *Client) ReadAccountServiceInfo(ctx context.Context, account string) (*ServiceInfo, error) {
	return read[ServiceInfo](ctx, c, readAccountServiceInfo.at(account), nil)
}
