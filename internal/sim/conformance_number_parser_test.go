package sim_test

func numberParserExchanges() []exchange {
	const forgetful = "the schema of results forgets originalString and category, which its text and all of its examples name"
	return []exchange{
		{operation: "parsePhoneNumber", path: parser + "?homeCountry=US&nationalAsPriority=true",
			body: `{"originalStrings":["(650) 722-1621","+442079460958 ext. 12","911","?"]}`, status: 200},
		{operation: "parsePhoneNumber", path: parser + "?nationalAsPriority=odd", body: `{"originalStrings":["(650) 722-1621"]}`, status: 400},
		{operation: "parsePhoneNumber", path: parser, body: `{"originalStrings":["1"]}`, status: 401, headers: []string{"Authorization", "Bearer x"}},
		{operation: "parsePhoneNumberV2", path: parserV2, status: 200, except: forgetful,
			body: `{"originalStrings":["+16505558275","*6716505558275*303@sip.ringcentral.com","303","911"],"contextSource":"Account"}`},
		{operation: "parsePhoneNumberV2", path: parserV2, body: `{"originalStrings":[]}`, status: 400},
	}
}
