package notify

import (
	"slices"

	"github.com/ringql/ringql/internal/rest"
)

// facets are what the hints of an extension's update are about; one that is missing here may
// be about anything.
// https://developers.ringcentral.com/api-reference/Extension-Event
var facets = map[string]rest.Facet{
	"AccountSettings":        rest.AccountInfo,
	"AccountStatus":          rest.AccountInfo,
	"DialingPlan":            rest.AccountInfo,
	"Features":               rest.AccountInfo,
	"Limits":                 rest.AccountInfo,
	"VideoConfiguration":     rest.AccountInfo,
	"AnsweringRules":         rest.CallHandling,
	"CallQueueMembersChange": rest.CallQueueMembers,
	"CompanyNumbers":         rest.PhoneNumbers,
	"ExtensionInfo":          rest.ExtensionInfo,
	"ProfileImage":           rest.ExtensionInfo,
	"Permissions":            rest.Permissions,
}

// stale is what an event makes stale of what is remembered: all of the account where events may
// be missing.
func stale(account string, e *Event) rest.Change {
	ch := rest.Change{Account: account}
	switch e.Kind {
	case Number: // of whom it was, and whose it is, an event does not tell
		ch.About = []rest.Facet{rest.PhoneNumbers}
	case Extension:
		ch.Extension = e.Subject
		x, err := rest.DecodeEvent[rest.ExtensionEvent](e.Body)
		if err != nil {
			break
		}
		switch x.EventType {
		case "Create":
			ch.About = []rest.Facet{rest.ExtensionInfo}
		case "Delete":
			ch.About = []rest.Facet{rest.ExtensionInfo, rest.PhoneNumbers, rest.Devices, rest.CallQueueMembers, rest.CallHandling, rest.Licenses}
		default:
			ch.About = hinted(x.Hints)
		}
	}
	return ch
}

// hinted returns what hints are about; nil for anything.
func hinted(hints []string) []rest.Facet {
	var about []rest.Facet
	for _, h := range hints {
		f, known := facets[h]
		if !known {
			return nil
		}
		if !slices.Contains(about, f) {
			about = append(about, f)
		}
	}
	return about
}
