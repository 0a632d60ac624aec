package rest

import (
	"cmp"
	"slices"
)

// NumberSource is which of the upstream's answers a phone number was read from:
// they tell different parts of it.
type NumberSource uint8

// The sources. What the single read tells is called whole; it leaves out Listed and
// what only v2 tells.
const (
	FromRead    NumberSource = iota // the single read, and v1.0's list of the account, which has the same shape
	FromOwnList                     // an extension's own list
	FromLine                        // a line of a device, and the answers to v1.0's changes
	FromV2                          // v2's list and assignment
	FromStock                       // what v2 adds to the inventory
)

// untold are the upstream's names of what a source leaves out, though the single
// read tells it; but for the uri, for which nothing is read. Source: the models UserPhoneNumberInfo, PhoneNumberInfoIntId and
// AccountPhoneNumberInfo beside CompanyPhoneNumberInfo.
var untold = [...][]string{
	FromRead:    nil,
	FromOwnList: {"temporaryNumber", "vanityPattern", "activationStatus"},
	FromLine: {"temporaryNumber", "contactCenterProvider", "vanityPattern", "primary", "activationStatus",
		"callerIdName"},
	FromV2: {"location", "paymentType", "temporaryNumber", "vanityPattern"},
	FromStock: {"label", "location", "paymentType", "status", "type", "temporaryNumber", "contactCenterProvider",
		"vanityPattern", "primary", "callerIdName"},
}

// LeavesOut says whether s leaves out a field that is meant.
func (s NumberSource) LeavesOut(is func(field string) bool) bool {
	return slices.ContainsFunc(untold[s], is)
}

// NumberSources is a set of sources.
type NumberSources uint8

// Has says whether s is among ss.
func (ss NumberSources) Has(s NumberSource) bool { return ss&(1<<s) != 0 }

// Lacking returns the sources that leave out any of the fields that wanted says.
func Lacking(wanted func(field string) bool) NumberSources {
	var ss NumberSources
	for source := range untold {
		if NumberSource(source).LeavesOut(wanted) {
			ss |= 1 << source
		}
	}
	return ss
}

// With returns n with what it lacks filled in from the single read of it.
func (n *PhoneNumber) With(read *PhoneNumber) PhoneNumber {
	out := *n
	out.URI = cmp.Or(n.URI, read.URI)
	out.PhoneNumber = cmp.Or(n.PhoneNumber, read.PhoneNumber)
	out.Label = cmp.Or(n.Label, read.Label)
	out.Location = cmp.Or(n.Location, read.Location)
	out.PaymentType = cmp.Or(n.PaymentType, read.PaymentType)
	out.Primary = cmp.Or(n.Primary, read.Primary)
	out.Status = cmp.Or(n.Status, read.Status)
	out.Type = cmp.Or(n.Type, read.Type)
	out.UsageType = cmp.Or(n.UsageType, read.UsageType)
	out.ContactCenterProvider = cmp.Or(n.ContactCenterProvider, read.ContactCenterProvider)
	out.TemporaryNumber = cmp.Or(n.TemporaryNumber, read.TemporaryNumber)
	out.VanityPattern = cmp.Or(n.VanityPattern, read.VanityPattern)
	out.CallerIDName = cmp.Or(n.CallerIDName, read.CallerIDName)
	out.ActivationStatus = cmp.Or(n.ActivationStatus, read.ActivationStatus)
	out.Owner = cmp.Or(n.Owner, read.Owner)
	out.Source = FromRead
	return out
}
