package sim_test

import (
	"strings"
	"testing"

	"github.com/ringql/ringql/internal/sim"
)

const blockingNumbers = v1 + "/extension/~/caller-blocking/phone-numbers"

// One entry for a number, on one of two lists; the older operations show those that are blocked.
func TestListsOfCallers(t *testing.T) {
	s := newServer(t, unlimited())
	c := admin(t, s)
	lists := func() string {
		blocked, allowed := c.get(blockingNumbers).values("phoneNumber"), c.get(blockingNumbers+"?status=Allowed").values("phoneNumber")
		old := c.get(v1 + "/extension/~/blocked-number").values("phoneNumber")
		equal(t, "blocked, as the older list shows them", old, blocked)
		return strings.Join(blocked, " ") + " | " + strings.Join(allowed, " ")
	}
	if got := lists(); got != "+17179665004 +16503456789 | +12053320032" {
		t.Errorf("lists: %s", got)
	}
	c.send("PUT", blockingNumbers+"/"+warrantyID, `{"status":"Allowed"}`).want(200)
	c.send("POST", blockingNumbers, `{"phoneNumber":"442071234567"}`).want(200)
	if got := lists(); got != "+16503456789 +442071234567 | +17179665004 +12053320032" {
		t.Errorf("lists: %s", got)
	}
	same(t, "its label stays", c.get(blockingNumbers+"/"+warrantyID).object(), map[string]any{"label": "Car warranty", "id": warrantyID})

	// What is allowed is none of the blocked ones, whatever asks for it.
	old := v1 + "/extension/~/blocked-number"
	c.get(old+"/"+warrantyID).wantError(404, "CMN-102", "blockedNumberId")
	c.send("DELETE", old+"/"+warrantyID, nil).wantError(404, "CMN-102", "blockedNumberId")
	c.send("POST", old, `{"phoneNumber":"+17179665004"}`).wantError(400, "CMN-101", "phoneNumber")
	c.send("POST", old, `{}`).wantError(400, "CMN-100", "phoneNumber")
	c.send("POST", blockingNumbers, `{"phoneNumber":"+1 650"}`).wantError(400, "CMN-101", "phoneNumber")
	c.send("POST", blockingNumbers, `{"phoneNumber":"+16505550188","status":"Odd"}`).wantError(400, "CMN-101", "status")
	c.send("DELETE", blockingNumbers+"/"+warrantyID+","+secondID, nil).want(204)
	if got := lists(); got != "+442071234567 | +12053320032" {
		t.Errorf("lists: %s", got)
	}
}

func TestCallerBlockingSettings(t *testing.T) {
	s := newServer(t, unlimited())
	c := admin(t, s)
	const path = v1 + "/extension/~/caller-blocking"
	same(t, "at first", c.get(path).object(), map[string]any{"mode": "Specific", "noCallerId": "Allow", "payPhones": "Allow"})
	c.send("PUT", path, `{"payPhones":"Block","greetings":[{"type":"BlockedPayPhones","preset":{"id":67072}}]}`).want(200)
	now := c.get(path).object()
	same(t, "the rest stays", now, map[string]any{"mode": "Specific", "noCallerId": "Allow", "payPhones": "Block"})
	var presets []string
	for _, g := range now["greetings"].([]any) {
		presets = append(presets, g.(map[string]any)["preset"].(map[string]any)["id"].(string))
	}
	equal(t, "presets", presets, []string{"66816", "66816", "67072", "66816"})
	for body, field := range map[string]string{
		`{"mode":"Odd"}`: "mode", `{"noCallerId":"Block"}`: "noCallerId", `{"payPhones":""}`: "payPhones",
		`{"mode":"All","greetings":[{"type":"Odd","preset":{"id":"67072"}}]}`: "greetings",
	} {
		c.send("PUT", path, body).wantError(400, "CMN-101", field)
	}
	same(t, "a refused change changes nothing", c.get(path).object(), map[string]any{"mode": "Specific"})
	c.get(v1+"/extension/512090008/caller-blocking").wantError(403, "CMN-403", "")
	c.get(v1+"/extension/1/caller-blocking").wantError(404, "CMN-102", "extensionId")

	jane := as(t, s, sim.StandardUserID)
	same(t, "Jane's own", jane.get(path).object(), map[string]any{"noCallerId": "BlockFaxes"})
	jane.get(v1+"/extension/401145624008/caller-blocking").wantError(403, "CMN-408", "")
	jane.send("POST", v1+"/extension/401145624008/blocked-number", `{}`).wantError(403, "CMN-408", "")
	as(t, s, sim.AdministratorID, "ReadAccounts").send("PUT", path, `{}`).wantError(403, "CMN-401", "")
}
