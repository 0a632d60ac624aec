package gateway_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"golang.org/x/tools/txtar"
)

// mutate sends mutations to a gateway set up like a golden file's, with ctx as the
// client's connection, and returns the answer.
func (c *goldenCase) mutate(ctx context.Context, mutations ...string) string {
	var b strings.Builder
	for i, m := range mutations {
		fmt.Fprintf(&b, "m%d: %s ", i, m)
	}
	body, _ := json.Marshal(map[string]string{"query": "mutation { " + b.String() + "}"}) //nolint:errchkjson // texts
	r := httptest.NewRequestWithContext(ctx, http.MethodPost, "/graphql", strings.NewReader(string(body)))
	r.Header = c.header.Clone()
	r.Header.Set("Content-Type", "application/json")
	w := httptest.NewRecorder()
	c.h.ServeHTTP(w, r)
	return w.Body.String()
}

func (c *goldenCase) sent(what string) int {
	n := 0
	for _, call := range c.sim.Calls() {
		if strings.Contains(call, what) {
			n++
		}
	}
	return n
}

func provisioning(i int) string {
	return fmt.Sprintf(`provisionPhoneNumber(input: {phoneNumber: "+1650555%04d"}) { outcome }`, 7000+i)
}

// What was begun goes on when the client leaves; what was not is not begun.
func TestMutationsOfOneWhoLeft(t *testing.T) {
	check := newContract(t)
	for name, second := range map[string]struct{ mutation, change string }{
		"provision": {provisioning(1), ""}, // counted below
		"reassign":  {`reassignPhoneNumber(input: {phoneNumberId: "723455008"}) { outcome }`, "phone-numbers/723455008"},
		"delete":    {`deletePhoneNumber(input: {phoneNumberId: "723455008"}) { outcome }`, "DELETE"},
		"forward":   {`createForwardingNumber(input: {phoneNumber: "+12078260028", type: HOME}) { outcome }`, "forwarding-number"},
		"forwards":  {`deleteForwardingNumbers(input: {forwardingNumberIds: ["53511008", "53513008"]}) { outcome }`, "forwarding-number"},
		"queue":     {`bulkAssignCallQueueMembers(input: {items: [{callQueueId: "512091008", addedExtensionIds: ["512084008"]}]}) { outcome }`, "bulk-assign"},
		"settings":  {`updateCallQueue(input: {callQueueId: "512091008", name: "Help"}) { outcome }`, "PUT"},
		"queues":    {`setExtensionCallQueues(input: {extensionId: "512084008", callQueueIds: []}) { outcome }`, "PUT"},
	} {
		synctest.Test(t, func(t *testing.T) {
			c := newCase(t, txtar.Parse([]byte("-- sim.txt --\nfail addNumbersToInventoryV2 1 times: delay 5s\n")), check)
			ctx, leave := context.WithCancel(t.Context())
			time.AfterFunc(2*time.Second, leave)
			_ = c.mutate(ctx, provisioning(0), second.mutation)
			if n := c.sent("POST /restapi/v2/accounts/~/phone-numbers/bulk-add"); n != 1 {
				t.Errorf("%s: the first was sent %d times", name, n)
			}
			if n := c.sent("PATCH /restapi/v2/accounts/~/phone-numbers/6"); n != 1 {
				t.Errorf("%s: the first was not carried to its end", name)
			}
			if second.change != "" && c.sent(second.change) > 0 {
				t.Errorf("%s: begun for a client who has left: %q", name, c.sim.Calls())
			}
		})
	}
}

// However many changes one request makes, and however the upstream hangs, it ends
// soon after its deadline, and says of each what is known.
func TestMutationsOfAHangingUpstream(t *testing.T) {
	check := newContract(t)
	synctest.Test(t, func(t *testing.T) {
		c := newCase(t, txtar.Parse([]byte("-- gateway.txt --\ntimeout = 30s\n-- sim.txt --\nfail addNumbersToInventoryV2 99 times: delay 10m\nfail listAccountPhoneNumbersV2 99 times: delay 10m\n")), check)
		var all []string
		for i := range 20 {
			all = append(all, provisioning(i))
		}
		start := time.Now()
		answer := c.mutate(t.Context(), all...)
		if took := time.Since(start); took > 36*time.Second {
			t.Errorf("it took %s", took)
		}
		sent, known := c.sent("POST "), strings.Count(answer, `"outcome":"UNKNOWN"`)
		if sent == 0 || known != sent || strings.Count(answer, `"m`) < 40-sent { // a path each of those that failed
			t.Errorf("%d sent, %d told: %s", sent, known, answer)
		}
	})
}
