package plan

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/ringql/ringql/internal/budget"
	"github.com/ringql/ringql/internal/paging"
	"github.com/ringql/ringql/internal/rest"
)

// namedExtensions prices extensions of the account at hand that a query names.
func (w *walk) namedExtensions(f *Node, ids []string) {
	own := len(ids) == 1 && ids[0] == rest.Own
	known := !own || w.facts.Extension != "" // else what is asked of it waits for its record
	on := objects{n: Exactly(len(ids)), record: whole, named: len(ids) == 1 && known}
	alone, _ := WantsDetails(f, w.vars)
	named := make([]string, len(ids))
	for i, id := range ids {
		if id == rest.Own {
			id = cmp.Or(w.facts.Extension, rest.Own)
		}
		named[i] = id
		switch {
		case alone: // each is read by itself, which tells all
			on.record = listed
		case !w.first("extension " + w.account + "/" + id):
		case id == rest.Own: // which cannot stand among many
			w.apart(readExtension, f, "extension")
		default:
			w.together(readExtension, f, "extension", Exactly(1))
		}
	}
	on.name = "extensions of " + w.account + " " + short(strings.Join(named, " "))
	on.record = w.records([]*Node{f}, on)
	if own && known {
		w.selectionOf(f, typeExtension, on)
	} else {
		w.selectionIfFound(f, typeExtension, on, nil)
	}
}

// extensions prices what rows ask of some extensions, and what is selected under f.
func (w *walk) extensions(f *Node, rows []*Node, on objects) {
	on.record = w.records(rows, on)
	w.selection(f, on)
}

// records prices what of the records of extensions is asked for and not at hand.
func (w *walk) records(rows []*Node, on objects) recordState {
	have := on.record
	for _, row := range rows {
		switch alone, details := WantsDetails(row, w.vars); {
		case alone && on.record < single:
			if w.first(on.name + "/single") {
				w.one(readExtension, row, "extension", on.n)
			}
			have = max(have, single)
		case details && on.record < whole:
			if w.first(on.name + "/whole") {
				w.byIDs(readExtension, row, "extension", on.n)
			}
			have = max(have, whole)
		case on.record == mentioned && NeedsRecord(row, w.vars):
			if w.first(on.name + "/record") {
				w.mentioned(row, on)
			}
			have = max(have, listed)
		}
	}
	return have
}

// mentioned prices the records of extensions that other records refer to.
func (w *walk) mentioned(row *Node, on objects) {
	if w.listsAll(row) {
		return // a list of this very query tells them
	}
	total, known := w.facts.Count(w.account, ExtensionTotal)
	listPages := 1
	if known {
		listPages = Pages(total, rest.MostPerPage)
		on.n = on.n.atMost(Exactly(total))
	}
	facts := Extensions{Wanted: on.n.Expected, Unread: w.unread(ExtensionTotal, listPages), InOneCall: w.facts.InOneCall(readExtension.ID)}
	options := facts.Options()
	need := ExtensionsNeed(w.account)
	if w.est.Choices[need] == ByIDs {
		delete(w.est.Choices, need) // those before were few
	}
	before := len(w.est.Lines)
	way := w.choose(need, on.n.Exact() && known, func(f Funds) (int, error) { return f.Choose(options) })
	if way == ByIDs && on.n.Exact() {
		w.est.Choices[need] = way // however many there are
	}
	_, sure := w.est.Choices[need]
	switch {
	case way == ByList && listPages > 0:
		w.listPages(listExtensions, row, ExtensionTotal, "extension", listPages, known)
	default:
		way = ByIDs
		w.byIDs(readExtension, row, "extension", on.n)
		w.est.Lines[before].need = need
	}
	if len(w.est.Lines) == before {
		return // the list was priced before
	}
	w.est.Lines[before].ways(options, way)
	w.est.Lines[before].Maybe = true // lists and reads besides may tell them all
	switch {
	case sure:
	case way == ByIDs:
		w.instead(func() { w.listPages(listExtensions, row, ExtensionTotal, "extension", listPages, known) })
	default:
		w.instead(func() { w.byIDs(readExtension, row, "extension", on.n) })
	}
}

// instead prices a way that was not chosen, for where the choice is not sure: which is taken
// will be known when it is known of how many objects, and the one may be left for the other.
func (w *walk) instead(price func()) {
	chosen := len(w.est.Lines)
	w.est.Lines[chosen-1].Calls.Least = 0
	w.tried = []string{}
	price()
	for _, name := range w.tried {
		delete(w.counted, name)
	}
	w.tried = nil
	for i := range w.est.Lines[chosen:] {
		l := &w.est.Lines[chosen+i]
		w.spent[l.Group] -= l.Calls.Expected
		l.Calls.Least, l.Calls.Expected = 0, 0
	}
}

// ExtensionsNeed names the need, for which a way is chosen, of whatever mentions extensions.
// They share one way: a list that is read for some tells the others.
func ExtensionsNeed(account string) string { return "extensions of " + account }

// NumbersNeed names the need of the numbers assigned to n extensions.
func NumbersNeed(account string, n int, need NumberNeed) string {
	return fmt.Sprintf("numbers of %s: %d %v", account, n, need)
}

// DevicesNeed names the need of the devices of n extensions.
func DevicesNeed(account string, n int) string { return fmt.Sprintf("devices of %s: %d", account, n) }

// ways notes which way was chosen, and which were not.
func (l *Line) ways(options []Option, chosen int) {
	if len(options) < 2 {
		return
	}
	l.Way, l.Rejected = options[chosen].Name, nil
	for i, o := range options {
		if i != chosen {
			l.Rejected = append(l.Rejected, o)
		}
	}
}

// listsAll says whether the query shows all extensions of the account in one list.
func (w *walk) listsAll(n *Node) bool {
	root := n
	for root.within != nil {
		root = root.within
	}
	total, known := w.facts.Count(w.account, ExtensionTotal)
	if !known {
		return false
	}
	for account := range root.Select(w.vars) {
		if path, _ := w.accountOf(account); account.Field != "account" || path != w.account {
			continue
		}
		for f := range account.Select(w.vars) {
			if f.Field != "extensions" || w.listName(f) != ExtensionTotal {
				continue
			}
			if fc, ok := w.foresee(f, total, true); ok && fc.Rows == total {
				return true
			}
		}
	}
	return false
}

// unread is how many of the first pages of a list of the account are not counted yet.
func (w *walk) unread(list string, pages int) int {
	n := 0
	for page := 1; page <= pages; page++ {
		if !w.counted[pageName(w.account, list, page, rest.MostPerPage)] {
			n++
		}
	}
	return n
}

// listPages prices the first pages of a list of the account.
func (w *walk) listPages(o *rest.Operation, place *Node, list, of string, pages int, known bool) {
	var sizes []int
	for page := 1; page <= pages; page++ {
		if w.first(pageName(w.account, list, page, rest.MostPerPage)) {
			sizes = append(sizes, rest.MostPerPage)
		}
	}
	if len(sizes) == 0 {
		return
	}
	calls := Exactly(len(sizes))
	if !known { // no more are read than can be paid
		calls.Least, calls.Most = min(1, calls.Least), max(calls.Most, w.facts.Funds.Left(o.Group))
	}
	rows := UpTo(pages * rest.MostPerPage)
	if total, counted := w.facts.Count(w.account, list); counted {
		rows = Exactly(total)
	}
	w.add(Line{Operation: o, Place: place, Calls: calls, Of: of, Things: rows, PerPage: sizes})
}

// detailRule is the rule of a field that the record tells, which was priced with the others.
func detailRule(w *walk, f *Node, on objects) {
	w.selection(f, objects{n: on.n, name: on.name + "/" + f.Field})
}

var extensionRules = with(each(detailRule, slices.Collect(maps.Keys(details))...), map[string]rule{
	"phoneNumbers":       assignedRule,
	"usablePhoneNumbers": usableRule,
	"forwardingNumbers":  forwardingRule,
	"callFlipNumbers":    forwardingRule,
	"devices":            devicesRule,
	"departments": func(w *walk, f *Node, on objects) {
		n := on.n.times(UpTo(10))
		w.extensions(f, []*Node{f}, objects{n: w.count(w.labelOf("departments", f), n), name: "departments of " + on.name})
	},
	"callQueue": func(w *walk, f *Node, on objects) {
		set := objects{n: w.count(w.labelOf("among", f), on.n), name: "queues among " + on.name}
		if Selects([]*Node{f}, w.vars, func(field string) bool { return field == "uri" }) {
			w.one(readCallQueueInfo, f, "call queue", set.n)
			set.record = whole
		}
		w.selection(f, set)
	},
	"pagingGroup": amongRule, "parkLocation": amongRule,
})

// amongRule is the rule of a field that some of the extensions have.
func amongRule(w *walk, f *Node, on objects) {
	w.selection(f, objects{n: w.count(w.labelOf("among", f), on.n), name: f.Field + " among " + on.name, record: whole})
}

// firstForwarding is how many numbers are read first of a whole list.
const firstForwarding = 100

func forwardingRule(w *walk, f *Node, on objects) {
	fc := paging.Forecast{Pages: []paging.Page{{Number: 1, Size: firstForwarding}}}
	filter, _ := w.args(f)["filter"].(map[string]any)
	if f.Field == "forwardingNumbers" && canonical(filter) == "" {
		var ok bool
		if fc, ok = w.foresee(f, 0, false); !ok {
			return
		}
	}
	w.eachList(listForwardingNumbers, f, on, "extension", "forwarding", fc)
	w.selection(f, objects{n: on.n.times(UpTo(10)), name: on.name + "/" + w.label(f), owners: &on})
}

func devicesRule(w *walk, f *Node, on objects) {
	fc, ok := w.foresee(f, 0, false)
	if !ok || len(fc.Pages) == 0 {
		return
	}
	args := w.args(f)
	filter, _ := args["filter"].(map[string]any)
	shown := args["after"] == nil && args["before"] == nil && args["last"] == nil
	need := DeviceNeedOf(f, w.vars, shown)
	set := objects{n: on.n.times(Size{0, 1, rest.MostPerPage}), name: on.name + "/" + w.label(f), owners: &on, source: rest.FromLine}
	list := pageName("", "devices"+short(canonical(filter)), fc.Pages[0].Number, fc.Pages[0].Size)
	if w.first(on.name + list) {
		w.devices(f, on, list, need.Told && canonical(filter) == "", fc.Pages[0].Size)
	}
	if need.Ahead && w.first(set.name+"/lines") {
		w.byIDs(readAccountPhoneNumber, f, "phone number", w.count(LabelOf("lines of extensions", on.n.Expected), set.n))
	}
	w.selection(f, set)
}

func (w *walk) devices(f *Node, on objects, list string, told bool, size int) {
	total, known := w.facts.Count(w.account, DeviceTotal)
	if !known {
		total = rest.MostPerPage
	}
	in := w.facts.InOneCall(listExtensionDevices.ID)
	told = told && (w.facts.Preference == rest.OnlyV1 || w.facts.Funds.Left(budget.Light) < Pages(rest.MostPerPage, in))
	facts := Devices{
		Extensions: on.n.Expected, Unread: w.unread(DeviceTotal, Pages(total, rest.MostPerPage)), InOneCall: in,
		Listed: told && w.facts.Preference != rest.OnlyV2, Preferred: w.facts.Preference == rest.OnlyV1,
	}
	options := facts.Options()
	way := w.choose(DevicesNeed(w.account, facts.Extensions), on.n.Exact(), facts.Choose)
	before := len(w.est.Lines)
	switch {
	case way == ByList:
		w.listPages(listAccountDevices, f, DeviceTotal, "device", Pages(total, rest.MostPerPage), known)
	case on.named: // with others that a query names
		l := w.pagesTogether(listExtensionDevices, f, "extension", list, on.n)
		l.PerPage = []int{size}
		l.ways(options, way)
	default:
		w.byIDs(listExtensionDevices, f, "extension", on.n)
		w.est.Lines[before].PerPage = []int{size}
	}
	if len(w.est.Lines) > before {
		w.est.Lines[before].ways(options, way)
	}
}
