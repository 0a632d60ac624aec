package sim

func (s *Server) accountRoutes() []*route {
	return []*route{
		{operation: "readAccountInfo", pattern: "GET /restapi/v1.0/account/{accountId}", group: "light",
			scope: "ReadAccounts", permission: "ReadCompanyInfo", created: true, do: s.readAccountInfo},
		{operation: "readAccountServiceInfo", pattern: "GET /restapi/v1.0/account/{accountId}/service-info", group: "light",
			scope: "ReadAccounts", permission: "ReadCompanyInfo", created: true,
			do: s.readAccountServiceInfo},
	}
}

type accountInfo struct {
	URI              string           `json:"uri"`
	ID               int64            `json:"id"`
	BSID             string           `json:"bsid,omitempty"`
	ServiceInfo      serviceInfo      `json:"serviceInfo"`
	Operator         extensionRef     `json:"operator"`
	MainNumber       string           `json:"mainNumber,omitempty"`
	PartnerID        string           `json:"partnerId,omitempty"`
	Status           string           `json:"status"`
	SetupWizardState string           `json:"setupWizardState"`
	SignupInfo       signupInfo       `json:"signupInfo"`
	Federated        bool             `json:"federated"`
	RegionalSettings regionalSettings `json:"regionalSettings"`
	Limits           accountLimits    `json:"limits"`
}

type signupInfo struct {
	TOSAccepted        bool     `json:"tosAccepted"`
	SignupState        []string `json:"signupState"`
	VerificationReason string   `json:"verificationReason,omitempty"`
	MarketingAccepted  bool     `json:"marketingAccepted"`
	CreationTime       string   `json:"creationTime"`
}

// extensionRef points at an extension where ids are numbers.
type extensionRef struct {
	URI             string `json:"uri"`
	ID              int64  `json:"id"`
	ExtensionNumber string `json:"extensionNumber,omitempty"`
}

func (c *call) refTo(e *extension) *extensionRef {
	if e == nil {
		return nil
	}
	return &extensionRef{URI: c.extensionURI(e.id), ID: e.id, ExtensionNumber: e.number}
}

// serviceInfo is both a part of the account and, with more in it, an answer of its own.
type serviceInfo struct {
	URI             string           `json:"uri"`
	ServicePlanName string           `json:"servicePlanName,omitempty"`
	Brand           brand            `json:"brand"`
	Country         *country         `json:"contractedCountry,omitempty"`
	ServicePlan     servicePlan      `json:"servicePlan"`
	Target          *servicePlan     `json:"targetServicePlan,omitempty"`
	BillingPlan     billingPlan      `json:"billingPlan"`
	Features        []serviceFeature `json:"serviceFeatures,omitempty"`
	Limits          *accountLimits   `json:"limits,omitempty"`
	Package         *billingPackage  `json:"package,omitempty"`
	UBrand          *namedRecord     `json:"uBrand,omitempty"`
}

type billingPackage struct {
	ID      string `json:"id"`
	Version string `json:"version"`
}

type brand struct {
	ID          string  `json:"id"`
	Name        string  `json:"name"`
	HomeCountry country `json:"homeCountry"`
}

type country struct {
	ID          string `json:"id"`
	URI         string `json:"uri"`
	Name        string `json:"name"`
	IsoCode     string `json:"isoCode,omitempty"`
	CallingCode string `json:"callingCode,omitempty"`
}

type servicePlan struct {
	ID      string `json:"id"`
	Name    string `json:"name"`
	Edition string `json:"edition"`
}

type billingPlan struct {
	ID           string `json:"id"`
	Name         string `json:"name"`
	DurationUnit string `json:"durationUnit"`
	Duration     int    `json:"duration"`
	Type         string `json:"type"`
}

type serviceFeature struct {
	Name    string `json:"featureName"`
	Enabled bool   `json:"enabled"`
	Reason  string `json:"reason,omitempty"`
}

type accountLimits struct {
	FreeSoftPhoneLinesPerExtension int `json:"freeSoftPhoneLinesPerExtension"`
	MeetingSize                    int `json:"meetingSize"`
	MaxMonitoredExtensionsPerUser  int `json:"maxMonitoredExtensionsPerUser"`
	MaxExtensionNumberLength       int `json:"maxExtensionNumberLength"`
}

type regionalSettings struct {
	HomeCountry      country   `json:"homeCountry"`
	Timezone         timezone  `json:"timezone"`
	Language         language  `json:"language"`
	GreetingLanguage language  `json:"greetingLanguage"`
	FormattingLocale language  `json:"formattingLocale"`
	TimeFormat       string    `json:"timeFormat"`
	Currency         *currency `json:"currency,omitempty"` // of the account only
}

type timezone struct {
	ID          string `json:"id"`
	URI         string `json:"uri"`
	Name        string `json:"name"`
	Description string `json:"description"`
	Bias        string `json:"bias"`
}

type language struct {
	ID         string `json:"id"`
	LocaleCode string `json:"localeCode"`
	Name       string `json:"name"`
}

type currency struct {
	ID     int64  `json:"id"`
	Code   string `json:"code"`
	Name   string `json:"name"`
	Symbol string `json:"symbol"`
}

func (s *Server) readAccountInfo(c *call) reply {
	if a := s.company.created.of(c.PathValue("accountId")); a != nil {
		return found(c.createdInfo(a))
	}
	out := accountInfo{
		URI:  c.accountURI(),
		ID:   systemExtension,
		BSID: "BS-401145624",
		SignupInfo: signupInfo{TOSAccepted: true, MarketingAccepted: true, CreationTime: timestamp(firstDay),
			SignupState: []string{"AccountCreated", "BillingEntered", "CreditCardApproved", "PhoneVerificationPassed", "AccountConfirmed"}},
		ServiceInfo:      c.serviceInfo(),
		Status:           "Confirmed",
		SetupWizardState: "Completed",
		RegionalSettings: c.regionalSettings(),
		Limits:           limitsOfAccount(),
	}
	if operator := c.refTo(s.company.extension[systemExtension]); operator != nil {
		out.Operator = *operator
	}
	out.RegionalSettings.Currency = &currency{1, "USD", "US Dollar", "$"}
	if main := s.company.only("MainCompanyNumber"); main != nil {
		out.MainNumber = main.number
	}
	return found(out)
}

func (s *Server) readAccountServiceInfo(c *call) reply {
	out := c.serviceInfo()
	if a := s.company.created.of(c.PathValue("accountId")); a != nil {
		out = c.createdService(a)
		out.Package = &billingPackage{ID: a.plan.ID, Version: "1"}
	}
	limits := limitsOfAccount()
	out.ServicePlanName, out.Limits = out.ServicePlan.Name, &limits
	out.Features = serviceFeatures(true)
	for i := range out.Features {
		out.Features[i].Reason = "" // given for extensions only
	}
	return found(out)
}

func (c *call) serviceInfo() serviceInfo {
	us := c.unitedStates()
	return serviceInfo{
		URI:         c.accountURI() + "/service-info",
		Brand:       c.brand(dictionaryBrands[0]),
		ServicePlan: dictionaryPlans[0].servicePlan,
		Target:      &dictionaryPlans[2].servicePlan,
		BillingPlan: billingPlan{"159", "Monthly - 14.99 - Pro 101503", "Month", 1, "Regular"},
		UBrand:      &namedRecord{"5", companyName},
		Country:     &us,
	}
}

func limitsOfAccount() accountLimits {
	return accountLimits{FreeSoftPhoneLinesPerExtension: 1, MeetingSize: 100, MaxMonitoredExtensionsPerUser: 100, MaxExtensionNumberLength: 7}
}

func (c *call) brand(b *brandRecord) brand {
	return brand{b.id, b.name, c.country(countryOf(b.home))}
}

func (c *call) unitedStates() country { return c.country(countryOf("1")) }

func (c *call) regionalSettings() regionalSettings {
	english := language{"1033", "en-US", "English (United States)"}
	return regionalSettings{
		HomeCountry:      c.unitedStates(),
		Timezone:         timezone{"58", c.base + "/restapi/v1.0/dictionary/timezone/58", "US/Pacific", "Pacific Time (US & Canada)", "-480"},
		Language:         english,
		GreetingLanguage: english,
		FormattingLocale: english,
		TimeFormat:       "12h",
	}
}

// serviceFeatures lists what is switched on. What only people can use is off for the rest.
func serviceFeatures(person bool) []serviceFeature {
	out := []serviceFeature{{Name: "InternationalSMS", Reason: "AccountLimitation"}, {Name: "Archiver", Reason: "AccountTypeLimitation"}}
	for _, name := range []string{"CallerIdControl", "DND", "Fax", "FaxReceiving", "HDVoice", "InternationalCalling", "Presence",
		"Reports", "Voicemail", "VoicemailToText"} {
		out = append(out, serviceFeature{Name: name, Enabled: true})
	}
	for _, name := range []string{"CallForwarding", "CallSwitch", "Conferencing", "FreeSoftPhoneLines", "MMS", "OnDemandCallRecording", "Pager",
		"PagerReceiving", "RingOut", "SMS", "SMSReceiving", "VideoConferencing", "WebPhone"} {
		f := serviceFeature{Name: name, Enabled: person}
		if !person {
			f.Reason = "ExtensionTypeLimitation"
		}
		out = append(out, f)
	}
	return out
}
