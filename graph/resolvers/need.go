package resolvers

import (
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
var known = set("__typename", "id", "rcId", "extensionNumber", "phoneNumbers", "usablePhoneNumbers", "forwardingNumbers", "devices")

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
		Owner:   selects(rows, vars, func(f string) bool { return f == "extension" }),
		Lacking: rest.Lacking(func(name string) bool { return selects(rows, vars, func(f string) bool { return tells(f, name) }) }),
	}
}

// assignedNeed is numberNeed for numbers that are filtered by the gateway.
func assignedNeed(rows []*plan.Node, vars map[string]any, filter rest.PhoneNumberFilter) loader.NumberNeed {
	need := numberNeed(rows, vars)
	if len(filter.PaymentType) > 0 {
		need.Lacking |= rest.Lacking(func(name string) bool { return name == "paymentType" })
	}
	return need
}

// deviceNeed says what of devices the selections on them ask for.
func deviceNeed(rows []*plan.Node, vars map[string]any) loader.DeviceNeed {
	need := loader.DeviceNeed{Told: true}
	for _, row := range rows {
		for f := range row.Select(vars) {
			within, told := toldFields[f.Field]
			need.Told = need.Told && told
			for g := range f.Select(vars) {
				need.Told = need.Told && (within == nil || within[g.Field])
				if f.Field == "phoneLines" && g.Field == "phoneNumber" {
					need.Lines |= numberNeed([]*plan.Node{g}, vars).Lacking
				}
			}
		}
	}
	return need
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
