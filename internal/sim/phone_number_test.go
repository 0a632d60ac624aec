package sim_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/ringql/ringql/internal/sim"
)

func TestFiltersOfAccountNumbers(t *testing.T) {
	s := newServer(t, unlimited())
	c := admin(t, s)
	for query, want := range map[string]string{
		"usageType=MainCompanyNumber":                                    "+18555440014",
		"usageType=CompanyFaxNumber&usageType=AdditionalCompanyNumber":   "+16505550100 +16505550199",
		"paymentType=External":                                           "+17869876543 +17865550142",
		"paymentType=External&status=Pending":                            "+17865550142",
		"status=PortedIn&status=Pending":                                 "+16505550128 +17865550142",
		"extensionStatus=Disabled&extensionStatus=Enabled":               "",
		"extensionStatus=Disabled":                                       "",
		"usageType=NumberStorage":                                        "",
		"usageType=DirectNumber&extensionStatus=Enabled&unknown=ignored": "+16503316252 +14803960003 +17609410044 +16505550128 +16505550130",
	} {
		if got := strings.Join(c.get(v1+"/phone-number?"+query).values("phoneNumber"), " "); got != want {
			t.Errorf("%s: got %s, want %s", query, got, want)
		}
	}
	for _, name := range []string{"usageType", "paymentType", "status", "extensionStatus"} {
		c.get(v1+"/phone-number?"+name+"=Odd").wantError(400, "CMN-101", name)
	}
}

func TestFiltersOfExtensions(t *testing.T) {
	c := admin(t, newServer(t, unlimited()))
	for query, want := range map[string]string{
		"extensionNumber=102":                    "435068008",
		"email=JANE.SMITH@mycompany.com":         "435068008",
		"email=a@b.c&email=sales@mycompany.com":  "512090008",
		"status=Disabled&status=NotActivated":    "512085008 512086008",
		"status=Unassigned":                      "512087008",
		"type=Voicemail&type=IvrMenu":            "512092008 512093008",
		"type=User&status=Enabled&unknown=value": "401145624008 435068008 512084008 512088008",
	} {
		if got := strings.Join(c.get(v1+"/extension?"+query).values("id"), " "); got != want {
			t.Errorf("%s: got %s, want %s", query, got, want)
		}
	}
	c.get(v1+"/extension?status=Odd").wantError(400, "CMN-101", "status")
	c.get(v1+"/extension?type=Odd").wantError(400, "CMN-101", "type")
}

func TestStockIsReadByIDOnly(t *testing.T) {
	c := admin(t, newServer(t, unlimited()))
	if got := c.get(v1 + "/phone-number").values("id"); slices.Contains(got, "246720008") {
		t.Error("stock in the v1.0 list")
	}
	same(t, "stock", c.get(v1+"/phone-number/246720008").object(), map[string]any{"usageType": "NumberStorage", "phoneNumber": "+16505550160"})
}

func TestUsableNumbers(t *testing.T) {
	s := newServer(t, unlimited())
	features := func(id string) map[string]string {
		out := map[string]string{}
		for _, n := range admin(t, s).get(v1 + "/extension/" + id + "/phone-number").records() {
			var list []string
			for _, f := range n["features"].([]any) {
				list = append(list, f.(string))
			}
			out[n["phoneNumber"].(string)] = strings.Join(list, " ")
		}
		return out
	}
	jane, maria, john := features(sim.StandardUserID), features("512084008"), features(sim.AdministratorID)
	for number, want := range map[string]string{
		"+18555440014": "CallerId", "+16505550100": "CallerId", "+16505550199": "CallerId", "+16505550150": "CallerId",
		"+16505550130": "CallerId", // of the queue she is in
		"+14803960003": "CallerId SmsSender MmsSender InternationalSmsSender",
	} {
		if got, ok := jane[number]; !ok || got != want {
			t.Errorf("Jane's %s: %q, want %q", number, got, want)
		}
	}
	if maria["+16505550128"] != "CallerId" {
		t.Errorf("fax line: %q", maria["+16505550128"])
	}
	for _, number := range []string{"+16505550130", "+16503316252", "+12024999741", "+17865550142", "+16505550160"} {
		if got, ok := john[number]; ok {
			t.Errorf("John may use %s: %q", number, got)
		}
	}
	c := admin(t, s)
	equal(t, "filtered", c.get(v1+"/extension/512084008/phone-number?status=PortedIn&status=Normal").values("id"), []string{"723458008"})
	c.get(v1+"/extension/~/phone-number?usageType=Odd").wantError(400, "CMN-101", "usageType")
}

func TestStandardUserSeesLess(t *testing.T) {
	s := newServer(t, unlimited())
	jane := as(t, s, sim.StandardUserID)
	want := []string{"+16503316252", "+14803960003", "+17609410044", "+16505550128", "+16505550130"}
	for _, path := range []string{v1 + "/phone-number", v1 + "/phone-number?usageType=CompanyNumber", v2 + "/phone-numbers", v2 + "/phone-numbers?usageType=Inventory"} {
		equal(t, path, jane.get(path).values("phoneNumber"), want)
	}
	jane.get(v1 + "/phone-number/723457008").want(200)
	jane.get(v1 + "/phone-number/359733008").want(200) // not direct, but her own
	jane.get(v1+"/phone-number/246714008").wantError(404, "CMN-102", "phoneNumberId")

	jane.get(v1 + "/extension/~/phone-number").want(200)
	jane.get(v1 + "/extension/435068008/device").want(200)
	jane.get(v1+"/extension/401145624008/phone-number").wantError(403, "CMN-408", "")
	jane.get(v1+"/extension/401145624008/device").wantError(403, "CMN-408", "")
	jane.get(v1+"/device").wantError(403, "CMN-408", "")
	jane.get(v1 + "/extension").want(200)

	for _, tt := range []struct {
		c    caller
		id   string
		want bool
	}{{jane, "~", true}, {jane, "512084008", false}, {admin(t, s), "435068008", true}, {as(t, s, "512084008"), "435068008", true}} {
		e := tt.c.get(v1 + "/extension/" + tt.id).object()
		if (e["serviceFeatures"] != nil) != tt.want {
			t.Errorf("features of %s: %v, want %v", tt.id, e["serviceFeatures"] != nil, tt.want)
		}
	}
	for _, e := range admin(t, s).get(v1 + "/extension").records() {
		for _, absent := range []string{"serviceFeatures", "regionalSettings", "setupWizardState", "departments", "account"} {
			if e[absent] != nil {
				t.Errorf("%s in a list record", absent)
			}
		}
	}
}

func TestReassign(t *testing.T) {
	for name, tt := range map[string]struct {
		id, body        string
		status          int
		code, parameter string
		want            map[string]any // what the number is afterwards
	}{
		"to another person":     {"723455008", `{"usageType":"DirectNumber","extension":{"id":"401145624008"}}`, 200, "", "", map[string]any{"usageType": "DirectNumber"}},
		"owner alone":           {"723455008", `{"extension":{"id":401145624008}}`, 200, "", "", map[string]any{"usageType": "DirectNumber"}},
		"by partner id":         {"723455008", `{"usageType":"DirectNumber","extension":{"partnerId":"maria-lopez"}}`, 200, "", "", nil},
		"to the company":        {"723455008", `{"usageType":"CompanyNumber","label":"Hotline"}`, 200, "", "", map[string]any{"usageType": "CompanyNumber", "extension": nil, "label": "Hotline"}},
		"from the company":      {"246718008", `{"usageType":"DirectNumber","extension":{"id":"435068008"}}`, 200, "", "", map[string]any{"usageType": "DirectNumber", "label": nil}},
		"from stock":            {"246720008", `{"usageType":"CompanyNumber"}`, 200, "", "", map[string]any{"usageType": "CompanyNumber", "type": "VoiceFax"}},
		"new main number":       {"246718008", `{"usageType":"MainCompanyNumber"}`, 200, "", "", map[string]any{"usageType": "MainCompanyNumber", "primary": true}},
		"new label":             {"246715008", `{"label":"Front desk"}`, 200, "", "", map[string]any{"label": "Front desk"}},
		"contact centre":        {"987654321", `{"usageType":"CompanyNumber"}`, 200, "", "", map[string]any{"contactCenterProvider": nil}},
		"main number":           {"246714008", `{"usageType":"CompanyNumber"}`, 400, "CMN-101", "phoneNumberId", map[string]any{"usageType": "MainCompanyNumber"}},
		"additional number":     {"246716008", `{"usageType":"CompanyNumber"}`, 400, "CMN-101", "phoneNumberId", nil},
		"fax number":            {"246717008", `{"usageType":"DirectNumber","extension":{"id":"435068008"}}`, 400, "CMN-101", "phoneNumberId", nil},
		"no such number":        {"1", `{"usageType":"CompanyNumber"}`, 404, "CMN-102", "phoneNumberId", nil},
		"no owner":              {"723455008", `{"usageType":"DirectNumber"}`, 400, "CMN-100", "extension.id", nil},
		"empty owner":           {"246718008", `{"usageType":"DirectNumber","extension":{}}`, 400, "CMN-100", "extension.id", nil},
		"no such owner":         {"723455008", `{"usageType":"DirectNumber","extension":{"id":"1"}}`, 404, "CMN-102", "extension.id", nil},
		"no use":                {"246720008", `{}`, 400, "CMN-100", "usageType", nil},
		"owner without a use":   {"246718008", `{"extension":{"id":"435068008"}}`, 400, "CMN-100", "usageType", nil},
		"not settable":          {"723455008", `{"usageType":"ContactCenterNumber"}`, 400, "CMN-101", "usageType", nil},
		"second additional":     {"246718008", `{"usageType":"AdditionalCompanyNumber"}`, 400, "CMN-101", "usageType", nil},
		"hosted to forwarded":   {"723455008", `{"usageType":"ForwardedNumber","extension":{"id":"435068008"}}`, 400, "CMN-101", "usageType", nil},
		"forwarded to hosted":   {"359733008", `{"usageType":"CompanyNumber"}`, 400, "CMN-101", "usageType", nil},
		"forwarded to another":  {"359733008", `{"usageType":"ForwardedNumber","extension":{"id":"401145624008"}}`, 200, "", "", map[string]any{"usageType": "ForwardedNumber", "type": nil}},
		"nothing at all":        {"723455008", `{}`, 200, "", "", map[string]any{"usageType": "DirectNumber", "phoneNumber": "+16503316252"}},
		"nothing, main number":  {"246714008", `{"usageType":"MainCompanyNumber"}`, 200, "", "", map[string]any{"usageType": "MainCompanyNumber"}},
		"contact centre stays":  {"987654321", `{"label":""}`, 200, "", "", map[string]any{"usageType": "ContactCenterNumber", "contactCenterProvider": map[string]any{"id": "12345", "name": "ProviderName"}}},
		"label of a direct one": {"723455008", `{"label":"Mine"}`, 400, "CMN-101", "label", nil},
	} {
		t.Run(name, func(t *testing.T) {
			c := admin(t, newServer(t, unlimited()))
			a := c.send("PUT", v1+"/phone-number/"+tt.id, tt.body)
			if tt.code == "" {
				same(t, "answer", a.want(200).object(), map[string]any{"id": tt.id})
			} else {
				a.wantError(tt.status, tt.code, tt.parameter)
			}
			if tt.want != nil {
				same(t, "afterwards", c.get(v1+"/phone-number/"+tt.id).object(), tt.want)
			}
		})
	}
}

func TestReassignMovesTheNumberEverywhere(t *testing.T) {
	c := admin(t, newServer(t, unlimited()))
	own := func(id string) []string {
		return c.get(v1 + "/extension/" + id + "/phone-number?usageType=DirectNumber").values("phoneNumber")
	}
	lines := func(device string) int { return len(c.get(v1 + "/device/" + device).object()["phoneLines"].([]any)) }
	if lines("66421008") != 1 {
		t.Fatal("Jane's softphone has no line")
	}
	c.send("PUT", v1+"/phone-number/723456008", `{"usageType":"DirectNumber","extension":{"id":"401145624008"}}`).want(200)
	equal(t, "John's", own(sim.AdministratorID), []string{"+17609410044", "+14803960003"})
	equal(t, "Jane's", own(sim.StandardUserID), []string{"+16503316252", "+16505550130"})
	if lines("66421008") != 0 {
		t.Error("Jane's softphone kept the line of a number that is not hers")
	}

	c.send("PUT", v1+"/phone-number/246718008", `{"usageType":"MainCompanyNumber"}`).want(200)
	same(t, "account", c.get(v1).object(), map[string]any{"mainNumber": "+16505550150"})
	same(t, "old main number", c.get(v1+"/phone-number/246714008").object(), map[string]any{"usageType": "CompanyNumber"})
}

func TestProvision(t *testing.T) {
	for name, tt := range map[string]struct {
		body            string
		status          int
		code, parameter string
		want            map[string]any
	}{
		"direct, as described":  {`{"phoneNumber":"+14155552671","extensionId":{"id":"435068008"}}`, 200, "", "", map[string]any{"usageType": "DirectNumber", "paymentType": "Local", "type": "VoiceFax", "location": "San Francisco, CA", "status": "Normal"}},
		"direct, as in scripts": {`{"phoneNumber":"14155552671","extension":{"id":435068008},"type":"FaxOnly"}`, 200, "", "", map[string]any{"phoneNumber": "+14155552671", "type": "FaxOnly"}},
		"by partner id":         {`{"phoneNumber":"+14155552671","extension":{"partnerId":"maria-lopez"}}`, 200, "", "", nil},
		"company":               {`{"phoneNumber":"+18885552671","usageType":"CompanyNumber","label":"Orders"}`, 200, "", "", map[string]any{"paymentType": "TollFree", "label": "Orders", "extension": nil}},
		"forwarded":             {`{"phoneNumber":"+442071838750","usageType":"ForwardedCompanyNumber"}`, 200, "", "", map[string]any{"paymentType": "External", "type": nil}},
		"no number":             {`{"extensionId":{"id":"435068008"}}`, 400, "CMN-100", "phoneNumber", nil},
		"already here":          {`{"phoneNumber":"+16503316252","extensionId":{"id":"435068008"}}`, 400, "CMN-101", "phoneNumber", nil},
		"bad number":            {`{"phoneNumber":"+0123","extensionId":{"id":"435068008"}}`, 400, "CMN-101", "phoneNumber", nil},
		"bad American number":   {`{"phoneNumber":"+11234567890","extensionId":{"id":"435068008"}}`, 400, "CMN-101", "phoneNumber", nil},
		"no owner":              {`{"phoneNumber":"+14155552671"}`, 400, "CMN-100", "extensionId", nil},
		"unknown reservation":   {`{"phoneNumber":"+14155552671","extensionId":{"id":"435068008"},"reservationId":"abc"}`, 400, "CMN-101", "reservationId", nil},
		"reserved by another":   {`{"phoneNumber":"+16505550183","extensionId":{"id":"435068008"}}`, 400, "CMN-101", "phoneNumber", nil},
		"no such owner":         {`{"phoneNumber":"+14155552671","extension":{"id":"1"}}`, 404, "CMN-102", "extension.id", nil},
		"second main number":    {`{"phoneNumber":"+14155552671","usageType":"MainCompanyNumber"}`, 400, "CMN-101", "usageType", nil},
		"unknown use":           {`{"phoneNumber":"+14155552671","usageType":"Inventory"}`, 400, "CMN-101", "usageType", nil},
		"unknown type":          {`{"phoneNumber":"+14155552671","usageType":"CompanyNumber","type":"Odd"}`, 400, "CMN-101", "type", nil},
	} {
		t.Run(name, func(t *testing.T) {
			c := admin(t, newServer(t, unlimited()))
			before := len(c.get(v1 + "/phone-number").records())
			a := c.send("POST", v1+"/phone-number", tt.body)
			if tt.code != "" {
				a.wantError(tt.status, tt.code, tt.parameter)
				if after := len(c.get(v1 + "/phone-number").records()); after != before {
					t.Errorf("%d numbers, there were %d", after, before)
				}
				return
			}
			out := a.want(200).object()
			same(t, "answer", out, tt.want)
			same(t, "afterwards", c.get(v1+"/phone-number/"+out["id"].(string)).object(), tt.want)
		})
	}
}

func TestDelete(t *testing.T) {
	c := admin(t, newServer(t, unlimited()))
	for _, fixed := range []string{"246714008", "246716008", "246717008"} {
		c.send("DELETE", v1+"/phone-number/"+fixed, nil).wantError(400, "CMN-101", "phoneNumberId")
	}
	a := c.send("DELETE", v1+"/phone-number/723456008", nil).want(204)
	if len(a.body) > 0 || a.header.Get("Content-Type") != "" {
		t.Errorf("204 with %v %s", a.header, a.body)
	}
	c.send("DELETE", v1+"/phone-number/723456008", nil).wantError(404, "CMN-102", "phoneNumberId")
	if got := c.get(v1 + "/extension/435068008/phone-number").values("id"); slices.Contains(got, "723456008") {
		t.Error("still in Jane's list")
	}
	c.get(v1 + "/device/66421008").want(200)
	c.send("POST", v1+"/phone-number", `{"phoneNumber":"+14803960003","usageType":"CompanyNumber"}`).want(200) // free again
}
