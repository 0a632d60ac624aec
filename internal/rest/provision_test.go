package rest

import (
	"context"
	"errors"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"
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

func (s *script) count(op string) int {
	n := 0
	for _, sent := range s.sent {
		if strings.HasPrefix(sent, op) {
			n++
		}
	}
	return n
}

const (
	added    = `200 {"records":[{"bulkItemSuccessful":true,"id":"7","phoneNumber":"+16505550123"}]}`
	addedBar = `200 {"records":[{"bulkItemSuccessful":true,"phoneNumber":"+16505550123"}]}`
	assigned = `200 {"id":"7","phoneNumber":"+16505550123","usageType":"CompanyNumber"}`
	listed   = `200 {"records":[{"id":"7","phoneNumber":"+16505550123","usageType":"Inventory"}],"paging":{"totalElements":1}}`
	none     = `200 {"records":[],"paging":{"totalElements":0}}`
)

// An answer about another number, or about none, is no answer to a change.
func TestAnswerOfAnotherNumber(t *testing.T) {
	id := PhoneNumberID{Key{Own, "7"}}
	for name, tt := range map[string]struct {
		op, answer string
		call       func(*Client) error
		lost       bool
	}{
		"v2, this one":      {"assignPhoneNumberV2", `{"id":"7"}`, func(c *Client) error { return reassign(c, id) }, false},
		"v2, another":       {"assignPhoneNumberV2", `{"id":"8"}`, func(c *Client) error { return reassign(c, id) }, true},
		"v2, none":          {"assignPhoneNumberV2", `{}`, func(c *Client) error { return reassign(c, id) }, true},
		"v1.0, this one":    {"reassignPhoneNumberById", `{"id":7}`, func(c *Client) error { return reassign(c, id) }, false},
		"v1.0, another":     {"reassignPhoneNumberById", `{"id":8}`, func(c *Client) error { return reassign(c, id) }, true},
		"new, this one":     {"provisionPhoneNumber", `{"id":"7","phoneNumber":"+16505550123"}`, provision, false},
		"new, without plus": {"provisionPhoneNumber", `{"id":"7","phoneNumber":"16505550123"}`, provision, false},
		"new, another":      {"provisionPhoneNumber", `{"id":"7","phoneNumber":"+16505550124"}`, provision, true},
		"new, without id":   {"provisionPhoneNumber", `{"phoneNumber":"+16505550123"}`, provision, true},
		"new, none":         {"provisionPhoneNumber", `{}`, provision, true},
	} {
		s := &script{answers: map[string][]string{tt.op: {"200 " + tt.answer}}}
		err := tt.call(New(Config{Transport: s}))
		if tt.lost != errors.Is(err, ErrLost) || tt.lost != (err != nil) || s.count(tt.op) != 1 {
			t.Errorf("%s: %v after %q", name, err, s.sent)
		}
	}
}

func reassign(c *Client, id PhoneNumberID) error {
	_, err := c.ReassignPhoneNumber(context.Background(), id, Assignment{UsageType: CompanyNumber})
	return err
}

func provision(c *Client) error {
	_, err := provisionOne(context.Background(), c, Provision{PhoneNumber: "+16505550123", UsageType: CompanyNumber})
	return err
}

func provisionOne(ctx context.Context, c *Client, p Provision) (*PhoneNumber, error) {
	r := c.ProvisionPhoneNumbers(ctx, Own, []Provision{p})[0]
	return r.Value, r.Err
}

func deleteOne(ctx context.Context, c *Client, id string) error {
	return c.DeletePhoneNumbers(ctx, Own, []Removal{{ID: id, Unused: true}})[0]
}

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
		_, err := provisionOne(t.Context(), New(Config{Transport: s, Generation: tt.api}), tt.p)
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
	if _, err := provisionOne(t.Context(), c, p); err != nil {
		t.Error(err)
	}
	p.ReservationID = "r"
	if _, err := provisionOne(t.Context(), c, p); err != nil {
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

// The id of an added number is optional in the answer: it is looked up.
func TestAddedWithoutID(t *testing.T) {
	run := func(usage PhoneNumberUsageType, found string) (*PhoneNumber, *script, error) {
		s := &script{answers: map[string][]string{
			"addNumbersToInventoryV2": {addedBar}, "assignPhoneNumberV2": {assigned}, "listAccountPhoneNumbersV2": {found},
		}}
		n, err := provisionOne(t.Context(), New(Config{Transport: s}), Provision{PhoneNumber: "+16505550123", UsageType: usage})
		return n, s, err
	}
	if n, s, err := run(CompanyNumber, listed); err != nil || n.ID.RCID != "7" || s.count("assignPhoneNumberV2") != 1 {
		t.Errorf("found: %v after %q", err, s.sent)
	}
	for _, found := range []string{none, "503 ", `200 {}`} {
		_, s, err := run(CompanyNumber, found)
		part, ok := errors.AsType[*PartialError](err)
		if !ok || part.Number.ID.RCID != "" || part.Number.PhoneNumber != "+16505550123" || s.count("assign") > 0 {
			t.Errorf("%s: %v after %q", found, err, s.sent)
		}
		if n, _, err := run(Inventory, found); err != nil || n.ID.RCID != "" || n.UsageType != Inventory {
			t.Errorf("%s: in stock: %v", found, err)
		}
	}
}

// A task is waited for; a look that fails is no news of it, and a task that has failed is a refusal.
func TestTask(t *testing.T) {
	const running, failed = `200 {"id":"3","status":"InProgress"}`, `200 {"id":"3","status":"Failed"}`
	for name, tt := range map[string]struct {
		looks  []string
		is     error // nil when it is provisioned
		looked int
	}{
		"done":                {[]string{running, added}, nil, 2},
		"503, then done":      {[]string{`503 {"errors":[{"errorCode":"CMN-201"}]}`, added}, nil, 2},
		"429, then done":      {[]string{`429 {"errors":[{"errorCode":"CMN-301"}]}`, added}, nil, 2},
		"unknown, then done":  {[]string{`404 {"errors":[{"errorCode":"CMN-120"}]}`, added}, nil, 2},
		"failed":              {[]string{running, failed}, ErrBadRequest, 2},
		"never done":          {[]string{running}, ErrPending, 4},
		"cannot be looked at": {[]string{"503 "}, ErrPending, 4},
		"of another number":   {[]string{`200 {"records":[{"bulkItemSuccessful":true,"id":"7","phoneNumber":"+1"}]}`}, ErrLost, 1},
	} {
		synctest.Test(t, func(t *testing.T) {
			s := &script{answers: map[string][]string{
				"addNumbersToInventoryV2": {`202 {"id":"3","status":"Accepted"}`}, "getBulkAddTaskResultsV2": tt.looks, "assignPhoneNumberV2": {assigned},
			}}
			ctx, cancel := context.WithTimeout(t.Context(), 24*time.Second)
			defer cancel()
			_, err := provisionOne(ctx, New(Config{Transport: s}), Provision{PhoneNumber: "+16505550123", UsageType: CompanyNumber})
			if !errors.Is(err, tt.is) || s.count("getBulkAdd") != tt.looked || s.count("addNumbers") != 1 {
				t.Errorf("%s: %v after %q", name, err, s.sent)
			}
			if lost := tt.is == ErrPending || tt.is == ErrLost; errors.Is(err, ErrLost) != lost { //nolint:errorlint // the very values above
				t.Errorf("%s: lost is %v", name, !lost)
			}
		})
	}
}

// An item says which number it is about, or is the only one.
func TestDeleteItem(t *testing.T) {
	for answer, want := range map[string]string{
		`{"records":[{"bulkItemSuccessful":true,"id":"7"}]}`: "done",
		`{"records":[{"bulkItemSuccessful":true}]}`:          "done",
		`{"records":[{"bulkItemSuccessful":false,"bulkItemErrors":[{"errorCode":"CMN-102","message":"Resource for parameter [id] is not found"}]}]}`:                 "gone",
		`{"records":[{"bulkItemSuccessful":false,"id":"7","bulkItemErrors":[{"errorCode":"CMN-102"}]}]}`:                                                             "gone",
		`{"records":[{"bulkItemSuccessful":false,"id":"7","bulkItemErrors":[{"errorCode":"CMN-102","message":"Resource for parameter [accountId] is not found"}]}]}`: "refused",
		`{"records":[{"bulkItemSuccessful":false,"id":"7","bulkItemErrors":[{"errorCode":"CMN-101"}]}]}`:                                                             "refused",
		`{"records":[{"bulkItemSuccessful":true,"id":"8"}]}`:                                                                                                         "lost",
		`{}`: "lost",
	} {
		s := &script{answers: map[string][]string{"deleteNumbersFromInventoryV2": {"200 " + answer}}}
		err := deleteOne(t.Context(), New(Config{Transport: s}), "7")
		got := "refused"
		switch {
		case err == nil:
			got = "done"
		case errors.Is(err, ErrLost):
			got = "lost"
		case Missing(err, "phoneNumberId"):
			got = "gone"
		}
		if got != want || len(s.sent) != 1 {
			t.Errorf("%s: %v after %q", answer, err, s.sent)
		}
	}
}
