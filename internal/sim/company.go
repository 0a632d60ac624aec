package sim

import "time"

// The people the examples speak of. Every id in this file is fixed: tests and documentation may name them.
const (
	AccountID       = "401145624008"
	AdministratorID = AccountID   // John Smith, the system extension
	StandardUserID  = "435068008" // Jane Smith, who may see her own things and public ones
	NumberManagerID = "512088008" // Carlos Diaz, who manages numbers and devices by a role made for it
)

const (
	systemExtension = 401145624008
	companyName     = "MyCompany Inc."
	mailDomain      = "mycompany.com"
)

// firstDay is when the account was opened.
var firstDay = time.Date(2018, time.October, 29, 15, 40, 10, 439_000_000, time.UTC)

// addExamples adds the company of the vendor's examples, merged into one account, and by hand what they lack: at least one of
// every kind of record.
//
//	extension              id            number  is
//	John Smith             401145624008  101     system extension, operator
//	AO Ext                 1201056008    110     Announcement
//	Jane Smith             435068008     102     user without a role
//	Maria Lopez            512084008     103     user with the administrator's permission, partner id "maria-lopez", who may not call abroad
//	Robert Chen            512085008     104     Disabled
//	Emily Davis            512086008     105     NotActivated
//	(unnamed)              512087008     none    Unassigned
//	Sales                  512090008     201     queue of Jane and Maria
//	Support                512091008     202     queue of Jane
//	General Mailbox        512092008     301     Voicemail
//	Main Menu              512093008     302     IvrMenu
//	Carlos Diaz            512088008     106     user with the role Number Manager
func (co *company) addExamples() {
	john, jane, maria := co.addPeople()
	sales := co.addThings(jane, maria)
	co.addExampleNumbers(john, jane, maria, sales)
	co.addExampleDevices(john, jane)
	addExampleBlocking(john, jane)
	co.addExampleLicenses(jane, maria)
	co.addExampleOrder()
	carlos := co.person(512088008, "106", "Carlos", "Diaz", "carlos.diaz")
	carlos.role = numberManager
	co.addExtension(carlos)
}

// exampleFax is an extension that only sends and receives faxes.
//
//	Front Desk Fax         512089008     107     FaxUser
func (co *company) exampleFax() *extension {
	fax := co.person(512089008, "107", "Front Desk", "Fax", "fax")
	fax.kind = "FaxUser"
	return fax
}

func (co *company) addPeople() (john, jane, maria *extension) {
	john = co.person(systemExtension, "101", "John", "Smith", "john.smith")
	john.admin = true
	co.addExtension(john)
	co.addExtension(&extension{id: 1201056008, number: "110", kind: "Announcement", status: "Enabled", name: "AO Ext", created: firstDay,
		contact: contactInfo{Company: "MyCompany", Email: "marie.moon@" + mailDomain,
			BusinessAddress: &businessAddress{Country: "USA", City: "Washington"}}})

	jane = co.person(435068008, "102", "Jane", "Smith", "jane.smith")
	jane.contact.JobTitle, jane.contact.Department = "Account Manager", "Sales"
	co.addExtension(jane)

	maria = co.person(512084008, "103", "Maria", "Lopez", "maria.lopez")
	maria.admin, maria.partner, maria.domestic = true, "maria-lopez", true
	co.addExtension(maria)

	robert := co.person(512085008, "104", "Robert", "Chen", "robert.chen")
	robert.status, robert.comment = "Disabled", "Left the company"
	co.addExtension(robert)

	emily := co.person(512086008, "105", "Emily", "Davis", "emily.davis")
	emily.status = "NotActivated"
	co.addExtension(emily)

	co.addExtension(&extension{id: 512087008, kind: "User", status: "Unassigned", hidden: true, created: firstDay})
	return john, jane, maria
}

func (co *company) person(id int64, number, first, last, mail string) *extension {
	return &extension{id: id, number: number, kind: "User", status: "Enabled", name: first + " " + last, created: firstDay,
		contact: contactInfo{FirstName: first, LastName: last, Company: companyName, Email: mail + "@" + mailDomain}}
}

func (co *company) addThings(jane, maria *extension) (sales *extension) {
	thing := func(id int64, number, kind, name, mail string) *extension {
		e := &extension{id: id, number: number, kind: kind, status: "Enabled", name: name, created: firstDay,
			contact: contactInfo{FirstName: name, Company: companyName, Email: mail + "@" + mailDomain}}
		co.addExtension(e)
		return e
	}
	sales = thing(512090008, "201", "Department", "Sales", "sales")
	co.join(sales, jane)
	co.join(sales, maria)
	support := thing(512091008, "202", "Department", "Support", "support")
	co.join(support, jane)
	thing(512092008, "301", "Voicemail", "General Mailbox", "mailbox")
	thing(512093008, "302", "IvrMenu", "Main Menu", "menu")
	return sales
}

func (co *company) addExampleNumbers(john, jane, maria, sales *extension) {
	for _, p := range []*phoneNumber{
		{id: 246714008, number: "+18555440014", kind: "VoiceFax", usage: "MainCompanyNumber", payment: "TollFree"},
		{id: 246715008, number: "+18559105564", kind: "VoiceFax", usage: "CompanyNumber", payment: "TollFree"},
		{id: 359733008, number: "+17869876543", usage: "ForwardedNumber", payment: "External", owner: jane},
		{id: 723455008, number: "+16503316252", kind: "VoiceOnly", usage: "DirectNumber", payment: "Local", location: "San Mateo, CA", owner: jane},
		{id: 723456008, number: "+14803960003", kind: "VoiceFax", usage: "DirectNumber", payment: "Local", location: "Mesa, AZ", owner: jane},
		{id: 723457008, number: "+17609410044", kind: "VoiceFax", usage: "DirectNumber", payment: "Local", location: "Vista, CA", owner: john},
		{id: 723458008, number: "+16505550128", kind: "FaxOnly", usage: "DirectNumber", payment: "Local", location: "San Mateo, CA", owner: maria, status: "PortedIn"},
		{id: 723459008, number: "+16505550130", kind: "VoiceFax", usage: "DirectNumber", payment: "Local", location: "San Mateo, CA", owner: sales},
		{id: 246716008, number: "+16505550100", kind: "VoiceFax", usage: "AdditionalCompanyNumber", payment: "Local", location: "San Mateo, CA"},
		{id: 246717008, number: "+16505550199", kind: "FaxOnly", usage: "CompanyFaxNumber", payment: "Local", location: "San Mateo, CA"},
		{id: 246718008, number: "+16505550150", kind: "VoiceFax", usage: "CompanyNumber", payment: "Local", location: "San Mateo, CA", label: "Press line"},
		{id: 359734008, number: "+17865550142", usage: "ForwardedCompanyNumber", payment: "External", status: "Pending"},
		{id: 987654321, number: "+12024999741", kind: "VoiceFax", usage: "ContactCenterNumber", payment: "Local", location: "Washington, DC",
			provider: &contactCenterProvider{"12345", "ProviderName"}},
		{id: 246720008, number: "+16505550160", usage: "Inventory", payment: "Local", location: "San Mateo, CA"},
		{id: 246721008, number: "+18335550161", usage: "Inventory", payment: "TollFree"},
	} {
		if p.status == "" {
			p.status = "Normal"
		}
		co.addNumber(p)
	}
}

// What a forwarding number can be for; shared by all, and never changed.
var (
	forwardAndFlip = []string{"CallForwarding", "CallFlip"}
	flipOnly       = []string{"CallFlip"}
	forwardOnly    = []string{"CallForwarding"}
)

func (co *company) addExampleDevices(john, jane *extension) {
	desk := &device{id: 66420008, kind: "HardPhone", name: "John Smith Desk Phone", serial: "00907A1B2C3D", online: true, sku: "HP-56-2-2",
		pooling: "None", model: &deskPhones[0], owner: john, address: &emergencyAddresses[0],
		lines: []phoneLine{{id: 66430008, kind: "Standalone", number: co.number[723457008]}}}
	co.addDevice(desk)
	soft := &device{id: 66421008, kind: "SoftPhone", name: "Jane Smith Softphone", serial: "8zXq6oaLT7WvwWITlGiA1A", computerName: "JANE-LAPTOP",
		sku: "DV-1", pooling: "None", model: &softphone, owner: jane, address: &emergencyAddresses[1],
		lines: []phoneLine{{id: 66431008, kind: "Standalone", number: co.number[723456008]}}}
	co.addDevice(soft)

	john.forwarding = []*forwardingNumber{
		{id: 53510008, number: "+17609410044", label: "John Smith Desk Phone", kind: "PhoneLine", flip: 1, features: flipOnly, device: desk},
		{id: 53511008, number: "+18559878944", label: "Work", kind: "Work", flip: 2, features: forwardAndFlip},
		{id: 53512008, number: "+14803960003", label: "Jane Smith Softphone", kind: "Other", flip: 3, features: flipOnly},
		{id: 53513008, number: "+12078260027", label: "Other", kind: "Other", flip: 4, features: forwardAndFlip},
	}
	jane.forwarding = []*forwardingNumber{
		{id: 53514008, number: "+16505550171", label: "Mobile", kind: "Mobile", flip: 1, features: forwardAndFlip},
	}
}
