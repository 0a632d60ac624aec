package plan

import "github.com/ringql/ringql/internal/rest"

// A subscription is priced by one event. Of a gap, or of what was deleted, nothing is read.
var subscriptionRules = each(func(w *walk, f *Node, _ objects) {
	w.maybe = true
	w.selection(f, objects{n: Exactly(1), name: f.Field})
}, "contactCenterPhoneNumberChanged", "extensionChanged", "accountEvents")

// ofEvent stands for the id that an event tells.
const ofEvent = "of the event"

var (
	numberEventRules = map[string]rule{
		"phoneNumber": func(w *walk, f *Node, _ objects) { w.nodesOf(f, kind{"PhoneNumber", rest.Own}, []string{ofEvent}) },
	}
	extensionEventRules = map[string]rule{
		"extension": func(w *walk, f *Node, _ objects) { w.nodesOf(f, kind{typeExtension, rest.Own}, []string{ofEvent}) },
	}
)
