package model

import "github.com/ringql/ringql/internal/rest"

// The enumerations of events.
var (
	accountEventType   = newEnum[rest.EventType]("AccountEventType", "Created", "Updated", "Deleted", "GAP="+GapEvent)
	extensionEventHint = newEnum[rest.ExtensionEventHint]("ExtensionEventHint", "AccountSettings", "AccountStatus", "AnsweringRules",
		"CallQueueMembersChange", "CompanyNumbers", "DialingPlan", "ExtensionInfo", "Features", "Limits", "Permissions", "ProfileImage", "VideoConfiguration")
	contactCenterPhoneNumberType = newEnum[rest.ContactCenterPhoneNumberType]("ContactCenterPhoneNumberType", "Voice", "Fax", "VoiceFax")
	eventGapReason               = newEnum[EventGapReason]("EventGapReason", "STARTED=STARTED", "INTERRUPTED=INTERRUPTED", "TOO_OLD=TOO_OLD", "LOST=LOST")
)
