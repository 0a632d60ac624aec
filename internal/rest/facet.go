package rest

import (
	"slices"
	"strings"
)

// Facet is a kind of thing that reads show, and that changes are about. There are as many
// as the upstream's events tell apart: what they never tell of needs none.
type Facet string

// The facets, with the hints of the upstream's events that mean them. An extension that is
// made or deleted is a change of everything of it.
const (
	AccountInfo      Facet = "AccountInfo"      // AccountSettings, AccountStatus, DialingPlan, Features, Limits, VideoConfiguration
	ExtensionInfo    Facet = "ExtensionInfo"    // ExtensionInfo, ProfileImage
	PhoneNumbers     Facet = "PhoneNumbers"     // CompanyNumbers, and the events of contact-centre numbers
	CallHandling     Facet = "CallHandling"     // AnsweringRules: what is forwarded, blocked, and how queues work
	CallQueueMembers Facet = "CallQueueMembers" // CallQueueMembersChange
	Devices          Facet = "Devices"          // no hint is of them alone
	Licenses         Facet = "Licenses"         // nor of them
	// Permissions are what people may do, and so what they are shown at all: a change of
	// them is about everything of the account.
	Permissions Facet = "Permissions"
)

// byBit are all facets, each at its bit.
var byBit = [...]Facet{
	AccountInfo, ExtensionInfo, PhoneNumbers, Devices, CallHandling, CallQueueMembers, Licenses, Permissions,
}

// facets are some of them, a bit for each.
type facets uint16

const everything facets = 1<<len(byBit) - 1

// facetsOf returns what names are of; false if one of them, of a newer replica, is not known.
func facetsOf(names []Facet) (all facets, ok bool) {
	for _, f := range names {
		i := slices.Index(byBit[:], f)
		if i < 0 {
			return 0, false
		}
		all |= 1 << i
	}
	return all, true
}

// of are facets that are known.
func of(names []Facet) facets {
	all, ok := facetsOf(names)
	if !ok {
		panic("no such facet") // an operation's declaration is wrong
	}
	return all
}

func (fs facets) has(bit int) bool { return fs&(1<<bit) != 0 }

// touches is what ch is about, and the one extension that it is of; "" for all of them.
func (ch Change) touches() (what facets, id string) {
	what, ok := facetsOf(ch.About)
	if !ok || slices.Contains(ch.About, Permissions) {
		return everything, ""
	}
	if what == 0 {
		what = everything
	}
	if known(ch.Extension) {
		id = ch.Extension
	}
	return what, id
}

// shows says what the answers of o show: of the extensions that its path names, or of all
// where it names none. Until it is called, that is everything of all.
func (o *Operation) shows(names ...Facet) *Operation {
	o.shown, o.ofAll = of(names), 0
	if o.extensionAt < 0 {
		o.ofAll = o.shown
	}
	return o
}

// showsOfAll says what the answers of o show also of others than the extensions that its
// path names. What they only mention of others, such as the name of somebody's site, is not
// counted: that waits until what is remembered expires.
func (o *Operation) showsOfAll(names ...Facet) *Operation {
	o.shown |= of(names)
	o.ofAll |= of(names)
	return o
}

// times say of each facet when it last was changed.
type times [len(byBit)]uint64

func (t *times) set(fs facets, at uint64) {
	for i := range t {
		if fs.has(i) {
			t[i] = max(t[i], at)
		}
	}
}

// after says whether any of fs was changed after at.
func (t *times) after(fs facets, at uint64) bool {
	for i := range t {
		if t[i] > at && fs.has(i) {
			return true
		}
	}
	return false
}

// view is a read: of what, by whom, and when it began.
type view struct {
	person, account string // the account as the path has it
	at              uint64
	lasting         bool // no change makes it stale

	extensions   string // that it is of, as the path has them; "" for all of the account
	shown, ofAll facets // of those, and of all
}

// only is v as far as r reads it, which may be a part.
func (v view) only(r request) view {
	v.shown, v.ofAll, v.extensions = r.op.shown, r.op.ofAll, r.extensions
	for id := range strings.SplitSeq(v.extensions, ",") {
		if !known(id) { // one's own, which may be any
			v.ofAll, v.extensions = v.shown, ""
			break
		}
	}
	return v
}
