package sim_test

// extensionExchanges are those of extensions and of what a user may do. They come after the others, which name who is removed here.
func extensionExchanges() []exchange {
	const all = v1 + "/extension"
	const whole = `{"type":"Department","extensionNumber":"7001","status":"Disabled","statusInfo":{"comment":"Not yet","reason":"Voluntarily"},` +
		`"contact":{"firstName":"Returns","company":"MyCompany","email":"returns@mycompany.com","businessPhone":"+16505550110",` +
		`"businessAddress":{"country":"USA","state":"CA","city":"Belmont","street":"1 Main Street","zip":"94002"}},` +
		`"regionalSettings":{"homeCountry":{"id":"39"},"timezone":{"id":"53"},"language":{"id":"3084"},"greetingLanguage":{"id":"3084"},` +
		`"formattingLocale":{"id":"3084"},"timeFormat":"24h"},"setupWizardState":"Incomplete","references":[{"ref":"R-1","type":"PartnerId","refAccId":"A-1"}],` +
		`"customFields":[{"id":"1","value":"B-7"}],"costCenter":{"id":"10001"},"site":{"id":"main-site"},"partnerId":"returns","hidden":false,"ivrPin":"123456"}`
	return []exchange{
		{operation: "createExtension", path: all, body: `{"type":"User","contact":{"firstName":"Ann","lastName":"Lee","email":"ann@mycompany.com"}}`, status: 200},
		{operation: "createExtension", path: all, body: whole, status: 200},
		{operation: "createExtension", path: all, body: `{"type":"User","status":"Unassigned"}`, status: 200},
		{operation: "createExtension", path: all, body: `{"type":"User","contact":{"firstName":"Ann","email":"nowhere"}}`, status: 400},
		{operation: "createExtension", path: all, body: `{"type":"Department","contact":{"firstName":"A","lastName":"B","email":"a@b.com"}}`, status: 400},
		{operation: "updateExtension", path: all + "/512086008", body: `{"status":"Enabled","contact":{"mobilePhone":"+16505550111","emailAsLoginName":true,` +
			`"pronouncedName":{"type":"TextToSpeech","text":"Emily"}},"subType":"VideoPro","transition":{"sendWelcomeEmail":true}}`, status: 200},
		{operation: "updateExtension", path: all + "/512090008", body: `{"callQueueInfo":{"slaGoal":90,"includeAbandonedCalls":true}}`, status: 200},
		{operation: "updateExtension", path: all + "/512086008", body: `{"password":"secret"}`, status: 400},
		{operation: "updateExtension", path: all + "/1", body: `{}`, status: 404},
		{operation: "readAuthorizationProfile", path: all + "/~/authz-profile", status: 200},
		{operation: "readAuthorizationProfile", path: all + "/~/authz-profile?targetExtensionId=435068008", status: 200},
		{operation: "readAuthorizationProfile", path: all + "/435068008/authz-profile", status: 403},
		{operation: "readAuthorizationProfile", path: all + "/1/authz-profile", status: 404},
		{operation: "checkUserPermission", path: all + "/~/authz-profile/check?permissionId=EditUserInfo&targetExtensionId=435068008", status: 200},
		{operation: "checkUserPermission", path: all + "/~/authz-profile/check?permissionId=FlyToTheMoon", status: 200},
		{operation: "checkUserPermission", path: all + "/~/authz-profile/check?permissionId=Users&targetExtensionId=1", status: 400},
		{operation: "deleteExtension", path: all + "/401145624008", status: 400},
		{operation: "deleteExtension", path: all + "/1", status: 404},
		{operation: "deleteExtension", path: all + "/512092008?savePhoneLines=true&savePhoneNumbers=false", status: 204},
		{operation: "deleteExtension", path: all + "/512093008,1", status: 207},
		{operation: "deleteExtension", path: all + "/1201056008,512091008", status: 204},
		{operation: "bulkDeleteUsersV2", path: v2 + "/extensions", body: `{"keepAssetsInInventory":false,"records":[{"id":"512085008"},{"id":"512090008"},{"id":"1"}]}`, status: 200},
		{operation: "bulkDeleteUsersV2", path: v2 + "/extensions", body: `{"records":[]}`, status: 400},
	}
}
