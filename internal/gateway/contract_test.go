package gateway_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/getkin/kin-openapi/routers/gorillamux"
	"golang.org/x/tools/txtar"

	"github.com/ringql/ringql/internal/rest"
	"github.com/ringql/ringql/internal/sim"
)

// contractFile is the upstream's public description, which is not part of the
// project.
const contractFile = "../../../shared/openapi/provisioning.conformance.yml"

const blockedNumberPath = "/restapi/v1.0/account/{accountId}/extension/{extensionId}/blocked-number/{blockedNumberId}"

// contract checks what the client sends against the upstream's description. A nil
// one checks nothing.
type contract struct{ router routers.Router }

func newContract(t *testing.T) *contract {
	t.Helper()
	text, err := os.ReadFile(contractFile)
	if errors.Is(err, fs.ErrNotExist) {
		t.Log("requests are not checked: the upstream's description is not at hand")
		return nil
	}
	if err != nil {
		t.Fatal(err)
	}
	doc, err := openapi3.NewLoader().LoadFromData(text)
	if err != nil {
		t.Fatal(err)
	}
	for _, o := range doc.Paths.Value(blockedNumberPath).Operations() {
		// Integers there, but text in answers and everywhere today: as everything in a path, they are taken for text.
		o.Parameters.GetByInAndName("path", "blockedNumberId").Schema = openapi3.NewStringSchema().NewRef()
	}
	doc.Servers = openapi3.Servers{{URL: "http://upstream"}}
	router, err := gorillamux.NewRouter(doc)
	if err != nil {
		t.Fatal(err)
	}
	return &contract{router}
}

// The description of reservedTill names two words, which its own format does not allow.
var reservedTill = regexp.MustCompile(`"reservedTill":"(Min|Max)"`)

type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// transport checks every request that passes.
func (c *contract) transport(t *testing.T, next http.RoundTripper) http.RoundTripper {
	if c == nil {
		return next
	}
	return roundTripper(func(req *http.Request) (*http.Response, error) {
		if err := c.check(req); err != nil {
			t.Errorf("%s %s: %v", req.Method, req.URL.Path, err)
		}
		return next.RoundTrip(req)
	})
}

func (c *contract) check(req *http.Request) error {
	if strings.HasSuffix(req.URL.Path, "/oauth/token") {
		return nil // kin-openapi does not read forms into a oneOf
	}
	var body []byte
	if req.Body != nil {
		var err error
		if body, err = io.ReadAll(req.Body); err != nil {
			return err
		}
		req.Body = io.NopCloser(bytes.NewReader(body))
	}
	route, params, err := c.router.FindRoute(req)
	if err != nil {
		return err
	}
	if route.Operation.OperationID == "legacyCreateAccount" {
		if body, err = withAnswered(body); err != nil {
			return err
		}
	}
	clone := req.Clone(req.Context())
	body = reservedTill.ReplaceAll(body, []byte(`"reservedTill":"2000-01-01T00:20:00Z"`))
	clone.Body, clone.GetBody = io.NopCloser(bytes.NewReader(body)), nil
	return openapi3filter.ValidateRequest(context.WithoutCancel(req.Context()), &openapi3filter.RequestValidationInput{
		Request: clone, PathParams: params, Route: route,
		Options: &openapi3filter.Options{AuthenticationFunc: openapi3filter.NoopAuthenticationFunc},
	})
}

// withAnswered adds to the operator of a new account what the description asks for, since it
// takes the model of answers there, and nobody can send.
func withAnswered(body []byte) ([]byte, error) {
	var account map[string]any
	if err := json.Unmarshal(body, &account); err != nil {
		return nil, err
	}
	if operator, ok := account["operator"].(map[string]any); ok {
		answered := map[string]any{"id": 1, "uri": "", "profileImage": map[string]any{"uri": ""}, "status": "NotActivated", "type": "User"}
		maps.Copy(answered, operator)
		account["operator"] = answered
	}
	return json.Marshal(account)
}

// Every operation of the client is a route of the simulator, in the same rate-limit
// group and with the same rights, and the other way round but for what no field needs yet.
func TestOperationsAndRoutesAgree(t *testing.T) {
	s, err := sim.New(sim.Config{})
	if err != nil {
		t.Fatal(err)
	}
	routes := map[string]bool{}
	for _, r := range s.Routes() {
		routes[r] = true
	}
	for _, op := range rest.Operations() {
		rights := op.App + " " + strings.Join(op.User, "|")
		route := strings.Join(strings.Fields(op.ID+" "+op.Method+" "+op.Path+" "+string(op.Group)+" "+rights), " ")
		if !routes[route] {
			t.Errorf("the simulator does not serve %s", route)
		}
		delete(routes, route)
	}
	unused := map[string]bool{
		"revokeToken": true, "authorize": true, "authorize2": true, // of sign-in
		"updateSubscription": true, // a subscription of other filters is a new one
	}
	for r := range routes {
		if id, _, _ := strings.Cut(r, " "); !unused[id] {
			t.Errorf("no operation of the client is %s", r)
		}
	}
}

// Every operation of the client is called in some golden file, through the whole gateway.
func TestGoldenFilesCoverOperations(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txtar")
	if err != nil {
		t.Fatal(err)
	}
	var called strings.Builder
	for _, f := range files {
		ar, err := txtar.ParseFile(f)
		if err != nil {
			t.Fatal(err)
		}
		called.WriteString(section(ar, "upstream.txt"))
	}
	for _, op := range rest.Operations() {
		if op.ID == "revokeToken" || op.OfEvents {
			continue // neither signing out nor keeping subscriptions is GraphQL
		}
		path := regexp.MustCompile(`\\\{\w+\\\}`).ReplaceAllString(regexp.QuoteMeta(op.Path), `[^/?\n]+`)
		if !regexp.MustCompile(`(?m)^\w+ +` + op.Method + " " + path + `(\?.*)?$`).MatchString(called.String()) {
			t.Errorf("no golden file calls %s: %s %s", op.ID, op.Method, op.Path)
		}
	}
}
