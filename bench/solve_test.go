package bench

import "testing"

// The search finds what is shared, what is shown, what is split and what cannot be paid.
func TestSolve(t *testing.T) {
	own := func(id string) way { return way{calls: []call{ownList(id)}} }
	all := way{calls: []call{"listAccountPhoneNumbers all"}}
	many := make([]want, 51)
	for i := range many {
		many[i] = want{"readExtension", string(rune('A' + i)), record(string(rune('A' + i)))}
	}
	eleven := problem{}
	for i := range 11 {
		eleven.calls = append(eleven.calls, call("listAccountPhoneNumbers "+string(rune('A'+i))))
	}
	for name, tt := range map[string]struct {
		problem
		want int // 0 for none
	}{
		"one list for two needs":        {problem{needs: []need{{ways: []way{own("1"), all}}, {ways: []way{own("2"), all}}}}, 1},
		"one of them is needed already": {problem{calls: []call{ownList("1")}, needs: []need{{ways: []way{all, own("1")}}}}, 1},
		"51 ids in two calls":           {problem{wants: many}, 2},
		"the same id twice":             {problem{wants: append(many[:50:50], many[0])}, 1},
		"one of 51 is shown": {problem{
			wants: many, calls: []call{"listExtensions first"},
			shows: map[call]map[fact]bool{"listExtensions first": {record("A"): true}},
		}, 2},
		"parts choose by themselves": {problem{calls: []call{ownList("1")}, needs: []need{{
			ways:  []way{{calls: []call{ownList("1"), ownList("2"), "listExtensions a", "listExtensions b"}}, {calls: []call{all.calls[0], "listExtensions a", "listExtensions b"}}},
			parts: []need{{ways: []way{own("1"), all}}, {ways: []way{own("2"), all}}},
		}}}, 2},
		"eleven Heavy calls": {eleven, 0},
	} {
		got := 0
		if s := tt.solve(); s != nil {
			got = s.bill.total()
		}
		if got != tt.want {
			t.Errorf("%s: %d calls, want %d", name, got, tt.want)
		}
	}
}
