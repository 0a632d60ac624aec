package model

import "github.com/ringql/ringql/internal/rest"

// The enumerations of licences, of the dictionaries, and of how accounts come to be.
var (
	licenseSKU = newEnum[rest.LicenseSKU]("LicenseSku", "RMS", "RCN", "WBR_100=WBR-100", "WBR_500=WBR-500", "WBR_1000=WBR-1000", "WBR_3000=WBR-3000",
		"LRM_50=LRM-50", "LRM_100=LRM-100", "LRM_200=LRM-200")

	servicePlanType         = newEnum[rest.ServicePlanType]("ServicePlanType", "Regular", "UserBased")
	featureLimitationReason = newEnum[rest.FeatureLimitationReason]("FeatureLimitationReason", "Available", "AccountTypeLimitation",
		"ExtensionTypeLimitation", "AccountLimitation", "ExtensionLimitation", "InsufficientPermissions", "ApplicationLimitation")

	signupState = newEnum[rest.SignupState]("SignupState", "AccountCreated", "BillingEntered", "CreditCardApproved", "AccountConfirmed",
		"PhoneVerificationRequired", "PhoneVerificationPassed")
	signupVerificationReason = newEnum[rest.SignupVerificationReason]("SignupVerificationReason", "CC_FAILED=CC_Failed", "PHONE_SUSPICIOUS=Phone_Suspicious",
		"CC_PHONE_NOT_MATCH=CC_Phone_Not_Match", "AVS_NOT_AVAILABLE=AVS_Not_Available", "MaxMind", "CC_BLACKLISTED=CC_Blacklisted",
		"EMAIL_BLACKLISTED=Email_Blacklisted", "PHONE_BLACKLISTED=Phone_Blacklisted", "COOKIE_BLACKLISTED=Cookie_Blacklisted",
		"DEVICE_BLACKLISTED=Device_Blacklisted", "IP_BLACKLISTED=IP_Blacklisted", "AGENT_INSTANCE_BLACKLISTED=Agent_Instance_Blacklisted",
		"CHARGE_LIMIT=Charge_Limit", "OTHER_COUNTRY=Other_Country")
)
