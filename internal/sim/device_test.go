package sim_test

import (
	"strings"
	"testing"
)

func TestFiltersOfDevices(t *testing.T) {
	c := admin(t, newServer(t, unlimited()))
	for query, want := range map[string]string{
		"":                              "66420008",
		"type=HardPhone&type=SoftPhone": "66420008",
		"type=SoftPhone":                "",
		"feature=HELD&feature=Paging":   "66420008",
		"feature=CommonPhone":           "",
		"lineType=Standalone":           "66420008",
		"lineType=BlaPrimary":           "",
		"linePooling=None":              "66420008",
		"linePooling=Host":              "",
	} {
		if got := strings.Join(c.get(v1+"/extension/~/device?"+query).values("id"), " "); got != want {
			t.Errorf("%s: got %s, want %s", query, got, want)
		}
	}
	for _, name := range []string{"type", "feature", "lineType", "linePooling"} {
		c.get(v1+"/extension/~/device?"+name+"=Odd").wantError(400, "CMN-101", name)
	}
}

func TestDeviceOfToday(t *testing.T) {
	c := admin(t, newServer(t, unlimited()))
	d := c.get(v1 + "/device/66420008").object()
	same(t, "device", d, map[string]any{"type": "HardPhone", "status": "Online", "sku": "HP-56-2-2"})
	same(t, "emergency", d["emergency"].(map[string]any)["address"].(map[string]any), map[string]any{"city": "Belmont", "country": "USA"})

	old := c.get(v1 + "/device").records()[0]
	same(t, "device of 2018", old, map[string]any{"type": "HardPhone", "status": nil, "emergency": nil, "linePooling": nil})
	same(t, "its address", old["emergencyServiceAddress"].(map[string]any), map[string]any{"city": "Belmont"})
	c.get(v1+"/device/1").wantError(404, "CMN-102", "deviceId")
}

func TestForwardingNumbersAreForPeople(t *testing.T) {
	c := admin(t, newServer(t, unlimited()))
	c.get(v1+"/extension/512090008/forwarding-number").wantError(403, "CMN-403", "")
	equal(t, "Jane's", c.get(v1+"/extension/435068008/forwarding-number").values("label"), []string{"Mobile"})
	equal(t, "Maria's", c.get(v1+"/extension/512084008/forwarding-number").values("label"), nil)
}
