package sim

import (
	"net/http"
	"regexp"
	"slices"
)

// deviceChange is the body of both updates of a device. What is nil stays.
type deviceChange struct {
	Name      *string        `json:"name"`
	Extension *extensionArg  `json:"extension"`
	Common    *bool          `json:"useAsCommonPhone"`
	Address   *addressChange `json:"emergencyServiceAddress"`
	Emergency *struct {
		Address  *addressChange `json:"address"`
		Location *struct {
			ID string `json:"id"`
		} `json:"location"`
		OutOfCountry *bool `json:"outOfCountry"`
	} `json:"emergency"`
	PhoneLines *struct {
		PhoneLines []struct {
			ID        anyID `json:"id"`
			PhoneInfo struct {
				ID anyID `json:"id"`
			} `json:"phoneInfo"`
		} `json:"phoneLines"`
	} `json:"phoneLines"`
}

// addressChange changes an address; of the older form, which has no city, too.
type addressChange struct {
	CustomerName   *string `json:"customerName"`
	Street         *string `json:"street"`
	Street2        *string `json:"street2"`
	StreetType     *string `json:"streetType"`
	BuildingName   *string `json:"buildingName"`
	BuildingNumber *string `json:"buildingNumber"`
	City           *string `json:"city"`
	State          *string `json:"state"`
	StateID        *string `json:"stateId"`
	StateISOCode   *string `json:"stateIsoCode"`
	Zip            *string `json:"zip"`
	Country        *string `json:"country"`
	CountryID      *string `json:"countryId"`
	CountryISOCode *string `json:"countryIsoCode"`
}

// of returns what an address becomes.
func (ch *addressChange) of(was *emergencyAddress) emergencyAddress {
	var a emergencyAddress
	if was != nil {
		a = *was
	}
	for _, f := range []struct {
		to   *string
		want *string
	}{
		{&a.CustomerName, ch.CustomerName}, {&a.Street, ch.Street}, {&a.Street2, ch.Street2}, {&a.StreetType, ch.StreetType},
		{&a.BuildingName, ch.BuildingName}, {&a.BuildingNumber, ch.BuildingNumber}, {&a.City, ch.City}, {&a.State, ch.State},
		{&a.StateID, ch.StateID}, {&a.StateISOCode, ch.StateISOCode}, {&a.Zip, ch.Zip}, {&a.Country, ch.Country},
		{&a.CountryID, ch.CountryID}, {&a.CountryISOCode, ch.CountryISOCode},
	} {
		if f.want != nil {
			*f.to = *f.want
		}
	}
	return a
}

var americanZip = regexp.MustCompile(`^\d{5}(-\d{4})?$`)

// check says what is wrong with an address that stands at a place of the request. Which parts are needed is not published.
func (a *emergencyAddress) check(at string) *problem {
	for _, part := range []struct{ name, value string }{{"customerName", a.CustomerName}, {"street", a.Street}, {"zip", a.Zip}} {
		if part.value == "" {
			return missing(at + "." + part.name)
		}
	}
	if (a.Country == "USA" || a.Country == "US" || a.CountryID == "1") && !americanZip.MatchString(a.Zip) {
		return invalid(at + ".zip")
	}
	return nil
}

// emergencyLocation is a place of the company's list.
type emergencyLocation struct {
	ID                  string           `json:"id"`
	Name                string           `json:"name"`
	AddressFormatID     string           `json:"addressFormatId"`
	AddressFormatStatus string           `json:"addressFormatStatus"`
	Trusted             bool             `json:"trusted"`
	address             emergencyAddress // a table: no device changes it
}

var emergencyLocations = []emergencyLocation{
	{"201", "Headquarters", "1", "Actual", true, emergencyAddresses[0]},
	{"202", "Denver branch", "1", "Outdated", false, emergencyAddresses[2]},
}

func (s *Server) updateDevice(c *call) reply { return s.changeDevice(c, true) }

// updateDeviceEmergency takes the same body, and of it what is about emergencies alone.
func (s *Server) updateDeviceEmergency(c *call) reply { return s.changeDevice(c, false) }

func (s *Server) changeDevice(c *call, all bool) reply {
	d := s.company.device[parseID(c.PathValue("deviceId"))]
	if d == nil {
		return refused(*notFound("deviceId"))
	}
	var in deviceChange
	if p := c.decode(&in); p != nil {
		return refused(*p)
	}
	if !all {
		in = deviceChange{Address: in.Address, Emergency: in.Emergency}
		if in.Address == nil && in.Emergency == nil {
			return refused(*missing("emergency"))
		}
	}
	if d.shipment != nil && d.shipment.status() == initial { // while it is being ordered: what else changes a device is not published
		return refused(problem{status: http.StatusConflict, ErrorCode: "CMN-204", Message: "The device is being changed, try again later"})
	}
	next := *d
	for _, check := range []func(*device, *deviceChange) *problem{
		s.company.checkName, s.company.checkOwner, s.company.checkLines, s.company.checkEmergency,
	} {
		if p := check(&next, &in); p != nil {
			return refused(*p)
		}
	}
	owner := next.owner
	next.owner = d.owner
	*d = next
	s.company.move(d, owner)
	return found(c.deviceInfo(d))
}

const mostDeviceName = 64

func (co *company) checkName(d *device, in *deviceChange) *problem {
	if in.Name == nil {
		return nil
	}
	if d.name = *in.Name; d.name == "" || len([]rune(d.name)) > mostDeviceName {
		return invalid("name")
	}
	return nil
}

// checkOwner gives a device to an extension. Only those with a limited extension can be everybody's.
func (co *company) checkOwner(d *device, in *deviceChange) *problem {
	if in.Extension != nil {
		if d.owner = co.extension[parseID(string(in.Extension.ID))]; d.owner == nil {
			return notFound("extension.id")
		}
		if !d.owner.isPerson() {
			return invalid("extension.id")
		}
	}
	if in.Common != nil {
		if d.owner == nil || d.owner.kind != "Limited" {
			return invalid("useAsCommonPhone")
		}
		d.common = in.Common
	}
	return nil
}

// checkLines gives a device's lines other numbers: direct ones of whom it belongs to, which no other device has.
func (co *company) checkLines(d *device, in *deviceChange) *problem {
	if in.PhoneLines == nil {
		return nil
	}
	lines := in.PhoneLines.PhoneLines
	if len(lines) > d.model.lines {
		return invalid("phoneLines")
	}
	was := d.lines
	d.lines = nil
	for i, line := range lines {
		id := line.ID
		if id == "" {
			id = line.PhoneInfo.ID
		}
		n := co.number[parseID(string(id))]
		if n == nil {
			return notFound("phoneLines.phoneLines.id")
		}
		theirs := d.owner != nil && (n.owner == d.owner || n.owner == co.device[d.id].owner)
		if n.usage != "DirectNumber" || n.kind == "FaxOnly" || !theirs || co.rings(n, d.id) {
			return invalid("phoneLines.phoneLines.id")
		}
		next := phoneLine{kind: "Standalone", number: n}
		if i < len(was) {
			next.id, next.kind = was[i].id, was[i].kind
		} else {
			next.id = co.ids.next()
		}
		d.lines = append(d.lines, next)
	}
	return nil
}

// rings reports whether a number is on a line of another device than one.
func (co *company) rings(n *phoneNumber, one int64) bool {
	return n.owner != nil && slices.ContainsFunc(n.owner.devices, func(d *device) bool {
		return d.id != one && slices.ContainsFunc(d.lines, func(l phoneLine) bool { return l.number == n })
	})
}

// checkEmergency says where emergency services find a device. An address of the older form does not count beside one of today's.
func (co *company) checkEmergency(d *device, in *deviceChange) *problem {
	change, at := in.Address, "emergencyServiceAddress"
	if e := in.Emergency; e != nil {
		if e.OutOfCountry != nil {
			d.abroad = *e.OutOfCountry
		}
		if e.Address != nil && e.Location != nil {
			return invalid("emergency")
		}
		if e.Location != nil {
			i := slices.IndexFunc(emergencyLocations, func(l emergencyLocation) bool { return l.ID == e.Location.ID })
			if i < 0 {
				return notFound("emergency.location.id")
			}
			d.location, d.address = &emergencyLocations[i], &emergencyLocations[i].address
			return nil
		}
		if e.Address != nil {
			change, at = e.Address, "emergency.address"
		}
	}
	if change == nil {
		return nil
	}
	next := change.of(d.address)
	d.address, d.location = &next, nil
	return next.check(at)
}

// move gives a device to another extension. Its lines go with it, and their numbers.
func (co *company) move(d *device, to *extension) {
	if d.owner == to {
		return
	}
	if was := d.owner; was != nil {
		was.devices = without(was.devices, d)
		for _, l := range d.lines {
			if l.number.owner == was {
				co.place(l.number, l.number.usage, to)
			}
		}
	} else {
		co.devices = append(co.devices, d)
	}
	d.owner = to
	to.devices = append(to.devices, d)
}
