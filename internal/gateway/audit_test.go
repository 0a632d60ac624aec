package gateway_test

import (
	"encoding/json"
	"errors"
	"log/slog"
	"reflect"
	"strings"
	"testing"

	"github.com/ringql/ringql/graph/model"
	"github.com/ringql/ringql/internal/gateway"
)

// lines are what was written down of mutations.
func lines(t *testing.T, text string) (out []map[string]any) {
	t.Helper()
	for line := range strings.Lines(text) {
		var m map[string]any
		if err := json.Unmarshal([]byte(line), &m); err != nil {
			t.Fatal(err)
		}
		out = append(out, m)
	}
	return out
}

// Each mutation is one line, with who, what, on which ids and what came of it; of its input
// nothing else is written, and queries are not.
func TestAudit(t *testing.T) {
	var to lockedBuffer
	s := newStack(t, func(c *gateway.Config) { c.Audit = slog.NewJSONHandler(&to, nil) })
	if a := s.post(t, "{ account { mainNumber } }"); a.code() != "" || to.String() != "" {
		t.Fatalf("a query: %s, written %s", a.text, &to)
	}
	const extension = "512084008"
	number := model.GlobalID{Type: model.TypePhoneNumber, Account: "401145624008", RCID: "723455008"}
	for _, tt := range []struct {
		name, mutation string
		ids            map[string]any
		calls          int
	}{
		{"applied", `updateExtension(input: {extensionId: "512084008", extensionNumber: "109", contact: {firstName: "canary"}}) { outcome }`, map[string]any{"input.extensionId": []any{extension}}, 1},
		{"in a list", `deleteForwardingNumbers(input: {forwardingNumberIds: ["53511008", "53513008"]}) { outcome }`, map[string]any{"input.forwardingNumberIds": []any{"53511008", "53513008"}}, 1},
		{"below a list", `bulkAssignCallQueueMembers(input: {items: [{callQueueId: "512091008", addedExtensionIds: ["512084008"]}]}) { outcome }`,
			map[string]any{"input.items.callQueueId": []any{"512091008"}, "input.items.addedExtensionIds": []any{extension}}, 1},
		{"a global id", `deletePhoneNumber(input: {phoneNumberId: "` + number.String() + `"}) { outcome }`, map[string]any{"input.phoneNumberId": []any{"PhoneNumber:401145624008:723455008"}}, 1},
		{"refused by the gateway", `deletePhoneNumber(input: {phoneNumberId: "` + strings.Repeat("x", 200) + `"}) { outcome }`,
			map[string]any{"input.phoneNumberId": []any{strings.Repeat("x", 64)}}, 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			to.Reset()
			a := s.post(t, "mutation Name { "+tt.mutation+" }", "Apollographql-Client-Name", "dashboard", "X-Request-Id", "r-1")
			got := lines(t, to.String())
			if len(got) != 1 {
				t.Fatalf("%d lines: %s; answered %s", len(got), &to, a.text)
			}
			line := got[0]
			if !reflect.DeepEqual(line["ids"], any(tt.ids)) {
				t.Errorf("ids %v", line["ids"])
			}
			for name, want := range map[string]string{"client": "dashboard", "request": "r-1", "operation": "Name", "msg": "mutation"} {
				if line[name] != want {
					t.Errorf("%s is %v", name, line[name])
				}
			}
			if outcome, _ := line["outcome"].(string); outcome == "" || !strings.Contains(a.text, outcome) {
				t.Errorf("outcome %q, answered %s", outcome, a.text)
			}
			if person, _ := line["person"].(string); !strings.HasPrefix(person, "bearer:") || line["address"] == "" {
				t.Errorf("person %v, address %v", line["person"], line["address"])
			}
			if ids, _ := line["rcRequestIds"].([]any); len(ids) < tt.calls {
				t.Errorf("request ids %v", ids)
			}
			if strings.Contains(to.String(), "canary") || strings.Contains(to.String(), s.token) {
				t.Errorf("too much is written: %s", &to)
			}
		})
	}
}

// A line that cannot be written is told to the operator, not to the client: the change has
// been made.
func TestAuditThatFails(t *testing.T) {
	s := newStack(t, func(c *gateway.Config) { c.Audit = slog.NewJSONHandler(brokenWriter{}, nil) })
	a := s.post(t, `mutation { updateExtension(input: {extensionId: "512084008", contact: {firstName: "x"}}) { outcome } }`)
	if a.code() != "" || !strings.Contains(s.log.String(), "could not be written to the audit log") {
		t.Errorf("%s, log %s", a.text, s.log)
	}
}

type brokenWriter struct{}

func (brokenWriter) Write([]byte) (int, error) { return 0, errors.New("no space left on device") }

// checkAudit makes sure that what the answer to a query says of its mutations' outcomes was
// written down, and nothing else was.
func checkAudit(t *testing.T, query, text, response string) {
	t.Helper()
	var answer struct{ Data map[string]any }
	if !strings.Contains(query, "mutation") || json.Unmarshal([]byte(response), &answer) != nil {
		if text != "" {
			t.Errorf("no mutation, and written: %s", text)
		}
		return // or in parts, which a mutation never is
	}
	written := map[string]int{}
	for _, line := range lines(t, text) {
		written[line["outcome"].(string)]++
	}
	told := map[string]int{}
	for _, payload := range answer.Data {
		if p, ok := payload.(map[string]any); ok {
			if outcome, ok := p["outcome"].(string); ok {
				told[outcome]++
			}
		}
	}
	for outcome, n := range told {
		if written[outcome] < n {
			t.Errorf("%d times %s was told, %d times written: %s", n, outcome, written[outcome], text)
		}
	}
}
