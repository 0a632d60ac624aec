package change

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/ringql/ringql/internal/rest"
)

func TestPlaceOf(t *testing.T) {
	for _, tt := range []struct {
		extension string
		usage     rest.PhoneNumberUsageType
		want      rest.PhoneNumberUsageType
		bad       string // the field at fault
	}{
		{"5", "", rest.DirectNumber, ""},
		{"", "", rest.CompanyNumber, ""},
		{"5", rest.DirectNumber, rest.DirectNumber, ""},
		{"", rest.DirectNumber, "", "extensionId"},
		{"5", rest.CompanyNumber, "", "usageType"},
		{"5", rest.ForwardedNumber, rest.ForwardedNumber, ""},
		{"5", rest.CompanyFaxNumber, "", "usageType"},
		{"", rest.Inventory, rest.Inventory, ""},
	} {
		p, bad := placeOf(tt.extension, tt.usage)
		if (bad != nil) != (tt.bad != "") || bad != nil && bad.Field[0] != tt.bad || bad == nil && p.usage != tt.want {
			t.Errorf("%q as %q: %+v, %+v", tt.extension, tt.usage, p, bad)
		}
	}
}

func TestRefusal(t *testing.T) {
	for _, tt := range []struct {
		err  *rest.Error
		want UserErrorCode // "" when it is none of the domain's
	}{
		{&rest.Error{Status: 404, Code: "CMN-102", Parameter: "extension.id"}, NotFound},
		{&rest.Error{Status: 400, Code: "CMN-101", Parameter: "usageType"}, Invalid},
		{&rest.Error{Status: 400, Code: "FPN-101"}, Refused},
		{&rest.Error{Status: 400, Code: "FPN-102"}, LabelTaken},
		{&rest.Error{Status: 403, Code: "FPN-107"}, DeviceNumber}, // whatever the status
		{&rest.Error{Status: 404, Code: "FPN-113"}, DeviceNotFound},
		{&rest.Error{Status: 404, Code: "CMN-120"}, NotSupported},
		{&rest.Error{Status: 403, Code: "CMN-408"}, ""},
		{&rest.Error{Status: 401, Code: "OAU-213"}, ""},
		{&rest.Error{Status: 429, Code: "CMN-301"}, ""},
		{&rest.Error{Status: 503, Code: "CMN-201"}, ""},
	} {
		u := refusal(fmt.Errorf("wrapped: %w", tt.err), provisionFields)
		if (u == nil) != (tt.want == "") || u != nil && u.Code != tt.want {
			t.Errorf("%v: %+v, want %q", tt.err, u, tt.want)
		}
	}
	// What no operation can set is the fault of the field that asks for it.
	no := rest.New(rest.Config{Generation: rest.OnlyV2}).CanReassign(rest.Assignment{UsageType: rest.ForwardedNumber})
	if u := refusal(no, provisionFields); u == nil || u.Code != NotSupported || u.Field[0] != "usageType" {
		t.Errorf("%v: %+v", no, u)
	}
	if refusal(nil, nil) != nil {
		t.Error("no error is a refusal")
	}
}

func TestSummary(t *testing.T) {
	for _, tt := range []struct {
		all  []MutationOutcome
		want MutationOutcome
	}{
		{[]MutationOutcome{Applied, Applied}, Applied},
		{[]MutationOutcome{Applied, AlreadyApplied}, Applied},
		{[]MutationOutcome{AlreadyApplied, AlreadyApplied}, AlreadyApplied},
		{[]MutationOutcome{Applied, Rejected}, Partial},
		{[]MutationOutcome{AlreadyApplied, Unknown}, Partial},
		{[]MutationOutcome{Rejected, Rejected}, Rejected},
		{[]MutationOutcome{Rejected, Unknown}, Unknown},
	} {
		var rs []memberResult
		for _, o := range tt.all {
			rs = append(rs, memberResult{outcome: o})
		}
		if got := summary(rs); got != tt.want {
			t.Errorf("%v: %s, want %s", tt.all, got, tt.want)
		}
	}
}

// A mutation goes on when the client who asked for it leaves, and leaves time to
// read back.
func TestSending(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
		sctx, done, err := sending(ctx)
		if err != nil {
			t.Fatal(err)
		}
		defer done()
		cancel()
		if sctx.Err() != nil {
			t.Error("the mutation was given up with its client")
		}
		if end, _ := sctx.Deadline(); time.Until(end) != 24*time.Second {
			t.Errorf("%s for sending", time.Until(end))
		}
		hasty, cancel := context.WithTimeout(t.Context(), 4*time.Second)
		defer cancel()
		sctx, done2, err := sending(hasty)
		if err != nil {
			t.Fatal(err)
		}
		defer done2()
		if end, _ := sctx.Deadline(); time.Until(end) != 2*time.Second {
			t.Errorf("%s for sending of 4 s", time.Until(end))
		}
		if _, _, err := sending(ctx); !errors.Is(err, context.Canceled) {
			t.Errorf("begun for a client who has left: %v", err)
		}
	})
}

// Reading back takes five seconds, and with many changes in one request no longer
// than five beyond its deadline.
func TestSettling(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
		defer cancel()
		for _, tt := range []struct{ later, want time.Duration }{
			{0, 5 * time.Second}, {30 * time.Second, 5 * time.Second}, {2 * time.Second, 3 * time.Second}, {8 * time.Second, -5 * time.Second},
		} {
			time.Sleep(tt.later)
			sctx, done := settling(ctx)
			if !rest.WantsFresh(sctx) {
				t.Error("an earlier answer would do")
			}
			if end, _ := sctx.Deadline(); time.Until(end) != tt.want {
				t.Errorf("%s for reading back, want %s", time.Until(end), tt.want)
			}
			done()
		}
	})
}

func TestSettle(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := 0
		seen, err := settle(t.Context(), looks, func(context.Context) (bool, error) { n++; return n == 2, nil })
		if !seen || err != nil || n != 2 {
			t.Errorf("seen %v after %d looks, %v", seen, n, err)
		}
		trouble := errors.New("trouble")
		seen, err = settle(t.Context(), looks, func(context.Context) (bool, error) { return false, trouble })
		if seen || !errors.Is(err, trouble) {
			t.Errorf("seen %v, %v", seen, err)
		}
	})
}
