package sim

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"time"
)

// generator fills a company up with invented people and things. It draws from one source in a fixed order, so a seed and the two
// counts make one company.
type generator struct {
	*company
	rng    *rand.Rand
	people []*extension // who gets direct numbers, devices and forwarding numbers
	queues []*extension
	few    int // of people, the first few get far more numbers than the rest
}

func (co *company) generate(extensions, numbers int, rng *rand.Rand) {
	g, examples := &generator{company: co, rng: rng}, len(co.extensions)
	for len(co.extensions) < extensions {
		g.addExtension()
	}
	g.few = max(1, len(g.people)/50)
	for _, queue := range g.queues {
		g.staff(queue)
	}
	listed := len(slices.DeleteFunc(slices.Clone(co.numbers), (*phoneNumber).inStock))
	waiting := g.queues // each queue wants a number before chance gives out the rest
	for ; listed < numbers; listed++ {
		if len(waiting) > 0 {
			g.give(waiting[0], false)
			waiting = waiting[1:]
			continue
		}
		g.addNumber()
	}
	for _, e := range g.people {
		g.addDevices(e)
		g.addForwarding(e)
	}
	g.staffGroups(co.extensions[examples:])
}

// chance is true in percent of the cases.
func (g *generator) chance(percent int) bool { return g.rng.IntN(100) < percent }

func pick[T any](rng *rand.Rand, from []T) T { return from[rng.IntN(len(from))] }

func (g *generator) addExtension() {
	e := g.newUser(pick(g.rng, firstNames), pick(g.rng, lastNames))
	e.created = firstDay.Add(time.Duration(g.rng.Int64N(int64(6 * 365 * 24 * time.Hour)))).Truncate(time.Millisecond)
	switch roll := g.rng.IntN(1000); {
	case roll < 880:
		g.makeUser(e)
	case roll < 920:
		g.makeThing(e, "Department", pick(g.rng, departments))
		g.queues = append(g.queues, e)
	default:
		kind := pick(g.rng, []string{"Announcement", "Voicemail", "VirtualUser", "VirtualUser", "DigitalUser", "IvrMenu", "SharedLinesGroup",
			"PagingOnly", "ParkLocation", "Limited"})
		if kind == "VirtualUser" || kind == "DigitalUser" {
			e.kind = kind
			g.people = append(g.people, e)
			break
		}
		g.makeThing(e, kind, pick(g.rng, departments)+" "+kind)
	}
	g.company.addExtension(e)
}

func (g *generator) makeUser(e *extension) {
	e.contact.Department, e.contact.JobTitle = pick(g.rng, departments), pick(g.rng, jobTitles)
	switch roll := g.rng.IntN(1000); {
	case roll < 920:
		e.admin = g.chance(1)
	case roll < 950:
		e.status, e.comment = "Disabled", "Left the company"
	case roll < 980:
		e.status = "NotActivated"
	case roll < 990:
		e.status = "Frozen"
	default:
		e.status, e.hidden = "Unassigned", true
		e.number, e.name, e.contact = "", "", contactInfo{}
		return // no one's, so nothing is given to it
	}
	g.people = append(g.people, e)
}

func (g *generator) makeThing(e *extension, kind, name string) {
	e.kind, e.name = kind, fmt.Sprintf("%s %s", name, e.number)
	e.contact = contactInfo{FirstName: e.name, Company: companyName, Email: mailName(e.name) + "@" + mailDomain}
}

// staff puts three to twelve people into a queue.
func (g *generator) staff(queue *extension) {
	if len(g.people) == 0 {
		return
	}
	for range 3 + g.rng.IntN(10) {
		g.join(queue, pick(g.rng, g.people))
	}
}

// addNumber adds one number: of the company, forwarded from outside, or direct.
func (g *generator) addNumber() {
	roll := g.rng.IntN(100)
	switch {
	case roll < 5 || len(g.people) == 0:
		n := g.number(g.chance(20))
		n.usage = "CompanyNumber"
		if g.chance(20) {
			n.label = pick(g.rng, departments) + " line"
		}
		g.company.addNumber(n)
	case roll < 7:
		n := g.number(false)
		n.usage, n.kind, n.payment, n.location = "ForwardedNumber", "", "External", ""
		if n.owner = pick(g.rng, g.people); g.chance(30) {
			n.usage, n.owner = "ForwardedCompanyNumber", nil
		}
		g.company.addNumber(n)
	case roll < 9 && len(g.queues) > 0:
		g.give(pick(g.rng, g.queues), g.chance(50))
	case roll < 25: // a few have many
		g.give(g.people[g.rng.IntN(g.few)], g.chance(4))
	default:
		g.give(pick(g.rng, g.people), g.chance(4))
	}
}

func (g *generator) give(e *extension, tollFree bool) {
	n := g.number(tollFree)
	n.usage, n.owner = "DirectNumber", e
	g.company.addNumber(n)
}

// number invents a number that the company does not have yet.
func (g *generator) number(tollFree bool) *phoneNumber {
	n := &phoneNumber{id: g.ids.next(), kind: "VoiceFax", payment: "Local", status: "Normal"}
	for n.number == "" || g.dialable[n.number] != nil {
		n.number, n.location = g.dial(tollFree)
	}
	if tollFree {
		n.payment = "TollFree"
	}
	switch roll := g.rng.IntN(100); {
	case roll < 10:
		n.kind = "VoiceOnly"
	case roll < 13:
		n.kind = "FaxOnly"
	}
	if g.chance(3) {
		n.status = pick(g.rng, []string{"Pending", "PortedIn", "Temporary"})
	}
	return n
}

func (g *generator) dial(tollFree bool) (number, location string) {
	code := pick(g.rng, tollFreeAreas[:])
	if !tollFree {
		area := pick(g.rng, areas)
		code, location = area.code, area.location
	}
	exchange := 200 + g.rng.IntN(800)
	if exchange%100 == 11 {
		exchange++ // 211, 311 and so on are services
	}
	return fmt.Sprintf("+1%s%03d%04d", code, exchange, g.rng.IntN(10_000)), location
}

// addDevices gives a person none to three devices, 1.3 on average, with lines as long as there are direct numbers for them.
func (g *generator) addDevices(e *extension) {
	if e.status != "Enabled" {
		return
	}
	count := 0
	for _, bound := range []int{85, 45, 20} {
		if g.rng.IntN(100) >= bound {
			break
		}
		count++
	}
	for i := range count {
		d := &device{id: g.ids.next(), owner: e, online: g.chance(70), pooling: "None", address: &emergencyAddresses[g.rng.IntN(len(emergencyAddresses))]}
		g.build(d)
		if line := directNumber(e, i); line != nil {
			d.lines = []phoneLine{{g.ids.next(), pick(g.rng, []string{"Standalone", "Standalone", "Standalone", "BlaPrimary"}), line}}
		}
		g.addDevice(d)
	}
}

// build decides what a device is.
func (g *generator) build(d *device) {
	serial := fmt.Sprintf("%012X", g.rng.Uint64N(1<<48))
	switch roll := g.rng.IntN(100); {
	case roll < 55:
		d.kind, d.model, d.serial = "HardPhone", &deskPhones[g.rng.IntN(len(deskPhones))], serial
		d.sku, d.name = "HP-"+d.model.id, d.model.name
		if g.chance(10) {
			d.pooling = "Host"
		}
	case roll < 90:
		d.kind, d.model, d.serial, d.sku, d.name = "SoftPhone", &softphone, serial, "DV-1", d.owner.name+" Softphone"
		d.computerName = "PC-" + serial[6:]
	default:
		d.kind, d.model, d.sku, d.name = "OtherPhone", &otherPhone, "DV-0", "Existing device"
	}
}

// directNumber returns the i-th direct number that can ring a phone, or nil.
func directNumber(e *extension, i int) *phoneNumber {
	for _, n := range e.numbers {
		if n.usage != "DirectNumber" || n.kind == "FaxOnly" {
			continue
		}
		if i == 0 {
			return n
		}
		i--
	}
	return nil
}

// addForwarding gives a person none to four forwarding numbers: first the own phone, then those at home and on the way.
func (g *generator) addForwarding(e *extension) {
	labels := []string{"Mobile", "Home", "Work", "Other"}
	for flip := 1; flip <= 4 && g.chance(60); flip++ {
		f := &forwardingNumber{id: g.ids.next(), flip: flip, kind: labels[flip-1], label: labels[flip-1], features: forwardAndFlip}
		f.number, _ = g.dial(false)
		if flip == 1 && len(e.devices) > 0 && len(e.devices[0].lines) > 0 {
			d := e.devices[0]
			f.kind, f.label, f.number, f.device, f.features = "PhoneLine", d.name, d.lines[0].number.number, d, flipOnly
		}
		e.forwarding = append(e.forwarding, f)
	}
}
