package sim

import "strings"

func (s *Server) countryRoutes() []*route {
	const all = "/restapi/v1.0/dictionary/country"
	return []*route{
		{operation: "listCountries", pattern: "GET " + all, group: "light", tagged: true,
			filters: []string{"loginAllowed", "signupAllowed", "numberSelling", "freeSoftphoneLine"}, do: s.listCountries},
		{operation: "readCountry", pattern: "GET " + all + "/{countryId}", group: "light", tagged: true, do: s.readCountry},
	}
}

// countryRecord is a country of the dictionary. A letter in can stands for each thing that is possible there: E emergency calls,
// N numbers are sold, L login with its numbers, S signing up, F free softphone lines, D local dialling.
type countryRecord struct{ id, name, iso, calling, can string }

func (k *countryRecord) has(letter string) bool { return strings.Contains(k.can, letter) }

// countryInfo is a country as its dictionary shows it.
type countryInfo struct {
	country
	EmergencyCalling  bool `json:"emergencyCalling"`
	NumberSelling     bool `json:"numberSelling"`
	LoginAllowed      bool `json:"loginAllowed"`
	SignupAllowed     bool `json:"signupAllowed"`
	FreeSoftphoneLine bool `json:"freeSoftphoneLine"`
	LocalDialing      bool `json:"localDialing"`
}

func (c *call) country(k *countryRecord) country {
	return country{k.id, c.countryURI(k.id), k.name, k.iso, k.calling}
}

func (c *call) countryInfo(k *countryRecord) countryInfo {
	return countryInfo{c.country(k), k.has("E"), k.has("N"), k.has("L"), k.has("S"), k.has("F"), k.has("D")}
}

func (s *Server) listCountries(c *call) reply {
	var want []func(*countryRecord) bool
	for _, f := range []struct{ name, letter string }{
		{"loginAllowed", "L"}, {"signupAllowed", "S"}, {"numberSelling", "N"}, {"freeSoftphoneLine", "F"},
	} {
		on, p := c.flag(f.name)
		if p != nil {
			return refused(*p)
		}
		if on != nil {
			want = append(want, func(k *countryRecord) bool { return k.has(f.letter) == *on })
		}
	}
	return paged(c, dictionaryCountries, func(k *countryRecord) bool {
		for _, is := range want {
			if !is(k) {
				return false
			}
		}
		return true
	}, c.countryInfo)
}

func (s *Server) readCountry(c *call) reply {
	k := countryOf(c.pathValue("countryId"))
	if k == nil {
		return refused(*notFound("countryId"))
	}
	return found(c.countryInfo(k))
}

func countryOf(id string) *countryRecord {
	for _, k := range dictionaryCountries {
		if k.id == id {
			return k
		}
	}
	return nil
}

// The countries. Names and codes are those of ISO 3166 and of the ITU; ids other than those of the vendor's examples, and what
// is possible where, are made up.
var dictionaryCountries = []*countryRecord{
	{"1", "United States", "US", "1", "ENLSFD"},
	{"39", "Canada", "CA", "1", "ENLSFD"},
	{"224", "United Kingdom", "GB", "44", "ENLSFD"},
	{"11", "Argentina", "AR", "54", "N"},
	{"14", "Australia", "AU", "61", "ENLSF"},
	{"15", "Austria", "AT", "43", "ENLSF"},
	{"18", "Bahrain", "BH", "973", "N"},
	{"22", "Belgium", "BE", "32", "ENLSF"},
	{"31", "Brazil", "BR", "55", "NL"},
	{"34", "Bulgaria", "BG", "359", "EN"},
	{"44", "Chile", "CL", "56", "N"},
	{"45", "China", "CN", "86", ""},
	{"48", "Colombia", "CO", "57", "N"},
	{"52", "Costa Rica", "CR", "506", "N"},
	{"54", "Croatia", "HR", "385", "EN"},
	{"56", "Cyprus", "CY", "357", "EN"},
	{"57", "Czech Republic", "CZ", "420", "EN"},
	{"58", "Denmark", "DK", "45", "ENLSF"},
	{"61", "Dominican Republic", "DO", "1", "ND"},
	{"64", "Egypt", "EG", "20", ""},
	{"68", "Estonia", "EE", "372", "EN"},
	{"73", "Finland", "FI", "358", "ENLSF"},
	{"75", "France", "FR", "33", "ENLSFD"},
	{"82", "Germany", "DE", "49", "ENLSFD"},
	{"83", "Ghana", "GH", "233", ""},
	{"85", "Greece", "GR", "30", "EN"},
	{"97", "Hong Kong", "HK", "852", "NLS"},
	{"98", "Hungary", "HU", "36", "EN"},
	{"99", "Iceland", "IS", "354", "E"},
	{"100", "India", "IN", "91", "L"},
	{"101", "Indonesia", "ID", "62", ""},
	{"104", "Ireland", "IE", "353", "ENLSF"},
	{"106", "Israel", "IL", "972", "NL"},
	{"107", "Italy", "IT", "39", "ENLSF"},
	{"109", "Japan", "JP", "81", "NL"},
	{"112", "Kenya", "KE", "254", ""},
	{"120", "Latvia", "LV", "371", "EN"},
	{"126", "Lithuania", "LT", "370", "EN"},
	{"127", "Luxembourg", "LU", "352", "ENLSF"},
	{"132", "Malaysia", "MY", "60", "N"},
	{"135", "Malta", "MT", "356", "EN"},
	{"141", "Mexico", "MX", "52", "NL"},
	{"147", "Morocco", "MA", "212", ""},
	{"153", "Netherlands", "NL", "31", "ENLSF"},
	{"156", "New Zealand", "NZ", "64", "NL"},
	{"159", "Nigeria", "NG", "234", ""},
	{"163", "Norway", "NO", "47", "ENLSF"},
	{"166", "Panama", "PA", "507", "N"},
	{"169", "Peru", "PE", "51", "N"},
	{"170", "Philippines", "PH", "63", "NL"},
	{"172", "Poland", "PL", "48", "ENLSF"},
	{"173", "Portugal", "PT", "351", "ENLSF"},
	{"174", "Puerto Rico", "PR", "1", "ENLSFD"},
	{"177", "Romania", "RO", "40", "EN"},
	{"188", "Saudi Arabia", "SA", "966", ""},
	{"193", "Singapore", "SG", "65", "NLS"},
	{"194", "Slovakia", "SK", "421", "EN"},
	{"195", "Slovenia", "SI", "386", "EN"},
	{"198", "South Africa", "ZA", "27", "N"},
	{"199", "South Korea", "KR", "82", "N"},
	{"201", "Spain", "ES", "34", "ENLSF"},
	{"207", "Sweden", "SE", "46", "ENLSF"},
	{"208", "Switzerland", "CH", "41", "ENLSF"},
	{"213", "Thailand", "TH", "66", ""},
	{"219", "Turkey", "TR", "90", ""},
	{"222", "Ukraine", "UA", "380", "L"},
	{"223", "United Arab Emirates", "AE", "971", ""},
}
