package sim

import (
	"regexp"
	"slices"
	"strings"
)

// The rules on who may use a number for what. They are the same for both generations, except for the usage types each can set.

// assignment is what a request wants a number to be.
type assignment struct {
	usage     string
	kind      string  // empty leaves it
	label     *string // nil leaves it
	extension *extensionArg
	parameter string                 // what the request calls the extension, for errors
	provider  *contactCenterProvider // nil leaves it
	keep      bool                   // the use and the owner stay

	owner *extension // found by check
}

// extensionArg names an extension in a request body.
type extensionArg struct {
	ID        anyID  `json:"id"`
	PartnerID string `json:"partnerId"`
}

func settableV1() []string {
	return []string{"CompanyNumber", "MainCompanyNumber", "AdditionalCompanyNumber", "DirectNumber", "CompanyFaxNumber", "ForwardedNumber"}
}

func settableV2() []string {
	return []string{"MainCompanyNumber", "CompanyNumber", "DirectNumber", contactCenter}
}

// isFixed reports whether numbers of this usage can neither be given away nor deleted.
func isFixed(usage string) bool {
	switch usage {
	case "MainCompanyNumber", "AdditionalCompanyNumber", "CompanyFaxNumber":
		return true
	}
	return false
}

// isForwarded reports whether numbers of this usage live outside, and only forward their calls here.
func isForwarded(usage string) bool {
	return usage == "ForwardedNumber" || usage == "ForwardedCompanyNumber"
}

// isOwned reports whether numbers of this usage belong to an extension.
func isOwned(usage string) bool { return usage == "DirectNumber" || usage == "ForwardedNumber" }

// checkReassign says whether n may become what a wants.
func (co *company) checkReassign(n *phoneNumber, a *assignment, settable []string) *problem {
	keeps := a.usage == n.usage && a.extension == nil
	if isFixed(n.usage) && !keeps {
		return invalid("phoneNumberId")
	}
	if !keeps && !slices.Contains(settable, a.usage) {
		return invalid("usageType")
	}
	if !keeps && a.usage == "AdditionalCompanyNumber" && !co.mayBeAdditional(n) {
		return invalid("usageType")
	}
	return co.check(n, a)
}

// checkPurchase says whether n may be bought for what a wants. One main number per account, and it is there from the start.
func (co *company) checkPurchase(n *phoneNumber, a *assignment) *problem {
	settable := append(settableV1(), "ForwardedCompanyNumber")
	if !slices.Contains(settable, a.usage) || a.usage == "MainCompanyNumber" && co.only("MainCompanyNumber") != nil ||
		a.usage == "AdditionalCompanyNumber" && !co.mayBeAdditional(n) {
		return invalid("usageType")
	}
	return co.check(n, a)
}

// check holds the rules that a change and a purchase share, and finds the owner.
func (co *company) check(n *phoneNumber, a *assignment) *problem {
	if (n.payment == "External") != isForwarded(a.usage) {
		return invalid("usageType")
	}
	if a.kind != "" && !slices.Contains(phoneNumberTypes(), a.kind) {
		return invalid("type")
	}
	if a.label != nil && *a.label != "" && a.usage != "CompanyNumber" {
		return invalid("label") // only the auto-receptionist's numbers have one
	}
	if !isOwned(a.usage) {
		return nil
	}
	switch {
	case a.keep:
		a.owner = n.owner
		return nil
	case a.extension == nil || a.extension.ID == "" && a.extension.PartnerID == "":
		return missing(a.parameter)
	case a.extension.ID != "":
		a.owner = co.extension[parseID(string(a.extension.ID))]
	default:
		a.owner = co.partner[a.extension.PartnerID]
	}
	if a.owner == nil {
		return notFound(a.parameter)
	}
	return nil
}

// mayBeAdditional holds for one number at most, toll-free where the main one is local, and the other way round.
func (co *company) mayBeAdditional(n *phoneNumber) bool {
	main := co.only("MainCompanyNumber")
	return co.only("AdditionalCompanyNumber") == nil && (main == nil || (main.payment == "TollFree") != (n.payment == "TollFree"))
}

// assign does what was checked. A new main number leaves the old one to the company; an owner's number has no label.
func (co *company) assign(n *phoneNumber, a assignment) {
	co.touch(n)
	if old := co.only("MainCompanyNumber"); a.usage == "MainCompanyNumber" && old != nil && old != n {
		co.place(old, "CompanyNumber", nil)
	}
	if n.usage != a.usage || n.owner != a.owner {
		co.place(n, a.usage, a.owner)
	}
	switch {
	case a.kind != "":
		n.kind = a.kind
	case n.kind == "" && !isForwarded(a.usage):
		n.kind = "VoiceFax"
	}
	if a.label != nil {
		n.label = *a.label
	}
	if a.usage != "CompanyNumber" {
		n.label = ""
	}
	switch {
	case a.usage != contactCenter:
		n.provider = nil
	case a.provider != nil:
		n.provider = a.provider
	}
}

var (
	e164 = regexp.MustCompile(`^\+[1-9]\d{6,14}$`)
	nanp = regexp.MustCompile(`^\+1[2-9]\d{2}[2-9]\d{6}$`)
)

// newNumber makes a number in stock that the account does not have yet, without adding it. The older guides write numbers
// without the plus.
func (co *company) newNumber(text string) (*phoneNumber, *problem) {
	number := "+" + strings.TrimPrefix(text, "+")
	if !e164.MatchString(number) || number[1] == '1' && !nanp.MatchString(number) || co.dialable[number] != nil ||
		co.created.took(number) {
		return nil, invalid("phoneNumber")
	}
	n := &phoneNumber{id: co.ids.next(), number: number, usage: "Inventory", payment: "Local", status: "Normal"}
	if isTollFree(number) {
		n.payment = "TollFree"
	} else {
		n.location = locationOf(number)
	}
	return n, nil
}

// isTollFree goes by the area code.
func isTollFree(number string) bool {
	return len(number) > 5 && number[:2] == "+1" && slices.Contains(tollFreeAreas[:], number[2:5])
}
