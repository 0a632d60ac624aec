package sim

import "slices"

func (s *Server) dictionaryRoutes() []*route {
	const brands = "/restapi/v1.0/dictionary/brand/{brandId}"
	return []*route{
		{operation: "getBrandInfo", pattern: "GET " + brands, group: "light", era: legacyOnly, do: s.getBrandInfo},
		{operation: "listContractedCountries", pattern: "GET " + brands + "/contracted-country", group: "light", do: s.listContractedCountries},
		{operation: "listDomesticCountries", pattern: "GET " + brands + "/contracted-country/{contractedCountryId}", group: "light",
			do: s.listDomesticCountries},
		{operation: "getServicePlanInfo", pattern: "GET /restapi/v1.0/dictionary/service-plan/{servicePlanId}", group: "light", era: legacyOnly,
			do: s.getServicePlanInfo},
	}
}

// brandRecord is a brand of the dictionary. Accounts are contracted in its countries; in each, calls to the domestic ones cost
// what calls within cost.
type brandRecord struct {
	id, name, home string
	currency       legacyCurrency
	contracted     []contractedCountry
}

type contractedCountry struct {
	id       string
	domestic []string
}

var dollar = legacyCurrency{"1", "USD", "US Dollar", "$", "¢"}

// The brands: the company's own, and two in other countries.
var dictionaryBrands = []*brandRecord{
	{"1210", companyName, "1", dollar, []contractedCountry{{"1", []string{"1", "39", "174"}}, {"174", []string{"1", "174"}}}},
	{"3610", "MyCompany Canada", "39", legacyCurrency{"2", "CAD", "Canadian Dollar", "$", "¢"}, []contractedCountry{{"39", []string{"39", "1"}}}},
	{"3710", "MyCompany UK", "224", legacyCurrency{"3", "GBP", "British Pound", "£", "p"},
		[]contractedCountry{{"224", []string{"224"}}, {"75", []string{"75"}}, {"82", []string{"82"}}}},
}

// planRecord is a service plan of the dictionary.
type planRecord struct {
	servicePlan
	kind  string
	brand string
}

var dictionaryPlans = []*planRecord{
	{servicePlan{"1216", "Professional", "Enterprise"}, "Regular", "1210"},
	{servicePlan{"1217", "Office Standard", "Standard"}, "UserBased", "1210"},
	{servicePlan{"1218", "Office Premium", "Premium"}, "UserBased", "1210"},
	{servicePlan{"3611", "Office Standard Canada", "Standard"}, "UserBased", "3610"},
	{servicePlan{"3711", "Office Unlimited UK", "Unlimited"}, "Regular", "3710"},
}

func brandOf(id string) *brandRecord {
	if i := slices.IndexFunc(dictionaryBrands, func(b *brandRecord) bool { return b.id == id }); i >= 0 {
		return dictionaryBrands[i]
	}
	return nil
}

func planOf(id string) *planRecord {
	if i := slices.IndexFunc(dictionaryPlans, func(p *planRecord) bool { return p.ID == id }); i >= 0 {
		return dictionaryPlans[i]
	}
	return nil
}

// legacyBrand is a brand as the dictionary of 2018 shows it.
type legacyBrand struct {
	URI         string         `json:"uri"`
	ID          string         `json:"id"`
	Name        string         `json:"name"`
	HomeCountry legacyCountry  `json:"homeCountry"`
	Currency    legacyCurrency `json:"currency"`
}

// legacyCountry knows less than today's.
type legacyCountry struct {
	country
	EmergencyCalling bool `json:"emergencyCalling"`
	NumberSelling    bool `json:"numberSelling"`
	LoginAllowed     bool `json:"loginAllowed"`
}

type legacyCurrency struct {
	ID          string `json:"id"`
	Code        string `json:"code"`
	Name        string `json:"name"`
	Symbol      string `json:"symbol"`
	MinorSymbol string `json:"minorSymbol"`
}

type legacyPlan struct {
	URI string `json:"uri"`
	servicePlan
	Brand    legacyBrand      `json:"brand"`
	Type     string           `json:"type"`
	Features []serviceFeature `json:"serviceFeatures"`
	Limits   legacyPlanLimits `json:"limits"`
}

type legacyPlanLimits struct {
	FreeSoftPhoneLinesPerExtension int `json:"freeSoftPhoneLinesPerExtension"`
	MeetingSize                    int `json:"meetingSize"`
	MaxMonitoredExtensionsPerUser  int `json:"maxMonitoredExtensionsPerUser"`
	MaxFreeDigitalLines            int `json:"maxFreeDigitalLines"`
}

func (c *call) dictionaryURI(of, id string) string {
	return c.base + "/restapi/v1.0/dictionary/" + of + "/" + id
}

func (c *call) legacyBrand(b *brandRecord) legacyBrand {
	home := countryOf(b.home)
	return legacyBrand{c.dictionaryURI("brand", b.id), b.id, b.name,
		legacyCountry{c.country(home), home.has("E"), home.has("N"), home.has("L")}, b.currency}
}

func (s *Server) getBrandInfo(c *call) reply {
	b := brandOf(c.pathValue("brandId"))
	if b == nil {
		return refused(*notFound("brandId"))
	}
	return found(c.legacyBrand(b))
}

func (s *Server) getServicePlanInfo(c *call) reply {
	p := planOf(c.pathValue("servicePlanId"))
	if p == nil {
		return refused(*notFound("servicePlanId"))
	}
	features := serviceFeatures(true)
	for i := range features {
		if features[i].Enabled {
			features[i].Reason = "Available"
		}
	}
	return found(legacyPlan{c.dictionaryURI("service-plan", p.ID), p.servicePlan, c.legacyBrand(brandOf(p.brand)), p.kind, features,
		legacyPlanLimits{1, 100, 100, 2}})
}

func (s *Server) listContractedCountries(c *call) reply {
	b := brandOf(c.pathValue("brandId"))
	if b == nil {
		return refused(*notFound("brandId"))
	}
	var out struct {
		Records []namedRecord `json:"records"`
	}
	for _, k := range b.contracted {
		out.Records = append(out.Records, namedRecord{k.id, countryOf(k.id).name})
	}
	return found(out)
}

func (s *Server) listDomesticCountries(c *call) reply {
	b := brandOf(c.pathValue("brandId"))
	if b == nil {
		return refused(*notFound("brandId"))
	}
	for _, k := range b.contracted {
		if k.id == c.pathValue("contractedCountryId") {
			return paged(c, k.domestic, nil, func(id string) countryInfo { return c.countryInfo(countryOf(id)) })
		}
	}
	return refused(*notFound("contractedCountryId"))
}
