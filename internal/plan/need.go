package plan

import (
	"maps"

	"github.com/ringql/ringql/internal/rest"
)

const (
	typeAccount   = "Account"
	typeExtension = "Extension"
	typeNode      = "Node" // the interface
)

// NumberNeed says how much of phone numbers is wanted.
type NumberNeed struct {
	// Listed says that what only the extension's own list tells is wanted.
	Listed bool
	// Lacking are the sources that lack something that is wanted.
	Lacking rest.NumberSources
}

// DeviceNeed says how much of devices is wanted.
type DeviceNeed struct {
	// Told says that what the account's list tells of them is enough.
	Told bool
	// Ahead says that the numbers of all their lines will be asked of Complete.
	Ahead bool
}

// The upstream's answers tell different parts of the same object. What a selection
// asks for says which of them will do.

// details are the fields of an extension that only its read by id tells. The
// departments are told only to who asks for one extension alone.
var details = Set("departments", "serviceFeatures", "regionalSettings", "setupWizardState", "rawSetupWizardState", "statusInfo",
	"customFields", "extensionNumbers", "siteAccess", "rawSiteAccess")

// known are the fields of an extension that need no record of it: what every
// reference to it tells, and its relations.
var known = Set("__typename", "id", "rcId", "extensionNumber", "phoneNumbers", "usablePhoneNumbers", "forwardingNumbers", "callFlipNumbers", "devices",
	"callerBlocking", "callerBlockingNumbers", "blockedNumbers", "authorizationProfile", "hasPermission")

// listedFields are the fields of a phone number that only its extension's list tells.
var listedFields = Set("features", "rawFeatures", "country", "subType", "rawSubType")

// ToldOfDevice are the fields of a device that the account's list tells, with what it
// Tells within them. Source: the model GetDeviceInfoResponse of the 2018 description.
var ToldOfDevice = map[string]map[string]bool{
	"__typename": nil, "id": nil, "rcId": nil, "uri": nil, "sku": nil, "type": nil, "rawType": nil, "name": nil, "serial": nil,
	"computerName": nil, "extension": nil, "boxBillingId": nil,
	"model":      Set("__typename", "rcId", "name", "addons"),
	"phoneLines": Set("__typename", "lineType", "rawLineType", "phoneNumber"),
}

// OrderedFields are the fields of a device that an order tells, beside those that the
// account's list tells. Source: the model DeviceResource of the 2018 description.
var OrderedFields = func() map[string]map[string]bool {
	fields := maps.Clone(ToldOfDevice)
	for f := range Set("status", "rawStatus", "emergencyServiceAddress", "shipping", "linePooling", "rawLinePooling") {
		fields[f] = nil
	}
	return fields
}()

// MemberFields are the fields of an extension that every list of members tells, and its
// relations; UserFields those that the list of a paging group's users does; and
// PagedFields those of a device that the list of its devices does.
var (
	MemberFields = union(known, Set("uri"))
	UserFields   = union(MemberFields, Set("name"))
	PagedFields  = Set("__typename", "id", "rcId", "uri", "name")
)

// NamedFields are the fields of a call queue that its id and name are enough for, or that
// are read by themselves.
var NamedFields = Set("__typename", "id", "rcId", "name", "serviceLevelSettings", "editableMemberStatus", "alertTimer", "members")

func union(sets ...map[string]bool) map[string]bool {
	all := map[string]bool{}
	for _, s := range sets {
		maps.Copy(all, s)
	}
	return all
}

// Set is a set of names.
func Set(names ...string) map[string]bool {
	m := make(map[string]bool, len(names))
	for _, n := range names {
		m[n] = true
	}
	return m
}

// NeedsRecord says whether a selection on an extension asks for more than what a
// reference to it tells. Details come from a read of their own.
func NeedsRecord(n *Node, vars map[string]any) bool {
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

// WantsDetails says whether a selection on an extension asks for what only its read by
// its id tells, and for what only a read of it alone tells.
func WantsDetails(n *Node, vars map[string]any) (single, whole bool) {
	for f := range n.Select(vars) {
		if f.Type == typeExtension {
			single = single || f.Field == "departments"
			whole = whole || details[f.Field]
		}
	}
	return single, whole
}

// Lacks says whether a field of an extension is told by no list that tells the fields told,
// and is not read by itself either.
func Lacks(told map[string]bool, field string) bool { return !told[field] && !details[field] }

// OnlyIDs says whether a selection asks for nothing but who an object is.
func OnlyIDs(n *Node, vars map[string]any) bool {
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

// NumberNeedOf says what of phone numbers the selections on them ask for.
func NumberNeedOf(rows []*Node, vars map[string]any) NumberNeed {
	return NumberNeed{
		Listed:  Selects(rows, vars, func(f string) bool { return listedFields[f] }),
		Lacking: rest.Lacking(func(name string) bool { return Selects(rows, vars, func(f string) bool { return Tells(f, name) }) }),
	}
}

// WantsOwner says whether the selections ask whose phone numbers are.
func WantsOwner(rows []*Node, vars map[string]any) bool {
	return Selects(rows, vars, func(f string) bool { return f == "extension" })
}

// ToldOfDevices says whether what the account's list tells of devices is enough.
func ToldOfDevices(rows []*Node, vars map[string]any) bool {
	return TellsAll(ToldOfDevice, rows, vars)
}

// TellsAll says whether the fields that an answer Tells of objects are enough.
func TellsAll(fields map[string]map[string]bool, rows []*Node, vars map[string]any) bool {
	for _, row := range rows {
		for f := range row.Select(vars) {
			within, told := fields[f.Field]
			if !told || within != nil && Selects([]*Node{f}, vars, func(name string) bool { return !within[name] }) {
				return false
			}
		}
	}
	return true
}

// LackingOfLines says which sources lack something that is asked for of the phone
// numbers of devices' lines.
func LackingOfLines(rows []*Node, vars map[string]any) rest.NumberSources {
	var lacking rest.NumberSources
	for _, row := range rows {
		for line := range row.Select(vars) {
			for f := range line.Select(vars) {
				if line.Field == "phoneLines" && f.Field == "phoneNumber" {
					lacking |= NumberNeedOf([]*Node{f}, vars).Lacking
				}
			}
		}
	}
	return lacking
}

// ReadsUsableAhead says whether the connection n of an extension's usable numbers asks
// for what is read by their ids.
func ReadsUsableAhead(n *Node, vars map[string]any) bool {
	rows := n.Rows(vars)
	return WantsOwner(rows, vars) || NumberNeedOf(rows, vars).Lacking.Has(rest.FromOwnList)
}

// DeviceNeedOf says what the connection n of an extension's devices asks for, which shows
// all the devices that it reads, or not.
func DeviceNeedOf(n *Node, vars map[string]any, allShown bool) DeviceNeed {
	rows := n.Rows(vars)
	return DeviceNeed{
		Told:  ToldOfDevices(rows, vars),
		Ahead: allShown && LackingOfLines(rows, vars).Has(rest.FromLine),
	}
}

// AllShown says whether a list with these arguments shows all rows that it reads.
func AllShown(after, before *string, last *int) bool {
	return after == nil && before == nil && last == nil
}

// Selects says whether any of the selections asks for a field that is meant.
func Selects(rows []*Node, vars map[string]any, is func(field string) bool) bool {
	for _, row := range rows {
		for f := range row.Select(vars) {
			if is(f.Field) {
				return true
			}
		}
	}
	return false
}

// Tells says whether a field of the schema shows what the upstream calls name: it
// has the same name, or is the raw one beside an enumeration.
func Tells(field, name string) bool {
	if raw := len("raw"); len(field) == len(name)+raw && field[:raw] == "raw" {
		return field[raw+1:] == name[1:] && field[raw]|0x20 == name[0]
	}
	return field == name
}

// OnlyCountries says whether a selection on a brand asks for nothing that the dictionary
// of brands tells.
func OnlyCountries(n *Node, vars map[string]any) bool {
	return n != nil && !Selects([]*Node{n}, vars, func(f string) bool {
		return f != "__typename" && f != "rcId" && f != "contractedCountries" && f != "domesticCountries"
	})
}
