package sim_test

import (
	"net/http"
	"testing"
)

func TestReplaceNumber(t *testing.T) {
	c := admin(t, newServer(t, unlimited()))
	replace := func(id, target string) answer {
		return c.send(http.MethodPost, v2+"/phone-numbers/"+id+"/replace", map[string]any{"targetPhoneNumberId": target})
	}
	read := func(id string) map[string]any { return c.get(v1 + "/phone-number/" + id).object() }
	replace("723456008", "246720008").want(200)
	same(t, "the replaced one", read("723456008"), map[string]any{"usageType": "NumberStorage", "extension": nil, "type": nil})
	same(t, "its replacement", read("246720008"), map[string]any{"usageType": "DirectNumber", "type": "VoiceFax"})
	line := c.get(v1 + "/device/66421008").object()["phoneLines"].([]any)[0].(map[string]any)["phoneInfo"].(map[string]any)
	same(t, "on the phone", line, map[string]any{"phoneNumber": "+16505550160"})

	replace("246721008", "246714008").want(200) // the other way round
	same(t, "the main number", read("246721008"), map[string]any{"usageType": "MainCompanyNumber"})

	replace("1", "246714008").wantError(404, "CMN-102", "phoneNumberId")
	replace("246714008", "1").wantError(404, "CMN-102", "targetPhoneNumberId")
	replace("246714008", "").wantError(400, "CMN-100", "targetPhoneNumberId")
	replace("246714008", "723456008").wantError(400, "CMN-101", "targetPhoneNumberId") // both in stock
	replace("246720008", "246721008").wantError(400, "CMN-101", "targetPhoneNumberId") // both in use
	replace("359733008", "246721008").wantError(400, "CMN-101", "phoneNumberId")       // neither of them may
	c.send(http.MethodPost, v2+"/phone-numbers/246714008/swap", `{}`).wantError(404, "CMN-120", "")
	c.send(http.MethodGet, v2+"/phone-numbers/246714008/replace", nil).want(405)
}
