package sim_test

const (
	shipTo  = `"shipping":{"method":{"id":"1"},"address":{"customerName":"Jane Smith","street":"1 Elm Street","city":"Mesa","state":"AZ","zip":"85201","country":"USA"}}`
	phone   = `{"type":"HardPhone","model":{"id":"56","addons":[{"id":"2","count":2}]},"name":"Front desk","extension":{"id":435068008},` + shipTo + `}`
	twoOf   = `{"devices":[` + phone + `,{"type":"SoftPhone","name":"Laptop",` + shipTo + `}]}`
	badZip  = `{"emergencyServiceAddress":{"zip":"94","country":"USA"}}`
	oneDesk = v1 + "/device/66420008"
)

func deviceOrderExchanges() []exchange {
	oneOption := "the type is one option, and the text and the methods make it a list"
	order, stock := v1+"/order", v2+"/device-inventory"
	return []exchange{
		{operation: "updateDevice", path: oneDesk, body: `{"name":"Reception","emergency":{"address":{"street":"5 Main Street","buildingNumber":"5"}}}`, status: 200},
		{operation: "updateDevice", path: oneDesk, body: `{"extension":{"id":"435068008"},"phoneLines":{"phoneLines":[{"id":"723457008"}]}}`, status: 200},
		{operation: "updateDevice", path: oneDesk, body: `{"useAsCommonPhone":true}`, status: 400},
		{operation: "updateDevice", path: oneDesk, body: badZip, status: 400},
		{operation: "updateDevice", path: v1 + "/device/1", body: `{}`, status: 404},
		{operation: "updateDeviceEmergency", path: oneDesk + "/emergency", body: `{"emergency":{"location":{"id":"202"}}}`, status: 200},
		{operation: "updateDeviceEmergency", path: oneDesk + "/emergency", body: `{"name":"x"}`, status: 400},
		{operation: "createDeviceOrder", path: order, body: phone, status: 200},
		{operation: "createDeviceOrder", path: order, body: twoOf, status: 200},
		{operation: "createDeviceOrder", path: order + "?async=true", body: twoOf, status: 200},
		{operation: "createDeviceOrder", path: order, body: `{"devices":[]}`, status: 400},
		{operation: "createDeviceOrder", path: order, body: `{}`, status: 400},
		{operation: "loadDeviceOrder", path: order + "/74510008", status: 200},
		{operation: "loadDeviceOrder", path: order + "/1", status: 404},
		{operation: "readDevice", path: v1 + "/device/66425008", status: 200},
		{operation: "getDeviceModels", path: "/restapi/v1.0/dictionary/device", status: 200},
		{operation: "listShippingOptions", path: "/restapi/v1.0/dictionary/shipping-options?servicePlanId=1216&brandId=1210&quantity=3", status: 200, except: oneOption},
		{operation: "listShippingOptions", path: "/restapi/v1.0/dictionary/shipping-options?quantity=10001", status: 400},
		{operation: "listShippingOptions", path: "/restapi/v1.0/dictionary/shipping-options?brandId=7", status: 404},
		{operation: "addDeviceToInventory", path: stock, body: `{"type":"OtherPhone","quantity":2,"site":{"id":"main-site"}}`, status: 201},
		{operation: "addDeviceToInventory", path: stock, body: `{"type":"HardPhone","quantity":2}`, status: 400},
		{operation: "deleteDeviceFromInventory", path: stock, body: `{"records":[{"deviceId":"1"},{"deviceId":"66421008"}]}`, status: 200},
		{operation: "deleteDeviceFromInventory", path: stock, body: `{"records":[]}`, status: 400},
		{operation: "replaceDevicesJWSPublic", path: v2 + "/extensions/435068008/devices/66420008/replace", body: `{"targetDeviceId":"66425008"}`, status: 204},
		{operation: "replaceDevicesJWSPublic", path: v2 + "/extensions/435068008/devices/66421008/replace", body: `{"targetDeviceId":"66420008"}`, status: 400},
		{operation: "removeLineJWSPublic", path: v2 + "/devices/66425008", status: 200},
		{operation: "removeLineJWSPublic", path: v2 + "/devices/66421008", body: `{"keepAssetsInInventory":false}`, status: 204},
		{operation: "removeLineJWSPublic", path: v2 + "/devices/66421008", status: 404},
	}
}
