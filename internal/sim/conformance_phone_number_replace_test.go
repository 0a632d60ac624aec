package sim_test

func phoneNumberReplaceExchanges() []exchange {
	const replace = v2 + "/phone-numbers/246714008/replace"
	return []exchange{
		{operation: "replacePhoneNumberV2", path: replace, body: `{"targetPhoneNumberId":"246721008"}`, status: 200},
		{operation: "replacePhoneNumberV2", path: replace, body: `{"targetPhoneNumberId":"246720008"}`, status: 400},
		{operation: "replacePhoneNumberV2", path: v2 + "/phone-numbers/1234/replace", body: `{"targetPhoneNumberId":"246715008"}`, status: 404},
	}
}
