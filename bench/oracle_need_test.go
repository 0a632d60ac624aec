package bench

import (
	"encoding/base64"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"

	"github.com/ringql/ringql/internal/sim"
)

// What each field of the schema needs, told by hand.

func set(names ...string) map[string]bool {
	m := map[string]bool{}
	for _, n := range names {
		m[n] = true
	}
	return m
}

func beyond(names, told map[string]bool) bool {
	for n := range names {
		if !told[n] {
			return true
		}
	}
	return false
}

func (o *oracle) query(sel ast.SelectionSet) {
	o.each(sel, "Query", func(f *ast.Field) {
		arg, _ := o.args(f)["id"].(string)
		switch f.Name {
		case "account":
			o.account(f.SelectionSet)
		case "viewer":
			o.node("Extension", sim.AdministratorID, f.SelectionSet)
		case "extension", "phoneNumber", "device", "callQueue", "pagingGroup", "parkLocation":
			o.node(f.Definition.Type.Name(), bare(arg), f.SelectionSet)
		case "nodes":
			ids, _ := o.args(f)["ids"].([]any)
			for _, id := range ids {
				typ, id := global(id.(string))
				o.node(typ, id, f.SelectionSet)
			}
		case "licenseTypes":
			o.calls("listLicenseTypes", "")
		case "countries":
			o.calls("listCountries", o.filter(f).Encode())
		case "deviceCatalog":
			o.calls("getDeviceModels", "")
		case "shippingOptions":
			o.calls("listShippingOptions", "")
		case "availablePhoneNumbers":
			o.calls("lookupPhoneNumbers", "")
		case "parsePhoneNumbers":
			o.calls("parsePhoneNumberV2", "")
		default:
			panic("the oracle does not know Query." + f.Name)
		}
	})
}

// global reads a global id, bare one that may be none.
func global(s string) (typ, id string) {
	b, _ := base64.RawURLEncoding.DecodeString(s)
	parts := strings.Split(string(b), ":")
	return parts[1], parts[len(parts)-1]
}

func bare(s string) string {
	if strings.Trim(s, "0123456789") == "" {
		return s
	}
	_, id := global(s)
	return id
}

// node is an object that a query names by its id.
func (o *oracle) node(typ, id string, sel ast.SelectionSet) {
	ids := []string{id}
	switch typ {
	case "Extension":
		o.reads("readExtension", record, ids)
		o.extension(sel, ids, nil)
	case "PhoneNumber":
		o.reads("readAccountPhoneNumber", number, ids)
		o.number(sel, o.pick(o.w.numbers(), ids), "read")
	case "Device":
		o.reads("readDevice", device, ids)
		o.device(sel, o.pick(o.w.devices(), ids), true)
	case "PagingGroup", "ParkLocation":
		o.reads("readExtension", record, ids)
		o.group(typ, sel, ids)
	case "CallQueue":
		o.calls("readCallQueueInfo", id)
		o.queue(sel, ids, true)
	case "License":
		o.calls("loadLicense", id)
	default:
		panic("the oracle does not know nodes of type " + typ)
	}
}

func (o *oracle) pick(rows []row, ids []string) (out []row) {
	for _, r := range rows {
		if slices.Contains(ids, string(r.ID)) {
			out = append(out, r)
		}
	}
	return out
}

func (o *oracle) account(sel ast.SelectionSet) {
	o.each(sel, "Account", func(f *ast.Field) {
		switch f.Name {
		case "id", "rcId", "__typename": // known since the first run
		case "extensions":
			l := o.extensions(o.filter(f))
			o.extension(o.rows(f), idsOf(o.shown(l, f, o.extensions(nil))), known)
		case "phoneNumbers":
			l := o.numbers(o.filter(f))
			source := map[bool]string{true: "v2", false: "list"}[l.operation == "listAccountPhoneNumbersV2"]
			o.number(o.rows(f), o.shown(l, f, o.numbers(nil)), source)
		case "devices":
			o.listsDevices = true // whoever asks for it finds out whether it is served
			o.device(o.rows(f), o.shown(list{operation: "listAccountDevices", rows: o.w.devices()}, f), false)
		case "callQueues":
			l := list{operation: "listCallQueues", filter: o.filter(f).Encode(), rows: o.w.list(v1+"/call-queues", o.filter(f))}
			o.queue(o.rows(f), idsOf(o.shown(l, f)), false)
		case "licenses":
			rows := o.shown(list{operation: "listLicenses", rows: o.w.list(v1+"/licenses", nil)}, f)
			o.owners(o.rows(f), "License", rows, set("name"))
		case "freeExtensionNumbers":
			o.calls("getExtensionFreeNumbers", "")
		case "serviceInfo":
			o.serviceInfo(f.SelectionSet)
		case "operator":
			o.calls("readAccountInfo", "")
			o.extension(f.SelectionSet, []string{string(o.w.record(v1).Operator.ID)}, nil)
		case "systemExtension":
			o.extension(f.SelectionSet, []string{sim.AccountID}, set("-extensionNumber"))
		default:
			o.calls("readAccountInfo", "")
		}
	})
}

// serviceInfo: the account's record tells a part of it, a read of its own all.
func (o *oracle) serviceInfo(sel ast.SelectionSet) {
	of := need{ways: []way{{calls: []call{"readAccountInfo "}}, {calls: []call{"readAccountServiceInfo "}}}}
	o.each(sel, "ServiceInfo", func(f *ast.Field) {
		switch f.Name {
		case "servicePlanName", "features", "limits", "package":
			of.ways = of.ways[len(of.ways)-1:]
		case "brand":
			if beyond(o.names(f.SelectionSet, "Brand"), set("rcId", "name", "homeCountry")) {
				o.calls("getBrandInfo", "")
			}
		case "servicePlan":
			if beyond(o.names(f.SelectionSet, "ServicePlan"), set("rcId", "name", "edition")) {
				o.calls("getServicePlanInfo", "")
			}
		}
	})
	o.needs = append(o.needs, of)
}

// known says that the records of extensions are at hand, as those of a list are.
var known map[string]bool

// referred are the fields of an extension that every reference to it tells.
var referred = set("id", "rcId", "extensionNumber", "__typename", "uri")

// details are the fields of an extension that only its read by id tells.
var details = set("serviceFeatures", "regionalSettings", "setupWizardState", "statusInfo", "customFields", "extensionNumbers", "siteAccess")

// extension declares what a selection on extensions needs, where more than referred is
// told of them.
func (o *oracle) extension(sel ast.SelectionSet, ids []string, told map[string]bool) {
	each := func(operation, more string) {
		for _, id := range ids {
			o.calls(operation, strings.TrimSpace(id+" "+more))
		}
	}
	o.each(sel, "Extension", func(f *ast.Field) {
		switch f.Name {
		case "phoneNumbers":
			o.assigned(f, ids)
		case "usablePhoneNumbers":
			o.usable(f, ids)
		case "devices":
			o.extensionDevices(f, ids)
		case "forwardingNumbers", "callFlipNumbers":
			each("listForwardingNumbers", "")
			o.forwarding(f, ids)
		case "callerBlocking":
			each("readCallerBlockingSettings", "")
		case "callerBlockingNumbers":
			each("listBlockedAllowedNumbers", fmt.Sprint(o.args(f)["status"]))
		case "blockedNumbers":
			each("listBlockedNumbers", "")
		case "authorizationProfile":
			each("readAuthorizationProfile", "")
		case "hasPermission":
			each("checkUserPermission", fmt.Sprint(o.args(f)["id"]))
		case "departments": // told only to who asks for one extension alone
			for _, id := range ids {
				c := call("readExtension alone " + id)
				o.problem.calls, o.shows[c] = append(o.problem.calls, c), map[fact]bool{record(id): true, whole(id): true}
				var refs []string
				for _, d := range o.w.record(v1 + "/extension/" + id).Departments {
					refs = append(refs, string(d.ID))
				}
				o.extension(f.SelectionSet, refs, nil)
			}
		case "pagingGroup", "parkLocation":
			o.reads("readExtension", record, ids)
			o.group(f.Definition.Type.Name(), f.SelectionSet, ids)
		default:
			switch {
			case details[f.Name]:
				o.reads("readExtension", whole, ids)
			case f.Name == "extensionNumber" && told["-extensionNumber"], !referred[f.Name] && !told[f.Name]:
				o.reads("readExtension", record, ids)
			}
		}
	})
}

func (o *oracle) forwarding(f *ast.Field, ids []string) {
	o.each(o.rows(f), "ForwardingNumber", func(c *ast.Field) {
		if c.Name != "device" || !beyond(o.names(c.SelectionSet, "Device"), set("id", "rcId", "__typename")) {
			return
		}
		for _, id := range ids {
			for _, n := range o.w.list(v1+"/extension/"+id+"/forwarding-number", nil) {
				if n.Device != nil {
					o.reads("readDevice", device, []string{string(n.Device.ID)})
				}
			}
		}
	})
}

// queue declares what a selection on call queues needs; whole says that their own
// records are at hand.
func (o *oracle) queue(sel ast.SelectionSet, ids []string, whole bool) {
	o.each(sel, "CallQueue", func(f *ast.Field) {
		switch f.Name {
		case "serviceLevelSettings", "alertTimer": // the extension's record tells them too
			if !whole {
				o.needs = append(o.needs, o.perQueue(ids))
			}
		case "editableMemberStatus":
			if !whole {
				o.calls("readCallQueueInfo", ids...)
			}
		case "extension":
			o.extension(f.SelectionSet, ids, set("name"))
		case "members":
			o.calls("listCallQueueMembers", ids...)
			for _, id := range ids {
				o.members(f, v1+"/call-queues/"+id+"/members", nil)
			}
		}
	})
}

func (o *oracle) perQueue(ids []string) need {
	n := need{ways: []way{{wants: wantsOf("readExtension", record, ids)}, {}}}
	for _, id := range ids {
		n.ways[1].calls = append(n.ways[1].calls, call("readCallQueueInfo "+id))
	}
	return n
}

// members declares what is needed of those that a list of members shows.
func (o *oracle) members(f *ast.Field, path string, told map[string]bool) {
	rows := o.w.list(path, nil)
	from, to := o.window(f, len(rows))
	o.extension(o.rows(f), idsOf(rows[from:to]), told)
}

// group declares what a selection on paging groups or park locations needs, whose
// records are at hand.
func (o *oracle) group(typ string, sel ast.SelectionSet, ids []string) {
	o.each(sel, typ, func(f *ast.Field) {
		for _, id := range ids {
			switch typ + "." + f.Name {
			case "ParkLocation.users":
				o.calls("getParkLocationUsers", id)
				o.members(f, v1+"/park-locations/"+id+"/users", nil)
			case "PagingGroup.users":
				o.calls("listPagingGroupUsers", id)
				o.members(f, v1+"/paging-only-groups/"+id+"/users", set("name"))
			case "PagingGroup.devices":
				o.calls("listPagingGroupDevices", id)
				rows := o.w.list(v1+"/paging-only-groups/"+id+"/devices", url.Values{})
				if beyond(o.names(o.rows(f), "Device"), set("__typename", "id", "rcId", "uri", "name")) {
					o.reads("readDevice", device, idsOf(rows))
					o.device(o.rows(f), o.pick(o.w.devices(), idsOf(rows)), true)
				}
			}
		}
	})
}
