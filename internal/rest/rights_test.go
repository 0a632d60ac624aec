package rest

import (
	"slices"
	"strings"
	"testing"
)

func TestLacks(t *testing.T) {
	change := &Operation{ID: "change", App: "EditExtensions", User: []string{"EditUserInfo", "EditExtensions"}}
	look := &Operation{ID: "look", App: "ReadAccounts"}
	for _, tt := range []struct {
		name       string
		o          *Operation
		r          Rights
		scope, one string
	}{
		{"nothing is known", change, Rights{}, "", ""},
		{"the scope", change, Rights{Scopes: []string{"EditExtensions"}}, "", ""},
		{"one that holds it", change, Rights{Scopes: []string{"EditAccounts"}}, "", ""},
		{"one that holds that", change, Rights{Scopes: []string{"Accounts"}}, "", ""},
		{"another", change, Rights{Scopes: []string{"ReadAccounts"}}, "EditExtensions", ""},
		{"none at all", change, Rights{Scopes: []string{}}, "EditExtensions", ""},
		{"perhaps held", look, Rights{Scopes: []string{"EditExtensions"}}, "", ""},
		{"not held", look, Rights{Scopes: []string{"NumberLookup"}}, "ReadAccounts", ""},
		{"one of the permissions", change, Rights{Permissions: []string{"X", "EditUserInfo"}}, "", ""},
		{"none of them", change, Rights{Permissions: []string{"X"}}, "", "EditUserInfo EditExtensions"},
		{"none is needed", look, Rights{Permissions: []string{}}, "", ""},
		{"neither", change, Rights{Scopes: []string{}, Permissions: []string{}}, "EditExtensions", "EditUserInfo EditExtensions"},
	} {
		scope, permissions := tt.r.Lacks(tt.o.App, tt.o.User)
		if scope != tt.scope || !slices.Equal(permissions, strings.Fields(tt.one)) {
			t.Errorf("%s: lacks %q, %q", tt.name, scope, permissions)
		}
	}
}
