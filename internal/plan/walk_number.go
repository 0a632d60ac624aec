package plan

import (
	"github.com/ringql/ringql/internal/rest"
)

// ownersOf are the extensions that the rows which f shows belong to.
func (w *walk) ownersOf(f *Node, rows objects) *objects {
	most := rows.n
	if total, known := w.facts.Count(w.account, ExtensionTotal); known {
		most = most.atMost(Exactly(total))
	}
	return &objects{n: w.count(w.labelOf("owners", f), most), name: "owners of " + rows.name}
}

// accountNumbers prices the account's list of phone numbers.
func accountNumbers(w *walk, f *Node, on objects) {
	o, source := listAccountPhoneNumbers, rest.FromRead
	filter, _ := w.args(f)["filter"].(map[string]any)
	if w.facts.NumbersFromV2 || w.facts.OnlyV2(filter) {
		o, source = listAccountNumbersV2, rest.FromV2
	}
	set := objects{n: w.window(o, f, "phone number"), name: on.name + "/" + w.label(f), source: source}
	if NumberNeedOf(f.Rows(w.vars), w.vars).Lacking.Has(source) && w.first(set.name+"/whole") {
		w.byIDs(readAccountPhoneNumber, f, "phone number", set.n)
	}
	set.owners = w.ownersOf(f, set)
	w.selection(f, set)
}

// assignedRule prices the numbers assigned to extensions.
func assignedRule(w *walk, f *Node, on objects) {
	if _, ok := w.foresee(f, 0, false); !ok {
		return
	}
	need := NumberNeedOf(f.Rows(w.vars), w.vars)
	set := objects{n: w.count(LabelOf("assigned to", on.n.Expected), on.n.times(Size{0, 2, rest.MostPerPage})), owners: &on, record: single}
	all, known := w.facts.Count(w.account, PhoneNumberTotal)
	if !known {
		all = rest.MostPerPage
		if extensions, ok := w.facts.Count(w.account, ExtensionTotal); ok {
			all = 2 * extensions
		}
	}
	facts := Numbers{
		Need: need, Extensions: on.n.Expected, All: all, Unread: w.unread(PhoneNumberTotal, Pages(all, rest.MostPerPage)),
		FromV2: w.facts.NumbersFromV2, InOneCall: w.facts.InOneCall(readAccountPhoneNumber.ID),
	}
	options := facts.Options()
	way := w.choose(NumbersNeed(w.account, facts.Extensions, need), on.n.Exact(), func(f Funds) (int, error) { return f.Choose(options) })
	set.name = on.name + "/" + NumbersNeed(w.account, facts.Extensions, need)
	if w.first(set.name) && on.n.Most > 0 {
		before := len(w.est.Lines)
		if way == ByAccountList {
			w.dealtOut(f, on, set, facts, known)
		} else {
			w.fromOwnLists(f, on)
		}
		if len(w.est.Lines) > before {
			l := &w.est.Lines[before]
			l.Way, l.Rejected = options[way].Name, []Option{options[1-way]}
		}
	}
	w.selection(f, set)
}

// dealtOut prices the numbers of the account's list.
func (w *walk) dealtOut(f *Node, on, set objects, facts Numbers, known bool) {
	o := listAccountPhoneNumbers
	if facts.FromV2 {
		o = listAccountNumbersV2
	}
	w.listPages(o, f, PhoneNumberTotal, "phone number", Pages(facts.All, rest.MostPerPage), known)
	if facts.FromV2 && facts.Need.Lacking.Has(rest.FromV2) {
		w.byIDs(readAccountPhoneNumber, f, "phone number", set.n)
	}
	if facts.Need.Listed {
		owners := on
		owners.n = w.count(LabelOf("with numbers of", on.n.Expected), on.n)
		w.eachList(listExtensionNumbers, f, owners, "extension", "usable", wholeList)
	}
}

// fromOwnLists prices the numbers of extensions by what each may use.
func (w *walk) fromOwnLists(f *Node, on objects) {
	w.eachList(listExtensionNumbers, f, on, "extension", "usable", wholeList)
	w.byIDs(readAccountPhoneNumber, f, "phone number", w.count(LabelOf("asked of", on.n.Expected), on.n.times(Size{0, 2, rest.MostPerPage})))
}

// usableRule prices what extensions may use.
func usableRule(w *walk, f *Node, on objects) {
	fc, ok := w.foresee(f, 0, false)
	if !ok || len(fc.Pages) == 0 {
		return
	}
	args := w.args(f)
	filter, _ := args["filter"].(map[string]any)
	w.eachList(listExtensionNumbers, f, on, "extension", "usable"+short(canonical(filter)), fc)
	set := objects{
		n:    w.count(LabelOf("usable by", on.n.Expected)+short(canonical(filter)), on.n.times(Size{0, 2, rest.MostPerPage})),
		name: on.name + "/" + w.label(f), source: rest.FromOwnList, record: single,
	}
	if args["after"] == nil && args["before"] == nil && args["last"] == nil && ReadsUsableAhead(f, w.vars) && w.first(set.name+"/whole") {
		w.byIDs(readAccountPhoneNumber, f, "phone number", set.n)
	}
	set.owners = w.ownersOf(f, set)
	w.selection(f, set)
}

var phoneNumberRules = with(each(listedRule, "features", "rawFeatures", "subType", "rawSubType", "country"), map[string]rule{
	"extension": ownerRule,
})

// listedRule prices what only the list of its owner tells of a number.
func listedRule(w *walk, f *Node, on objects) {
	if on.record != single && on.owners != nil {
		w.eachList(listExtensionNumbers, f, *on.owners, "extension", "usable", wholeList)
	}
	w.selection(f, objects{n: on.n, name: on.name + "/" + f.Field})
}

// ownerRule prices the extension that something belongs to.
func ownerRule(w *walk, f *Node, on objects) {
	owners := objects{n: on.n, name: "owners of " + on.name}
	if on.owners != nil {
		owners = *on.owners
	}
	w.extensions(f, []*Node{f}, owners)
}

// accountDevices prices the devices of the account: its list, or where there is none those
// of all its extensions.
func accountDevices(w *walk, f *Node, on objects) {
	var rows Size
	served := w.facts.Preference != rest.OnlyV2 && w.facts.Served(listAccountDevices.ID)
	if served {
		rows = w.window(listAccountDevices, f, "device")
	} else {
		rows = w.gathered(f)
	}
	set := objects{n: rows, name: on.name + "/" + w.label(f), source: rest.FromLine}
	set.owners = w.ownersOf(f, set)
	if served && !ToldOfDevices(f.Rows(w.vars), w.vars) && w.first(set.name+"/whole") {
		w.byIDs(readDevice, f, "device", rows)
	}
	w.lines(f, f.Rows(w.vars), set)
	w.selection(f, set)
}

// gathered prices the devices of all extensions of the account.
func (w *walk) gathered(f *Node) Size {
	total, known := w.facts.Count(w.account, ExtensionTotal)
	extensions := Exactly(total)
	if !known {
		extensions = UpTo(rest.MostPerPage)
	}
	w.listPages(listExtensions, f, ExtensionTotal, "extension", max(1, Pages(total, rest.MostPerPage)), known)
	w.byIDs(listExtensionDevices, f, "extension", extensions)
	return w.count(w.labelOf("rows", f), extensions)
}

// lines prices what is asked of the numbers of devices' lines and not told there.
func (w *walk) lines(f *Node, rows []*Node, on objects) {
	if LackingOfLines(rows, w.vars).Has(rest.FromLine) && w.first(on.name+"/lines") {
		w.byIDs(readAccountPhoneNumber, f, "phone number", w.count(LabelOf("lines of devices", on.n.Expected), on.n))
	}
}

var deviceRules = map[string]rule{
	"extension": ownerRule,
	"phoneLines": func(w *walk, f *Node, on objects) {
		w.selection(f, objects{n: on.n, name: on.name + "/lines", owners: on.owners})
	},
}

var phoneLineRules = map[string]rule{
	"phoneNumber": func(w *walk, f *Node, on objects) {
		w.selection(f, objects{n: on.n, name: on.name + "/numbers", owners: on.owners, source: rest.FromLine})
	},
}

var forwardingNumberRules = map[string]rule{
	"extension": ownerRule,
	"device": func(w *walk, f *Node, on objects) {
		set := objects{n: w.count(w.labelOf("among", f), on.n), name: on.name + "/device", owners: on.owners}
		if !OnlyIDs(f, w.vars) {
			w.byIDs(readDevice, f, "device", set.n)
		}
		w.selection(f, set)
	},
}

var licenseRules = map[string]rule{"extension": ownerRule}

var callQueueRules = with(each(func(w *walk, f *Node, on objects) {
	if on.record != whole && w.first(on.name+"/info") {
		w.one(readCallQueueInfo, f, "call queue", on.n)
	}
}, "serviceLevelSettings", "editableMemberStatus", "alertTimer"), map[string]rule{
	"extension": func(w *walk, f *Node, on objects) {
		w.extensions(f, []*Node{f}, objects{n: on.n, name: "extensions of " + on.name})
	},
	"members": membersRule(listCallQueueMembers, MemberFields),
})

var pagingGroupRules = map[string]rule{
	"users": membersRule(listPagingGroupUsers, UserFields),
	"devices": func(w *walk, f *Node, on objects) {
		if fc, ok := w.foresee(f, 0, false); ok && len(fc.Pages) > 0 {
			w.eachList(listPagingGroupDevices, f, on, "paging group", "devices", fc)
		}
		set := objects{n: w.count(w.labelOf("members", f), on.n.times(UpTo(25))), name: on.name + "/" + w.label(f)}
		if Selects(f.Rows(w.vars), w.vars, func(field string) bool { return !PagedFields[field] }) {
			w.byIDs(readDevice, f, "device", set.n)
		}
		set.owners = w.ownersOf(f, set)
		w.lines(f, f.Rows(w.vars), set)
		w.selection(f, set)
	},
}

var parkLocationRules = map[string]rule{"users": membersRule(getParkLocationUsers, MemberFields)}

// membersRule prices the members of groups, of which a list tells the fields told.
func membersRule(o *rest.Operation, told map[string]bool) rule {
	return func(w *walk, f *Node, on objects) {
		fc, ok := w.foresee(f, 0, false)
		if !ok || len(fc.Pages) == 0 {
			return
		}
		w.eachList(o, f, on, "group", "members", fc)
		set := objects{n: w.count(w.labelOf("members", f), on.n.times(UpTo(100))), name: on.name + "/" + w.label(f), record: listed}
		lacks := func(field string) bool { return Lacks(told, field) }
		single, details := false, false
		for _, row := range f.Rows(w.vars) {
			s, d := WantsDetails(row, w.vars)
			single, details = single || s, details || d
		}
		if Selects(f.Rows(w.vars), w.vars, lacks) && !single && !details && w.first(set.name+"/record") {
			w.mentioned(f, set)
		}
		w.extensions(f, f.Rows(w.vars), set)
	}
}
