package model

import "github.com/ringql/ringql/internal/rest"

var (
	callerBlockingMode         = newEnum[rest.CallerBlockingMode]("CallerBlockingMode", "Specific", "All")
	callerBlockingNoCallerID   = newEnum[rest.CallerBlockingNoCallerID]("CallerBlockingNoCallerId", "BlockCallsAndFaxes", "BlockFaxes", "Allow")
	callerBlockingPayPhones    = newEnum[rest.CallerBlockingPayPhones]("CallerBlockingPayPhones", "Block", "Allow")
	callerBlockingNumberStatus = newEnum[rest.CallerBlockingNumberStatus]("CallerBlockingNumberStatus", "Blocked", "Allowed")
	blockedCallerGreetingType  = newEnum[rest.BlockedCallerGreetingType]("BlockedCallerGreetingType", "BlockedCallersAll",
		"BlockedCallersSpecific", "BlockedNoCallerId", "BlockedPayPhones")
)
