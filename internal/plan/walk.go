package plan

import (
	"encoding/json"
	"hash/maphash"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/ringql/ringql/internal/paging"
	"github.com/ringql/ringql/internal/rest"
)

// rule prices one field of the schema: what reading it costs, and what is selected on it.
type rule func(w *walk, n *Node, on objects)

// rules are the fields whose price is more than a call for each object that they are
// selected on: by type, and by field. What they do must be what the resolvers do.
var rules map[string]map[string]rule

func init() { //nolint:gochecknoinits // the rules call each other through the table
	rules = map[string]map[string]rule{
		"Query": queryRules, "Account": accountRules, "ServiceInfo": serviceInfoRules, "Extension": extensionRules,
		"PhoneNumber": phoneNumberRules, "Device": deviceRules, "PhoneLine": phoneLineRules, "ForwardingNumber": forwardingNumberRules,
		"CallQueue": callQueueRules, "PagingGroup": pagingGroupRules, "ParkLocation": parkLocationRules,
		"License": licenseRules, "Brand": brandRules, "Country": countryRules, "ServicePlan": servicePlanRules,
		"DeviceOrder": deviceOrderRules, "Subscription": subscriptionRules, "ContactCenterPhoneNumberEvent": numberEventRules,
		"ExtensionEvent": extensionEventRules,
	}
}

// selection prices what is selected on some objects.
func (w *walk) selection(n *Node, on objects) {
	for f := range n.Select(w.vars) {
		w.fieldOf(f.Type, f, on)
	}
}

// fieldOf prices a field of objects of one type; it may have been selected on an interface.
func (w *walk) fieldOf(typ string, f *Node, on objects) {
	before := w.deferred
	w.deferred = before || f.Deferred()
	if r := rules[typ][f.Field]; r != nil {
		r(w, f, on)
	} else {
		w.field(f, on)
	}
	w.deferred = before
}

// field prices a field without a rule.
func (w *walk) field(f *Node, on objects) {
	switch f.Field {
	case "nodes", "edges", "node": // the rows of a connection
		w.selection(f, on)
		return
	}
	ops := f.operations
	if len(ops) == 0 {
		w.selection(f, objects{n: on.n, name: on.name + "/" + f.Field})
		return
	}
	if strings.HasPrefix(f.Type, "Mutation") {
		w.mutation(f, ops)
		return
	}
	fc, ok := w.foresee(f, 0, false)
	i := slices.IndexFunc(ops, func(o *rest.Operation) bool { return w.facts.Served(o.ID) })
	if !ok || i < 0 {
		return // it will be refused
	}
	before := w.maybe
	w.maybe = before || refusable(w.args(f))
	args := w.args(f)
	if f.connection() {
		args = others(args)
	} else if n, given := number(args["first"]); given && n == 0 {
		return // nothing is looked for
	}
	name := f.Field + short(canonical(args))
	if paged[f.Field] {
		w.eachList(ops[i], f, on, "object", name, fc)
	} else if w.first(on.name + "/" + name) {
		w.add(Line{Operation: ops[i], Place: f, Calls: on.n, Of: "object", Things: on.n, InOneCall: 1, apart: on.named})
	}
	w.maybe = before
	w.selection(f, objects{n: on.n, name: on.name + "/" + w.label(f)})
}

// paged are the lists without a rule that the upstream serves by pages: of others, all windows
// are cut from one answer.
var paged = Set("callerBlockingNumbers", "blockedNumbers", "domesticCountries")

// wholeList is a list whose rows are all read, if they fill no more than a page.
var wholeList = paging.Forecast{Pages: []paging.Page{{Number: 1, Size: rest.MostPerPage}}}

// eachList prices the pages of a list of each of some objects.
func (w *walk) eachList(o *rest.Operation, f *Node, on objects, of, list string, fc paging.Forecast) {
	var sizes []int
	for _, p := range fc.Pages {
		if w.first(pageName(on.name, list, p.Number, p.Size)) {
			sizes = append(sizes, p.Size)
		}
	}
	if len(sizes) == 0 {
		return
	}
	calls := on.n.times(Size{1, len(sizes), len(sizes) + fc.More})
	w.add(Line{Operation: o, Place: f, Calls: calls, Of: of, Things: on.n, InOneCall: 1, PerPage: sizes, apart: on.named})
}

// connection says whether n shows a window of a list.
func (n *Node) connection() bool {
	return len(n.Children) > 0 && strings.HasSuffix(n.Children[0].Type, "Connection")
}

// windowArguments are those of which is known beforehand whether they will do.
var windowArguments = Set("first", "last", "after", "before")

// others are the arguments that do not say which window of a list is shown.
func others(args map[string]any) map[string]any {
	args = maps.Clone(args)
	maps.DeleteFunc(args, func(name string, _ any) bool { return windowArguments[name] })
	return args
}

// refusable says whether a field may refuse its arguments, and then sends nothing.
func refusable(args map[string]any) bool {
	for name, v := range args {
		if v != nil && !windowArguments[name] {
			return true
		}
	}
	return false
}

// mutation prices a change as far as can be said: the change itself for each item, and at
// most as many reads besides.
func (w *walk) mutation(f *Node, ops []*rest.Operation) {
	items := Exactly(1)
	input, _ := w.args(f)["input"].(map[string]any)
	for _, v := range input {
		if list, ok := v.([]any); ok && len(list) > items.Most {
			items = Size{1, len(list), len(list)}
		}
	}
	likely := true
	for _, o := range ops {
		calls := items
		if calls.Least = 0; !likely || o.Method == http.MethodGet {
			calls.Expected = 0
		}
		if o.Method == http.MethodGet {
			calls.Most = 2 * items.Most // what is to be changed is looked at, and what was changed
		}
		likely = likely && o.Method == http.MethodGet
		w.add(Line{Operation: o, Place: f, Calls: calls, Of: "item", Things: items, InOneCall: 1})
	}
	before := w.maybe
	w.maybe = true // the change may be refused, and leave nothing to show
	w.selection(f, objects{n: items, name: w.label(f)})
	w.maybe = before
}

// once is the rule of fields that share one read of the object they are selected on.
func once(o *rest.Operation, name, of string) rule {
	return func(w *walk, f *Node, on objects) {
		if w.first(on.name + "/" + name) {
			w.add(Line{Operation: o, Place: f, Calls: on.n, Of: of, Things: on.n, InOneCall: 1, apart: on.named})
		}
		w.selection(f, objects{n: on.n, name: on.name + "/" + f.Field})
	}
}

// each puts one rule on several fields.
func each(r rule, fields ...string) map[string]rule {
	m := make(map[string]rule, len(fields))
	for _, f := range fields {
		m[f] = r
	}
	return m
}

// with adds rules to others.
func with(rules map[string]rule, more map[string]rule) map[string]rule {
	maps.Copy(rules, more)
	return rules
}

// label names a field with its arguments, the same for every query that asks the same.
func (n *Node) label(vars map[string]any) string {
	return n.Field + short(canonical(n.Args(vars)))
}

// short stands for arguments in names: names of what lies below grow with them, and are kept.
// They never leave the process.
func short(args string) string {
	if len(args) <= longestArgument {
		return args
	}
	return strconv.Itoa(len(args)) + "#" + strconv.FormatUint(maphash.String(seed, args), 36)
}

const longestArgument = 64 // of those that stand in names as they are

var seed = maphash.MakeSeed()

// canonical writes arguments without those that are null, long texts by their hash; "" for
// none.
func canonical(args map[string]any) string {
	given := given(args)
	if given == nil {
		return ""
	}
	b, err := json.Marshal(given) // in the order of the names
	if err != nil {
		return ""
	}
	return string(b)
}

// given are the arguments that are not null; nil for none.
func given(args map[string]any) map[string]any {
	var out map[string]any
	for name, v := range args {
		switch of := v.(type) {
		case nil:
			continue
		case string:
			v = short(of)
		case map[string]any:
			fields := given(of)
			if fields == nil {
				continue
			}
			v = fields
		}
		if out == nil {
			out = make(map[string]any, len(args))
		}
		out[name] = v
	}
	return out
}

// ListName is the name under which the length of the list is known that n is a window of.
func ListName(n *Node, vars map[string]any) string {
	filter, _ := n.Args(vars)["filter"].(map[string]any)
	return n.Field + short(canonical(filter))
}

// Label names what belongs to the objects that n shows: "owners of" them, say.
func Label(what string, n *Node, vars map[string]any) string {
	if n.within == nil {
		return what
	}
	if !rowFields[n.Field] {
		what += "/" + n.label(vars)
	}
	return Label(what, n.within, vars)
}

// rowFields lead to the rows of a connection.
var rowFields = Set("nodes", "edges", "node")

// LabelOf names what belongs to so many things.
func LabelOf(what string, n int) string { return what + " " + strconv.Itoa(n) }

// window prices a window of a list of the account at hand, and returns how many rows it
// shows.
func (w *walk) window(o *rest.Operation, f *Node, of string) (rows Size) {
	name := w.listName(f)
	total, known := w.facts.Count(w.account, name)
	fc, ok := w.foresee(f, total, known)
	if !ok {
		return Exactly(0) // it will be refused
	}
	var sizes []int
	for _, p := range fc.Pages {
		if w.first(pageName(w.account, name, p.Number, p.Size)) {
			sizes = append(sizes, p.Size)
		}
	}
	if known && len(fc.Pages) > 0 && fc.Pages[0].Number == 1 && fc.Pages[0].Size >= total {
		w.first(pageName(w.account, name, 1, rest.MostPerPage)) // the page is the whole list
	}
	rows = Exactly(fc.Rows)
	if !fc.Sure {
		rows = UpTo(fc.Rows)
	}
	if len(sizes) > 0 {
		calls := Size{1, len(sizes), len(sizes) + fc.More}
		if fc.Sure {
			calls = Exactly(len(sizes))
		}
		filter, _ := w.args(f)["filter"].(map[string]any)
		w.add(Line{Operation: o, Place: f, Calls: calls, Of: of, Things: rows, PerPage: sizes, apart: fc.Sure, Maybe: !fc.Sure && refusable(filter)})
	}
	return rows
}

func pageName(account, list string, page, perPage int) string {
	return account + "/" + list + " page " + strconv.Itoa(page) + " of " + strconv.Itoa(perPage)
}

func (w *walk) foresee(f *Node, total int, known bool) (paging.Forecast, bool) {
	var a paging.Args
	args := w.args(f)
	for name, into := range map[string]**int{"first": &a.First, "last": &a.Last} {
		if n, ok := number(args[name]); ok {
			*into = &n
		}
	}
	for name, into := range map[string]**string{"after": &a.After, "before": &a.Before} {
		if s, ok := args[name].(string); ok {
			*into = &s
		}
	}
	return paging.Foresee(a, w.facts.MostRows, total, known)
}

// number reads an Int argument.
func number(v any) (int, bool) {
	switch v := v.(type) {
	case int64:
		return int(v), true
	case int:
		return v, true
	case float64:
		return int(v), true
	case json.Number:
		n, err := v.Int64()
		return int(n), err == nil
	}
	return 0, false
}

// id is the argument of that name.
func (w *walk) id(f *Node) string { return Text(w.args(f)["id"]) }

// Text reads an argument of type ID, which may have been written as a number; "" for none.
func Text(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case json.Number:
		return v.String()
	case int64:
		return strconv.FormatInt(v, 10)
	case int:
		return strconv.Itoa(v)
	}
	return ""
}

// Texts is Text for a list, in whose place one value may stand.
func Texts(v any) []string {
	list, ok := v.([]any)
	switch {
	case v == nil:
		return nil
	case !ok:
		return []string{Text(v)}
	}
	texts := make([]string, len(list))
	for i := range list {
		texts[i] = Text(list[i])
	}
	return texts
}
