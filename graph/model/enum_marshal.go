package model

import (
	"github.com/99designs/gqlgen/graphql"

	"github.com/ringql/ringql/internal/rest"
)

// The generator finds the functions of an enumeration by their names. Each pair
// writes the value for an answer and reads it from an argument.

// MarshalAccountStatus writes v.
func MarshalAccountStatus(v rest.AccountStatus) graphql.Marshaler { return accountStatus.marshal(v) }

// UnmarshalAccountStatus reads v.
func UnmarshalAccountStatus(v any) (rest.AccountStatus, error) { return accountStatus.unmarshal(v) }

// MarshalAccountStatusReason writes v.
func MarshalAccountStatusReason(v rest.AccountStatusReason) graphql.Marshaler {
	return accountStatusReason.marshal(v)
}

// UnmarshalAccountStatusReason reads v.
func UnmarshalAccountStatusReason(v any) (rest.AccountStatusReason, error) {
	return accountStatusReason.unmarshal(v)
}

// MarshalSetupWizardState writes v.
func MarshalSetupWizardState(v rest.SetupWizardState) graphql.Marshaler {
	return setupWizardState.marshal(v)
}

// UnmarshalSetupWizardState reads v.
func UnmarshalSetupWizardState(v any) (rest.SetupWizardState, error) {
	return setupWizardState.unmarshal(v)
}

// MarshalTimeFormat writes v.
func MarshalTimeFormat(v rest.TimeFormat) graphql.Marshaler { return timeFormat.marshal(v) }

// UnmarshalTimeFormat reads v.
func UnmarshalTimeFormat(v any) (rest.TimeFormat, error) { return timeFormat.unmarshal(v) }

// MarshalBillingPlanUnit writes v.
func MarshalBillingPlanUnit(v rest.BillingPlanUnit) graphql.Marshaler {
	return billingPlanUnit.marshal(v)
}

// UnmarshalBillingPlanUnit reads v.
func UnmarshalBillingPlanUnit(v any) (rest.BillingPlanUnit, error) {
	return billingPlanUnit.unmarshal(v)
}

// MarshalBillingPlanType writes v.
func MarshalBillingPlanType(v rest.BillingPlanType) graphql.Marshaler {
	return billingPlanType.marshal(v)
}

// UnmarshalBillingPlanType reads v.
func UnmarshalBillingPlanType(v any) (rest.BillingPlanType, error) {
	return billingPlanType.unmarshal(v)
}

// MarshalExtensionType writes v.
func MarshalExtensionType(v rest.ExtensionType) graphql.Marshaler { return extensionType.marshal(v) }

// UnmarshalExtensionType reads v.
func UnmarshalExtensionType(v any) (rest.ExtensionType, error) { return extensionType.unmarshal(v) }

// MarshalExtensionSubType writes v.
func MarshalExtensionSubType(v rest.ExtensionSubType) graphql.Marshaler {
	return extensionSubType.marshal(v)
}

// UnmarshalExtensionSubType reads v.
func UnmarshalExtensionSubType(v any) (rest.ExtensionSubType, error) {
	return extensionSubType.unmarshal(v)
}

// MarshalExtensionStatus writes v.
func MarshalExtensionStatus(v rest.ExtensionStatus) graphql.Marshaler {
	return extensionStatus.marshal(v)
}

// UnmarshalExtensionStatus reads v.
func UnmarshalExtensionStatus(v any) (rest.ExtensionStatus, error) {
	return extensionStatus.unmarshal(v)
}

// MarshalExtensionStatusReason writes v.
func MarshalExtensionStatusReason(v rest.ExtensionStatusReason) graphql.Marshaler {
	return extensionStatusReason.marshal(v)
}

// UnmarshalExtensionStatusReason reads v.
func UnmarshalExtensionStatusReason(v any) (rest.ExtensionStatusReason, error) {
	return extensionStatusReason.unmarshal(v)
}

// MarshalSiteAccess writes v.
func MarshalSiteAccess(v rest.SiteAccess) graphql.Marshaler { return siteAccess.marshal(v) }

// UnmarshalSiteAccess reads v.
func UnmarshalSiteAccess(v any) (rest.SiteAccess, error) { return siteAccess.unmarshal(v) }

// MarshalReferenceType writes v.
func MarshalReferenceType(v rest.ReferenceType) graphql.Marshaler { return referenceType.marshal(v) }

// UnmarshalReferenceType reads v.
func UnmarshalReferenceType(v any) (rest.ReferenceType, error) { return referenceType.unmarshal(v) }

// MarshalPhoneNumberUsageType writes v.
func MarshalPhoneNumberUsageType(v rest.PhoneNumberUsageType) graphql.Marshaler {
	return phoneNumberUsageType.marshal(v)
}

// UnmarshalPhoneNumberUsageType reads v.
func UnmarshalPhoneNumberUsageType(v any) (rest.PhoneNumberUsageType, error) {
	return phoneNumberUsageType.unmarshal(v)
}

// MarshalPhoneNumberPaymentType writes v.
func MarshalPhoneNumberPaymentType(v rest.PhoneNumberPaymentType) graphql.Marshaler {
	return phoneNumberPaymentType.marshal(v)
}

// UnmarshalPhoneNumberPaymentType reads v.
func UnmarshalPhoneNumberPaymentType(v any) (rest.PhoneNumberPaymentType, error) {
	return phoneNumberPaymentType.unmarshal(v)
}

// MarshalPhoneNumberType writes v.
func MarshalPhoneNumberType(v rest.PhoneNumberType) graphql.Marshaler {
	return phoneNumberType.marshal(v)
}

// UnmarshalPhoneNumberType reads v.
func UnmarshalPhoneNumberType(v any) (rest.PhoneNumberType, error) {
	return phoneNumberType.unmarshal(v)
}

// MarshalPhoneNumberStatus writes v.
func MarshalPhoneNumberStatus(v rest.PhoneNumberStatus) graphql.Marshaler {
	return phoneNumberStatus.marshal(v)
}

// UnmarshalPhoneNumberStatus reads v.
func UnmarshalPhoneNumberStatus(v any) (rest.PhoneNumberStatus, error) {
	return phoneNumberStatus.unmarshal(v)
}

// MarshalPhoneNumberFeature writes v.
func MarshalPhoneNumberFeature(v rest.PhoneNumberFeature) graphql.Marshaler {
	return phoneNumberFeature.marshal(v)
}

// UnmarshalPhoneNumberFeature reads v.
func UnmarshalPhoneNumberFeature(v any) (rest.PhoneNumberFeature, error) {
	return phoneNumberFeature.unmarshal(v)
}

// MarshalPhoneNumberTollType writes v.
func MarshalPhoneNumberTollType(v rest.PhoneNumberTollType) graphql.Marshaler {
	return phoneNumberTollType.marshal(v)
}

// UnmarshalPhoneNumberTollType reads v.
func UnmarshalPhoneNumberTollType(v any) (rest.PhoneNumberTollType, error) {
	return phoneNumberTollType.unmarshal(v)
}

// MarshalPhoneNumberActivationStatus writes v.
func MarshalPhoneNumberActivationStatus(v rest.PhoneNumberActivationStatus) graphql.Marshaler {
	return phoneNumberActivationStatus.marshal(v)
}

// UnmarshalPhoneNumberActivationStatus reads v.
func UnmarshalPhoneNumberActivationStatus(v any) (rest.PhoneNumberActivationStatus, error) {
	return phoneNumberActivationStatus.unmarshal(v)
}

// MarshalForwardingNumberFeature writes v.
func MarshalForwardingNumberFeature(v rest.ForwardingNumberFeature) graphql.Marshaler {
	return forwardingNumberFeature.marshal(v)
}

// UnmarshalForwardingNumberFeature reads v.
func UnmarshalForwardingNumberFeature(v any) (rest.ForwardingNumberFeature, error) {
	return forwardingNumberFeature.unmarshal(v)
}

// MarshalForwardingNumberType writes v.
func MarshalForwardingNumberType(v rest.ForwardingNumberType) graphql.Marshaler {
	return forwardingNumberType.marshal(v)
}

// UnmarshalForwardingNumberType reads v.
func UnmarshalForwardingNumberType(v any) (rest.ForwardingNumberType, error) {
	return forwardingNumberType.unmarshal(v)
}

// MarshalDeviceType writes v.
func MarshalDeviceType(v rest.DeviceType) graphql.Marshaler { return deviceType.marshal(v) }

// UnmarshalDeviceType reads v.
func UnmarshalDeviceType(v any) (rest.DeviceType, error) { return deviceType.unmarshal(v) }

// MarshalDeviceStatus writes v.
func MarshalDeviceStatus(v rest.DeviceStatus) graphql.Marshaler { return deviceStatus.marshal(v) }

// UnmarshalDeviceStatus reads v.
func UnmarshalDeviceStatus(v any) (rest.DeviceStatus, error) { return deviceStatus.unmarshal(v) }

// MarshalDeviceFeature writes v.
func MarshalDeviceFeature(v rest.DeviceFeature) graphql.Marshaler { return deviceFeature.marshal(v) }

// UnmarshalDeviceFeature reads v.
func UnmarshalDeviceFeature(v any) (rest.DeviceFeature, error) { return deviceFeature.unmarshal(v) }

// MarshalLinePooling writes v.
func MarshalLinePooling(v rest.LinePooling) graphql.Marshaler { return linePooling.marshal(v) }

// UnmarshalLinePooling reads v.
func UnmarshalLinePooling(v any) (rest.LinePooling, error) { return linePooling.unmarshal(v) }

// MarshalPhoneLineType writes v.
func MarshalPhoneLineType(v rest.PhoneLineType) graphql.Marshaler { return phoneLineType.marshal(v) }

// UnmarshalPhoneLineType reads v.
func UnmarshalPhoneLineType(v any) (rest.PhoneLineType, error) { return phoneLineType.unmarshal(v) }

// MarshalShippingStatus writes v.
func MarshalShippingStatus(v rest.ShippingStatus) graphql.Marshaler { return shippingStatus.marshal(v) }

// UnmarshalShippingStatus reads v.
func UnmarshalShippingStatus(v any) (rest.ShippingStatus, error) { return shippingStatus.unmarshal(v) }

// MarshalAddressStatus writes v.
func MarshalAddressStatus(v rest.AddressStatus) graphql.Marshaler { return addressStatus.marshal(v) }

// UnmarshalAddressStatus reads v.
func UnmarshalAddressStatus(v any) (rest.AddressStatus, error) { return addressStatus.unmarshal(v) }

// MarshalAddressSyncStatus writes v.
func MarshalAddressSyncStatus(v rest.AddressSyncStatus) graphql.Marshaler {
	return addressSyncStatus.marshal(v)
}

// UnmarshalAddressSyncStatus reads v.
func UnmarshalAddressSyncStatus(v any) (rest.AddressSyncStatus, error) {
	return addressSyncStatus.unmarshal(v)
}

// MarshalLineProvisioningStatus writes v.
func MarshalLineProvisioningStatus(v rest.LineProvisioningStatus) graphql.Marshaler {
	return lineProvisioningStatus.marshal(v)
}

// UnmarshalLineProvisioningStatus reads v.
func UnmarshalLineProvisioningStatus(v any) (rest.LineProvisioningStatus, error) {
	return lineProvisioningStatus.unmarshal(v)
}
