package gateway_test

import (
	"slices"
	"strings"
	"testing"
)

// fuzzOperations use every input type of the schema in their variables, whole and in
// pieces.
var fuzzOperations = []string{
	`query ($f: ExtensionFilter, $first: Int, $after: String, $last: Int, $before: String) {
		account { extensions(filter: $f, first: $first, after: $after, last: $last, before: $before) { totalCount nodes { name } pageInfo { endCursor } } } }`,
	`query ($f: PhoneNumberFilter, $first: Int, $after: String) { account { phoneNumbers(filter: $f, first: $first, after: $after) { nodes { phoneNumber } } } }`,
	`query ($f: AssignedPhoneNumberFilter, $last: Int, $before: String) { viewer { phoneNumbers(filter: $f, last: $last, before: $before) { nodes { phoneNumber } } } }`,
	`query ($f: UsablePhoneNumberFilter, $n: Int! = 3) { viewer { usablePhoneNumbers(filter: $f, first: $n) { nodes { phoneNumber } } } }`,
	`query ($f: DeviceFilter, $id: ID!) { extension(id: $id) { devices(filter: $f) { nodes { name } } } }`,
	`query ($ids: [ID!]!, $skip: Boolean!, $id: ID = "~") { nodes(ids: $ids) { id @skip(if: $skip) ... on Extension @include(if: $skip) { name } } account(id: $id) { rcId } }`,
	`query ($number: String, $email: [String!], $status: [ExtensionStatus!], $type: [ExtensionType!]) {
		account { extensions(filter: {extensionNumber: $number, email: $email, status: $status, type: $type}) { totalCount } } }`,
	`query ($status: ExtensionStatus! = ENABLED, $email: String! = "a@b.c", $other: ExtensionStatus = DISABLED) {
		account { extensions(filter: {status: [$status, $other], email: [$email]}) { totalCount } } }`,
	`query ($pool: LinePooling, $feature: [DeviceFeature!], $type: [DeviceType!], $line: PhoneLineType! = BLF) {
		viewer { devices(filter: {linePooling: $pool, feature: $feature, type: $type, lineType: [$line]}) { totalCount } } }`,
	`query ($usage: [PhoneNumberUsageType!], $payment: PhoneNumberPaymentType!, $status: [PhoneNumberStatus!] = null, $ext: ExtensionStatus) {
		account { phoneNumbers(filter: {usageType: $usage, paymentType: [$payment], status: $status, extensionStatus: $ext}) { totalCount } } }`,
	`mutation ($input: ReassignPhoneNumberInput!) { reassignPhoneNumber(input: $input) { outcome phoneNumber { phoneNumber } userErrors { code message field } } }`,
	`mutation ($input: ProvisionPhoneNumberInput!) { provisionPhoneNumber(input: $input) { outcome phoneNumber { phoneNumber } userErrors { code message field } } }`,
	`mutation ($number: String!, $type: PhoneNumberType, $usage: PhoneNumberUsageType = INVENTORY, $id: ID) {
		provisionPhoneNumber(input: {phoneNumber: $number, type: $type, usageType: $usage, extensionId: $id}) { outcome userErrors { code field } } }`,
	`mutation ($input: DeletePhoneNumberInput!) { deletePhoneNumber(input: $input) { deletedId outcome userErrors { code message field } } }`,
	`mutation ($input: ReassignPhoneNumbersInput!) { reassignPhoneNumbers(input: $input) { outcome results { outcome phoneNumber { phoneNumber } userErrors { code field } } userErrors { code message field } } }`,
	`mutation ($items: [ReassignPhoneNumberInput!]!) { reassignPhoneNumbers(input: {items: $items}) { outcome } }`,
	`mutation ($input: ProvisionPhoneNumbersInput!) { provisionPhoneNumbers(input: $input) { outcome task { rcId } results { outcome userErrors { code field } } userErrors { code message field } } }`,
	`mutation ($items: [ProvisionPhoneNumberItem!]!, $account: ID) { provisionPhoneNumbers(input: {accountId: $account, items: $items}) { outcome } }`,
	`mutation ($input: DeletePhoneNumbersInput!) { deletePhoneNumbers(input: $input) { outcome results { deletedId userErrors { code field } } userErrors { code message field } } }`,
	`query ($task: ID!, $account: ID) { phoneNumberTask(id: $task, accountId: $account) { status results { number } } }`,
	`mutation ($input: BulkAssignCallQueueMembersInput!) { bulkAssignCallQueueMembers(input: $input) { results { extensionId outcome userErrors { code } } outcome userErrors { code message field } } }`,
	`mutation ($items: [CallQueueMembersInput!]!, $account: ID) { bulkAssignCallQueueMembers(input: {accountId: $account, items: $items}) { outcome } }`,
	`mutation ($queue: ID!, $added: [ID!], $removed: ID!) {
		bulkAssignCallQueueMembers(input: {items: [{callQueueId: $queue, addedExtensionIds: $added, removedExtensionIds: [$removed]}]}) { outcome } }`,
	`query ($status: CallerBlockingNumberStatus, $first: Int) { viewer { callerBlockingNumbers(status: $status, first: $first) { nodes { phoneNumber } } blockedNumbers(first: $first) { totalCount } } }`,
	`mutation ($input: UpdateCallerBlockingInput!) { updateCallerBlocking(input: $input) { outcome callerBlocking { mode } userErrors { code message field } } }`,
	`mutation ($mode: CallerBlockingMode, $none: CallerBlockingNoCallerId, $phones: CallerBlockingPayPhones, $greetings: [BlockedCallerGreetingInput!], $type: BlockedCallerGreetingType!) {
		some: updateCallerBlocking(input: {mode: $mode, noCallerId: $none, payPhones: $phones, greetings: $greetings}) { outcome }
		one: updateCallerBlocking(input: {greetings: [{type: $type, presetId: "67072"}]}) { outcome } }`,
	`mutation ($add: AddCallerBlockingNumberInput!, $update: UpdateCallerBlockingNumberInput!, $delete: DeleteCallerBlockingNumberInput!, $all: DeleteCallerBlockingNumbersInput!) {
		addCallerBlockingNumber(input: $add) { outcome callerBlockingNumber { id } userErrors { code message field } } updateCallerBlockingNumber(input: $update) { outcome userErrors { code } }
		deleteCallerBlockingNumber(input: $delete) { outcome deletedId } deleteCallerBlockingNumbers(input: $all) { outcome results { outcome } } }`,
	`mutation ($block: AddBlockedNumberInput!, $update: UpdateBlockedNumberInput!, $delete: DeleteBlockedNumberInput!) {
		addBlockedNumber(input: $block) { outcome blockedNumber { id } userErrors { code message field } } updateBlockedNumber(input: $update) { outcome } deleteBlockedNumber(input: $delete) { outcome deletedId } }`,
	`query ($f: CallQueueFilter, $first: Int) { account { callQueues(filter: $f, first: $first) { totalCount nodes { name } } } }`,
	`mutation ($input: UpdateCallQueueInput!) { updateCallQueue(input: $input) { outcome callQueue { name alertTimer } userErrors { code message field } } }`,
	`mutation ($id: ID!, $level: ServiceLevelSettingsInput, $on: Boolean) {
		updateCallQueue(input: {callQueueId: $id, serviceLevelSettings: $level, emergency: $on}) { outcome userErrors { code field } } }`,
	`mutation ($input: SetExtensionCallQueuesInput!) { setExtensionCallQueues(input: $input) { outcome callQueues { name status } userErrors { code message field } } }`,
	`mutation ($input: BulkAssignPagingGroupUsersAndDevicesInput!) {
		bulkAssignPagingGroupUsersAndDevices(input: $input) { results { userId deviceId outcome userErrors { code } } outcome userErrors { code message field } } }`,
	`mutation ($items: [PagingGroupUsersAndDevicesInput!]!) { bulkAssignPagingGroupUsersAndDevices(input: {items: $items}) { outcome } }`,
	`mutation ($input: BulkAssignParkLocationUsersInput!) { bulkAssignParkLocationUsers(input: $input) { results { userId outcome } outcome userErrors { code field } } }`,
	`mutation ($items: [ParkLocationUsersInput!]!) { bulkAssignParkLocationUsers(input: {items: $items}) { outcome } }`,
	`mutation ($input: UpdateDeviceInput! = {deviceId: "66420008", name: "Desk", phoneNumberIds: ["723457008"], extensionId: "~"}) {
		updateDevice(input: $input) { outcome device { name emergency { address { city } } } userErrors { code message field } } }`,
	`mutation ($input: UpdateDeviceEmergencyInput! = {deviceId: "66420008", emergency: {locationId: "201"}}) {
		updateDeviceEmergency(input: $input) { outcome device { name } userErrors { code message field } } }`,
	`mutation ($e: DeviceEmergencyInput, $a: EmergencyAddressInput = {zip: "94002"}, $old: EmergencyServiceAddressInput = {street: "1"}) {
		a: updateDevice(input: {deviceId: "66420008", emergency: $e, emergencyServiceAddress: $old}) { outcome }
		b: updateDeviceEmergency(input: {deviceId: "66420008", emergency: {address: $a}}) { outcome } }`,
	`mutation ($input: RemoveDeviceInput! = {deviceId: "66421008"}) { removeDevice(input: $input) { outcome deletedId device { name } userErrors { code field } } }`,
	`mutation ($input: ReplaceDeviceInput! = {deviceId: "66420008", extensionId: "401145624008", targetDeviceId: "66425008"}) {
		replaceDevice(input: $input) { outcome device { name } userErrors { code field } } }`,
	`mutation ($input: AddDevicesToInventoryInput! = {quantity: 1}) { addDevicesToInventory(input: $input) { outcome deviceIds site { name } userErrors { code field } } }`,
	`mutation ($input: DeleteDevicesFromInventoryInput! = {deviceIds: ["66425008"]}) {
		deleteDevicesFromInventory(input: $input) { outcome results { deviceId outcome } userErrors { code field } } }`,
	`mutation ($input: CreateDeviceOrderInput! = {devices: [{modelId: "56"}], shipping: {address: {customerName: "J", street: "1", city: "M", zip: "85201", country: "USA"}}}) {
		createDeviceOrder(input: $input) { outcome order { rcId devices { name } } devices { name } task { status } userErrors { code message field } } }`,
	`mutation ($d: OrderedDeviceInput! = {type: SOFT_PHONE, name: "x"}, $s: DeviceShippingInput, $a: DeliveryAddressInput, $x: DeviceAddonInput! = {addonId: "2"}) {
		createDeviceOrder(input: {devices: [$d, {modelId: "56", addons: [$x]}], shipping: $s, emergencyServiceAddress: $a}) { outcome userErrors { code field } } }`,
	`query ($l: LicenseFilter, $c: CountryFilter, $first: Int) { account { licenses(filter: $l, first: $first) { nodes { rcId } } } countries(filter: $c, first: $first) { nodes { name } } }`,
	`mutation ($order: OrderLicensesInput!, $delete: DeleteLicenseInput!) {
		orderLicenses(input: $order) { outcome userErrors { code message field } } deleteLicense(input: $delete) { outcome userErrors { code } } }`,
	`mutation ($item: LicenseItemInput!, $sku: LicenseSku!) { orderLicenses(input: {items: [$item, {sku: $sku, quantity: 1}]}) { outcome userErrors { code field } } }`,
	`mutation ($input: CreateAccountInput!) { createAccount(input: $input) { outcome account { rcId } userErrors { code message field } } }`,
	`mutation ($status: AccountStatus, $service: CreateAccountServiceInfoInput, $operator: CreateAccountOperatorInput, $signup: CreateAccountSignupInfoInput) {
		createAccount(input: {status: $status, serviceInfo: $service, operator: $operator, signupInfo: $signup}) { outcome userErrors { code field } } }`,
	`mutation ($feature: CreateAccountFeatureInput!, $limits: CreateAccountLimitsInput, $contact: CreateAccountContactInput, $may: CreateAccountPermissionsInput,
		$reference: CreateAccountReferenceInput!, $region: CreateAccountRegionalSettingsInput, $state: SetupWizardState) {
		createAccount(input: {serviceInfo: {features: [$feature], limits: $limits}, operator: {
			contact: $contact, permissions: $may, references: [$reference], regionalSettings: $region, setupWizardState: $state}}) { outcome userErrors { code field } } }`,
	`mutation ($address: CreateAccountAddressInput, $type: ReferenceType!, $time: TimeFormat) {
		createAccount(input: {operator: {contact: {businessAddress: $address}, references: [{ref: "1", type: $type}], regionalSettings: {timeFormat: $time}}}) { outcome } }`,
	`query ($f: AvailablePhoneNumberFilter!, $first: Int) { availablePhoneNumbers(filter: $f, first: $first) { phoneNumber rank } }`,
	`query ($numbers: [String!]!, $home: String, $national: Boolean) { parsePhoneNumbers(numbers: $numbers, homeCountry: $home, nationalAsPriority: $national) { e164 } }`,
	`mutation ($input: ReservePhoneNumbersInput!) { reservePhoneNumbers(input: $input) { results { phoneNumber outcome userErrors { code field } } outcome userErrors { code field } } }`,
	`mutation ($one: ReservePhoneNumberInput!, $till: DateTime, $term: ReservationTerm) {
		reservePhoneNumbers(input: {items: [$one, {phoneNumber: "+16505550180", reservedTill: $till, term: $term}]}) { outcome } }`,
	`mutation ($input: UnreservePhoneNumbersInput!) { unreservePhoneNumbers(input: $input) { results { phoneNumber outcome userErrors { code } } outcome } }`,
	`mutation ($one: UnreservePhoneNumberInput!) { unreservePhoneNumbers(input: {items: [$one]}) { outcome } }`,
	`mutation ($input: ReplacePhoneNumberInput!) { replacePhoneNumber(input: $input) { outcome phoneNumber { phoneNumber } userErrors { code field } } }`,
	`query ($f: ForwardingNumberFilter, $feature: ForwardingNumberFeature!, $first: Int, $id: ID!, $of: ID) { forwardingNumber(id: $id, extensionId: $of) { label }
		viewer { forwardingNumbers(filter: $f, first: $first) { totalCount } some: forwardingNumbers(filter: {feature: [$feature]}) { totalCount } callFlipNumbers(first: $first) { totalCount } } }`,
	`mutation ($add: CreateForwardingNumberInput!, $update: UpdateForwardingNumberInput!, $delete: DeleteForwardingNumberInput!, $all: DeleteForwardingNumbersInput!, $type: ForwardingNumberType) {
		createForwardingNumber(input: $add) { outcome forwardingNumber { id } userErrors { code message field } } updateForwardingNumber(input: $update) { outcome userErrors { code } }
		one: createForwardingNumber(input: {type: $type, phoneNumber: "+12078260028"}) { outcome }
		deleteForwardingNumber(input: $delete) { outcome deletedId } deleteForwardingNumbers(input: $all) { outcome results { outcome } } }`,
	`mutation ($input: CreateExtensionInput!) { createExtension(input: $input) { extension { name } outcome userErrors { code message field } } }`,
	`mutation ($input: UpdateExtensionInput!) { updateExtension(input: $input) { extension { name } outcome userErrors { code message field } } }`,
	`mutation ($input: DeleteExtensionInput!, $many: DeleteExtensionsInput!) {
		deleteExtension(input: $input) { deletedId outcome userErrors { code } } deleteExtensions(input: $many) { outcome userErrors { code } } }`,
	`mutation ($id: ID!, $sub: ExtensionSubType, $info: ExtensionStatusInfoInput, $reason: ExtensionStatusReason, $who: ExtensionTransitionInput,
		$contact: ExtensionContactInput, $wizard: SetupWizardState, $refs: [ExtensionReferenceInput!], $custom: [ExtensionCustomFieldInput!],
		$level: ExtensionCallQueueInfoInput, $password: Secret, $pin: Secret! = "1234") {
		all: updateExtension(input: {extensionId: $id, subType: $sub, statusInfo: $info, transition: $who, contact: $contact, setupWizardState: $wizard,
			references: $refs, customFields: $custom, callQueueInfo: $level, password: $password, ivrPin: $pin}) { outcome }
		why: updateExtension(input: {extensionId: $id, statusInfo: {reason: $reason}}) { outcome } }`,
	`mutation ($place: ExtensionRegionalSettingsInput, $site: EntryInput!, $format: TimeFormat, $address: ExtensionAddressInput,
		$name: ExtensionPronouncedNameInput, $kind: PronouncedNameType, $reference: ReferenceType) {
		place: createExtension(input: {regionalSettings: $place, site: $site, contact: {businessAddress: $address, pronouncedName: $name}}) { outcome }
		kind: createExtension(input: {regionalSettings: {timeFormat: $format}, contact: {pronouncedName: {type: $kind}}, references: [{type: $reference}]}) { outcome } }`,
	`query ($id: String!, $target: ID) { viewer { hasPermission(id: $id, targetExtensionId: $target) authorizationProfile(targetExtensionId: $target) { uri } } }`,
	`subscription ($account: ID! = "~", $types: [AccountEventType!], $after: ID) {
		contactCenterPhoneNumberChanged(accountId: $account, types: $types, after: $after) { id phoneNumber { label } } }`,
	`subscription ($account: ID! = "~", $types: [AccountEventType!], $after: ID) { extensionChanged(accountId: $account, types: $types, after: $after) { id hints } }`,
}

// fuzzOperation returns the place of the first operation with a piece of text.
func fuzzOperation(f *testing.F, piece string) int {
	f.Helper()
	i := slices.IndexFunc(fuzzOperations, func(op string) bool { return strings.Contains(op, piece) })
	if i < 0 {
		f.Fatalf("no operation has %s", piece)
	}
	return i
}
