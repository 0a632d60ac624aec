package plan

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/ringql/ringql/internal/budget"
	"github.com/ringql/ringql/internal/rest"
)

// Facts are what is known of a person and their account before an operation runs.
type Facts struct {
	// Count tells how many there are of what a name stands for: see the names below.
	Count func(account, name string) (n int, known bool)
	// Account is the real id of the person's own account, Extension that of their own
	// extension; "" where not known.
	Account, Extension string
	// Path is how an account is written in requests.
	Path func(account string) string
	// TypeOf is the type of what a global id names, and Locate the account and the id there of
	// an object of a type that an argument names; "" is the type of dictionaries' entries. They
	// are false for what the field refuses.
	TypeOf func(globalID string) (typ string, ok bool)
	Locate func(typ, id string) (account, rcID string, ok bool)
	// InOneCall tells how many ids one call of an operation names.
	InOneCall func(operation string) int
	// NumbersFromV2 says that the account's list of numbers comes from v2.
	NumbersFromV2 bool
	// OnlyV2 says whether a filter of that list is one that only v2 can apply.
	OnlyV2 func(filter map[string]any) bool
	// Preference is which generation is called.
	Preference rest.Preference
	// Served says whether the upstream is thought to serve an operation.
	Served func(operation string) bool
	// Payer is the group that a call is counted in.
	Payer func(o *rest.Operation) budget.Group
	// Remembered is how many answers of an operation are remembered. The price does not count
	// on them, for they may be forgotten before they are asked for.
	Remembered func(o *rest.Operation) int
	MostRows   int // of one list; zero means the upstream's
	Funds      Funds
}

// Names of what Facts.Count tells, beside the labels below.
const (
	ExtensionTotal   = "extensions"
	PhoneNumberTotal = "phoneNumbers"
	DeviceTotal      = "devices"
	// UsableTotal stands for the lists of what extensions may use: they are all about
	// as long as the company has numbers of its own.
	UsableTotal = "usablePhoneNumbers"
	// OperatorApart is 1 where the operator is not the system extension, else 0.
	OperatorApart = "operator apart"
)

// Estimate is what an operation is thought to cost, before it runs.
type Estimate struct {
	Lines []Line
	// Choices are the ways that were chosen where there are several, by the need.
	Choices map[string]int
}

// Line is one need of an operation: calls of one operation of the upstream for one place
// of the query.
type Line struct {
	Operation *rest.Operation
	Group     budget.Group // that pays
	Place     *Node
	Calls     Size

	Of        string // what is read, in the singular: "extension"
	Things    Size   // how many
	InOneCall int    // of them; zero for a page
	PerPage   []int  // the sizes of pages of a list
	Way       string // that was chosen, where there are several
	Rejected  []Option
	Deferred  bool // it is in a part of the answer that comes later
	// Maybe says that it may come to nothing: what the query names by an id is not there, or
	// another read tells all of it.
	Maybe bool

	need    string // that it meets by ids, where a list could
	account string // whose; "" where that may be one's own as well
	// apart says that no other line which is apart asks for the same; others may.
	apart bool
}

// Reason says in words why there are so many calls.
func (l *Line) Reason() string {
	things := plural(l.Things.Most, l.Of)
	switch {
	case l.Things.Exact():
	case l.Things.Least == 0:
		things = "up to " + things
	default:
		things = thousands(l.Things.Least) + " to " + things
	}
	switch {
	case l.InOneCall == 0 && l.Calls.Most > len(l.PerPage):
		return things + " on " + plural(len(l.PerPage), "page") + " or more"
	case l.InOneCall == 0:
		return things + " on " + plural(len(l.PerPage), "page")
	case l.InOneCall > 1 && l.Things.Most > l.InOneCall:
		return fmt.Sprintf("%s, %s in one call", things, thousands(l.InOneCall))
	case l.InOneCall > 1:
		return things + " in one call"
	case l.Things.Most == 1:
		return things
	}
	return "one for each of " + things
}

// plural counts things, whose name is in the singular.
func plural(n int, of string) string {
	switch {
	case n == 1:
	case strings.HasSuffix(of, "y"):
		of = strings.TrimSuffix(of, "y") + "ies"
	default:
		of += "s"
	}
	return thousands(n) + " " + of
}

// thousands writes n in groups of three digits.
func thousands(n int) string {
	s := strconv.Itoa(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// sum is what the estimate comes to by group.
func (e *Estimate) sum() map[budget.Group]Size {
	sum := map[budget.Group]Size{}
	for _, l := range e.Lines {
		sum[l.Group] = sum[l.Group].plus(l.Calls)
	}
	maps.DeleteFunc(sum, func(g budget.Group, _ Size) bool { return g == "" })
	return sum
}

// pick takes one figure of a sum.
func pick(sum map[budget.Group]Size, of func(Size) int) Calls {
	calls := Calls{}
	for g, s := range sum {
		if n := of(s); n > 0 {
			calls[g] = n
		}
	}
	return calls
}

// sureKey is what calls that may be the same have in common.
type sureKey struct {
	operation *rest.Operation
	account   string
}

// Least returns the calls that are made for sure, but for parts that come later, and for
// those that remembered answers may spare. Two places of a query may ask for the same
// objects, or for such as go together in one call: of those, the dearest is sure.
func (e *Estimate) Least(remembered func(*rest.Operation) int) Calls {
	type sure struct {
		group       budget.Group
		apart, most int
	}
	sums := map[sureKey]sure{}
	for i := range e.Lines {
		l := &e.Lines[i]
		if l.Deferred || l.Maybe || l.Calls.Least == 0 || l.Group == "" {
			continue
		}
		k := sureKey{l.Operation, l.account}
		s := sums[k]
		s.group = l.Group
		if l.apart {
			s.apart = bounded(s.apart + l.Calls.Least)
		}
		s.most = max(s.most, s.apart, l.Calls.Least)
		sums[k] = s
	}
	made, groups := map[*rest.Operation]int{}, map[*rest.Operation]budget.Group{}
	for k, s := range sums {
		made[k.operation] = bounded(made[k.operation] + s.most)
		groups[k.operation] = s.group
	}
	calls := Calls{}
	for o, n := range made {
		if n -= remembered(o); n > 0 {
			calls[groups[o]] = bounded(calls[groups[o]] + n)
		}
	}
	return calls
}

// Expected returns the calls that are likely.
func (e *Estimate) Expected() Calls { return pick(e.sum(), func(s Size) int { return s.Expected }) }

// Most returns the calls that there are at most.
func (e *Estimate) Most() Calls { return pick(e.sum(), func(s Size) int { return s.Most }) }

// Exact says whether all of e is known.
func (e *Estimate) Exact() bool {
	for _, l := range e.Lines {
		if !l.Calls.Exact() {
			return false
		}
	}
	return true
}

// Price tells what an operation with these variables costs. It sends nothing.
func (p *Plan) Price(vars map[string]any, facts Facts) *Estimate {
	w := &walk{
		facts: facts, vars: vars, est: &Estimate{Choices: map[string]int{}}, counted: map[string]bool{}, account: rest.Own,
		spent: Calls{}, batch: map[batchKey]*Line{}, notes: map[*Node]*noted{},
	}
	w.selection(p.Root, objects{n: Exactly(1)})
	w.flush()
	w.est.Lines = slices.DeleteFunc(w.est.Lines, func(l Line) bool { // a list that is read anyway tells them
		return l.need != "" && w.est.Choices[l.need] == ByList
	})
	return w.est
}

// walk prices one operation: it goes through the query as the resolvers will.
type walk struct {
	facts    Facts
	vars     map[string]any
	est      *Estimate
	counted  map[string]bool // what is read, by name: it is read once
	tried    []string        // what is counted of a way that was not chosen; nil outside of one
	account  string          // the account at hand, as requests name it
	spent    Calls           // of what was chosen so far
	deferred bool
	maybe    bool
	notes    map[*Node]*noted
	batch    map[batchKey]*Line // reads by ids that go together
	order    []batchKey
}

type batchKey struct {
	operation, account, list string
	deferred                 bool
}

// objects are what a selection is made on.
type objects struct {
	n    Size
	name string // equal names are equal objects

	record recordState       // of extensions
	source rest.NumberSource // of phone numbers
	owners *objects          // of phone numbers and devices: the extensions that own them, where that is known
	named  bool              // it is one object, which no other name stands for
}

// recordState is how much of an extension's record is at hand.
type recordState int

const (
	mentioned recordState = iota // what a reference tells
	listed                       // what a list tells
	whole                        // all but the departments
	single                       // all
)

// first says whether a read is not counted yet, and counts it.
func (w *walk) first(name string) bool {
	if w.counted[name] {
		return false
	}
	w.counted[name] = true
	if w.tried != nil {
		w.tried = append(w.tried, name)
	}
	return true
}

// add notes a line.
func (w *walk) add(l Line) {
	l.Group = l.Operation.Group
	if w.facts.Payer != nil {
		l.Group = w.facts.Payer(l.Operation)
	}
	l.Deferred, l.Maybe = l.Deferred || w.deferred, l.Maybe || w.maybe
	if l.account = w.account; w.account != rest.Own && w.facts.Account == "" {
		l.account, l.apart = "", false // it may be one's own by its real id
	}
	w.est.Lines = append(w.est.Lines, l)
	w.spent[l.Group] += l.Calls.Expected
}

// one notes a call for each of n things.
func (w *walk) one(o *rest.Operation, n *Node, of string, things Size) {
	w.add(Line{Operation: o, Place: n, Calls: things, Of: of, Things: things, InOneCall: 1})
}

// apart notes a call that no other place asks for.
func (w *walk) apart(o *rest.Operation, n *Node, of string) {
	w.add(Line{Operation: o, Place: n, Calls: Exactly(1), Of: of, Things: Exactly(1), InOneCall: 1, apart: true})
}

// together notes reads by ids that leave with others of their kind: those that a query
// names right at its root.
func (w *walk) together(o *rest.Operation, n *Node, of string, things Size) {
	w.pagesTogether(o, n, of, "", things)
}

// pagesTogether is together for pages of lists, which go together if the list is the same.
func (w *walk) pagesTogether(o *rest.Operation, n *Node, of, list string, things Size) *Line {
	k := batchKey{o.ID, w.account, list, w.deferred}
	if l := w.batch[k]; l != nil {
		l.Things = l.Things.plus(things)
		return l
	}
	l := &Line{Operation: o, Place: n, Of: of, Things: things, Deferred: w.deferred, Maybe: w.maybe, apart: list == ""}
	w.batch[k] = l
	w.order = append(w.order, k)
	return l
}

// byIDs notes a batch of reads by ids.
func (w *walk) byIDs(o *rest.Operation, n *Node, of string, things Size) {
	in := w.facts.InOneCall(o.ID)
	told := o == readAccountPhoneNumber || o == readDevice // lists that are read besides may tell them
	w.add(Line{Operation: o, Place: n, Calls: things.in(in), Of: of, Things: things, InOneCall: in, Maybe: told})
}

// flush notes what goes together.
func (w *walk) flush() {
	for _, k := range w.order {
		l := w.batch[k]
		l.InOneCall = w.facts.InOneCall(k.operation)
		l.Calls = l.Things.in(l.InOneCall)
		w.account = k.account
		w.add(*l)
	}
	w.batch, w.order = map[batchKey]*Line{}, nil
}

// count is how many there are of what a name stands for, of the account at hand; at most
// so many where that is not known.
func (w *walk) count(name string, most Size) Size {
	if n, known := w.facts.Count(w.account, name); known {
		return Exactly(n)
	}
	return Size{0, most.Expected, most.Most}
}

// choose picks a way to a need, of what those before leave. What is chosen by facts that
// are known is what the loaders take.
func (w *walk) choose(need string, exact bool, choose func(Funds) (int, error)) int {
	if way, done := w.est.Choices[need]; done {
		return way
	}
	f := w.facts.Funds
	way, _ := choose(Funds{ // whether all of it can be paid is seen when all of it is known
		Left:     func(g budget.Group) int { return max(0, f.Left(g)-w.spent[g]) },
		When:     func(g budget.Group, n int) time.Duration { return f.When(g, n+w.spent[g]) },
		Patience: f.Patience,
	})
	if exact {
		w.est.Choices[need] = way
	}
	return way
}
