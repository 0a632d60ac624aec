package sim_test

import (
	"testing"

	"github.com/ringql/ringql/internal/sim"
)

func TestGiveRole(t *testing.T) {
	s := newServer(t, unlimited())
	maria := as(t, s, "512084008")
	maria.get(v1 + "/phone-number").want(200)

	s.GiveRole("512084008", []string{"ReadUserPhoneNumbers"}, []string{"ReadExtensions", "EditUserDevices"})
	maria.get(v1+"/phone-number").wantError(403, "CMN-408", "")
	maria.get(v1 + "/extension/435068008").want(200)
	maria.get(v1 + "/extension/~/phone-number").want(200)
	maria.get(v1+"/extension/435068008/phone-number").wantError(403, "CMN-408", "")
	all := held(maria.get(profile))
	role := maria.get(v1 + "/extension/~").object()["roles"].([]any)[0].(map[string]any)
	id := role["id"].(string)
	equal(t, "permissions", all, []string{
		"EditUserDevices " + id + " AllExtensions", "ReadExtensions " + id + " AllExtensions", "ReadUserPhoneNumbers " + id + " Self",
	})
	if role["displayName"] != "Custom" {
		t.Errorf("role %v", role)
	}
	for query, want := range map[string]bool{
		"permissionId=ReadUserPhoneNumbers":                                true,
		"permissionId=ReadUserPhoneNumbers&targetExtensionId=435068008":    false,
		"permissionId=EditUserDevices&targetExtensionId=435068008":         true,
		"permissionId=EditCompanyPhoneNumbers":                             false,
		"permissionId=ReadCompanyPhoneNumbers&targetExtensionId=512084008": false,
	} {
		if got := maria.get(profile + "/check?" + query).want(200).object()["successful"]; got != want {
			t.Errorf("%s: %v", query, got)
		}
	}
	for name, give := range map[string]func(){
		"nobody":              func() { s.GiveRole("1", nil, nil) },
		"the system":          func() { s.GiveRole(sim.AdministratorID, nil, nil) },
		"no permission":       func() { s.GiveRole(sim.StandardUserID, nil, []string{"FlyToTheMoon"}) },
		"account for oneself": func() { s.GiveRole(sim.StandardUserID, []string{"ReadCompanyInfo"}, nil) },
	} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%s: no panic", name)
				}
			}()
			give()
		}()
	}
	as(t, s, sim.StandardUserID).get(v1).want(200)
}
