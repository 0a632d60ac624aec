package sim_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/ringql/ringql/internal/sim"
)

const paging, park = "/paging-only-groups/512094008", "/park-locations/512096008"

func withGroups() sim.Config {
	cfg := unlimited()
	cfg.Groups = true
	return cfg
}

func TestGroups(t *testing.T) {
	s := newServer(t, withGroups())
	c := admin(t, s)
	a := c.get(v1 + paging + "/users")
	equal(t, "users", a.values("id"), []string{"435068008", "512084008"})
	equal(t, "names", a.values("name"), []string{"Jane Smith", "Maria Lopez"})
	if uri := fmt.Sprint(a.object()["uri"]); !strings.Contains(uri, "/account/401145624008/paging-only-group/512094008/users?") {
		t.Errorf("uri %s", uri)
	}
	if _, isText := a.records()[0]["id"].(string); !isText {
		t.Error("the id of a user is no string")
	}
	equal(t, "devices", c.get(v1+paging+"/devices").values("id"), []string{"66420008"})
	equal(t, "who may park", c.get(v1+park+"/users").values("id"), []string{"401145624008", "435068008"})
	equal(t, "no one", c.get(v1+"/park-locations/512097008/users").values("id"), nil)
	c.get(v1+"/paging-only-groups/512096008/users").wantError(404, "CMN-102", "pagingOnlyGroupId")
	c.get(v1+"/park-locations/1/users").wantError(404, "CMN-102", "parkLocationId")
	as(t, s, sim.StandardUserID).get(v1+paging+"/users").wantError(403, "CMN-408", "")
	s.RemoveExtension("401145624008") // and with John his phone
	maria := as(t, s, "512084008")
	equal(t, "devices left", maria.get(v1+paging+"/devices").values("id"), nil)
	equal(t, "users left", maria.get(v1+park+"/users").values("id"), []string{"435068008"})
}

// A call changes all that it names, or nothing.
func TestGroupsChange(t *testing.T) {
	c := admin(t, newServer(t, withGroups()))
	state := func() string {
		return strings.Join(append(c.get(v1+paging+"/users").values("id"), c.get(v1+paging+"/devices").values("id")...), " ")
	}
	before := state()
	for body, want := range map[string]string{
		`{"addedUserIds":["401145624008"],"addedDeviceIds":["66421008"]}`:   "CMN-101 addedDeviceIds", // a soft phone
		`{"addedUserIds":["401145624008","512090008"]}`:                     "CMN-101 addedUserIds",
		`{"removedUserIds":["435068008"],"addedUserIds":["1"]}`:             "CMN-102 addedUserIds",
		`{"removedUserIds":["435068008","1"]}`:                              "CMN-102 removedUserIds",
		`{"removedUserIds":["435068008"],"removedDeviceIds":["435068008"]}`: "CMN-102 removedDeviceIds",
	} {
		code, parameter, _ := strings.Cut(want, " ")
		status := map[string]int{"CMN-101": 400, "CMN-102": 404}[code]
		c.send("POST", v1+paging+"/bulk-assign", body).wantError(status, code, parameter)
	}
	if got := state(); got != before {
		t.Errorf("refused changes left %s, before it was %s", got, before)
	}
	c.send("POST", v1+paging+"/bulk-assign", `{"addedUserIds":["401145624008","512084008"],"removedUserIds":["435068008"],"removedDeviceIds":["66420008"]}`).want(200)
	if got := state(); got != "512084008 401145624008" {
		t.Errorf("members %s", got)
	}
	c.send("POST", v1+park+"/bulk-assign", `{"addedUserIds":["512084008"],"removedUserIds":["435068008","435068008"]}`).want(204)
	equal(t, "who may park", c.get(v1+park+"/users").values("id"), []string{"401145624008", "512084008"})
}

// The example groups count among the extensions that are asked for, and stand behind all others.
func TestGroupsAreLast(t *testing.T) {
	for asked, want := range map[int]int{0: 16, 16: 16, 17: 17, 40: 40} {
		c := admin(t, newServer(t, sim.Config{Extensions: asked, Groups: true, Limits: map[string]int{}}))
		ids := c.get(v1 + "/extension").values("id")
		if len(ids) != want || ids[len(ids)-1] != "512097008" || ids[len(ids)-4] != "512094008" {
			t.Errorf("asked for %d: %q", asked, ids)
		}
	}
}

// Invented groups have members.
func TestGeneratedGroupsHaveMembers(t *testing.T) {
	c := admin(t, newServer(t, sim.Config{Extensions: 500, Numbers: 900, Limits: map[string]int{}}))
	for kind, lists := range map[string][]string{"PagingOnly": {"/paging-only-groups/%s/users", "/paging-only-groups/%s/devices"}, "ParkLocation": {"/park-locations/%s/users"}} {
		groups := c.get(v1 + "/extension?type=" + kind).values("id")
		if len(groups) == 0 {
			t.Errorf("no %s", kind)
		}
		for _, g := range groups {
			for _, list := range lists {
				if n := len(c.get(v1 + fmt.Sprintf(list, g)).values("id")); n == 0 || n > 6 {
					t.Errorf("%s: %d rows in %s", g, n, list)
				}
			}
		}
	}
}

func TestCallQueueSettings(t *testing.T) {
	s := newServer(t, unlimited())
	c := admin(t, s)
	path := v1 + "/call-queues/" + support
	same(t, "as it was", c.get(path).object(), map[string]any{"id": support, "name": "Support", "alertTimer": 20.0, "editableMemberStatus": true})
	for body, parameter := range map[string]string{
		`{"alertTimer":7}`:          "alertTimer",
		`{"status":"Frozen"}`:       "status",
		`{"subType":"VideoPro"}`:    "subType",
		`{"extensionNumber":"201"}`: "extensionNumber", // that of Sales
		`{"extensionNumber":"x"}`:   "extensionNumber",
		`{"name":""}`:               "name",
		`{"site":{"id":"5"}}`:       "site.id",
		`{"name":"X","serviceLevelSettings":{"slaGoal":101}}`: "serviceLevelSettings.slaGoal",
	} {
		c.send("PUT", path, body).wantError(400, "CMN-101", parameter)
	}
	same(t, "after refusals", c.get(path).object(), map[string]any{"name": "Support", "extensionNumber": "202"})
	a := c.send("PUT", path, `{"name":"Help","extensionNumber":"202","alertTimer":30,"serviceLevelSettings":{"slaGoal":95}}`).want(200)
	same(t, "the answer", a.object(), map[string]any{"name": "Help", "alertTimer": 30.0, "editableMemberStatus": true})
	ext := c.get(v1 + "/extension/" + support).object()
	same(t, "the extension", ext, map[string]any{"name": "Help", "alertTimer": 30.0})
	same(t, "its service level", ext["callQueueInfo"].(map[string]any), map[string]any{"slaGoal": 95.0, "slaThresholdSeconds": 20.0})
	as(t, s, sim.StandardUserID).send("PUT", path, `{}`).wantError(403, "CMN-408", "")
}

// An extension's queues are replaced as a whole.
func TestUserCallQueues(t *testing.T) {
	c := admin(t, newServer(t, unlimited()))
	put := func(ext, body string) answer { return c.send("PUT", v1+"/extension/"+ext+"/call-queues", body) }
	put("512084008", `{"records":[{"id":"1"},{"id":"512091008"}]}`).wantError(404, "CMN-102", "records.id")
	put("512084008", `{}`).wantError(400, "CMN-100", "records")
	put("512092008", `{"records":[]}`).wantError(400, "CMN-101", "extensionId")
	equal(t, "before", c.get(v1+"/call-queues?memberExtensionId=512084008").values("id"), []string{sales})
	equal(t, "the answer", put("512084008", `{"records":[{"id":"512091008"}]}`).want(200).values("name"), []string{"Support"})
	equal(t, "after", c.get(v1+"/call-queues?memberExtensionId=512084008").values("id"), []string{support})
	put("512084008", `{"records":[]}`).want(200)
	equal(t, "none", c.get(v1+"/call-queues?memberExtensionId=512084008").values("id"), nil)
}
