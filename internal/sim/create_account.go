package sim

import (
	"cmp"
	"regexp"
	"slices"
	"strings"
	"time"
)

func (s *Server) createAccountRoutes() []*route {
	return []*route{
		{operation: "createAccount", pattern: "POST /restapi/v1.0/account", group: "medium", scope: "Accounts", era: legacyOnly, do: s.createAccount},
	}
}

// createdAccount is an account that an app created here. There is only what it was created with: no extension but the operator,
// and of that nothing but what the account's record tells.
type createdAccount struct {
	id           int64
	mainNumber   string
	partner      string
	status       string
	brand        *brandRecord
	plan, target *planRecord
	country      *countryRecord
	timeFormat   string
	marketing    bool
	opened       time.Time
	operator     newOperator
}

// created are the accounts created here. Their ids are of a range of their own, after the company's.
type created struct{ all []*createdAccount }

func (a *created) of(id string) *createdAccount {
	return a.first(func(one *createdAccount) bool { return one.id == parseID(id) })
}

// took reports whether a number is the main number of one of them.
func (a *created) took(number string) bool {
	return a.first(func(one *createdAccount) bool { return one.mainNumber == number }) != nil
}

func (a *created) first(is func(*createdAccount) bool) *createdAccount {
	if i := slices.IndexFunc(a.all, is); i >= 0 {
		return a.all[i]
	}
	return nil
}

// createdFor reports whether id is an account created here that a call may speak of: the app has to be one that creates accounts.
func (s *Server) createdFor(c *call, id string) bool {
	return c.route.created && c.grant.covers("Accounts") && s.company.created.of(id) != nil
}

// newAccount is what an account is wanted with. The rest of the description is of answers, and is tolerated.
type newAccount struct {
	MainNumber  string `json:"mainNumber"`
	PartnerID   string `json:"partnerId"`
	Status      string `json:"status"`
	ServiceInfo struct {
		Brand             reference `json:"brand"` // this and the plan as scripts in the field have it
		TargetServicePlan reference `json:"targetServicePlan"`
	} `json:"serviceInfo"`
	Operator   newOperator `json:"operator"`
	SignupInfo struct {
		MarketingAccepted bool `json:"marketingAccepted"`
	} `json:"signupInfo"`
}

type reference struct {
	ID anyID `json:"id"`
}

type newOperator struct {
	ExtensionNumber  string      `json:"extensionNumber"`
	Name             string      `json:"name"`
	PartnerID        string      `json:"partnerId"`
	Type             string      `json:"type"`
	Status           string      `json:"status"`
	Contact          contactInfo `json:"contact"`
	RegionalSettings struct {
		HomeCountry reference `json:"homeCountry"`
		TimeFormat  string    `json:"timeFormat"`
	} `json:"regionalSettings"`
}

func (s *Server) createAccount(c *call) reply {
	var in newAccount
	if p := c.decode(&in); p != nil {
		return refused(*p)
	}
	a, p := s.company.newAccount(&in)
	if p != nil {
		return refused(*p)
	}
	a.id, a.opened = systemExtension+1_000_000+int64(len(s.company.created.all))*1000, c.start
	s.company.created.all = append(s.company.created.all, a)
	return found(c.legacyAccount(a))
}

var partnerID = regexp.MustCompile(`^[A-Za-z0-9.\-_]{1,128}$`)

// newAccount checks what an account is wanted with. No table of errors is published: a main number has to be one that could be
// bought; brand, plan and country have to be in their dictionaries, the plan one of the brand, and the country open for signing up.
func (co *company) newAccount(in *newAccount) (*createdAccount, *problem) {
	if in.MainNumber == "" {
		return nil, missing("mainNumber")
	}
	n, p := co.newNumber(in.MainNumber)
	if p != nil {
		return nil, invalid("mainNumber")
	}
	a := &createdAccount{mainNumber: n.number, partner: in.PartnerID, status: cmp.Or(in.Status, "Initial"), operator: in.Operator,
		marketing: in.SignupInfo.MarketingAccepted, timeFormat: cmp.Or(in.Operator.RegionalSettings.TimeFormat, "12h")}
	a.operator.Type, a.operator.Status = cmp.Or(a.operator.Type, "User"), cmp.Or(a.operator.Status, "NotActivated")
	a.operator.ExtensionNumber = cmp.Or(a.operator.ExtensionNumber, "101")
	if p := a.checkTexts(co); p != nil {
		return nil, p
	}
	return a, a.checkDictionaries(in)
}

func (a *createdAccount) checkTexts(co *company) *problem {
	email := a.operator.Contact.Email
	for _, rule := range []struct {
		parameter string
		holds     bool
	}{
		{"status", slices.Contains([]string{"Initial", "Unconfirmed", "Confirmed"}, a.status)},
		{"partnerId", a.partner == "" || partnerID.MatchString(a.partner)},
		{"partnerId", a.partner == "" || co.created.first(func(b *createdAccount) bool { return b.partner == a.partner }) == nil},
		{"operator.type", a.operator.Type == "User"},
		{"operator.status", slices.Contains(extensionStatuses(), a.operator.Status)},
		{"operator.contact.email", email == "" || strings.Contains(email, "@")},
		{"operator.regionalSettings.timeFormat", a.timeFormat == "12h" || a.timeFormat == "24h"},
	} {
		if !rule.holds {
			return invalid(rule.parameter)
		}
	}
	return nil
}

func (a *createdAccount) checkDictionaries(in *newAccount) *problem {
	a.brand = brandOf(cmp.Or(string(in.ServiceInfo.Brand.ID), dictionaryBrands[0].id))
	if a.brand == nil {
		return notFound("serviceInfo.brand.id")
	}
	if target := in.ServiceInfo.TargetServicePlan.ID; target != "" {
		a.target = planOf(string(target))
		switch {
		case a.target == nil:
			return notFound("serviceInfo.targetServicePlan.id")
		case a.target.brand != a.brand.id:
			return invalid("serviceInfo.targetServicePlan.id")
		}
	}
	a.plan = dictionaryPlans[slices.IndexFunc(dictionaryPlans, func(p *planRecord) bool { return p.brand == a.brand.id })]
	a.country = countryOf(cmp.Or(string(in.Operator.RegionalSettings.HomeCountry.ID), a.brand.home))
	switch {
	case a.country == nil:
		return notFound("operator.regionalSettings.homeCountry.id")
	case !a.country.has("S"):
		return invalid("operator.regionalSettings.homeCountry.id")
	}
	return nil
}

// legacyAccount is an account as the description of 2018 has it: its id is a string, and its operator a whole extension.
type legacyAccount struct {
	URI              string            `json:"uri"`
	ID               int64             `json:"id,string"`
	MainNumber       string            `json:"mainNumber"`
	PartnerID        string            `json:"partnerId,omitempty"`
	Operator         legacyOperator    `json:"operator"`
	ServiceInfo      legacyServiceInfo `json:"serviceInfo"`
	SetupWizardState string            `json:"setupWizardState"`
	Status           string            `json:"status"`
	RegionalSettings legacyRegion      `json:"regionalSettings"`
	Federated        bool              `json:"federated"`
}

type legacyOperator struct {
	extensionRef
	Name         string        `json:"name,omitempty"`
	PartnerID    string        `json:"partnerId,omitempty"`
	Type         string        `json:"type"`
	Status       string        `json:"status"`
	Contact      legacyContact `json:"contact"`
	ProfileImage link          `json:"profileImage"`
}

type legacyContact struct {
	FirstName       string           `json:"firstName,omitempty"`
	LastName        string           `json:"lastName,omitempty"`
	Company         string           `json:"company,omitempty"`
	Email           string           `json:"email,omitempty"`
	BusinessPhone   string           `json:"businessPhone,omitempty"`
	BusinessAddress *businessAddress `json:"businessAddress,omitempty"`
}

type legacyServiceInfo struct {
	URI         string       `json:"uri"`
	Brand       brand        `json:"brand"`
	ServicePlan servicePlan  `json:"servicePlan"`
	Target      *namedRecord `json:"targetServicePlan,omitempty"`
}

type namedRecord struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

type legacyRegion struct {
	HomeCountry country `json:"homeCountry"`
	TimeFormat  string  `json:"timeFormat"`
}

// bareCountry leaves out the codes, which only some answers have.
func (c *call) bareCountry(k *countryRecord) country {
	return country{ID: k.id, URI: c.countryURI(k.id), Name: k.name}
}

func (c *call) createdURI(a *createdAccount) string {
	return c.base + "/restapi/v1.0/account/" + formatID(a.id)
}

func (c *call) createdOperator(a *createdAccount) extensionRef {
	return extensionRef{c.createdURI(a) + "/extension/" + formatID(a.id), a.id, a.operator.ExtensionNumber}
}

func (c *call) legacyAccount(a *createdAccount) legacyAccount {
	ref, contact := c.createdOperator(a), a.operator.Contact
	out := legacyAccount{
		URI:        c.createdURI(a),
		ID:         a.id,
		MainNumber: a.mainNumber,
		PartnerID:  a.partner,
		Operator: legacyOperator{ref, a.operator.Name, a.operator.PartnerID, a.operator.Type, a.operator.Status,
			legacyContact{contact.FirstName, contact.LastName, contact.Company, contact.Email, contact.BusinessPhone, contact.BusinessAddress},
			link{ref.URI + "/profile-image"}},
		ServiceInfo:      legacyServiceInfo{URI: c.createdURI(a) + "/service-info", Brand: c.brand(a.brand), ServicePlan: a.plan.servicePlan},
		SetupWizardState: "NotStarted",
		Status:           a.status,
		RegionalSettings: legacyRegion{c.bareCountry(a.country), a.timeFormat},
	}
	out.ServiceInfo.Brand.HomeCountry = c.bareCountry(countryOf(a.brand.home))
	if a.target != nil {
		out.ServiceInfo.Target = &namedRecord{a.target.ID, a.target.Name}
	}
	return out
}

// createdInfo is what the account's own record tells, today.
func (c *call) createdInfo(a *createdAccount) accountInfo {
	settings := c.regionalSettings()
	settings.HomeCountry, settings.TimeFormat = c.country(a.country), a.timeFormat
	money := a.brand.currency
	settings.Currency = &currency{parseID(money.ID), money.Code, money.Name, money.Symbol}
	return accountInfo{
		URI:              c.createdURI(a),
		ID:               a.id,
		ServiceInfo:      c.createdService(a),
		Operator:         c.createdOperator(a),
		MainNumber:       a.mainNumber,
		PartnerID:        a.partner,
		Status:           a.status,
		SetupWizardState: "NotStarted",
		SignupInfo:       signupInfo{SignupState: []string{"AccountCreated"}, MarketingAccepted: a.marketing, CreationTime: timestamp(a.opened)},
		RegionalSettings: settings,
		Limits:           limitsOfAccount(),
	}
}

func (c *call) createdService(a *createdAccount) serviceInfo {
	home := c.country(a.country)
	out := serviceInfo{URI: c.createdURI(a) + "/service-info", Country: &home, Brand: c.brand(a.brand), ServicePlan: a.plan.servicePlan, BillingPlan: billingPlan{"1", "Not chosen yet", "Month", 1, "Initial"}}
	if a.target != nil {
		out.Target = &a.target.servicePlan
	}
	return out
}
