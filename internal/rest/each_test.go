package rest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/ringql/ringql/internal/budget"
)

// Of many changes the first goes alone; the others follow until one is refused for a
// reason that is that of all.
func TestEach(t *testing.T) {
	const refused, closed = 400, 503
	failure := func(status int, code string) error {
		return &Error{Op: "x", Status: status, Code: code, Lost: status == 0}
	}
	for name, tt := range map[string]struct {
		first error
		sent  int // of 20
	}{
		"fine":                  {nil, 20},
		"refused":               {failure(refused, "CMN-101"), 20},
		"not found":             {failure(404, "CMN-102"), 20},
		"lost":                  {failure(0, ""), 20},
		"not for this one":      {failure(403, "CMN-408"), 20},
		"the app may not":       {failure(403, "CMN-401"), 1},
		"token is not accepted": {failure(401, "OAU-213"), 1},
		"too many calls":        {failure(429, "CMN-301"), 1},
		"nobody is there":       {&Error{Op: "x", cause: ErrUnavailable}, 1},
		"closed":                {failure(closed, "CMN-201"), 1},
		"our own budget":        {&budget.Error{Group: budget.Medium, RetryAfter: time.Second}, 1},
	} {
		var mu sync.Mutex
		var sent []int
		errs := New(Config{}).each(t.Context(), assignPhoneNumberV2, 20, func(ctx context.Context, i int) error {
			mu.Lock()
			defer mu.Unlock()
			sent = append(sent, i)
			if i == 0 {
				return tt.first
			}
			return nil
		})
		slices.Sort(sent)
		if len(sent) != tt.sent || sent[0] != 0 || len(slices.Compact(sent)) != tt.sent {
			t.Errorf("%s: sent %v, want %d", name, sent, tt.sent)
		}
		for i, err := range errs[1:] {
			if (err == nil) != (tt.sent == 20) || err != nil && (!Unsent(err) || !errors.Is(err, tt.first) && !errors.As(err, new(*Error))) {
				t.Errorf("%s: %d: %v", name, i+1, err)
			}
		}
	}
}

// What the budget has left goes out in order, and nothing beyond it.
func TestEachWithinBudget(t *testing.T) {
	gate := budget.NewGate()
	c := New(Config{Gate: gate})
	for range 35 {
		if err := gate.Spend("", budget.Medium); err != nil {
			t.Fatal(err)
		}
	}
	var mu sync.Mutex
	var sent []int
	errs := c.each(t.Context(), assignPhoneNumberV2, 20, func(ctx context.Context, i int) error {
		mu.Lock()
		defer mu.Unlock()
		sent = append(sent, i)
		return gate.Spend("", budget.Medium)
	})
	slices.Sort(sent)
	if !slices.Equal(sent, []int{0, 1, 2, 3, 4}) {
		t.Errorf("sent %v", sent)
	}
	for i, err := range errs {
		if (err == nil) != (i < 5) || err != nil && (!Unsent(err) || RetryAfter(err) < time.Second) {
			t.Errorf("%d: %v", i, err)
		}
	}
}

// What was begun goes on when whoever asked leaves; what was not is not begun.
func TestEachOfOneWhoLeft(t *testing.T) {
	ctx, leave := context.WithCancel(t.Context())
	n := 0
	errs := New(Config{}).each(Outlive(ctx), assignPhoneNumberV2, 20, func(context.Context, int) error {
		n++
		leave()
		return nil
	})
	if n != 1 || errs[0] != nil || !errors.Is(errs[1], context.Canceled) || !Unsent(errs[19]) {
		t.Errorf("%d sent: %v", n, errs)
	}
	ctx, leave = context.WithCancel(t.Context())
	leave()
	var mu sync.Mutex
	n = 0
	_ = New(Config{}).each(begun(Outlive(ctx)), assignPhoneNumberV2, 20, func(context.Context, int) error {
		mu.Lock()
		defer mu.Unlock()
		n++
		return nil
	})
	if n != 20 {
		t.Errorf("the second step of %d was taken", n)
	}
}

func TestPatterns(t *testing.T) {
	block := func(from, n int) []string {
		var out []string
		for i := range n {
			out = append(out, fmt.Sprintf("+1650555%04d", from+i))
		}
		return out
	}
	for want, numbers := range map[string][]string{
		"+16505550123":              {"+16505550123"},
		"+1650555700*":              block(7000, 10),
		"+165055570**":              block(7000, 11),
		"+16505557***":              block(7000, 1000),
		"+1650555****":              block(1000, 4100),
		"+16505550123 +17015550123": {"+17015550123", "+16505550123"},
		"+12 +1650555012*":          {"+16505550123", "+12", "+16505550124"},
		"+1**********":              {"+12125550123", "+13135550123", "+14155550123", "+15165550123", "+16175550123"},
	} {
		if got := strings.Join(patterns(numbers), " "); got != want {
			t.Errorf("%d from %s: %q, want %q", len(numbers), numbers[0], got, want)
		}
	}
	// Numbers of several lengths and blocks have nothing that the upstream could be asked for.
	if got := patterns([]string{"+12", "+313", "+41234", "+515555", "+61234567"}); len(got) != 1 || got[0] != "" {
		t.Errorf("%q", got)
	}
}

// Many numbers are looked for by their pattern, and where there are none by the whole list.
func TestFindPhoneNumbers(t *testing.T) {
	page := `200 {"records":[{"id":"7","phoneNumber":"+16505550123"},{"id":"8","phoneNumber":"+16505550199"}],"paging":{"totalElements":2}}`
	s := &script{answers: map[string][]string{"listAccountPhoneNumbersV2": {page}}}
	found, err := New(Config{Transport: s}).FindPhoneNumbers(t.Context(), Own, []string{"+16505550123", "+16505550124"})
	if err != nil || len(found) != 1 || found["+16505550123"].ID.RCID != "7" || len(s.sent) != 1 {
		t.Errorf("%v, %v after %q", found, err, s.sent)
	}
	// A call that fails does not withhold what those before it found.
	s = &script{answers: map[string][]string{"listAccountPhoneNumbersV2": {page, "503 "}}}
	found, err = New(Config{Transport: s}).FindPhoneNumbers(t.Context(), Own, []string{"+16505550123", "+17015550123"})
	if !errors.Is(err, ErrUnavailable) || len(found) != 1 {
		t.Errorf("%v, %v after %q", found, err, s.sent)
	}
}

// A number without plus is found all the same; one id for two numbers names neither.
func TestFindOddPhoneNumbers(t *testing.T) {
	page := `200 {"records":[{"id":"7","phoneNumber":"16505550123"},{"id":"8","phoneNumber":"+16505550124"},{"id":"8","phoneNumber":"+16505550125"}],"paging":{"totalElements":3}}`
	s := &script{answers: map[string][]string{"listAccountPhoneNumbersV2": {page}}}
	found, err := New(Config{Transport: s}).FindPhoneNumbers(t.Context(), Own, []string{"+16505550123", "+16505550124", "+16505550125"})
	if err != nil || len(found) != 1 || found["+16505550123"] == nil {
		t.Errorf("%v, %v", found, err)
	}
}

// One call adds many numbers and one call removes many; what each item came to is its own.
func TestManyInOneCall(t *testing.T) {
	s := &script{answers: map[string][]string{
		"addNumbersToInventoryV2": {`200 {"records":[
			{"bulkItemSuccessful":true,"id":"8","phoneNumber":"+16505550002"},
			{"bulkItemSuccessful":false,"phoneNumber":"+16505550003","bulkItemErrors":[{"errorCode":"CMN-101","message":"Parameter [phoneNumber] value is invalid"}]},
			{"bulkItemSuccessful":true,"id":"7","phoneNumber":"+16505550001"}]}`},
		"deleteNumbersFromInventoryV2": {`200 {"records":[
			{"bulkItemSuccessful":true,"phoneNumber":"+16505550002"},
			{"bulkItemSuccessful":false,"id":"9","bulkItemErrors":[{"errorCode":"CMN-102","message":"Resource for parameter [id] is not found"}]}]}`},
	}}
	c := New(Config{Transport: s})
	var ps []Provision
	for i := range 4 {
		ps = append(ps, Provision{PhoneNumber: fmt.Sprintf("+1650555000%d", 1+i), UsageType: Inventory})
	}
	rs := c.ProvisionPhoneNumbers(t.Context(), Own, ps)
	if rs[0].Value.ID.RCID != "7" || rs[1].Value.ID.RCID != "8" || !errors.Is(rs[2].Err, ErrBadRequest) || !errors.Is(rs[3].Err, ErrLost) {
		t.Errorf("%+v", rs)
	}
	errs := c.DeletePhoneNumbers(t.Context(), Own, []Removal{{"7", "+16505550001", true}, {"8", "+16505550002", true}, {"9", "", true}})
	if !errors.Is(errs[0], ErrLost) || errs[1] != nil || !Missing(errs[2], "phoneNumberId") {
		t.Errorf("%v", errs)
	}
	if len(s.sent) != 2 {
		t.Errorf("%q", s.sent)
	}
}
