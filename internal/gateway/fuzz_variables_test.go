package gateway_test

import (
	"fmt"
	"testing"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/parser"

	"github.com/ringql/ringql/graph"
)

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
		`{ createExtension(input: $input`:                    {`{"input":{"contact":{"firstName":"Ann","email":"a@b.c"},"password":"p4ss"}}`, `{"input":{"password":7,"ivrPin":["p4ss"]}}`},
		`{ updateExtension(input: $input`:                    {`{"input":{"extensionId":"~","status":"ENABLED","references":[],"customFields":[{"rcId":"1"}]}}`},
		`deleteExtensions(input: $many`:                      {`{"input":{"extensionId":"435068008"},"many":{"extensionIds":["435068008","1"]}}`},
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
