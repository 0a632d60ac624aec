package sim_test

func numberPoolExchanges() []exchange {
	everything := "?countryId=1&countryCode=US&npa=650&areaCode=650&nxx=555&line=01**&exclude=4&exclude=99&extendedSearch=true" +
		"&paymentType=Local&paymentType=TollFree&perPage=5&providerId=1&smsEnabled=true"
	return []exchange{
		{operation: "lookupPhoneNumbers", path: pool + "/lookup?npa=650", status: 200},
		{operation: "lookupPhoneNumbers", path: pool + "/lookup" + everything, status: 200},
		{operation: "lookupPhoneNumbers", path: pool + "/lookup?npa=888&paymentType=TollFree&numberPattern=CALLNOW", status: 200},
		{operation: "lookupPhoneNumbers", path: pool + "/lookup", status: 400},
		{operation: "lookupPhoneNumbers", path: pool + "/lookup?npa=650&countryId=7", status: 400},
		{operation: "reservePhoneNumbers", path: pool + "/reserve", body: `{"phoneNumber":"+16505550180","reservedTill":"2000-01-01T00:10:00.000Z"}`, status: 200},
		{operation: "reservePhoneNumbers", path: pool + "/reserve", body: `{"phoneNumber":"+16505550180","reservedTill":"Max"}`, status: 200,
			except: "the text of reservedTill names the words Min and Max, which its format date-time forbids"},
		{operation: "reservePhoneNumbers", path: pool + "/reserve", body: `{"phoneNumber":"+16505550180"}`, status: 200},
		{operation: "reservePhoneNumbers", path: pool + "/reserve", body: `{"phoneNumber":"+16505550183"}`, status: 200},
		{operation: "reservePhoneNumbers", path: pool + "/reserve", body: `{}`, status: 400},
		{operation: "reservePhoneNumbers", path: pool + "/reserve", body: `{"phoneNumber":"650"}`, status: 400},
	}
}
