package sim_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/ringql/ringql/internal/sim"
)

const (
	johns  = v1 + "/extension/401145624008/forwarding-number"
	janes  = v1 + "/extension/435068008/forwarding-number"
	marias = v1 + "/extension/512084008/forwarding-number" // Maria's, who may not call abroad
)

// Every rule, each broken by a list of its own: what comes before says how the list got there.
func TestForwardingRules(t *testing.T) {
	customs := func(n int) (out []string) {
		for i := range n {
			out = append(out, fmt.Sprintf(`POST %s {"phoneNumber":"+1207826%04d","label":"Number %d"}`, janes, i, i))
		}
		return out
	}
	work := `POST ` + janes + ` {"phoneNumber":"+12078260027","label":"Work"}`
	for name, tt := range map[string]struct {
		before []string
		call   string
		status int
		code   string
		at     string
	}{
		"label taken":             {nil, `POST ` + janes + ` {"phoneNumber":"+12078260027","label":"mobile"}`, 400, "FPN-102", ""},
		"label taken, predefined": {[]string{work}, work, 400, "FPN-102", ""},
		"label taken on update":   {nil, `PUT ` + johns + `/53513008 {"label":"Work"}`, 400, "FPN-102", ""},
		"ten numbers": {append(customs(7), work, `POST `+janes+` {"phoneNumber":"+12078260027","type":"Home"}`),
			`POST ` + janes + ` {"phoneNumber":"+12078260027","type":"Outage"}`, 400, "FPN-103", ""},
		"seven custom labels":      {customs(7), `POST ` + janes + ` {"phoneNumber":"+12078260027","label":"One more"}`, 400, "FPN-104", ""},
		"a company number":         {nil, `POST ` + janes + ` {"phoneNumber":"+18555440014","type":"Home"}`, 400, "FPN-105", ""},
		"a direct number":          {nil, `PUT ` + janes + `/53514008 {"phoneNumber":"17609410044"}`, 400, "FPN-105", ""},
		"flip number taken":        {nil, `PUT ` + johns + `/53513008 {"flipNumber":"2"}`, 400, "FPN-106", ""},
		"flip number taken, new":   {nil, `POST ` + janes + ` {"phoneNumber":"+12078260027","type":"Home","flipNumber":1}`, 400, "FPN-106", ""},
		"device number":            {nil, `DELETE ` + johns + `/53510008`, 403, "FPN-107", ""},
		"device numbers":           {nil, `DELETE ` + johns + ` {"records":[{"forwardingNumberId":"53511008"},{"forwardingNumberId":"53512008"}]}`, 403, "FPN-107", ""},
		"abroad":                   {nil, `POST ` + marias + ` {"phoneNumber":"+4930123456","type":"Home"}`, 400, "FPN-108", ""},
		"phone line of nothing":    {nil, `POST ` + janes + ` {"type":"PhoneLine"}`, 400, "FPN-109", ""},
		"home without number":      {nil, `POST ` + janes + ` {"type":"Home"}`, 400, "FPN-110", ""},
		"nothing at all":           {nil, `POST ` + janes + ` {}`, 400, "FPN-110", ""},
		"home on a device":         {nil, `POST ` + janes + ` {"type":"Home","device":{"id":"66420008"}}`, 400, "FPN-111", ""},
		"number and device":        {nil, `POST ` + janes + ` {"type":"PhoneLine","phoneNumber":"+17609410044","device":{"id":"66420008"}}`, 400, "FPN-112", ""},
		"no device":                {nil, `POST ` + janes + ` {"type":"PhoneLine","device":{"id":"1"}}`, 404, "FPN-113", ""},
		"nobody's device":          {[]string{`DELETE ` + v2 + `/devices/66421008 {}`}, `POST ` + marias + ` {"type":"PhoneLine","device":{"id":"66421008"}}`, 400, "FPN-114", ""},
		"device without number":    {[]string{`DELETE ` + v1 + `/phone-number/723457008`}, `POST ` + janes + ` {"type":"PhoneLine","device":{"id":"66420008"}}`, 400, "FPN-114", ""},
		"other without label":      {nil, `POST ` + janes + ` {"phoneNumber":"+12078260027"}`, 400, "FPN-116", ""},
		"device in the list":       {nil, `POST ` + johns + ` {"type":"PhoneLine","device":{"id":"66421008"}}`, 400, "FPN-118", ""},
		"type taken":               {nil, `POST ` + janes + ` {"phoneNumber":"+12078260027","type":"Mobile"}`, 400, "FPN-119", ""},
		"no device of a number":    {nil, `POST ` + janes + ` {"type":"PhoneLine","phoneNumber":"+12078260027"}`, 404, "FPN-120", ""},
		"free softphone":           {[]string{`DELETE ` + v1 + `/phone-number/723456008`}, `POST ` + marias + ` {"type":"PhoneLine","device":{"id":"66421008"}}`, 400, "FPN-121", ""},
		"label of a type":          {nil, `PUT ` + janes + `/53514008 {"label":"Phone"}`, 400, "FPN-122", ""},
		"another device":           {nil, `PUT ` + janes + `/53514008 {"device":{"id":"66420008"}}`, 400, "FPN-124", ""},
		"another type":             {nil, `PUT ` + janes + `/53514008 {"type":"Home"}`, 400, "FPN-125", ""},
		"fax tier":                 {nil, `POST ` + v1 + `/extension/512089008/forwarding-number {"phoneNumber":"+12078260027","type":"Home"}`, 400, "AWR-180", ""},
		"a queue":                  {nil, `POST ` + v1 + `/extension/512090008/forwarding-number {"phoneNumber":"+12078260027","type":"Home"}`, 403, "CMN-403", ""},
		"no records":               {nil, `DELETE ` + janes + ` {}`, 400, "CMN-100", "records"},
		"a record without id":      {nil, `DELETE ` + janes + ` {"records":[{}]}`, 400, "CMN-100", "forwardingNumberId"},
		"no number":                {nil, `POST ` + janes + ` {"phoneNumber":"+1207","type":"Home"}`, 400, "CMN-101", "phoneNumber"},
		"the number of a device":   {nil, `PUT ` + johns + `/53510008 {"phoneNumber":"+12078260027"}`, 400, "CMN-101", "phoneNumber"},
		"flip number 9":            {nil, `PUT ` + janes + `/53514008 {"flipNumber":"9"}`, 400, "CMN-101", "flipNumber"},
		"unknown type":             {nil, `POST ` + janes + ` {"phoneNumber":"+12078260027","type":"Boat"}`, 400, "CMN-101", "type"},
		"unknown type of an old":   {nil, `PUT ` + janes + `/53514008 {"type":"Boat"}`, 400, "CMN-101", "type"},
		"long label":               {nil, `POST ` + janes + ` {"phoneNumber":"+12078260027","label":"` + strings.Repeat("x", 61) + `"}`, 400, "CMN-101", "label"},
		"not there":                {nil, `PUT ` + janes + `/1 {}`, 404, "CMN-102", "forwardingNumberId"},
		"another's":                {nil, `DELETE ` + janes + `/53511008`, 404, "CMN-102", "forwardingNumberId"},
		"one of several not there": {nil, `DELETE ` + johns + ` {"records":[{"forwardingNumberId":"53511008"},{"forwardingNumberId":"1"}]}`, 404, "CMN-102", "forwardingNumberId"},
	} {
		t.Run(name, func(t *testing.T) {
			c := admin(t, newServer(t, sim.Config{Fax: true, Limits: map[string]int{}}))
			for _, call := range tt.before {
				if a := sendLine(c, call); a.status > 299 {
					t.Fatalf("%s: %s", call, a.body)
				}
			}
			lists := func() (out string) {
				for _, path := range []string{johns, janes, marias} {
					out += string(c.get(path).body)
				}
				return out
			}
			was := lists()
			sendLine(c, tt.call).wantError(tt.status, tt.code, tt.at)
			if lists() != was {
				t.Error("refused, and a list has changed")
			}
		})
	}
}

// sendLine sends "METHOD path body".
func sendLine(c caller, line string) answer {
	c.t.Helper()
	method, path, _ := strings.Cut(line, " ")
	path, body, has := strings.Cut(path, " ")
	if !has {
		return c.send(method, path, nil)
	}
	return c.send(method, path, body)
}

func TestForwardingNumbersChange(t *testing.T) {
	s := newServer(t, unlimited())
	c := admin(t, s)

	// A label that is predefined makes the type; the first free flip number is given.
	home := c.send("POST", janes, `{"phoneNumber":"12078260028","label":"Home"}`).want(200).object()
	same(t, "home", home, map[string]any{"phoneNumber": "+12078260028", "type": "Home", "label": "Home", "flipNumber": "2", "features": "[CallForwarding CallFlip]",
		"uri": "https://platform.example.com" + strings.Replace(janes, "~", sim.AccountID, 1) + "/" + fmt.Sprint(home["id"])})
	same(t, "read again", c.get(janes+"/"+fmt.Sprint(home["id"])).object(), home)

	// The label of a type that is asked for is the type's; a colleague's device brings its number and name.
	same(t, "work", c.send("POST", janes, `{"phoneNumber":"+12078260029","type":"Work","label":"Mill","flipNumber":8}`).object(), map[string]any{"label": "Work", "flipNumber": "8"})
	line := c.send("POST", janes, `{"type":"PhoneLine","phoneNumber":"+17609410044"}`).object()
	same(t, "device", line, map[string]any{"label": "John Smith Desk Phone", "phoneNumber": "+17609410044", "device": "map[id:66420008]", "flipNumber": "3"})

	// What is wished to be as it is changes nothing.
	same(t, "unchanged", c.send("PUT", janes+"/53514008", `{"type":"Mobile","label":"Mobile","phoneNumber":"+16505550171","flipNumber":1}`).want(200).object(),
		map[string]any{"type": "Mobile", "label": "Mobile", "phoneNumber": "+16505550171", "flipNumber": "1"})
	same(t, "changed", c.send("PUT", janes+"/53514008", `{"phoneNumber":"+442071234567","flipNumber":"5"}`).want(200).object(), map[string]any{"phoneNumber": "+442071234567", "flipNumber": "5"})

	// Ninth and later numbers find no flip number free.
	for i := range 5 {
		c.send("POST", janes, fmt.Sprintf(`{"phoneNumber":"+1207826%04d","label":"Number %d"}`, i, i)).want(200)
	}
	last := c.send("POST", janes, `{"phoneNumber":"+12078260030","label":"Last"}`).object()
	same(t, "last", last, map[string]any{"features": "[CallForwarding]", "flipNumber": nil})

	// What was added by hand goes, and with a colleague his devices.
	c.send("DELETE", janes, fmt.Sprintf(`{"records":[{"forwardingNumberId":%q},{"forwardingNumberId":%s}]}`, home["id"], last["id"])).want(204)
	equal(t, "labels", c.get(janes).values("label"), []string{"Mobile", "Work", "John Smith Desk Phone", "Number 0", "Number 1", "Number 2", "Number 3", "Number 4"})
	same(t, "now with a flip number", c.send("PUT", janes+"/53514008", `{"flipNumber":2}`).object(), map[string]any{"flipNumber": "2"})
	c.send("POST", johns, `{"type":"PhoneLine","device":{"id":"66421008"}}`).wantError(400, "FPN-118", "")
	c.send("POST", marias, `{"type":"PhoneLine","device":{"id":"66421008"}}`).want(200)
	other := c.send("POST", v2+"/device-inventory", `{"type":"OtherPhone","quantity":1}`).want(201).object()["devices"].([]any)[0].(map[string]any)["id"]
	c.send("POST", v2+"/extensions/401145624008/devices/66420008/replace", fmt.Sprintf(`{"targetDeviceId":%q}`, other)).want(204)
	same(t, "another phone in its place", c.get(johns+"/53510008").object(), map[string]any{"phoneNumber": "+17609410044", "device": map[string]any{"id": other}})
	s.RemoveExtension(sim.StandardUserID)
	equal(t, "Maria's", c.get(marias).values("label"), nil)
}

// Everybody may change their own list, and no one else's.
func TestForwardingRights(t *testing.T) {
	s := newServer(t, unlimited())
	jane, reader := as(t, s, sim.StandardUserID), as(t, s, sim.StandardUserID, "ReadAccounts")
	const own = v1 + "/extension/~/forwarding-number"
	for _, method := range []string{http.MethodPut, http.MethodDelete} {
		jane.send(method, johns+"/53511008", `{}`).wantError(403, "CMN-408", "")
		reader.send(method, own+"/53514008", `{}`).wantError(403, "CMN-401", "")
	}
	jane.send("POST", johns, `{}`).wantError(403, "CMN-408", "")
	jane.get(johns+"/53511008").wantError(403, "CMN-419", "")
	jane.send("PUT", own+"/53514008", `{"phoneNumber":"+12078260027"}`).want(200)
	jane.send("DELETE", own+"/53514008", nil).want(204)
	equal(t, "Jane's", jane.get(own).values("id"), nil)
}
