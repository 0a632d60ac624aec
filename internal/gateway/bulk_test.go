package gateway_test

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"golang.org/x/tools/txtar"

	"github.com/ringql/ringql/internal/sim"
)

// bulkCase is a company with numbers to move about.
type bulkCase struct {
	*goldenCase
	ids []string // of direct numbers
}

const (
	bulkSim  = "-- sim.txt --\nextensions = 60\nnumbers = 90\n"
	bulkWith = "512084008" // the extension that numbers go to
)

func newBulkCase(t *testing.T, check *contract, more string) *bulkCase {
	t.Helper()
	c := &bulkCase{goldenCase: newCase(t, txtar.Parse([]byte(bulkSim+more)), check)}
	for id, owner := range c.owners(t) {
		if owner != bulkWith {
			c.ids = append(c.ids, id)
		}
	}
	return c
}

// owners says which extension has each direct number now.
func (c *bulkCase) owners(t *testing.T) map[string]string {
	t.Helper()
	var got struct {
		Data struct {
			Account struct {
				PhoneNumbers struct {
					Nodes []struct {
						RcID      string
						Extension struct{ RcID string }
					}
				}
			}
		}
	}
	answer := c.post(t, `{ account { phoneNumbers(first: 1000, filter: {usageType: DIRECT_NUMBER}) { nodes { rcId extension { rcId } } } } }`, "")
	if err := json.Unmarshal([]byte(answer), &got); err != nil {
		t.Fatal(err)
	}
	out := map[string]string{}
	for _, n := range got.Data.Account.PhoneNumbers.Nodes {
		out[n.RcID] = n.Extension.RcID
	}
	return out
}

// bulkAnswer is the answer to reassignPhoneNumbers.
type bulkAnswer struct {
	Data struct {
		ReassignPhoneNumbers *struct {
			Results []struct {
				Outcome    string
				UserErrors []struct{ Code string }
			}
			Calls []struct {
				Operation string
				Status    *int
			}
		}
	}
}

func (c *bulkCase) reassign(t *testing.T, ids []string) (a bulkAnswer, text string) {
	t.Helper()
	var items []string
	for _, id := range ids {
		items = append(items, fmt.Sprintf(`{phoneNumberId: %q, extensionId: %q}`, id, bulkWith))
	}
	text = c.post(t, "mutation { reassignPhoneNumbers(input: {items: ["+strings.Join(items, " ")+"]}) { results { outcome userErrors { code } } calls { operation status } } }", "")
	if err := json.Unmarshal([]byte(text), &a); err != nil {
		t.Fatal(err)
	}
	return a, text
}

// Whatever happens on the way: each change is sent once at most, what is told of it is
// true, and what is not told to be sent was not.
func TestBulkUnderFaults(t *testing.T) {
	check := newContract(t)
	for seed := range uint64(40) {
		synctest.Test(t, func(t *testing.T) {
			rng := rand.New(rand.NewPCG(seed, 7))
			c := newBulkCase(t, check, "")
			for range 25 {
				c.sim.FailNext("assignPhoneNumberV2", 1+rng.IntN(3), []sim.Fault{
					{}, {}, {Drop: true}, {DropAfter: true}, {Delay: time.Second},
					{Status: 502, Body: "<html>"}, {Status: 400, Body: `{"errors":[{"errorCode":"CMN-101","parameterName":"usageType"}]}`},
					{Mangle: func([]byte) []byte { return []byte("{}") }},
				}[rng.IntN(8)])
			}
			if rng.IntN(3) == 0 {
				c.sim.FailNext("assignPhoneNumberV2", 1, sim.Fault{Status: 503, Body: `{"errors":[{"errorCode":"CMN-201"}]}`})
			}
			ids := c.ids[:10+rng.IntN(40)]
			a, text := c.reassign(t, ids)
			if a.Data.ReassignPhoneNumbers == nil || len(a.Data.ReassignPhoneNumbers.Results) != len(ids) {
				t.Fatalf("seed %d: %s", seed, text)
			}
			sent := map[string]int{}
			for _, call := range c.sim.Calls() {
				if _, id, ok := strings.Cut(call, "PATCH /restapi/v2/accounts/~/phone-numbers/"); ok {
					sent[id]++
				}
			}
			time.Sleep(2 * time.Minute) // what was sent has arrived, or never will
			owners := c.owners(t)
			for i, r := range a.Data.ReassignPhoneNumbers.Results {
				moved := owners[ids[i]] == bulkWith
				code := ""
				if len(r.UserErrors) > 0 {
					code = r.UserErrors[0].Code
				}
				switch {
				case sent[ids[i]] > 1:
					t.Errorf("seed %d: %s was sent %d times", seed, ids[i], sent[ids[i]])
				case r.Outcome == "APPLIED" && !moved, r.Outcome == "REJECTED" && moved:
					t.Errorf("seed %d: %s is told to be %s, and is with %s", seed, ids[i], r.Outcome, owners[ids[i]])
				case (code == "NOT_SENT") != (sent[ids[i]] == 0):
					t.Errorf("seed %d: %s was sent %d times, and is %s %s", seed, ids[i], sent[ids[i]], r.Outcome, code)
				}
			}
			if told := len(a.Data.ReassignPhoneNumbers.Calls); told == 0 {
				t.Errorf("seed %d: no calls are told", seed)
			}
		})
	}
}

// A client who leaves in the middle: what was begun is carried out, no more is begun.
func TestBulkOfOneWhoLeft(t *testing.T) {
	check := newContract(t)
	synctest.Test(t, func(t *testing.T) {
		c := newBulkCase(t, check, "fail assignPhoneNumberV2 40 times: delay 1s\n")
		ctx, leave := context.WithCancel(t.Context())
		time.AfterFunc(2500*time.Millisecond, leave) // while the third round is under way
		var items []string
		for _, id := range c.ids[:30] {
			items = append(items, fmt.Sprintf(`{phoneNumberId: %q, extensionId: %q}`, id, bulkWith))
		}
		_ = c.mutate(ctx, "reassignPhoneNumbers(input: {items: ["+strings.Join(items, " ")+"]}) { outcome }")
		if n := c.sent("PATCH"); n != 1+8+8 {
			t.Errorf("%d sent", n)
		}
		time.Sleep(2 * time.Minute)
		moved, owners := 0, c.owners(t)
		for _, id := range c.ids[:30] {
			if owners[id] == bulkWith {
				moved++
			}
		}
		if moved != 1+8+8 {
			t.Errorf("%d moved", moved)
		}
	})
}

// A script that goes on as it is told moves every number once, at the pace of the budget.
func TestBulkInRounds(t *testing.T) {
	check := newContract(t)
	synctest.Test(t, func(t *testing.T) {
		c := newBulkCase(t, check, "limit medium = 20\n")
		ids, rounds := c.ids[:50], 0
		for ; len(ids) > 0 && rounds < 10; rounds++ {
			a, text := c.reassign(t, ids)
			var left []string
			if p := a.Data.ReassignPhoneNumbers; p == nil {
				t.Fatal(text)
			} else {
				for i, r := range p.Results {
					if r.Outcome == "REJECTED" && r.UserErrors[0].Code == "NOT_SENT" {
						left = append(left, ids[i])
					}
				}
			}
			ids = left
			time.Sleep(time.Minute + 2*time.Second)
		}
		if n := c.sent("PATCH"); n != 50 || rounds != 3 {
			t.Errorf("%d sent in %d rounds", n, rounds)
		}
	})
}
