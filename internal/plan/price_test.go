package plan

import "testing"

func TestReason(t *testing.T) {
	for _, tt := range []struct {
		line Line
		want string
	}{
		{Line{Of: "extension", Things: Exactly(1000), Calls: Exactly(1), PerPage: []int{1000}}, "1,000 extensions on 1 page"},
		{Line{Of: "extension", Things: Exactly(1200), Calls: Exactly(2), PerPage: []int{1000, 1000}}, "1,200 extensions on 2 pages"},
		{Line{Of: "country", Things: UpTo(40), Calls: Exactly(1), PerPage: []int{40}}, "up to 40 countries on 1 page"},
		{Line{Of: "extension", Things: UpTo(1000), Calls: Size{1, 1, 40}, PerPage: []int{1000}}, "up to 1,000 extensions on 1 page or more"},
		{Line{Of: "extension", Things: Exactly(900), Calls: UpTo(1), PerPage: []int{1000}}, "900 extensions on 1 page"},
		{Line{Of: "extension", Things: Exactly(100), Calls: Exactly(2), InOneCall: 50}, "100 extensions, 50 in one call"},
		{Line{Of: "extension", Things: Exactly(1), Calls: Exactly(1), InOneCall: 50}, "1 extension in one call"},
		{Line{Of: "extension", Things: Size{20, 30, 40}, Calls: Size{20, 30, 40}, InOneCall: 1}, "one for each of 20 to 40 extensions"},
		{Line{Of: "account", Things: Exactly(1), Calls: Exactly(1), InOneCall: 1}, "1 account"},
		{Line{Of: "object", Things: UpTo(1), Calls: UpTo(1), InOneCall: 1}, "up to 1 object"},
	} {
		if got := tt.line.Reason(); got != tt.want {
			t.Errorf("%+v: %q, want %q", tt.line, got, tt.want)
		}
	}
}
