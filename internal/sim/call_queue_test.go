package sim_test

import (
	"strings"
	"testing"

	"github.com/ringql/ringql/internal/sim"
)

const sales, support = "512090008", "512091008"

func TestCallQueues(t *testing.T) {
	c := admin(t, newServer(t, unlimited()))
	equal(t, "all", c.get(v1+"/call-queues").values("id"), []string{sales, support})
	equal(t, "Maria's", c.get(v1+"/call-queues?memberExtensionId=512084008").values("id"), []string{sales})
	equal(t, "John's", c.get(v1+"/call-queues?memberExtensionId=~").values("id"), nil)
	equal(t, "no one's", c.get(v1+"/call-queues?memberExtensionId=1").values("id"), nil)
	equal(t, "members", c.get(v1+"/call-queues/"+sales+"/members").values("id"), []string{"435068008", "512084008"})
	equal(t, "page of members", c.get(v1+"/call-queues/"+sales+"/members?perPage=1&page=2").values("id"), []string{"512084008"})
	equal(t, "members, older", c.get(v1+"/department/"+sales+"/members").values("name"), []string{"Jane Smith", "Maria Lopez"})
	c.get(v1+"/call-queues/435068008/members").wantError(404, "CMN-102", "groupId")
	c.get(v1+"/department/1/members").wantError(404, "CMN-102", "departmentId")
}

func TestQueueMembersChange(t *testing.T) {
	s := newServer(t, unlimited())
	c := admin(t, s)
	assign := func(queue, body string) answer {
		return c.send("POST", v1+"/call-queues/"+queue+"/bulk-assign", body)
	}
	members := func(queue string) string {
		return strings.Join(c.get(v1+"/call-queues/"+queue+"/members").values("id"), " ")
	}
	assign(support, `{"addedExtensionIds":["401145624008",512084008,"435068008"],"removedExtensionIds":["435068008"]}`).want(204)
	if got := members(support); got != "401145624008 512084008" {
		t.Errorf("members %s", got)
	}
	// John may show the numbers of the queue now, and his extension says so.
	assign(sales, `{"addedExtensionIds":["401145624008"]}`).want(204)
	equal(t, "John's numbers", c.get(v1+"/extension/~/phone-number?usageType=DirectNumber").values("id"), []string{"723457008", "723459008"})
	if got := len(c.get(v1 + "/extension/~").object()["departments"].([]any)); got != 2 {
		t.Errorf("%d departments", got)
	}

	before := members(sales)
	a := assign(sales, `{"addedExtensionIds":["512085008","512092008"],"removedExtensionIds":["435068008"]}`)
	a.wantError(400, "CMN-101", "addedExtensionIds")
	if !strings.Contains(string(a.body), "Extension of type [Voicemail] cannot be included into call queue") {
		t.Errorf("message: %s", a.body)
	}
	assign(sales, `{"addedExtensionIds":["512085008","1"]}`).wantError(404, "CMN-102", "addedExtensionIds")
	assign(sales, `{"addedExtensionIds":["512085008"],"removedExtensionIds":["1"]}`).wantError(404, "CMN-102", "removedExtensionIds")
	if got := members(sales); got != before {
		t.Errorf("a refused change left %s, before it was %s", got, before)
	}
	assign("1", `{}`).wantError(404, "CMN-102", "groupId")
	as(t, s, sim.StandardUserID).send("POST", v1+"/call-queues/"+sales+"/bulk-assign", `{}`).wantError(403, "CMN-408", "")
}

func TestSeveralQueuesChangeAtOnce(t *testing.T) {
	s := newServer(t, unlimited())
	c := admin(t, s)
	assign := func(body string) answer { return c.send("POST", v1+"/department/bulk-assign", body) }
	assign(`{"items":[{"departmentId":"512090008","addedExtensionIds":["401145624008"],"removedExtensionIds":["435068008"]},
		{"departmentId":512091008,"addedExtensionIds":["512084008"]}]}`).want(204)
	equal(t, "sales", c.get(v1+"/department/"+sales+"/members").values("id"), []string{"512084008", "401145624008"})
	equal(t, "support", c.get(v1+"/department/"+support+"/members").values("id"), []string{"435068008", "512084008"})

	// All or nothing.
	assign(`{"items":[{"departmentId":"512090008","addedExtensionIds":["435068008"]},{"departmentId":"512091008","addedExtensionIds":["1201056008"]}]}`).
		wantError(400, "CMN-101", "addedExtensionIds")
	assign(`{"items":[{"departmentId":"512090008","addedExtensionIds":["435068008"]},{"departmentId":"1"}]}`).wantError(404, "CMN-102", "departmentId")
	assign(`{"items":[{"addedExtensionIds":["435068008"]}]}`).wantError(400, "CMN-100", "departmentId")
	equal(t, "sales", c.get(v1+"/department/"+sales+"/members").values("id"), []string{"512084008", "401145624008"})
	as(t, s, sim.StandardUserID).send("POST", v1+"/department/bulk-assign", `{}`).wantError(403, "CMN-408", "")
}
