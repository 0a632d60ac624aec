package sim

import (
	"slices"
	"time"
)

func (s *Server) licenseRoutes() []*route {
	const all = "/restapi/v1.0/account/{accountId}/licenses"
	return []*route{
		{operation: "listLicenses", pattern: "GET " + all, group: "light", scope: "ReadAccounts", permission: "MeetingsPlan", era: legacyOnly,
			filters: []string{"typeId"}, perPage: 25, do: s.listLicenses},
		{operation: "loadLicense", pattern: "GET " + all + "/{licenseId}", group: "light", scope: "ReadAccounts", permission: "MeetingsPlan",
			era: legacyOnly, do: s.loadLicense},
		{operation: "deleteLicense", pattern: "DELETE " + all + "/{licenseId}", group: "medium", scope: "EditAccounts", permission: "MeetingsPlan",
			era: legacyOnly, do: s.deleteLicense},
		{operation: "createLicensesOrder", pattern: "POST " + all + "/bulk-purchase", group: "heavy", scope: "EditAccounts",
			permission: "MeetingsPlan", era: legacyOnly, do: s.createLicensesOrder},
		{operation: "listLicenseTypes", pattern: "GET /restapi/v1.0/dictionary/license-types", group: "light", permission: "MeetingsPlan",
			era: legacyOnly, do: s.listLicenseTypes},
	}
}

// license is one licence of the company's, of a type.
type license struct {
	id      int64
	kind    *licenseType
	created time.Time
	holder  int64 // the extension it is assigned to; 0 for none
}

// licenses are all of the company's, oldest first. Their ids are of a range of their own.
type licenses struct {
	all  []*license
	last int64
}

func (l *licenses) add(kind *licenseType, holder int64, created time.Time) {
	l.last += 1000
	l.all = append(l.all, &license{l.last, kind, created, holder})
}

// licenseType is what a licence is for. Only webinars and large meetings can be assigned to a person.
type licenseType struct {
	id, sku, name string
	limit         int // of people; 0 for none
}

// The types. The upstream says which sku there are; ids and names are made up.
var licenseTypes = []*licenseType{
	{"1101", "RMS", "Rooms", 0},
	{"1102", "RCN", "Room Connector", 0},
	{"1103", "WBR-100", "Webinar 100", 100},
	{"1104", "WBR-500", "Webinar 500", 500},
	{"1105", "WBR-1000", "Webinar 1000", 1000},
	{"1106", "WBR-3000", "Webinar 3000", 3000},
	{"1107", "LRM-50", "Large Meeting 50", 50},
	{"1108", "LRM-100", "Large Meeting 100", 100},
	{"1109", "LRM-200", "Large Meeting 200", 200},
}

func (co *company) addExampleLicenses(jane, maria *extension) {
	co.licenses.last = 71_230_008 - 1000
	for i, example := range []struct{ sku, holder int }{{0, 0}, {0, 0}, {1, 0}, {2, 1}, {2, 0}, {7, 2}} {
		holder := []int64{0, jane.id, maria.id}[example.holder]
		co.licenses.add(licenseTypes[example.sku], holder, firstDay.AddDate(0, i, 0))
	}
}

type licenseInfo struct {
	URI          string          `json:"uri"`
	ID           int64           `json:"id,string"`
	Type         licenseTypeInfo `json:"type"`
	CreationTime string          `json:"creationTime"`
	Extension    *licenseHolder  `json:"extension,omitempty"`
}

type licenseTypeInfo struct {
	ID    string `json:"id"`
	Name  string `json:"name"`
	Limit int    `json:"limit,omitempty"`
}

type licenseHolder struct {
	ID              int64  `json:"id,string"`
	URI             string `json:"uri"`
	ExtensionNumber string `json:"extensionNumber"`
	Name            string `json:"name"`
}

func (k *licenseType) info() licenseTypeInfo { return licenseTypeInfo{k.id, k.name, k.limit} }

func (s *Server) licenseInfo(c *call, l *license) licenseInfo {
	out := licenseInfo{URI: c.accountURI() + "/licenses/" + formatID(l.id), ID: l.id, Type: l.kind.info(), CreationTime: timestamp(l.created)}
	if e := s.company.holder(l); e != nil {
		out.Extension = &licenseHolder{e.id, c.extensionURI(e.id), e.number, e.name}
	}
	return out
}

// holder returns whom a licence is assigned to. Who is deleted gives it back.
func (co *company) holder(l *license) *extension { return co.extension[l.holder] }

func (co *company) license(id string) *license {
	i := slices.IndexFunc(co.licenses.all, func(l *license) bool { return l.id == parseID(id) })
	if i < 0 {
		return nil
	}
	return co.licenses.all[i]
}

func (s *Server) listLicenses(c *call) reply {
	var keep func(*license) bool
	if c.query.Has("typeId") {
		id := c.query.Get("typeId")
		if parseID(id) == 0 {
			return refused(*invalid("typeId"))
		}
		keep = func(l *license) bool { return l.kind.id == id }
	}
	return paged(c, s.company.licenses.all, keep, func(l *license) licenseInfo { return s.licenseInfo(c, l) })
}

func (s *Server) loadLicense(c *call) reply {
	l := s.company.license(c.pathValue("licenseId"))
	if l == nil {
		return refused(*notFound("licenseId"))
	}
	return found(s.licenseInfo(c, l))
}

// deleteLicense refuses to take a licence from under whoever it is assigned to. No code for that is published.
func (s *Server) deleteLicense(c *call) reply {
	l := s.company.license(c.pathValue("licenseId"))
	switch {
	case l == nil:
		return refused(*notFound("licenseId"))
	case s.company.holder(l) != nil:
		return refused(*invalid("licenseId"))
	}
	s.company.licenses.all = without(s.company.licenses.all, l)
	return done()
}

// maxOfType is how many licences of one type an account may have. That there is such a bound is made up.
const maxOfType = 1000

// createLicensesOrder buys all that is asked for, or nothing.
func (s *Server) createLicensesOrder(c *call) reply {
	var in struct {
		Added []struct {
			Type struct {
				SKU string `json:"sku"`
			} `json:"type"`
			Quantity *int `json:"quantity"`
		} `json:"addedLicenses"`
	}
	if p := c.decode(&in); p != nil {
		return refused(*p)
	}
	if len(in.Added) == 0 {
		return refused(*missing("addedLicenses"))
	}
	owned := map[*licenseType]int{}
	for _, l := range s.company.licenses.all {
		owned[l.kind]++
	}
	var bought []*licenseType
	for _, item := range in.Added {
		i := slices.IndexFunc(licenseTypes, func(k *licenseType) bool { return k.sku == item.Type.SKU })
		switch {
		case item.Type.SKU == "":
			return refused(*missing("sku"))
		case item.Quantity == nil:
			return refused(*missing("quantity"))
		case i < 0:
			return refused(*invalid("sku"))
		}
		kind := licenseTypes[i]
		if *item.Quantity < 1 || *item.Quantity > maxOfType-owned[kind] {
			return refused(*invalid("quantity"))
		}
		owned[kind] += *item.Quantity
		bought = append(bought, slices.Repeat([]*licenseType{kind}, *item.Quantity)...)
	}
	for _, kind := range bought {
		s.company.licenses.add(kind, 0, c.start)
	}
	return done()
}

// listLicenseTypes shows types in the shape of licences, as the description of 2018 has it, and takes no page: there are few.
func (s *Server) listLicenseTypes(c *call) reply {
	type record struct {
		Type licenseTypeInfo `json:"type"`
	}
	var records []record
	for _, k := range licenseTypes {
		records = append(records, record{k.info()})
	}
	out := newList(c, page{1, len(records)}, len(records), records)
	out.URI = c.uri()
	return found(out)
}
