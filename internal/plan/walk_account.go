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
	"viewer":           func(w *walk, f *Node, _ objects) { w.namedExtensions(f, rest.Own) },
	"extension":        func(w *walk, f *Node, _ objects) { w.namedExtensions(f, w.id(f)) },
	"pagingGroup":      groupRule,
	"parkLocation":     groupRule,
	"callQueue":        func(w *walk, f *Node, _ objects) { w.nodesOf(f, "CallQueue", []string{w.id(f)}) },
	"phoneNumber":      func(w *walk, f *Node, _ objects) { w.nodesOf(f, "PhoneNumber", []string{w.id(f)}) },
	"device":           func(w *walk, f *Node, _ objects) { w.nodesOf(f, "Device", []string{w.id(f)}) },
	"license":          func(w *walk, f *Node, _ objects) { w.nodesOf(f, "License", []string{w.id(f)}) },
	"deviceOrder":      func(w *walk, f *Node, _ objects) { w.nodesOf(f, "DeviceOrder", []string{w.id(f)}) },
	"forwardingNumber": func(w *walk, f *Node, _ objects) { w.nodesOf(f, "ForwardingNumber", []string{w.id(f)}) },
	"node":             func(w *walk, f *Node, _ objects) { w.nodes(f, []string{w.id(f)}) },
	"nodes":            nodesRule,
	"brand": func(w *walk, f *Node, _ objects) {
		name := w.label(f)
		if !OnlyCountries(f, w.vars) && w.first(name) {
			w.one(getBrandInfo, f, "brand", Exactly(1))
		}
		w.selection(f, objects{n: Exactly(1), name: name, record: whole})
	},
	"country":     entryRule(readCountry, "country"),
	"servicePlan": entryRule(getServicePlanInfo, "service plan"),
	"countries": func(w *walk, f *Node, _ objects) {
		w.selection(f, objects{n: w.window(listCountries, f, "country"), name: w.label(f), record: whole})
	},
}

// entryRule is the rule of a field that looks up an entry of a dictionary.
func entryRule(o *rest.Operation, of string) rule {
	return func(w *walk, f *Node, _ objects) {
		name := w.label(f)
		if w.first(name) {
			w.one(o, f, of, Exactly(1))
		}
		w.selection(f, objects{n: Exactly(1), name: name, record: whole})
	}
}

func accountRule(w *walk, f *Node, _ objects) {
	before := w.account
	w.account = rest.Own
	if id := w.id(f); id != "" {
		w.account = w.facts.Path(id)
	}
	w.selection(f, objects{n: Exactly(1), name: "account " + w.account})
	w.account = before
}

func groupRule(w *walk, f *Node, _ objects) {
	w.nodesOf(f, map[string]string{"pagingGroup": "PagingGroup", "parkLocation": "ParkLocation"}[f.Field], []string{w.id(f)})
}

func nodesRule(w *walk, f *Node, _ objects) { w.nodes(f, Texts(f.Args(w.vars)["ids"])) }

// nodes prices the objects that global ids name.
func (w *walk) nodes(f *Node, ids []string) {
	byType := map[string][]string{}
	var types []string
	slices.Sort(ids)
	for _, id := range slices.Compact(ids) {
		if typ, _, ok := w.facts.Named(id); ok {
			if byType[typ] == nil {
				types = append(types, typ)
			}
			byType[typ] = append(byType[typ], id)
		}
	}
	for _, typ := range types {
		w.nodesOf(f, typ, byType[typ])
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

// nodesOf prices objects of one type, and what is selected on them.
func (w *walk) nodesOf(f *Node, typ string, ids []string) {
	if typ == typeExtension {
		w.namedExtensions(f, ids...)
		return
	}
	defer w.in(ids)()
	var fresh []string
	for _, id := range ids {
		if w.first(typ + " " + id) {
			fresh = append(fresh, id)
		}
	}
	n := Exactly(len(fresh))
	switch {
	case len(fresh) == 0:
	case typ == "CallerBlockingNumber": // those of one extension together
		w.add(Line{Operation: readBlockedAllowedNumber, Place: f, Calls: Size{1, 1, len(fresh)}, Of: things[typ], Things: n, InOneCall: w.facts.InOneCall(readBlockedAllowedNumber.ID)})
	case readByIDs[typ] != nil:
		w.together(readByIDs[typ], f, things[typ], n)
	case readAlone[typ] != nil:
		w.one(readAlone[typ], f, things[typ], n)
	}
	on := objects{n: Exactly(len(ids)), name: typ + " " + w.label(f), record: whole}
	switch typ {
	case "Device":
		on.owners = &objects{n: on.n, name: "owners of " + on.name}
		w.lines(f, []*Node{f}, on)
	case "PhoneNumber", "ForwardingNumber", "License":
		on.owners = &objects{n: on.n, name: "owners of " + on.name}
	}
	w.selectionOf(f, typ, on)
}

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
		"deviceOrder": func(w *walk, f *Node, _ objects) { w.nodesOf(f, "DeviceOrder", []string{w.id(f)}) },
	})

// selectedBeside says whether another field is selected on the same object.
func (w *walk) selectedBeside(f *Node, field string) bool {
	return Selects([]*Node{f.within}, w.vars, func(name string) bool { return name == field })
}

// accountRecord prices the record of the account at hand.
func (w *walk) accountRecord(f *Node) {
	if w.first("record of " + w.account) {
		w.one(readAccountInfo, f, "account", Exactly(1))
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
		set := objects{n: w.count(Label("ordered", f, w.vars), UpTo(20)), name: on.name + "/devices"}
		set.owners = &objects{n: set.n, name: "owners of " + set.name}
		if !TellsAll(OrderedFields, []*Node{f}, w.vars) {
			w.byIDs(readDevice, f, "device", set.n)
		}
		w.lines(f, []*Node{f}, set)
		w.selection(f, set)
	},
}
