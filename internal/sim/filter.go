package sim

import "slices"

// set is a filter on one attribute; nil lets everything pass.
type set []string

func (s set) has(value string) bool { return s == nil || slices.Contains(s, value) }

// choice is a parameter whose values are of an enumeration. Repeated keys mean OR, unless only the first counts.
type choice struct {
	name   string
	out    *set
	values []string
	single bool
}

// choose reads filters. A value that does not exist is refused.
func (c *call) choose(choices ...choice) *problem {
	for _, ch := range choices {
		for _, v := range c.query[ch.name] {
			if !slices.Contains(ch.values, v) {
				return invalid(ch.name)
			}
		}
		*ch.out = c.query[ch.name]
		if ch.single {
			*ch.out = (*ch.out)[:min(len(*ch.out), 1)]
		}
	}
	return nil
}

// flag reads a filter that is true or false; nil lets everything pass.
func (c *call) flag(name string) (*bool, *problem) {
	if !c.query.Has(name) {
		return nil, nil
	}
	switch value := c.query.Get(name); value {
	case "true", "false":
		on := value == "true"
		return &on, nil
	}
	return nil, invalid(name)
}

func extensionStatuses() []string {
	return []string{"Enabled", "Disabled", "Frozen", "NotActivated", "Unassigned"}
}

func extensionTypes() []string {
	return []string{"User", "Department", "Announcement", "Voicemail", "DigitalUser", "VirtualUser", "FaxUser", "PagingOnly",
		"SharedLinesGroup", "DelegatedLinesGroup", "GroupCallPickup", "IvrMenu", "ApplicationExtension", "ProxyAdmin",
		"RoomConnector", "ParkLocation", "Limited", "Bot", "Site", "Room", "FlexibleUser", "TieLine", "Unknown"}
}

func phoneNumberStatuses() []string {
	return []string{"Normal", "Pending", "PortedIn", "Temporary", "Unknown"}
}

func phoneNumberTypes() []string { return []string{"VoiceFax", "VoiceOnly", "FaxOnly"} }

func paymentTypes() []string {
	return []string{"External", "TollFree", "Local", "BusinessMobileNumberProvider", "ExternalNumberProvider",
		"ExternalNumberProviderTollFree", "Mobile"}
}

func usageTypes() []string {
	return []string{"MainCompanyNumber", "AdditionalCompanyNumber", "CompanyNumber", "DirectNumber", "CompanyFaxNumber",
		"FmcBusinessMobileNumber", "InventoryFmcBusinessMobileNumber", "ForwardedNumber", "ForwardedCompanyNumber",
		"ContactCenterNumber", "ConferencingNumber", "MeetingsNumber", "NumberPool", "BusinessMobileNumber", "ELIN",
		"PartnerBusinessMobileNumber", "NumberPoolPartnerBusinessMobileNumber", "NumberStorage", "IntegrationNumber",
		"InventoryMobileNumber"}
}

func usageTypesV2() []string {
	return []string{"MainCompanyNumber", "DirectNumber", "Inventory", "InventoryPartnerBusinessMobileNumber",
		"InventoryFmcBusinessMobileNumber", "PartnerBusinessMobileNumber", "AdditionalCompanyNumber", "CompanyNumber",
		"PhoneLine", "CompanyFaxNumber", "ForwardedNumber", "ForwardedCompanyNumber", "ContactCenterNumber",
		"ConferencingNumber", "MeetingsNumber", "NumberStorage", "BusinessMobileNumber", "FmcBusinessMobileNumber", "ELIN",
		"InventoryMobileNumber"}
}

func deviceTypes() []string {
	return []string{"HardPhone", "SoftPhone", "OtherPhone", "WebRTC", "Room"}
}

func deviceFeatures() []string {
	return []string{"BLA", "CommonPhone", "Intercom", "Paging", "HELD"}
}

func lineTypes() []string {
	return []string{"Unknown", "Standalone", "StandaloneFree", "BlaPrimary", "BlaSecondary"}
}

func linePoolings() []string { return []string{"Host", "Guest", "None"} }
