package sim_test

// Exchanges about licences, new accounts, and the dictionaries beside them.
func licenseExchanges() []exchange {
	const (
		licenses  = v1 + "/licenses"
		accounts  = "/restapi/v1.0/account"
		brand     = "/restapi/v1.0/dictionary/brand/"
		country   = "/restapi/v1.0/dictionary/country"
		plan      = "/restapi/v1.0/dictionary/service-plan/"
		asAnswers = "the description takes the model of answers for the operator, whose id, uri and image nobody can send"
		onlyOlder = "the description of the answer lacks the status that accounts are created in"
	)
	return []exchange{
		{operation: "listLicenses", path: licenses, status: 200},
		{operation: "listLicenses", path: licenses + "?typeId=1101&page=1&perPage=1", status: 200},
		{operation: "listLicenses", path: licenses + "?perPage=0", status: 400},
		{operation: "listLicenses", path: licenses + "?typeId=x", status: 400},
		{operation: "loadLicense", path: licenses + "/71233008", status: 200},
		{operation: "loadLicense", path: licenses + "/1", status: 404},
		{operation: "createLicensesOrder", path: licenses + "/bulk-purchase", body: `{"addedLicenses":[{"type":{"sku":"RMS"},"quantity":2}]}`, status: 204},
		{operation: "createLicensesOrder", path: licenses + "/bulk-purchase", body: `{"addedLicenses":[{"type":{"sku":"RMS"},"quantity":0}]}`, status: 400},
		{operation: "createLicensesOrder", path: licenses + "/bulk-purchase", body: `{"addedLicenses":[{"type":{"sku":"X"},"quantity":1}]}`, status: 400},
		{operation: "createLicensesOrder", path: licenses + "/bulk-purchase", body: `{"addedLicenses":[]}`, status: 400},
		{operation: "deleteLicense", path: licenses + "/71230008", status: 204},
		{operation: "deleteLicense", path: licenses + "/71230008", status: 404},
		{operation: "deleteLicense", path: licenses + "/71233008", status: 400},
		{operation: "listLicenseTypes", path: "/restapi/v1.0/dictionary/license-types", status: 200},

		{operation: "createAccount", path: accounts, body: `{"mainNumber":"+14155550180","status":"Confirmed","partnerId":"acme"}`, status: 200},
		{operation: "createAccount", path: accounts, body: `{"mainNumber":"+14155550181"}`, status: 200, except: onlyOlder},
		{operation: "createAccount", path: accounts, body: `{"mainNumber":"+14155550182","status":"Confirmed","operator":{"type":"User"}}`, status: 200, except: asAnswers},
		{operation: "createAccount", path: accounts, body: `{"mainNumber":"+14155550180"}`, status: 400},
		{operation: "createAccount", path: accounts, body: `{}`, status: 400},
		{operation: "createAccount", path: accounts, body: `{"mainNumber":"+14155550183","serviceInfo":{"brand":{"id":"1"}}}`, status: 404},
		{operation: "readAccountInfo", path: accounts + "/401146624008", status: 200},
		{operation: "readAccountServiceInfo", path: accounts + "/401146624008/service-info", status: 200},
		{operation: "readAccountInfo", path: accounts + "/401146627008", status: 404},

		{operation: "getBrandInfo", path: brand + "1210", status: 200},
		{operation: "getBrandInfo", path: brand + "1", status: 404},
		{operation: "listContractedCountries", path: brand + "3710/contracted-country", status: 200},
		{operation: "listContractedCountries", path: brand + "1/contracted-country", status: 404},
		{operation: "listDomesticCountries", path: brand + "1210/contracted-country/1?perPage=2", status: 200},
		{operation: "listDomesticCountries", path: brand + "1210/contracted-country/39", status: 404},
		{operation: "getServicePlanInfo", path: plan + "1217", status: 200},
		{operation: "getServicePlanInfo", path: plan + "1", status: 404},
		{operation: "listCountries", path: country, status: 200},
		{operation: "listCountries", path: country + "?signupAllowed=true&loginAllowed=true&numberSelling=true&freeSoftphoneLine=false&perPage=3&page=1", status: 200},
		{operation: "listCountries", path: country + "?signupAllowed=1", status: 400},
		{operation: "readCountry", path: country + "/39", status: 200},
		{operation: "readCountry", path: country + "/2", status: 404},
	}
}
