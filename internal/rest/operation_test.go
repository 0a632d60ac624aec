package rest

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
)

func TestPath(t *testing.T) {
	o := &Operation{ID: "o", Path: "/account/{accountId}/extension/{extensionId}/m/{id}"}
	for _, tt := range []struct {
		ids  []string
		want string // "" for a refusal
	}{
		{[]string{"~", "7", "8"}, "/account/~/extension/7/m/8"},
		{[]string{"~", "../x?y#z", "8"}, "/account/~/extension/..%2Fx%3Fy%23z/m/8"},
		{[]string{"~", "1,2", "8"}, "/account/~/extension/1%2C2/m/8"},
		{[]string{"~", "%2e%2e", "8"}, "/account/~/extension/%252e%252e/m/8"},
		{[]string{"~", "..", "8"}, ""},
		{[]string{"~", ".", "8"}, ""},
		{[]string{"~", "", "8"}, ""},
		{[]string{"~", "7"}, ""},
		{[]string{"~", "7", "8", "9"}, ""},
	} {
		r := o.at(tt.ids...)
		if r.path != tt.want || (r.failed == nil) != (tt.want != "") {
			t.Errorf("at(%q) = %q, %v, want %q", tt.ids, r.path, r.failed, tt.want)
		}
	}
	if r := o.atMany([]string{"1", "2,3"}, "~", theIDs, "8"); r.path != "/account/~/extension/1,2%2C3/m/8" || !r.many {
		t.Errorf("atMany = %q", r.path)
	}
	if r := o.atMany([]string{"1", ".."}, "~", theIDs, "8"); r.failed == nil {
		t.Error("atMany takes an id that leaves its segment")
	}
}

// No id, whatever it is made of, leaves its path segment.
func FuzzPath(f *testing.F) {
	for _, s := range []string{"1", "..", "../..", "a/b", "a%2fb", "1,2", "\x00", "é", "*", "?", "#"} {
		f.Add(s)
	}
	o := &Operation{ID: "o", Path: "/account/{accountId}/end"}
	f.Fuzz(func(t *testing.T, id string) {
		r := o.at(id)
		if r.failed != nil {
			return
		}
		u, err := url.Parse("http://upstream" + r.path)
		if err != nil {
			t.Fatalf("%q: %v", id, err)
		}
		segs := strings.Split(u.EscapedPath(), "/")
		if len(segs) != 4 || segs[1] != "account" || segs[3] != "end" || u.RawQuery != "" || u.Fragment != "" {
			t.Errorf("%q became %q", id, r.path)
		}
		if back, err := url.PathUnescape(segs[2]); err != nil || back != id {
			t.Errorf("%q is read as %q", id, back)
		}
	})
}

func TestOperations(t *testing.T) {
	seen := map[string]bool{}
	for _, o := range Operations() {
		if seen[o.ID] {
			t.Errorf("%s stands twice", o.ID)
		}
		seen[o.ID] = true
		switch o.Method {
		case http.MethodGet, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete:
		default:
			t.Errorf("%s: method %q", o.ID, o.Method)
		}
		if v2 := strings.HasPrefix(o.Path, "/restapi/v2/"); v2 != (o.Generation == V2) {
			t.Errorf("%s: generation %s for %s", o.ID, o.Generation, o.Path)
		}
		if o.Group == "" {
			t.Errorf("%s: no group", o.ID)
		}
	}
}
