package model

import "github.com/ringql/ringql/internal/rest"

// The enumerations of the number parser.
var (
	parsedPhoneNumberCategory = newEnum[rest.ParsedPhoneNumberCategory]("ParsedPhoneNumberCategory", "ServiceCode", "SpecialService",
		"Extension", "Regular", "TollFree", "ShortCode", "Ambiguous")
	parsedPhoneNumberStatus = newEnum[rest.ParsedPhoneNumberStatus]("ParsedPhoneNumberStatus", "Valid", "Possible", "Invalid")
	specialServiceType      = newEnum[rest.SpecialServiceType]("SpecialServiceType", "Emergency", "DirectoryAssistance",
		"UpdateEmergencyAddress", "CustomerSupport", "NonEmergencyPolice", "NonEmergencyMedical", "TelecommunicationRelay",
		"Unsupported", "Supplementary")
)
