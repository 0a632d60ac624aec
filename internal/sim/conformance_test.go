package sim_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"

	"github.com/ringql/ringql/internal/sim"
)

// The public description of the upstream, trimmed to provisioning and patched where it contradicts itself.
const contractFile = "../../../shared/openapi/provisioning.conformance.yml"

// contract validates what goes over the wire against the description.
type contract struct {
	t   testing.TB
	doc *openapi3.T
}

func loadContract(t testing.TB) contract {
	t.Helper()
	if _, err := os.Stat(contractFile); errors.Is(err, os.ErrNotExist) {
		t.Skip("the upstream's description is not part of this repository, and is not beside it here")
	}
	doc, err := openapi3.NewLoader().LoadFromFile(contractFile)
	if err != nil {
		t.Fatal(err)
	}
	textIDs(doc)
	openapi3filter.RegisterBodyDecoder(vendorJSON, openapi3filter.JSONBodyDecoder)
	openapi3filter.RegisterBodyDecoder("multipart/mixed", openapi3filter.PlainBodyDecoder)
	return contract{t, doc}
}

// route finds an operation by its path and method, since the description names those of 2018 differently.
func (k contract) route(pattern string) *routers.Route {
	k.t.Helper()
	method, path, _ := strings.Cut(pattern, " ")
	item := k.doc.Paths.Value(path)
	if item == nil || item.GetOperation(method) == nil {
		k.t.Fatalf("%s is not described", pattern)
	}
	return &routers.Route{Spec: k.doc, Path: path, PathItem: item, Method: method, Operation: item.GetOperation(method)}
}

// check validates one exchange, first the request unless it is meant to be bad, then the answer.
func (k contract) check(pattern string, req *http.Request, body []byte, a answer, badRequest bool) error {
	route := k.route(pattern)
	req.Body = io.NopCloser(bytes.NewReader(body))
	in := &openapi3filter.RequestValidationInput{
		Request:    req,
		PathParams: pathParams(route.Path, req.URL.Path),
		Route:      route,
		Options:    &openapi3filter.Options{AuthenticationFunc: openapi3filter.NoopAuthenticationFunc, IncludeResponseStatus: true, MultiError: true},
	}
	in.Options.ExcludeRequestBody = req.Header.Get("Content-Type") == formType // the validator cannot read forms of several schemas
	if !badRequest {
		if err := openapi3filter.ValidateRequest(context.Background(), in); err != nil {
			return err
		}
	}
	if response := route.Operation.Responses.Status(a.status); response != nil && a.status < 300 {
		if media := response.Value.Content.Get(a.header.Get("Content-Type")); media != nil {
			var body any
			if err := json.Unmarshal(a.body, &body); err == nil {
				if extra := undescribed(media.Schema.Value, body, ""); len(extra) > 0 {
					return fmt.Errorf("not described: %v", extra)
				}
			}
		}
	}
	out := &openapi3filter.ResponseValidationInput{RequestValidationInput: in, Status: a.status, Header: a.header, Options: in.Options}
	out.SetBodyBytes(a.body)
	return openapi3filter.ValidateResponse(context.Background(), out)
}

// undescribed lists the members of a value that its schema does not know. The description leaves almost every member optional and
// every object open, so without this a misspelt name would conform.
func undescribed(schema *openapi3.Schema, value any, at string) (extra []string) {
	switch v := value.(type) {
	case []any:
		for _, one := range v {
			if schema.Items != nil {
				extra = append(extra, undescribed(schema.Items.Value, one, at+"[]")...)
			}
		}
	case map[string]any:
		known := map[string]*openapi3.Schema{}
		properties(schema, known)
		for name, member := range v {
			switch {
			case known[name] != nil:
				extra = append(extra, undescribed(known[name], member, at+"."+name)...)
			case len(known) > 0:
				extra = append(extra, at+"."+name)
			}
		}
	}
	slices.Sort(extra)
	return slices.Compact(extra)
}

// properties gathers the members that a schema knows, in itself and in those it is made of.
func properties(schema *openapi3.Schema, into map[string]*openapi3.Schema) {
	for name, ref := range schema.Properties {
		into[name] = ref.Value
	}
	for _, refs := range []openapi3.SchemaRefs{schema.AllOf, schema.AnyOf, schema.OneOf} {
		for _, ref := range refs {
			properties(ref.Value, into)
		}
	}
}

func pathParams(pattern, path string) map[string]string {
	out := map[string]string{}
	values := strings.Split(path, "/")
	for i, segment := range strings.Split(pattern, "/") {
		if name, ok := strings.CutPrefix(segment, "{"); ok && i < len(values) {
			out[strings.TrimSuffix(name, "}")] = values[i]
		}
	}
	return out
}

// exchange is one call of the table, and what the description has to say to it.
type exchange struct {
	operation string
	path      string
	body      string
	status    int
	headers   []string
	except    string // why the description is wrong here; then it has to disagree
}

func TestAnswersConform(t *testing.T) {
	k := loadContract(t)
	synctest.Test(t, func(t *testing.T) {
		s := newServer(t, sim.Config{Extensions: 300, Numbers: 900, Groups: true, Fax: true, Limits: map[string]int{}, Webhooks: &receiver{t: t}})
		exchanges(t, s, k, allExchanges(), admin(t, s))
	})
}

// allExchanges has a call of every operation that succeeds.
func allExchanges() []exchange {
	return slices.Concat(
		reads(),
		writes(),
		refusals(),
		blockingExchanges(),
		forwardingNumberExchanges(), // before devices are taken away
		licenseExchanges(),
		groupExchanges(),
		deviceOrderExchanges(),
		numberParserExchanges(),
		numberPoolExchanges(),
		freeExtensionNumberExchanges(),
		phoneNumberReplaceExchanges(),
		extensionExchanges(),
		subscriptionExchanges(),
	)
}

// exchanges makes the calls, and checks that every operation was among them and succeeded. Without a description none is asked.
func exchanges(t *testing.T, s *sim.Server, k contract, table []exchange, c caller) {
	t.Helper()
	patterns, succeeded := map[string]string{}, map[string]bool{}
	for _, r := range s.Routes() {
		f := strings.Fields(r)
		patterns[f[0]] = f[1] + " " + f[2]
	}
	var task, subscription string
	for _, x := range table {
		pattern := patterns[x.operation]
		method, _, _ := strings.Cut(pattern, " ")
		path := strings.NewReplacer("{task}", task, "{subscription}", subscription).Replace(x.path)
		var body any
		if x.body != "" {
			body = x.body
		}
		a := c.send(method, path, body, x.headers...)
		if a.status != x.status {
			t.Errorf("%s %s: status %d, want %d: %.300s", x.operation, path, a.status, x.status, a.body)
			continue
		}
		if k.doc != nil {
			err := k.check(pattern, c.request(method, path, body, x.headers...), []byte(x.body), a, x.status >= 400)
			if (err != nil) != (x.except != "") {
				t.Errorf("%s %s %d: %.2000s\nbut the description says: %.2000v", x.operation, path, a.status, a.body, err)
			}
		}
		if x.status < 300 {
			succeeded[x.operation] = true
		}
		if x.operation == "createSubscription" && x.status == http.StatusOK {
			subscription = a.object()["id"].(string)
		}
		if x.status == http.StatusAccepted {
			task = a.object()["id"].(string)
			time.Sleep(time.Second)
		}
		if strings.Contains(x.path, "{task}") {
			time.Sleep(time.Second)
		}
	}
	for operation := range patterns {
		if !succeeded[operation] {
			t.Errorf("%s: no success among the exchanges", operation)
		}
	}
}

func reads() []exchange {
	all := "?perPage=1000"
	return []exchange{
		{operation: "readAccountInfo", path: v1, status: 200},
		{operation: "readAccountServiceInfo", path: v1 + "/service-info", status: 200},
		{operation: "listExtensions", path: v1 + "/extension" + all, status: 200},
		{operation: "listExtensions", path: v1 + "/extension?status=Enabled&status=Disabled&type=User&perPage=10&page=2", status: 200},
		{operation: "listExtensions", path: v1 + "/extension?page=1000", status: 200},
		{operation: "readExtension", path: v1 + "/extension/~", status: 200},
		{operation: "readExtension", path: v1 + "/extension/435068008", status: 200},
		{operation: "readExtension", path: v1 + "/extension/512085008", status: 200},
		{operation: "readExtension", path: v1 + "/extension/512087008", status: 200},
		{operation: "readExtension", path: v1 + "/extension/512090008", status: 200},
		{operation: "readExtension", path: v1 + "/extension/~,1", status: 207},
		{operation: "readExtension", path: v1 + "/extension/~,1", status: 207, headers: []string{"Accept", vendorJSON}},
		{operation: "listAccountPhoneNumbers", path: v1 + "/phone-number" + all, status: 200},
		{operation: "listAccountPhoneNumbers", path: v1 + "/phone-number?usageType=DirectNumber&paymentType=Local&status=Normal", status: 200},
		{operation: "readAccountPhoneNumber", path: v1 + "/phone-number/987654321", status: 200},
		{operation: "readAccountPhoneNumber", path: v1 + "/phone-number/246720008", status: 200},
		{operation: "readAccountPhoneNumber", path: v1 + "/phone-number/987654321,723455008", status: 207},
		{operation: "readAccountPhoneNumber", path: v1 + "/phone-number/987654321,1", status: 207, headers: []string{"Accept", vendorJSON}},
		{operation: "listExtensionPhoneNumbers", path: v1 + "/extension/435068008/phone-number" + all, status: 200},
		{operation: "listForwardingNumbers", path: v1 + "/extension/~/forwarding-number", status: 200},
		{operation: "listExtensionDevices", path: v1 + "/extension/~/device", status: 200},
		{operation: "listExtensionDevices", path: v1 + "/extension/~,435068008/device", status: 207, headers: []string{"Accept", vendorJSON}},
		{operation: "listAccountDevices", path: v1 + "/device" + all, status: 200},
		{operation: "readDevice", path: v1 + "/device/66420008", status: 200},
		{operation: "readDevice", path: v1 + "/device/66420008,66421008", status: 207},
		{operation: "listDepartmentMembers", path: v1 + "/department/512090008/members", status: 200},
		{operation: "listCallQueues", path: v1 + "/call-queues", status: 200},
		{operation: "listCallQueueMembers", path: v1 + "/call-queues/512090008/members", status: 200},
		{operation: "listAccountPhoneNumbersV2", path: v2 + "/phone-numbers" + all, status: 200},
		{operation: "listAccountPhoneNumbersV2", path: v2 + "/phone-numbers?usageType=Inventory&tollType=Toll&byocNumber=false&phoneNumber=%2B1650*******", status: 200},
	}
}

// pageAtOnce is where the simulator differs on purpose: it has one page for what the vendor has another host for.
const pageAtOnce = "the vendor redirects to its login form"

func writes() []exchange {
	client := []string{"Content-Type", formType, "Authorization", basic(sim.ClientID, sim.ClientSecret)}
	const additions = `{"records":[{"phoneNumber":"+14155552671","usageType":"Inventory"},{"phoneNumber":"+16503316252","usageType":"Inventory"}]}`
	form, allowed := []string{"Content-Type", formType}, visit("person", sim.AdministratorID, "consent", "allow").Encode()
	return []exchange{
		{operation: "authorize", path: authorizePath + "?" + visit().Encode(), status: 200, except: pageAtOnce},
		{operation: "authorize", path: authorizePath + "?" + visit("prompt", "none").Encode(), status: 302},
		{operation: "authorize2", path: authorizePath, body: visit().Encode(), status: 200, headers: form, except: pageAtOnce},
		{operation: "authorize2", path: authorizePath, body: allowed, status: 302, headers: form},
		{operation: "getToken", path: "/restapi/oauth/token", body: jwtForm(sim.AdministratorID).Encode(), status: 200, headers: client},
		{operation: "authWsToken", path: "/restapi/oauth/wstoken", status: 200},
		{operation: "revokeToken", path: "/restapi/oauth/revoke", body: url.Values{"token": {"x"}}.Encode(), status: 200, headers: client},
		{operation: "reassignPhoneNumberById", path: v1 + "/phone-number/723455008", body: `{"usageType":"DirectNumber","extension":{"id":"401145624008"}}`, status: 200},
		{operation: "reassignPhoneNumberById", path: v1 + "/phone-number/723455008", body: `{"usageType":"CompanyNumber"}`, status: 200},
		{operation: "provisionPhoneNumber", path: v1 + "/phone-number", body: `{"phoneNumber":"+14155552670","extensionId":{"id":"435068008"}}`, status: 200},
		{operation: "deletePhoneNumberById", path: v1 + "/phone-number/723456008", status: 204},
		{operation: "assignPhoneNumberV2", path: v2 + "/phone-numbers/246720008", body: `{"usageType":"DirectNumber","extension":{"id":"435068008"}}`, status: 200},
		{operation: "assignPhoneNumberV2", path: v2 + "/phone-numbers/246720008", body: `{"usageType":"ContactCenterNumber"}`, status: 200},
		{operation: "addNumbersToInventoryV2", path: v2 + "/phone-numbers/bulk-add", body: additions, status: 200},
		{operation: "addNumbersToInventoryV2", path: v2 + "/phone-numbers/bulk-add", body: `{"records":[{"phoneNumber":"+141555531**","usageType":"Inventory"}]}`, status: 202},
		{operation: "getBulkAddTaskResultsV2", path: v2 + "/phone-numbers/bulk-add/{task}", status: 200},
		{operation: "getBulkAddTaskResultsV2", path: v2 + "/phone-numbers/bulk-add/{task}", status: 200,
			except: "the two forms of the answer are oneOf, but the task's has only optional fields, so the records are of both"},
		{operation: "deleteNumbersFromInventoryV2", path: v2 + "/phone-numbers", body: `{"records":[{"phoneNumber":"+14155552671"},{"phoneNumber":"+16503316252"},{"phoneNumber":"+14155550000"}]}`, status: 200},
		{operation: "assignMultipleDepartmentMembers", path: v1 + "/department/bulk-assign", body: `{"items":[{"departmentId":"512090008","addedExtensionIds":["401145624008"]}]}`, status: 204},
		{operation: "assignMultipleCallQueueMembers", path: v1 + "/call-queues/512090008/bulk-assign", body: `{"removedExtensionIds":["401145624008"]}`, status: 204},
	}
}

func refusals() []exchange {
	noToken := []string{"Authorization", "Bearer x"}
	client := []string{"Content-Type", formType, "Authorization", basic(sim.ClientID, sim.ClientSecret)}
	return []exchange{
		{operation: "readAccountInfo", path: v1, status: 401, headers: noToken},
		{operation: "readAccountInfo", path: "/restapi/v1.0/account/1", status: 404},
		{operation: "listExtensions", path: v1 + "/extension?perPage=0", status: 400},
		{operation: "readExtension", path: v1 + "/extension/1", status: 404},
		{operation: "listForwardingNumbers", path: v1 + "/extension/512090008/forwarding-number", status: 403},
		{operation: "readAccountPhoneNumber", path: v1 + "/phone-number/1", status: 404},
		{operation: "readAccountPhoneNumber", path: v1 + "/phone-number/" + strings.Repeat("1,", 50) + "1", status: 400},
		{operation: "reassignPhoneNumberById", path: v1 + "/phone-number/246714008", body: `{"usageType":"CompanyNumber"}`, status: 400},
		{operation: "reassignPhoneNumberById", path: v1 + "/phone-number/723457008", body: `{`, status: 400},
		{operation: "reassignPhoneNumberById", path: v1 + "/phone-number/723457008", body: `{}`, status: 415, headers: []string{"Content-Type", "text/plain"}},
		{operation: "deletePhoneNumberById", path: v1 + "/phone-number/246714008", status: 400},
		{operation: "provisionPhoneNumber", path: v1 + "/phone-number", body: `{}`, status: 400},
		{operation: "assignMultipleCallQueueMembers", path: v1 + "/call-queues/512090008/bulk-assign", body: `{"addedExtensionIds":["512092008"]}`, status: 400},
		{operation: "listAccountPhoneNumbersV2", path: v2 + "/phone-numbers?perPage=0", status: 400},
		{operation: "listAccountPhoneNumbersV2", path: v2 + "/phone-numbers", status: 401, headers: noToken},
		{operation: "listAccountPhoneNumbersV2", path: "/restapi/v2/accounts/1/phone-numbers", status: 404},
		{operation: "assignPhoneNumberV2", path: v2 + "/phone-numbers/246714008", body: `{"usageType":"CompanyNumber"}`, status: 400},
		{operation: "getBulkAddTaskResultsV2", path: v2 + "/phone-numbers/bulk-add/1", status: 404},
		{operation: "deleteNumbersFromInventoryV2", path: v2 + "/phone-numbers", body: `{"records":[]}`, status: 400},
		{operation: "getToken", path: "/restapi/oauth/token", body: "grant_type=magic", status: 400, headers: client},
		{operation: "getToken", path: "/restapi/oauth/token", body: "{}", status: 415, headers: []string{"Content-Type", "application/json"}},
	}
}

// Refusals that depend on who asks, or how often.
func TestRefusalsOfPeopleConform(t *testing.T) {
	k := loadContract(t)
	s := newServer(t, sim.Config{Limits: map[string]int{"heavy": 1}})
	jane, reader := as(t, s, sim.StandardUserID), as(t, s, sim.AdministratorID, "SubscriptionWebhook")
	for _, tt := range []struct {
		c       caller
		pattern string
		path    string
		status  int
	}{
		{jane, "DELETE /restapi/v1.0/account/{accountId}/phone-number/{phoneNumberId}", v1 + "/phone-number/1", 403},
		{jane, "GET /restapi/v1.0/account/{accountId}/extension/{extensionId}/forwarding-number", v1 + "/extension/1/forwarding-number", 403},
		{jane, "DELETE /restapi/v2/accounts/{accountId}/phone-numbers", v2 + "/phone-numbers", 403},
		{reader, "GET /restapi/v1.0/account/{accountId}", v1, 403},
		{reader, "GET /restapi/v2/accounts/{accountId}/phone-numbers", v2 + "/phone-numbers", 403},
		{reader, "GET /restapi/v2/accounts/{accountId}/phone-numbers", v2 + "/phone-numbers", 429},
		{reader, "GET /restapi/v1.0/account/{accountId}/phone-number", v1 + "/phone-number", 429},
	} {
		method, _, _ := strings.Cut(tt.pattern, " ")
		a := tt.c.send(method, tt.path, nil).want(tt.status)
		if err := k.check(tt.pattern, tt.c.request(method, tt.path, nil), nil, a, true); err != nil {
			t.Errorf("%s %s: %s\n%v", method, tt.path, a.body, err)
		}
	}
}

// The parts of a multipart answer are what the single calls would have answered.
func TestPartsConform(t *testing.T) {
	k := loadContract(t)
	c := admin(t, newServer(t, unlimited()))
	for _, tt := range []struct{ pattern, base, tail string }{
		{"GET /restapi/v1.0/account/{accountId}/phone-number/{phoneNumberId}", v1 + "/phone-number/", ""},
		{"GET /restapi/v1.0/account/{accountId}/extension/{extensionId}/device", v1 + "/extension/", "/device"},
	} {
		ids := []string{"401145624008", "723455008", "987654321", "435068008"}
		overview, bodies := c.get(tt.base + strings.Join(ids, ",") + tt.tail).mixed()
		for i, id := range ids {
			single := c.get(tt.base + id + tt.tail)
			if got := bytes.TrimSpace(bodies[i]); single.status != overview[i].Status || !bytes.Equal(got, bytes.TrimSpace(single.body)) {
				t.Errorf("part %s: %s\nalone: %s", id, got, single.body)
			}
			part := answer{t, overview[i].Status, http.Header{"Content-Type": {"application/json"}}, bodies[i]}
			if err := k.check(tt.pattern, c.request("GET", tt.base+id+tt.tail, nil), nil, part, false); err != nil || !json.Valid(bodies[i]) {
				t.Errorf("part %s: %v", id, err)
			}
		}
	}
}
