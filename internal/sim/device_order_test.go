package sim_test

import (
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/ringql/ringql/internal/sim"
)

const orders = v1 + "/order"

// orderOf posts one device that lacks nothing but what the change takes away or adds.
func orderOf(fields string) string {
	return `{"devices":[{` + fields + `,` + shipTo + `}]}`
}

func TestOrdersAreRefused(t *testing.T) {
	c := admin(t, newServer(t, unlimited()))
	for body, want := range map[string][2]string{
		orderOf(`"type":"HardPhone"`):                                  {"CMN-100", "model.id"},
		orderOf(`"type":"Toaster"`):                                    {"CMN-101", "type"},
		orderOf(`"type":"SoftPhone"`):                                  {"CMN-100", "name"},
		orderOf(`"type":"SoftPhone","name":"x","boxBillingId":100056`): {"CMN-101", "boxBillingId"},
		orderOf(`"type":"OtherPhone","name":"x","model":{"id":"56"}`):  {"CMN-102", "model.id"},
		orderOf(`"model":{"id":"1"}`):                                  {"CMN-102", "model.id"},
		orderOf(`"boxBillingId":7`):                                    {"CMN-102", "boxBillingId"},
		orderOf(`"model":{"id":"56","addons":[{"id":"9","count":1}]}`): {"CMN-102", "model.addons.id"},
		orderOf(`"model":{"id":"56","addons":[{"id":"2","count":0}]}`): {"CMN-101", "model.addons.count"},
		orderOf(`"model":{"id":"56"},"extension":{"id":1}`):            {"CMN-102", "extension.id"},
		orderOf(`"model":{"id":"56"},"extension":{"id":512090008}`):    {"CMN-101", "extension.id"},
		`{"devices":[]}`:        {"CMN-100", "devices"},
		`{"model":{"id":"56"}}`: {"CMN-100", "shipping.method.id"},
		`{"model":{"id":"56"},"shipping":{"method":{"id":"4"}}}`:                       {"CMN-101", "shipping.method.id"},
		`{"model":{"id":"56"},"shipping":{"method":{"id":"1"}}}`:                       {"CMN-100", "emergencyServiceAddress"},
		`{"model":{"id":"56"},"shipping":{"method":{"id":"1"},"address":{"zip":"1"}}}`: {"CMN-100", "shipping.address.customerName"},
	} {
		before := len(c.get(v1 + "/device?perPage=1000").values("id"))
		code := 400
		if want[0] == "CMN-102" {
			code = 404
		}
		c.send("POST", orders, body).wantError(code, want[0], want[1])
		if after := len(c.get(v1 + "/device?perPage=1000").values("id")); after != before {
			t.Errorf("%s: there are %d devices, there were %d", body, after, before)
		}
	}
	c.send("POST", orders+"?async=perhaps", orderOf(`"model":{"id":"56"}`)).wantError(400, "CMN-101", "async")
	c.get(orders+"/1").wantError(404, "CMN-102", "orderId")
}

// An order that is waited for has its devices at once; they are on their way with time.
func TestOrderedDevicesTravel(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := admin(t, newServer(t, unlimited()))
		var made struct {
			ID      string
			Devices []struct{ ID, Sku string }
		}
		c.send("POST", orders, twoOf).want(200).into(&made)
		if len(made.Devices) != 2 || made.ID != "" || made.Devices[0].Sku != "HP-56-2-2" || made.Devices[1].Sku != "DV-1" {
			t.Fatalf("made: %+v", made)
		}
		path := v1 + "/device/" + made.Devices[0].ID
		for _, want := range []struct {
			status, tracking string
			after            time.Duration
		}{{"Initial", "<nil>", 0}, {"Accepted", "<nil>", time.Minute}, {"Shipped", "1Z" + made.Devices[0].ID, time.Minute}} {
			time.Sleep(want.after)
			d := c.get(path).object()
			s := d["shipping"].(map[string]any)
			if got := fmt.Sprint(s["trackingNumber"]); s["status"] != want.status || got != want.tracking || (d["serial"] != nil) != (want.status == "Shipped") {
				t.Errorf("%v, serial %v, want %v", s, d["serial"], want)
			}
			conflict := c.send("PUT", path, `{"name":"Door"}`)
			if want.status == "Initial" {
				conflict.wantError(409, "CMN-204", "")
			} else {
				conflict.want(200)
			}
		}
		equal(t, "Jane's", c.get(v1+"/extension/435068008/device").values("id"), []string{"66421008", made.Devices[0].ID})
	})
}

// An order that is not waited for has no devices, and nobody has, until its task is done.
func TestOrdersThatAreNotWaitedFor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := admin(t, newServer(t, sim.Config{TaskTime: time.Second, Limits: map[string]int{}}))
		var made struct {
			Devices []any
			Task    struct{ ID, URI, Status string }
		}
		c.send("POST", orders+"?async=true", twoOf).want(200).into(&made)
		if made.Devices != nil || made.Task.Status != "Accepted" || made.Task.ID == "" {
			t.Fatalf("made: %+v", made)
		}
		order := made.Task.URI[len("https://platform.example.com"):]
		devices := func() int { return len(c.get(order).object()["devices"].([]any)) }
		if n, all := devices(), len(c.get(v1+"/device").values("id")); n != 0 || all != 2 {
			t.Errorf("%d devices of the order, %d in all", n, all)
		}
		time.Sleep(time.Second)
		if n, all := devices(), len(c.get(v1+"/device").values("id")); n != 2 || all != 3 { // one is nobody's
			t.Errorf("%d devices of the order, %d in all", n, all)
		}
	})
}

func TestUpdateOfDevices(t *testing.T) {
	c := admin(t, newServer(t, unlimited()))
	const janes = v1 + "/device/66421008"
	for body, want := range map[string][2]string{
		`{"name":""}`:                                        {"CMN-101", "name"},
		`{"extension":{"id":"1"}}`:                           {"CMN-102", "extension.id"},
		`{"emergency":{"location":{"id":"7"}}}`:              {"CMN-102", "emergency.location.id"},
		`{"emergency":{"address":{},"location":{}}}`:         {"CMN-101", "emergency"},
		`{"emergency":{"address":{"street":""}}}`:            {"CMN-100", "emergency.address.street"},
		`{"phoneLines":{"phoneLines":[{},{}]}}`:              {"CMN-101", "phoneLines"},
		`{"phoneLines":{"phoneLines":[{"id":"1"}]}}`:         {"CMN-102", "phoneLines.phoneLines.id"},
		`{"phoneLines":{"phoneLines":[{"id":"359733008"}]}}`: {"CMN-101", "phoneLines.phoneLines.id"}, // forwarded
		`{"name":"Kept?","useAsCommonPhone":false}`:          {"CMN-101", "useAsCommonPhone"},
	} {
		code := 400
		if want[0] == "CMN-102" {
			code = 404
		}
		c.send("PUT", janes, body).wantError(code, want[0], want[1])
		if name := c.get(janes).object()["name"]; name != "Jane Smith Softphone" {
			t.Fatalf("%s: half of it was done: %v", body, name)
		}
	}
	// A phone takes its line and the line its number along, and an address of today's outranks one of the older form.
	c.send("PUT", janes, `{"extension":{"id":"512084008"},"emergency":{"address":{"city":"Aurora"}},"emergencyServiceAddress":{"street":"No"}}`).want(200)
	d := c.get(janes).object()
	same(t, "address", d["emergencyServiceAddress"].(map[string]any), map[string]any{"city": "Aurora", "street": "27 Desert Road"})
	same(t, "number", c.get(v1 + "/phone-number/723456008").object()["extension"].(map[string]any), map[string]any{"id": 512084008.0})
	equal(t, "Maria's", c.get(v1+"/extension/512084008/device").values("id"), []string{"66421008"})
	equal(t, "Jane's", c.get(v1+"/extension/435068008/device").values("id"), nil)
	// The emergency update leaves all else.
	c.send("PUT", janes+"/emergency", `{"name":"No","emergency":{"outOfCountry":true}}`).want(200)
	d = c.get(janes).object()
	same(t, "device", d, map[string]any{"name": "Jane Smith Softphone"})
	same(t, "emergency", d["emergency"].(map[string]any), map[string]any{"outOfCountry": true})
}

func TestShippingIsDearerForMore(t *testing.T) {
	c := admin(t, newServer(t, unlimited()))
	prices := func(query string) (out []int) {
		var options []struct {
			Price, Quantity int
		}
		c.get("/restapi/v1.0/dictionary/shipping-options" + query).want(200).into(&options)
		for _, o := range options {
			out = append(out, o.Price)
		}
		return out
	}
	equal(t, "one", prices(""), []int{15, 25, 45})
	equal(t, "ten", prices("?quantity=10&brandId=1210"), []int{42, 79, 153})
	for query, want := range map[string][2]string{
		"?quantity=0":          {"CMN-101", "quantity"},
		"?quantity=10001":      {"CMN-101", "quantity"},
		"?servicePlanId=x":     {"CMN-101", "servicePlanId"},
		"?servicePlanId=12160": {"CMN-102", "servicePlanId"},
	} {
		code := 400
		if want[0] == "CMN-102" {
			code = 404
		}
		c.get("/restapi/v1.0/dictionary/shipping-options"+query).wantError(code, want[0], want[1])
	}
}
