package sim_test

func freeExtensionNumberExchanges() []exchange {
	return []exchange{
		{operation: "getExtensionFreeNumbers", path: v1 + "/extension/free-numbers", status: 200},
		{operation: "getExtensionFreeNumbers", path: "/restapi/v1.0/account/1/extension/free-numbers", status: 404},
	}
}
