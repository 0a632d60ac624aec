package gateway_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"strings"
	"testing"
)

// held lists the traps of this stack, and the tests that hold each: a test of a package,
// or one of the checks of a table in this one.
var held = []struct {
	trap  string
	tests []string
}{
	// Requests that kill or choke the process.
	{"1 MB of brackets: the parser recurses without a limit", []string{
		"TestTrapsThatKill/lists nested without end", "TestTrapsThatKill/fields nested without end",
		"TestTrapsThatKill/inline fragments nested without end", "TestTrapsThatKill/nesting in one message of a socket",
		"internal/gateway.TestHostileDocuments", "internal/gateway.TestLimits"}},
	{"8,000 times one field: a rule of validation is quadratic", []string{"TestTrapsThatKill/one field many times", "internal/gateway.TestHostileDocuments"}},
	{"fragments that double: the complexity limit has no memo", []string{"TestTrapsThatKill/fragments that double", "internal/gateway.TestHostileDocuments"}},
	{"5,000 unknown fields are 5,000 errors", []string{"TestTrapsThatKill/thousands of unknown fields", "TestTrapsThatKill/errors within the limits of a document"}},
	{"malformed JSON comes back in the error", []string{"TestTrapsThatKill/malformed JSON", "internal/gateway.TestForms"}},
	{"a large body is served, or answered with 200", []string{
		"TestTrapsThatKill/a large body", "TestTrapsThatKill/a large body with the library's remedy", "internal/gateway.TestLargeBody"}},
	{"slow headers, a slow body and a silent connection stay for ever", []string{"main.TestTrapSlowClients", "TestTrapsOfTime/4408 for silence"}},
	{"300 subscriptions on one socket are accepted", []string{"TestTrapsThatKill/many operations on one socket", "internal/gateway.TestWebSocketLimits"}},

	// Answers that break the specifications.
	{"weights in Accept are ignored", []string{"TestTrapsOfHTTP/weights in Accept", "internal/gateway.TestNegotiate"}},
	{"any upgrade is taken for a WebSocket", []string{"TestTrapsOfHTTP/a POST that offers h2c", "TestTrapsOfHTTP/a GET that offers h2c"}},
	{"request errors have data: null", []string{
		"TestTrapsOfHTTP/no data in request errors", "TestTrapsOfHTTP/no data in request errors, in events", "TestTrapsOfHTTP/no data in request errors, for parts"}},
	{"statuses of request errors, 200 in the older type and 400 in the newer", []string{"TestTrapsOfHTTP/statuses of request errors", "internal/gateway.TestMediaTypes"}},
	{"400 in place of 405 and 415", []string{"TestTrapsOfHTTP/405 for other methods", "TestTrapsOfHTTP/415 for other types"}},
	{"a subscription by plain POST answers its first event", []string{"internal/gateway.TestTrapOfSubscriptions"}},
	{"sockets: wrong close codes", []string{
		"TestTrapsOfSockets/4400 for no JSON", "TestTrapsOfSockets/4400 for a type that is none", "TestTrapsOfSockets/4400 for no query",
		"TestTrapsOfSockets/4401 before the greeting", "TestTrapsOfTime/4408 for silence", "TestTrapsOfTime/4408 for silence with the library's remedy",
		"TestTrapsOfSockets/4409 for an id that is taken", "TestTrapsOfSockets/4429 for a second greeting", "internal/gateway.TestWebSocketCloseCodes"}},
	{"sockets: complete after error", []string{"TestTrapsOfSockets/nothing follows an error"}},
	{"sockets: a second subscriber replaces the first", []string{"TestTrapsOfSockets/4409 for an id that is taken"}},
	{"sockets: the legacy protocol is preferred", []string{"TestTrapsOfSockets/today's protocol before yesterday's"}},
	{"events: POST only", []string{"TestTrapsOfStreams/events by GET"}},
	{"events: no ping", []string{"TestTrapsOfTime/events keep a quiet connection alive", "internal/gateway.TestEventsKeepAlive"}},
	{"events: complete without data", []string{"TestTrapsOfStreams/a last event that browsers see"}},
	{"defer: the format of 2022", []string{
		"TestTrapsOfStreams/the format of parts, in multipart", "TestTrapsOfStreams/the format of parts, in events", "TestTrapsOfStreams/the format of parts, on sockets"}},
	{"defer: clients of JSON get half an answer", []string{
		"TestTrapsOfStreams/defer for clients of JSON alone", "TestTrapsOfStreams/defer by GET for clients of JSON alone"}},
	{"defer: null in the first part", []string{
		"TestTrapsOfStreams/no null for what is to follow, in multipart", "TestTrapsOfStreams/no null for what is to follow, in events"}},
	{"defer: parts of a mutation are lost", []string{
		"TestTrapsOfStreams/deferred parts of a mutation, in multipart", "TestTrapsOfStreams/deferred parts of a mutation, in events",
		"TestTrapsOfStreams/deferred parts of a mutation, on sockets"}},
	{"variables: @oneOf", []string{"internal/gateway.TestTrapOfOneOf"}},
	{"variables: what does not fit is carried out", []string{
		"TestTrapsOfVariables/an Int out of range", "TestTrapsOfVariables/a fraction for an Int", "TestTrapsOfVariables/an enum in lower case",
		"TestTrapsOfVariables/an enum in lower case in an object", "TestTrapsOfVariables/a number for a String",
		"TestTrapsOfVariables/a number for a String in an object", "internal/gateway.TestVariables"}},
	{"suggestions leak the schema", []string{
		"TestTrapsOfSuggestions/suggestions of fields", "TestTrapsOfSuggestions/suggestions of types for fields",
		"TestTrapsOfSuggestions/suggestions of arguments", "TestTrapsOfSuggestions/suggestions of arguments of directives",
		"TestTrapsOfSuggestions/suggestions of enums", "TestTrapsOfSuggestions/suggestions of enums for texts",
		"TestTrapsOfSuggestions/suggestions of types", "TestTrapsOfSuggestions/suggestions of fields of inputs"}},
	{"the page loads scripts from elsewhere", []string{"TestTrapsOfHTTP/the page loads nothing from elsewhere", "internal/gateway.TestPageNamesNoOtherHost"}},

	// Loaders, clients, caches.
	{"loaders of HTTP middleware go stale", []string{"TestTrapsOfSockets/loaders do not outlive a response"}},
	{"dataloader waits 16 ms per level", []string{"internal/loader.TestTrapWaiting", "internal/loader.TestOneBatch"}},
	{"a cache by URL gives one person another's answer", []string{"TestTrapsOfHTTP/one person's answer is not another's", "internal/loader.TestPeopleAreApart"}},
	{"a retry helper sends a POST three times", []string{"internal/rest.TestTrapRetriedWrites", "internal/rest.TestRetry", "internal/auth.TestRefusedWrite"}},
	{"groups guessed from URLs are wrong", []string{
		"internal/rest.TestTrapGuessedGroups", "internal/rest.TestOperations", "internal/budget.TestOperationOfAnotherGroup", "internal/gateway.TestOperationsAndRoutesAgree"}},
	{"a body that is no JSON hides the status", []string{"internal/rest.TestTrapErrorBodies", "internal/rest.TestErrors"}},
	{"decoding is the largest cost", []string{"internal/rest.TestTrapDecoding"}},
}

// tables are the traps by the tests that spring them.
var tables = map[string][]trap{
	"TestTrapsThatKill": killTraps, "TestTrapsOfHTTP": httpTraps, "TestTrapsOfSockets": socketTraps, "TestTrapsOfTime": timeTraps,
	"TestTrapsOfStreams": streamTraps, "TestTrapsOfVariables": variableTraps, "TestTrapsOfSuggestions": suggestionTraps,
}

// Every test in the list is there, and every check of a table is in the list.
func TestEveryTrapIsHeld(t *testing.T) {
	there := testNames(t)
	for name, traps := range tables {
		if !there["internal/gateway."+name] {
			t.Errorf("nobody springs the traps of %s", name)
		}
		for _, tr := range traps {
			there[name+"/"+tr.name] = true
		}
	}
	listed := map[string]bool{}
	for _, h := range held {
		for _, name := range h.tests {
			listed[name] = true
			if !there[name] {
				t.Errorf("%s: there is no %s", h.trap, name)
			}
		}
	}
	for name := range there {
		if isTrap(name) && !listed[name] {
			t.Errorf("%s is not listed", name)
		}
	}
}

// isTrap says whether a name is that of a check: one of a table, or a test that has none.
func isTrap(name string) bool {
	table, _, inTable := strings.Cut(name, "/")
	if tables[table] != nil && inTable {
		return true
	}
	_, test, _ := strings.Cut(name, ".")
	return strings.HasPrefix(test, "TestTrap") && tables[test] == nil
}

// testNames finds the tests of all packages, as folder and name.
func testNames(t *testing.T) map[string]bool {
	t.Helper()
	const root = "../.."
	names := map[string]bool{}
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err == nil && d.IsDir() && (d.Name() == "node_modules" || d.Name() == ".git") {
			return fs.SkipDir
		}
		if err != nil || !strings.HasSuffix(path, "_test.go") {
			return err
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		folder, err := filepath.Rel(root, filepath.Dir(path))
		if err != nil {
			return err
		}
		if folder == "." {
			folder = "main"
		}
		for _, decl := range file.Decls {
			if f, ok := decl.(*ast.FuncDecl); ok && f.Recv == nil && strings.HasPrefix(f.Name.Name, "Test") {
				names[filepath.ToSlash(folder)+"."+f.Name.Name] = true
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return names
}
