package sim_test

import (
	"strings"
	"testing"

	"github.com/ringql/ringql/internal/sim"
)

const profile = v1 + "/extension/~/authz-profile"

// held lists the permissions of a profile, each with its scope.
func held(a answer) []string {
	var out struct {
		Permissions []struct {
			Permission, EffectiveRole struct{ ID string }
			Scopes                    []string
		}
	}
	a.want(200).into(&out)
	var all []string
	for _, p := range out.Permissions {
		all = append(all, p.Permission.ID+" "+p.EffectiveRole.ID+" "+strings.Join(p.Scopes, ","))
	}
	return all
}

func TestAuthorizationProfile(t *testing.T) {
	s := newServer(t, unlimited())
	jane := as(t, s, sim.StandardUserID)
	equal(t, "for others", held(jane.get(profile+"?targetExtensionId=512084008")),
		[]string{"ReadCompanyInfo 3 Account", "ReadCompanyPhoneNumbers 3 Account", "ReadExtensions 3 AllExtensions"})
	if own := held(jane.get(profile)); len(own) <= 3 || len(own) != len(held(jane.get(profile+"?targetExtensionId=~"))) {
		t.Errorf("for her own: %v", own)
	}
	if all := held(admin(t, s).get(profile)); len(all) < 20 || all[0] != "AddRemoveDevices 1 Account" {
		t.Errorf("of an administrator: %v", all)
	}
	jane.get(profile+"?targetExtensionId=1").wantError(400, "CMN-101", "targetExtensionId")
	admin(t, s).get(v1+"/extension/435068008/authz-profile").wantError(403, "CMN-404", "")
	jane.get(v1+"/extension/1/authz-profile").wantError(404, "CMN-102", "extensionId")
}

func TestCheckUserPermission(t *testing.T) {
	s := newServer(t, unlimited())
	jane := as(t, s, sim.StandardUserID)
	for query, want := range map[string]bool{
		"permissionId=EditUserInfo":                             true,
		"permissionId=EditUserInfo&targetExtensionId=~":         true,
		"permissionId=EditUserInfo&targetExtensionId=512084008": false,
		"permissionId=Users":                                    false,
		"permissionId=FlyToTheMoon":                             false,
	} {
		out := jane.get(profile + "/check?" + query).want(200).object()
		if out["successful"] != want || (out["details"] != nil) != want {
			t.Errorf("%s: %v", query, out)
		}
	}
	jane.get(profile+"/check").wantError(400, "CMN-100", "permissionId")
	jane.get(v1+"/extension/512084008/authz-profile/check?permissionId=Users").wantError(403, "CMN-404", "")
}

// Every permission that an operation asks for is one that a profile can tell.
func TestProfilesKnowEveryPermission(t *testing.T) {
	s := newServer(t, unlimited())
	known := strings.Join(held(admin(t, s).get(profile)), "\n")
	for _, r := range s.Routes() {
		f := strings.Fields(r)
		for p := range strings.SplitSeq(f[len(f)-1], "|") {
			if len(f) == 6 && !strings.Contains(known, p+" ") {
				t.Errorf("%s needs %s, which no profile tells", f[0], p)
			}
		}
	}
}
