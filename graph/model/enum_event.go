package model

import "github.com/ringql/ringql/internal/rest"

// The enumerations of events.
var (
	phoneNumberEventType = newEnum[rest.PhoneNumberEventType]("PhoneNumberEventType", "Created", "Updated", "Deleted", "GAP="+GapEvent)
	extensionEventType   = newEnum[rest.ExtensionEventType]("ExtensionEventType", "CREATED=Create", "UPDATED=Update", "DELETED=Delete", "GAP="+GapEvent)
	extensionEventHint   = newEnum[rest.ExtensionEventHint]("ExtensionEventHint", "AccountSettings", "AccountStatus", "AnsweringRules",
		"CallQueueMembersChange", "CompanyNumbers", "DialingPlan", "ExtensionInfo", "Features", "Limits", "Permissions", "ProfileImage", "VideoConfiguration")
	contactCenterPhoneNumberType = newEnum[rest.ContactCenterPhoneNumberType]("ContactCenterPhoneNumberType", "Voice", "Fax", "VoiceFax")
	eventGapReason               = newEnum[EventGapReason]("EventGapReason", "STARTED=STARTED", "INTERRUPTED=INTERRUPTED", "TOO_OLD=TOO_OLD", "LOST=LOST")
)
