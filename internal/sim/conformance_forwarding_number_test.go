package sim_test

func forwardingNumberExchanges() []exchange {
	const (
		all  = v1 + "/extension/435068008/forwarding-number"
		mine = v1 + "/extension/~/forwarding-number"
	)
	return []exchange{
		{operation: "listForwardingNumbers", path: all + "?perPage=1000", status: 200},
		{operation: "listForwardingNumbers", path: all + "?perPage=0", status: 400},
		{operation: "readForwardingNumber", path: mine + "/53510008", status: 200},
		{operation: "readForwardingNumber", path: mine + "/1", status: 404},
		{operation: "readForwardingNumber", path: v1 + "/extension/512090008/forwarding-number/1", status: 403},
		{operation: "createForwardingNumber", path: all, body: `{"phoneNumber":"+12078260028","label":"Cabin","flipNumber":7}`, status: 200},
		{operation: "createForwardingNumber", path: all, body: `{"type":"PhoneLine","device":{"id":"66420008"}}`, status: 200},
		{operation: "createForwardingNumber", path: all, body: `{"phoneNumber":"+12078260028","type":"Mobile"}`, status: 400},
		{operation: "createForwardingNumber", path: all, body: `{"type":"PhoneLine","device":{"id":"1"}}`, status: 404},
		{operation: "createForwardingNumber", path: v1 + "/extension/512089008/forwarding-number", body: `{"phoneNumber":"+12078260028","type":"Home"}`, status: 400},
		{operation: "createForwardingNumber", path: v1 + "/extension/512090008/forwarding-number", body: `{"phoneNumber":"+12078260028","type":"Home"}`, status: 403},
		{operation: "updateForwardingNumber", path: all + "/53514008", body: `{"phoneNumber":"+12078260029","flipNumber":"5"}`, status: 200},
		{operation: "updateForwardingNumber", path: all + "/53514008", body: `{"type":"Work"}`, status: 400},
		{operation: "updateForwardingNumber", path: all + "/1", body: `{}`, status: 404},
		{operation: "deleteForwardingNumber", path: all + "/53514008", status: 204},
		{operation: "deleteForwardingNumber", path: mine + "/53510008", status: 403},
		{operation: "deleteForwardingNumber", path: all + "/1", status: 404},
		{operation: "deleteForwardingNumbers", path: mine, body: `{"records":[{"forwardingNumberId":"53511008"},{"forwardingNumberId":"53513008"}]}`, status: 204},
		{operation: "deleteForwardingNumbers", path: mine, body: `{"records":[]}`, status: 400},
		{operation: "deleteForwardingNumbers", path: mine, body: `{"records":[{"forwardingNumberId":"1"}]}`, status: 404},
		{operation: "deleteForwardingNumbers", path: mine, body: `{"records":[{"forwardingNumberId":"53510008"}]}`, status: 403},
	}
}
