package rest

import (
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"
)

func TestExtensionUpdateSeenIn(t *testing.T) {
	now := &Extension{
		Type: "User", ExtensionNumber: "102", Status: "Enabled", Site: &Site{RCID: "main-site", Name: "Main Site"},
		ID: ExtensionID{Key{"1", "2"}}, Contact: &Contact{FirstName: "Jane", Email: "jane@mycompany.com", EmailAsLoginName: new(true)},
		Details: ExtensionDetails{
			Departments:  []ExtensionRef{{ID: ExtensionID{Key{"1", "3"}}}},
			CustomFields: []CustomField{{RCID: "1", Value: "a", DisplayName: "A"}, {RCID: "2", Value: "b"}},
		},
	}
	for name, tt := range map[string]struct {
		asked ExtensionUpdate
		seen  bool
	}{
		"as it is":                {ExtensionUpdate{Type: "User", ExtensionNumber: new("102"), Site: &EntryInput{"main-site"}}, true},
		"a part of the contact":   {ExtensionUpdate{Contact: &ExtensionContactInput{FirstName: new("Jane"), EmailAsLoginName: new(true)}}, true},
		"what was cleared":        {ExtensionUpdate{Contact: &ExtensionContactInput{LastName: new("")}}, true},
		"another name":            {ExtensionUpdate{Contact: &ExtensionContactInput{FirstName: new("Jo")}}, false},
		"another status":          {ExtensionUpdate{Status: "Frozen"}, false},
		"what it has not":         {ExtensionUpdate{CallQueueInfo: &ExtensionCallQueueInfoInput{IncludeAbandonedCalls: new(true)}}, false},
		"all fields, in any turn": {ExtensionUpdate{CustomFields: []ExtensionCustomFieldInput{{RCID: "2", Value: new("b")}, {RCID: "1"}}}, true},
		"fewer fields":            {ExtensionUpdate{CustomFields: []ExtensionCustomFieldInput{{RCID: "2", Value: new("b")}}}, false},
		"no references":           {ExtensionUpdate{References: []ExtensionReferenceInput{}}, true},
	} {
		if got := tt.asked.SeenIn(now); got != tt.seen {
			t.Errorf("%s: seen %t", name, got)
		}
	}
	for _, u := range []ExtensionUpdate{{}, {Password: "x", Status: "Enabled"}, {IVRPin: "1"}, {Transition: &ExtensionTransitionInput{SendWelcomeEmail: new(true)}}} {
		if u.Visible() {
			t.Errorf("%+v is not all visible", u)
		}
	}
}

func TestSecretsAreNotShown(t *testing.T) {
	in := ExtensionUpdate{Password: "s3cret", IVRPin: "987654"}
	var logged strings.Builder
	slog.New(slog.NewTextHandler(&logged, nil)).Info("update", "password", in.Password, "all", in)
	err := scrubbed(&Error{Op: "updateExtension", Code: "CMN-101", Message: "Parameter [s3cret] value 987654 is invalid", Parameter: "s3cret"}, in.Password, in.IVRPin, "")
	for _, shown := range []string{fmt.Sprintf("%v %+v %#v %s %q", in, in, in, in.Password, in.IVRPin), logged.String(), err.Error(), fmt.Sprintf("%+v", *asError(err))} {
		if strings.Contains(shown, "s3cret") || strings.Contains(shown, "987654") {
			t.Errorf("a secret is shown: %s", shown)
		}
	}
}

func asError(err error) *Error {
	e, _ := errors.AsType[*Error](err)
	return e
}
