package sim

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"time"
)

// company is everything the account holds. Lists keep their order, which is the order of every answer; the indexes beside them
// spare a look through the whole company for one extension. Only the methods here change either.
type company struct {
	ids  idSource
	last int // extension number given out

	extensions []*extension
	extension  map[int64]*extension
	partner    map[string]*extension

	numbers  []*phoneNumber
	number   map[int64]*phoneNumber
	dialable map[string]*phoneNumber
	shared   []*phoneNumber // those of the company itself, which every extension may show

	devices []*device
	device  map[int64]*device

	licenses licenses
	created  created
	orders   map[int64]*deviceOrder
	pool     numberPool // not the company's own: what it could buy

	diary *diary // of what changes
}

// extension is a person or a thing that can be called.
type extension struct {
	id            int64
	number        string
	kind, status  string
	contact       contactInfo
	name          string
	partner       string
	admin, hidden bool
	role          *role // nil for the standard one
	created       time.Time
	numbers       []*phoneNumber
	devices       []*device
	forwarding    []*forwardingNumber
	members       []*extension // of a call queue
	queues        []*extension // that it is a member of
	comment       string       // why it is disabled
	blocking      callerBlocking
	queue         *queueSettings // of a call queue; nil means the usual ones
	group         group          // of a paging group or a park location
	domestic      bool           // may not call abroad
	settings      extensionSettings
}

// phoneNumber is a number of the account, or of its stock while usage is "Inventory".
type phoneNumber struct {
	id        int64
	number    string // E.164
	kind      string // VoiceFax, VoiceOnly, FaxOnly; empty for external numbers and stock
	usage     string
	payment   string
	status    string
	location  string
	label     string
	owner     *extension
	provider  *contactCenterProvider
	byoc      bool
	suspended bool // stock added as Inactive
	used      bool // is or was more than stock
}

type device struct {
	id           int64
	kind         string
	name, sku    string
	serial       string
	computerName string
	online       bool
	pooling      string
	model        *deviceModel
	owner        *extension
	address      *emergencyAddress
	location     *emergencyLocation
	abroad       bool
	lines        []phoneLine
	common       *bool
	box          int64
	shipment     *shipment  // of what was ordered
	sharedBy     *extension // group of shared lines whose phone it is
}

type phoneLine struct {
	id     int64
	kind   string
	number *phoneNumber
}

type forwardingNumber struct {
	id       int64
	number   string
	label    string
	kind     string
	flip     int
	features []string
	device   *device
}

// isAdmin reports whether the extension may do everything: the system extension always may.
func (e *extension) isAdmin() bool { return e.admin || e.id == systemExtension }

// isPerson reports whether the type is one of those that a person uses, has forwarding numbers, and can be in a queue.
func (e *extension) isPerson() bool {
	switch e.kind {
	case "User", "DigitalUser", "VirtualUser", "FlexibleUser", "Limited":
		return true
	}
	return false
}

// callsAbroad reports whether an extension may call other countries.
func (e *extension) callsAbroad() bool { return e.isPerson() && !e.domestic }

func newCompany(cfg Config) *company {
	rng := rand.New(rand.NewPCG(cfg.Seed, 0x52696e67514c))
	co := &company{
		ids:       idSource{last: 62_000_000, rng: rng}, // above the examples' ids, below the account's
		last:      1000,
		extension: map[int64]*extension{},
		partner:   map[string]*extension{},
		number:    map[int64]*phoneNumber{},
		dialable:  map[string]*phoneNumber{},
		device:    map[int64]*device{},
		orders:    map[int64]*deviceOrder{},
		pool:      numberPool{seed: cfg.Seed},
	}
	co.addExamples()
	var last []*extension
	if cfg.Groups {
		last = co.exampleGroups()
	}
	if cfg.Fax {
		last = append(last, co.exampleFax())
	}
	co.generate(cfg.Extensions-len(last), cfg.Numbers, rng)
	for _, e := range last {
		co.addExtension(e)
	}
	return co
}

func (co *company) addExtension(e *extension) { co.insertExtension(len(co.extensions), e) }

func (co *company) insertExtension(at int, e *extension) {
	co.touchExtension(e)
	co.extensions = slices.Insert(co.extensions, at, e)
	co.extension[e.id] = e
	if e.partner != "" {
		co.partner[e.partner] = e
	}
}

// newUser makes an enabled user with the next free extension number, without adding it.
func (co *company) newUser(first, last string) *extension {
	co.last++
	number := strconv.Itoa(co.last)
	e := &extension{id: co.ids.next(), number: number, kind: "User", status: "Enabled", name: strings.TrimSpace(first + " " + last)}
	e.created = firstDay.Add(time.Duration(co.last) * time.Hour)
	e.contact = contactInfo{FirstName: first, LastName: last, Company: companyName}
	e.contact.Email = fmt.Sprintf("%s.%s@%s", mailName(e.name), number, mailDomain)
	return e
}

// mailName turns a name into the first half of an address.
func mailName(name string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == ' ':
			return '.'
		case r >= 'a' && r <= 'z', r >= '0' && r <= '9':
			return r
		}
		return -1
	}, strings.ToLower(name))
}

// dropExtension removes an extension. Its direct numbers stay with the company; what is registered elsewhere goes with it.
func (co *company) dropExtension(e *extension) {
	co.touchExtension(e)
	co.extensions = slices.DeleteFunc(co.extensions, func(other *extension) bool { return other == e })
	delete(co.extension, e.id)
	delete(co.partner, e.partner)
	for _, p := range slices.Clone(e.numbers) {
		if p.usage == "ForwardedNumber" {
			co.dropNumber(p)
		} else {
			co.place(p, "CompanyNumber", nil)
		}
	}
	co.devices = slices.DeleteFunc(co.devices, func(d *device) bool { return d.owner == e })
	for _, d := range e.devices {
		delete(co.device, d.id)
		co.forgetDevice(d)
	}
	for _, queue := range slices.Clone(e.queues) {
		co.leave(queue, e)
	}
	co.leaveGroups(e)
	for _, member := range slices.Clone(e.members) {
		co.leave(e, member)
	}
}

func (co *company) addNumber(p *phoneNumber) {
	co.touch(p)
	p.used = !p.inStock()
	co.numbers = append(co.numbers, p)
	co.number[p.id] = p
	co.dialable[p.number] = p
	co.index(p)
}

func (co *company) dropNumber(p *phoneNumber) {
	co.touch(p)
	co.unindex(p)
	p.owner = nil // a device's line may still point here
	co.numbers = without(co.numbers, p)
	delete(co.number, p.id)
	delete(co.dialable, p.number)
}

// place changes what a number is used for and whose it is.
func (co *company) place(p *phoneNumber, usage string, owner *extension) {
	co.touch(p)
	co.touchExtension(owner)
	co.unindex(p)
	p.usage, p.owner = usage, owner
	p.used = p.used || !p.inStock()
	co.index(p)
}

func (co *company) index(p *phoneNumber) {
	switch {
	case p.owner != nil:
		p.owner.numbers = append(p.owner.numbers, p)
	case isShared(p.usage):
		co.shared = append(co.shared, p)
	}
}

func (co *company) unindex(p *phoneNumber) {
	switch {
	case p.owner != nil:
		p.owner.numbers = without(p.owner.numbers, p)
	case isShared(p.usage):
		co.shared = without(co.shared, p)
	}
}

// isShared reports whether every extension may show numbers of this usage to whom it calls.
func isShared(usage string) bool {
	switch usage {
	case "MainCompanyNumber", "AdditionalCompanyNumber", "CompanyNumber", "CompanyFaxNumber":
		return true
	}
	return false
}

// only returns the first number of a usage of which there is one, or nil.
func (co *company) only(usage string) *phoneNumber {
	for _, p := range co.shared {
		if p.usage == usage {
			return p
		}
	}
	return nil
}

// addDevice adds a device. The lists show those that belong to someone.
func (co *company) addDevice(d *device) {
	co.device[d.id] = d
	if d.owner != nil {
		co.devices = append(co.devices, d)
		d.owner.devices = append(d.owner.devices, d)
	}
}

func (co *company) join(queue, member *extension) {
	co.touchExtension(queue)
	co.touchExtension(member)
	if !slices.Contains(queue.members, member) {
		queue.members = append(queue.members, member)
		member.queues = append(member.queues, queue)
	}
}

func (co *company) leave(queue, member *extension) {
	co.touchExtension(queue)
	co.touchExtension(member)
	queue.members = without(queue.members, member)
	member.queues = without(member.queues, queue)
}

// without returns list less one element.
func without[T comparable](list []T, one T) []T {
	if i := slices.Index(list, one); i >= 0 {
		return slices.Delete(list, i, i+1)
	}
	return list
}
