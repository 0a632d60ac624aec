package sim_test

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/ringql/ringql/internal/sim"
)

func TestFiltersOfNumbersV2(t *testing.T) {
	c := admin(t, newServer(t, unlimited()))
	for query, want := range map[string]string{
		"usageType=Inventory":                               "+16505550160 +18335550161",
		"usageType=Inventory&tollType=TollFree":             "+18335550161",
		"type=FaxOnly&type=VoiceOnly":                       "+16503316252 +16505550128 +16505550199",
		"status=Pending":                                    "+17865550142",
		"extensionStatus=Enabled&type=FaxOnly":              "+16505550128",
		"phoneNumber=%2B1650555013*":                        "+16505550130",
		"phoneNumber=%2B165055501**&usageType=Inventory":    "+16505550160",
		"phoneNumber=16505550130":                           "+16505550130",
		"mobileNumber=true":                                 "",
		"byocNumber=true":                                   "",
		"mobileNumber=false&usageType=MainCompanyNumber":    "+18555440014",
		"byocNumber=false&usageType=ContactCenterNumber":    "+12024999741",
		"usageType=PhoneLine&usageType=ContactCenterNumber": "+12024999741",
	} {
		if got := strings.Join(c.get(v2+"/phone-numbers?"+query).values("phoneNumber"), " "); got != want {
			t.Errorf("%s: got %s, want %s", query, got, want)
		}
	}
	for _, bad := range []string{"usageType=NumberPool", "type=Odd", "status=Odd", "tollType=Odd", "extensionStatus=Odd", "byocNumber=1", "mobileNumber=yes", "phoneNumber=+1650"} {
		name, _, _ := strings.Cut(bad, "=")
		c.get(v2+"/phone-numbers?"+bad).wantError(400, "CMN-101", name)
	}
}

func TestAssignV2(t *testing.T) {
	for name, tt := range map[string]struct {
		id, body        string
		status          int
		code, parameter string
		want            map[string]any
	}{
		"stock to a person":     {"246720008", `{"usageType":"DirectNumber","type":"VoiceOnly","extension":{"id":"435068008"}}`, 200, "", "", map[string]any{"usageType": "DirectNumber", "type": "VoiceOnly", "extension": map[string]any{"id": "435068008", "extensionNumber": "102"}}},
		"stock to the company":  {"246721008", `{"usageType":"CompanyNumber"}`, 200, "", "", map[string]any{"usageType": "CompanyNumber", "type": "VoiceFax", "tollType": "TollFree"}},
		"person to person":      {"723455008", `{"usageType":"DirectNumber","extension":{"id":401145624008}}`, 200, "", "", map[string]any{"extension": map[string]any{"id": "401145624008", "extensionNumber": "101"}}},
		"person to company":     {"723455008", `{"usageType":"CompanyNumber"}`, 200, "", "", map[string]any{"usageType": "CompanyNumber", "extension": nil}},
		"contact centre":        {"723455008", `{"usageType":"ContactCenterNumber"}`, 200, "", "", map[string]any{"contactCenterProvider": map[string]any{"id": "1", "name": "InContact/North America"}}},
		"another centre":        {"723455008", `{"usageType":"ContactCenterNumber","contactCenterProvider":{"id":"9","name":"X"}}`, 200, "", "", map[string]any{"contactCenterProvider": map[string]any{"id": "9", "name": "X"}}},
		"main number":           {"246714008", `{"usageType":"CompanyNumber"}`, 400, "CMN-101", "phoneNumberId", nil},
		"additional number":     {"246716008", `{"usageType":"CompanyNumber"}`, 400, "CMN-101", "phoneNumberId", nil},
		"no use":                {"723455008", `{}`, 400, "CMN-100", "usageType", nil},
		"not settable":          {"723455008", `{"usageType":"CompanyFaxNumber"}`, 400, "CMN-101", "usageType", nil},
		"no owner":              {"246720008", `{"usageType":"DirectNumber"}`, 400, "CMN-100", "extension.id", nil},
		"no such owner":         {"246720008", `{"usageType":"DirectNumber","extension":{"id":"1"}}`, 404, "CMN-102", "extension.id", nil},
		"no such number":        {"1", `{"usageType":"CompanyNumber"}`, 404, "CMN-102", "phoneNumberId", nil},
		"forwarded":             {"359733008", `{"usageType":"CompanyNumber"}`, 400, "CMN-101", "usageType", nil},
		"several ids":           {"723455008,723456008", `{"usageType":"CompanyNumber"}`, 404, "CMN-102", "phoneNumberId", nil},
		"already the main one":  {"246714008", `{"usageType":"MainCompanyNumber"}`, 200, "", "", map[string]any{"primary": true}},
		"becomes the main one":  {"246715008", `{"usageType":"MainCompanyNumber"}`, 200, "", "", map[string]any{"primary": true}},
		"unknown type of calls": {"246720008", `{"usageType":"CompanyNumber","type":"Odd"}`, 400, "CMN-101", "type", nil},
	} {
		t.Run(name, func(t *testing.T) {
			c := admin(t, newServer(t, unlimited()))
			a := c.send("PATCH", v2+"/phone-numbers/"+tt.id, tt.body)
			if tt.code != "" {
				a.wantError(tt.status, tt.code, tt.parameter)
				return
			}
			same(t, "answer", a.want(200).object(), tt.want)
			number := a.object()["phoneNumber"].(string)
			same(t, "afterwards", c.get(v2 + "/phone-numbers?phoneNumber=" + url.QueryEscape(number)).records()[0], tt.want)
		})
	}
}

type bulkResult struct {
	Records []struct {
		ID, PhoneNumber    string
		BulkItemSuccessful bool
		BulkItemErrors     []struct{ ErrorCode, Message string }
	}
}

// text shows one outcome per line.
func (b bulkResult) text() []string {
	var out []string
	for _, r := range b.Records {
		line := r.PhoneNumber + " ok"
		if !r.BulkItemSuccessful {
			line = strings.Join(strings.Fields(r.ID+" "+r.PhoneNumber+" "+r.BulkItemErrors[0].ErrorCode), " ")
		}
		out = append(out, line)
	}
	return out
}

func TestBulkAdd(t *testing.T) {
	c := admin(t, newServer(t, unlimited()))
	add := func(body string) (out bulkResult) {
		t.Helper()
		c.send("POST", v2+"/phone-numbers/bulk-add", body).want(200).into(&out)
		return out
	}
	got := add(`{"records":[{"phoneNumber":"+14155552671","usageType":"Inventory"},{"phoneNumber":"+16503316252","usageType":"Inventory"},
		{"phoneNumber":"12","usageType":"Inventory"},{"phoneNumber":"+14155552672","usageType":"DirectNumber"},
		{"phoneNumber":"+14155552673","usageType":"Inventory","providerId":"7","activationStatus":"Inactive"},
		{"phoneNumber":"+14155552671","usageType":"Inventory"}]}`)
	equal(t, "outcomes", got.text(), []string{"+14155552671 ok", "+16503316252 CMN-101", "12 CMN-101", "+14155552672 CMN-101", "+14155552673 ok", "+14155552671 CMN-101"})
	equal(t, "in stock", c.get(v2+"/phone-numbers?usageType=Inventory").values("phoneNumber"),
		[]string{"+16505550160", "+18335550161", "+14155552671", "+14155552673"})
	same(t, "foreign number", c.get(v2 + "/phone-numbers?byocNumber=true").records()[0],
		map[string]any{"phoneNumber": "+14155552673", "activationStatus": "Inactive", "id": got.Records[4].ID})

	block := add(`{"records":[{"phoneNumber":"+1415555300*","usageType":"Inventory"}]}`).text()
	if len(block) != 10 || block[0] != "+14155553000 ok" || block[9] != "+14155553009 ok" {
		t.Errorf("block: %v", block)
	}
	for body, parameter := range map[string]string{
		`{"records":[{"phoneNumber":"+1415555301*"},{"phoneNumber":"+14155550000"}]}`: "records",
		`{"records":[{"phoneNumber":"+1*155553010"}]}`:                                "phoneNumber",
		`{"records":[{"phoneNumber":"+1415555****"}]}`:                                "phoneNumber",
	} {
		c.send("POST", v2+"/phone-numbers/bulk-add", body).wantError(400, "CMN-101", parameter)
	}
	c.send("POST", v2+"/phone-numbers/bulk-add", `{"records":[]}`).wantError(400, "CMN-100", "records")
}

func TestBulkAddTask(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := admin(t, newServer(t, sim.Config{Limits: map[string]int{}, TaskTime: 3 * time.Second}))
		stock := func() int { return len(c.get(v2 + "/phone-numbers?usageType=Inventory").records()) }
		task := c.send("POST", v2+"/phone-numbers/bulk-add", `{"records":[{"phoneNumber":"+141555530**"}]}`).want(202).object()
		same(t, "task", task, map[string]any{"status": "Accepted", "creationTime": "2000-01-01T00:00:00.000Z"})
		at := fmt.Sprintf("%s/phone-numbers/bulk-add/%s", v2, task["id"])
		time.Sleep(3*time.Second - time.Millisecond)
		same(t, "running", c.get(at).want(200).object(), map[string]any{"id": task["id"], "status": "InProgress"})
		if n := stock(); n != 2 {
			t.Errorf("%d in stock while it runs", n)
		}
		time.Sleep(time.Millisecond)
		if n := stock(); n != 100 { // a page of 102
			t.Errorf("%d in stock", n)
		}
		var out bulkResult
		c.get(at).want(200).into(&out)
		if len(out.Records) != 100 || slices.ContainsFunc(out.text(), func(line string) bool { return !strings.HasSuffix(line, " ok") }) {
			t.Errorf("results: %v", out.text())
		}
		c.get(v2+"/phone-numbers/bulk-add/1").wantError(404, "CMN-102", "taskId")
	})
}

func TestBulkAddMayAlwaysBeATask(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := admin(t, newServer(t, sim.Config{AsyncBulkAdd: true}))
		c.send("POST", v2+"/phone-numbers/bulk-add", `{"records":[{"phoneNumber":"+14155552671"}]}`).want(202)
		c.send("POST", v2+"/phone-numbers/bulk-add", `{"records":[{"phoneNumber":"+14155552671"}]}`).want(202)
		time.Sleep(2 * time.Second)
		c.get(v2 + "/phone-numbers?phoneNumber=%2B14155552671").want(200)
	})
}

func TestDeleteV2(t *testing.T) {
	c := admin(t, newServer(t, unlimited()))
	remove := func(body string) []string {
		t.Helper()
		var out bulkResult
		c.send("DELETE", v2+"/phone-numbers", body).want(200).into(&out)
		return out.text()
	}
	equal(t, "by id", remove(`{"records":[{"id":"246720008"},{"id":359733008},{"id":"723455008"},{"id":"1"},{"id":"246720008"}]}`),
		[]string{"+16505550160 ok", "+17869876543 ok", "723455008 +16503316252 CMN-101", "1 CMN-102", "246720008 CMN-102"})
	equal(t, "by number", remove(`{"records":[{"phoneNumber":"+18335550161"},{"phoneNumber":"+17865550142"},{"phoneNumber":"+18555440014"}]}`),
		[]string{"+18335550161 ok", "+17865550142 ok", "246714008 +18555440014 CMN-101"})
	c.get(v1 + "/phone-number/246720008").want(404)
	c.get(v1 + "/phone-number/723455008").want(200)

	for _, mixed := range []string{
		`{"records":[{"id":"987654321"},{"phoneNumber":"+12024999741"}]}`,
		`{"records":[{"id":"987654321","phoneNumber":"+12024999741"}]}`,
		`{"records":[{}]}`,
	} {
		c.send("DELETE", v2+"/phone-numbers", mixed).wantError(400, "CMN-101", "records")
	}
	c.send("DELETE", v2+"/phone-numbers", `{}`).wantError(400, "CMN-100", "records")
}
