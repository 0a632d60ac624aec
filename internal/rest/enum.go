package rest

// The upstream's enumerations. They stay text here, so that a value of tomorrow
// decodes today; the schema knows which values are known.
type (
	RateLimitGroup string // as budget.Group

	AccountStatus       string
	AccountStatusReason string
	SetupWizardState    string
	TimeFormat          string
	BillingPlanUnit     string
	BillingPlanType     string

	ExtensionType         string
	ExtensionSubType      string
	ExtensionStatus       string
	ExtensionStatusReason string
	SiteAccess            string
	ReferenceType         string

	PhoneNumberUsageType        string
	PhoneNumberPaymentType      string
	PhoneNumberType             string
	PhoneNumberStatus           string
	PhoneNumberFeature          string
	PhoneNumberTollType         string
	PhoneNumberActivationStatus string

	ForwardingNumberType    string
	ForwardingNumberFeature string

	DeviceType             string
	DeviceStatus           string
	DeviceFeature          string
	LinePooling            string
	PhoneLineType          string
	ShippingStatus         string
	AddressStatus          string
	AddressFormatStatus    string
	AddressSyncStatus      string
	LineProvisioningStatus string
)

// The usage types that the gateway itself acts on.
const (
	MainCompanyNumber       PhoneNumberUsageType = "MainCompanyNumber"
	AdditionalCompanyNumber PhoneNumberUsageType = "AdditionalCompanyNumber"
	CompanyNumber           PhoneNumberUsageType = "CompanyNumber"
	CompanyFaxNumber        PhoneNumberUsageType = "CompanyFaxNumber"
	DirectNumber            PhoneNumberUsageType = "DirectNumber"
	ContactCenterNumber     PhoneNumberUsageType = "ContactCenterNumber"
	ForwardedNumber         PhoneNumberUsageType = "ForwardedNumber"
	ForwardedCompanyNumber  PhoneNumberUsageType = "ForwardedCompanyNumber"
	Inventory               PhoneNumberUsageType = "Inventory"
	NumberStorage           PhoneNumberUsageType = "NumberStorage"
)

// DateTime is an ISO 8601 time as the upstream wrote it: a malformed one must not
// cost the page it stands on.
type DateTime string

// raw gives values as the upstream wrote them.
func raw[T ~string](vs []T) []string {
	if vs == nil {
		return nil
	}
	texts := make([]string, len(vs))
	for i, v := range vs {
		texts[i] = string(v)
	}
	return texts
}
