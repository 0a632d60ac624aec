package sim_test

import (
	"net/http"
	"testing"

	"github.com/ringql/ringql/internal/sim"
)

// Exchanges about subscriptions. {subscription} is the one made last.
func subscriptionExchanges() []exchange {
	const (
		all     = "/restapi/v1.0/subscription"
		one     = all + "/{subscription}"
		unknown = all + "/9d38419f-645f-4ee3-a053-8cf1368c21c4"
		numbers = `"eventFilters":["/restapi/v1.0/account/~/phone-number?usageType=ContactCenterNumber"]`
		hook    = `"deliveryMode":{"transportType":"WebHook","address":"https://example.com/hook","verificationToken":"secret"}`
		nothing = `"deliveryMode":{"transportType":"WebHook","address":"https://nothing.example.com/"}`
	)
	return []exchange{
		{operation: "listSubscriptions", path: all, status: 200},
		{operation: "createSubscription", path: all, body: `{` + numbers + `,` + hook + `,"expiresIn":1200}`, status: 200},
		{operation: "createSubscription", path: all, body: `{` + numbers + `,` + nothing + `}`, status: 400},
		{operation: "createSubscription", path: all, body: `{"eventFilters":["/x"],` + hook + `}`, status: 400},
		{operation: "createSubscription", path: all, body: `{"eventFilters":["/restapi/v1.0/account/1/extension"],` + hook + `}`, status: 403},
		{operation: "listSubscriptions", path: all, status: 200},
		{operation: "readSubscription", path: one, status: 200},
		{operation: "readSubscription", path: unknown, status: 404},
		{operation: "updateSubscription", path: one, body: `{"eventFilters":["/restapi/v1.0/account/~/extension/~"],"expiresIn":60}`, status: 200},
		{operation: "updateSubscription", path: one, status: 200},
		{operation: "updateSubscription", path: one, body: `{"eventFilters":["/x"]}`, status: 400},
		{operation: "updateSubscription", path: unknown, status: 404},
		{operation: "renewSubscription", path: one + "/renew", status: 200},
		{operation: "renewSubscription", path: unknown + "/renew", status: 404},
		{operation: "deleteSubscription", path: one, status: 204},
		{operation: "deleteSubscription", path: one, status: 404},
	}
}

// A blacklisted subscription, and one that lacks some of what was asked for, conform too.
func TestPoorSubscriptionsConform(t *testing.T) {
	k := loadContract(t)
	hooked(t, sim.Config{}, func(t *testing.T, s *sim.Server, r *receiver) {
		s.GiveRole(sim.StandardUserID, nil, []string{"ReadCompanyPhoneNumbers"})
		c := as(t, s, sim.StandardUserID)
		path := subscriptionPath + "/" + r.subscribe(c, extensions, numbers)
		s.BlacklistSubscriptions("")
		a := c.get(path).want(http.StatusOK)
		if err := k.check("GET "+subscriptionPath+"/{subscriptionId}", c.request(http.MethodGet, path, nil), nil, a, false); err != nil {
			t.Errorf("%s\n%v", a.body, err)
		}
		if got := a.object(); got["disabledFilters"] == nil || got["blacklistedData"] == nil || got["status"] != "Blacklisted" {
			t.Errorf("got %s", a.body)
		}
	})
}
