package gateway_test

import (
	"fmt"
	"testing"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/parser"

	"github.com/ringql/ringql/graph"
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
	`query ($task: String!, $account: ID) { phoneNumberTask(rcId: $task, accountId: $account) { status results { number } } }`,
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
	`mutation ($block: BlockNumberInput!, $update: UpdateBlockedNumberInput!, $delete: DeleteBlockedNumberInput!) {
		blockNumber(input: $block) { outcome blockedNumber { id } userErrors { code message field } } updateBlockedNumber(input: $update) { outcome } deleteBlockedNumber(input: $delete) { outcome deletedId } }`,
	`query ($f: AvailablePhoneNumberFilter!, $first: Int) { availablePhoneNumbers(filter: $f, first: $first) { phoneNumber rank } }`,
	`query ($numbers: [String!]!, $home: String, $national: Boolean) { parsePhoneNumbers(numbers: $numbers, homeCountry: $home, nationalAsPriority: $national) { e164 } }`,
	`mutation ($input: ReservePhoneNumbersInput!) { reservePhoneNumbers(input: $input) { results { phoneNumber outcome userErrors { code field } } outcome userErrors { code field } } }`,
	`mutation ($one: ReservePhoneNumberInput!, $till: DateTime, $term: ReservationTerm) {
		reservePhoneNumbers(input: {items: [$one, {phoneNumber: "+16505550180", reservedTill: $till, term: $term}]}) { outcome } }`,
	`mutation ($input: UnreservePhoneNumbersInput!) { unreservePhoneNumbers(input: $input) { results { phoneNumber outcome userErrors { code } } outcome } }`,
	`mutation ($one: UnreservePhoneNumberInput!) { unreservePhoneNumbers(input: {items: [$one]}) { outcome } }`,
}

// Every type that a client may send a value of is tried.
func TestFuzzOperationsUseEveryInput(t *testing.T) {
	schema, used := graph.NewExecutableSchema(graph.Config{}).Schema(), map[string]bool{}
	for _, text := range fuzzOperations {
		doc, err := parser.ParseQuery(&ast.Source{Input: text})
		if err != nil {
			t.Fatal(err)
		}
		for _, v := range doc.Operations[0].VariableDefinitions {
			used[v.Type.Name()] = true
		}
	}
	want := func(typ *ast.Type, where string) {
		if !used[typ.Name()] {
			t.Errorf("%s, the type of %s, is the type of no variable", typ.Name(), where)
		}
	}
	for _, def := range schema.Types {
		for _, field := range def.Fields {
			if def.Kind == ast.InputObject {
				want(field.Type, def.Name+"."+field.Name)
			}
			for _, arg := range field.Arguments {
				want(arg.Type, fmt.Sprintf("%s.%s(%s:)", def.Name, field.Name, arg.Name))
			}
		}
	}
}

// No value of a variable does harm. The text stands in the body as it is.
func FuzzVariables(f *testing.F) {
	for i := range fuzzOperations {
		f.Add(uint8(i), "{}")
		f.Add(uint8(i), `{"input":null,"f":null,"id":null,"ids":null}`)
	}
	goldenQueries(f, func(_, variables string) {
		if variables != "" {
			f.Add(uint8(0), variables)
		}
	})
	for name, all := range map[string][]string{
		`account { extensions(filter: $f`: {`{"f":{"extensionNumber":"101","email":["a@b.c"],"status":["ENABLED"],"type":"USER"},"first":3}`, `{"first":-1}`, `{"first":2147483648}`,
			`{"first":1e2,"after":"\ud800"}`, `{"last":2,"before":"AAAA"}`, `{"first":1,"last":1}`, `{"f":{"email":[[]]}}`, `{"f":{"f":{}}}`, `null`, `[]`, `{},"query":"{ __typename }"`},
		`account { phoneNumbers(filter: $f`:                  {`{"f":{"usageType":["MAIN_COMPANY_NUMBER"],"paymentType":["EXTERNAL"],"status":["NORMAL","PENDING"],"extensionStatus":"ENABLED"},"first":1000}`},
		`devices(filter: $f`:                                 {`{"f":{"linePooling":"NONE","feature":["BLA"],"type":["HARD_PHONE"],"lineType":["STANDALONE"]},"id":"~"}`, `{"id":435068008}`, `{"id":"../.."}`, `{"id":"1,2"}`},
		`nodes(ids: $ids)`:                                   {`{"ids":["MTpFeHRlbnNpb246NDAxMTQ1NjI0MDA4OjQzNTA2ODAwOA","",7],"skip":false}`, `{"ids":"MTpFeHRlbnNpb246NDAxMTQ1NjI0MDA4OjQzNTA2ODAwOA","skip":true,"id":null}`},
		`{ reassignPhoneNumber(input: $input`:                {`{"input":{"phoneNumberId":"723455008","extensionId":"435068008","usageType":"DIRECT_NUMBER"}}`, `{"input":{"phoneNumberId":"1"}}`},
		`{ provisionPhoneNumber(input: $input`:               {`{"input":{"phoneNumber":"+16505550199","usageType":"INVENTORY"}}`, `{"input":{"phoneNumber":"+16505550199","extensionId":"435068008","type":"VOICE_FAX","label":"x","reservationId":"r"}}`, `{"input":{"phoneNumber":""}}`},
		`{ deletePhoneNumber(input: $input`:                  {`{"input":{"phoneNumberId":"723455008"}}`},
		`updateCallQueue(input: $input`:                      {`{"input":{"callQueueId":"512091008","name":"","status":"FROZEN","emergency":false,"siteId":"","alertTimer":-1,"serviceLevelSettings":{"slaGoal":null}}}`},
		`setExtensionCallQueues(input: $input`:               {`{"input":{"extensionId":"435068008","callQueueIds":["512091008","","~"]}}`, `{"input":{"extensionId":"~","callQueueIds":[]}}`},
		`bulkAssignPagingGroupUsersAndDevices(input: $input`: {`{"input":{"items":[{"pagingGroupId":"1","addedUserIds":["2"],"addedDeviceIds":["2"],"removedDeviceIds":null}]}}`},
		`bulkAssignParkLocationUsers(input: $input`:          {`{"input":{"accountId":"~","items":[{"parkLocationId":"1","removedUserIds":["2","2"]}]}}`},
		`bulkAssignCallQueueMembers(input: $input`:           {`{"input":{"items":[{"callQueueId":"1","addedExtensionIds":["435068008"],"removedExtensionIds":[]}]}}`, `{"input":{"accountId":"1","items":[]}}`},
	} {
		for _, variables := range all {
			f.Add(uint8(fuzzOperation(f, name)), variables)
		}
	}
	next := renewing(f)
	f.Fuzz(func(t *testing.T, op uint8, variables string) {
		query := fuzzOperations[int(op)%len(fuzzOperations)]
		next(t).post(t, fmt.Appendf(nil, `{"query":%s,"variables":%s}`, quoted(query), variables), kinds[0])
	})
}
