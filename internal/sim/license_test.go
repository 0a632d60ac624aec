package sim_test

import (
	"testing"

	"github.com/ringql/ringql/internal/sim"
)

const (
	licenses   = v1 + "/licenses"
	newAccount = "/restapi/v1.0/account"
)

func TestLicenses(t *testing.T) {
	s := newServer(t, unlimited())
	c := admin(t, s)
	equal(t, "ids", c.get(licenses).values("id"), []string{"71230008", "71231008", "71232008", "71233008", "71234008", "71235008"})
	equal(t, "webinars", c.get(licenses+"?typeId=1103").values("id"), []string{"71233008", "71234008"})

	c.send("POST", licenses+"/bulk-purchase", `{"addedLicenses":[{"type":{"sku":"WBR-100"},"quantity":30},{"type":{"sku":"LRM-50"},"quantity":1}]}`).want(204)
	if first := c.get(licenses).records(); len(first) != 25 {
		t.Errorf("a page has %d licences, want 25", len(first))
	}
	if all := c.get(licenses + "?perPage=100").records(); len(all) != 37 {
		t.Errorf("%d licences, want 37", len(all))
	}
	order := func(quantity string) answer {
		return c.send("POST", licenses+"/bulk-purchase", `{"addedLicenses":[{"type":{"sku":"RCN"},"quantity":1},{"type":{"sku":"RMS"},"quantity":`+quantity+`}]}`)
	}
	order("999").wantError(400, "CMN-101", "quantity")
	order("0").wantError(400, "CMN-101", "quantity")
	order("null").wantError(400, "CMN-100", "quantity")
	if all := c.get(licenses + "?perPage=100").records(); len(all) != 37 {
		t.Errorf("an order that was refused bought something: %d licences", len(all))
	}

	c.send("DELETE", licenses+"/71233008", nil).wantError(400, "CMN-101", "licenseId")
	c.send("DELETE", licenses+"/71234008", nil).want(204)
	c.send("DELETE", licenses+"/71234008", nil).wantError(404, "CMN-102", "licenseId")
	s.RemoveExtension(sim.StandardUserID)
	c.send("DELETE", licenses+"/71233008", nil).want(204)
}

func TestRightsOfLicenses(t *testing.T) {
	s := newServer(t, unlimited())
	as(t, s, sim.StandardUserID).get(licenses).wantError(403, "CMN-408", "")
	as(t, s, sim.AdministratorID, "ReadAccounts").send("DELETE", licenses+"/71230008", nil).wantError(403, "CMN-401", "")
}

// An account takes a main number out of reach of everybody else, and is seen by apps that may create accounts.
func TestCreateAccount(t *testing.T) {
	s := newServer(t, unlimited())
	c := admin(t, s)
	create := func(body string) answer { return c.send("POST", newAccount, body) }
	a := create(`{"mainNumber":"+14155550180","partnerId":"acme","operator":{"regionalSettings":{"homeCountry":{"id":"39"}}}}`).want(200).object()
	if a["id"] != "401146624008" || a["status"] != "Initial" {
		t.Errorf("got %v", a)
	}
	b := c.get(newAccount + "/401146624008").want(200).object()
	if b["status"] != "Initial" || b["mainNumber"] != "+14155550180" || b["partnerId"] != "acme" {
		t.Errorf("read back %v", b)
	}
	as(t, s, sim.AdministratorID, "EditAccounts").get(newAccount+"/401146624008").wantError(404, "CMN-102", "accountId")
	c.get(newAccount+"/401146624008/extension").wantError(404, "CMN-102", "accountId")
	c.send("POST", v1+"/phone-number", `{"phoneNumber":"+14155550180","usageType":"CompanyNumber"}`).wantError(400, "CMN-101", "phoneNumber")
	as(t, s, sim.AdministratorID, "EditAccounts").send("POST", newAccount, `{"mainNumber":"+14155550181"}`).wantError(403, "CMN-401", "")

	const number = `"mainNumber":"+14155550181"`
	for _, tt := range []struct {
		body            string
		status          int
		code, parameter string
	}{
		{`{}`, 400, "CMN-100", "mainNumber"},
		{`{"mainNumber":"+14155550180"}`, 400, "CMN-101", "mainNumber"},
		{`{"mainNumber":"+16503316252"}`, 400, "CMN-101", "mainNumber"},
		{`{` + number + `,"status":"Disabled"}`, 400, "CMN-101", "status"},
		{`{` + number + `,"partnerId":"a b"}`, 400, "CMN-101", "partnerId"},
		{`{` + number + `,"partnerId":"acme"}`, 400, "CMN-101", "partnerId"},
		{`{` + number + `,"operator":{"type":"Department"}}`, 400, "CMN-101", "operator.type"},
		{`{` + number + `,"operator":{"contact":{"email":"x"}}}`, 400, "CMN-101", "operator.contact.email"},
		{`{` + number + `,"operator":{"regionalSettings":{"homeCountry":{"id":"45"}}}}`, 400, "CMN-101", "operator.regionalSettings.homeCountry.id"},
		{`{` + number + `,"operator":{"regionalSettings":{"homeCountry":{"id":"2"}}}}`, 404, "CMN-102", "operator.regionalSettings.homeCountry.id"},
		{`{` + number + `,"serviceInfo":{"brand":{"id":"2"}}}`, 404, "CMN-102", "serviceInfo.brand.id"},
		{`{` + number + `,"serviceInfo":{"targetServicePlan":{"id":"2"}}}`, 404, "CMN-102", "serviceInfo.targetServicePlan.id"},
		{`{` + number + `,"serviceInfo":{"targetServicePlan":{"id":"3711"}}}`, 400, "CMN-101", "serviceInfo.targetServicePlan.id"},
	} {
		create(tt.body).wantError(tt.status, tt.code, tt.parameter)
	}
}

// Who has the dictionary already is not sent it again.
func TestCountriesAreConditional(t *testing.T) {
	c := admin(t, newServer(t, unlimited()))
	for _, path := range []string{"/restapi/v1.0/dictionary/country", "/restapi/v1.0/dictionary/country/39"} {
		tag := c.get(path).want(200).header.Get("ETag")
		if tag == "" {
			t.Fatalf("%s has no tag", path)
		}
		if a := c.get(path, "If-None-Match", tag).want(304); len(a.body) != 0 || a.header.Get("ETag") != tag {
			t.Errorf("%s: %d bytes with tag %s", path, len(a.body), a.header.Get("ETag"))
		}
		c.get(path, "If-None-Match", `"1"`).want(200)
	}
	if n := len(c.get("/restapi/v1.0/dictionary/country?signupAllowed=true&numberSelling=true").records()); n == 0 || n == len(c.get("/restapi/v1.0/dictionary/country").records()) {
		t.Errorf("the filters leave %d countries", n)
	}
}
