package rest

import (
	"errors"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
)

// script is an upstream that answers each operation's calls in turn, the last answer
// again and again, and notes what was sent.
type script struct {
	answers map[string][]string // operation -> "status body"
	sent    []string            // "operation body"
}

func (s *script) RoundTrip(req *http.Request) (*http.Response, error) {
	id := OperationFrom(req.Context()).ID
	var body []byte
	if req.Body != nil {
		body, _ = io.ReadAll(req.Body)
	}
	s.sent = append(s.sent, strings.TrimSpace(id+" "+string(body)))
	answer := `404 {"errors":[{"errorCode":"CMN-120"}]}`
	if left := s.answers[id]; len(left) > 0 {
		answer = left[0]
		if len(left) > 1 {
			s.answers[id] = left[1:]
		}
	}
	status, text, _ := strings.Cut(answer, " ")
	code := map[string]int{"200": 200, "202": 202, "204": 204, "404": 404, "429": 429, "503": 503}[status]
	return &http.Response{StatusCode: code, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(text)), Request: req}, nil
}

const (
	added    = `200 {"records":[{"bulkItemSuccessful":true,"id":"7","phoneNumber":"+16505550123"}]}`
	assigned = `200 {"id":"7","phoneNumber":"+16505550123","usageType":"CompanyNumber"}`
)

// The way is chosen beforehand by what it can set; what none can set is not begun.
func TestWaysByWhatTheySet(t *testing.T) {
	const v2, v1, put = "addNumbersToInventoryV2", "provisionPhoneNumber", "reassignPhoneNumberById"
	for _, tt := range []struct {
		api  Preference
		p    Provision
		want string // the first call; or "!" and the parameter that cannot be set
	}{
		{Auto, Provision{UsageType: DirectNumber, Extension: To("5")}, v2},
		{Auto, Provision{UsageType: CompanyNumber, Type: "FaxOnly"}, v2},
		{Auto, Provision{UsageType: ContactCenterNumber}, v2},
		{Auto, Provision{UsageType: Inventory}, v2},
		{Auto, Provision{UsageType: "InventoryMobileNumber"}, v2},
		{Auto, Provision{UsageType: CompanyNumber, Label: "x"}, v1},
		{Auto, Provision{UsageType: CompanyNumber, ReservationID: "x"}, v1},
		{Auto, Provision{UsageType: AdditionalCompanyNumber}, v1},
		{Auto, Provision{UsageType: CompanyFaxNumber}, v1},
		{Auto, Provision{UsageType: ForwardedNumber, Extension: To("5")}, v1},
		{Auto, Provision{UsageType: ForwardedCompanyNumber}, v1},
		{Auto, Provision{UsageType: MainCompanyNumber}, "!usageType"},
		{Auto, Provision{UsageType: NumberStorage}, "!usageType"},
		{Auto, Provision{UsageType: Inventory, Type: "FaxOnly"}, "!type"},
		{Auto, Provision{UsageType: Inventory, Extension: To("5")}, "!extensionId"},
		{Auto, Provision{UsageType: ContactCenterNumber, Label: "x"}, "!label"},
		{OnlyV2, Provision{UsageType: CompanyFaxNumber}, "!usageType"},
		{OnlyV2, Provision{UsageType: CompanyNumber, Label: "x"}, "!label"},
		{OnlyV2, Provision{UsageType: CompanyNumber, ReservationID: "x"}, "!reservationId"},
		{OnlyV1, Provision{UsageType: ContactCenterNumber}, "!usageType"},
		{OnlyV1, Provision{UsageType: Inventory}, "!usageType"},
		{OnlyV1, Provision{UsageType: DirectNumber}, v1},
	} {
		s := &script{}
		_, err := New(Config{Transport: s, Generation: tt.api}).ProvisionPhoneNumber(t.Context(), Own, tt.p)
		check(t, s, err, tt.want)
	}
	for _, tt := range []struct {
		api  Preference
		to   Assignment
		want string
	}{
		{Auto, Assignment{UsageType: DirectNumber}, "assignPhoneNumberV2"},
		{Auto, Assignment{UsageType: ContactCenterNumber}, "assignPhoneNumberV2"},
		{Auto, Assignment{UsageType: ForwardedNumber}, put},
		{Auto, Assignment{UsageType: Inventory}, "!usageType"},
		{OnlyV1, Assignment{UsageType: DirectNumber}, put},
		{OnlyV1, Assignment{UsageType: DirectNumber, Type: "FaxOnly"}, "!type"},
		{OnlyV1, Assignment{UsageType: ContactCenterNumber}, "!usageType"},
		{OnlyV2, Assignment{UsageType: ForwardedNumber}, "!usageType"},
	} {
		s := &script{}
		_, err := New(Config{Transport: s, Generation: tt.api}).ReassignPhoneNumber(t.Context(), PhoneNumberID{Key{Own, "7"}}, tt.to)
		check(t, s, err, tt.want)
	}
}

func check(t *testing.T, s *script, err error, want string) {
	t.Helper()
	e, ok := errors.AsType[*Error](err)
	if parameter, none := strings.CutPrefix(want, "!"); none {
		if !ok || e.Parameter != parameter || !errors.Is(err, ErrNotServed) || len(s.sent) > 0 {
			t.Errorf("%v after %q, want %s to be refused", err, s.sent, parameter)
		}
		return
	}
	if len(s.sent) == 0 || !strings.HasPrefix(s.sent[0], want+" ") {
		t.Errorf("%q, want %s first", s.sent, want)
	}
}

// v1.0 is told the owner by both names; v2 the type when it assigns.
func TestProvisionBodies(t *testing.T) {
	s := &script{answers: map[string][]string{
		"addNumbersToInventoryV2": {added}, "assignPhoneNumberV2": {assigned}, "provisionPhoneNumber": {assigned},
	}}
	c := New(Config{Transport: s})
	p := Provision{PhoneNumber: "+16505550123", UsageType: DirectNumber, Type: "FaxOnly", Extension: To("5")}
	if _, err := c.ProvisionPhoneNumber(t.Context(), Own, p); err != nil {
		t.Error(err)
	}
	p.ReservationID = "r"
	if _, err := c.ProvisionPhoneNumber(t.Context(), Own, p); err != nil {
		t.Error(err)
	}
	want := []string{
		`addNumbersToInventoryV2 {"records":[{"phoneNumber":"+16505550123","usageType":"Inventory"}]}`,
		`assignPhoneNumberV2 {"usageType":"DirectNumber","type":"FaxOnly","extension":{"id":"5"}}`,
		`provisionPhoneNumber {"phoneNumber":"+16505550123","reservationId":"r","usageType":"DirectNumber","type":"FaxOnly","extensionId":{"id":"5"},"extension":{"id":"5"}}`,
	}
	if !slices.Equal(s.sent, want) {
		t.Errorf("%s", strings.Join(s.sent, "\n"))
	}
}
