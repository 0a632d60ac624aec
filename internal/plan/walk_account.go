package plan

import (
	"slices"

	"github.com/ringql/ringql/internal/rest"
)

// The operations that the rules name.
var (
	readAccountInfo          = rest.OperationNamed("readAccountInfo")
	readAccountServiceInfo   = rest.OperationNamed("readAccountServiceInfo")
	readExtension            = rest.OperationNamed("readExtension")
	listExtensions           = rest.OperationNamed("listExtensions")
	listAccountPhoneNumbers  = rest.OperationNamed("listAccountPhoneNumbers")
	listAccountNumbersV2     = rest.OperationNamed("listAccountPhoneNumbersV2")
	listExtensionNumbers     = rest.OperationNamed("listExtensionPhoneNumbers")
	readAccountPhoneNumber   = rest.OperationNamed("readAccountPhoneNumber")
	listForwardingNumbers    = rest.OperationNamed("listForwardingNumbers")
	readForwardingNumber     = rest.OperationNamed("readForwardingNumber")
	listAccountDevices       = rest.OperationNamed("listAccountDevices")
	listExtensionDevices     = rest.OperationNamed("listExtensionDevices")
	readDevice               = rest.OperationNamed("readDevice")
	listCallQueues           = rest.OperationNamed("listCallQueues")
	readCallQueueInfo        = rest.OperationNamed("readCallQueueInfo")
	listCallQueueMembers     = rest.OperationNamed("listCallQueueMembers")
	listPagingGroupUsers     = rest.OperationNamed("listPagingGroupUsers")
	listPagingGroupDevices   = rest.OperationNamed("listPagingGroupDevices")
	getParkLocationUsers     = rest.OperationNamed("getParkLocationUsers")
	listLicenses             = rest.OperationNamed("listLicenses")
	loadLicense              = rest.OperationNamed("loadLicense")
	loadDeviceOrder          = rest.OperationNamed("loadDeviceOrder")
	loadBlockedNumber        = rest.OperationNamed("loadBlockedNumber")
	readBlockedAllowedNumber = rest.OperationNamed("readBlockedAllowedNumber")
	getBrandInfo             = rest.OperationNamed("getBrandInfo")
	getServicePlanInfo       = rest.OperationNamed("getServicePlanInfo")
	listCountries            = rest.OperationNamed("listCountries")
	readCountry              = rest.OperationNamed("readCountry")
)

var queryRules = map[string]rule{
	"account":          accountRule,
	"viewer":           func(w *walk, f *Node, _ objects) { w.nodesOf(f, kind{typeExtension, rest.Own}, []string{rest.Own}) },
	"extension":        namedRule(typeExtension),
	"pagingGroup":      namedRule("PagingGroup"),
	"parkLocation":     namedRule("ParkLocation"),
	"callQueue":        namedRule("CallQueue"),
	"phoneNumber":      namedRule("PhoneNumber"),
	"device":           namedRule("Device"),
	"license":          namedRule("License"),
	"deviceOrder":      namedRule("DeviceOrder"),
	"forwardingNumber": forwardingNumberRule,
	"node":             func(w *walk, f *Node, _ objects) { w.nodes(f, []string{w.id(f)}) },
	"nodes":            nodesRule,
	"brand": func(w *walk, f *Node, _ objects) {
		if _, _, ok := w.facts.Locate("", w.id(f)); !ok {
			return
		}
		name := w.label(f)
		if !OnlyCountries(f, w.vars) && w.first(name) {
			w.apart(getBrandInfo, f, "brand")
		}
		var sure map[string]bool
		if OnlyCountries(f, w.vars) {
			sure = contracted // they need no record of it
		}
		w.selectionIfFound(f, "Brand", objects{n: Exactly(1), name: name, record: whole, named: true}, sure)
	},
	"country":     entryRule(readCountry, "Country", "country"),
	"servicePlan": entryRule(getServicePlanInfo, "ServicePlan", "service plan"),
	"countries": func(w *walk, f *Node, _ objects) {
		w.selection(f, objects{n: w.window(listCountries, f, "country"), name: w.label(f), record: whole})
	},
}

// contracted are lists of a brand that are read even of one that is not there.
var contracted = Set("contractedCountries", "domesticCountries")

// entryRule is the rule of a field that looks up an entry of a dictionary.
func entryRule(o *rest.Operation, typ, of string) rule {
	return func(w *walk, f *Node, _ objects) {
		if _, _, ok := w.facts.Locate("", w.id(f)); !ok {
			return
		}
		name := w.label(f)
		if w.first(name) {
			w.apart(o, f, of)
		}
		w.selectionIfFound(f, typ, objects{n: Exactly(1), name: name, record: whole}, nil)
	}
}

func accountRule(w *walk, f *Node, _ objects) {
	if account, ok := w.accountOf(f); ok {
		w.nodesOf(f, kind{typeAccount, account}, nil)
	}
}

// accountOf is the account that a root field shows, as requests name it; false where the
// field refuses its argument.
func (w *walk) accountOf(f *Node) (account string, ok bool) {
	if id := w.id(f); id != "" {
		account, _, ok = w.facts.Locate(typeAccount, id)
		return w.facts.Path(account), ok
	}
	return rest.Own, w.args(f)["id"] == nil
}

// namedRule is the rule of a field that shows the object of a type that its id names.
func namedRule(typ string) rule {
	return func(w *walk, f *Node, _ objects) {
		if account, rcID, ok := w.facts.Locate(typ, w.id(f)); ok {
			w.nodesOf(f, kind{typ, w.facts.Path(account)}, []string{rcID})
		}
	}
}

// forwardingNumberRule prices a number that may be named by an id that is the extension's: one's
// own without another.
func forwardingNumberRule(w *walk, f *Node, _ objects) {
	account, rcID, ok := w.facts.Locate("ForwardingNumber", w.id(f))
	if under := w.args(f)["extensionId"]; ok && under != nil {
		var ext string
		_, ext, ok = w.facts.Locate(typeExtension, Text(under))
		rcID += " of " + ext
	}
	if !ok {
		return
	}
	w.nodesOf(f, kind{"ForwardingNumber", w.facts.Path(account)}, []string{rcID})
	if w.facts.Extension == "" && w.first("extension "+rest.Own+"/"+rest.Own) { // its real id is looked up for one's own
		w.add(Line{Operation: readExtension, Place: f, Calls: UpTo(1), Of: "extension", Things: UpTo(1), InOneCall: 1})
	}
}

func nodesRule(w *walk, f *Node, _ objects) { w.nodes(f, Texts(w.args(f)["ids"])) }

// kind is a type and the account that objects of it lie in, as requests name it.
type kind struct{ typ, account string }

// nodes prices the objects that global ids name. One that is none has the field refused.
func (w *walk) nodes(f *Node, ids []string) {
	byKind := map[kind][]string{}
	var kinds []kind
	slices.Sort(ids)
	for _, id := range slices.Compact(ids) {
		typ, _ := w.facts.TypeOf(id)
		account, rcID, ok := w.facts.Locate(typ, id)
		if typ == "" || !ok {
			return
		}
		k := kind{typ, w.facts.Path(account)}
		if byKind[k] == nil {
			kinds = append(kinds, k)
		}
		byKind[k] = append(byKind[k], rcID)
	}
	for _, k := range kinds {
		w.nodesOf(f, k, byKind[k])
	}
}

// readByIDs are the types whose objects are read together by their ids, readAlone those
// that are read one by one.
var (
	readByIDs = map[string]*rest.Operation{
		"PhoneNumber": readAccountPhoneNumber, "Device": readDevice, "PagingGroup": readExtension, "ParkLocation": readExtension,
	}
	readAlone = map[string]*rest.Operation{
		"License": loadLicense, "CallQueue": readCallQueueInfo, "DeviceOrder": loadDeviceOrder,
		"ForwardingNumber": readForwardingNumber, "BlockedNumber": loadBlockedNumber,
	}
)

// nodesOf prices objects of one kind, and what is selected on them.
func (w *walk) nodesOf(f *Node, k kind, ids []string) {
	before := w.account
	w.account = k.account
	switch k.typ {
	case typeAccount:
		w.selectionOf(f, k.typ, objects{n: Exactly(1), name: "account " + k.account, named: true})
	case typeExtension:
		w.namedExtensions(f, ids)
	default:
		w.named(f, k.typ, ids)
	}
	w.account = before
}

// named prices objects of the account at hand.
func (w *walk) named(f *Node, typ string, ids []string) {
	fresh := 0
	for _, id := range ids {
		if w.first(typ + " " + w.account + "/" + id) {
			fresh++
		}
	}
	n := Exactly(fresh)
	switch {
	case fresh == 0:
	case typ == "CallerBlockingNumber": // those of one extension together
		w.add(Line{Operation: readBlockedAllowedNumber, Place: f, Calls: Size{1, 1, fresh}, Of: things[typ], Things: n, apart: true, InOneCall: w.facts.InOneCall(readBlockedAllowedNumber.ID)})
	case readByIDs[typ] != nil:
		w.together(readByIDs[typ], f, things[typ], n)
	case readAlone[typ] != nil:
		w.add(Line{Operation: readAlone[typ], Place: f, Calls: n, Of: things[typ], Things: n, InOneCall: 1, apart: true})
	}
	on := objects{n: Exactly(len(ids)), name: typ + " of " + w.account + " " + w.label(f), record: whole, named: len(ids) == 1}
	if ownedTypes[typ] {
		on.owners = &objects{n: Size{0, on.n.Most, on.n.Most}, name: "owners of " + on.name} // what is spare has none
	}
	if typ == "Device" {
		w.lines(f, []*Node{f}, on)
	}
	w.selectionIfFound(f, typ, on, nil)
}

// ownedTypes are those whose objects belong to an extension, or to none.
var ownedTypes = Set("Device", "PhoneNumber", "ForwardingNumber", "License")

// things are what objects of a type are called in the reason of a price.
var things = map[string]string{
	"PhoneNumber": "phone number", "Device": "device", "CallerBlockingNumber": "caller-blocking number", "PagingGroup": "paging group",
	"ParkLocation": "park location", "License": "license", "CallQueue": "call queue", "DeviceOrder": "order",
	"ForwardingNumber": "forwarding number", "BlockedNumber": "blocked number",
}

// selectionOf is selection for the objects of one type among others.
func (w *walk) selectionOf(n *Node, typ string, on objects) {
	for f := range n.Select(w.vars) {
		if f.Type == typ || f.Type == typeNode {
			w.fieldOf(typ, f, on)
		}
	}
}

// selectionIfFound is selectionOf for objects that the query names, which may not be there:
// what is announced together with them is not sent once that is known. The fields sure are
// read all the same.
func (w *walk) selectionIfFound(n *Node, typ string, on objects, sure map[string]bool) {
	before := w.maybe
	for f := range n.Select(w.vars) {
		if f.Type == typ || f.Type == typeNode {
			w.maybe = before || !sure[f.Field]
			w.fieldOf(typ, f, on)
		}
	}
	w.maybe = before
}

var accountRules = with(each(recordRule,
	"mainNumber", "status", "rawStatus", "statusInfo", "setupWizardState", "rawSetupWizardState", "serviceInfo",
	"regionalSettings", "partnerId", "federated", "outboundCallPrefix", "cfid", "bsid", "signupInfo", "limits"),
	map[string]rule{
		"id":   realAccount,
		"rcId": realAccount,
		"operator": func(w *walk, f *Node, on objects) {
			w.accountRecord(f)
			n := Exactly(1)
			if w.selectedBeside(f, "systemExtension") {
				n = w.count(OperatorApart, UpTo(1)) // they may be the same
			}
			w.extensions(f, []*Node{f}, objects{n: n, name: "operator of " + w.account})
		},
		"systemExtension": func(w *walk, f *Node, on objects) {
			realAccount(w, f, on)
			if !OnlyIDs(f, w.vars) {
				w.extensions(f, []*Node{f}, objects{n: Exactly(1), name: "system extension of " + w.account, record: readWhole(w, f)})
			}
		},
		"extensions": func(w *walk, f *Node, on objects) {
			rows := w.window(listExtensions, f, "extension")
			w.extensions(f, f.Rows(w.vars), objects{n: rows, name: on.name + "/" + w.label(f), record: listed})
		},
		"phoneNumbers": accountNumbers,
		"devices":      accountDevices,
		"callQueues": func(w *walk, f *Node, on objects) {
			w.selection(f, objects{n: w.window(listCallQueues, f, "call queue"), name: on.name + "/" + w.label(f)})
		},
		"licenses": func(w *walk, f *Node, on objects) {
			set := objects{n: w.window(listLicenses, f, "license"), name: on.name + "/" + w.label(f)}
			set.owners = w.ownersOf(f, set)
			w.selection(f, set)
		},
		"deviceOrder": func(w *walk, f *Node, _ objects) {
			account, rcID, ok := w.facts.Locate("DeviceOrder", w.id(f))
			if account = w.facts.Path(account); account == rest.Own { // or not said
				account = w.account
			}
			if ok {
				w.nodesOf(f, kind{"DeviceOrder", account}, []string{rcID})
			}
		},
	})

// selectedBeside says whether another field is selected on the same object.
func (w *walk) selectedBeside(f *Node, field string) bool {
	return Selects([]*Node{f.within}, w.vars, func(name string) bool { return name == field })
}

// accountRecord prices the record of the account at hand.
func (w *walk) accountRecord(f *Node) {
	if w.first("record of " + w.account) {
		w.apart(readAccountInfo, f, "account")
	}
}

func recordRule(w *walk, f *Node, on objects) {
	w.accountRecord(f)
	w.selection(f, objects{n: on.n, name: on.name + "/" + f.Field})
}

// realAccount prices the real id of the account at hand: one's own is known after the
// first answer of all, another's is not given out before it was read.
func realAccount(w *walk, f *Node, _ objects) {
	if w.account != rest.Own || w.facts.Account == "" {
		w.accountRecord(f)
	}
}

// readWhole prices the read of one extension by its id.
func readWhole(w *walk, f *Node) recordState {
	w.byIDs(readExtension, f, "extension", Exactly(1))
	return whole
}

var serviceInfoRules = each(once(readAccountServiceInfo, "bought", "account"), "servicePlanName", "features", "limits", "package")

var brandRules = each(func(w *walk, f *Node, on objects) {
	if on.record != whole && w.first(on.name+"/entry") {
		w.one(getBrandInfo, f, "brand", on.n)
	}
}, "uri", "currency")

var servicePlanRules = each(func(w *walk, f *Node, on objects) {
	if on.record != whole && w.first(on.name+"/entry") {
		w.one(getServicePlanInfo, f, "service plan", on.n)
	}
	w.selection(f, objects{n: on.n, name: on.name + "/" + f.Field})
}, "uri", "brand", "type", "rawType", "features", "limits")

// countryRules: a few countries are named again and again.
var countryRules = each(func(w *walk, f *Node, on objects) {
	if on.record != whole && w.first(on.name+"/entry") {
		w.one(readCountry, f, "country", Size{0, min(1, on.n.Expected), on.n.Most})
	}
}, "emergencyCalling", "numberSelling", "loginAllowed", "signupAllowed", "freeSoftphoneLine", "localDialing")

var deviceOrderRules = map[string]rule{
	"devices": func(w *walk, f *Node, on objects) {
		set := objects{n: w.count(w.labelOf("ordered", f), UpTo(20)), name: on.name + "/devices"}
		set.owners = &objects{n: set.n, name: "owners of " + set.name}
		if !TellsAll(OrderedFields, []*Node{f}, w.vars) {
			w.byIDs(readDevice, f, "device", set.n)
		}
		w.lines(f, []*Node{f}, set)
		w.selection(f, set)
	},
}
