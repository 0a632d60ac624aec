package change

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/ringql/ringql/internal/rest"
)

func numbered(n int) []Removal {
	out := make([]Removal, n)
	for i := range out {
		out[i].ID.RCID = fmt.Sprint(1000 + i)
	}
	return out
}

// Too many items, or none, are refused before anything is sent.
func TestSeveralBounds(t *testing.T) {
	for n, ok := range map[int]bool{0: false, 1: true, mostNumbers: true, mostNumbers + 1: false} {
		ran := 0
		r, err := several(t.Context(), numbered(n), func(_ context.Context, asked []Removal) []fate {
			ran = len(asked)
			out := make([]fate, len(asked))
			for i := range out {
				out[i].result = &PhoneNumberResult{Outcome: Applied}
			}
			return out
		})
		switch {
		case err != nil:
			t.Errorf("%d: %v", n, err)
		case ok && (ran != n || len(r.Results) != n || r.Outcome != Applied):
			t.Errorf("%d: ran %d, %+v", n, ran, r)
		case !ok && (ran != 0 || r.Outcome != Rejected || len(r.UserErrors) != 1 || len(r.Results) != 0):
			t.Errorf("%d: ran %d, %+v", n, ran, r)
		}
	}
}

// Items that cannot be read, and those about the same number, are refused, all of them;
// the others are carried out, and results are in the order of the items.
func TestSeveralRefuses(t *testing.T) {
	asked := numbered(6)
	asked[4].ID = asked[1].ID
	asked[5].ID = asked[1].ID
	asked[2] = asked[2].Refused(invalid("phoneNumberId", "It makes no sense."))
	r, err := several(t.Context(), asked, func(_ context.Context, todo []Removal) []fate {
		if len(todo) != 2 || todo[0].ID != asked[0].ID || todo[1].ID != asked[3].ID {
			t.Errorf("%+v", todo)
		}
		return []fate{{result: &PhoneNumberResult{Outcome: Applied}}, {err: rest.ErrForbidden}}
	})
	if err != nil || r.Outcome != Partial {
		t.Fatalf("%+v, %v", r, err)
	}
	for i, want := range []MutationOutcome{Applied, Rejected, Rejected, Rejected, Rejected, Rejected} {
		if r.Results[i].Outcome != want {
			t.Errorf("%d: %s", i, r.Results[i].Outcome)
		}
	}
	for i, want := range map[int]string{1: "Item 4 is about the same number.", 4: "Item 1 is about the same number.", 5: "Item 1 is about the same number.", 2: "It makes no sense."} {
		u := r.Results[i].UserErrors[0]
		if u.Message != want || len(u.Field) != 3 || u.Field[0] != "items" || u.Field[1] != fmt.Sprint(i) || u.Field[2] != "phoneNumberId" {
			t.Errorf("%d: %+v", i, u)
		}
	}
	if u := r.Results[3].UserErrors[0]; u.Code != Refused || u.Field != nil {
		t.Errorf("%+v", u)
	}
	// With nothing left, nothing is begun.
	if _, err := several(t.Context(), asked[4:], func(context.Context, []Removal) []fate { panic("begun") }); err != nil {
		t.Error(err)
	}
}

// What failed for no reason of its own is one error only if nothing else is to be told.
func TestGather(t *testing.T) {
	ok := fate{result: &PhoneNumberResult{Outcome: Applied}}
	down, away := fate{err: rest.ErrUnavailable}, fate{err: &ForeignError{"extensionId"}}
	for name, tt := range map[string]struct {
		all  []fate
		want error
	}{
		"one":          {[]fate{ok}, nil},
		"all down":     {[]fate{down, {err: rest.ErrForbidden}}, rest.ErrUnavailable},
		"not all down": {[]fate{down, ok}, nil},
		"foreign":      {[]fate{down, away}, nil},
		"all foreign":  {[]fate{away}, nil},
	} {
		r, err := gather(tt.all)
		if !errors.Is(err, tt.want) || (r == nil) != (tt.want != nil) || r != nil && len(r.Results) != len(tt.all) {
			t.Errorf("%s: %+v, %v", name, r, err)
		}
	}
}
