package resolvers

import (
	"github.com/ringql/ringql/graph/model"
	"github.com/ringql/ringql/internal/loader"
	"github.com/ringql/ringql/internal/plan"
	"github.com/ringql/ringql/internal/rest"
)

// The upstream's answers tell different parts of the same object. What a selection
// asks for says which of them will do.

// details are the fields of an extension that only its read by id tells. The
// departments are told only to who asks for one extension alone.
var details = set("departments", "serviceFeatures", "regionalSettings", "setupWizardState", "rawSetupWizardState", "statusInfo",
	"customFields", "extensionNumbers", "siteAccess", "rawSiteAccess")

// known are the fields of an extension that need no record of it: what every
// reference to it tells, and its relations.
var known = set("__typename", "id", "rcId", "extensionNumber", "phoneNumbers", "usablePhoneNumbers", "forwardingNumbers", "callFlipNumbers", "devices",
	"callerBlocking", "callerBlockingNumbers", "blockedNumbers", "authorizationProfile", "hasPermission")

// listedFields are the fields of a phone number that only its extension's list tells.
var listedFields = set("features", "rawFeatures", "country", "subType", "rawSubType")

// toldFields are the fields of a device that the account's list tells, with what it
// tells within them. Source: the model GetDeviceInfoResponse of the 2018 description.
var toldFields = map[string]map[string]bool{
	"__typename": nil, "id": nil, "rcId": nil, "uri": nil, "sku": nil, "type": nil, "rawType": nil, "name": nil, "serial": nil,
	"computerName": nil, "extension": nil, "boxBillingId": nil,
	"model":      set("__typename", "rcId", "name", "addons"),
	"phoneLines": set("__typename", "lineType", "rawLineType", "phoneNumber"),
}

func set(names ...string) map[string]bool {
	m := make(map[string]bool, len(names))
	for _, n := range names {
		m[n] = true
	}
	return m
}

// needsRecord says whether a selection on an extension asks for more than what a
// reference to it tells. Details come from a read of their own.
func needsRecord(n *plan.Node, vars map[string]any) bool {
	if n == nil {
		return true
	}
	for f := range n.Select(vars) {
		if !known[f.Field] && !details[f.Field] {
			return true
		}
	}
	return false
}

// wantsDetails says whether a selection on an extension asks for what only its read by
// its id tells, and for what only a read of it alone tells.
func wantsDetails(n *plan.Node, vars map[string]any) (single, whole bool) {
	for f := range n.Select(vars) {
		if f.Type == model.TypeExtension {
			single = single || f.Field == "departments"
			whole = whole || details[f.Field]
		}
	}
	return single, whole
}

// onlyIDs says whether a selection asks for nothing but who an object is.
func onlyIDs(n *plan.Node, vars map[string]any) bool {
	if n == nil {
		return false
	}
	for f := range n.Select(vars) {
		if f.Field != "id" && f.Field != "rcId" && f.Field != "__typename" {
			return false
		}
	}
	return true
}

// numberNeed says what of phone numbers the selections on them ask for.
func numberNeed(rows []*plan.Node, vars map[string]any) loader.NumberNeed {
	return loader.NumberNeed{
		Listed:  selects(rows, vars, func(f string) bool { return listedFields[f] }),
		Lacking: rest.Lacking(func(name string) bool { return selects(rows, vars, func(f string) bool { return tells(f, name) }) }),
	}
}

// wantsOwner says whether the selections ask whose phone numbers are.
func wantsOwner(rows []*plan.Node, vars map[string]any) bool {
	return selects(rows, vars, func(f string) bool { return f == "extension" })
}

// toldOfDevices says whether what the account's list tells of devices is enough.
func toldOfDevices(rows []*plan.Node, vars map[string]any) bool {
	return tellsAll(toldFields, rows, vars)
}

// tellsAll says whether the fields that an answer tells of objects are enough.
func tellsAll(fields map[string]map[string]bool, rows []*plan.Node, vars map[string]any) bool {
	for _, row := range rows {
		for f := range row.Select(vars) {
			within, told := fields[f.Field]
			if !told || within != nil && selects([]*plan.Node{f}, vars, func(name string) bool { return !within[name] }) {
				return false
			}
		}
	}
	return true
}

// lackingOfLines says which sources lack something that is asked for of the phone
// numbers of devices' lines.
func lackingOfLines(rows []*plan.Node, vars map[string]any) rest.NumberSources {
	var lacking rest.NumberSources
	for _, row := range rows {
		for line := range row.Select(vars) {
			for f := range line.Select(vars) {
				if line.Field == "phoneLines" && f.Field == "phoneNumber" {
					lacking |= numberNeed([]*plan.Node{f}, vars).Lacking
				}
			}
		}
	}
	return lacking
}

// readsUsableAhead says whether the connection n of an extension's usable numbers asks
// for what is read by their ids.
func readsUsableAhead(n *plan.Node, vars map[string]any) bool {
	rows := n.Rows(vars)
	return wantsOwner(rows, vars) || numberNeed(rows, vars).Lacking.Has(rest.FromOwnList)
}

// deviceNeed says what the connection n of an extension's devices asks for, which shows
// all the devices that it reads, or not.
func deviceNeed(n *plan.Node, vars map[string]any, allShown bool) loader.DeviceNeed {
	rows := n.Rows(vars)
	return loader.DeviceNeed{
		Told:  toldOfDevices(rows, vars),
		Ahead: allShown && lackingOfLines(rows, vars).Has(rest.FromLine),
	}
}

// allShown says whether a list with these arguments shows all rows that it reads.
func allShown(after, before *string, last *int) bool {
	return after == nil && before == nil && last == nil
}

// selects says whether any of the selections asks for a field that is meant.
func selects(rows []*plan.Node, vars map[string]any, is func(field string) bool) bool {
	for _, row := range rows {
		for f := range row.Select(vars) {
			if is(f.Field) {
				return true
			}
		}
	}
	return false
}

// tells says whether a field of the schema shows what the upstream calls name: it
// has the same name, or is the raw one beside an enumeration.
func tells(field, name string) bool {
	if raw := len("raw"); len(field) == len(name)+raw && field[:raw] == "raw" {
		return field[raw+1:] == name[1:] && field[raw]|0x20 == name[0]
	}
	return field == name
}
