package sim_test

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ringql/ringql/internal/sim"
)

const (
	subscriptionPath = "/restapi/v1.0/subscription"
	address          = "http://gateway.example.com/hook"
	numbers          = "/restapi/v1.0/account/~/phone-number?usageType=ContactCenterNumber"
	extensions       = "/restapi/v1.0/account/~/extension"
	accountPath      = "/restapi/v1.0/account/" + sim.AccountID
)

func TestASubscriptionIsMadeReadRenewedAndRemoved(t *testing.T) {
	hooked(t, sim.Config{}, func(t *testing.T, s *sim.Server, r *receiver) {
		c := admin(t, s)
		a := c.send(http.MethodPost, subscriptionPath, wish(numbers, extensions, extensions+"/~", numbers)).want(http.StatusOK)
		if strings.Contains(string(a.body), "secret") {
			t.Errorf("the verification token is told: %s", a.body)
		}
		made := a.object()
		path := subscriptionPath + "/" + made["id"].(string)
		delete(made, "id")
		now := time.Now().UTC()
		want := map[string]any{
			"uri": c.base + path, "creationTime": now.Format("2006-01-02T15:04:05.000Z"), "status": "Active", "expiresIn": 604799.0,
			"expirationTime": now.Add(7 * 24 * time.Hour).Format("2006-01-02T15:04:05.000Z"),
			"eventFilters": []any{accountPath + "/phone-number?usageType=ContactCenterNumber", accountPath + "/extension",
				accountPath + "/extension/" + sim.AdministratorID},
			"deliveryMode": map[string]any{"transportType": "WebHook", "address": address, "encryption": false},
		}
		if got, want := asJSON(t, made), asJSON(t, want); got != want {
			t.Errorf("got  %s\nwant %s", got, want)
		}

		time.Sleep(time.Hour)
		life := func(a answer) float64 { return a.want(http.StatusOK).object()["expiresIn"].(float64) }
		if got := life(c.get(path)); got != 604799-3600 {
			t.Errorf("after an hour %v s are left", got)
		}
		for _, renew := range []struct {
			method, path string
			body         any
			want         float64
		}{
			{http.MethodPost, path + "/renew", nil, 604799},
			{http.MethodPut, path, map[string]any{"expiresIn": 60}, 59},
			{http.MethodPut, path, nil, 604799},
			{http.MethodPut, path, map[string]any{"expiresIn": 1_000_000_000}, 315_359_999},
			{http.MethodPut, path, map[string]any{"eventFilters": []string{extensions}}, 604799},
		} {
			if got := life(c.send(renew.method, renew.path, renew.body)); got != renew.want {
				t.Errorf("%s %v: %v s are left, want %v", renew.method, renew.body, got, renew.want)
			}
		}
		equal(t, "filters", c.get(subscriptionPath).values("eventFilters"), []string{`["` + accountPath + `/extension"]`})
		c.send(http.MethodDelete, path, nil).want(http.StatusNoContent)
		c.get(path).wantError(http.StatusNotFound, "CMN-120", "")
	})
}

func asJSON(t *testing.T, v any) string {
	t.Helper()
	data, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func TestSubscriptionsAreTheirOwnersAlone(t *testing.T) {
	hooked(t, sim.Config{}, func(t *testing.T, s *sim.Server, r *receiver) {
		c := admin(t, s)
		path := subscriptionPath + "/" + r.subscribe(c, numbers)
		jane := as(t, s, sim.StandardUserID)
		equal(t, "Jane's", jane.get(subscriptionPath).values("id"), nil)
		for _, tt := range []struct{ method, path string }{
			{http.MethodGet, path}, {http.MethodPut, path}, {http.MethodDelete, path}, {http.MethodPost, path + "/renew"},
		} {
			jane.send(tt.method, tt.path, nil).wantError(http.StatusNotFound, "CMN-120", "")
		}
		reader := as(t, s, sim.AdministratorID, "ReadAccounts")
		reader.get(path).want(http.StatusOK)
		reader.send(http.MethodPost, subscriptionPath, wish(numbers)).wantError(http.StatusForbidden, "CMN-401", "")

		id := r.subscribe(c, numbers)
		s.ExpireSubscriptions(id)
		c.get(subscriptionPath+"/"+id).wantError(http.StatusNotFound, "CMN-120", "")
		time.Sleep(7*24*time.Hour - time.Second)
		c.get(path).want(http.StatusOK)
		time.Sleep(time.Second)
		c.get(path).wantError(http.StatusNotFound, "CMN-120", "")
	})
}

func TestSubscriptionsThatAreRefused(t *testing.T) {
	hooked(t, sim.Config{SecureWebhooks: true, RefuseLongLife: true}, func(t *testing.T, s *sim.Server, r *receiver) {
		c := admin(t, s)
		mode := func(transport, address string) map[string]any {
			return map[string]any{"transportType": transport, "address": address}
		}
		good, filters := mode("WebHook", "https://example.com/"), []string{numbers}
		s.GiveRole(sim.NumberManagerID, nil, []string{"ReadCompanyPhoneNumbers"})
		limited := as(t, s, sim.NumberManagerID)
		for _, tt := range []struct {
			name            string
			c               caller
			body            map[string]any
			status          int
			code, parameter string
		}{
			{"no filters", c, map[string]any{"deliveryMode": good}, 400, "CMN-100", "eventFilters"},
			{"none of them", c, map[string]any{"deliveryMode": good, "eventFilters": []string{}}, 400, "SUB-508", "eventFilters"},
			{"no mode", c, map[string]any{"eventFilters": filters}, 400, "CMN-100", "deliveryMode"},
			{"no transport", c, map[string]any{"eventFilters": filters, "deliveryMode": mode("", "https://example.com/")}, 400, "CMN-100", "deliveryMode.transportType"},
			{"other transport", c, map[string]any{"eventFilters": filters, "deliveryMode": mode("PubNub", "")}, 400, "CMN-101", "deliveryMode.transportType"},
			{"no socket", c, map[string]any{"eventFilters": filters, "deliveryMode": mode("WebSocket", "")}, 400, "CMN-101", "deliveryMode.transportType"},
			{"no address", c, map[string]any{"eventFilters": filters, "deliveryMode": mode("WebHook", "")}, 400, "CMN-100", "deliveryMode.address"},
			{"odd address", c, map[string]any{"eventFilters": filters, "deliveryMode": mode("WebHook", "ftp://example.com/")}, 400, "CMN-101", "deliveryMode.address"},
			{"plain address", c, map[string]any{"eventFilters": filters, "deliveryMode": mode("WebHook", address)}, 400, "SUB-523", ""},
			{"no life", c, map[string]any{"eventFilters": filters, "deliveryMode": good, "expiresIn": 0}, 400, "CMN-101", "expiresIn"},
			{"long life", c, map[string]any{"eventFilters": filters, "deliveryMode": good, "expiresIn": 315_360_001}, 400, "CMN-101", "expiresIn"},
			{"unreachable", c, map[string]any{"eventFilters": filters, "deliveryMode": mode("WebHook", "https://nothing.example.com/")}, 400, "SUB-521", ""},
			{"scope", as(t, s, sim.AdministratorID, "SubscriptionWebhook"), map[string]any{"eventFilters": filters, "deliveryMode": good}, 403, "SUB-412", ""},
			{"permission", limited, map[string]any{"eventFilters": []string{extensions}, "deliveryMode": good}, 403, "SUB-402", ""},
		} {
			t.Log(tt.name)
			tt.c.send(http.MethodPost, subscriptionPath, tt.body).wantError(tt.status, tt.code, tt.parameter)
		}
		for filter, code := range map[string]string{
			"/x":                                   "SUB-508",
			"":                                     "SUB-508",
			"/restapi":                             "SUB-508",
			"/restapi/v1.0/account/~/phone-number": "SUB-508",
			"/restapi/v1.0/account/~/phone-number?usageType=DirectNumber":  "SUB-508",
			"/restapi/v1.0/account/~/extension/~/presence":                 "SUB-508",
			"/restapi/v1.0/account/~/extension?x=y":                        "SUB-508",
			"/restapi/v1.0/subscription/~?threshold=60&interval=15":        "SUB-508",
			"/restapi/v1.0/account/37439510/extension":                     "SUB-406",
			"/restapi/v1.0/account/" + sim.AccountID + "/extension/1":      "SUB-406",
			"/restapi/v1.0/account/" + sim.StandardUserID + "/extension/~": "SUB-406",
		} {
			status, parameter := http.StatusBadRequest, "eventFilters"
			if code == "SUB-406" {
				status, parameter = http.StatusForbidden, ""
			}
			body := map[string]any{"eventFilters": []string{numbers, filter}, "deliveryMode": good}
			c.send(http.MethodPost, subscriptionPath, body).wantError(status, code, parameter)
		}
		if left := s.Subscriptions(); left != nil || r.take() != nil {
			t.Errorf("what was refused is there: %v", left)
		}
	})
}

// What a person may not use is left out of a subscription to more.
func TestDisabledFilters(t *testing.T) {
	hooked(t, sim.Config{}, func(t *testing.T, s *sim.Server, r *receiver) {
		s.GiveRole(sim.StandardUserID, nil, []string{"ReadCompanyPhoneNumbers"})
		a := as(t, s, sim.StandardUserID).send(http.MethodPost, subscriptionPath, wish(extensions, numbers)).want(http.StatusOK)
		var out struct {
			EventFilters    []string
			DisabledFilters []struct{ Filter, Reason, Message string }
		}
		a.into(&out)
		equal(t, "filters", out.EventFilters, []string{accountPath + "/phone-number?usageType=ContactCenterNumber"})
		if len(out.DisabledFilters) != 1 || out.DisabledFilters[0].Filter != accountPath+"/extension" || out.DisabledFilters[0].Reason != "SUB-402" {
			t.Errorf("disabled: %+v", out.DisabledFilters)
		}
		s.AddExtension(0, "New Person")
		if got := r.take(); got != nil {
			t.Errorf("told of what is not allowed: %+v", got)
		}
	})
}

func TestThirtySubscriptionsOfOnePersonAndApp(t *testing.T) {
	hooked(t, sim.Config{}, func(t *testing.T, s *sim.Server, r *receiver) {
		c := admin(t, s)
		var ids []string
		for range 30 {
			ids = append(ids, r.subscribe(c, numbers))
		}
		c.send(http.MethodPost, subscriptionPath, wish(numbers)).wantError(http.StatusForbidden, "SUB-505", "")
		equal(t, "ids", s.Subscriptions(), ids)
		r.subscribe(as(t, s, sim.StandardUserID), numbers)
		c.send(http.MethodDelete, subscriptionPath+"/"+ids[3], nil).want(http.StatusNoContent)
		r.subscribe(c, numbers)
		if got := c.get(subscriptionPath).values("id"); len(got) != 30 || slices.Contains(got, ids[3]) {
			t.Errorf("%d are listed", len(got))
		}
	})
}
