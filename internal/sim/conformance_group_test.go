package sim_test

// Call queues in detail, paging groups and park locations.
func groupExchanges() []exchange {
	const (
		queue  = v1 + "/call-queues/512091008"
		paging = v1 + "/paging-only-groups/512094008"
		park   = v1 + "/park-locations/512096008"
	)
	return []exchange{
		{operation: "listCallQueues", path: v1 + "/call-queues?memberExtensionId=435068008&perPage=1", status: 200},
		{operation: "readCallQueueInfo", path: queue, status: 200},
		{operation: "readCallQueueInfo", path: v1 + "/call-queues/435068008", status: 404},
		{operation: "updateCallQueueInfo", path: queue, body: `{"name":"Help","extensionNumber":"209","status":"Disabled","subType":"Emergency",
			"site":{"id":"main-site"},"serviceLevelSettings":{"slaGoal":90,"slaThresholdSeconds":30,"includeAbandonedCalls":true,"abandonedThresholdSeconds":3},
			"editableMemberStatus":false,"alertTimer":45}`, status: 200},
		{operation: "updateCallQueueInfo", path: queue, body: `{"alertTimer":7}`, status: 400},
		{operation: "updateCallQueueInfo", path: v1 + "/call-queues/1", body: `{}`, status: 404},
		{operation: "updateUserCallQueues", path: v1 + "/extension/435068008/call-queues", body: `{"records":[{"id":"512091008"}]}`, status: 200},
		{operation: "updateUserCallQueues", path: v1 + "/extension/435068008/call-queues", body: `{"records":[{"id":"1"}]}`, status: 404},
		{operation: "updateUserCallQueues", path: v1 + "/extension/512091008/call-queues", body: `{"records":[]}`, status: 400},
		{operation: "listPagingGroupUsers", path: paging + "/users", status: 200},
		{operation: "listPagingGroupUsers", path: paging + "/users?perPage=1&page=2", status: 200},
		{operation: "listPagingGroupUsers", path: v1 + "/paging-only-groups/1/users", status: 404},
		{operation: "listPagingGroupDevices", path: paging + "/devices", status: 200},
		{operation: "listPagingGroupDevices", path: v1 + "/paging-only-groups/1/devices", status: 404},
		{operation: "assignMultiplePagingGroupUsersDevices", path: paging + "/bulk-assign",
			body: `{"addedUserIds":["401145624008"],"removedUserIds":["435068008"],"removedDeviceIds":["66420008"]}`, status: 200},
		{operation: "assignMultiplePagingGroupUsersDevices", path: paging + "/bulk-assign", body: `{"addedDeviceIds":["66421008"]}`, status: 400},
		{operation: "assignMultiplePagingGroupUsersDevices", path: paging + "/bulk-assign", body: `{"addedUserIds":["1"]}`, status: 404},
		{operation: "getParkLocationUsers", path: park + "/users", status: 200},
		{operation: "getParkLocationUsers", path: v1 + "/park-locations/512094008/users", status: 404},
		{operation: "updateParkLocationUsers", path: park + "/bulk-assign", body: `{"addedUserIds":["512084008"],"removedUserIds":["435068008"]}`, status: 204},
		{operation: "updateParkLocationUsers", path: park + "/bulk-assign", body: `{"addedUserIds":["512090008"]}`, status: 400},
		{operation: "updateParkLocationUsers", path: park + "/bulk-assign", body: `{"removedUserIds":["1"]}`, status: 404},
	}
}
