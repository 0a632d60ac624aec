package sim_test

import (
	"strings"
	"testing"

	"github.com/ringql/ringql/internal/sim"
)

const emily = v1 + "/extension/512086008" // NotActivated

func TestCreateExtension(t *testing.T) {
	c := admin(t, newServer(t, unlimited()))
	made := c.send("POST", v1+"/extension", `{"contact":{"firstName":"Ann","lastName":"Lee","email":"ann@mycompany.com"},"password":"s3cret"}`).want(200).object()
	for name, want := range map[string]any{"type": "User", "status": "NotActivated", "setupWizardState": "NotStarted", "name": "Ann Lee", "extensionNumber": "1001", "hidden": false} {
		if made[name] != want {
			t.Errorf("%s is %v, want %v", name, made[name], want)
		}
	}
	if made["contact"].(map[string]any)["emailAsLoginName"] != true || made["password"] != nil {
		t.Errorf("%v", made)
	}
	equal(t, "found by its address", c.get(v1+"/extension?email=ANN@mycompany.com").values("extensionNumber"), []string{"1001"})
	free := c.send("POST", v1+"/extension", `{"status":"Unassigned"}`).want(200).object()
	if free["hidden"] != true || free["extensionNumber"] != nil {
		t.Errorf("unassigned: %v", free)
	}
	queue := c.send("POST", v1+"/extension", `{"type":"Department","extensionNumber":"1002","contact":{"firstName":"Returns","email":"returns@mycompany.com"}}`).want(200).object()
	if queue["name"] != "Returns" || queue["status"] != "Enabled" || queue["callQueueInfo"] == nil {
		t.Errorf("department: %v", queue)
	}
	// The next number is one that nobody has.
	next := c.send("POST", v1+"/extension", `{"type":"ParkLocation","name":"Lobby"}`).want(200).object()
	if next["extensionNumber"] != "1003" || next["name"] != "Lobby" {
		t.Errorf("park location: %v", next)
	}
}

func TestRefusalsOfExtensions(t *testing.T) {
	c := admin(t, newServer(t, unlimited()))
	c.send("PUT", v1+"/extension/512084008", `{"partnerId":"maria-lopez"}`).want(200) // it is hers
	user := func(more string) string {
		return `{"contact":{"firstName":"Ann","email":"ann@mycompany.com"}` + more + `}`
	}
	long := strings.Repeat("x", 65)
	for _, tt := range []struct{ method, path, body, code, parameter string }{
		{"POST", "", `{}`, "CMN-100", "contact.firstName"},
		{"POST", "", `{"contact":{"firstName":"Ann"}}`, "CMN-100", "contact.email"},
		{"POST", "", `{"type":"Department","contact":{"firstName":"Ann"}}`, "CMN-100", "contact.email"},
		{"POST", "", `{"contact":{"firstName":"Ann","email":"nowhere"}}`, "CMN-101", "contact.email"},
		{"POST", "", `{"contact":{"firstName":"` + long + `","email":"ann@mycompany.com"}}`, "CMN-101", "contact.firstName"},
		{"POST", "", `{"contact":{"firstName":"Ann","email":"jane.smith@mycompany.com","emailAsLoginName":true}}`, "CMN-101", "contact.email"},
		{"POST", "", `{"type":"Voicemail","contact":{"firstName":"Ann","lastName":"Lee"}}`, "EXT-356", ""},
		{"POST", "", user(`,"type":"IvrMenu"`), "CMN-101", "type"},
		{"POST", "", user(`,"status":"Asleep"`), "CMN-101", "status"},
		{"POST", "", user(`,"extensionNumber":"102"`), "CMN-101", "extensionNumber"},
		{"POST", "", user(`,"extensionNumber":"12345678"`), "CMN-101", "extensionNumber"},
		{"POST", "", user(`,"extensionNumber":"ab"`), "CMN-101", "extensionNumber"},
		{"POST", "", user(`,"password":"secret"`), "PWD-002", ""},
		{"POST", "", user(`,"ivrPin":"12a4"`), "CMN-101", "ivrPin"},
		{"POST", "", user(`,"setupWizardState":"Unknown"`), "CMN-101", "setupWizardState"},
		{"POST", "", user(`,"references":[{"type":"x"}]`), "CMN-101", "references.type"},
		{"POST", "", user(`,"partnerId":"maria-lopez"`), "CMN-101", "partnerId"},
		{"POST", "", user(`,"site":{"id":"9"}`), "CMN-101", "site.id"},
		{"POST", "", user(`,"costCenter":{"id":"9"}`), "CMN-101", "costCenter.id"},
		{"POST", "", user(`,"customFields":[{"id":"9"}]`), "CMN-101", "customFields.id"},
		{"POST", "", user(`,"statusInfo":{"reason":"x"}`), "CMN-101", "statusInfo.reason"},
		{"POST", "", user(`,"regionalSettings":{"timezone":{"id":"9"}}`), "CMN-101", "regionalSettings.timezone.id"},
		{"POST", "", user(`,"regionalSettings":{"timeFormat":"36h"}`), "CMN-101", "regionalSettings.timeFormat"},
		{"POST", "", user(`,"hidden":"yes"`), "CMN-101", "hidden"},
		{"PUT", "/512086008", `{"status":"Unassigned"}`, "CMN-101", "status"},
		{"PUT", "/512090008", `{"status":"Frozen"}`, "CMN-101", "status"},
		{"PUT", "/512090008", `{"type":"User"}`, "CMN-101", "type"},
		{"PUT", "/512090008", `{"contact":{"lastName":"Lee"}}`, "EXT-356", ""},
		{"PUT", "/512090008", `{"subType":"VideoPro"}`, "CMN-101", "subType"},
		{"PUT", "/512090008", `{"callQueueInfo":{"slaGoal":101}}`, "CMN-101", "callQueueInfo.slaGoal"},
		{"PUT", "/512086008", `{"callQueueInfo":{"slaGoal":50}}`, "CMN-101", "callQueueInfo"},
		{"PUT", "/512086008", `{"contact":{"businessPhone":"12"}}`, "CMN-101", "contact.businessPhone"},
		{"PUT", "/512086008", `{"contact":{"mobilePhone":"+18005550100"}}`, "CMN-101", "contact.mobilePhone"},
		{"PUT", "/512086008", `{"contact":{"pronouncedName":{"type":"Recorded"}}}`, "CMN-101", "contact.pronouncedName.type"},
		{"PUT", "/512086008", `{"contact":{"email":""}}`, "CMN-101", "contact.email"},
		{"PUT", "/512086008", `{"contact":{"firstName":""}}`, "CMN-100", "contact.firstName"},
		{"PUT", "/512087008", `{"status":"Enabled"}`, "CMN-100", "contact.firstName"}, // it is nobody's yet
	} {
		before := c.get(v1 + "/extension?perPage=1000").body
		c.send(tt.method, v1+"/extension"+tt.path, tt.body).wantError(400, tt.code, tt.parameter)
		if after := c.get(v1 + "/extension?perPage=1000").body; string(before) != string(after) {
			t.Errorf("%s %s changed something", tt.method, tt.body)
		}
	}
}

func TestUpdateExtension(t *testing.T) {
	s := newServer(t, unlimited())
	c := admin(t, s)
	// An unassigned extension is given to somebody.
	made := c.send("PUT", v1+"/extension/512087008", `{"status":"NotActivated","contact":{"firstName":"Ann","email":"ann@mycompany.com"},"transition":{"sendWelcomeEmail":true}}`).want(200).object()
	if made["status"] != "NotActivated" || made["name"] != "Ann" || made["extensionNumber"] != "1001" {
		t.Errorf("given to somebody: %v", made)
	}
	// What is not given stays.
	c.send("PUT", emily, `{"regionalSettings":{"timezone":{"id":"53"},"timeFormat":"24h"}}`).want(200)
	c.send("PUT", emily, `{"regionalSettings":{"language":{"id":"3084"}},"statusInfo":{"comment":"On leave","reason":"Voluntarily"},"status":"Frozen","extensionNumber":"1500"}`).want(200)
	now := c.get(emily).want(200).object()
	regional := now["regionalSettings"].(map[string]any)
	if regional["timeFormat"] != "24h" || regional["timezone"].(map[string]any)["name"] != "US/Eastern" || regional["language"].(map[string]any)["localeCode"] != "fr-CA" {
		t.Errorf("regional settings: %v", regional)
	}
	if now["extensionNumber"] != "1500" || now["statusInfo"].(map[string]any)["comment"] != "On leave" || now["name"] != "Emily Davis" {
		t.Errorf("%v", now)
	}
	// By its partner's id it is found from now on.
	c.send("PUT", emily, `{"partnerId":"emily"}`).want(200)
	c.send("PUT", v1+"/phone-number/246718008", `{"usageType":"DirectNumber","extension":{"partnerId":"emily"}}`).want(200)
	// A user changes what is their own, and nobody else.
	jane := as(t, s, sim.StandardUserID)
	jane.send("PUT", v1+"/extension/~", `{"contact":{"jobTitle":"Director"}}`).want(200)
	jane.send("PUT", emily, `{"contact":{"jobTitle":"Director"}}`).wantError(403, "CMN-419", "")
	jane.send("POST", v1+"/extension", `{}`).wantError(403, "CMN-408", "")
	as(t, s, sim.AdministratorID, "ReadAccounts").send("PUT", emily, `{}`).wantError(403, "CMN-401", "")
}

// numbersOf lists what became of Jane's numbers: who has them, and what for.
func numbersOf(c caller) []string {
	var out []string
	for _, id := range []string{"723455008", "723456008", "359733008"} { // direct, of her softphone, and outside
		a := c.get(v1 + "/phone-number/" + id)
		if a.status == 404 {
			out = append(out, "gone")
			continue
		}
		out = append(out, a.want(200).object()["usageType"].(string))
	}
	return out
}

func TestDeleteExtension(t *testing.T) {
	const jane = "/extension/" + sim.StandardUserID
	for _, tt := range []struct {
		name, method, path, body string
		numbers                  []string
		soft                     int // the status of a look at her softphone
		unassigned               int
	}{
		{"by default", "DELETE", v1 + jane, "", []string{"CompanyNumber", "gone", "gone"}, 404, 1},
		{"with lines", "DELETE", v1 + jane + "?savePhoneLines=true", "", []string{"CompanyNumber", "DirectNumber", "gone"}, 200, 2},
		{"without numbers", "DELETE", v1 + jane + "?savePhoneNumbers=false", "", []string{"gone", "gone", "gone"}, 404, 1},
		{"in bulk", "DELETE", v2 + "/extensions", `{"records":[{"id":"435068008"}]}`, []string{"NumberStorage", "NumberStorage", "gone"}, 200, 1},
		{"in bulk, with all", "DELETE", v2 + "/extensions", `{"keepAssetsInInventory":false,"records":[{"id":"435068008"}]}`, []string{"gone", "gone", "gone"}, 404, 1},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c := admin(t, newServer(t, unlimited()))
			var body any
			if tt.body != "" {
				body = tt.body
			}
			if a := c.send(tt.method, tt.path, body); a.status/100 != 2 || strings.Contains(string(a.body), "rrors") {
				t.Fatalf("%d %s", a.status, a.body)
			}
			c.get(v1+jane).wantError(404, "CMN-102", "extensionId")
			equal(t, "numbers", numbersOf(c), tt.numbers)
			c.get(v1 + "/device/66421008").want(tt.soft)
			if n := len(c.get(v1 + "/extension?status=Unassigned").records()); n != tt.unassigned {
				t.Errorf("%d unassigned extensions, want %d", n, tt.unassigned)
			}
			if len(c.get(v1+"/department/512091008/members").records()) != 0 {
				t.Error("she is in a queue still")
			}
		})
	}
}

func TestExtensionsThatStay(t *testing.T) {
	s := newServer(t, unlimited())
	c := admin(t, s)
	s.ShareLine("66421008")
	c.send("DELETE", v1+"/extension/435068008", nil).wantError(400, "JWS-1736", "")
	c.send("DELETE", v1+"/extension/401145624008", nil).wantError(400, "CMN-101", "extensionId")
	c.send("DELETE", v1+"/extension/512084008?savePhoneLines=x", nil).wantError(400, "CMN-101", "savePhoneLines")
	var out struct {
		Records []struct {
			ID     string `json:"id"`
			Done   bool   `json:"bulkItemSuccessful"`
			Errors []struct {
				ErrorCode string `json:"errorCode"`
			} `json:"bulkItemErrors"`
		} `json:"records"`
	}
	c.send("DELETE", v2+"/extensions", `{"records":[{"id":"435068008"},{"id":"512090008"},{"id":401145624008},{"id":"1"},{"id":"512085008"}]}`).want(200).into(&out)
	var codes []string
	for _, r := range out.Records {
		if r.Done {
			codes = append(codes, "done")
		} else {
			codes = append(codes, r.Errors[0].ErrorCode)
		}
	}
	equal(t, "results", codes, []string{"JWS-1736", "CMN-101", "CMN-101", "CMN-102", "done"})
	c.send("DELETE", v2+"/extensions", `{"records":[`+strings.Repeat(`{"id":"1"},`, 50)+`{"id":"1"}]}`).wantError(400, "CMN-101", "records")
}

func TestDeleteManyExtensions(t *testing.T) {
	c := admin(t, newServer(t, unlimited()))
	a := c.send("DELETE", v1+"/extension/512085008,1,512086008", nil, "Accept", vendorJSON).want(207)
	var parts []struct {
		ResourceID string `json:"resourceId"`
		Status     int    `json:"status"`
	}
	a.into(&parts)
	if len(parts) != 3 || parts[0].Status != 204 || parts[1].Status != 404 || parts[2].Status != 204 {
		t.Errorf("%s", a.body)
	}
	c.send("DELETE", v1+"/extension/512092008,512093008", nil).want(204)
}
