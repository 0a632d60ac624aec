package model

import (
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/99designs/gqlgen/graphql"

	"github.com/ringql/ringql/internal/rest"
)

// An enum maps the upstream's spelling to the schema's and back: MainCompanyNumber
// to MAIN_COMPANY_NUMBER. Values are declared here once, in the upstream's
// spelling; a test holds them against the schema.
type enum[T ~string] struct {
	name string
	out  map[T]graphql.Marshaler // each value is written by a marshaler made once
	in   map[string]T
}

// declared are the labels of every enumeration, for the test that holds them against the
// schema. It is filled while the package's variables are initialised.
var declared = map[string][]string{}

// unknown is what the schema shows for a value it does not know.
const unknown = "UNKNOWN"

// newEnum takes the upstream's values; "Name=Value" overrides the name.
func newEnum[T ~string](name string, values ...string) *enum[T] {
	e := &enum[T]{name: name, out: map[T]graphql.Marshaler{}, in: map[string]T{}}
	for _, v := range values {
		label, value, named := strings.Cut(v, "=")
		if !named {
			label, value = screaming(v), v
		}
		e.out[T(value)] = quoted(label)
		e.in[label] = T(value)
		declared[name] = append(declared[name], label)
	}
	return e
}

func quoted(s string) graphql.Marshaler {
	b := []byte(strconv.Quote(s))
	return graphql.WriterFunc(func(w io.Writer) { _, _ = w.Write(b) }) // the response is in memory
}

var markUnknown = quoted(unknown)

// marshal writes v; nothing for a value the upstream left out.
func (e *enum[T]) marshal(v T) graphql.Marshaler {
	if m, ok := e.out[v]; ok {
		return m
	}
	if v == "" {
		return graphql.Null
	}
	Unknown.count(e.name, string(v))
	return markUnknown
}

// unmarshal reads a value of an argument. UNKNOWN is none that could be sent; null
// is as good as not given, and where it is not allowed it never comes here.
func (e *enum[T]) unmarshal(v any) (T, error) {
	if v == nil {
		return "", nil
	}
	s, ok := v.(string)
	if !ok {
		return "", &InputError{e.name + " must be an enum value"}
	}
	t, ok := e.in[s]
	if !ok {
		return "", &InputError{fmt.Sprintf("%s cannot be %.40q", e.name, s)}
	}
	return t, nil
}

// screaming turns MainCompanyNumber into MAIN_COMPANY_NUMBER, A2PSmsSender into
// A2P_SMS_SENDER and WebRTC into WEB_RTC.
func screaming(s string) string {
	var b strings.Builder
	upper := func(i int) bool { return i >= 0 && i < len(s) && 'A' <= s[i] && s[i] <= 'Z' }
	lower := func(i int) bool { return i >= 0 && i < len(s) && 'a' <= s[i] && s[i] <= 'z' }
	for i := range len(s) {
		if upper(i) && (lower(i-1) || upper(i-1) && lower(i+1)) {
			b.WriteByte('_')
		}
		b.WriteByte(s[i])
	}
	return strings.ToUpper(b.String())
}

// The enumerations, as far as the schema knows their values.
var (
	rateLimitGroup = newEnum[rest.RateLimitGroup]("RateLimitGroup", "light", "medium", "heavy", "auth")

	accountStatus       = newEnum[rest.AccountStatus]("AccountStatus", "Initial", "Unconfirmed", "Confirmed", "Disabled")
	accountStatusReason = newEnum[rest.AccountStatusReason]("AccountStatusReason", "SuspendedVoluntarily", "SuspendedInvoluntarily",
		"CancelledVoluntarily", "CancelledInvoluntarily", "Voluntarily", "Involuntarily")
	setupWizardState = newEnum[rest.SetupWizardState]("SetupWizardState", "NotStarted", "Incomplete", "Completed")
	timeFormat       = newEnum[rest.TimeFormat]("TimeFormat", "HOURS_12=12h", "HOURS_24=24h")
	billingPlanUnit  = newEnum[rest.BillingPlanUnit]("BillingPlanUnit", "Day", "Month", "Year")
	billingPlanType  = newEnum[rest.BillingPlanType]("BillingPlanType", "Initial", "Regular", "Suspended", "Trial", "TRIAL_NO_CC=TrialNoCC", "Free")

	extensionType = newEnum[rest.ExtensionType]("ExtensionType", "User", "Department", "Announcement", "Voicemail", "DigitalUser",
		"VirtualUser", "FaxUser", "PagingOnly", "SharedLinesGroup", "DelegatedLinesGroup", "GroupCallPickup", "IvrMenu",
		"ApplicationExtension", "ProxyAdmin", "RoomConnector", "ParkLocation", "Limited", "Bot", "Site", "Room", "FlexibleUser", "TieLine")
	extensionSubType = newEnum[rest.ExtensionSubType]("ExtensionSubType", "VideoPro", "VideoProPlus", "DigitalSignageOnlyRooms",
		"DigitalSignage", "Emergency")
	extensionStatus       = newEnum[rest.ExtensionStatus]("ExtensionStatus", "Enabled", "Disabled", "Frozen", "NotActivated", "Unassigned")
	extensionStatusReason = newEnum[rest.ExtensionStatusReason]("ExtensionStatusReason", "Voluntarily", "Involuntarily")
	siteAccess            = newEnum[rest.SiteAccess]("SiteAccess", "Limited", "Unlimited")
	referenceType         = newEnum[rest.ReferenceType]("ReferenceType", "PartnerId", "CustomerDirectoryId")

	phoneNumberUsageType = newEnum[rest.PhoneNumberUsageType]("PhoneNumberUsageType", "MainCompanyNumber", "AdditionalCompanyNumber",
		"CompanyNumber", "DirectNumber", "CompanyFaxNumber", "ForwardedNumber", "ForwardedCompanyNumber", "ContactCenterNumber",
		"ConferencingNumber", "MeetingsNumber", "NumberPool", "BusinessMobileNumber", "PartnerBusinessMobileNumber",
		"NumberPoolPartnerBusinessMobileNumber", "FmcBusinessMobileNumber", "InventoryFmcBusinessMobileNumber",
		"InventoryPartnerBusinessMobileNumber", "InventoryMobileNumber", "ELIN", "NumberStorage", "Inventory", "PhoneLine", "IntegrationNumber")
	phoneNumberPaymentType = newEnum[rest.PhoneNumberPaymentType]("PhoneNumberPaymentType", "External", "TollFree", "Local",
		"BusinessMobileNumberProvider", "ExternalNumberProvider", "ExternalNumberProviderTollFree", "Mobile")
	phoneNumberType    = newEnum[rest.PhoneNumberType]("PhoneNumberType", "VoiceFax", "VoiceOnly", "FaxOnly")
	phoneNumberStatus  = newEnum[rest.PhoneNumberStatus]("PhoneNumberStatus", "Normal", "Pending", "PortedIn", "Temporary")
	phoneNumberFeature = newEnum[rest.PhoneNumberFeature]("PhoneNumberFeature", "CallerId", "SmsSender", "A2PSmsSender", "MmsSender",
		"InternationalSmsSender", "Delegated")
	phoneNumberTollType         = newEnum[rest.PhoneNumberTollType]("PhoneNumberTollType", "Toll", "TollFree")
	phoneNumberActivationStatus = newEnum[rest.PhoneNumberActivationStatus]("PhoneNumberActivationStatus", "Active", "Inactive")

	forwardingNumberFeature = newEnum[rest.ForwardingNumberFeature]("ForwardingNumberFeature", "CallFlip", "CallForwarding")
	forwardingNumberType    = newEnum[rest.ForwardingNumberType]("ForwardingNumberType", "Home", "Mobile", "Work", "PhoneLine", "Outage",
		"Other", "BusinessMobilePhone", "ExtensionApps")

	deviceType             = newEnum[rest.DeviceType]("DeviceType", "BLA", "SoftPhone", "OtherPhone", "HardPhone", "WebPhone", "Paging", "Room", "WebRTC")
	deviceStatus           = newEnum[rest.DeviceStatus]("DeviceStatus", "Offline", "Online")
	deviceFeature          = newEnum[rest.DeviceFeature]("DeviceFeature", "BLA", "CommonPhone", "Intercom", "Paging", "HELD")
	linePooling            = newEnum[rest.LinePooling]("LinePooling", "Host", "Guest", "None")
	phoneLineType          = newEnum[rest.PhoneLineType]("PhoneLineType", "Standalone", "StandaloneFree", "BlaPrimary", "BlaSecondary", "BLF")
	shippingStatus         = newEnum[rest.ShippingStatus]("ShippingStatus", "Initial", "Accepted", "Shipped", "WONT_SHIP=Won't ship")
	addressStatus          = newEnum[rest.AddressStatus]("AddressStatus", "Valid", "Invalid", "Provisioning", "Deprovisioned")
	addressFormatStatus    = newEnum[rest.AddressFormatStatus]("AddressFormatStatus", "Actual", "Outdated", "Deprecated")
	addressSyncStatus      = newEnum[rest.AddressSyncStatus]("AddressSyncStatus", "Verified", "Updated", "Deleted", "NotRequired", "Unsupported", "Failed")
	lineProvisioningStatus = newEnum[rest.LineProvisioningStatus]("LineProvisioningStatus", "Valid", "Provisioning", "Invalid")
)
