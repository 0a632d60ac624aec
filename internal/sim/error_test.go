package sim_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/ringql/ringql/internal/sim"
)

func TestErrorEnvelopes(t *testing.T) {
	s := newServer(t, unlimited())
	john, jane := admin(t, s), as(t, s, sim.StandardUserID)
	reader := as(t, s, sim.AdministratorID, "ReadAccounts")
	nobody := withToken(t, s, "unknown")
	for _, tt := range []struct {
		name         string
		c            caller
		method, path string
		status       int
		body         string
	}{
		{"invalid parameter", john, "GET", v1 + "/extension?perPage=0", 400,
			`{"errorCode":"InvalidParameter","message":"Parameter [perPage] value is invalid","errors":[{"errorCode":"CMN-101","message":"Parameter [perPage] value is invalid","parameterName":"perPage"}],"parameterName":"perPage"}`},
		{"invalid parameter, v2", john, "GET", v2 + "/phone-numbers?perPage=0", 400,
			`{"errors":[{"errorCode":"CMN-101","message":"Parameter [perPage] value is invalid","parameterName":"perPage"}]}`},
		{"not found", john, "GET", v1 + "/phone-number/1", 404,
			`{"errorCode":"CMN-102","message":"Resource for parameter [phoneNumberId] is not found","errors":[{"errorCode":"CMN-102","message":"Resource for parameter [phoneNumberId] is not found","parameterName":"phoneNumberId"}],"parameterName":"phoneNumberId"}`},
		{"scope", reader, "DELETE", v1 + "/phone-number/1", 403,
			`{"errorCode":"InsufficientPermissions","message":"In order to call this API endpoint, application needs to have [EditAccounts] permission","errors":[{"errorCode":"CMN-401","message":"In order to call this API endpoint, application needs to have [EditAccounts] permission","permissionName":"EditAccounts"}],"permissionName":"EditAccounts"}`},
		{"scope, v2", reader, "PATCH", v2 + "/phone-numbers/1", 403,
			`{"errors":[{"errorCode":"CMN-401","message":"In order to call this API endpoint, application needs to have [EditAccounts] permission","permissionName":"EditAccounts"}]}`},
		{"permission", jane, "DELETE", v1 + "/phone-number/1", 403,
			`{"errorCode":"CMN-408","message":"In order to call this API endpoint, user needs to have [EditCompanyPhoneNumbers] permission for requested resource.","errors":[{"errorCode":"CMN-408","message":"In order to call this API endpoint, user needs to have [EditCompanyPhoneNumbers] permission for requested resource.","permissionName":"EditCompanyPhoneNumbers"}],"permissionName":"EditCompanyPhoneNumbers"}`},
		{"permission for others", jane, "GET", v1 + "/extension/401145624008/forwarding-number", 403,
			`{"errorCode":"CMN-419","message":"In order to call this API endpoint for another extension, user needs to have [ReadUserForwardingFlipNumbers] permission granted with extended scope","errors":[{"errorCode":"CMN-419","message":"In order to call this API endpoint for another extension, user needs to have [ReadUserForwardingFlipNumbers] permission granted with extended scope","permissionName":"ReadUserForwardingFlipNumbers"}],"permissionName":"ReadUserForwardingFlipNumbers"}`},
		{"token", nobody, "GET", v1, 401,
			`{"errorCode":"TokenInvalid","message":"Token not found","errors":[{"errorCode":"OAU-213","message":"Token not found"}]}`},
		{"token, v2", nobody, "GET", v2 + "/phone-numbers", 401,
			`{"errors":[{"errorCode":"OAU-213","message":"Token not found"}]}`},
		{"no such path", john, "GET", "/restapi/v1.0/account/~/nothing", 404,
			`{"errorCode":"CMN-120","message":"Invalid URI","errors":[{"errorCode":"CMN-120","message":"Invalid URI"}]}`},
		{"no such path, v2", john, "GET", v2 + "/nothing", 404,
			`{"errors":[{"errorCode":"CMN-120","message":"Invalid URI"}]}`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := strings.TrimSpace(string(tt.c.send(tt.method, tt.path, nil).want(tt.status).body)); got != tt.body {
				t.Errorf("got  %s\nwant %s", got, tt.body)
			}
		})
	}
}

func TestAuthorization(t *testing.T) {
	s := newServer(t, unlimited())
	for header, code := range map[string]string{
		"": "OAU-151", "Basic eDp5": "OAU-151", "Bearer": "OAU-149", "Bearer  ": "OAU-149", "Bearer x": "OAU-213",
	} {
		c := withToken(t, s, "")
		a := c.get(v1, "Authorization", header)
		a.wantError(401, code, "")
		if a.header.Get("WWW-Authenticate") == "" {
			t.Errorf("%q: no WWW-Authenticate", header)
		}
	}
}

// The order of the checks: token, app, user, existence, validity.
func TestOrderOfChecks(t *testing.T) {
	s := newServer(t, unlimited())
	john, jane := admin(t, s), as(t, s, sim.StandardUserID)
	janesReader := as(t, s, sim.StandardUserID, "ReadAccounts")
	const foreign = "/restapi/v1.0/account/1"
	for _, tt := range []struct {
		c            caller
		method, path string
		status       int
		code         string
	}{
		{withToken(t, s, ""), "PUT", foreign + "/phone-number/1", 401, "OAU-151"},
		{janesReader, "PUT", foreign + "/phone-number/1", 403, "CMN-401"},
		{jane, "PUT", foreign + "/phone-number/1", 403, "CMN-408"},
		{john, "PUT", foreign + "/phone-number/1", 404, "CMN-102"},
		{john, "PUT", v1 + "/phone-number/1", 404, "CMN-102"},
		{john, "PUT", v1 + "/phone-number/723455008", 415, "CMN-104"},
		{john, "GET", v1 + "/extension/1/phone-number?page=0", 404, "CMN-102"},
		{jane, "GET", v1 + "/extension/1/phone-number?page=0", 403, "CMN-408"},
		{john, "GET", v1 + "/extension/~/phone-number?page=0", 400, "CMN-101"},
		{jane, "GET", foreign + "/extension/~", 404, "CMN-102"},
	} {
		a := tt.c.send(tt.method, tt.path, nil)
		if a.want(tt.status); !strings.Contains(string(a.body), `"`+tt.code+`"`) {
			t.Errorf("%s %s: got %s, want %s", tt.method, tt.path, a.body, tt.code)
		}
	}
	john.get(foreign).wantError(404, "CMN-102", "accountId")
	john.get(v1+"/extension/0435068008").wantError(404, "CMN-102", "extensionId")
}

func TestBodies(t *testing.T) {
	s := newServer(t, unlimited())
	c := admin(t, s)
	const path = v1 + "/phone-number/723455008"
	c.send("PUT", path, "{", "Content-Type", "application/json").wantError(400, "CMN-103", "")
	c.send("PUT", path, "", "Content-Type", "application/json").wantError(400, "CMN-103", "")
	c.send("PUT", path, "{}", "Content-Type", "text/plain").wantError(415, "CMN-104", "")
	c.send("PUT", path, `{"usageType":7}`).wantError(400, "CMN-101", "usageType")
	c.send("PUT", path, `{"label":"`+strings.Repeat("x", 1<<20)+`"}`).wantError(http.StatusRequestEntityTooLarge, "CMN-104", "")
	c.send("PUT", path, `{"usageType":"DirectNumber","extension":{"id":435068008},"new":[1]}`, "Content-Type", "application/json; charset=utf-8").want(200)
}
