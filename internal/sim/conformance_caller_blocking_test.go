package sim_test

import (
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
)

// textIDs has the ids of blocked numbers taken for text in paths, as everything is, although the description of 2018 calls
// them integers there: in answers it calls them text.
func textIDs(doc *openapi3.T) {
	for _, o := range doc.Paths.Value(v1Extension + "/blocked-number/{blockedNumberId}").Operations() {
		o.Parameters.GetByInAndName("path", "blockedNumberId").Schema = openapi3.NewStringSchema().NewRef()
	}
}

const v1Extension = "/restapi/v1.0/account/{accountId}/extension/{extensionId}"

// The ids that John's numbers have: base64 of their digits.
const (
	warrantyID = "MTcxNzk2NjUwMDQ" // +17179665004
	secondID   = "MTY1MDM0NTY3ODk" // +16503456789
)

func blockingExchanges() []exchange {
	const settings, numbers, old = v1 + "/extension/~/caller-blocking", v1 + "/extension/~/caller-blocking/phone-numbers", v1 + "/extension/~/blocked-number"
	const queue = v1 + "/extension/512090008"
	long := strings.Repeat("x", 61)
	return []exchange{
		{operation: "readCallerBlockingSettings", path: settings, status: 200},
		{operation: "readCallerBlockingSettings", path: queue + "/caller-blocking", status: 403},
		{operation: "updateCallerBlockingSettings", path: settings, status: 200,
			body: `{"mode":"All","noCallerId":"BlockFaxes","payPhones":"Block","greetings":[{"type":"BlockedPayPhones","preset":{"id":"67072"}}]}`},
		{operation: "updateCallerBlockingSettings", path: settings, body: `{"greetings":[{"type":"BlockedPayPhones","preset":{"id":"1"}}]}`, status: 400},
		{operation: "updateCallerBlockingSettings", path: settings, body: `{"mode":"Some"}`, status: 400},
		{operation: "listBlockedAllowedNumbers", path: numbers, status: 200},
		{operation: "listBlockedAllowedNumbers", path: numbers + "?status=Allowed&perPage=1", status: 200},
		{operation: "listBlockedAllowedNumbers", path: numbers + "?perPage=0", status: 400},
		{operation: "listBlockedAllowedNumbers", path: numbers + "?status=Odd", status: 400},
		{operation: "createBlockedAllowedNumber", path: numbers, body: `{"phoneNumber":"+16505550188","label":"Fair","status":"Allowed"}`, status: 200},
		{operation: "createBlockedAllowedNumber", path: numbers, body: `{"phoneNumber":"+16505550188"}`, status: 400},
		{operation: "createBlockedAllowedNumber", path: numbers, body: `{"label":"nobody"}`, status: 400},
		{operation: "createBlockedAllowedNumber", path: numbers, body: `{"phoneNumber":"+16505550189","label":"` + long + `"}`, status: 400},
		{operation: "readBlockedAllowedNumber", path: numbers + "/" + warrantyID, status: 200},
		{operation: "readBlockedAllowedNumber", path: numbers + "/" + warrantyID + "," + secondID + ",x", status: 207},
		{operation: "readBlockedAllowedNumber", path: numbers + "/" + warrantyID + ",x", status: 207, headers: []string{"Accept", vendorJSON}},
		{operation: "readBlockedAllowedNumber", path: numbers + "/x", status: 404},
		{operation: "updateBlockedAllowedNumber", path: numbers + "/" + warrantyID, body: `{"phoneNumber":"17179665004","label":"Nobody"}`, status: 200},
		{operation: "updateBlockedAllowedNumber", path: numbers + "/" + warrantyID, body: `{"phoneNumber":"+17179665005"}`, status: 400},
		{operation: "updateBlockedAllowedNumber", path: numbers + "/x", body: `{}`, status: 404},
		{operation: "listBlockedNumbers", path: old + "?perPage=1", status: 200},
		{operation: "listBlockedNumbers", path: old + "?perPage=x", status: 400},
		{operation: "blockNumber", path: old, body: `{"phoneNumber":"+16505550190","name":"Lottery"}`, status: 200},
		{operation: "blockNumber", path: old, body: `{"phoneNumber":"+16505550190"}`, status: 400},
		{operation: "blockNumber", path: old, body: `{"phoneNumber":"+15551"}`, status: 400},
		{operation: "blockNumber", path: v1 + "/extension/1/blocked-number", body: `{"phoneNumber":"+16505550191"}`, status: 404},
		{operation: "loadBlockedNumber", path: old + "/" + warrantyID, status: 200},
		{operation: "loadBlockedNumber", path: old + "/1", status: 404},
		{operation: "updateBlockedNumber", path: old + "/" + warrantyID, body: `{"name":"Car"}`, status: 200},
		{operation: "updateBlockedNumber", path: old + "/" + warrantyID, body: `{"name":"` + long + `"}`, status: 400},
		{operation: "updateBlockedNumber", path: old + "/1", body: `{}`, status: 404},
		{operation: "unblockNumber", path: old + "/" + warrantyID, status: 204},
		{operation: "unblockNumber", path: old + "/" + warrantyID, status: 404},
		{operation: "deleteBlockedAllowedNumber", path: numbers + "/" + secondID + ",x", status: 207, headers: []string{"Accept", vendorJSON}},
		{operation: "deleteBlockedAllowedNumber", path: numbers + "/" + secondID, status: 404},
		{operation: "deleteBlockedAllowedNumber", path: numbers + "/MTY1MDU1NTAxODg,MTY1MDU1NTAxOTA", status: 204},
	}
}
