package sim_test

import (
	"bytes"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/ringql/ringql/internal/sim"
)

func find(t testing.TB, records []map[string]any, id float64) map[string]any {
	t.Helper()
	for _, r := range records {
		if r["id"] == id {
			return r
		}
	}
	t.Fatalf("no record %v", id)
	return nil
}

func same(t testing.TB, what string, got map[string]any, want map[string]any) {
	t.Helper()
	for key, value := range want {
		if fmt.Sprint(got[key]) != fmt.Sprint(value) {
			t.Errorf("%s: %s is %v, want %v", what, key, got[key], value)
		}
	}
}

// The values here are those of the vendor's own examples.
func TestExamplesAreThere(t *testing.T) {
	c := admin(t, newServer(t, unlimited()))

	account := c.get(v1).object()
	same(t, "account", account, map[string]any{"id": 401145624008., "mainNumber": "+18555440014", "status": "Confirmed"})
	same(t, "operator", account["operator"].(map[string]any), map[string]any{"id": 401145624008., "extensionNumber": "101"})
	service := account["serviceInfo"].(map[string]any)
	same(t, "brand", service["brand"].(map[string]any), map[string]any{"id": "1210", "name": "MyCompany Inc."})
	same(t, "service plan", service["servicePlan"].(map[string]any), map[string]any{"id": "1216", "name": "Professional"})
	same(t, "billing plan", service["billingPlan"].(map[string]any), map[string]any{
		"id": "159", "name": "Monthly - 14.99 - Pro 101503", "durationUnit": "Month", "duration": 1, "type": "Regular"})

	extensions := c.get(v1 + "/extension").records()
	john, notice := find(t, extensions, 401145624008), find(t, extensions, 1201056008)
	same(t, "John", john, map[string]any{"extensionNumber": "101", "name": "John Smith", "type": "User", "status": "Enabled"})
	same(t, "John's contact", john["contact"].(map[string]any), map[string]any{
		"firstName": "John", "lastName": "Smith", "company": "MyCompany Inc.", "email": "john.smith@mycompany.com"})
	same(t, "announcement", notice, map[string]any{"extensionNumber": "110", "name": "AO Ext", "type": "Announcement"})
	same(t, "its contact", notice["contact"].(map[string]any), map[string]any{
		"company": "MyCompany", "email": "marie.moon@mycompany.com", "businessAddress": map[string]any{"country": "USA", "city": "Washington"}})

	usable := c.get(v1 + "/extension/435068008/phone-number").records()
	for _, want := range []map[string]any{
		{"id": 246715008., "phoneNumber": "+18559105564", "paymentType": "TollFree", "type": "VoiceFax", "usageType": "CompanyNumber", "features": "[CallerId]"},
		{"id": 359733008., "phoneNumber": "+17869876543", "paymentType": "External", "usageType": "ForwardedNumber", "features": "[]"},
		{"id": 723455008., "phoneNumber": "+16503316252", "paymentType": "Local", "type": "VoiceOnly", "usageType": "DirectNumber", "features": "[CallerId SmsSender]"},
	} {
		got := find(t, usable, want["id"].(float64))
		same(t, "usable number", got, want)
		if got["uri"] != nil || got["extension"] != nil || got["country"] == nil || (want["type"] == nil) != (got["type"] == nil) {
			t.Errorf("usable number: %v", got)
		}
	}

	var forwarding []string
	for _, f := range c.get(v1 + "/extension/~/forwarding-number").records() {
		forwarding = append(forwarding, fmt.Sprint(f["phoneNumber"], f["label"], f["features"], f["flipNumber"]))
		if f["uri"] != nil {
			t.Errorf("forwarding number with uri: %v", f)
		}
	}
	equal(t, "forwarding numbers", forwarding, []string{
		"+17609410044John Smith Desk Phone[CallFlip]1", "+18559878944Work[CallForwarding CallFlip]2",
		"+14803960003Jane Smith Softphone[CallFlip]3", "+12078260027Other[CallForwarding CallFlip]4"})

	same(t, "contact-centre number", c.get(v1+"/phone-number/987654321").object(), map[string]any{
		"phoneNumber": "+12024999741", "paymentType": "Local", "location": "Washington, DC", "type": "VoiceFax", "usageType": "ContactCenterNumber",
		"status": "Normal", "contactCenterProvider": map[string]any{"id": "12345", "name": "ProviderName"}})
}

// Whoever develops against the examples alone meets every kind of record.
func TestExamplesCoverEveryKind(t *testing.T) {
	c := admin(t, newServer(t, unlimited()))
	all := func(path, member string, want ...string) {
		t.Helper()
		got := c.get(path).values(member)
		for _, w := range want {
			if !slices.Contains(got, w) {
				t.Errorf("%s: no %s among %v", path, w, got)
			}
		}
	}
	all(v2+"/phone-numbers", "usageType", "MainCompanyNumber", "AdditionalCompanyNumber", "CompanyNumber", "DirectNumber", "CompanyFaxNumber",
		"ForwardedNumber", "ForwardedCompanyNumber", "ContactCenterNumber", "Inventory")
	all(v2+"/phone-numbers", "type", "VoiceFax", "VoiceOnly", "FaxOnly", "null")
	all(v2+"/phone-numbers", "label", "Press line")
	all(v1+"/extension", "status", "Enabled", "Disabled", "NotActivated", "Unassigned")
	all(v1+"/extension", "type", "User", "Department", "Announcement", "Voicemail", "IvrMenu")
	all(v1+"/device", "type", "HardPhone", "SoftPhone")
}

func TestIDsAreNumbersOrStringsAsUpstream(t *testing.T) {
	c := admin(t, newServer(t, unlimited()))
	for path, want := range map[string][]string{
		v1:                                             {`"id":401145624008`, `"operator":{"uri":"https://platform.example.com/restapi/v1.0/account/401145624008/extension/401145624008","id":401145624008`, `"brand":{"id":"1210"`, `"currency":{"id":1,`},
		v1 + "/extension?status=Enabled":               {`"id":401145624008,`, `"id":512090008,`},
		v1 + "/extension/435068008":                    {`"id":435068008,`, `"account":{"id":"401145624008"`, `"departments":[{"id":"512090008"`, `"homeCountry":{"id":"1"`},
		v1 + "/phone-number":                           {`"id":723455008,`, `/extension/435068008","id":435068008,`, `"contactCenterProvider":{"id":"12345"`},
		v1 + "/phone-number/723455008":                 {`"id":723455008,`, `/extension/435068008","id":435068008,`},
		v1 + "/extension/435068008/phone-number":       {`"id":723455008,`, `"country":{"id":"1"`},
		v1 + "/extension/~/forwarding-number":          {`"id":"53510008"`, `"device":{"id":"66420008"}`, `"extension":{"id":"435068008"`, `"flipNumber":"1"`},
		v1 + "/extension/~/device":                     {`"id":"66420008"`, `"extension":{"uri":"https://platform.example.com/restapi/v1.0/account/401145624008/extension/401145624008","id":401145624008`, `"phoneLines":[{"id":"66430008"`, `"phoneInfo":{"id":723457008`, `"extension":{"id":"401145624008"`, `"model":{"id":"56"`, `"addons":[{"id":"2","name":"Expansion module","count":2}]`},
		v1 + "/device/66420008":                        {`"id":"66420008"`},
		v1 + "/device":                                 {`"id":"66420008"`, `"phoneInfo":{"id":723457008`, `"addons":[{"id":"2","count":"2"}]`},
		v1 + "/call-queues":                            {`"id":"512090008"`},
		v1 + "/call-queues/512090008/members":          {`"id":435068008,`},
		v1 + "/department/512090008/members":           {`"id":435068008,`},
		v2 + "/phone-numbers":                          {`"id":"723455008"`, `"extension":{"id":"435068008"`},
		v2 + "/phone-numbers?phoneNumber=%2B16503316*": {`"records":[]`},
	} {
		a := c.get(path).want(200)
		for _, w := range want {
			if !bytes.Contains(a.body, []byte(w)) {
				t.Errorf("%s: no %s in %s", path, w, a.body)
			}
		}
	}
	// The writes of the 2018 description answer with strings.
	a := c.send("PUT", v1+"/phone-number/723455008", `{"usageType":"DirectNumber","extension":{"id":401145624008}}`).want(200)
	for _, w := range []string{`"id":"723455008"`, `"extension":{"id":"401145624008"`} {
		if !bytes.Contains(a.body, []byte(w)) {
			t.Errorf("reassign: no %s in %s", w, a.body)
		}
	}
}

// generated is what a company shows in its four lists.
func generated(t testing.TB, cfg sim.Config) []byte {
	t.Helper()
	cfg.Limits = map[string]int{}
	c := admin(t, newServer(t, cfg))
	var out []byte
	for _, path := range []string{v1 + "/extension", v1 + "/phone-number", v1 + "/device", v2 + "/phone-numbers", v1 + "/call-queues"} {
		out = append(out, c.get(path+"?perPage=1000").want(200).body...)
	}
	for _, id := range c.get(v1 + "/extension?type=User&status=Enabled").values("id") {
		out = append(out, c.get(v1+"/extension/"+id+"/forwarding-number").want(200).body...)
	}
	return out
}

func TestSeedMakesTheCompany(t *testing.T) {
	cfg := sim.Config{Extensions: 120, Numbers: 300, Seed: 7}
	first := generated(t, cfg)
	if !bytes.Equal(first, generated(t, cfg)) {
		t.Error("the same settings made two companies")
	}
	cfg.Seed = 8
	if bytes.Equal(first, generated(t, cfg)) {
		t.Error("two seeds made one company")
	}
}

func TestCountsAreExact(t *testing.T) {
	for _, tt := range []struct{ extensions, numbers, wantExtensions, wantNumbers int }{
		{0, 0, 12, 13},
		{5, 5, 12, 13},
		{13, 14, 13, 14},
		{12, 500, 12, 500},
		{1000, 2000, 1000, 2000},
		{300, 0, 300, 13},
	} {
		c := admin(t, newServer(t, sim.Config{Extensions: tt.extensions, Numbers: tt.numbers, Limits: map[string]int{}}))
		total := func(path string) int {
			var out struct{ Paging struct{ TotalElements int } }
			c.get(path).want(200).into(&out)
			return out.Paging.TotalElements
		}
		if e, n := total(v1+"/extension"), total(v1+"/phone-number"); e != tt.wantExtensions || n != tt.wantNumbers {
			t.Errorf("asked for %d and %d: %d extensions, %d numbers", tt.extensions, tt.numbers, e, n)
		}
	}
}

func TestGeneratedCompanyLooksReal(t *testing.T) {
	c := admin(t, newServer(t, sim.Config{Extensions: 1000, Numbers: 2000, Limits: map[string]int{}}))
	extensions := c.get(v1 + "/extension?perPage=1000").records()
	seen := map[string]bool{}
	idShape := regexp.MustCompile(`^\d{8,12}$`)
	for _, e := range extensions {
		id := fmt.Sprintf("%.0f", e["id"])
		email := fmt.Sprint(e["contact"].(map[string]any)["email"])
		number := fmt.Sprint(e["extensionNumber"])
		if unassigned := e["status"] == "Unassigned"; unassigned != (number == "<nil>") {
			t.Errorf("extension %s, %s: number %s", id, e["status"], number)
		}
		for _, unique := range []string{id, email, "#" + number} {
			if seen[unique] && !strings.Contains(unique, "<nil>") {
				t.Errorf("%s twice", unique)
			}
			seen[unique] = true
		}
		if !idShape.MatchString(id) || !strings.HasSuffix(id, "008") {
			t.Errorf("id %s", id)
		}
	}
	e164 := regexp.MustCompile(`^\+1[2-9]\d{2}[2-9]\d{6}$`)
	usages := map[any]int{}
	owners := map[any]int{}
	for page := range 2 {
		for _, n := range c.get(fmt.Sprintf("%s/phone-number?perPage=1000&page=%d", v1, page+1)).records() {
			number := n["phoneNumber"].(string)
			if seen[number] || !e164.MatchString(number) {
				t.Errorf("number %s", number)
			}
			seen[number] = true
			usages[n["usageType"]]++
			if e, ok := n["extension"].(map[string]any); ok {
				owners[e["id"]]++
			}
		}
	}
	most := 0
	for _, n := range owners {
		most = max(most, n)
	}
	if usages["DirectNumber"] < 1500 || usages["CompanyNumber"] < 50 || usages["CompanyNumber"] > 200 || usages["ForwardedNumber"] == 0 {
		t.Errorf("usage types: %v", usages)
	}
	if len(owners) > 950 || most < 8 {
		t.Errorf("%d of 1000 have numbers, the most is %d", len(owners), most)
	}
}

func TestChangesBehindTheClientsBack(t *testing.T) {
	s := newServer(t, unlimited())
	c := admin(t, s)
	id := s.AddExtension(1, "Ada Lovelace")
	ids := c.get(v1 + "/extension").values("id")
	equal(t, "first three", ids[:3], []string{"401145624008", id, "1201056008"})
	same(t, "new extension", c.get(v1+"/extension/"+id).object(), map[string]any{"name": "Ada Lovelace", "type": "User", "status": "Enabled"})
	if last := s.AddExtension(1000, "Last"); !slices.Equal(c.get(v1 + "/extension").values("id")[13:], []string{last}) {
		t.Error("not at the end")
	}
	if first := s.AddExtension(-1, "First"); c.get(v1 + "/extension").values("id")[0] != first {
		t.Error("not at the beginning")
	}

	s.RemoveExtension(sim.StandardUserID)
	s.RemoveExtension("1")
	c.get(v1+"/extension/435068008").wantError(404, "CMN-102", "extensionId")
	same(t, "number left behind", c.get(v1+"/phone-number/723455008").object(), map[string]any{"usageType": "CompanyNumber", "extension": nil})
	c.get(v1 + "/phone-number/359733008").want(404)
	c.get(v1 + "/device/66421008").want(404)
	equal(t, "devices", c.get(v1+"/device").values("id"), []string{"66420008"})
	equal(t, "queue members", c.get(v1+"/call-queues/512091008/members").values("id"), nil)
	as(t, s, sim.StandardUserID).get(v1).want(401)
}
