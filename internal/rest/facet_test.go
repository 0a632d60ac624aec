package rest

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"testing"
)

// remembering are the operations whose answers are remembered, and not for good.
func remembering() []*Operation {
	return slices.DeleteFunc(slices.Clone(operations), func(o *Operation) bool {
		return o.Method != http.MethodGet || o.Dictionary || o.OfEvents
	})
}

// Every read says what it shows; what an event may not tell of is dropped by any.
func TestReadsSayWhatTheyShow(t *testing.T) {
	var silent []string
	for _, o := range remembering() {
		if o.shown == everything {
			silent = append(silent, o.ID)
		}
		if o.shown == 0 || o.ofAll&^o.shown != 0 || (o.extensionAt < 0 && o.ofAll != o.shown) {
			t.Errorf("%s shows %b, of all %b", o.ID, o.shown, o.ofAll)
		}
		if strings.Contains(o.Path, "{extensionId}") != (o.extensionAt >= 0) {
			t.Errorf("%s: extension at %d", o.ID, o.extensionAt)
		}
	}
	if want := []string{"getBulkAddTaskResultsV2"}; !slices.Equal(silent, want) { // a task, which no event tells of
		t.Errorf("%q do not say what they show", silent)
	}
}

// readsBy are reads of o by a person of account 1, each by what it is of: extension 7, 8, both
// at once or one's own; or all, where the path names none.
func readsBy(e *epochs, o *Operation) map[string]view {
	ids := make([]string, strings.Count(o.Path, "{"))
	for i := range ids {
		ids[i] = "5"
	}
	ids[0] = Own
	if o.extensionAt < 0 {
		return map[string]view{"": e.view("me", o.at(ids...))}
	}
	all := map[string]view{}
	for _, id := range []string{"7", "8", Own} {
		ids[o.extensionAt] = id
		all["/"+id] = e.view("me", o.at(ids...))
	}
	ids[o.extensionAt] = theIDs
	all["/7,8"] = e.view("me", o.atMany([]string{"7", "8"}, ids...))
	return all
}

const (
	ofNumbers = "listAccountPhoneNumbers listAccountPhoneNumbersV2 readAccountPhoneNumber "
	ofDevices = "listAccountDevices loadDeviceOrder readDevice "
	ofQueues  = "listCallQueues readCallQueueInfo "
	ofMembers = "listCallQueueMembers listDepartmentMembers "
	ofGroups  = "getParkLocationUsers listPagingGroupUsers "
	blocking  = "listBlockedAllowedNumbers listBlockedNumbers loadBlockedNumber readBlockedAllowedNumber readCallerBlockingSettings "
	forwards  = "listForwardingNumbers readForwardingNumber "
	ofTasks   = "getBulkAddTaskResultsV2 "
	ofRights  = "checkUserPermission readAuthorizationProfile "
	licenses  = "listLicenses loadLicense "
	service   = "readAccountServiceInfo "
)

// A change drops what it is about and leaves the rest.
func TestWhatAnEventDrops(t *testing.T) {
	const both = "listExtensionPhoneNumbers " // it holds numbers of others too
	for _, tt := range []struct {
		about []Facet
		id    string
		lists string // what is dropped of what is of no extension
		own   string // and of what is of extension 7, or may be
		other string // and of what is of extension 8 alone
	}{
		{[]Facet{PhoneNumbers}, "", ofTasks + ofNumbers + ofDevices + "readAccountInfo", both + forwards + "listExtensionDevices", both + forwards + "listExtensionDevices"},
		{[]Facet{PhoneNumbers}, "7", ofTasks + ofNumbers + ofDevices + "readAccountInfo", both + forwards + "listExtensionDevices", both},
		{[]Facet{ExtensionInfo}, "7", ofTasks + ofNumbers + ofDevices + ofQueues + ofMembers + ofGroups + licenses + "readAccountInfo listExtensions getExtensionFreeNumbers",
			both + forwards + ofRights + "listExtensionDevices readExtension", ""},
		{[]Facet{AccountInfo}, "", ofTasks + licenses + service + "readAccountInfo listExtensions getExtensionFreeNumbers", both + "readExtension", both + "readExtension"},
		{[]Facet{AccountInfo}, "7", ofTasks + licenses + service + "readAccountInfo listExtensions getExtensionFreeNumbers", both + "readExtension", ""},
		{[]Facet{CallHandling}, "7", ofTasks + ofQueues, blocking + forwards, ""},
		{[]Facet{CallHandling}, "", ofTasks + ofQueues, blocking + forwards, blocking + forwards},
		{[]Facet{CallQueueMembers}, "7", ofTasks + ofMembers, "readExtension", "readExtension"},
		{[]Facet{Devices}, "7", ofTasks + ofDevices + "listPagingGroupDevices", forwards + "listExtensionDevices", ""},
		{[]Facet{Licenses}, "", ofTasks + licenses, "", ""},
		{[]Facet{CallHandling, CallQueueMembers}, "7", ofTasks + ofQueues + ofMembers, blocking + forwards + "readExtension", "readExtension"},
		{nil, "7", "*", "*", both + "readExtension"}, // it is made, or deleted
		{nil, "", "*", "*", "*"},
		{[]Facet{Permissions}, "7", "*", "*", "*"},
		{[]Facet{CallHandling, "Weather"}, "7", "*", "*", "*"}, // of a newer replica
		{[]Facet{PhoneNumbers}, "~", ofTasks + ofNumbers + ofDevices + "readAccountInfo", both + forwards + "listExtensionDevices", both + forwards + "listExtensionDevices"},
	} {
		e := newEpochs()
		e.learn(view{person: "me"}, "1")
		reads, others := map[string]view{}, map[string]view{}
		want := map[string]string{"": tt.lists, "/7": tt.own, "/7,8": tt.own, "/~": tt.own, "/8": tt.other}
		dropped := map[string]bool{}
		for _, o := range remembering() {
			for of, v := range readsBy(e, o) {
				reads[o.ID+of] = v
				v.account = "2"
				others[o.ID+of] = v
				dropped[o.ID+of] = want[of] == "*" || slices.Contains(strings.Fields(want[of]), o.ID)
			}
		}
		e.heard(Change{Account: "1", About: tt.about, Extension: tt.id})
		for name, v := range reads {
			if e.current(v) == dropped[name] || e.quiet(v) == dropped[name] {
				t.Errorf("%v of %q: %s is dropped: %v", tt.about, tt.id, name, !dropped[name])
			}
			if !e.current(others[name]) {
				t.Errorf("%v of %q drops %s of another account", tt.about, tt.id, name)
			}
		}
	}
}

// history is a model of epochs: all changes there were, and nothing is ever forgotten.
type history struct {
	changes []Change
	at      []uint64
	homes   map[string]string
}

// stale says whether something that was changed after v began concerns it.
func (h *history) stale(v view, o *Operation, extensions []string) bool {
	account := v.account
	if account == Own {
		account = h.homes[v.person]
	}
	for i, ch := range h.changes {
		if h.at[i] <= v.at {
			continue
		}
		met := func(shown facets) bool {
			if len(ch.About) == 0 {
				return shown != 0
			}
			return slices.ContainsFunc(ch.About, func(f Facet) bool { return shown.has(slices.Index(byBit[:], f)) })
		}
		switch {
		case ch.Person == v.person, ch.Account == "", account == "":
			if met(o.shown) {
				return true
			}
		case ch.Account == account:
			of := len(extensions) == 0 || ch.Extension == "" || slices.Contains(extensions, Own) || slices.Contains(extensions, ch.Extension)
			if of && met(o.shown) || met(o.ofAll) {
				return true
			}
		}
	}
	return false
}

// remembered is a read, and what the model needs of it.
type remembered struct {
	v   view
	op  *Operation
	ids []string
}

// anyRead is a read by one of four people.
func anyRead(r *rand.Rand, e *epochs) remembered {
	ops := remembering()
	o := ops[r.IntN(len(ops))]
	m := remembered{op: o}
	ids := make([]string, strings.Count(o.Path, "{"))
	for i := range ids {
		ids[i] = "5"
	}
	ids[0] = []string{Own, "1", "2"}[r.IntN(3)]
	if o.extensionAt >= 0 {
		for range 1 + r.IntN(3) {
			m.ids = append(m.ids, []string{Own, "11", "12", "13", "14"}[r.IntN(5)])
		}
		ids[o.extensionAt] = theIDs
	}
	m.v = e.view(fmt.Sprint("p", r.IntN(4)), o.atMany(m.ids, ids...))
	return m
}

func anyChange(r *rand.Rand) Change {
	ch := Change{
		Person:    []string{"", "", "", "p0", "p1"}[r.IntN(5)],
		Account:   []string{"1", "1", "2", "3", ""}[r.IntN(5)],
		Extension: []string{"", "11", "12", "13", "15"}[r.IntN(5)],
	}
	for range r.IntN(3) {
		ch.About = append(ch.About, byBit[r.IntN(len(byBit)-1)]) // permissions have a test of their own
	}
	return ch
}

// However reads and changes fall together, what is stale is what a model says that forgets
// nothing. Where little is remembered of changes, more is stale, and never less.
func TestStaleIsWhatAModelSays(t *testing.T) {
	for seed := range uint64(300) {
		r := rand.New(rand.NewPCG(seed, 7))
		e, h := newEpochs(), &history{homes: map[string]string{}}
		forgetful := seed%3 == 0
		if forgetful {
			e.scopes.Resize(1 + r.IntN(4))
			e.single.Resize(1 + r.IntN(2))
		}
		for who, account := range map[string]string{"p0": "1", "p1": "1", "p2": "2"} { // p3's is not known
			e.learn(view{person: who}, account)
			h.homes[who] = account
		}
		var reads []remembered
		kept, dropped := 0, 0
		for range 120 {
			if r.IntN(3) > 0 {
				reads = append(reads, anyRead(r, e))
				continue
			}
			ch := anyChange(r)
			e.heard(ch)
			h.changes, h.at = append(h.changes, ch), append(h.at, e.clock)
			for _, m := range reads {
				current, stale := e.current(m.v), h.stale(m.v, m.op, m.ids)
				if current && stale || !forgetful && !current && !stale {
					t.Fatalf("seed %d: %s of %v by %s of %s: current %v, stale %v after %+v", seed, m.op.ID, m.ids, m.v.person, m.v.account, current, stale, h.changes)
				}
				if current {
					kept++
				} else {
					dropped++
				}
			}
		}
		if dropped == 0 || kept == 0 && !forgetful {
			t.Fatalf("seed %d: %d kept, %d dropped: nothing was tried", seed, kept, dropped)
		}
	}
}

// What is remembered of single extensions is bounded; what is forgotten counts as of all of
// the account, and as of no other.
func TestManyExtensionsChange(t *testing.T) {
	e := newEpochs()
	reader := func(account, id string, o *Operation) view { return e.view("me", o.at(account, id)) }
	old, elsewhere := reader("1", "7", readExtension), reader("2", "7", readExtension)
	of := reader("1", "7", readCallerBlockingSettings)
	for i := range mostScopes + 10 {
		e.heard(Change{Account: "1", About: []Facet{ExtensionInfo}, Extension: fmt.Sprint(1000 + i)})
	}
	if n := e.single.Len(); n != mostScopes {
		t.Errorf("%d are remembered", n)
	}
	if e.current(old) {
		t.Error("what was forgotten counts for nothing")
	}
	if !e.current(elsewhere) || !e.current(of) || !e.quiet(reader("1", "7", readExtension)) {
		t.Error("what was forgotten is about more than it was")
	}
}

// BenchmarkCurrent asks whether a read is current: where nothing was changed since, where
// something else was, and where another extension was.
func BenchmarkCurrent(b *testing.B) {
	changes := map[string]*Change{
		"nothing": nil, "another account": {Account: "2"}, "something else": {Account: "1", About: []Facet{Licenses}},
		"another extension": {Account: "1", Extension: "8", About: []Facet{ExtensionInfo}},
	}
	for _, name := range slices.Sorted(maps.Keys(changes)) {
		b.Run(name, func(b *testing.B) {
			e := newEpochs()
			for i := range 1000 {
				e.heard(Change{Person: fmt.Sprint(i), Account: fmt.Sprint(i)})
			}
			e.learn(view{person: "5"}, "1")
			v := e.view("5", readExtension.at(Own, "7"))
			if ch := changes[name]; ch != nil {
				e.heard(*ch)
			}
			for b.Loop() {
				if !e.current(v) {
					b.Fatal("it is stale")
				}
			}
		})
	}
}
